using Anarchive.Cli;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;
using Anarchive.Tests.Integration.Web;
using Dapper;
using Xunit;
using static Anarchive.Tests.Integration.Pairings;

namespace Anarchive.Tests.Integration;

/// <summary>A fleet publishes; its friend takes editions over, stays with one, goes back, and is not fooled.</summary>
public sealed partial class EditionTests : IAsyncLifetime
{
    private const string Markers = "intro-markers";

    private LiveNode _a = null!;
    private LiveNode _b = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => new(Begin(options => options));

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task Through_transmission_on_both_sides_the_same_edition_comes()
    {
        RealClients.Need(RunningClient.Transmission);
        await DisposeAsync();
        await Begin(options => options with { TorrentClient = "transmission", EditionsByTorrent = true });
        await Eventually.True(
            () => _a.Get<TorrentHost>().Client is not null && _b.Get<TorrentHost>().Client is not null,
            "The clients do not run.");
        await Observe(67_700);
        var made = (await Publish())!;
        await Held(1, made.StateRoot);
        Assert.Equal(MergeLevel.Hidden, Assert.Single(_b.Merged()).Merged.Level);
        // Made for readers of this node alone: B's client keeps nothing that it could pass on.
        Assert.True(Hash160.TryParse(made.File.Ih1, out var ih));
        Assert.Null(await _b.Get<TorrentHost>().Client!.FindAsync(ih, Cancellation));
        Assert.NotNull(await _a.Get<TorrentHost>().Client!.FindAsync(ih, Cancellation));
        Assert.False(_b.Get<EditionBooks>().MayRead(_a.Id, ih));
    }

    [Fact]
    public async Task A_friend_takes_every_edition_over_and_may_go_back()
    {
        await Observe(67_700);
        var asked = await _a.Get<EditionDesk>().PublishAsync(Markers, notice: false, Cancellation);
        Assert.Equal("notice_required", asked.Problem?.Code);
        var first = await Publish();
        Assert.Equal((1, EditionKind.Full), (first!.Seq, first.Kind));
        Assert.Null(await Publish());
        await Held(1, first.StateRoot);

        await Observe(80_000, MarkerType.Outro);
        for (var at = 0; at < 10; at++) await Observe(90_000 + 1_000 * at, MarkerType.Recap);
        var second = await Publish();
        Assert.Equal(2, second!.Seq);
        await Held(2, second.StateRoot);
        Assert.Equal(_a.State(), _b.State(_a));
        Assert.Equal(3, _b.Merged().Count);

        // Back to the first: what the log says beyond it does not count.
        await Subscribe(1);
        await Held(1, first.StateRoot);
        Assert.Equal(MarkerType.Intro, Assert.Single(_b.Merged()).Type);
        Assert.Single(_b.Get<PartRecords>().Of(NetApp.MarkerObserved));
        Assert.Equal([NetSamples.Key], _b.Get<PartRecords>().Keys(Markers, "", 10));
        await Subscribe(null);
        await Held(2, second.StateRoot);
        Assert.Equal(3, _b.Merged().Count);
        Assert.All(_a.Get<EditionBooks>().All(Markers), e => Assert.Null(_a.Get<EditionDesk>().Verify(e)));
    }

    [Fact]
    public async Task Going_back_says_first_what_it_changes_and_can_be_undone()
    {
        await Observe(67_700);
        var first = (await Publish())!;
        await Held(1, first.StateRoot);
        await Observe(80_000, MarkerType.Outro);
        for (var at = 0; at < 10; at++) await Observe(90_000 + 1_000 * at, MarkerType.Recap);
        var second = (await Publish())!;
        await Held(2, second.StateRoot);
        var (pins, group) = (_b.Get<EditionPins>(), _a.Get<OwnParts>().Find(Markers)!.Value);
        var edition = _b.Get<EditionChanges>().Find(group, 1)!;
        var changes = pins.Look(edition, 0, 5).Preview!.Changes!;
        Assert.Equal((0, 11, 11, 5), (changes.Added, changes.Removed, changes.Markers, changes.Rows.Count));
        using var browser = new Visitor(_b.Address);
        var page = $"/net/editions/{group}/1";
        Assert.Contains("11 rows would go, 11 markers among them", (await browser.SeeAsync(page)).Text);
        var dry = await CommandRun.On(_b, "net", "pin", Markers, "1", "--dry-run");
        Assert.Contains("Nothing was changed.", dry.Results);
        Assert.Null(_b.Get<PartConsents>().Find(Markers, Subscription.Friends)!.Edition);

        Assert.Equal(303, (await browser.FillAsync(page, page, ("do", "stay"))).Status);
        await Held(1, first.StateRoot);
        Assert.Single(_b.Merged());
        Assert.Contains("you stay with it", (await browser.SeeAsync(page)).Text);
        Assert.Contains("you stay with edition 1", (await browser.SeeAsync("/net/editions")).Text);
        var key = "/net/key?key=" + Uri.EscapeDataString(NetSamples.Key);
        Assert.Contains("you stay with edition 1", (await browser.SeeAsync(key)).Text);
        Assert.Equal(303, (await browser.FillAsync(page, page, ("do", "latest"))).Status);
        await Held(2, second.StateRoot);
        Assert.Equal(3, _b.Merged().Count);
        Assert.Equal("not_found", (await pins.FollowAsync(edition, Cancellation))?.Code);
    }

