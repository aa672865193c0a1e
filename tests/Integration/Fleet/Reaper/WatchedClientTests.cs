using Anarchive.Fleet;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What real clients say of torrents, in the words that all share.</summary>
public sealed class WatchedClientTests : IAsyncLifetime
{
    private const string Label = TransmissionRpc.Label;
    private const long Now = 1_790_000_000_000;
    private const long Some = 3 * 1024 * 1024 + 17;

    private readonly TemporaryDirectory _scratch = new();
    private readonly SwarmTracker _tracker = new();
    private RunningClient? _running;
    private ClientOwner _owner = null!;
    private ITorrentClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IWatchedClient Watched => (IWatchedClient)_client;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
        {
            _owner.Dispose();
            _client.Dispose();
            await _running.DisposeAsync();
        }

        _tracker.Dispose();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData(RunningClient.Transmission, "Transmission ")]
    [InlineData(RunningClient.QBittorrent, "qBittorrent ")]
    public async Task Every_torrent_is_told_of_in_words_that_all_clients_share(string program, string version)
    {
        await Start(program);
        Assert.StartsWith(version, await Watched.VersionAsync(Cancellation));
        Assert.Empty(await Watched.WatchAsync(Now, Cancellation));
        var (open, closed) = (Torrent("open"), Torrent("closed", isPrivate: true));
        var (paused, theirs) = (Torrent("paused"), Torrent("theirs"));
        _tracker.Fail(closed.InfoHash.ToString(), "Unregistered torrent");
        _tracker.Fail(theirs.InfoHash.ToString(), $"Unregistered: bad passkey {SwarmTracker.Passkey}");
        await Add(open, Label);
        await Add(closed, Label);
        await Add(paused, Label, isPaused: true);
        await Add(theirs, null);

        var seen = await Until(open, s => s is { Activity: TorrentActivity.Fetching, Seeds: 0 });
        Assert.Equal(
            (Privacy.No, true, true, "127.0.0.1", TrackerWord.None),
            (seen.Privacy, seen.IsLabelled, seen.HasTracker, seen.TrackerHost, seen.Word));
        Assert.Equal((0, Some, 0, Now), (seen.DoneBytes, seen.SizeBytes, seen.DownloadedBytes, seen.AtMs));
        Assert.True(seen.AvailablePermille < 1000);
        Assert.InRange(seen.AddedMs, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 600_000, long.MaxValue);
        seen = await Until(closed, s => s.Word == TrackerWord.Unregistered);
        Assert.Equal((Privacy.Yes, true), (seen.Privacy, seen.IsLabelled));
        await Until(paused, s => s is { Activity: TorrentActivity.Paused, Privacy: Privacy.No });
        seen = await Until(theirs, s => s.Word == TrackerWord.OwnAccount);
        Assert.False(seen.IsLabelled);
        var all = string.Join('\n', await Watched.WatchAsync(Now, Cancellation));
        Assert.DoesNotContain(SwarmTracker.Passkey, all);
        Assert.DoesNotContain("announce", all);
        Assert.DoesNotContain(_scratch.At(""), all);
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    public async Task A_torrent_that_is_read_from_disk_is_checking_and_then_whole(string program)
    {
        await Start(program);
        var large = new SwarmTorrent("large", 2L << 30, isPrivate: false, _tracker.Announce);
        large.Lay(_scratch.At("files"));
        await Add(large, Label);
        await Until(large, s => s.Activity == TorrentActivity.Checking);
        var whole = await Until(large, s => s is { Activity: TorrentActivity.Seeding, IsComplete: true });
        Assert.Equal((1000, 0L), (whole.CompletePermille, whole.DownloadedBytes));
        // A byte of its first piece is changed on disk, and a check is what finds it.
        await using (var file = File.OpenWrite(_scratch.At("files/large"))) file.WriteByte(1);
        Assert.True(await Watched.VerifyAsync(large.InfoHash, Cancellation));
        await Until(large, s => s is { Activity: TorrentActivity.Fetching, IsComplete: false });
        Assert.True(await Watched.StopAsync(large.InfoHash, Cancellation));
        await Until(large, s => s.Activity == TorrentActivity.Paused);
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    public async Task Only_torrents_with_our_label_are_touched(string program)
    {
        await Start(program);
        var (ours, theirs) = (Torrent("ours"), Torrent("theirs"));
        await Add(ours, Label);
        await Add(theirs, "anarchive-not");
        await Until(ours, s => s.Seeds == 0);
        await Until(theirs, s => s.Seeds == 0);
        var announced = _tracker.AnnouncedOf(ours.InfoHash.ToString());
        // Clients announce at most every so often, also where they are asked to.
        Assert.True(await Watched.ReannounceAsync(ours.InfoHash, Cancellation));
        Assert.False(await Watched.ReannounceAsync(theirs.InfoHash, Cancellation));
        Assert.False(await Watched.VerifyAsync(theirs.InfoHash, Cancellation));
        Assert.False(await Watched.StopAsync(theirs.InfoHash, Cancellation));
        Assert.False(await Watched.StopAsync(Torrent("nobody's").InfoHash, Cancellation));
        Assert.True(await Watched.StopAsync(ours.InfoHash, Cancellation));
        await Until(ours, s => s.Activity == TorrentActivity.Paused);
        await Until(theirs, s => s.Activity == TorrentActivity.Fetching);
        Assert.Equal(1, _tracker.AnnouncedOf(theirs.InfoHash.ToString()));
        Assert.InRange(_tracker.AnnouncedOf(ours.InfoHash.ToString()), announced, announced + 2);
    }

    private SwarmTorrent Torrent(string name, bool isPrivate = false) => new(name, Some, isPrivate, _tracker.Announce);

    private Task Add(SwarmTorrent torrent, string? label, bool isPaused = false) =>
        _owner.Add(torrent, _scratch.At("files"), label, isPaused, Cancellation);

    private async Task Start(string program)
    {
        RealClients.Need(program);
        _running = await RunningClient.Start(program, _scratch.At("client"), Cancellation);
        var choice = TorrentClientChoice.TryParse(_running.Setting)!;
        (_owner, _client) = (new ClientOwner(choice), choice.Open());
    }

    private async Task<TorrentSample> Until(SwarmTorrent torrent, Func<TorrentSample, bool> isSo)
    {
        TorrentSample? seen = null;
        await Eventually.True(
            async () =>
            {
                var all = await Watched.WatchAsync(Now, Cancellation);
                seen = all.FirstOrDefault(s => s.InfoHash == torrent.InfoHash.ToString());
                return seen is not null && isSo(seen);
            },
            () => $"{torrent}: {seen}");
        return seen!;
    }
}
