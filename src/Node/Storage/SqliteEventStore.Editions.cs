using Anarchive.Log;

namespace Anarchive.Node;

/// <content>Cuts: what an edition replaces, and what it leaves.</content>
public sealed partial class SqliteEventStore
{
    // Viewers that resume look so far back for the run that holds their place.
    private const int ArrivalEventsMax = Limits.BatchEventsMax;

    public void Cut(GroupId group, EditionCut cut, IReadOnlyList<Event> kept)
    {
        var chain = ChainEntryOf(group, cut.Chain);
        foreach (var table in (string[])["events", "authority_events"]) DeleteThrough(table, chain, cut.Head.Seq);
        foreach (var e in kept)
        {
            Insert(chain.Number, e.Header, e.Payload);
            if (EngineKinds.OfAuthority.Contains(e.Header.Kind)) Index(chain.Number, e.Header.Seq);
        }

        End(chain, cut);
    }

    public void Thin(GroupId group, EditionCut cut, IReadOnlyList<long> dropped)
    {
        var chain = ChainEntryOf(group, cut.Chain);
        foreach (var table in (string[])["events", "authority_events"])
        {
            using var delete = _database.Prepare($"DELETE FROM {table} WHERE chain = ?1 AND seq = ?2");
            foreach (var seq in dropped) _database.Write(delete.Bind(1, chain.Number).Bind(2, seq));
        }

        End(chain, cut);
    }

    public void Keep(GroupId group, ChainId chain, IEnumerable<Event> more)
    {
        var number = ChainEntryOf(group, chain).Number;
        foreach (var e in more) Insert(number, e.Header, e.Payload);
    }

    public IReadOnlyList<Event> Kept(GroupId group, ChainId chain, long after, int eventsMax) =>
        Known(group, chain) is { Cut: > 0 } known ? _queries.Kept(known.Number, after, known.Cut, eventsMax) : [];

    /// <summary>Up to the cut nothing can be read as a run any more.</summary>
    private void End(ChainEntry chain, EditionCut cut)
    {
        DeleteThrough("signatures", chain, cut.Head.Seq);
        Announce(chain, cut.Head.Seq);
        if (cut.Head.Seq > chain.Head.Seq) (chain.Head, chain.Hlc) = (cut.Head, cut.Hlc);
        chain.Cut = cut.Head.Seq;
        using var update = _database.Prepare("UPDATE chains SET cut = ?2 WHERE no = ?1");
        _database.Write(update.Bind(1, chain.Number).Bind(2, chain.Cut));
        _updateChain.Bind(1, chain.Number).Bind(2, chain.Head.Seq).Bind(3, chain.Head.Id.Value)
            .Bind(4, unchecked((long)chain.Hlc.Value));
        _database.Write(_updateChain);
    }

    private void DeleteThrough(string table, ChainEntry chain, long seq)
    {
        using var delete = _database.Prepare($"DELETE FROM {table} WHERE chain = ?1 AND seq <= ?2");
        _database.Write(delete.Bind(1, chain.Number).Bind(2, seq));
    }

    /// <summary>What was never here has now arrived, so that the search reads it.</summary>
    private void Announce(ChainEntry chain, long through)
    {
        for (var first = chain.Head.Seq + 1; first <= through; first += ArrivalEventsMax)
        {
            var count = (int)Math.Min(ArrivalEventsMax, through - first + 1);
            _insertArrival.Bind(1, _nextArrival).Bind(2, chain.Number).Bind(3, first).Bind(4, count);
            _database.Write(_insertArrival);
            _nextArrival += count;
        }
    }
}
