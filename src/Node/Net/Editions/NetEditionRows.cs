using Anarchive.Log;
using Anarchive.Net;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>A publisher that contradicted itself or went back, as its owner is told.</summary>
public sealed record QuarantinedEdition(GroupId Group, EventId Id, long Seq, string Code, long AtHours);

/// <summary>Editions in the database: manifests, rows of the one taken over in each group, quarantine.</summary>
/// <remarks>
/// What writes runs within the caller's transaction, on the writer's connection. What is read while it writes is of
/// before; the gates' answers stand because only <see cref="Import"/> changes rows, and it looks once more.
/// </remarks>
public static class NetEditionRows
{
    private const int RowsOfKeyMax = 2_000;

    /// <summary>All that are known of a group, by event.</summary>
    public static IReadOnlyDictionary<EventId, PartEdition> Manifests(SqliteConnection db, GroupId group) =>
        db.Query<(byte[] Event, byte[] Payload)>(
                "SELECT event_id, payload FROM net_manifests WHERE group_id = @Group", new { Group = Bytes(group) })
            .ToDictionary(
                row => new EventId(new Hash256(row.Event)),
                row => (PartEdition)NetPayloads.ReadPayload(NetApp.PartEditionPublished, row.Payload)!);

    /// <summary>
    /// True where something was taken back since that edition was made: it may hold it, and nobody is to have it now.
    /// </summary>
    public static bool IsStale(SqliteConnection db, GroupId group, PartEdition edition) =>
        db.Query<(byte[] Origin, byte[] Incarnation, long Seq)>(
                """
                SELECT c.origin, c.incarnation, t.seq FROM groups g JOIN part_taken_back t ON t.group_no = g.no
                JOIN chains c ON c.no = t.chain WHERE g.id = @Group
                """,
                new { Group = Bytes(group) })
            .Any(row => !EditionRules.Covers(edition, new Position(
                StatementIds.Chain(row.Origin, row.Incarnation), row.Seq)));

    /// <summary>
    /// The number that the owner stays with; null for the latest, and where something may stand in that edition that
    /// was taken back: nobody stays with that. Where the publisher has no such number, the edition in use is meant.
    /// </summary>
    public static long? Pin(SqliteConnection db, GroupId group, long? wanted)
    {
        if (wanted is null) return null;
        var meant = Read(
            db.Query<byte[]>(
                "SELECT payload FROM net_manifests WHERE group_id = @Group AND seq = @wanted",
                new { Group = Bytes(group), wanted }));
        if (meant.Count == 0 && InUse(db, group) is { } held) meant = [held];
        return meant.Any(m => IsStale(db, group, m)) ? null : wanted;
    }

    /// <summary>The manifest of <see cref="Held"/>; null before the first.</summary>
    public static PartEdition? InUse(SqliteConnection db, GroupId group) => Read(
        db.Query<byte[]>(
            """
            SELECT m.payload FROM net_editions e
            JOIN net_manifests m ON m.group_id = e.group_id AND m.event_id = e.event_id WHERE e.group_id = @Group
            """,
            new { Group = Bytes(group) })) is [var held] ? held : null;

    /// <summary>The edition whose rows are here; null before the first.</summary>
    public static HeldEdition? Held(SqliteConnection db, GroupId group) =>
        db.Query<(long Seq, byte[] Event, byte[] Root)>(
                "SELECT seq, event_id, state_root FROM net_editions WHERE group_id = @Group",
                new { Group = Bytes(group) })
            .Select(row => new HeldEdition(row.Seq, new EventId(new Hash256(row.Event)), new Hash256(row.Root)))
            .FirstOrDefault();

    /// <summary>The rows that are here, sorted; read as they are asked for, in one statement.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Lines(SqliteConnection db, GroupId group)
    {
        using var command = db.CreateCommand();
        command.CommandText = """
            SELECT r.line FROM net_editions e JOIN net_edition_rows r ON r.edition = e.no
            WHERE e.group_id = $group ORDER BY r.line
            """;
        command.Parameters.AddWithValue("$group", Bytes(group));
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return reader.GetFieldValue<byte[]>(0);
    }

    /// <summary>Rows that name a key in those groups, at most <see cref="RowsOfKeyMax"/> of each.</summary>
    public static IEnumerable<(GroupId Group, byte[] Line)> About(
        SqliteConnection db, string key, IEnumerable<GroupId> groups) => groups.SelectMany(group => db.Query<byte[]>(
            """
            SELECT r.line FROM net_edition_keys k JOIN net_edition_rows r ON r.no = k.row
            JOIN net_editions e ON e.no = r.edition WHERE k.key = @key AND e.group_id = @Group
            ORDER BY r.line LIMIT @RowsOfKeyMax
            """,
            new { key, Group = Bytes(group), RowsOfKeyMax })
        .Select(line => (group, line)));

    /// <summary>Rows of the edition that is here.</summary>
    public static long Count(SqliteConnection db, GroupId group) => db.QuerySingle<long>(
        """
        SELECT count(*) FROM net_editions e JOIN net_edition_rows r ON r.edition = e.no WHERE e.group_id = @Group
        """,
        new { Group = Bytes(group) });

