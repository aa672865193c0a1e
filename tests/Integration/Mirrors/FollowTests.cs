using System.Net;
using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A hive that its owner opened, a member of it, and a node that reads along.</summary>
public sealed class FollowTests : IAsyncLifetime
{
    private const string Listen = "https://127.0.0.1:0";

    private readonly List<LiveNode> _nodes = [];
    private LiveNode _owner = null!;
    private LiveNode _member = null!;
    private LiveNode _reader = null!;
    private LocalAgent _ada = null!;
    private LocalAgent _bo = null!;
    private GroupId _group;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_owner, _member, _reader) = (await Started(), await Started(), await Started());
        (_ada, _bo) = (await Agent(_owner, "Ada"), await Agent(_member, "Bo"));
        Done(await Commands(_owner).CreateHiveAsync(_ada, "pets", "Pets & friends", "", "per_agent", Cancellation));
        _group = _owner.Get<HiveQueries>().Hive("pets")!.Group;
        await _member.Join(_owner, "pets");
        await Eventually.InStep(_group, _owner, _member);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_has_the_link_reads_all_of_it_and_stays_unknown()
    {
        var cats = await Post(_owner, _ada, "Cats");
        var dogs = await Post(_member, _bo, "Dogs");
        await Eventually.InStep(_group, _owner, _member);
        await Open();
        var name = await Follow();
        Assert.Equal("pets-friends", name);
        await InStep();
        var hives = _reader.Get<HiveQueries>();
        Assert.Equal(["Cats", "Dogs"], new[] { cats, dogs }.Select(id => hives.Post(id, null)!.Title));
        Assert.NotNull(hives.Hive(name)!.Mirror);

        // What comes later arrives too, and what is deleted goes here as it does there.
        var birds = await Post(_member, _bo, "Birds");
        Done(await Commands(_owner).DeleteAsync(_ada, cats, null, Cancellation));
        await Eventually.InStep(_group, _owner, _member);
        await InStep();
        Assert.Equal("Birds", hives.Post(birds, null)!.Title);
        Assert.Equal(TextState.Deleted, hives.Post(cats, null)!.Text);

        Assert.DoesNotContain(_owner.Get<PeerBook>().All, p => p.Id == _reader.Id);
        Assert.Empty(_reader.Get<PeerBook>().All);
        Assert.False(_owner.Writer.IsMember(_group, _reader.Id));
    }

    [Fact]
    public async Task A_reader_writes_nothing_and_passes_nothing_on()
    {
        await Post(_owner, _ada, "Cats");
        await Open();
        var name = await Follow();
        await InStep();
        var vector = _reader.Writer.Durable(_group).Digest();
        var own = await Agent(_reader, "Cy");
        var refused = await Commands(_reader).PostAsync(own, name, "Mine", "", null, Cancellation);
        Assert.Equal("hive_followed", refused.Problem?.Code);
        Assert.Equal(vector, _reader.Writer.Durable(_group).Digest());

        // The member and the reader meet in another hive, and speak of that one only.
        var other = await _member.Found("tools");
        await _reader.Join(_member, "tools");
        await Eventually.InStep(other, _member, _reader);
        Assert.Equal([other], _reader.Get<Sharing>().With(_member.Id));
        await Eventually.True(
            () => _member.Get<PeerBook>().Find(_reader.Id)?.Identity is not null, "It was not called.", _member);
        var asked = await Assert.ThrowsAsync<PeerException>(
            () => _member.Get<PeerClient>().Of(_reader.Id, _group).StatusAsync(Cancellation));
        Assert.Equal("not_found", asked.Code);
        // Nor does a reader open to strangers what its owner opened.
        Assert.Equal(HttpStatusCode.NotFound, await Ask(_reader, _group));
        Assert.Equal(HttpStatusCode.NotFound, await Ask(_member, _group));
        Assert.Equal(HttpStatusCode.OK, await Ask(_owner, _group));
    }

    [Fact]
    public async Task A_closed_hive_answers_as_if_it_were_not_there_and_what_was_read_stays()
    {
        var cats = await Post(_owner, _ada, "Cats");
        Assert.Equal(HttpStatusCode.NotFound, await Ask(_owner, _group));
        await Open();
        await Follow();
        await InStep();
        Done(await Set("false"));
        await Eventually.True(
            () => _reader.Get<MirrorBook>().Find(_group)?.Failure == "not_found", "It was not told.", _reader);
        Assert.Equal(HttpStatusCode.NotFound, await Ask(_owner, _group));
        Assert.Equal("Cats", _reader.Get<HiveQueries>().Post(cats, null)!.Title);
        await Post(_owner, _ada, "Dogs");
        await Open();
        await InStep();
        Assert.Null(_reader.Get<MirrorBook>().Find(_group)!.Failure);
    }

    [Fact]
    public async Task A_moderators_word_opens_nothing()
    {
        Done(await Commands(_owner).SetModeratorAsync(_ada, "pets", _member.Id, _bo.Id, true, Cancellation));
        await Eventually.InStep(_group, _owner, _member);
        var refused = await Commands(_member).SetSettingAsync(_bo, "pets", "public_read", "true", Cancellation);
        Assert.Equal("not_the_owner", refused.Problem?.Code);
        // A program that does not ask this one: the event counts as a setting, and opens nothing.
        var grant = _member.Writer.AuthorityOf(_group).GrantOf(_member.Id, _bo.Id);
        var change = new HiveSettingChanged(_bo.Id, HiveSettings.PublicRead, HiveSettings.IsOn);
        var (draft, problem) = HiveDrafts.Make("hive_setting_changed", change, grant);
        Assert.Null(problem);
        await _member.Writer.WriteAsync(_group, [draft!], Cancellation);
        await Eventually.InStep(_group, _owner, _member);
        Assert.Contains(_owner.Get<HiveQueries>().Settings("pets"), s => s is { Key: "public_read", Value: "true" });
        Assert.Equal(HttpStatusCode.NotFound, await Ask(_owner, _group));
        Assert.Equal("bad_public_read", (await Set("yes")).Problem?.Code);
    }

    [Fact]
    public async Task A_reader_begins_with_an_edition_and_goes_on_after_every_stop()
    {
        await _owner.Say(_group, 6_000);
        var cats = await Post(_owner, _ada, "Cats");
        await Eventually.InStep(_group, _owner, _member);
        await _owner.Writer.CompactAsync(_group, dryRun: false, Cancellation);
        await Post(_owner, _ada, "After the cut");
        await Open();
        await Follow();
        await _reader.Restart(stopFirst: true);
        await InStep();
        Assert.NotNull(_reader.Writer.EditionOf(_group));
        Assert.Equal("Cats", _reader.Get<HiveQueries>().Post(cats, null)!.Title);
        await _owner.Stop();
        await _reader.Restart(stopFirst: true);
        await Eventually.True(
            () => _reader.Get<MirrorBook>().Find(_group)!.Failure == "unreachable", "It was not missed.", _reader);
        await _owner.Restart();
        await Post(_owner, _ada, "Back");
        await InStep();
    }

    [Fact]
    public async Task A_reader_who_is_invited_becomes_a_member()
    {
        await Open();
        var name = await Follow();
        await InStep();
        await _reader.Join(_owner, "pets");
        Assert.Null(_reader.Get<HiveQueries>().Hive(name)!.Mirror);
        var own = await Agent(_reader, "Cy");
        await Eventually.True(
            () => _reader.Writer.StandingIn(_group) == Refusal.None, "It was not admitted.", _reader);
        Done(await Commands(_reader).PostAsync(own, name, "Mine", "", null, Cancellation));
        await Eventually.InStep(_group, _owner, _member, _reader);
        var again = await _reader.Get<MirrorActs>().FollowAsync(Link(), null, Cancellation);
        Assert.Equal("already_joined", again.Problem?.Code);
    }

    [Fact]
    public async Task A_reader_that_stops_following_keeps_what_it_has_and_may_follow_again()
    {
        var cats = await Post(_owner, _ada, "Cats");
        await Open();
        var name = await Follow();
        await InStep();
        Assert.Null(await _reader.Mesh.LeaveAsync(name, Cancellation));
        Assert.Empty(_reader.Get<MirrorBook>().All);
        Assert.Equal("Cats", _reader.Get<HiveQueries>().Post(cats, null)!.Title);
        // It never was a member, so there is no part to take again.
        Assert.True(_reader.Get<HiveQueries>().Hive(name) is { HasLeft: true, MayRejoin: false });
        Assert.Equal("not_a_member", (await _reader.Mesh.RejoinAsync(name, Cancellation))?.Code);
        await _reader.Restart(stopFirst: true);
        Assert.Empty(_reader.Get<MirrorBook>().All);
        await Post(_owner, _ada, "Dogs");
        await Follow();
        await InStep();
    }

    [Fact]
    public async Task A_server_that_alters_an_event_is_refused_and_changes_nothing()
    {
        await Post(_owner, _ada, "Cats");
        await Open();
        await using var liar = await BentServer.Start(_owner.Address, "/events");
        var link = new PublicLink(Endpoint.TryParse(liar.Address)!, _group).ToString();
        Assert.Null((await _reader.Get<MirrorActs>().FollowAsync(link, null, Cancellation)).Problem);
        await Eventually.True(
            () => _reader.Get<MirrorBook>().Find(_group)?.Failure is not null, "It was believed.", _reader);
        Assert.True(liar.Bent > 0);
        Assert.Equal(0, _reader.Writer.Durable(_group).Events);
        // The same hive by its owner's own link, from then on.
        Assert.Null((await _reader.Get<MirrorActs>().FollowAsync(Link(), null, Cancellation)).Problem);
        await InStep();
    }

    [Fact]
    public async Task No_command_writes_in_a_followed_hive_even_for_one_who_was_a_member()
    {
        var cats = await Post(_member, _bo, "Cats");
        await Eventually.InStep(_group, _owner, _member);
        await Open();
        await _member.Mesh.LeaveAsync("pets", Cancellation);
        Assert.True(_member.Get<HiveQueries>().Hive("pets") is { HasLeft: true, MayRejoin: true });
        Assert.Null((await _member.Get<MirrorActs>().FollowAsync(Link(), null, Cancellation)).Problem);
        Assert.True(_member.Writer.IsMember(_group, _member.Id));
        var before = _member.Writer.Durable(_group).SeqOf(_member.Writer.OwnChain);
        var commands = Commands(_member);
        (string Act, string? Code)[] acts =
        [
            ("post", (await commands.PostAsync(_bo, "pets", "Mine", "", null, Cancellation)).Problem?.Code),
            ("comment", (await commands.CommentAsync(_bo, cats, null, "Mine", Cancellation)).Problem?.Code),
            ("vote", (await commands.VoteAsync(_bo, cats, 1, Cancellation)).Problem?.Code),
            ("delete", (await commands.DeleteAsync(_bo, cats, null, Cancellation)).Problem?.Code),
            ("join", (await commands.JoinAsync(_bo, "pets", Cancellation)).Problem?.Code),
            ("set", (await commands.SetSettingAsync(_bo, "pets", "title", "Mine", Cancellation)).Problem?.Code),
        ];
        Assert.All(acts, act => Assert.Equal("hive_followed", act.Code));
        var written = await Assert.ThrowsAsync<LogRefusedException>(() => _member.Say(_group));
        Assert.Equal(Refusal.NotAMember, written.Refusal);
        Assert.Equal(Refusal.NotAMember, _member.Writer.StandingIn(_group));
        Assert.Equal(before, _member.Writer.Durable(_group).SeqOf(_member.Writer.OwnChain));
    }

    [Fact]
    public async Task An_owner_who_left_serves_nobody()
    {
        await Open();
        Assert.Equal(HttpStatusCode.OK, await Ask(_owner, _group));
        Assert.Null(await _owner.Mesh.LeaveAsync("pets", Cancellation));
        Assert.Equal(HttpStatusCode.NotFound, await Ask(_owner, _group));
    }

    [Fact]
    public async Task A_stop_between_the_steps_of_following_is_mended_by_following_again()
    {
        await Post(_owner, _ada, "Cats");
        await Open();
        var link = PublicLink.TryParse(Link())!;
        await _reader.Get<MirrorBook>().AddAsync(new Mirror(link, 1), Cancellation);
        await Follow();
        await InStep();
        var again = await _reader.Get<MirrorActs>().FollowAsync(Link(), null, Cancellation);
        Assert.Equal("already_followed", again.Problem?.Code);
    }

    [Fact]
    public async Task A_server_that_says_more_than_it_gives_is_told_from_one_that_is_in_step()
    {
        await Post(_owner, _ada, "Cats");
        await Open();
        await using var liar = await BentServer.Start(_owner.Address, "/events", keepsBack: true);
        var link = new PublicLink(Endpoint.TryParse(liar.Address)!, _group).ToString();
        Assert.Null((await _reader.Get<MirrorActs>().FollowAsync(link, null, Cancellation)).Problem);
        await Eventually.True(
            () => _reader.Get<MirrorBook>().Find(_group)?.Failure == "withheld", "It was believed.", _reader);
        Assert.Null(_reader.Get<MirrorBook>().Find(_group)!.HeardMs);
    }

    [Fact]
    public async Task What_is_under_way_at_a_place_ends_once_the_hive_is_followed_elsewhere()
    {
        await Post(_owner, _ada, "Cats");
        await Open();
        await using var slow = await BentServer.Start(_owner.Address, "/events", hangs: true);
        var link = new PublicLink(Endpoint.TryParse(slow.Address)!, _group).ToString();
        Assert.Null((await _reader.Get<MirrorActs>().FollowAsync(link, null, Cancellation)).Problem);
        await Eventually.True(() => slow.Bent > 0, "It was never asked.", _reader);
        await Follow();
        await InStep();
    }

    [Fact]
    public async Task Of_a_closed_hive_no_route_tells_anything()
    {
        await Post(_owner, _ada, "Cats");
        var chain = Wire.Place(_owner.Writer.OwnChain, 0);
        var hash = Base64UrlText.Encode(new byte[32]);
        foreach (var what in new[] { "status", "status?proof=" + chain, "events?want=" + chain, "editions/" + hash })
            Assert.Equal(HttpStatusCode.NotFound, await Ask(_owner, _group, what));
        await Open();
        Assert.Equal(HttpStatusCode.OK, await Ask(_owner, _group, "events?want=" + chain));
        Assert.Equal(HttpStatusCode.NotFound, await Ask(_owner, _group, "editions/" + hash));
    }

    [Fact]
    public async Task A_fork_shows_a_reader_what_it_shows_members()
    {
        await Post(_member, _bo, "Before");
        await Eventually.InStep(_group, _owner, _member);
        using var scratch = new TemporaryDirectory();
        await _member.Stop();
        var home = TemporaryDirectory.Copy(_member.Home, scratch.At("copy"));
        await _owner.Stop();
        await _member.Restart();
        await _member.Say(_group, 3);
        await _member.Stop();
        await using (var clone = await LiveNode.Start(directory: home, peerListen: Listen))
        {
            await clone.Say(_group, 5);
            await _owner.Restart();
            await Eventually.InStep(_group, _owner, clone);
        }

        await _member.Restart();
        await Eventually.True(() => _owner.Writer.Forks(_group).Count == 1, "The fork was not found.", _owner);
        await Open();
        await Follow();
        await Eventually.True(() => _reader.Writer.Forks(_group).Count == 1, "It was not told of it.", _reader);
        await InStep();
    }

    private static HiveCommands Commands(LiveNode node) => node.Get<HiveCommands>();

    private async Task<LiveNode> Started()
    {
        var node = await LiveNode.Start(peerListen: Listen, with: o => o with { HeartbeatSeconds = 1 });
        _nodes.Add(node);
        return node;
    }

    private string Link() => _owner.Get<PublicReading>().LinkOf(_group)!.ToString();

    private Task<WriteOutcome> Set(string value) =>
        Commands(_owner).SetSettingAsync(_ada, "pets", HiveSettings.PublicRead, value, Cancellation);

    private async Task Open() => Done(await Set("true"));

    private async Task<string> Follow()
    {
        var outcome = await _reader.Get<MirrorActs>().FollowAsync(Link(), null, Cancellation);
        Assert.Null(outcome.Problem);
        return outcome.Hive!;
    }

    private async Task InStep()
    {
        await Eventually.InStep(_group, _owner, _reader);
        Assert.Equal(
            _owner.Get<HiveQueries>().StateDigest(_group), _reader.Get<HiveQueries>().StateDigest(_group));
    }

    private static async Task<HttpStatusCode> Ask(LiveNode node, GroupId group, string what = "status")
    {
        using var http = new HttpClient(new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        });
        using var answer = await http.GetAsync(
            new Uri(node.PeerAddress, $"/sync/v1/public/{group}/{what}"), Cancellation);
        return answer.StatusCode;
    }

    private static async Task<LocalAgent> Agent(LiveNode node, string name) =>
        (await node.Get<AgentRegistry>().RegisterAsync(name, null, Cancellation)).Agent!;

    private static async Task<string> Post(LiveNode node, LocalAgent agent, string title) =>
        Done(await Commands(node).PostAsync(agent, "pets", title, "Text", null, Cancellation));

    private static string Done(WriteOutcome outcome)
    {
        Assert.Null(outcome.Problem);
        return outcome.Id!;
    }
}
