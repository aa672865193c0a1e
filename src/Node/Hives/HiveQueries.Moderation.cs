using System.Buffers.Binary;
using Anarchive.Hives;
using Anarchive.Log;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>What somebody did with the role of an owner or moderator. The names are stable, in snake case.</summary>
public enum ModerationAct
{
    Founded,
    PostRemoved,
    CommentRemoved,
    SettingChanged,
    Banned,
    Unbanned,
    ModeratorNamed,
    ModeratorDismissed,
    NodeAdmitted,
    NodeRemoved,
    HeirsNamed,
    OwnerTransferred,
    OwnerSucceeded,
}

/// <summary>A line of a hive's moderation log.</summary>
/// <param name="Id">Of the event itself.</param>
/// <param name="AtMs">By its writer's clock, Unix milliseconds.</param>
/// <param name="By">The node that wrote it.</param>
/// <param name="Agent">Who of that node; null where the node as such acted.</param>
/// <param name="Target">The post or comment it was about.</param>
/// <param name="Subject">Whom it was about; null where it was about no agent.</param>
/// <param name="Nodes">Which nodes it was about.</param>
/// <param name="Key">The setting that was changed, to <paramref name="Value"/>.</param>
/// <param name="Reason">As its writer gave it.</param>
/// <param name="OwnerStands">True where an owner's word stands against it, so that it changed nothing.</param>
/// <param name="ByRetention">True where nobody judged: the hive keeps nothing so old.</param>
public sealed record ModerationView(
    string Id, long AtMs, ModerationAct Act, NodeId By, AuthorView? Agent, string? Target, AuthorView? Subject,
    IReadOnlyList<NodeId> Nodes, string? Key, string? Value, string? Reason, bool OwnerStands,
    bool ByRetention);

/// <content>The moderation log: acts of rank and events of authority in force, as the log holds them.</content>
public sealed partial class HiveQueries
{
    // Acts are few and asked for by hand: their clocks are read from the headers, at a place that never moves.
    private const string ModerationSql = """
        SELECT chain, seq, rank, header, payload FROM (
            SELECT a.chain, a.seq, a.rank, e.header, e.payload
            FROM hive_acts a JOIN events e ON e.chain = a.chain AND e.seq = a.seq
            WHERE a.group_no = ?1 AND a.rank >= 1
            UNION ALL
            SELECT a.chain, a.seq, 2, e.header, e.payload
            FROM chains c JOIN authority_events a ON a.chain = c.no
            JOIN events e ON e.chain = a.chain AND e.seq = a.seq
            WHERE c.group_no = ?1)
        WHERE (substr(header, 121, 8), chain, seq) < (?2, ?3, ?4)
        ORDER BY substr(header, 121, 8) DESC, chain DESC, seq DESC
        """;

    // Only these can be said against a moderator's word, and they are few beside deletions.
    private const string OwnersWordSql = """
        SELECT e.header, e.payload FROM hive_acts a JOIN events e ON e.chain = a.chain AND e.seq = a.seq
        WHERE a.group_no = ?1 AND a.rank = 2 AND (
            (substr(e.header, 2, 1) = x'14' AND substr(e.header, 161, 20) = CAST('hive_setting_changed' AS BLOB))
            OR (substr(e.header, 2, 1) = x'12' AND substr(e.header, 161, 18) = CAST('membership_changed' AS BLOB)))
        ORDER BY substr(e.header, 121, 8)
        """;

    // Beside what a page shows, so many deletions by retention are passed over for one; the next goes on behind them.
    private const int PassedOverMax = 10_000;

    /// <summary>
    /// What owners and moderators did, newest first; null for a bad cursor. What authors delete of their own is not
    /// moderation, and acts of who had no rank did nothing: neither is listed.
    /// </summary>
    /// <param name="retention">
    /// False leaves out what retention deleted; a page may then be shorter than its limit and not be the last.
    /// </param>
    public Page<ModerationView>? Moderation(string hive, string? cursor, int limit, bool retention)
    {
        using var db = _database.OpenReader();
        if (HiveKeys(db, hive) is not [var key] || !_writer.Holds(key.Group)) return new([], null);
        if (ModerationFrom(key, cursor) is not { } from) return null;
        var (max, items, passed, last) = (Clamp(limit), new List<ModerationView>(), 0, from);
        foreach (var line in ModerationLines(db, key, from))
        {
            var view = line.LapsedBy is not null && !retention ? null : line.Resolve();
            if (view is null ? passed++ == PassedOverMax : items.Count == max)
                return new(items, last.Write(_secret, ModerationList(key)));
            if (view is not null) items.Add(view);
            last = line.At;
        }

        return new(items, null);
    }

