using System.Diagnostics;
using Anarchive.Hives;
using Anarchive.Log;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>A hive's state digest, streamed from the rows that one connection sees.</summary>
/// <remarks>
/// Rows come chain by chain in the order of chains, so nothing is sorted but the voters of one target and the agents
/// of a group, whose local numbers say nothing about their order. Many rows are read by one thread and hashed by
/// another.
/// </remarks>
internal sealed class HiveRowDigest
{
    private const int RowsAtOnce = 1024;
    private const int ChunksAhead = 8;

    private readonly SqliteConnection _db;
    private readonly Func<long, ChainId> _chainOf;
    private readonly long _group;

    private HiveRowDigest(SqliteConnection db, long group, Func<long, ChainId> chainOf) =>
        (_db, _group, _chainOf) = (db, group, chainOf);

    /// <summary>The caller holds the rows still: in a transaction of its own.</summary>
    public static Hash256 Compute(SqliteConnection db, GroupId group, Func<long, ChainId> chainOf)
    {
        using var digest = new HiveStateDigest();
        var (number, chains) = ChainsOf(db, group);
        using var some = new HiveRowDigest(db, number, chainOf).Rows(chains).Chunk(RowsAtOnce).GetEnumerator();
        if (!some.MoveNext()) return digest.Finish();
        Add(digest, some.Current);
        // A thread costs more than hashing few rows.
        if (some.Current.Length == RowsAtOnce)
            foreach (var rows in ReadAhead.Of(Rest(some), ChunksAhead)) Add(digest, rows);
        return digest.Finish();
    }

    private static IEnumerable<T> Rest<T>(IEnumerator<T> started)
    {
        while (started.MoveNext()) yield return started.Current;
    }

    private static void Add(HiveStateDigest digest, IEnumerable<object> rows)
    {
        foreach (var row in rows)
        {
            switch (row)
            {
                case ItemRow item: digest.AddItem(item); break;
                case VoteRow vote: digest.AddVote(vote); break;
                case TallyRow tally: digest.AddTally(tally); break;
                case MemberRow member: digest.AddMember(member); break;
                case BanRow ban: digest.AddBan(ban); break;
                case SettingRow setting: digest.AddSetting(setting); break;
                default: throw new UnreachableException();
            }
        }
    }

    /// <summary>All rows in the order of the digest.</summary>
    private IEnumerable<object> Rows(List<long> chains)
    {
        if (chains.Count == 0) return [];
        return chains.SelectMany(Items).Concat<object>(chains.SelectMany(Votes)).Concat(chains.SelectMany(Tallies))
            .Concat(Members()).Concat(HiveBans.Read(_db, _group, _chainOf)).Concat(Settings());
    }

    private static (long Group, List<long> Chains) ChainsOf(SqliteConnection db, GroupId group)
    {
        var (number, found) = (0L, new List<long>());
        using var row = db.Statement("""
            SELECT g.no, c.no FROM chains c JOIN groups g ON g.no = c.group_no WHERE g.id = ?1
            ORDER BY c.origin, c.incarnation
            """);
        row.Bind(1, group.Value);
        while (row.Step())
        {
            number = row.Int64(0);
            found.Add(row.Int64(1));
        }

        return (number, found);
    }

    private IEnumerable<ItemRow> Items(long chain)
    {
        using var row = _db.Statement(
            $"SELECT {RowColumns.Item} FROM hive_items WHERE chain = ?1 ORDER BY seq, prefix");
        row.Bind(1, chain);
        while (row.Step()) yield return RowColumns.ReadItem(row, _chainOf);
    }

    private IEnumerable<VoteRow> Votes(long chain)
    {
        using var row = _db.Statement("""
            SELECT v.chain, v.seq, v.prefix, o.node, v.voter, v.value, v.hlc, v.by_chain, v.by_seq
            FROM hive_votes v JOIN hive_origins o ON o.no = v.origin WHERE v.chain = ?1 ORDER BY v.seq, v.prefix
            """);
        row.Bind(1, chain);
        var ofTarget = new List<VoteRow>();
        while (row.Step())
        {
            var target = RowColumns.Ref(row, 0, _chainOf);
            if (ofTarget.Count > 0 && ofTarget[0].Target != target)
            {
                foreach (var vote in Sorted(ofTarget)) yield return vote;
                ofTarget.Clear();
            }

            ofTarget.Add(new VoteRow(
                new NodeId(row.Hash(3)), Base32.Encode(row.Blob(4)), target, (int)row.Int64(5), Order(row, 6)));
        }

        foreach (var vote in Sorted(ofTarget)) yield return vote;
    }

    private IEnumerable<TallyRow> Tallies(long chain)
    {
        using var row = _db.Statement("""
            SELECT t.chain, t.seq, t.prefix, o.node, t.up, t.down, t.hlc, t.by_chain, t.by_seq
            FROM hive_tallies t JOIN hive_origins o ON o.no = t.origin WHERE t.chain = ?1
            ORDER BY t.seq, t.prefix, o.node
            """);
        row.Bind(1, chain);
        while (row.Step())
            yield return new TallyRow(
                new NodeId(row.Hash(3)), RowColumns.Ref(row, 0, _chainOf), row.Int64(4), row.Int64(5), Order(row, 6));
    }

    private IEnumerable<MemberRow> Members()
    {
        using var members = _db.Statement("""
            SELECT o.node, m.agent, m.joined, m.hlc, m.by_chain, m.by_seq
            FROM hive_members m JOIN hive_origins o ON o.no = m.origin WHERE m.group_no = ?1 ORDER BY o.node, m.agent
            """);
        members.Bind(1, _group);
        while (members.Step())
            yield return new MemberRow(
                new NodeId(members.Hash(0)), members.Text(1), members.Int64(2) != 0, Order(members, 3));
    }

    private IEnumerable<SettingRow> Settings()
    {
        using var settings = _db.Statement(
            "SELECT key, value, rank, hlc, by_chain, by_seq FROM hive_settings WHERE group_no = ?1 ORDER BY key");
        settings.Bind(1, _group);
        while (settings.Step())
            yield return new SettingRow(
                settings.Text(0), settings.Text(1), RowColumns.ReadOwnerFirst(settings, 2, _chainOf));
    }

    private static List<VoteRow> Sorted(List<VoteRow> ofTarget)
    {
        ofTarget.Sort((a, b) => Compare(a.Origin, a.Voter, b.Origin, b.Voter));
        return ofTarget;
    }

    private LastWriterWins Order(Statement row, int column) => RowColumns.ReadOrder(row, column, _chainOf);

    private static int Compare(NodeId leftNode, string leftText, NodeId rightNode, string rightText)
    {
        var byNode = leftNode.CompareTo(rightNode);
        return byNode != 0 ? byNode : string.CompareOrdinal(leftText, rightText);
    }
}
