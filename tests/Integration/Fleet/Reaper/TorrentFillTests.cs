using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Torrents of a real client that nobody gives any more, and the copies of other devices.</summary>
public sealed class TorrentFillTests : IAsyncLifetime
{
    private const string Label = TransmissionRpc.Label;

    private readonly TemporaryDirectory _scratch = new();
    private readonly SwarmTracker _tracker = new();
    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private readonly List<RunningClient> _running = [];
    private readonly List<ClientOwner> _owners = [];
    private readonly List<MediaBox> _boxes = [];
    private int _hours;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MediaBox Has => _boxes[0];

    private MediaBox Lacks => _boxes[1];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var box in Enumerable.Reverse(_boxes)) await box.DisposeAsync();
        foreach (var owner in _owners) owner.Dispose();
        foreach (var running in _running) await running.DisposeAsync();
        _tracker.Dispose();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    public async Task A_dead_torrent_of_ours_is_filled_from_another_devices_copies_and_is_healthy(string program)
    {
        await Start(program);
        var pack = await Dead(isPrivate: false);
        await ApplyCopies(pack);
        await Look(Lacks);
        await Lacks.Node.Until(pack, s => s is { Activity: TorrentActivity.Seeding, IsComplete: true });
        await Look(Lacks);
        Assert.Equal(HealthState.Healthy, Find(pack).Health.State);
        Assert.Equal(0, Find(pack).Sample.DownloadedBytes);
        foreach (var (name, content) in pack.Files!)
            Assert.Equal(content, await File.ReadAllBytesAsync(Seeded(pack, name), Cancellation));
        // They are the device's copies still, where they lie now, and no second time.
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Lacks.Root, CopyPull.Folder)));
        await Lacks.Look();
        Assert.All(Lacks.Store.Held(), h => Assert.Equal(HoldingState.Present, h.State));
        Assert.All(pack.Files, f => Assert.Equal(
            Seeded(pack, f.Name), Lacks.Store.Find(MediaBox.ItemOf(f.Content))!.FullPath));
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    public async Task The_copies_of_a_private_one_come_and_its_client_neither_stops_nor_checks_nor_announces(
        string program)
    {
        await Start(program);
        var pack = await Dead(isPrivate: true);
        var announced = _tracker.AnnouncedOf(pack.InfoHash.ToString());
        Assert.InRange(announced, 1, int.MaxValue);
        await ApplyCopies(pack);
        for (var look = 0; look < 3; look++) await Look(Lacks);
        Assert.Equal(3, pack.Files!.Count(f => Lacks.Store.Find(MediaBox.ItemOf(f.Content)) is not null));
        Assert.Equal(new FillOutcome("not_public", 0), await Fill(pack));
        Assert.Equal(0, Find(pack).Sample.DoneBytes);
        Assert.Equal(announced, _tracker.AnnouncedOf(pack.InfoHash.ToString()));
    }

    /// <summary>One device seeds it; on the other it is dead, and the fleet knows its files.</summary>
    private async Task<SwarmTorrent> Dead(bool isPrivate)
    {
        var pack = Pack(isPrivate);
        pack.Lay(Path.Combine(Has.Root, "films"));
        foreach (var (name, _) in pack.Files!) Has.Age(Path.Combine(Has.Root, "films", pack.Name, name), 10);
        await _owners[0].Add(pack, Path.Combine(Has.Root, "films"), Label, isPaused: false, Cancellation);
        await Has.Node.Until(pack, s => s.IsComplete);
        await Look(Has);
        await Has.Look();
        await Look(Has);
        if (!isPrivate)
            await Has.Say(new SourceSet(
                "127.0.0.1", SourceKind.Public, "127.0.0.1", SourceGate.SearchOnly, Isolation.Open));
        await Eventually.InStep(Has.Node.Get<OwnFleet>().Group!.Value, Has.Node, Lacks.Node);
        var ih = pack.InfoHash.ToString();
        Assert.Equal(3, Lacks.Node.Get<FleetBook>().Read(s => PeersFor.ItemsOf(ih, s)).Count);

        await _owners[1].Add(pack, Path.Combine(Lacks.Root, "seeds"), Label, isPaused: false, Cancellation);
        await Lacks.Node.Until(pack, s => s.Seeds == 0);
        await Look(Lacks, hours: 80);
        Assert.Equal(HealthState.Dead, Find(pack).Health.State);
        return pack;
    }

    private async Task ApplyCopies(SwarmTorrent pack)
    {
        var desk = Lacks.Node.Get<ReaperDesk>();
        var plan = desk.View().Plan;
        Assert.Equal([new ReaperProposal(pack.InfoHash.ToString(), Rung.CopyFromFleet)], plan.Proposals);
        // Nothing comes before its owner says so.
        Assert.Empty(Lacks.Node.Get<CopyDesk>().All());
        var (taken, problem) = await desk.ApplyAsync(plan.Id, Cancellation);
        Assert.Null(problem);
        Assert.Equal(("asked", 3), (Assert.Single(taken).Outcome, taken[0].Found));
        await Eventually.True(
            () => Task.FromResult(Lacks.Node.Get<CopyDesk>().All() is { Count: 3 } all
                && all.All(c => c.State == "done")),
            () => string.Join(", ", Lacks.Node.Get<CopyDesk>().All()));
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    public async Task A_file_that_is_not_the_torrents_is_not_laid_there_and_one_of_ours_stays_in_its_place(
        string program)
    {
        await Start(program);
        var pack = Pack(isPrivate: false);
        var (right, wrong) = (pack.Files![0].Content, MediaBox.Bytes(pack.Files[1].Content.Length, 9));
        await _owners[1].Add(pack, Path.Combine(Lacks.Root, "seeds"), Label, isPaused: false, Cancellation);
        await Lacks.Node.Until(pack, s => s.Seeds == 0);
        await Told("wrong.mkv", wrong, pack);

        Assert.Equal(new FillOutcome("bytes_differ", 0), await Fill(pack));
        Assert.False(File.Exists(Seeded(pack, pack.Files[0].Name)));
        await Told("right.mkv", right, pack);
        Assert.Equal(new FillOutcome("filled", 1), await Fill(pack));
        await Lacks.Node.Until(pack, s => s.DoneBytes >= right.Length - 2 * pack.PieceBytes);
        Assert.True(File.Exists(Lacks.At("right.mkv")));
        Assert.True(File.Exists(Lacks.At("wrong.mkv")));
        using (var client = TorrentClientChoice.TryParse(_running[1].Setting)!.Open())
            Assert.True(await client.RemoveAsync(pack.InfoHash, Cancellation));
        Assert.Equal(new FillOutcome("gone", 0), await Fill(pack));
    }

    [Fact]
    public async Task A_file_of_the_owners_that_lies_where_the_torrent_keeps_its_own_is_not_replaced()
    {
        await Start(RunningClient.Transmission);
        var pack = Pack(isPrivate: false);
        var own = MediaBox.Bytes(pack.Files![0].Content.Length, 9);
        Directory.CreateDirectory(Lacks.At("pack"));
        await File.WriteAllBytesAsync(Lacks.At("pack/one.mkv"), own, Cancellation);
        Lacks.Age(Lacks.At("pack/one.mkv"), 10);
        await Lacks.Look();
        await _owners[1].Add(pack, Path.Combine(Lacks.Root, "films"), Label, isPaused: true, Cancellation);
        await Lacks.Node.Until(pack, s => s is { Activity: TorrentActivity.Paused, IsComplete: false });
        await Told("right.mkv", pack.Files[0].Content, pack);

        Assert.Equal(new FillOutcome("place_taken", 0), await Fill(pack));
        Assert.Equal(own, await File.ReadAllBytesAsync(Lacks.At("pack/one.mkv"), Cancellation));
        Assert.NotNull(Lacks.Store.Find(MediaBox.ItemOf(own)));
    }

    [Fact]
    public async Task What_lay_there_before_is_kept_until_the_client_has_checked_and_the_same_is_not_laid_twice()
    {
        await Start(RunningClient.Transmission);
        var pack = Pack(isPrivate: false);
        var right = pack.Files![0].Content;
        var part = right.ToArray();
        Array.Clear(part, part.Length / 2, part.Length / 2);
        Directory.CreateDirectory(Path.GetDirectoryName(Seeded(pack, "one.mkv"))!);
        await File.WriteAllBytesAsync(Seeded(pack, "one.mkv"), part, Cancellation);
        await _owners[1].Add(pack, Path.Combine(Lacks.Root, "seeds"), Label, isPaused: true, Cancellation);
        await Lacks.Node.Until(pack, s => s is { Activity: TorrentActivity.Paused, DoneBytes: > 0, IsComplete: false });
        await Told("right.mkv", right, pack);
        // Its owner paused it.
        Assert.Equal(new FillOutcome("stopped", 0), await Fill(pack));
        Assert.Empty(Aside(pack));
        await _owners[1].Resume(pack, Cancellation);
        await Lacks.Node.Until(pack, s => s.Activity is TorrentActivity.Fetching);

        Assert.Equal(new FillOutcome("filled", 1), await Fill(pack));
        Assert.Equal(part, await File.ReadAllBytesAsync(Assert.Single(Aside(pack)), Cancellation));
        await Lacks.Node.Until(pack, s => s.DoneBytes >= right.Length - 2 * pack.PieceBytes);
        await Look(Lacks);
        Assert.Single(Aside(pack));
        await Look(Lacks, hours: 1);
        Assert.Empty(Aside(pack));
        Assert.Equal(right, await File.ReadAllBytesAsync(Seeded(pack, "one.mkv"), Cancellation));
        // Its last piece is another file's, too, which is not here: it lacks that still, and is not laid again.
        Assert.Equal(0, (await Fill(pack)).Count);
        Assert.Empty(Aside(pack));
    }

    [Fact]
    public async Task A_torrent_that_this_node_stopped_before_it_ended_is_started_and_what_was_aside_comes_back()
    {
        await Start(RunningClient.Transmission);
        var pack = Pack(isPrivate: false);
        await _owners[1].Add(pack, Path.Combine(Lacks.Root, "seeds"), Label, isPaused: true, Cancellation);
        await Lacks.Node.Until(pack, s => s.Activity == TorrentActivity.Paused);
        Directory.CreateDirectory(Path.GetDirectoryName(Seeded(pack, "one.mkv"))!);
        var aside = Seeded(pack, ".0000.anarchive-old");
        await File.WriteAllTextAsync(aside, "before", Cancellation);
        var laid = new LaidFile(Seeded(pack, "one.mkv"), aside, IsMoved: false);
        await Lacks.Node.Get<FillNotes>().PutAsync(
            pack.InfoHash.ToString(), FillNote.Empty with { IsStopped = true, Pending = [laid] }, Cancellation);
        await Look(Lacks);
        await Lacks.Node.Until(pack, s => s.Activity is not (TorrentActivity.Paused or TorrentActivity.Checking));
        Assert.Equal("before", await File.ReadAllTextAsync(Seeded(pack, "one.mkv"), Cancellation));
        Assert.False(File.Exists(aside));

        // Where less is there than before, what was laid goes again.
        File.Move(Seeded(pack, "one.mkv"), aside);
        await File.WriteAllTextAsync(Seeded(pack, "one.mkv"), "laid", Cancellation);
        await Lacks.Node.Get<FillNotes>().PutAsync(
            pack.InfoHash.ToString(), FillNote.Empty with { DoneBytes = 5000, Pending = [laid] }, Cancellation);
        await Look(Lacks);
        Assert.Equal("before", await File.ReadAllTextAsync(Seeded(pack, "one.mkv"), Cancellation));
        Assert.Empty(Lacks.Node.Get<FillNotes>().Of(pack.InfoHash.ToString()).Pending);
    }

    private Task<FillOutcome> Fill(SwarmTorrent pack) => Lacks.Node.Get<Reaper>().AloneAsync(
        () => Lacks.Node.Get<TorrentFill>().FillAsync(pack.InfoHash.ToString(), Cancellation), Cancellation);

    private string[] Aside(SwarmTorrent pack) =>
        Directory.GetFiles(Path.GetDirectoryName(Seeded(pack, "one.mkv"))!, "*.anarchive-old");

    /// <summary>Two files of one size, and one so small that no piece is its own.</summary>
    private SwarmTorrent Pack(bool isPrivate) => SwarmTorrent.Of(
        "pack", isPrivate, _tracker.Announce,
        ("one.mkv", MediaBox.Bytes(700_001, 1)), ("two.mkv", MediaBox.Bytes(700_001, 2)),
        ("notes.txt", MediaBox.Bytes(1000, 3)));

    private string Seeded(SwarmTorrent pack, string name) => Path.Combine(Lacks.Root, "seeds", pack.Name, name);

    /// <summary>The device without the torrent's files has one, and the log says that it is of that torrent.</summary>
    private async Task Told(string name, byte[] content, SwarmTorrent pack)
    {
        await File.WriteAllBytesAsync(Lacks.At(name), content, Cancellation);
        Lacks.Age(Lacks.At(name), 10);
        await Lacks.Look();
        var layer = Lacks.Store.LayerOf(MediaBox.ItemOf(content))!;
        await Lacks.Say(new ItemsDescribed([
            new DescribedItem(
                layer.Item, layer.SizeBytes, layer.PieceLength, layer.Root, Privacy.No, Policy.DefaultName,
                pack.InfoHash.ToString()),
        ]));
    }

    private KeptTorrent Find(SwarmTorrent torrent) =>
        Lacks.Node.Get<ReaperBook>().Torrents[torrent.InfoHash.ToString()];

    private async Task Look(MediaBox box, int hours = 0)
    {
        for (var passed = 0; passed <= hours; passed++)
        {
            if (passed > 0) _time.SetAhead(TimeSpan.FromHours(++_hours));
            await box.Node.Get<Reaper>().LookAsync(Cancellation);
            var client = (IWatchedClient)box.Node.Get<TorrentHost>().Client!;
            await Eventually.True(
                async () => (await client.WatchAsync(0, Cancellation))
                    .All(s => s.Activity != TorrentActivity.Checking),
                () => "A check does not end.");
        }
    }

    private async Task Start(string program)
    {
        RealClients.Need(RunningClient.Transmission, program);
        foreach (var each in new[] { RunningClient.Transmission, program })
        {
            var running = await RunningClient.Start(each, _scratch.At($"client{_running.Count}"), Cancellation);
            _running.Add(running);
            _owners.Add(new ClientOwner(TorrentClientChoice.TryParse(running.Setting)!));
            var box = await MediaBox.Start(
                _time, with: o => o with { TorrentClient = running.Setting, FleetCopyBytesPerSecond = 0 },
                tellsFleet: true, services: s => s.AddSingleton<LinkIsUp>(() => true));
            _boxes.Add(box);
            await Eventually.True(() => box.Node.Get<TorrentHost>().Client is not null, "No client.");
        }

        await Pairings.Pair(Has.Node, Lacks.Node, InviteKind.Device);
        await Has.Declare("NAS", "home");
        await Eventually.True(() => Lacks.Node.Get<OwnFleet>().Group is not null, "No fleet.", Lacks.Node);
        await Eventually.InStep(Has.Node.Get<OwnFleet>().Group!.Value, Has.Node, Lacks.Node);
        await Lacks.Declare("PC", "office");
    }
}