    /// <summary>
    /// Gate 12: takes the rows over. Refused, with nothing changed, where another edition came between the gates and
    /// this.
    /// </summary>
    /// <param name="held">What <see cref="Held"/> said when the gates were asked.</param>
    public static EditionVerdict Import(
        SqliteConnection db, CheckedPartEdition edition, HeldEdition? held, long nowHours)
    {
        var group = GroupId.TryParse(edition.Manifest.Group, out var read) ? read : default;
        if (Held(db, group) != held) return new EditionVerdict.Refuse(EditionGate.Transaction, "held");
        var number = db.QuerySingle<long>(
            """
            INSERT INTO net_editions (group_id, seq, event_id, state_root, at_hours)
            VALUES (@Group, @Seq, @Event, @Root, @nowHours)
            ON CONFLICT (group_id) DO UPDATE SET seq = @Seq, event_id = @Event, state_root = @Root, at_hours = @nowHours
            RETURNING no
            """,
            new
            {
                Group = Bytes(group),
                edition.Manifest.Seq,
                Event = edition.Id.Value.ToArray(),
                Root = Convert.FromHexString(edition.Manifest.StateRoot),
                nowHours,
            });
        if (edition.Manifest.Kind == EditionKind.Full) Clear(db, number);
        Write(db, number, edition);
        return EditionVerdict.Pass.Instance;
    }

    /// <summary>Keeps what was suspicious for a person to look at; told once.</summary>
    public static void Quarantine(
        SqliteConnection db, EditionClaim claim, long seq, EditionVerdict.Quarantine verdict, long nowHours) =>
        db.Execute(
            """
            INSERT INTO net_quarantine (group_id, event_id, seq, why, at_hours)
            VALUES (@Group, @Event, @seq, @Code, @nowHours) ON CONFLICT DO NOTHING
            """,
            new { Group = Bytes(claim.Group), Event = claim.Id.Value.ToArray(), seq, verdict.Code, nowHours });

    public static IReadOnlyList<QuarantinedEdition> Quarantined(SqliteConnection db) =>
    [
        .. db.Query<(byte[] Group, byte[] Event, long Seq, string Why, long At)>(
                "SELECT group_id, event_id, seq, why, at_hours FROM net_quarantine ORDER BY at_hours, group_id, seq")
            .Select(row => new QuarantinedEdition(
                new GroupId(new Hash256(row.Group)), new EventId(new Hash256(row.Event)), row.Seq, row.Why, row.At)),
    ];

    private static IReadOnlyList<PartEdition> Read(IEnumerable<byte[]> payloads) =>
        [.. payloads.Select(p => (PartEdition)NetPayloads.ReadPayload(NetApp.PartEditionPublished, p)!)];

    private static byte[] Bytes(GroupId group) => group.Value.ToArray();

    private static void Clear(SqliteConnection db, long number)
    {
        db.Execute(
            "DELETE FROM net_edition_keys WHERE row IN (SELECT no FROM net_edition_rows WHERE edition = @number)",
            new { number });
        db.Execute("DELETE FROM net_edition_rows WHERE edition = @number", new { number });
    }

    private static void Write(SqliteConnection db, long number, CheckedPartEdition edition)
    {
        using var add = Prepared(db, "INSERT INTO net_edition_rows (edition, line) VALUES ($a, $b) RETURNING no");
        using var key = Prepared(db, "INSERT INTO net_edition_keys (key, row) VALUES ($a, $b)");
        using var keysOf = Prepared(
            db,
            """
            DELETE FROM net_edition_keys
            WHERE row = (SELECT no FROM net_edition_rows WHERE edition = $a AND line = $b)
            """);
        using var remove = Prepared(db, "DELETE FROM net_edition_rows WHERE edition = $a AND line = $b");
        var rules = RowRules.Of(edition.Manifest);
        var isDelta = edition.Manifest.Kind == EditionKind.Delta;
        foreach (var line in edition.Lines())
        {
            var row = (isDelta ? line[1..] : line).ToArray();
            if (isDelta && line.Span[0] == EditionDelta.Minus)
            {
                Run(keysOf, number, row);
                Run(remove, number, row);
                continue;
            }

            Set(add, number, row);
            var no = (long)add.ExecuteScalar()!;
            foreach (var about in EditionReader.TryRead(rules, row)!.Keys) Run(key, about, no);
        }
    }

    private static SqliteCommand Prepared(SqliteConnection db, string sql)
    {
        var command = db.CreateCommand();
        command.CommandText = sql;
        command.Parameters.Add(new SqliteParameter { ParameterName = "$a" });
        command.Parameters.Add(new SqliteParameter { ParameterName = "$b" });
        return command;
    }

    private static void Set(SqliteCommand command, object a, object b) =>
        (command.Parameters[0].Value, command.Parameters[1].Value) = (a, b);

    private static void Run(SqliteCommand command, object a, object b)
    {
        Set(command, a, b);
        command.ExecuteNonQuery();
    }
}
