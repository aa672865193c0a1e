using System.Globalization;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Copies from a rented seedbox without a node, by real clients.</summary>
public sealed class SwarmPullTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _scratch = new();
    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private readonly List<RunningClient> _running = [];
    private IReadOnlyList<string> _peers = [];
    private MediaBox _box = null!;
    private ITorrentClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_box is not null) await _box.DisposeAsync();
        _client?.Dispose();
        foreach (var running in _running) await running.DisposeAsync();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    public async Task A_public_item_comes_from_a_seedbox_is_hashed_and_leaves_the_client(string program)
    {
        var pack = Pack(isPrivate: false);
        await Start(program, pack);
        var film = pack.Files![1].Content;
        var item = await Told(film, pack, Privacy.No);
        Assert.Equal(("done", null), await Ask(item));

        var copy = _box.Store.Find(item)!;
        Assert.Equal(film, await File.ReadAllBytesAsync(copy.FullPath, Cancellation));
        Assert.Equal(Path.Combine(_box.Root, CopyPull.Folder, pack.Files[1].Name), copy.FullPath);
        Assert.NotNull(_box.Held(item)!.HashedMs);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_box.Root, ".anarchive/incoming")));
        Assert.Empty(await _client.ListAsync(Cancellation));
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    public async Task What_is_not_known_to_be_public_is_refused_before_the_client_hears_of_it(string program)
    {
        var pack = Pack(isPrivate: true);
        await Start(program, pack);
        foreach (var (file, privacy) in pack.Files!.Zip([Privacy.Yes, Privacy.Unknown]))
        {
            var item = await Told(file.Content, pack, privacy);
            Assert.Equal(("waiting", "not_public"), await Ask(item));
            Assert.Null(_box.Store.Find(item));
        }

        Assert.Empty(await ((IWatchedClient)_client).WatchAsync(0, Cancellation));
        Assert.False(Directory.Exists(Path.Combine(_box.Root, ".anarchive/incoming")));
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    public async Task A_torrent_of_ours_that_nobody_gives_gets_its_bytes_where_it_lies(string program)
    {
        var pack = Pack(isPrivate: false);
        await Start(program, pack);
        var item = await Told(pack.Files![1].Content, pack, Privacy.No);
        using (var owner = new ClientOwner(TorrentClientChoice.TryParse(_running[1].Setting)!))
            await owner.Add(pack, _box.At(""), TransmissionRpc.Label, isPaused: false, Cancellation);
        await Eventually.True(
            async () => await _client.FindAsync(pack.InfoHash, Cancellation) is not null, () => "It is not added.");
        Assert.Equal(("done", null), await Ask(item));
        Assert.Equal(pack.Files[1].Content, await File.ReadAllBytesAsync(_box.At("pack/b.mkv"), Cancellation));
        Assert.NotNull(await _client.FindAsync(pack.InfoHash, Cancellation));
        _box.Age(_box.At("pack/b.mkv"), 10);
        await _box.Look();
        Assert.Equal(_box.At("pack/b.mkv"), _box.Store.Find(item)!.FullPath);
    }

    [Fact]
    public async Task By_the_ladders_rung_a_torrent_that_stalls_comes_back_from_the_seedbox()
    {
        var pack = Pack(isPrivate: false);
        await Start(RunningClient.Transmission, pack);
        foreach (var file in pack.Files!) await Told(file.Content, pack, Privacy.No);
        using (var owner = new ClientOwner(TorrentClientChoice.TryParse(_running[1].Setting)!))
            await owner.Add(pack, _box.At(""), TransmissionRpc.Label, isPaused: false, Cancellation);
        var desk = _box.Node.Get<ReaperDesk>();
        var wanted = new ReaperProposal(pack.InfoHash.ToString(), Rung.CopyFromSeedbox);
        for (var hours = 1; !desk.View().Plan.Proposals.Contains(wanted); hours++)
        {
            Assert.True(hours < 12, $"Not proposed: {string.Join('\n', desk.View().Torrents.Select(t => t.Next))}");
            _time.SetAhead(TimeSpan.FromHours(hours));
            await _box.Node.Get<Reaper>().LookAsync(Cancellation);
            await _box.Node.Until(pack, s => s.Activity != TorrentActivity.Checking);
        }

        var (taken, problem) = await desk.ApplyAsync(desk.View().Plan.Id, Cancellation);
        Assert.Null(problem);
        Assert.Equal(new TakenRung(wanted, "asked", 2).ToString(), Assert.Single(taken).ToString());
        await _box.Node.Until(pack, s => s is { IsComplete: true });
        foreach (var (name, content) in pack.Files!)
            Assert.Equal(content, await File.ReadAllBytesAsync(_box.At($"pack/{name}"), Cancellation));
    }

    [Fact]
    public async Task What_the_torrent_holds_in_truth_counts_and_nothing_of_it_stays()
    {
        var pack = Pack(isPrivate: false);
        await Start(RunningClient.Transmission, pack);
        // As long as a file of the torrent, and another one.
        var other = await Told(MediaBox.Bytes(pack.Files![1].Content.Length, 77), pack, Privacy.No);
        Assert.Equal(("waiting", "blob_mismatch"), await Ask(other));
        Assert.Null(_box.Store.Find(other));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_box.Root, ".anarchive/incoming")));
        Assert.Empty(await _client.ListAsync(Cancellation));
    }

    private static SwarmTorrent Pack(bool isPrivate) => SwarmTorrent.Of(
        "pack", isPrivate, null, ("a.mkv", MediaBox.Bytes(500_000, 1)), ("b.mkv", MediaBox.Bytes(900_000, 2)));

    /// <summary>The copy, once something came of it.</summary>
    private async Task<(string State, string? Code)> Ask(ItemId item)
    {
        var desk = _box.Node.Get<CopyDesk>();
        Assert.Null((await desk.AskAsync(item, _box.Volume.Id, null, Cancellation)).Problem);
        CopyView Now() => desk.All().Single(c => c.Item == item);
        await Eventually.True(
            () => Now() is { State: "done" } or { State: "waiting", Code: not null }, "Nothing comes of it.",
            _box.Node);
        return (Now().State, Now().Code);
    }

    /// <summary>The steward says what the seedbox holds, and of which torrent.</summary>
    private async Task<ItemId> Told(byte[] content, SwarmTorrent pack, Privacy privacy)
    {
        var root = new PiecesRoot();
        root.Add(content);
        var item = MediaBox.ItemOf(content);
        await _box.Say(new ItemsDescribed([
            new DescribedItem(
                item, content.Length, PieceLayer.PieceLengthOf(content.Length), root.Root(), privacy,
                Policy.DefaultName, pack.InfoHash.ToString()),
        ]));
        var seedbox = SwarmPeer.TryParse(_peers[0])!.Device;
        var volume = new VolumeId(7);
        await _box.Say(new VolumeDeclared(seedbox, volume, "disk", 1_000_000_000, 0));
        await _box.Say(new HoldingsSet(
            seedbox, volume, [new HoldingRow(item, 1, HoldingState.Present, Evidence.Hash)]));
        return item;
    }

    private async Task Start(string program, SwarmTorrent pack)
    {
        RealClients.Need(RunningClient.Transmission, program);
        foreach (var each in new[] { RunningClient.Transmission, program })
            _running.Add(await RunningClient.Start(each, _scratch.At($"client{_running.Count}"), Cancellation));
        var port = await Seed(pack);
        _client = TorrentClientChoice.TryParse(_running[1].Setting)!.Open();
        _box = await MediaBox.Start(
            _time, with: o => o with
            {
                TorrentClient = _running[1].Setting,
                SwarmPeers = _peers,
            },
            tellsFleet: true, services: s => s.AddSingleton<LinkIsUp>(() => true));
        await _box.Declare("PC", "home");
        var (device, problem) = await _box.Node.Get<FleetDesk>().FoundDeviceAsync(
            new DeviceDeclared("seedbox", DeviceClass.Seedbox, "rented", Offsite: true, [], ["bt"]), dryRun: false,
            Cancellation);
        Assert.Null(problem);
        _peers = [string.Create(CultureInfo.InvariantCulture, $"{device}@127.0.0.1:{port}")];
        await _box.Node.Restart(stopFirst: true);
        await Eventually.True(() => _box.Node.Get<TorrentHost>().Client is not null, "No client.");
    }

    /// <summary>Where the seedbox's client takes connections, once it has all of the torrent.</summary>
    private async Task<int> Seed(SwarmTorrent pack)
    {
        var choice = TorrentClientChoice.TryParse(_running[0].Setting)!;
        using var owner = new ClientOwner(choice);
        using var client = choice.Open();
        pack.Lay(_scratch.At("seedbox"));
        await owner.Add(pack, _scratch.At("seedbox"), null, isPaused: false, Cancellation);
        await Eventually.True(
            async () => await ((IWatchedClient)client).WatchAsync(0, Cancellation) is [{ IsComplete: true }],
            () => "The seedbox does not seed.");
        return (await client.PeerPortAsync(Cancellation))!.Value;
    }
}
