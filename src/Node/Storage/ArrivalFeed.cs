using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>An event in the order it reached this database; the number means nothing in another one.</summary>
public sealed record Arrived(long Arrival, GroupId Group, EventHeader Header);

/// <summary>What arrived, for viewers that resume where they stopped.</summary>
public sealed class ArrivalFeed(Database database)
{
    private const string SinceSql = """
        SELECT a.first + e.seq - a.first_seq AS Arrival, g.id AS GroupId, e.header AS Header
        FROM arrivals a
        JOIN chains c ON c.no = a.chain
        JOIN groups g ON g.no = c.group_no
        JOIN events e ON e.chain = a.chain AND e.seq >= a.first_seq AND e.seq < a.first_seq + a.count
        WHERE a.first > @after - 1024 AND a.first + a.count > @after + 1 AND a.first + e.seq - a.first_seq > @after
        ORDER BY a.first, e.seq
        LIMIT @max
        """;

    /// <summary>Identifies the database that arrival numbers belong to.</summary>
    public string Database => database.Uuid;

    /// <summary>The newest arrival; 0 where nothing has arrived.</summary>
    public long Last()
    {
        using var reader = database.OpenReader();
        return reader.QueryFirstOrDefault<long>("SELECT first + count - 1 FROM arrivals ORDER BY first DESC LIMIT 1");
    }

    /// <summary>Events after an arrival, oldest first.</summary>
    public IReadOnlyList<Arrived> Since(long after, int max)
    {
        using var reader = database.OpenReader();
        var events = new List<Arrived>();
        foreach (var row in reader.Query<Row>(SinceSql, new { after, max }))
            if (EventHeader.TryRead(row.Header, out _) is { } header)
                events.Add(new Arrived(row.Arrival, new GroupId(new Hash256(row.GroupId)), header));
        return events;
    }

    private sealed record Row
    {
        public long Arrival { get; init; }

        public byte[] GroupId { get; init; } = [];

        public byte[] Header { get; init; } = [];
    }
}
