namespace Anarchive.Log;

/// <summary>Compares a checked edition with what a replica holds already.</summary>
public static class EditionContest
{
    /// <summary>
    /// True where the edition and the replica tell one history: no event differs, no event of keys or ranks that is
    /// here is missing there, and no chain is cut further on here.
    /// </summary>
    public static bool Agrees(
        CheckedEdition from, IEnumerable<ReadOnlyMemory<byte>> lines, Replica replica, IEventStore store)
    {
        var edition = from.Edition;
        foreach (var cut in edition.Cuts)
        {
            if (replica.Find(cut.Chain) is not { } chain) continue;
            if (chain.Cut > cut.Head.Seq) return false;
            if (chain.Stored.Seq >= cut.Head.Seq && replica.HeadAt(cut.Chain, cut.Head.Seq) != cut.Head) return false;
        }

        var group = edition.Group;
        var missing = store.AuthorityEvents(group)
            .Where(e => e.Header.Seq <= edition.Vector.SeqOf(e.Header.Chain))
            .Select(e => e.Header.Id)
            .ToHashSet();
        missing.ExceptWith(from.Ranks.Select(e => e.Header.Id));
        if (missing.Count > 0) return false;
        // A newcomer holds nothing that could differ.
        if (replica.Chains.All(c => c.Stored.Seq == 0)) return true;
        foreach (var line in lines.Skip(1))
        {
            if (EditionFile.TryReadHeader(line.Span) is not { } header) return false;
            if (!(header.Seq <= replica.Find(header.Chain)?.Stored.Seq)) continue;
            if (store.Find(group, header.Ref.Position) is { } ours && ours.Header.Id != header.Id) return false;
        }

        return true;
    }
}
