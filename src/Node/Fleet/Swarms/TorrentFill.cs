using Anarchive.Fleet;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>What came of filling a torrent.</summary>
/// <param name="Code">
/// <c>filled</c>: something was laid where the client looks for it, which checks it now; <c>asked</c>: copies are asked
/// for, and laid there once they came; <c>none</c>; or the code of what failed.
/// </param>
/// <param name="Count">Of files laid, or of copies asked for.</param>
internal sealed record FillOutcome(string Code, int Count);

/// <summary>
/// Gives a torrent of ours what it lacks from the fleet's copies: asks for them, and lays them where its client looks
/// for them. Every piece that can be read is compared with the torrent's first; the client checks all of it then.
/// </summary>
/// <remarks>
/// Where a file goes is found by its bytes: the fleet's log names the torrent of an item and no place in it, for a
/// place is a name. A file of the same size that is another is not laid there.
/// </remarks>
public sealed class TorrentFill(
    TorrentHost host, FleetBook book, ItemStore store, Volumes volumes, CopyDesk copies, FillPlace place,
    ILogger<TorrentFill> log)
{
    /// <summary>What does not fit a torrent will not the next time; forgotten by a restart.</summary>
    private readonly HashSet<(string InfoHash, int Place, ItemId Item)> _unfit = [];

    /// <summary>Lays what is here, and asks for copies of what else is missing.</summary>
    /// <param name="seedbox">True for those alone that a seedbox holds.</param>
    /// <exception cref="CarrierException">The client's.</exception>
    internal async Task<FillOutcome> BeginAsync(string infoHash, bool seedbox, CancellationToken cancellation)
    {
        var filled = await FillAsync(infoHash, cancellation);
        if (filled.Code is not ("none" or "filled")) return filled;
        var (gaps, code) = await LookAsync(infoHash, cancellation);
        if (gaps is null) return new FillOutcome(code!, 0);
        var asked = 0;
        // Two files of one size have the same items for their choice.
        var wanted = gaps.Gaps.SelectMany(g => g.Items.Select(i => (Item: i, g.File.PartPath))).DistinctBy(w => w.Item)
            .Where(w => store.Find(w.Item) is null && IsElsewhere(w.Item, seedbox)).ToList();
        foreach (var (item, path) in wanted)
        {
            var (_, problem) = await copies.AskAsync(item, VolumeOf(path), source: null, cancellation);
            if (problem is not null) return new FillOutcome(problem.Code, asked);
            asked++;
        }

        return asked > 0 ? new FillOutcome("asked", asked) : filled;
    }

    /// <summary>Lays what is here; <c>none</c> where nothing of it is.</summary>
    /// <exception cref="CarrierException">The client's.</exception>
    internal async Task<FillOutcome> FillAsync(string infoHash, CancellationToken cancellation)
    {
        if (host.Client is not IWatchedClient client) return new FillOutcome("no_client", 0);
        var ih = new Hash160(Convert.FromHexString(infoHash));
        var (gaps, code) = await LookAsync(infoHash, cancellation);
        if (gaps is null) return new FillOutcome(code!, 0);
        var fitting = new List<(TorrentGap Gap, StoredCopy Copy)>();
        var differs = false;
        try
        {
            // The largest have pieces of their own, by which those beside them can be told.
            foreach (var gap in gaps.Gaps.OrderByDescending(g => g.File.SizeBytes))
            {
                if (await FittingAsync(infoHash, gaps, gap, cancellation) is { } copy)
                {
                    fitting.Add((gap, copy));
                    gaps = gaps.With(gap, copy.FullPath);
                }
                else
                {
                    differs |= gap.Items.Any(i => store.Find(i) is not null);
                }
            }

            if (fitting.Count == 0) return new FillOutcome(differs ? "bytes_differ" : "none", 0);
            return await LayAsync(client, ih, fitting, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FillOutcome("disk_refused", 0);
        }
    }

    private async Task<(TorrentGaps? Gaps, string? Code)> LookAsync(string infoHash, CancellationToken cancellation)
    {
        if (host.Client is not { } client || client is not ITorrentContents contents) return (null, "no_client");
        // What bears our label no more is nobody's business here.
        if (await client.FindAsync(new Hash160(Convert.FromHexString(infoHash)), cancellation) is null)
            return (null, "gone");
        if ((await contents.ContentsAsync(infoHash, cancellation)) is not [var content]) return (null, "gone");
        if (await contents.DescriptionAsync(infoHash, cancellation) is not { } what) return (null, "no_description");
        var items = book.Read(state => PeersFor.ItemsOf(infoHash, state));
        return TorrentGaps.Of(what, content, items) is { } gaps ? (gaps, null) : (null, "no_description");
    }

    private async Task<StoredCopy?> FittingAsync(
        string infoHash, TorrentGaps gaps, TorrentGap gap, CancellationToken cancellation)
    {
        foreach (var item in gap.Items)
        {
            if (_unfit.Contains((infoHash, gap.Place, item)) || store.Find(item) is not { } copy) continue;
            var fits = await gaps.FitsAsync(gap, copy.FullPath, cancellation);
            if (fits == true) return copy;
            if (fits == false) _unfit.Add((infoHash, gap.Place, item));
        }

        return null;
    }

    /// <summary>The client holds its files open, and is stopped while they change.</summary>
    private async Task<FillOutcome> LayAsync(
        IWatchedClient client, Hash160 ih, IReadOnlyList<(TorrentGap Gap, StoredCopy Copy)> fitting,
        CancellationToken cancellation)
    {
        if (!await client.StopAsync(ih, cancellation)) return new FillOutcome("gone", 0);
        var laid = 0;
        try
        {
            await ClientHttp.UntilAsync(
                async () => await host.FindAsync(ih, cancellation)
                    is null or { State: TorrentState.Stopped or TorrentState.Failed },
                cancellation);
            foreach (var (gap, copy) in fitting)
            {
                if (await place.LayAsync(copy, gap.File, ih.ToString(), cancellation) is { } code)
                    return new FillOutcome(code, laid);
                laid++;
            }

            NodeLog.TorrentFilled(log, ih.ToString(), laid);
            return new FillOutcome("filled", laid);
        }
        finally
        {
            // In this order: what is checked while it is stopped stays so in qBittorrent.
            await client.StartAsync(ih, CancellationToken.None);
            if (laid > 0) await client.VerifyAsync(ih, CancellationToken.None);
        }
    }

    private bool IsElsewhere(ItemId item, bool seedbox) => book.Read(state => state.HoldingsOf(item).Any(h =>
        h.State == HoldingState.Present && state.Devices.GetValueOrDefault(h.Device) is { } device
        && device.State is DeviceState.Active or DeviceState.Draining
        && (!seedbox || device.Class == DeviceClass.Seedbox)));

    /// <summary>The one on which the client keeps the file, so that no copy is made twice; null for any.</summary>
    private VolumeId? VolumeOf(string path)
    {
        var folder = RealPath.Of(Path.GetDirectoryName(path) ?? path);
        return volumes.All.FirstOrDefault(v => Volumes.IsWithin(folder, v.Root))?.Id;
    }
}
