using Anarchive.Fleet;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>What came of filling a torrent.</summary>
/// <param name="Code">
/// <c>filled</c>: something was laid where the client looks for it, which checks it now; <c>asked</c>: copies are asked
/// for, and laid there once they came; <c>none</c>; <c>stopped</c>: its owner paused it; or the code of what failed.
/// </param>
/// <param name="Count">Of files laid, or of copies asked for.</param>
internal sealed record FillOutcome(string Code, int Count);

/// <summary>
/// Gives a torrent of ours what it lacks from the fleet's copies: asks for them, and lays them where its client looks
/// for them. Every piece that can be read is compared with the torrent's first; the client checks all of it then.
/// </summary>
/// <remarks>
/// What may be private is copied, and not laid: its client would announce it as it is stopped, started and checked.
/// Where a file goes is found by its bytes: the fleet's log names the torrent of an item and no place in it, for a
/// place is a name. A file of the same size that is another is not laid there.
/// </remarks>
public sealed class TorrentFill(
    TorrentHost host, FleetBook book, ItemStore store, Volumes volumes, CopyDesk copies, FillPlace place,
    FillNotes notes, ClientFiles torrents, CacheUses uses, TimeProvider time, ILogger<TorrentFill> log)
{
    /// <summary>So long after it was told to, a client that does not check has checked.</summary>
    private const long CheckBeginsMs = 60_000;

    /// <summary>What does not fit a torrent will not the next time; forgotten by a restart.</summary>
    private readonly HashSet<(string InfoHash, int Place, ItemId Item)> _unfit = [];

    /// <summary>
    /// Asks for copies of what is missing, which are laid once they came; where there are none to ask for, lays what is
    /// here.
    /// </summary>
    /// <param name="seedbox">True for those alone that a seedbox holds.</param>
    /// <exception cref="CarrierException">The client's.</exception>
    internal async Task<FillOutcome> BeginAsync(string infoHash, bool seedbox, CancellationToken cancellation)
    {
        var (gaps, code) = await LookAsync(infoHash, cancellation);
        if (gaps is null) return new FillOutcome(code!, 0);
        var note = notes.Of(infoHash);
        var asked = 0;
        // Two files of one size have the same items for their choice.
        var wanted = gaps.Gaps
            .SelectMany(g => g.Items.Where(i => !note.WasLaid(g.Place, i)).Select(i => (Item: i, g.File.PartPath)))
            .DistinctBy(w => w.Item)
            .Where(w => store.Find(w.Item) is null && IsElsewhere(w.Item, seedbox)).ToList();
        foreach (var (item, path) in wanted)
        {
            var (_, problem) = await copies.AskAsync(item, VolumeOf(path), source: null, cancellation);
            if (problem is not null) return new FillOutcome(problem.Code, asked);
            asked++;
        }

        return asked > 0 ? new FillOutcome("asked", asked) : await FillAsync(infoHash, cancellation);
    }

    /// <summary>Lays what is here, once no copy of it is on its way; <c>none</c> where nothing of it is.</summary>
    /// <exception cref="CarrierException">The client's.</exception>
    internal async Task<FillOutcome> FillAsync(string infoHash, CancellationToken cancellation)
    {
        if (host.Client is not IWatchedClient client) return new FillOutcome("no_client", 0);
        var (gaps, code) = await LookAsync(infoHash, cancellation);
        if (gaps is null) return new FillOutcome(code!, 0);
        if (!gaps.IsPublic) return new FillOutcome("not_public", 0);
        // What was laid before is checked first.
        if (notes.Of(infoHash) is { IsStopped: true } or { Pending.Count: > 0 }) return new FillOutcome("none", 0);
        await torrents.LookAsync(cancellation);
        // The client is stopped for all of them at once.
        var items = gaps.Gaps.SelectMany(g => g.Items).ToHashSet();
        var coming = copies.All().Count(c =>
            items.Contains(c.Item) && c is { State: CopyStates.Running } or { State: CopyStates.Waiting, Code: null });
        if (coming > 0) return new FillOutcome("asked", coming);
        try
        {
            var (orders, problem) = await OrdersAsync(infoHash, gaps, cancellation);
            return orders.Count == 0
                ? new FillOutcome(problem ?? "none", 0)
                : await LayAsync(client, infoHash, orders, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FillOutcome(ReleaseCodes.DiskRefused, 0);
        }
    }

    /// <summary>
    /// Takes up what was begun: starts what this node stopped, and once the client has checked what was laid, lets go
    /// what lay there before, or puts it back where there was more in it.
    /// </summary>
    /// <exception cref="CarrierException">The client's.</exception>
    internal async Task SettleAsync(TorrentSample sample, CancellationToken cancellation)
    {
        var note = notes.Of(sample.InfoHash);
        if (host.Client is not IWatchedClient client || note is { IsStopped: false, Pending.Count: 0 }) return;
        try
        {
            if (note.IsStopped)
            {
                foreach (var file in note.Pending) FillPlace.Mend(file);
                await GoOnAsync(client, sample.InfoHash, cancellation);
                return;
            }

            if (sample.Activity == TorrentActivity.Checking || sample.AtMs < note.CheckedMs + CheckBeginsMs) return;
            if (sample.DoneBytes < note.DoneBytes && note.Pending.Any(p => p.Aside is not null))
            {
                await StopAsync(client, sample.InfoHash, note, cancellation);
                foreach (var file in note.Pending) place.PutBack(file);
                await GoOnAsync(client, sample.InfoHash, CancellationToken.None);
            }
            else
                foreach (var file in note.Pending) FillPlace.Settle(file);

            await notes.PutAsync(
                sample.InfoHash, notes.Of(sample.InfoHash) with { Pending = [] }, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NodeLog.FileNotRead(log);
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
        var (items, privacy) = book.Read(state =>
        {
            var its = PeersFor.ItemsOf(infoHash, state);
            return (its, Gates.ScopeOf(its, state.Sources).Privacy);
        });
        return TorrentGaps.Of(what, content, items, privacy) is { } gaps ? (gaps, null) : (null, "no_description");
    }

    /// <summary>What can be laid, and else why nothing can.</summary>
    private async Task<(IReadOnlyList<FillOrder> Orders, string? Code)> OrdersAsync(
        string infoHash, TorrentGaps gaps, CancellationToken cancellation)
    {
        string? problem = null;
        var fitting = new List<(TorrentGap Gap, StoredCopy Copy, PieceMatch Match)>();
        // The largest have pieces of their own, by which those beside them can be told.
        foreach (var gap in gaps.Gaps.OrderByDescending(g => g.File.SizeBytes))
        {
            var (copy, match, code) = await FittingAsync(infoHash, gaps, gap, cancellation);
            if (copy is not null)
            {
                fitting.Add((gap, copy, match));
                gaps = gaps.With(gap, copy.FullPath);
            }
            else if (code is not null) problem = code;
            else if (gap.Items.Any(i => _unfit.Contains((infoHash, gap.Place, i)))) problem ??= "bytes_differ";
        }

        var orders = new List<FillOrder>();
        foreach (var (gap, copy, before) in fitting)
        {
            // By now more is known of what lies beside it, where anything was found.
            var match = before == PieceMatch.Proven || fitting.Count == 1
                ? before
                : await gaps.FitsAsync(gap, copy.FullPath, cancellation);
            if (match == PieceMatch.Wrong) continue;
            var order = new FillOrder(
                infoHash, gap.Place, gap.File, copy, gaps.Roots, match == PieceMatch.Proven);
            if (place.Refusal(order) is { } code) problem = code;
            else orders.Add(order);
        }

        return (orders, problem);
    }

    /// <summary>The copy that can be laid there; null, and why where that is known.</summary>
    private async Task<(StoredCopy? Copy, PieceMatch Match, string? Code)> FittingAsync(
        string infoHash, TorrentGaps gaps, TorrentGap gap, CancellationToken cancellation)
    {
        string? problem = null;
        foreach (var item in gap.Items.Where(i => !notes.Of(infoHash).WasLaid(gap.Place, i)))
        {
            if (_unfit.Contains((infoHash, gap.Place, item)) || store.Find(item) is not { } copy) continue;
            // A place that is refused even to what is proven costs no reading of all of it, look after look.
            var order = new FillOrder(infoHash, gap.Place, gap.File, copy, gaps.Roots, IsProven: true);
            if (place.Refusal(order) is { } code)
            {
                problem ??= code;
                continue;
            }

            var match = await gaps.FitsAsync(gap, copy.FullPath, cancellation);
            if (match >= PieceMatch.Right) return (copy, match, null);
            if (match == PieceMatch.Wrong) _unfit.Add((infoHash, gap.Place, item));
        }

        return (null, default, problem);
    }

    /// <summary>The client holds its files open, and is stopped while they change.</summary>
    private async Task<FillOutcome> LayAsync(
        IWatchedClient client, string infoHash, IReadOnlyList<FillOrder> orders, CancellationToken cancellation)
    {
        var before = await host.FindAsync(new Hash160(Convert.FromHexString(infoHash)), cancellation);
        if (before is null) return new FillOutcome("gone", 0);
        // Whoever paused it starts it.
        if (before.State == TorrentState.Stopped) return new FillOutcome("stopped", 0);
        var laid = 0;
        try
        {
            var begun = notes.Of(infoHash) with { DoneBytes = before.DoneBytes };
            if (!await StopAsync(client, infoHash, begun, cancellation)) return new FillOutcome("gone", 0);
            foreach (var order in orders)
            {
                using var use = uses.Begin(order.Copy.Item, CacheUse.Copying);
                var code = await place.LayAsync(order, file => NoteAsync(order, file), cancellation);
                if (code is not null) return new FillOutcome(code, laid);
                laid++;
            }

            NodeLog.TorrentFilled(log, infoHash, laid);
            return new FillOutcome("filled", laid);
        }
        finally
        {
            await GoOnAsync(client, infoHash, CancellationToken.None);
        }
    }

    private Task NoteAsync(FillOrder order, LaidFile file) => notes.PutAsync(
        order.InfoHash, notes.Of(order.InfoHash).With(order.Place, order.Copy.Item, file), CancellationToken.None);

    /// <summary>Noted first, so that a start takes it up. False where the client has it no more.</summary>
    private async Task<bool> StopAsync(
        IWatchedClient client, string infoHash, FillNote note, CancellationToken cancellation)
    {
        await notes.PutAsync(infoHash, note with { IsStopped = true }, cancellation);
        var ih = new Hash160(Convert.FromHexString(infoHash));
        if (!await client.StopAsync(ih, cancellation)) return false;
        TorrentStatus? now = null;
        await ClientHttp.UntilAsync(
            async () => (now = await host.FindAsync(ih, cancellation))
                is null or { State: TorrentState.Stopped or TorrentState.Failed },
            cancellation);
        return now is not null;
    }

    /// <summary>In this order: what is checked while it is stopped stays so in qBittorrent.</summary>
    private async Task GoOnAsync(IWatchedClient client, string infoHash, CancellationToken cancellation)
    {
        var ih = new Hash160(Convert.FromHexString(infoHash));
        await client.StartAsync(ih, cancellation);
        var note = notes.Of(infoHash);
        if (note.Pending.Count > 0) await client.VerifyAsync(ih, cancellation);
        await notes.PutAsync(
            infoHash, note with { IsStopped = false, CheckedMs = time.GetUtcNow().ToUnixTimeMilliseconds() },
            cancellation);
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
