using Anarchive.Log;
using Anarchive.Net;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>
/// Lets files of editions go: at once where something in them was taken back, otherwise as
/// <see cref="EditionRetention"/> says.
/// </summary>
/// <remarks>Whoever fetched a file keeps it, until the retraction comes there as well.</remarks>
public sealed class EditionKeeper(
    Database database, BlobShelf shelf, TorrentHost host, TimeProvider time, ILogger<EditionKeeper> log)
{
    /// <summary>How long a file stays that no event names: the node may have ended before that was written.</summary>
    private static readonly TimeSpan UnnamedMax = TimeSpan.FromDays(1);

    /// <summary>Gone when it returns, from this node's client as well.</summary>
    /// <param name="pin">The number of the edition that the owner stays with; null for the latest.</param>
    public async Task TidyAsync(GroupId group, long? pin, CancellationToken cancellation)
    {
        var torrents = shelf.Known.Where(t => EditionName.GroupOf(t.Source) == group).ToList();
        if (torrents.Count == 0) return;
        foreach (var torrent in MayGo(group, pin, torrents))
        {
            try
            {
                await host.ForgetAsync(torrent.InfoHash, cancellation);
            }
            catch (CarrierException failed)
            {
                // Without its file it has nothing to give.
                NodeLog.ClientFailed(log, failed.Code);
            }

            await shelf.DropAsync(torrent.InfoHash, cancellation);
        }
    }

    private IReadOnlyList<Metainfo> MayGo(GroupId group, long? pin, IReadOnlyList<Metainfo> torrents)
    {
        using var db = database.OpenReader();
        var manifests = NetEditionRows.Manifests(db, group).Values.ToList();
        var here = torrents
            .SelectMany(t => manifests.Where(m => EditionBooks.InfoHash(m) == t.InfoHash).Take(1), (t, m) => (t, m))
            .Select(f => (Torrent: f.t, Manifest: f.m)).DistinctBy(f => f.Manifest.Seq).ToList();
        var kept = here.Where(f => !NetEditionRows.IsStale(db, group, f.Manifest)).ToList();
        var old = EditionRetention.MayGo(
            [
                .. kept.Select(f => new KeptEdition(
                    f.Manifest.Seq, f.Manifest.From, f.Manifest.Seq == pin,
                    manifests.FirstOrDefault(m => m.Seq == f.Manifest.Seq + 1)?.Created)),
            ],
            time.GetUtcNow().ToUnixTimeSeconds() / 3600);
        return
        [
            .. here.Where(f => old.Contains(f.Manifest.Seq)).Concat(here.Except(kept)).Select(f => f.Torrent),
            .. torrents.Where(t => IsUnnamed(t, manifests)),
        ];
    }

    private bool IsUnnamed(Metainfo torrent, IEnumerable<PartEdition> manifests) =>
        shelf.PathOf(torrent.InfoHash) is { } path
        && time.GetUtcNow() - File.GetLastWriteTimeUtc(path) > UnnamedMax
        && !manifests.Any(m => EditionBooks.InfoHash(m) == torrent.InfoHash);
}
