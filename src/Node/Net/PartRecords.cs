using System.Collections.Concurrent;
using System.Globalization;
using Anarchive.Log;
using Anarchive.Net;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>One fleet's observation as this node holds it.</summary>
/// <param name="Id">Names it here; other nodes have other names for it.</param>
/// <param name="Fleet">Opaque: equal for observations of one fleet.</param>
/// <param name="IsOwn">This fleet's; otherwise a friend's.</param>
/// <param name="IsWaiting">Not in the log yet: it is written with the next batch.</param>
/// <param name="Group">Null while it waits.</param>
public sealed record PartRecord(
    string Id, string Part, string Fleet, bool IsOwn, bool IsWaiting, GroupId? Group, VoteOrder Order,
    IObservation Observed);

/// <summary>What counts of a friend's word on a part.</summary>
public enum Counting
{
    /// <summary>The friend's log: all that was said and not taken back.</summary>
    Log,

    /// <summary>The rows of the edition in use, with which the owner stays.</summary>
    Edition,

    /// <summary>Nothing: the owner stays with an edition, and none is here yet.</summary>
    Nothing,
}

/// <summary>Reads observations that count: this fleet's, and those of friends whose part is subscribed to.</summary>
public sealed class PartRecords(Database database, PartBook book, LogWriter writer)
{
    private const string OwnFleet = "own";

    /// <summary>Of what a group says of one key, the newest: whoever repeats itself pushes its own word out.</summary>
    private const int RecordsMax = 2_000;

    private readonly ConcurrentDictionary<GroupId, (Hash256 Vector, long Revision, Hash256 State)> _states = new();

    /// <summary>Every observation that names a key and was not taken back.</summary>
    public IReadOnlyList<PartRecord> Of(string key)
    {
        using var db = database.OpenReader();
        var written = db.Query<Row>(
            $"""
            SELECT {Columns} FROM (
                SELECT r.*, row_number() OVER (PARTITION BY r.group_no ORDER BY r.hlc DESC) AS nth
                FROM part_keys k JOIN part_rows r ON r.chain = k.chain AND r.seq = k.seq
                WHERE k.key = @key AND r.retracted = 0) r {Joins}
            WHERE r.nth <= @RecordsMax
            """,
            new { key, RecordsMax });
        var waiting = db.Query<Pending>(
            """
            SELECT p.no, p.part, p.kind, p.payload FROM part_pending_keys k JOIN part_pending p ON p.no = k.no
            WHERE k.key = @key
            """,
            new { key });
        var pinned = Pinned(db);
        return
        [
            .. Read(written, pinned), .. ReadPinned(NetEditionRows.About(db, key, pinned.Keys), pinned),
            .. waiting.Select(Read).OfType<PartRecord>(),
        ];
    }

    /// <summary>What this fleet said of any of these keys, each observation once.</summary>
    public IReadOnlyList<PartRecord> OwnOf(IReadOnlyCollection<string> keys)
    {
        var own = book.All.Where(g => book.IsOwn(g.Group)).Select(g => g.Group.Value.ToArray()).ToList();
        var found = new List<PartRecord>();
        using var db = database.OpenReader();
        foreach (var some in keys.Chunk(200))
        {
            found.AddRange(Read(
                db.Query<Row>(
                    $"""
                    SELECT {Columns} FROM part_keys k JOIN part_rows r ON r.chain = k.chain AND r.seq = k.seq {Joins}
                    WHERE k.key IN @some AND r.retracted = 0 AND g.id IN @own
                    """,
                    new { some, own }),
                []));
            found.AddRange(db.Query<Pending>(
                """
                SELECT p.no, p.part, p.kind, p.payload FROM part_pending_keys k JOIN part_pending p ON p.no = k.no
                WHERE k.key IN @some
                """,
                new { some }).Select(Read).OfType<PartRecord>());
        }

        return [.. found.DistinctBy(r => r.Id)];
    }

