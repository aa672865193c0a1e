using Anarchive.Hives;
using Anarchive.Log;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>How far an event has travelled, by what peers have told.</summary>
public delegate ReachView ReachOf(GroupId group, Position position);

/// <summary>
/// Reads hives from this node's projection. Safe to call from several threads; sees committed data only.
/// </summary>
public sealed partial class HiveQueries
{
    private const int PageMax = 100;

    private readonly Database _database;
    private readonly LogWriter _writer;
    private readonly NodeSecret _secret;
    private readonly HiveChains _chains;
    private readonly HiveTexts _texts;
    private readonly HiveDigests _digests;
    private readonly ViewSources _sources;
    private readonly MirrorOf _mirrorOf;
    private readonly TakesNoPart _takesNoPart;
    private readonly MayRejoin _mayRejoin;

    internal HiveQueries(
        Database database,
        IEventReader events,
        LogWriter writer,
        HiveChains chains,
        NodeSecret secret,
        ReachOf reachOf,
        MirrorOf mirrorOf,
        TakesNoPart takesNoPart,
        MayRejoin mayRejoin)
    {
        (_database, _writer, _chains, _secret) = (database, writer, chains, secret);
        (_mirrorOf, _takesNoPart, _mayRejoin) = (mirrorOf, takesNoPart, mayRejoin);
        _texts = new HiveTexts(events);
        _sources = new ViewSources(writer.Self, _texts, chains, reachOf, takesNoPart, Moderates);
        _digests = new HiveDigests(database, chains);
    }

    public IReadOnlyList<HiveView> Hives()
    {
        using var db = _database.OpenReader();
        return [.. HiveKeys(db, null).Select(key => View(db, key))];
    }

    public HiveView? Hive(string name)
    {
        using var db = _database.OpenReader();
        return HiveKeys(db, name) is [var key] ? View(db, key) : null;
    }

    public Page<MemberView>? Members(string hive, string? cursor, int limit)
    {
        using var db = _database.OpenReader();
        if (HiveKeys(db, hive) is not [var key]) return new([], null);
        var list = $"members {key.No}";
        var from = default(PageCursor);
        if (cursor is not null && !PageCursor.TryRead(_secret, list, cursor, out from)) return null;
        var authority = _writer.AuthorityOf(key.Group);
        var moderators = authority.Moderators().ToHashSet();
        var bans = HiveBans.Of(db, key.No, ChainOf);
        var rows = db.Query<(byte[] Node, string Agent, long Hlc)>(
            """
            SELECT o.node, a.agent, max(a.hlc) FROM (
                SELECT origin, agent, hlc FROM hive_members WHERE group_no = @No AND joined = 1
                UNION ALL SELECT origin, agent, hlc FROM hive_bans WHERE group_no = @No AND banned = 1) a
            JOIN hive_origins o ON o.no = a.origin
            GROUP BY a.origin, a.agent ORDER BY a.origin, a.agent LIMIT @max OFFSET @skip
            """,
            new { key.No, max = Clamp(limit) + 1, skip = from.First }).AsList();
        var items = rows.Take(Clamp(limit)).Select(row =>
        {
            var instance = new NodeId(new Hash256(row.Node));
            var role = bans.IsBanned(instance, row.Agent) ? "banned"
                : instance == authority.Owner ? "owner"
                : moderators.Contains((instance, row.Agent)) ? "moderator" : "member";
            var since = new Hlc(unchecked((ulong)row.Hlc)).UnixMs;
            return new MemberView(_texts.Author(db, _writer.Self, instance, row.Agent), role, since);
        }).ToList();
        var next = rows.Count > items.Count
            ? new PageCursor(from.First + items.Count, 0, 0, 0).Write(_secret, list)
            : null;
        return new(items, next);
    }

