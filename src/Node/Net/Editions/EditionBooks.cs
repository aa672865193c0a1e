using System.Collections.Concurrent;
using Anarchive.Log;
using Anarchive.Net;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>One edition as its owner sees it.</summary>
/// <param name="IsOwn">This fleet's; otherwise a friend's, or an aggregator's.</param>
/// <param name="IsHeld">Its rows are here.</param>
/// <param name="IsFile">Its file is here, and may be fetched.</param>
/// <param name="Suspicion">Why it was set apart; null where it was not.</param>
public sealed record PartEditionView(
    GroupId Group, EventId Id, PartEdition Manifest, bool IsOwn, bool IsHeld, bool IsFile, string? Suspicion);

/// <summary>Which editions there are, and whose files may be fetched by whom.</summary>
public sealed class EditionBooks(
    Database database, PartBook book, TotalsBook totals, Sharing sharing, PeerClient client, BlobShelf shelf)
{
    private readonly ConcurrentDictionary<Hash160, PartEdition> _own = new();

    /// <summary>All that are known, newest first within each group.</summary>
    public IReadOnlyList<PartEditionView> All(string? part)
    {
        using var db = database.OpenReader();
        var suspicious = NetEditionRows.Quarantined(db).ToLookup(q => q.Id, q => q.Code);
        return
        [
            .. from known in book.All.Concat(totals.All.Select(g => (g.Group, g.Part)))
               where part is null || known.Part == part
               let held = NetEditionRows.Held(db, known.Group)
               from manifest in NetEditionRows.Manifests(db, known.Group).OrderByDescending(m => m.Value.Seq)
               select new PartEditionView(
                   known.Group, manifest.Key, manifest.Value,
                   book.IsOwn(known.Group) || totals.Own(known.Part)?.Group == known.Group, held?.Id == manifest.Key,
                   InfoHash(manifest.Value) is { } ih && shelf.PathOf(ih) is not null,
                   suspicious[manifest.Key].FirstOrDefault()),
        ];
    }

    /// <summary>
    /// Whether a peer may fetch a file: it is an edition of a group that this node writes and that peer may read, and
    /// nothing in it was taken back; or of totals, which are passed on.
    /// </summary>
    public bool MayRead(NodeId peer, Hash160 ih)
    {
        if (GroupOf(ih) is not { } group || !sharing.Permits(group, peer)) return false;
        if (totals.Find(group) is not null) return true;
        if (!book.IsOwn(group)) return false;
        using var db = database.OpenReader();
        return Manifest(db, group, ih) is { } manifest && !NetEditionRows.IsStale(db, group, manifest);
    }

    /// <summary>Who has a friend's file: the friend alone. Totals have whoever named their group.</summary>
    public IReadOnlyList<BlobSource> SourcesOf(Hash160 ih) => GroupOf(ih) is { } group ? SourcesOf(group) : [];

    internal IReadOnlyList<BlobSource> SourcesOf(GroupId group)
    {
        IReadOnlyList<NodeId> nodes = totals.Find(group) is not null ? totals.SourcesOf(group)
            : book.FriendOf(group) is { } friend ? [friend]
            : [];
        return [.. nodes.Select(node => new BlobSource(node, () => client.Blobs(node)))];
    }

    internal static Hash160? InfoHash(PartEdition manifest) =>
        Hash160.TryParse(manifest.File.Ih1, out var ih) ? ih : null;

    /// <summary>By what its torrent says, which its info hash proves: others may name that hash as well.</summary>
    private GroupId? GroupOf(Hash160 ih) => shelf.Find(ih) is { } torrent ? EditionName.GroupOf(torrent.Source) : null;

    /// <summary>Asked for every range of a file, so those of this fleet are read once.</summary>
    private PartEdition? Manifest(SqliteConnection db, GroupId group, Hash160 ih)
    {
        if (_own.TryGetValue(ih, out var known)) return known;
        var found = NetEditionRows.Manifests(db, group).Values.FirstOrDefault(m => InfoHash(m) == ih);
        if (found is not null) _own[ih] = found;
        return found;
    }
}