    [Fact]
    public async Task A_pin_outlives_a_restart_and_ends_over_http_or_with_its_subscription()
    {
        await Observe(67_700);
        var first = (await Publish())!;
        await Held(1, first.StateRoot);
        await Observe(80_000, MarkerType.Outro);
        var second = (await Publish())!;
        await Held(2, second.StateRoot);
        Assert.Equal(0, (await CommandRun.On(_b, "net", "pin", Markers, "1")).Exit);
        await Held(1, first.StateRoot);
        await _b.Restart(stopFirst: true);
        Assert.Equal(1, _b.Get<PartConsents>().Find(Markers, Subscription.Friends)!.Edition);
        await Held(1, first.StateRoot);
        Assert.Single(_b.Merged());

        using (var owner = NodeApi.Open(new Home(_b.Home)))
        {
            var pin = $"{NetEditionCommands.Editions}/{_a.Get<OwnParts>().Find(Markers)!.Value}/1/pin";
            await owner.SendAsync(HttpMethod.Delete, pin, null, Cancellation);
            await Held(2, second.StateRoot);
            var refused = await Assert.ThrowsAsync<CliFailure>(
                () => owner.SendAsync(HttpMethod.Delete, pin, null, Cancellation));
            Assert.Equal("not_found", refused.Code);
        }

        Assert.Equal(2, _b.Merged().Count);
        Assert.Equal(0, (await CommandRun.On(_b, "net", "pin", Markers, "1")).Exit);
        await Held(1, first.StateRoot);
        Assert.Equal(0, (await CommandRun.On(_b, "net", "unsubscribe", Markers)).Exit);
        Assert.Equal(0, (await CommandRun.On(_b, "net", "subscribe", Markers)).Exit);
        await Held(2, second.StateRoot);
        Assert.Equal(2, _b.Merged().Count);
    }

    [Fact]
    public async Task Nobody_goes_back_to_what_was_taken_back_nor_stays_with_it()
    {
        await Observe(67_700);
        await Observe(80_000, MarkerType.Outro);
        var first = (await Publish())!;
        await Held(1, first.StateRoot);
        Assert.True(Hash160.TryParse(first.File.Ih1, out var ih));
        var (pins, group) = (_b.Get<EditionPins>(), _a.Get<OwnParts>().Find(Markers)!.Value);
        Assert.Null(await pins.StayAsync(_b.Get<EditionChanges>().Find(group, 1)!, Cancellation));
        Assert.Equal(2, _b.Merged().Count);
        await TakeBack(_a);
        // Though it was stayed with.
        await FollowedByAFullOne(ih);
        await Eventually.True(() => _b.Merged().Count == 1, "What was taken back still counts.", _b);
        var edition = _b.Get<EditionChanges>().Find(group, 1)!;
        Assert.Equal("net_edition_stale", pins.Look(edition, 0, 5).Problem?.Code);
        Assert.Equal("net_edition_stale", (await pins.StayAsync(edition, Cancellation))?.Code);
        Assert.Null(await pins.SubscribeAsync(Subscription.OfFriends(Markers), Cancellation));
        var run = await CommandRun.On(_b, "net", "subscribe", Markers, "--edition", "1", "--json");
        Assert.Equal((1, "net_edition_stale"), (run.Exit, run.Code));
        run = await CommandRun.On(_b, "net", "pin", Markers, "1", "--json");
        Assert.Equal((1, "net_edition_stale"), (run.Exit, run.Code));
        Assert.Null(_b.Get<PartConsents>().Find(Markers, Subscription.Friends)!.Edition);
        var own = _a.Get<EditionChanges>().Find(group, 2)!;
        Assert.Equal("net_own_edition", (await _a.Get<EditionPins>().StayAsync(own, Cancellation))?.Code);
    }