    private static string ModerationList(HiveKey key) => $"moderation {key.No}";

    private PageCursor? ModerationFrom(HiveKey key, string? cursor)
    {
        // Behind any clock there is.
        if (cursor is null) return new PageCursor(-1, 0, long.MaxValue, long.MaxValue);
        return PageCursor.TryRead(_secret, ModerationList(key), cursor, out var from) ? from : null;
    }

    /// <summary>Read as they are taken; each may be resolved while the next was not.</summary>
    private IEnumerable<ModerationLine> ModerationLines(SqliteConnection db, HiveKey key, PageCursor from)
    {
        var clock = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(clock, from.First);
        var authority = _writer.AuthorityOf(key.Group);
        var vector = _writer.Durable(key.Group);
        var stands = new Lazy<OwnersWord>(() => OwnersWordOf(db, key.No, vector));
        using var lapses = new LapseReader(db, key.No, key.Group, GenesisSettings(key.Group), vector);
        using var row = db.Statement(ModerationSql);
        row.Bind(1, key.No).Bind(2, clock).Bind(3, from.Chain).Bind(4, from.Seq);
        while (row.Step())
        {
            var header = EventHeader.TryRead(row.Blob(3).ToArray(), out _);
            // What a thief or a fork wrote stays in the store, and is nobody's word.
            if (header is null || row.IsNull(4) || header.Seq > vector.SeqOf(header.Chain)) continue;
            var at = new PageCursor(unchecked((long)header.Hlc.Value), 0, row.Int64(0), row.Int64(1));
            var (rank, payload) = ((int)row.Int64(2), row.Blob(4).ToArray());
            var isAuthority = EngineKinds.OfAuthority.Contains(header.Kind);
            yield return lapses.Made(header, payload, rank)
                ? new(at, header, AgentOf(header, payload), () =>
                    OfRank(db, key.Group, header, payload, rank, stands) is { } lapse
                        ? lapse with { ByRetention = true }
                        : null)
                : new(at, header, null, () => isAuthority
                    ? OfAuthority(db, key.Group, authority, header, payload)
                    : OfRank(db, key.Group, header, payload, rank, stands));
        }
    }

    private static string AgentOf(EventHeader header, byte[] payload) =>
        HivePayloads.ReadPayload(header.Kind, payload) switch
        {
            PostDeleted deleted => deleted.AgentId,
            CommentDeleted deleted => deleted.AgentId,
            _ => "",
        };

    /// <summary>On which settings and agents an owner's word stands, and since when: the first one.</summary>
    private static OwnersWord OwnersWordOf(SqliteConnection db, long group, VersionVector durable)
    {
        var (keys, subjects) = (new Dictionary<string, Hlc>(), new Dictionary<(NodeId, string), Hlc>());
        using var row = db.Statement(OwnersWordSql);
        row.Bind(1, group);
        while (row.Step())
        {
            if (EventHeader.TryRead(row.Blob(0).ToArray(), out _) is not { } header || row.IsNull(1)) continue;
            if (header.Seq > durable.SeqOf(header.Chain)) continue;
            // The oldest comes first.
            if (HivePayloads.ReadPayload(header.Kind, row.Blob(1)) is HiveSettingChanged setting)
                keys.TryAdd(setting.Key, header.Hlc);
            else if (HivePayloads.ReadPayload(header.Kind, row.Blob(1)) is MembershipChanged { Subject: var subject }
                && NodeId.TryParse(subject.InstanceId, out var node))
                subjects.TryAdd((node, subject.AgentId), header.Hlc);
        }

        return new OwnersWord(keys, subjects);
    }

