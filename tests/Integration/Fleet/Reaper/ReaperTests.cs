using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The reaper of a whole node on real clients. Time is moved by the hour; nobody waits.</summary>
public sealed partial class ReaperTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Label = TransmissionRpc.Label;
    private const long Some = 3 * 1024 * 1024 + 17;

    private readonly TemporaryDirectory _scratch = new();
    private readonly SwarmTracker _tracker = new();
    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private RunningClient? _running;
    private ClientOwner _owner = null!;
    private LiveNode _node = null!;
    private int _hours;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ReaperDesk Desk => _node.Get<ReaperDesk>();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
        {
            await _node.DisposeAsync();
            _owner.Dispose();
            await _running.DisposeAsync();
        }

        _tracker.Dispose();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    public async Task Each_torrent_is_judged_right_and_only_ours_is_acted_on(string program)
    {
        await Start(program);
        var (dead, closed, theirs) = (Torrent("dead"), Torrent("closed", isPrivate: true), Torrent("theirs"));
        var (stalled, paused) = (Torrent("stalled"), Torrent("paused"));
        await Know(dead, Privacy.No);
        await Know(closed, Privacy.Yes);
        await Know(theirs, Privacy.No);
        await Know(stalled, Privacy.No);
        // One after another: three at once would be an outage of ours.
        await Add(dead, Label);
        await Look(hours: 2);
        await Add(closed, Label);
        await Look(hours: 2);
        await Add(theirs, null);
        await Add(paused, Label, isPaused: true);
        await Look(hours: 80);
        await Add(stalled, Label);
        await Look(hours: 10);
        var large = new SwarmTorrent("large", 2L << 30, isPrivate: false, _tracker.Announce);
        large.Lay(_scratch.At("files"));
        await Add(large, Label);
        await Eventually.True(
            async () =>
            {
                await _node.Get<Reaper>().LookAsync(Cancellation);
                return Find(large)?.Torrent.Sample.Activity == TorrentActivity.Checking;
            },
            () => $"{Find(large)}");

        Assert.Equal((HealthState.Healthy, true), StateOf(large));
        Assert.Equal((HealthState.Dead, false), StateOf(dead));
        Assert.Equal((HealthState.Dead, false), StateOf(closed));
        Assert.Equal((HealthState.Dead, false), StateOf(theirs));
        Assert.Equal((HealthState.Stalled, false), StateOf(stalled));
        Assert.Equal((HealthState.Healthy, true), StateOf(paused));
        Assert.Equal(
            (Privacy.Yes, Privacy.No),
            (Find(closed)!.Torrent.Sample.Privacy, Find(dead)!.Torrent.Sample.Privacy));
        Assert.Equal([Rung.Reannounce, Rung.Verify], Find(dead)!.Torrent.Tried.Keys.Order());
        Assert.Empty(Find(closed)!.Torrent.Tried);
        Assert.Empty(Find(theirs)!.Torrent.Tried);
        Assert.Equal(RungSkip.NotLabelled, Find(theirs)!.Next.Skipped[0].Why);
        // Its client announced it when it was added, and nobody asked it to again.
        Assert.Equal(1, _tracker.AnnouncedOf(closed.InfoHash.ToString()));
        Assert.Equal(1, _tracker.AnnouncedOf(theirs.InfoHash.ToString()));
        Told(dead, closed, theirs, paused);
        await TakeThePlan(dead, closed, theirs);
    }

    [Fact]
    public async Task A_restart_loses_none_of_the_hours_that_were_watched()
    {
        await Start(RunningClient.Transmission);
        var dead = Torrent("dead");
        await Know(dead, Privacy.No);
        await Add(dead, Label);
        await Look(hours: 60);
        Assert.Equal(HealthState.Stalled, StateOf(dead).State);
        var watched = Find(dead)!.Torrent.Health.StillMs;
        Assert.InRange(watched, 50 * 3_600_000L, 60 * 3_600_000L);
        await _node.Restart(stopFirst: true);
        await Eventually.True(
            () => _node.Get<TorrentHost>().Client is not null, "The client was not found again.", _node);
        Assert.Equal(watched, _node.Get<ReaperBook>().Torrents[dead.InfoHash.ToString()].Health.StillMs);
        await Look(hours: 5);
        Assert.Equal(HealthState.Stalled, StateOf(dead).State);
        await Look(hours: 20);
        Assert.Equal(HealthState.Dead, StateOf(dead).State);
    }

    [Fact]
    public async Task Half_of_all_torrents_stalling_at_once_freezes_everything_and_the_pages_say_why()
    {
        await Start(RunningClient.Transmission);
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            var torrent = Torrent(name);
            await Know(torrent, Privacy.No);
            await Add(torrent, Label);
            await Add(Torrent(name + " paused"), Label, isPaused: true);
        }

        await Look(hours: 30);
        var view = Desk.View();
        Assert.Equal((true, 4, 4), (view.Look.Tick!.IsFrozen, view.Look.Tick.Stalling, view.Look.Tick.Judged));
        Assert.Empty(view.Plan.Proposals);
        Assert.Equal(8, view.Torrents.Count);
        Assert.All(view.Torrents, t => Assert.Equal(HealthState.Healthy, t.Torrent.Health.State));
        Assert.All(view.Torrents, t => Assert.Empty(t.Torrent.Tried));
        Assert.Equal("reaper_frozen", (await Desk.ApplyAsync(view.Plan.Id, Cancellation)).Problem?.Code);
        const string why = "4 of 4 torrents stall at once, so it is an outage here";
        using var http = new HttpClient { BaseAddress = _node.Address };
        foreach (var page in new[] { "/fleet", "/fleet/reaper" })
        {
            var said = await http.GetStringAsync(page, Cancellation);
            Assert.Contains(why, said);
            Assert.Contains("nothing was removed", said);
        }
    }

    [Fact]
    public async Task A_client_that_is_down_changes_nothing_and_the_desk_says_so()
    {
        await Start(RunningClient.Transmission);
        var torrent = Torrent("a");
        await Add(torrent, Label);
        await Look(hours: 3);
        var before = _node.Get<ReaperBook>().Torrents[torrent.InfoHash.ToString()];
        await _running!.DisposeAsync();
        await Look(hours: 100);
        var view = Desk.View();
        Assert.Equal("client_unreachable", view.Look.Fault);
        Assert.Empty(view.Torrents);
        Assert.Equal(before, _node.Get<ReaperBook>().Torrents[torrent.InfoHash.ToString()]);
        Assert.Equal("no_client", (await Desk.ApplyAsync(view.Plan.Id, Cancellation)).Problem?.Code);
        _running = await RunningClient.Start(RunningClient.Transmission, _scratch.At("another"), Cancellation);
    }

    /// <summary>What the fleet's log says, which other devices read.</summary>
    private void Told(SwarmTorrent dead, SwarmTorrent closed, SwarmTorrent theirs, SwarmTorrent paused)
    {
        var told = _node.Get<FleetBook>().Read(
            s => s.Torrents.ToDictionary(t => t.InfoHash, t => (t.State, t.CompletePermille)));
        Assert.Equal(("dead", 0), told[dead.InfoHash.ToString()]);
        Assert.Equal(("dead", 0), told[closed.InfoHash.ToString()]);
        // Known to the fleet, if not ours; and ours, if not known.
        Assert.Equal(("dead", 0), told[theirs.InfoHash.ToString()]);
        Assert.Equal(("healthy", 0), told[paused.InfoHash.ToString()]);
        var all = string.Join('\n', _node.Get<ReaperBook>().Torrents.Values);
        Assert.DoesNotContain(SwarmTracker.Passkey, all);
        Assert.DoesNotContain(_scratch.At(""), all);
    }

    private async Task TakeThePlan(SwarmTorrent dead, SwarmTorrent closed, SwarmTorrent theirs)
    {
        var plan = Desk.View().Plan;
        output.WriteLine(string.Join(", ", plan.Proposals));
        Assert.Contains(new ReaperProposal(dead.InfoHash.ToString(), Rung.Park), plan.Proposals);
        Assert.DoesNotContain(plan.Proposals, p => p.InfoHash == theirs.InfoHash.ToString());
        // Nobody has a copy of it, so there is nothing that may be done.
        Assert.DoesNotContain(plan.Proposals, p => p.InfoHash == closed.InfoHash.ToString());
        var wrong = Hash256.Sha256("another plan"u8);
        Assert.Equal("plan_changed", (await Desk.ApplyAsync(wrong, Cancellation)).Problem?.Code);

        var (taken, problem) = await Desk.ApplyAsync(plan.Id, Cancellation);
        Assert.Null(problem);
        Assert.All(taken, t => Assert.Equal("done", t.Outcome));
        await _node.Until(dead, s => s.Activity == TorrentActivity.Paused);
        await Look(hours: 1);
        Assert.Equal(TorrentActivity.Paused, Find(dead)!.Torrent.Sample.Activity);
        Assert.NotEqual(TorrentActivity.Paused, Find(closed)!.Torrent.Sample.Activity);
        Assert.NotEqual(TorrentActivity.Paused, Find(theirs)!.Torrent.Sample.Activity);
        Assert.Equal("plan_changed", (await Desk.ApplyAsync(plan.Id, Cancellation)).Problem?.Code);
        // 30 days later it is proposed to take the parked one out, and never the private one.
        await Look(hours: 31 * 24, step: 24);
        var later = Desk.View().Plan;
        Assert.Contains(new ReaperProposal(dead.InfoHash.ToString(), Rung.ProposePurge), later.Proposals);
        Assert.DoesNotContain(later.Proposals, p => p.InfoHash == closed.InfoHash.ToString());
        Assert.Null((await Desk.ApplyAsync(later.Id, Cancellation)).Problem);
        await Look(hours: 1);
        Assert.Null(Find(dead));
        Assert.NotNull(Find(closed));
        Assert.Equal(1, _tracker.AnnouncedOf(closed.InfoHash.ToString()));
    }

    private SwarmTorrent Torrent(string name, bool isPrivate = false) => new(name, Some, isPrivate, _tracker.Announce);

    private async Task Add(SwarmTorrent torrent, string? label, bool isPaused = false)
    {
        await _owner.Add(torrent, _scratch.At("files"), label, isPaused, Cancellation);
        // An empty file is checked at once, and the tracker answers within a moment.
        if (!isPaused) await _node.Until(torrent, s => s.Seeds == 0 || torrent.Length > Some);
    }

    /// <summary>The fleet has an item that belongs to the torrent.</summary>
    private async Task Know(SwarmTorrent torrent, Privacy privacy)
    {
        var root = Hash256.Sha256(torrent.InfoHash.ToArray());
        var item = new DescribedItem(
            ItemId.Of(torrent.Length, root), torrent.Length, 16384, root, privacy, Policy.DefaultName,
            torrent.InfoHash.ToString());
        var (_, problem) = await _node.Get<FleetDesk>().SayAsync(
            new ItemsDescribed([item]), dryRun: false, Cancellation);
        Assert.Null(problem);
    }

    private async Task Look(int hours, int step = 1)
    {
        for (var passed = 0; passed < hours; passed += step)
        {
            _time.SetAhead(TimeSpan.FromHours(_hours += step));
            await _node.Get<Reaper>().LookAsync(Cancellation);
            await Settle();
        }
    }

    /// <summary>A check that the ladder asked for is over long before the next look: hours pass here at once.</summary>
    private async Task Settle()
    {
        if (_node.Get<Reaper>().Last.Tick is null) return;
        var client = (IWatchedClient)_node.Get<TorrentHost>().Client!;
        await Eventually.True(
            async () => (await client.WatchAsync(0, Cancellation)).All(s => s.Activity != TorrentActivity.Checking),
            () => "A check does not end.");
    }

    private TorrentView? Find(SwarmTorrent torrent) =>
        Desk.View().Torrents.FirstOrDefault(t => t.Torrent.Sample.InfoHash == torrent.InfoHash.ToString());

    private (HealthState State, bool IsNeutral) StateOf(SwarmTorrent torrent) =>
        Find(torrent) is { Torrent: var kept }
            ? (kept.Health.State, kept.IsNeutral)
            : throw new InvalidOperationException($"{torrent} is not seen.");

    private async Task Start(string program, string? torznab = null)
    {
        RealClients.Need(program);
        _running = await RunningClient.Start(program, _scratch.At("client"), Cancellation);
        _owner = new ClientOwner(TorrentClientChoice.TryParse(_running.Setting)!);
        _node = await LiveNode.Start(
            _time,
            with: o => o with { TorrentClient = _running.Setting, Torznab = torznab },
            services: s => s.AddSingleton<LinkIsUp>(() => true));
        await Eventually.True(() => _node.Get<TorrentHost>().Client is not null, "No client.");
    }
}
