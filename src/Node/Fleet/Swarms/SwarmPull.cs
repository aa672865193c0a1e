using Anarchive.Fleet;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>
/// Fetches an item by BitTorrent from devices of the fleet that run no node, where the owner said where their clients
/// are. Public items alone: for a private torrent no peer may be named but by its own tracker (BEP 27).
/// </summary>
/// <remarks>
/// The client of this device fetches it by the info hash from whom this node joins it to. What came is an item once all
/// of it was hashed here, as by any other way; the torrent leaves the client then. One of ours that the client has
/// already is fetched where it lies, and stays.
/// </remarks>
public sealed class SwarmPull(
    TorrentHost host, NodeOptions options, SwarmBridge bridge, FleetBook book, CopyPull pull, Traffic traffic,
    TimeProvider time, ILogger<SwarmPull> log)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SilentMax = TimeSpan.FromMinutes(2);

    /// <summary>True where a device has the item whose client the owner named.</summary>
    public bool HasSource(ItemId item) => PeersOf(item).Count > 0;

    /// <summary>
    /// Returns once the item is on the volume, checked and durable; or once a torrent of ours has all of it, whose file
    /// is an item from the next look at the disk on.
    /// </summary>
    /// <exception cref="CarrierException">
    /// <c>not_public</c>, <c>no_client</c>, <c>torrent_in_client</c>, <c>no_source</c>, <c>no_room</c>,
    /// <c>daily_cap</c>, <c>blob_mismatch</c>, why the volume is absent, or the client's.
    /// </exception>
    public async Task FetchAsync(
        ItemId item, VolumeId volume, IProgress<CopyProgress>? progress, CancellationToken cancellation)
    {
        var (known, scope) = book.Read(state => (
            state.Items.GetValueOrDefault(item),
            Gates.ScopeOf(state.Items.TryGetValue(item, out var one) ? [one] : [], state.Sources)));
        var peers = PeersOf(item);
        if (known?.InfoHashV1 is not { } hash || peers.Count == 0) throw CopyFailures.NoSource();
        if (!Gates.MayInject(scope)) throw NotPublic();
        if (host.Client is not ITorrentContents client)
            throw new CarrierException("no_client", "No torrent client runs here that can fetch it.");
        var sight = pull.Room(volume, known.SizeBytes);
        if (traffic.LeftBytes() < known.SizeBytes) throw CopyFailures.Capped();
        var ih = new Hash160(Convert.FromHexString(hash));
        var folder = Path.Combine(sight.Volume.Root, VolumeMarker.Folder, "incoming", $"swarm-{hash}");
        var job = new Job(client, ih, known, volume, progress);
        if (await IsInClientAsync(client, ih, folder, cancellation))
        {
            await JoinedAsync(job with { IsInPlace = true }, peers, cancellation);
            await traffic.NoteAsync(known.SizeBytes, cancellation);
            return;
        }

        await NewAsync(job, peers, folder, cancellation);
    }

    /// <summary>Fetches a torrent that the client has not got, and takes it out of the client again.</summary>
    private async Task NewAsync(Job job, List<SwarmPeer> peers, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var isOut = false;
        try
        {
            string came;
            PieceLayer layer;
            try
            {
                await job.Client.AddMagnetAsync(job.InfoHash, folder, cancellation);
                (came, layer) = await JoinedAsync(job, peers, cancellation);
            }
            finally
            {
                // Also where it was cancelled: nobody wants it in the client any more.
                if (host.Client is { } there)
                {
                    await there.RemoveAsync(job.InfoHash, CancellationToken.None);
                    isOut = true;
                }
            }

            await traffic.NoteAsync(job.Item.SizeBytes, cancellation);
            await KeepAsync(layer, job.Volume, came, cancellation);
        }
        finally
        {
            // By its folder the next try knows one that the client may still have.
            if (isOut) Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// True where the client has that torrent under our label, and not since a try of ours that was cut off, which is
    /// taken out here and begun anew.
    /// </summary>
    private async Task<bool> IsInClientAsync(
        ITorrentContents client, Hash160 ih, string folder, CancellationToken cancellation)
    {
        if (await host.FindAsync(ih, cancellation) is null) return false;
        var files = (await client.ContentsAsync(ih.ToString(), cancellation)).SelectMany(c => c.Files);
        if (!Directory.Exists(folder) || !files.All(f => Volumes.IsWithin(f.FullPath, folder))) return true;
        if (host.Client is { } there) await there.RemoveAsync(ih, cancellation);
        return false;
    }

    /// <summary>Where the file is once all of it is here, fetched from those peers; and its hashes.</summary>
    private async Task<(string Place, PieceLayer Layer)> JoinedAsync(
        Job job, List<SwarmPeer> peers, CancellationToken cancellation)
    {
        using var joined = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var bridges = peers.ConvertAll(p => KeepJoinedAsync(p, job.InfoHash, joined.Token));
        try
        {
            return await ComeAsync(job, cancellation);
        }
        finally
        {
            await joined.CancelAsync();
            await Task.WhenAll(bridges);
        }
    }

    private static CarrierException NotPublic() => new(
        "not_public", "Only items of torrents that are known to be public come by BitTorrent.");

    private async Task KeepJoinedAsync(SwarmPeer peer, Hash160 ih, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await bridge.RunAsync(DialScope.Typed, peer.Device.ToString(), peer.At, ih, cancellation);
                await Task.Delay(AgainAfter, time, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // It came, or is not wanted any more.
        }
    }

    private List<SwarmPeer> PeersOf(ItemId item)
    {
        var named = options.SwarmPeers.Select(SwarmPeer.TryParse).OfType<SwarmPeer>().ToList();
        if (named.Count == 0) return [];
        return book.Read(state => state.HoldingsOf(item)
            .Where(h => h.State == HoldingState.Present
                && state.Devices.GetValueOrDefault(h.Device)?.State is DeviceState.Active or DeviceState.Draining)
            .SelectMany(h => named.Where(n => n.Device == h.Device)).Distinct().ToList());
    }

    /// <summary>Where the file is that is the item, once the client has all of it; and its hashes.</summary>
    private async Task<(string Place, PieceLayer Layer)> ComeAsync(Job job, CancellationToken cancellation)
    {
        var (done, isWanted, since) = (-1L, false, time.GetTimestamp());
        using var looks = new PeriodicTimer(LookEvery, time);
        while (true)
        {
            if (await job.Client.ContentsAsync(job.InfoHash.ToString(), cancellation) is not [var content])
                throw CopyFailures.NoSource();
            var wanted = content.Files.Index().Where(f => f.Item.SizeBytes == job.Item.SizeBytes).ToList();
            if (!isWanted && content.Files.Count > 0)
            {
                isWanted = await WantAsync(job, wanted.ConvertAll(w => w.Index), content.Files.Count, cancellation);
                since = time.GetTimestamp();
            }

            var whole = wanted.Where(w => w.Item.IsComplete && PlaceOf(w.Item) is not null).ToList();
            if (isWanted && whole.Count == wanted.Count)
                return await MatchAsync(job.Item, whole.Select(w => PlaceOf(w.Item)!), cancellation);
            var now = (await host.FindAsync(job.InfoHash, cancellation))?.DoneBytes ?? 0;
            if (now > done) (done, since) = (now, time.GetTimestamp());
            job.Progress?.Report(new CopyProgress(Math.Min(now, job.Item.SizeBytes), job.Item.SizeBytes));
            pull.Room(job.Volume, 0);
            if (time.GetElapsedTime(since) > SilentMax) throw CopyFailures.NoSource();
            await looks.WaitForNextTickAsync(cancellation);
        }
    }

    /// <summary>What the torrent says of itself counts, whatever the log said; false until it says so.</summary>
    private static async Task<bool> WantAsync(
        Job job, List<int> indexes, int count, CancellationToken cancellation)
    {
        if (await job.Client.DescriptionAsync(job.InfoHash.ToString(), cancellation) is not { } what) return false;
        if (what.IsPrivate) throw NotPublic();
        if (indexes.Count == 0) throw Mismatch();
        // Which files of a torrent of its own are wanted, its owner knows.
        if (!job.IsInPlace) await job.Client.WantAsync(job.InfoHash, indexes, count, cancellation);
        return true;
    }

    private static string? PlaceOf(TorrentFile file) =>
        new[] { file.FullPath, file.PartPath }.FirstOrDefault(p => FileStat.Of(p) is { IsFile: true });

    private static async Task<(string Place, PieceLayer Layer)> MatchAsync(
        Item item, IEnumerable<string> places, CancellationToken cancellation)
    {
        foreach (var place in places)
            if (await FileBytes.LayerAsync(place, item.SizeBytes, cancellation) is { } layer && layer.Item == item.Id)
                return (place, layer);
        throw Mismatch();
    }

    private static CarrierException Mismatch() =>
        new("blob_mismatch", "What the torrent holds is not the item; nothing of it is kept.");

    /// <summary>The same last steps as by any other way: read from disk, named, and only then held.</summary>
    private async Task KeepAsync(
        PieceLayer layer, VolumeId volume, string came, CancellationToken cancellation)
    {
        var root = pull.Room(volume, 0).Volume;
        File.Move(came, CopyDraft.PathOf(root, layer.Item), overwrite: true);
        using var draft = await CopyDraft.OpenAsync(root, layer, cancellation);
        if (!await draft.SettleAsync(cancellation)) throw CopyFailures.NoSource();
        await pull.KeepAsync(draft, volume, Path.GetFileName(came), cancellation);
        NodeLog.CopyCameBySwarm(log, layer.Item.ToString());
    }

    private sealed record Job(
        ITorrentContents Client, Hash160 InfoHash, Item Item, VolumeId Volume, IProgress<CopyProgress>? Progress)
    {
        /// <summary>The torrent was in the client before, and stays there.</summary>
        public bool IsInPlace { get; init; }
    }
}