    private ModerationView? OfRank(
        SqliteConnection db, GroupId group, EventHeader header, byte[] payload, int rank,
        Lazy<OwnersWord> owners)
    {
        var line = Line(group, header, default, null);
        switch (HivePayloads.ReadPayload(header.Kind, payload))
        {
            case PostDeleted deleted:
                return Removal(line, ModerationAct.PostRemoved, deleted.AgentId, deleted.Reason);
            case CommentDeleted deleted:
                return Removal(line, ModerationAct.CommentRemoved, deleted.AgentId, deleted.Reason);
            case HiveSettingChanged setting:
                return line with
                {
                    Act = ModerationAct.SettingChanged,
                    Agent = By(setting.AgentId),
                    Key = setting.Key,
                    Value = setting.Value,
                    OwnerStands = rank < 2 && owners.Value.Keys.TryGetValue(setting.Key, out var since)
                        && since < header.Hlc,
                };
            case MembershipChanged { Action: MembershipAction.Ban or MembershipAction.Unban } change
                when NodeId.TryParse(change.Subject.InstanceId, out var node):
                return line with
                {
                    Act = change.Action == MembershipAction.Ban ? ModerationAct.Banned : ModerationAct.Unbanned,
                    Agent = By(change.AgentId),
                    Subject = _texts.Author(db, _writer.Self, node, change.Subject.AgentId),
                    OwnerStands = rank < 2
                        && owners.Value.Subjects.TryGetValue((node, change.Subject.AgentId), out var judged)
                        && judged < header.Hlc,
                };
            default:
                return null;
        }

        AuthorView By(string agent) => _texts.Author(db, _writer.Self, header.Origin, agent);

        // What stands there may not be what was meant, or not be here yet: only what is here can be opened. Posts and
        // comments are removed by either kind.
        ModerationView Removal(ModerationView of, ModerationAct act, string agent, string? reason)
        {
            var target = header.Refs[0].ShortId(group);
            var kind = Find(db, target) is var (_, item) && item.Key == header.Refs[0] ? item.Kind : ItemKind.Unknown;
            return of with
            {
                Act = kind switch
                {
                    ItemKind.Post => ModerationAct.PostRemoved,
                    ItemKind.Comment => ModerationAct.CommentRemoved,
                    _ => act,
                },
                Agent = By(agent),
                Target = kind == ItemKind.Unknown ? null : target,
                Reason = reason,
            };
        }
    }

    private ModerationView? OfAuthority(
        SqliteConnection db, GroupId group, Authority authority, EventHeader header, byte[] payload)
    {
        var isOwners = authority.Rules(header.Ref.Position);
        return EngineKinds.Schema.Read(header.Kind, payload) switch
        {
            GroupCreated => Line(group, header, ModerationAct.Founded, null),
            NodeAdmitted admitted when NodeId.TryParse(admitted.InstanceId, out var node)
                && authority.InceptionAdmitted(header.Ref, node) is not null =>
                Line(group, header, ModerationAct.NodeAdmitted, [node]),
            NodeRemoved removed when isOwners && NodeId.TryParse(removed.InstanceId, out var node) =>
                Line(group, header, ModerationAct.NodeRemoved, [node]),
            ModeratorChanged change when isOwners && NodeId.TryParse(change.Subject.InstanceId, out var node) =>
                Line(
                    group, header,
                    change.Action == "add" ? ModerationAct.ModeratorNamed : ModerationAct.ModeratorDismissed, null) with
                {
                    Subject = _texts.Author(db, _writer.Self, node, change.Subject.AgentId),
                },
            HeirsNamed named when isOwners =>
                Line(group, header, ModerationAct.HeirsNamed, [.. named.Heirs.Select(Node).OfType<NodeId>()]),
            // Without the new owner's word nobody is made one.
            OwnerTransferred transferred when isOwners && NodeId.TryParse(transferred.InstanceId, out var node)
                && OwnerConsent.Holds(transferred, group, header.Origin, new SodiumVerifier()) =>
                Line(group, header, ModerationAct.OwnerTransferred, [node]),
            // Its writer's reign begins with it.
            OwnerSucceeded when isOwners || authority.Rules(new Position(header.Chain, header.Seq + 1)) =>
                Line(group, header, ModerationAct.OwnerSucceeded, null),
            _ => null,
        };

        static NodeId? Node(string text) => NodeId.TryParse(text, out var node) ? node : null;
    }

    private static ModerationView Line(
        GroupId group, EventHeader header, ModerationAct act, IReadOnlyList<NodeId>? nodes) => new(
            header.Ref.ShortId(group), header.Hlc.UnixMs, act, header.Origin, null, null, null, nodes ?? [], null, null,
            null, false, false);

    /// <param name="LapsedBy">Whose retention deleted; null where a person acted.</param>
    /// <param name="Resolve">What it says to people, which takes several reads; null where it did nothing.</param>
    private sealed record ModerationLine(
        PageCursor At, EventHeader Header, string? LapsedBy, Func<ModerationView?> Resolve);

    private sealed record OwnersWord(
        IReadOnlyDictionary<string, Hlc> Keys, IReadOnlyDictionary<(NodeId, string), Hlc> Subjects);
}
