using System.Collections.Concurrent;
using Anarchive.Log;
using Anarchive.Net;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>
/// Takes editions over, gate by gate: a friend's from the friend alone, totals from whoever passes them on.
/// </summary>
public sealed class EditionIntake(
    Database database, LogWriter writer, PartBook book, TotalsBook totals, EditionBooks books, RangeFetch ranges,
    BlobShelf shelf, TorrentHost host, WireTunnels tunnels, NodeOptions options, TimeProvider time,
    ILogger<EditionIntake> log)
{
    /// <summary>A full edition and its deltas of a month, with room.</summary>
    private const int StepsMax = 64;

    private readonly HashSet<Log.EventId> _refused = [];

    private readonly ConcurrentDictionary<Log.EventId, EditionVerdict.Refuse> _told = new();

    /// <summary>Which gate did not open for an edition as it was last tried; null where none stopped it.</summary>
    public EditionVerdict.Refuse? WhyNot(Log.EventId edition) => _told.GetValueOrDefault(edition);

    /// <summary>
    /// Brings a group to the edition that is subscribed to, as far as it comes. A pin may lead back.
    /// </summary>
    /// <exception cref="CarrierException">The file does not come now.</exception>
    /// <exception cref="PeerException">Whoever has it cannot be asked now.</exception>
    public async Task TakeAsync(GroupId group, Subscription subscription, CancellationToken cancellation)
    {
        var part = subscription.Part;
        long? wanted = null;
        for (var step = 0; step < StepsMax; step++)
        {
            var standing = Standing(group, subscription);
            var target = Contradicting(standing) ?? standing.Manifests
                .Where(m => (wanted ?? standing.Pin) is not { } seq || m.Value.Seq == seq)
                .OrderByDescending(m => m.Value.Seq).FirstOrDefault();
            if (target.Value is null || _refused.Contains(target.Key)) return;
            var claim = EditionClaim.OfKept(
                target.Key, writer.AuthorityOf(group).Owner, group, NetPayloads.Write(target.Value, out _)!);
            switch (EditionGatekeeper.CheckManifest(claim, standing, out var manifest))
            {
                case EditionVerdict.NeedsEdition needs when needs.Seq != wanted:
                    wanted = needs.Seq;
                    continue;
                case EditionVerdict.Pass:
                    if (!await FetchAsync(claim, manifest!, standing, cancellation)) return;
                    if (wanted is null) return;
                    wanted = null;
                    continue;
                case EditionVerdict.Quarantine suspicious:
                    await QuarantineAsync(claim, manifest!, suspicious);
                    return;
                case EditionVerdict.Refuse refused:
                    Refuse(claim, manifest, part, refused);
                    return;
                default:
                    // It is here already, or the log still brings what it follows.
                    return;
            }
        }
    }

    /// <summary>One of two editions of one number, and not the one that is here; null where there are none.</summary>
    private KeyValuePair<Log.EventId, PartEdition>? Contradicting(EditionStanding standing) => standing.Manifests
        .GroupBy(m => m.Value.Seq).Where(g => g.Count() > 1).SelectMany(g => g)
        .Where(m => m.Key != standing.Held?.Id && !_refused.Contains(m.Key))
        .Select(m => (KeyValuePair<Log.EventId, PartEdition>?)m).FirstOrDefault();

    private EditionStanding Standing(GroupId group, Subscription wanted)
    {
        using var db = database.OpenReader();
        var owner = writer.AuthorityOf(group).Owner;
        var ring = wanted.Trust == Subscription.Network ? EditionRing.Network : EditionRing.Friends;
        return new EditionStanding(
            group, wanted.Part, ring, node => node == owner, NetEditionRows.Held(db, group),
            NetEditionRows.Manifests(db, group), NowHours(), NetEditionRows.Pin(db, group, wanted.Edition));
    }

    private async Task<bool> FetchAsync(
        EditionClaim claim, PartEdition manifest, EditionStanding standing, CancellationToken cancellation)
    {
        if (EditionBooks.InfoHash(manifest) is not { } ih) return false;
        var sources = books.SourcesOf(claim.Group);
        if (sources.Count == 0) throw new CarrierException("no_source", "Nobody gives that edition now.");
        var said = await DescribedAsync(sources, ih, cancellation);
        var verdict = EditionGatekeeper.CheckTorrent(manifest, said.Bare(), out var torrent);
        var isIts = verdict is EditionVerdict.Pass;
        if (isIts)
        {
            try
            {
                await CarryAsync(torrent!, manifest, sources, cancellation);
                verdict = await Task.Run(() => CheckFile(manifest, torrent!), cancellation);
            }
            catch (CarrierException wrong) when (wrong.Code == "blob_mismatch")
            {
                // It came whole, and is not what its publisher said: it would be no other the next time.
                verdict = new EditionVerdict.Refuse(EditionGate.Digest, "sha256");
            }
        }

        if (verdict is EditionVerdict.Pass)
        {
            var (edition, now) = (
                new CheckedPartEdition(claim.Id, manifest, claim.Payload, shelf.PathOf(ih)!), NowHours());
            verdict = await writer.OnWriterAsync(
                db => EditionImport.Run(db, edition, standing.Held, now), CancellationToken.None);
        }

        if (verdict is EditionVerdict.Refuse refused)
        {
            Refuse(claim, manifest, manifest.Part, refused);
            // Otherwise it is another's file, whose hash that manifest names.
            if (isIts) await shelf.DropAsync(ih, CancellationToken.None);
            return false;
        }

        _told.TryRemove(claim.Id, out _);
        NodeLog.PartEditionTaken(log, manifest.Seq, manifest.Part, manifest.File.Rows);
        return true;
    }

    /// <summary>As the first one says that answers: the info hash proves it.</summary>
    private static async Task<Metainfo> DescribedAsync(
        IReadOnlyList<BlobSource> sources, Hash160 ih, CancellationToken cancellation)
    {
        for (var at = 0; at < sources.Count; at++)
        {
            try
            {
                if (await sources[at].Client().TorrentAsync(ih, cancellation) is { } said) return said;
            }
            catch (PeerException) when (at < sources.Count - 1)
            {
                // The next one may have it.
            }
        }

        throw PeerException.Malformed();
    }

    /// <summary>By ranges, or by this node's torrent client and a tunnel to the friend's, as its owner chose.</summary>
    private async Task CarryAsync(
        Metainfo torrent, PartEdition manifest, IReadOnlyList<BlobSource> sources, CancellationToken cancellation)
    {
        var sha256 = new Hash256(Convert.FromHexString(manifest.File.Sha256));
        if (!options.EditionsByTorrent || host.Client is null)
        {
            await ranges.FetchAsync(torrent, sha256, sources, null, cancellation);
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var tunnel = TunnelAsync(sources[0].Node, torrent.InfoHash, ended.Token);
        try
        {
            await host.FetchAsync(torrent, sha256, null, cancellation);
        }
        finally
        {
            await ended.CancelAsync();
            await tunnel;
        }
    }

    private async Task TunnelAsync(NodeId friend, Hash160 ih, CancellationToken cancellation)
    {
        using var looks = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            do
            {
                try
                {
                    await tunnels.RunAsync(friend, ih, cancellation);
                }
                catch (PeerException gone)
                {
                    // The web seed brings it meanwhile.
                    NodeLog.PartEditionWaits(log, "", gone.Code);
                }
            }
            while (await looks.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException)
        {
            // The file is here.
        }
    }

    private EditionVerdict CheckFile(PartEdition manifest, Metainfo torrent)
    {
        using var db = database.OpenReader();
        var group = GroupId.TryParse(manifest.Group, out var read) ? read : default;
        return EditionGatekeeper.CheckFile(
            manifest, torrent, shelf.PathOf(torrent.InfoHash)!, () => [.. NetEditionRows.Lines(db, group)]);
    }

    /// <summary>Once: the same bytes give the same answer.</summary>
    private void Refuse(EditionClaim claim, PartEdition? manifest, string part, EditionVerdict.Refuse refused)
    {
        // What is only too new for the pin, or of a clock that is ahead, may do later.
        if (refused.Gate != EditionGate.Sequence && refused.Gate != EditionGate.Transaction) _refused.Add(claim.Id);
        _told[claim.Id] = refused;
        NodeLog.PartEditionRefused(log, manifest?.Seq ?? 0, part, refused.Code);
    }

    private async Task QuarantineAsync(EditionClaim claim, PartEdition manifest, EditionVerdict.Quarantine why)
    {
        _refused.Add(claim.Id);
        var now = NowHours();
        await writer.OnWriterAsync(
            db =>
            {
                NetEditionRows.Quarantine(db, claim, manifest.Seq, why, now);
                return true;
            },
            CancellationToken.None);
        NodeLog.PartEditionQuarantined(log, manifest.Part, manifest.Seq, why.Code);
    }

    /// <summary>Groups of aggregators that are subscribed to; this node's own totals are here already.</summary>
    internal IReadOnlyList<TotalsGroup> Totals() => [.. totals.All.Where(g => g.Aggregator != writer.Self)];

    /// <summary>Groups of friends whose part is subscribed to.</summary>
    internal IReadOnlyList<(GroupId Group, string Part)> Friends() =>
        [.. book.All.Where(g => book.Counts(g.Group, g.Part) && !book.IsOwn(g.Group))];

    private long NowHours() => time.GetUtcNow().ToUnixTimeSeconds() / 3600;
}
