using System.Net;
using System.Net.Http.Headers;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;
using Anarchive.Rings;
using Xunit;
using static Anarchive.Tests.Integration.Pairings;

namespace Anarchive.Tests.Integration;

/// <summary>A's word on a file reaches A's friend B, and never B's friend C.</summary>
public sealed class FriendsRingTests : IAsyncLifetime
{
    private const string Listen = "https://127.0.0.1:0";
    private const string Markers = "intro-markers";

    private LiveNode _a = null!;
    private LiveNode _b = null!;
    private LiveNode _c = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_a, _b, _c) = (await Start(), await Start(), await Start());
        await Pair(_a, _b, InviteKind.Friend);
        await Pair(_b, _c, InviteKind.Friend);
        foreach (var node in new[] { _a, _b, _c }) await Subscribe(node);

        static Task<LiveNode> Start() =>
            LiveNode.Start(peerListen: Listen, with: options => options with { HeartbeatSeconds = 1 });
    }

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _c.DisposeAsync();
    }

    [Fact]
    public async Task Friends_of_the_first_degree_merge_it_and_those_of_the_second_never_hear_of_it()
    {
        await Observe(_a, NetSamples.Intro(67_700, 158_200));
        await Share(_a);
        await Eventually.True(() => _b.Merged().Count == 1, "B has not heard.", _b);
        // One friend alone is hidden; with B's own observation there are two sources.
        Assert.Equal(MergeLevel.Hidden, _b.Merged().Single().Merged.Level);
        await Observe(_b, NetSamples.Intro(68_300, 158_700));
        Assert.Equal((MergeLevel.AutoSkip, 68_300, 158_200), _b.Decided());

        // B shares its own: C hears that, and nothing else.
        await Share(_b);
        await Eventually.True(() => _c.Merged().Count == 1, "C has not heard of B.", _c);
        var group = _a.Get<OwnParts>().Find(Markers)!.Value;
        Assert.True(_b.Writer.Holds(group));
        Assert.False(_c.Writer.Holds(group));
        Assert.Single(_c.Merged().Single().Merged.Clusters.Single().Votes);
        Assert.DoesNotContain(_c.Get<PeerBook>().All, p => p.Id == _a.Id);
        Assert.DoesNotContain(_a.Get<PeerBook>().All, p => p.Id == _c.Id);
    }

    [Fact]
    public async Task A_friend_of_a_friend_who_knows_the_group_gets_the_answer_that_every_stranger_gets()
    {
        await Observe(_a, NetSamples.Intro(67_700, 158_200));
        await Share(_a);
        var group = _a.Get<OwnParts>().Find(Markers)!.Value;
        await Eventually.True(() => _b.Writer.Holds(group) && _b.Merged().Count == 1, "B has not heard.", _b);
        var unknown = new GroupId(Hash256.Zero);
        foreach (var path in new[] { "events?want=x", "status", "editions/x", "editions/x/seal" })
        {
            var asked = await AsPeer(_c.Id, HttpMethod.Get, $"/sync/v1/groups/{group}/{path}");
            Assert.Equal(await AsPeer(_c.Id, HttpMethod.Get, $"/sync/v1/groups/{unknown}/{path}"), asked);
            Assert.Equal(HttpStatusCode.NotFound, asked.Status);
        }

        // A friend of B's own may ask which parts B offers; A's is never among them.
        Assert.DoesNotContain(_b.Get<PartOffers>().For(_c.Id).Parts, p => p.Group == group.ToString());
        Assert.DoesNotContain(_b.Get<PartOffers>().For(_a.Id).Parts, p => p.Group == group.ToString());
    }

    [Fact]
    public async Task Nothing_is_read_that_was_not_shared_and_what_is_unshared_is_read_no_more()
    {
        await Observe(_a, NetSamples.Intro(67_700, 158_200));
        var group = _a.Get<OwnParts>().Find(Markers)!.Value;
        Assert.Empty(_a.Get<PartOffers>().For(_b.Id).Parts);
        Assert.False(_a.Get<Sharing>().Permits(group, _b.Id));
        await Share(_a);
        await Eventually.True(() => _b.Merged().Count == 1, "B has not heard.", _b);
        Assert.Null(await _a.Get<PartActs>().ShareAsync(Markers, isShared: false, Cancellation));
        Assert.False(_a.Get<Sharing>().Permits(group, _b.Id));
        await Observe(_a, NetSamples.Intro(0, 9_000) with { Type = MarkerType.Recap });
        await _b.Get<PeerLoop>().TryAsync(_a.Id, Cancellation);
        Assert.Single(_b.Merged());
    }

    [Fact]
    public async Task A_friend_who_is_none_any_more_counts_no_more()
    {
        await Observe(_a, NetSamples.Intro(67_700, 158_200));
        await Share(_a);
        await Eventually.True(() => _b.Merged().Count == 1, "B has not heard.", _b);
        await _b.Get<PairingActs>().RevokeAsync(_a.Id.ToString(), dryRun: false, Cancellation);
        Assert.Empty(_b.Merged());
    }

    [Fact]
    public async Task What_is_taken_back_counts_no_more_with_friends()
    {
        await Observe(_a, NetSamples.Intro(67_700, 158_200));
        await Share(_a);
        await Eventually.True(() => _b.Merged().Count == 1, "B has not heard.", _b);
        var id = Assert.Single(_a.Get<PartRecords>().Of(NetSamples.Key)).Id;
        Assert.Null(await _a.Get<Retractions>().RetractAsync(id, Cancellation));
        Assert.Empty(_a.Merged());
        await Eventually.True(() => _b.Merged().Count == 0, "B has not heard that it was taken back.", _b);
        Assert.Equal("not_found", (await _a.Get<Retractions>().RetractAsync(id, Cancellation))?.Code);
    }

    [Fact]
    public async Task Devices_of_one_fleet_write_one_group_and_have_one_vote()
    {
        await using var second = await LiveNode.Start(
            peerListen: Listen, with: options => options with { HeartbeatSeconds = 1 });
        await Pair(_a, second, InviteKind.Device);
        await Eventually.True(() => second.Get<OwnParts>().Find(Markers) is not null, "No group yet.", second);
        await Observe(second, NetSamples.Intro(67_700, 158_200));
        await Observe(_a, NetSamples.Intro(68_000, 158_000));
        await Share(_a);
        await Eventually.True(
            () => _b.Get<PartRecords>().Of(NetSamples.Key).Count == 2, "B has not heard both.", _b);
        Assert.Single(_b.Merged().Single().Merged.Clusters.Single().Votes);
        Assert.Equal(_a.State(), second.State());
        Assert.Equal(_a.State(), _b.State(_a));
    }

    [Fact]
    public async Task What_a_device_wrote_before_it_joined_a_fleet_is_the_fleets_word_afterwards()
    {
        await Observe(_a, NetSamples.Intro(67_700, 158_200));
        await Share(_a);
        var before = _a.Get<OwnParts>().Find(Markers)!.Value;
        await Eventually.True(() => _b.Merged().Count == 1, "B has not heard.", _b);
        await using var founder = await LiveNode.Start(
            peerListen: Listen, with: options => options with { HeartbeatSeconds = 1 });
        await Pair(founder, _a, InviteKind.Device);
        await Eventually.True(() => _a.Get<OwnParts>().Find(Markers) is { } g && g != before, "No group yet.", _a);
        await _a.Get<ObservationQueue>().FlushAsync(null, Cancellation);
        Assert.True(_a.Get<Sharing>().HasLeft(before));
        await Eventually.True(() => founder.Merged().Count == 1, "The founder has not heard.", founder);
        Assert.Single(_a.Merged().Single().Merged.Clusters.Single().Votes);
        // B hears both groups of A, and counts one vote.
        await Eventually.True(
            () => _b.Get<PartBook>().All.Count(g => g.Part == Markers && !_b.Get<PartBook>().IsOwn(g.Group)) == 2,
            "B has not heard of the fleet's group.", _b);
        await Eventually.True(() => _b.Get<PartBook>().FriendOf(before) is null, "B counts the old group still.", _b);
        await Eventually.True(() => _b.Merged().Count == 1, "B has not heard the fleet's word.", _b);
        Assert.Single(_b.Merged().Single().Merged.Clusters.Single().Votes);
    }

    [Fact]
    public async Task A_friend_who_makes_this_node_a_member_stays_a_friend_and_is_not_passed_on()
    {
        await Observe(_a, NetSamples.Intro(67_700, 158_200));
        await Share(_a);
        await Share(_b);
        var group = _a.Get<OwnParts>().Find(Markers)!.Value;
        await Eventually.True(() => _b.Merged().Count == 1, "B has not heard.", _b);
        await _a.Get<Admissions>().AdmitAsync(
            group, KeyChain.Read(_b.Get<NodeKey>().Statements, _a.Get<IVerifier>())!, Cancellation);
        await Eventually.True(() => _b.Writer.IsMember(group, _b.Id), "B has not heard that it is a member.", _b);
        Assert.False(_b.Get<PartBook>().IsOwn(group));
        Assert.Equal(MergeLevel.Hidden, _b.Merged().Single().Merged.Level);
        Assert.DoesNotContain(_b.Get<PartOffers>().For(_c.Id).Parts, p => p.Group == group.ToString());
        Assert.False(_b.Get<Sharing>().Permits(group, _c.Id));
    }

    [Fact]
    public async Task What_was_taken_back_is_given_to_nobody_who_comes_later()
    {
        await Observe(_a, NetSamples.Intro(67_700, 158_200));
        var id = Assert.Single(_a.Get<PartRecords>().Of(NetSamples.Key)).Id;
        Assert.Null(await _a.Get<Retractions>().RetractAsync(id, Cancellation));
        await Share(_a);
        var group = _a.Get<OwnParts>().Find(Markers)!.Value;
        await Eventually.True(() => _b.Writer.Holds(group), "B has not heard of the group.", _b);
        await Eventually.InStep(group, _a, _b);
        Assert.Equal(_a.State(), _b.State(_a));
        foreach (var node in new[] { _a, _b })
        {
            var reader = node.Get<IEventReader>();
            var chain = _a.Writer.OwnChain;
            var events = Enumerable.Range(1, (int)node.Writer.Durable(group).SeqOf(chain))
                .Select(seq => reader.Find(group, new Position(chain, seq))!);
            Assert.Null(Assert.Single(events, e => e.Header.Kind == NetApp.MarkerObserved).Payload);
        }
    }

    [Fact]
    public async Task A_friend_who_repeats_itself_pushes_nobody_elses_word_out()
    {
        await Observe(_b, NetSamples.Intro(67_700, 158_200));
        await Observe(_a, NetSamples.Intro(1_000, 31_000));
        await Share(_a);
        var group = _a.Get<OwnParts>().Find(Markers)!.Value;
        var key = DisclosableKey.TryMake(NetSamples.Key, new ItemScope(false, SourceAccess.Open))!;
        var again = NetPayloads.Write(NetSamples.Intro(2_000, 32_000), [key], out _)!;
        for (var n = 0; n < 11; n++)
            await _a.Writer.WriteAsync(
                group, [.. Enumerable.Repeat(new Draft(NetApp.MarkerObserved, again, []), 200)], Cancellation);
        await Eventually.InStep(group, _a, _b);
        Assert.Single(_b.Get<PartRecords>().Of(NetSamples.Key), r => r.IsOwn);
        Assert.Equal(2, _b.Merged().Single().Merged.Clusters.Count);
    }

    [Fact]
    public async Task A_hive_that_a_friend_named_as_a_part_can_be_joined_all_the_same()
    {
        var hive = await _c.Found("cats");
        await _b.Get<PartOffers>().TakeAsync(
            _a.Id, new PartsMessage([new OfferedPart(hive.ToString(), Markers)]), Cancellation);
        Assert.True(_b.Writer.Holds(hive));
        await _b.Join(_c, "cats");
        await Eventually.InStep(hive, _b, _c);
        Assert.Equal("members", _b.Writer.RingOf(hive));
        await _c.Say(hive);
        await Eventually.InStep(hive, _b, _c);
    }

    [Fact]
    public async Task A_device_that_left_its_fleet_reads_and_writes_its_parts_no_more()
    {
        await using var second = await LiveNode.Start(
            peerListen: Listen, with: options => options with { HeartbeatSeconds = 1 });
        await Pair(_a, second, InviteKind.Device);
        await Eventually.True(() => second.Get<OwnParts>().Find(Markers) is not null, "No group yet.", second);
        var group = second.Get<OwnParts>().Find(Markers)!.Value;
        Assert.Null(await second.Get<PairingActs>().LeaveFleetAsync(dryRun: false, Cancellation));
        Assert.False(second.Get<Sharing>().Permits(group, _a.Id));
        Assert.Null(second.Get<OwnParts>().Find(Markers));
        await _a.Get<PairingActs>().RevokeAsync(second.Id.ToString(), dryRun: false, Cancellation);
        Assert.False(_a.Get<Sharing>().Permits(group, second.Id));
        await Eventually.True(() => !_a.Writer.IsMember(group, second.Id), "Still a member.", _a);
    }

    private static async Task Subscribe(LiveNode node) => Assert.Null(
        await node.Get<PartConsents>().SubscribeAsync(
            new Subscription(Markers, Subscription.Friends, null, 2, 50, null, null), Cancellation));

    private static async Task Share(LiveNode node) =>
        Assert.Null(await node.Get<PartActs>().ShareAsync(Markers, isShared: true, Cancellation));

    private static async Task Observe(LiveNode node, MarkerObserved marker)
    {
        await node.See();
        var (taken, problem) = await node.Get<PartActs>().ObserveAsync([marker], isOpen: true, Cancellation);
        Assert.Null(problem);
        Assert.Equal(1, taken);
        await node.Get<ObservationQueue>().FlushAsync(null, Cancellation);
    }

    /// <summary>What a node that B knows is answered, byte for byte, less the date.</summary>
    private async Task<(HttpStatusCode Status, string Body)> AsPeer(NodeId peer, HttpMethod method, string path)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(_b.Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await _b.TokenFor(peer));
        using var response = await http.SendAsync(request, Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }
}