    /// <summary>What friends' editions say whose numbers the owner chose to stay with: their logs say more.</summary>
    private IEnumerable<PartRecord> ReadPinned(
        IEnumerable<(GroupId Group, byte[] Line)> lines, Dictionary<GroupId, PartEdition?> pinned)
    {
        foreach (var (group, line) in lines)
        {
            if (pinned[group] is not { } edition || FleetOf(group, edition.Part) is not { } fleet) continue;
            if (EditionReader.TryRead(RowRules.Of(edition), line) is not { Content: IObservation said } row) continue;
            var id = string.Create(CultureInfo.InvariantCulture, $"edition-{edition.Seq}");
            yield return new PartRecord(id, said.Part, fleet, false, false, group, row.Vote(edition.Cut), said);
        }
    }

    /// <summary>
    /// Groups whose rows of the edition in use count instead of their logs, each with that edition; null where none is
    /// here yet. Once something in it was taken back the log counts, which says so, whichever number was chosen.
    /// </summary>
    private Dictionary<GroupId, PartEdition?> Pinned(SqliteConnection db)
    {
        var pinned = new Dictionary<GroupId, PartEdition?>();
        foreach (var group in book.All.Select(g => g.Group))
            if (IsPinned(db, group, out var edition)) pinned[group] = edition;

        return pinned;
    }

    private bool IsPinned(SqliteConnection db, GroupId group, out PartEdition? edition)
    {
        edition = null;
        if (book.IsOwn(group) || book.PinOf(group) is not { } wanted) return false;
        if (NetEditionRows.Pin(db, group, wanted) is null) return false;
        edition = NetEditionRows.InUse(db, group);
        return edition is null || !NetEditionRows.IsStale(db, group, edition);
    }

    /// <summary>What counts of a friend's group now.</summary>
    public Counting CountingOf(GroupId group)
    {
        using var db = database.OpenReader();
        return !IsPinned(db, group, out var edition) ? Counting.Log
            : edition is null ? Counting.Nothing
            : Counting.Edition;
    }

    /// <summary>True where of one of them not the log counts: an edition does, or nothing.</summary>
    public bool AnyCountsByEdition(IEnumerable<GroupId> groups)
    {
        using var db = database.OpenReader();
        return groups.Any(g => IsPinned(db, g, out _));
    }

    /// <summary>Every observation of a kind, such as all themes; what waits is among them.</summary>
    /// <param name="naming">Only those whose payload has that text in it; others may be among them.</param>
    public IReadOnlyList<PartRecord> Of(Kind kind, string naming = "")
    {
        using var db = database.OpenReader();
        var written = db.Query<Row>(
            $"""
            SELECT {Columns} FROM part_rows r {Joins}
            WHERE r.kind = @Name AND r.retracted = 0 AND instr(r.payload, CAST(@naming AS BLOB)) > 0
            """,
            new { kind.Name, naming });
        var waiting = db.Query<Pending>(
            "SELECT no, part, kind, payload FROM part_pending WHERE kind = @Name", new { kind.Name });
        var pinned = Pinned(db);
        var lines = pinned.Keys.SelectMany(g => NetEditionRows.Lines(db, g).Select(l => (g, l.ToArray())));
        return
        [
            .. Read(written, pinned), .. ReadPinned(lines, pinned).Where(r => NetPayloads.KindOf(r.Observed) == kind),
            .. waiting.Select(Read).OfType<PartRecord>(),
        ];
    }

    /// <summary>Keys that observations of a part name, in order, after one; at most so many.</summary>
    public IReadOnlyList<string> Keys(string part, string after, int count)
    {
        using var db = database.OpenReader();
        var pinned = Pinned(db);
        var counted = book.All.Where(g => g.Part == part && book.Counts(g.Group, part)).ToLookup(
            g => pinned.ContainsKey(g.Group), g => g.Group.Value.ToArray());
        return
        [
            .. db.Query<string>(
                """
                SELECT key FROM (
                    SELECT DISTINCT k.key FROM part_keys k JOIN part_rows r ON r.chain = k.chain AND r.seq = k.seq
                        JOIN groups g ON g.no = r.group_no
                        WHERE k.key > @after AND r.retracted = 0 AND g.id IN @logs ORDER BY k.key LIMIT @count)
                UNION SELECT key FROM (
                    SELECT DISTINCT k.key FROM net_edition_keys k JOIN net_edition_rows r ON r.no = k.row
                        JOIN net_editions e ON e.no = r.edition
                        WHERE k.key > @after AND e.group_id IN @pinned ORDER BY k.key LIMIT @count)
                UNION SELECT key FROM (
                    SELECT DISTINCT k.key FROM part_pending_keys k JOIN part_pending p ON p.no = k.no
                        WHERE k.key > @after AND p.part = @part ORDER BY k.key LIMIT @count)
                ORDER BY key LIMIT @count
                """,
                new { after, part, count, logs = counted[false], pinned = counted[true] }),
        ];
    }

