namespace Anarchive.Log;

/// <summary>Compares a checked edition with what a replica holds already.</summary>
public static class EditionContest
{
    /// <summary>
    /// True where the edition and the replica tell one history: no event differs, no event of keys or ranks that is
    /// here is missing there, and no chain is cut further on here.
    /// </summary>
    public static bool Agrees(Edition edition, Replica replica, IEventStore store)
    {
        var group = edition.Group;
        var ids = edition.Events.ToDictionary(e => e.Header.Ref.Position, e => e.Header.Id);
        foreach (var cut in edition.Cuts)
        {
            if (replica.Find(cut.Chain) is not { } chain) continue;
            if (chain.Cut > cut.Head.Seq) return false;
            if (chain.Stored.Seq >= cut.Head.Seq && replica.HeadAt(cut.Chain, cut.Head.Seq) != cut.Head) return false;
        }

        foreach (var (position, id) in ids)
            if (store.Find(group, position) is { } ours && ours.Header.Id != id) return false;
        return store.AuthorityEvents(group)
            .Where(e => e.Header.Seq <= edition.Vector.SeqOf(e.Header.Chain))
            .All(e => ids.ContainsKey(e.Header.Ref.Position));
    }
}
