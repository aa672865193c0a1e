using System.Globalization;
using Anarchive.Log;

namespace Anarchive.Node;

/// <content>What arrives rarely: parked batches, fork proofs, small named values, arrivals.</content>
public sealed partial class SqliteEventStore
{
    public void Park(ParkedBatch batch)
    {
        using var insert = _database.Prepare(
            """
            INSERT OR REPLACE INTO parked (group_no, origin, incarnation, first_seq, peer, waits_for, batch)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """);
        insert.Bind(1, GroupNumber(batch.Group)).Bind(2, batch.Chain.Origin.Value).Bind(3, batch.Chain.Incarnation)
            .Bind(4, batch.FirstSeq).Bind(5, batch.From.Value).Bind(6, WaitText.Write(batch.WaitsFor))
            .Bind(7, batch.Frame.Span);
        _database.Write(insert);
    }

    public void Release(GroupId group, ChainId chain, long firstSeq)
    {
        if (!_groups.TryGetValue(group, out var entry)) return;
        using var delete = _database.Prepare(
            "DELETE FROM parked WHERE group_no = ?1 AND origin = ?2 AND incarnation = ?3 AND first_seq = ?4");
        delete.Bind(1, entry.Number).Bind(2, chain.Origin.Value).Bind(3, chain.Incarnation).Bind(4, firstSeq);
        _database.Write(delete);
    }

    public IReadOnlyList<ParkedBatch> Parked(GroupId group)
    {
        var parked = new List<ParkedBatch>();
        if (!_groups.TryGetValue(group, out var entry)) return parked;
        using var rows = _database.Prepare(
            """
            SELECT origin, incarnation, first_seq, peer, waits_for, batch FROM parked
            WHERE group_no = ?1 ORDER BY origin, incarnation, first_seq
            """);
        rows.Bind(1, entry.Number);
        while (rows.Step()) parked.Add(ParkedRow(group, rows));
        return parked;
    }

    public ParkedBatch? FindParked(GroupId group, ChainId chain, long firstSeq)
    {
        if (!_groups.TryGetValue(group, out var entry)) return null;
        using var row = _database.Prepare(
            """
            SELECT origin, incarnation, first_seq, peer, waits_for, batch FROM parked
            WHERE group_no = ?1 AND origin = ?2 AND incarnation = ?3 AND first_seq = ?4
            """);
        row.Bind(1, entry.Number).Bind(2, chain.Origin.Value).Bind(3, chain.Incarnation).Bind(4, firstSeq);
        return row.Step() ? ParkedRow(group, row) : null;
    }

    public IReadOnlyList<Event> AuthorityEvents(GroupId group)
    {
        var found = new List<Event>();
        if (!_groups.TryGetValue(group, out var entry)) return found;
        using var rows = _database.Prepare(
            """
            SELECT c.no, a.seq FROM authority_events a JOIN chains c ON c.no = a.chain
            WHERE c.group_no = ?1 ORDER BY c.origin, c.incarnation, a.seq
            """);
        rows.Bind(1, entry.Number);
        while (rows.Step())
            found.Add(_queries.Find(rows.Int64(0), rows.Int64(1))
                ?? throw new InvalidOperationException("An indexed event is missing from its chain."));
        return found;
    }

    private static ParkedBatch ParkedRow(GroupId group, Statement row) => new(
        group,
        new ChainId(new NodeId(row.Hash(0)), row.Incarnation(1)),
        row.Int64(2),
        new NodeId(row.Hash(3)),
        WaitText.Read(row.Text(4)),
        row.Blob(5).ToArray());

    public void AddFork(StoredFork fork)
    {
        var chain = ChainNumber(fork.Group, fork.Chain);
        using var known = _database.Prepare("SELECT 1 FROM forks WHERE chain = ?1 AND seq <= ?2");
        if (known.Bind(1, chain).Bind(2, fork.Seq).Step()) return;
        using var drop = _database.Prepare("DELETE FROM forks WHERE chain = ?1");
        _database.Write(drop.Bind(1, chain));
        using var insert = _database.Prepare("INSERT INTO forks (chain, seq, proof) VALUES (?1, ?2, ?3)");
        _database.Write(insert.Bind(1, chain).Bind(2, fork.Seq).Bind(3, fork.Proof.Span));
    }

    public IReadOnlyList<StoredFork> Forks(GroupId group)
    {
        var forks = new List<StoredFork>();
        if (!_groups.TryGetValue(group, out var entry)) return forks;
        using var rows = _database.Prepare(
            """
            SELECT f.chain, f.seq, f.proof FROM forks f JOIN chains c ON c.no = f.chain
            WHERE c.group_no = ?1 ORDER BY c.origin, c.incarnation
            """);
        rows.Bind(1, entry.Number);
        while (rows.Step())
            forks.Add(new StoredFork(group, _byNumber[rows.Int64(0)].Chain, rows.Int64(1), rows.Blob(2).ToArray()));
        return forks;
    }

    public string? Meta(string key) => _database.Meta(key);

    public void SetMeta(string key, string value) => _database.SetMeta(key, value);

    /// <summary>Appended runs from an arrival number on, in order: what a lagging projection folds next.</summary>
    public IReadOnlyList<Arrival> ArrivalsFrom(long first, int max)
    {
        var arrivals = new List<Arrival>();
        using var rows = _database.Prepare(
            "SELECT first, chain, first_seq, count FROM arrivals WHERE first >= ?1 ORDER BY first LIMIT ?2");
        rows.Bind(1, first).Bind(2, max);
        while (rows.Step())
        {
            var chain = _byNumber[rows.Int64(1)];
            arrivals.Add(new Arrival(rows.Int64(0), chain.Group, chain.Chain, rows.Int64(2), (int)rows.Int64(3)));
        }

        return arrivals;
    }

    /// <summary>How a wait is kept: <c>event origin.incarnation.seq</c> or <c>clock unix_ms</c>.</summary>
    private static class WaitText
    {
        private const string Event = "event ";
        private const string Clock = "clock ";

        public static string Write(Wait wait) => wait switch
        {
            Wait.ForEvent e => string.Create(CultureInfo.InvariantCulture, $"{Event}{e.Chain}.{e.Seq}"),
            Wait.ForClock c => string.Create(CultureInfo.InvariantCulture, $"{Clock}{c.UnixMs}"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        public static Wait Read(string text)
        {
            if (text.StartsWith(Clock, StringComparison.Ordinal))
                return new Wait.ForClock(long.Parse(text.AsSpan(Clock.Length), CultureInfo.InvariantCulture));
            var parts = text[Event.Length..].Split('.');
            return parts.Length == 3 && NodeId.TryParse(parts[0], out var origin)
                && Incarnation.TryParse(parts[1], out var incarnation)
                ? new Wait.ForEvent(
                    new ChainId(origin, incarnation), long.Parse(parts[2], CultureInfo.InvariantCulture))
                : throw new InvalidOperationException("A parked batch's wait is damaged.");
        }
    }
}

/// <summary>A run as it was appended; its events carry the arrival numbers from <paramref name="First"/> on.</summary>
public sealed record Arrival(long First, GroupId Group, ChainId Chain, long FirstSeq, int Count);