    /// <summary>Observations of one group that were not taken back.</summary>
    public long Count(GroupId group)
    {
        using var db = database.OpenReader();
        return db.QuerySingle<long>(
            """
            SELECT count(*) FROM part_rows r JOIN groups g ON g.no = r.group_no
            WHERE g.id = @Group AND r.retracted = 0
            """,
            new { Group = group.Value.ToArray() });
    }

    /// <summary>The state digest of a part group as committed; null for other groups.</summary>
    public Hash256? StateOf(GroupId group)
    {
        if (book.PartOf(group) is null) return null;
        var now = (writer.Durable(group).Digest(), writer.Revision(group));
        if (_states.TryGetValue(group, out var known) && (known.Vector, known.Revision) == now) return known.State;
        using var db = database.OpenReader();
        var state = PartDigest.Compute(db, group);
        _states[group] = (now.Item1, now.Item2, state);
        return state;
    }

    /// <summary>What a group's log says of its part, each with its place; nothing that was taken back.</summary>
    internal IReadOnlyList<(Position At, IObservation Said)> SaidIn(
        SqliteConnection db, GroupId group, string part)
    {
        var rows = db.Query<Row>(
            $"SELECT {Columns} FROM part_rows r {Joins} WHERE g.id = @Group AND r.retracted = 0",
            new { Group = group.Value.ToArray() });
        return
        [
            .. from row in rows
               let said = NetPayloads.ReadPayload(new Kind(row.Kind), row.Payload) as IObservation
               where said?.Part == part
               select (new Position(row.ChainOf, row.Seq), said),
        ];
    }

    /// <summary>Every observation of a group that was not taken back, as it was written.</summary>
    internal IReadOnlyList<ReadyObservation> Written(GroupId group, string part)
    {
        using var db = database.OpenReader();
        var rows = db.Query<Row>(
            $"SELECT {Columns} FROM part_rows r {Joins} WHERE g.id = @Group AND r.retracted = 0 ORDER BY r.hlc",
            new { Group = group.Value.ToArray() });
        return
        [
            .. from row in rows
               let kind = new Kind(row.Kind)
               let observed = NetPayloads.ReadPayload(kind, row.Payload) as IObservation
               where observed is not null
               select new ReadyObservation(part, kind, row.Payload, observed.Key, IsOpen: true),
        ];
    }

    /// <summary>True where this fleet has a word elsewhere that is no older, on the same of the same key.</summary>
    internal bool HasNewer(ReadyObservation said, GroupId group) =>
        NetPayloads.ReadPayload(said.Kind, said.Payload.Span) is not IObservation old
        || Of(said.Keys[0]).Any(r => r.IsOwn && r.Group != group && SlotOf(r.Observed) == SlotOf(old)
            && r.Observed.At >= old.At);

    /// <summary>What of its key an observation is about.</summary>
    private static (Kind, MarkerType?, int?) SlotOf(IObservation observed) =>
        (NetPayloads.KindOf(observed), (observed as MarkerObserved)?.Type, (observed as MarkerObserved)?.N);

    /// <summary>The observation of that id; null where there is none that counts.</summary>
    public PartRecord? Find(string id)
    {
        using var db = database.OpenReader();
        if (Waiting(id) is { } no)
            return db.Query<Pending>("SELECT no, part, kind, payload FROM part_pending WHERE no = @no", new { no })
                .Select(Read).OfType<PartRecord>().FirstOrDefault();
        return Place(id) is var (_, position) && id.Split('-') is [var chain, _]
            ? Read(db.Query<Row>(
                $"SELECT {Columns} FROM part_rows r {Joins} WHERE r.chain = @chain AND r.seq = @Seq",
                new { chain, position.Seq }), Pinned(db)).FirstOrDefault()
            : null;
    }