    public IReadOnlyList<SettingView> Settings(string hive)
    {
        using var db = _database.OpenReader();
        if (HiveKeys(db, hive) is not [var key]) return [];
        var settings = new SortedDictionary<string, SettingView>(StringComparer.Ordinal);
        foreach (var (name, value) in GenesisSettings(key.Group)) settings[name] = new(name, value, null, null);
        using var row = db.Statement(
            "SELECT key, value, rank, hlc, by_chain, by_seq FROM hive_settings WHERE group_no = ?1");
        row.Bind(1, key.No);
        while (row.Step())
        {
            var order = RowColumns.ReadOwnerFirst(row, 2, ChainOf);
            var writer = _texts.Payload(key.Group, order.Position) is HiveSettingChanged change
                ? _texts.Author(db, _writer.Self, order.Origin, change.AgentId)
                : null;
            settings[row.Text(0)] = new(row.Text(0), row.Text(1), writer, order.Hlc.UnixMs, row.Int64(2) == 2);
        }

        return [.. settings.Values];
    }

    /// <summary>
    /// SHA-256 over the folded state in canonical order; equal on every node that holds the same events.
    /// </summary>
    public Hash256 StateDigest(GroupId group) => _digests.Of(group, _writer.Durable(group), _writer.Revision(group));

    private HiveView View(SqliteConnection db, HiveKey key)
    {
        var genesis = GenesisSettings(key.Group);
        var set = db.Query<(string Key, string Value)>(
            "SELECT key, value FROM hive_settings WHERE group_no = @No AND key IN ('title', 'description')",
            new { key.No }).ToDictionary(s => s.Key, s => s.Value, StringComparer.Ordinal);
        var counts = HiveCounts.Read(db, key.No);
        var known = _writer.Holds(key.Group) ? _writer.AuthorityOf(key.Group) : null;
        var mirror = _mirrorOf(key.Group);
        var hasLeft = mirror is null && _takesNoPart(key.Group);
        return new HiveView(
            key.Name,
            key.Group,
            Setting(HiveSettings.Title) is { Length: > 0 } title ? title : key.Name,
            Setting(HiveSettings.Description),
            known?.Genesis?.VotePrivacy ?? VotePrivacy.Pseudonymous,
            counts.Posts,
            counts.Comments,
            counts.Members,
            _writer.Durable(key.Group).Events,
            known is not null && known.Owner == _writer.Self,
            counts.LastActivityMs)
        {
            Mirror = mirror,
            HasLeft = hasLeft,
            MayRejoin = hasLeft && _mayRejoin(key.Group),
        };

        string Setting(string name) => set.GetValueOrDefault(name) ?? genesis.GetValueOrDefault(name) ?? "";
    }

    /// <summary>Whether an agent of this node has rank in a hive: as its owner's person, or by a grant.</summary>
    public bool Moderates(GroupId group, LocalAgent agent) =>
        _writer.Holds(group) && _writer.AuthorityOf(group) is var known
        && (known.Owner == _writer.Self || known.GrantOf(_writer.Self, agent.Id) is not null);

    private IReadOnlyDictionary<string, string> GenesisSettings(GroupId group) =>
        (_writer.Holds(group) ? _writer.AuthorityOf(group).Genesis?.Settings : null)
        ?? new Dictionary<string, string>();

    /// <summary>All hives, or the one of that name; none where there is none.</summary>
    private static List<HiveKey> HiveKeys(SqliteConnection db, string? name) =>
        db.Query<(long? No, string Name, byte[] Group)>(
            """
            SELECT g.no, n.name, n.group_id FROM hive_names n LEFT JOIN groups g ON g.id = n.group_id
            WHERE @name IS NULL OR n.name = @name ORDER BY n.name
            """,
            new { name })
        .Select(row => new HiveKey(row.No ?? 0, row.Name, new GroupId(new Hash256(row.Group)))).AsList();

    private ChainId ChainOf(long number) => _chains.Of(number).Chain;

    private static int Clamp(int limit) => Math.Clamp(limit, 1, PageMax);

    /// <summary>A hive as rows and pages name it; number 0 while its group is not here.</summary>
    private readonly record struct HiveKey(long No, string Name, GroupId Group);
}