    [Fact]
    public async Task What_is_taken_back_ceases_to_count_of_a_friend_who_has_no_edition_of_that_number()
    {
        await Observe(67_700);
        await Observe(80_000, MarkerType.Outro);
        var first = (await Publish())!;
        await Held(1, first.StateRoot);
        // Another friend's number, or one yet to come: what is in use of this one's is stayed with.
        await Subscribe(5);
        Assert.Equal(2, _b.Merged().Count);
        Assert.True(Hash160.TryParse(first.File.Ih1, out var ih));
        await TakeBack(_a);
        await FollowedByAFullOne(ih);
        await Eventually.True(() => _b.Merged().Count == 1, "What was taken back still counts.", _b);
    }

    [Fact]
    public async Task What_is_taken_back_can_be_fetched_in_no_edition_any_more()
    {
        await Observe(67_700);
        await Observe(80_000, MarkerType.Outro);
        var first = (await Publish())!;
        await Held(1, first.StateRoot);
        Assert.True(Hash160.TryParse(first.File.Ih1, out var ih));
        Assert.True(_a.Get<EditionBooks>().MayRead(_b.Id, ih));
        await TakeBack(_a);
        Assert.False(_a.Get<EditionBooks>().MayRead(_b.Id, ih));
        await FollowedByAFullOne(ih);
        Assert.Single(_b.Merged());
    }

    [Fact]
    public async Task What_another_device_takes_back_goes_as_well()
    {
        await using var second = await LiveNode.Start(
            peerListen: "https://127.0.0.1:0", with: options => options with { HeartbeatSeconds = 1 });
        await Pair(_a, second, InviteKind.Device);
        await Eventually.True(() => second.Get<OwnParts>().Find(Markers) is not null, "No group yet.", second);
        await Observe(67_700);
        await Observe(80_000, MarkerType.Outro);
        var first = (await Publish())!;
        await Held(1, first.StateRoot);
        Assert.True(Hash160.TryParse(first.File.Ih1, out var ih));
        await Eventually.True(() => second.Merged().Count == 2, "The second device has not heard.", second);
        await TakeBack(second);
        await FollowedByAFullOne(ih);
        Assert.False(_a.Get<EditionBooks>().MayRead(_b.Id, ih));
        Assert.Single(_b.Merged());
    }

    [Fact]
    public async Task A_publisher_that_ended_before_it_took_its_own_rows_over_goes_on_with_the_next_number()
    {
        await Observe(67_700);
        await Held(1, (await Publish())!.StateRoot);
        await _a.Writer.OnWriterAsync(
            db => db.Execute(
                "DELETE FROM net_edition_keys; DELETE FROM net_edition_rows; DELETE FROM net_editions;"),
            Cancellation);
        await Observe(80_000, MarkerType.Outro);
        var second = (await Publish())!;
        Assert.Equal((2, EditionKind.Full), (second.Seq, second.Kind));
        await Held(2, second.StateRoot);
        Assert.All(_b.Get<EditionBooks>().All(Markers), e => Assert.Null(e.Suspicion));
    }

    [Fact]
    public async Task A_friend_who_names_the_hash_of_a_file_here_hides_it_from_nobody()
    {
        await Observe(67_700);
        var made = (await Publish())!;
        await Held(1, made.StateRoot);
        Assert.True(Hash160.TryParse(made.File.Ih1, out var ih));
        Assert.Null(await _a.Get<PartConsents>().SubscribeAsync(Subscription.OfFriends(Markers), Cancellation));
        await _b.See();
        Assert.Null((await _b.Get<PartActs>().ObserveAsync([NetSamples.Intro(1_000, 31_000)], true, Cancellation))
            .Problem);
        var (theirs, problem) = await _b.Get<EditionDesk>().PublishAsync(Markers, true, Cancellation);
        Assert.Null(problem);
        var group = _b.Get<OwnParts>().Find(Markers)!.Value;
        var lie = theirs! with
        {
            Seq = 2,
            Prev = _b.Get<EditionBooks>().All(Markers).Single(e => e.IsOwn).Id.ToString(),
            File = theirs.File with
            {
                Ih1 = made.File.Ih1,
                Name = theirs.File.Name.Replace("-1-", "-2-", StringComparison.Ordinal),
            },
        };
        await _b.Writer.WriteAsync(
            group, [new Draft(NetApp.PartEditionPublished, NetPayloads.Write(lie, out _)!, [])], Cancellation);
        await Eventually.True(
            () => _a.Get<EditionBooks>().All(Markers).Any(e => e is { IsOwn: false, Manifest.Seq: 2 }),
            "A has not heard of it.", _a);
        await Assert.ThrowsAsync<PeerException>(
            () => _a.Get<EditionIntake>().TakeAsync(group, Subscription.OfFriends(Markers), Cancellation));
        Assert.NotNull(_a.Get<BlobShelf>().PathOf(ih));
        Assert.True(_a.Get<EditionBooks>().MayRead(_b.Id, ih));
    }