    /// <summary>Where an observation of that id is written; null where it is none, or only waits.</summary>
    internal (GroupId Group, Position Position)? Place(string id)
    {
        if (id.Split('-') is not [var chain, var seq]) return null;
        if (!long.TryParse(chain, NumberStyles.None, CultureInfo.InvariantCulture, out var no)
            || !long.TryParse(seq, NumberStyles.None, CultureInfo.InvariantCulture, out var at)) return null;
        using var db = database.OpenReader();
        var row = db.QuerySingleOrDefault<Row>(
            $"SELECT {Columns} FROM part_rows r {Joins} WHERE r.chain = @no AND r.seq = @at AND r.retracted = 0",
            new { no, at });
        return row is null ? null : (row.GroupOf, new Position(row.ChainOf, at));
    }

    /// <summary>The number of an observation that waits; null where the id names none such.</summary>
    internal static long? Waiting(string id) =>
        id is ['w', .. var rest] && long.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var no)
            ? no
            : null;

    private const string Columns =
        "r.chain AS Chain, r.seq AS Seq, r.kind AS Kind, r.hlc AS Hlc, r.payload AS Payload, g.id AS \"Group\", "
        + "c.origin AS Origin, c.incarnation AS Incarnation";

    private const string Joins = "JOIN groups g ON g.no = r.group_no JOIN chains c ON c.no = r.chain";

    /// <summary>Whose word a group is: one friend has one vote, however many groups it names.</summary>
    private string? FleetOf(GroupId group, string part) => !book.Counts(group, part) ? null
        : book.IsOwn(group) ? OwnFleet
        : book.FriendOf(group)?.ToString();

    private IEnumerable<PartRecord> Read(IEnumerable<Row> rows, Dictionary<GroupId, PartEdition?> pinned)
    {
        var voters = new Dictionary<GroupId, string?>();
        foreach (var row in rows)
        {
            if (NetPayloads.ReadPayload(new Kind(row.Kind), row.Payload) is not IObservation observed) continue;
            var group = row.GroupOf;
            if (!voters.TryGetValue(group, out var fleet))
                voters[group] = fleet = pinned.ContainsKey(group) ? null : FleetOf(group, observed.Part);
            if (fleet is null) continue;
            yield return new PartRecord(
                string.Create(CultureInfo.InvariantCulture, $"{row.Chain}-{row.Seq}"), observed.Part,
                fleet, fleet == OwnFleet, false, group,
                // One rank: every device of a fleet speaks for it.
                new VoteOrder(0, unchecked((ulong)row.Hlc), $"{row.ChainOf} {row.Seq:D16}"), observed);
        }
    }

    private static PartRecord? Read(Pending row) =>
        NetPayloads.ReadPayload(new Kind(row.Kind), row.Payload) is IObservation observed
            ? new PartRecord(
                string.Create(CultureInfo.InvariantCulture, $"w{row.No}"), observed.Part, OwnFleet, true, true,
                null, new VoteOrder(1, (ulong)row.No, ""), observed)
            : null;

    private sealed class Row
    {
        public long Chain { get; set; }

        public long Seq { get; set; }

        public string Kind { get; set; } = "";

        public long Hlc { get; set; }

        public byte[] Payload { get; set; } = [];

        public byte[] Group { get; set; } = [];

        public byte[] Origin { get; set; } = [];

        public byte[] Incarnation { get; set; } = [];

        public GroupId GroupOf => new(new Hash256(Group));

        public ChainId ChainOf => StatementIds.Chain(Origin, Incarnation);
    }

    private sealed class Pending
    {
        public long No { get; set; }

        public string Part { get; set; } = "";

        public string Kind { get; set; } = "";

        public byte[] Payload { get; set; } = [];
    }
}