    [Fact]
    public async Task A_file_that_its_publisher_altered_is_not_taken_over()
    {
        await Observe(67_700);
        var made = (await Publish())!;
        await Held(1, made.StateRoot);
        // Published with other rows than it says: signed, and still wrong.
        var group = _a.Get<OwnParts>().Find(Markers)!.Value;
        var lie = made with
        {
            Seq = 2,
            StateRoot = Hash256.Zero.ToString(),
            File = made.File with { Name = made.File.Name.Replace("-1-", "-2-", StringComparison.Ordinal) },
            Prev = _a.Get<EditionBooks>().All(Markers).Single().Id.ToString(),
        };
        await _a.Writer.WriteAsync(
            group, [new Draft(NetApp.PartEditionPublished, NetPayloads.Write(lie, out _)!, [])], Cancellation);
        await Eventually.True(
            () => _b.Get<LogMemory>().After(0).Any(e => e.Message.Contains("net_edition_", StringComparison.Ordinal)),
            "B did not refuse it.", _b);
        await Held(1, made.StateRoot);
    }

    [Fact]
    public async Task Two_editions_of_one_number_are_set_apart()
    {
        await Observe(67_700);
        var made = (await Publish())!;
        await Held(1, made.StateRoot);
        var group = _a.Get<OwnParts>().Find(Markers)!.Value;
        var other = made with { Created = made.Created - 1 };
        await _a.Writer.WriteAsync(
            group, [new Draft(NetApp.PartEditionPublished, NetPayloads.Write(other, out _)!, [])], Cancellation);
        await Eventually.True(
            () => _b.Get<EditionBooks>().All(Markers).Any(e => e.Suspicion == "net_edition_equivocation"),
            "B did not notice.", _b);
        await Held(1, made.StateRoot);
    }

    private async Task Begin(Func<NodeOptions, NodeOptions> with)
    {
        (_a, _b) = (await Start(), await Start());
        await Pair(_a, _b, InviteKind.Friend);
        await Subscribe(null);

        Task<LiveNode> Start() => LiveNode.Start(
            peerListen: "https://127.0.0.1:0", with: options => with(options with { HeartbeatSeconds = 1 }));
    }

    private async Task Subscribe(long? edition) => Assert.Null(await _b.Get<PartConsents>().SubscribeAsync(
        Subscription.OfFriends(Markers) with { Edition = edition }, Cancellation));

    private async Task<PartEdition?> Publish()
    {
        var (made, problem) = await _a.Get<EditionDesk>().PublishAsync(Markers, true, Cancellation);
        Assert.Null(problem);
        return made;
    }

    /// <summary>What of the sample's observations is the oldest.</summary>
    private static async Task TakeBack(LiveNode at) => Assert.Null(
        await at.Get<Retractions>().RetractAsync(at.Get<PartRecords>().Of(NetSamples.Key)[^1].Id, Cancellation));

    /// <summary>It follows by itself, friends go on with it, and the file before goes on both sides.</summary>
    private async Task FollowedByAFullOne(Hash160 gone)
    {
        await Eventually.True(
            () => _b.Get<EditionBooks>().All(Markers).Any(
                e => e is { IsHeld: true, Manifest: { Seq: 2, Kind: EditionKind.Full } }),
            "B has not taken the next edition over.", _b);
        foreach (var node in new[] { _a, _b })
            await Eventually.True(() => node.Get<BlobShelf>().PathOf(gone) is null, "The file is still here.", node);
    }

    private Task Held(long seq, string root) => Eventually.True(
        () => _b.Get<EditionBooks>().All(Markers).Any(
            e => e.IsHeld && e.Manifest.Seq == seq && e.Manifest.StateRoot == root),
        $"B has not taken edition {seq} over.",
        _b);

    private async Task Observe(long startMs, MarkerType type = MarkerType.Intro)
    {
        await _a.See();
        var marker = NetSamples.Intro(startMs, startMs + 30_000) with { Type = type };
        Assert.Null((await _a.Get<PartActs>().ObserveAsync([marker], isOpen: true, Cancellation)).Problem);
    }
}
