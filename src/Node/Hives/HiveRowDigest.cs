using Anarchive.Hives;
using Anarchive.Log;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>A hive's state digest, streamed from the rows that one connection sees.</summary>
/// <remarks>
/// Rows come chain by chain in the order of chains, so nothing is sorted but the voters of one target and the agents
/// of a group, whose local numbers say nothing about their order.
/// </remarks>
internal sealed class HiveRowDigest
{
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
        var rows = new HiveRowDigest(db, number, chainOf);
        foreach (var chain in chains) rows.AddItems(digest, chain);
        foreach (var chain in chains) rows.AddVotes(digest, chain);
        foreach (var chain in chains) rows.AddTallies(digest, chain);
        if (chains.Count > 0) rows.AddAgents(digest);
        return digest.Finish();
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

    private void AddItems(HiveStateDigest digest, long chain)
    {
        using var row = _db.Statement(
            $"SELECT {RowColumns.Item} FROM hive_items WHERE chain = ?1 ORDER BY seq, prefix");
        row.Bind(1, chain);
        while (row.Step()) digest.AddItem(RowColumns.ReadItem(row, _chainOf));
    }

    private void AddVotes(HiveStateDigest digest, long chain)
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
            if (ofTarget.Count > 0 && ofTarget[0].Target != target) Drain();
            ofTarget.Add(new VoteRow(
                new NodeId(row.Hash(3)), Base32.Encode(row.Blob(4)), target, (int)row.Int64(5), Order(row, 6)));
        }

        Drain();

        void Drain()
        {
            ofTarget.Sort((a, b) => Compare(a.Origin, a.Voter, b.Origin, b.Voter));
            foreach (var vote in ofTarget) digest.AddVote(vote);
            ofTarget.Clear();
        }
    }

    private void AddTallies(HiveStateDigest digest, long chain)
    {
        using var row = _db.Statement("""
            SELECT t.chain, t.seq, t.prefix, o.node, t.up, t.down, t.hlc, t.by_chain, t.by_seq
            FROM hive_tallies t JOIN hive_origins o ON o.no = t.origin WHERE t.chain = ?1
            ORDER BY t.seq, t.prefix, o.node
            """);
        row.Bind(1, chain);
        while (row.Step())
            digest.AddTally(new TallyRow(
                new NodeId(row.Hash(3)), RowColumns.Ref(row, 0, _chainOf), row.Int64(4), row.Int64(5), Order(row, 6)));
    }

    private void AddAgents(HiveStateDigest digest)
    {
        using var members = _db.Statement("""
            SELECT o.node, m.agent, m.joined, m.hlc, m.by_chain, m.by_seq
            FROM hive_members m JOIN hive_origins o ON o.no = m.origin WHERE m.group_no = ?1 ORDER BY o.node, m.agent
            """);
        members.Bind(1, _group);
        while (members.Step())
            digest.AddMember(new MemberRow(
                new NodeId(members.Hash(0)), members.Text(1), members.Int64(2) != 0, Order(members, 3)));
        foreach (var ban in HiveBans.Read(_db, _group, _chainOf)) digest.AddBan(ban);
        using var settings = _db.Statement(
            "SELECT key, value, rank, hlc, by_chain, by_seq FROM hive_settings WHERE group_no = ?1 ORDER BY key");
        settings.Bind(1, _group);
        while (settings.Step())
            digest.AddSetting(new SettingRow(
                settings.Text(0), settings.Text(1), RowColumns.ReadOwnerFirst(settings, 2, _chainOf)));
    }

    private LastWriterWins Order(Statement row, int column) => RowColumns.ReadOrder(row, column, _chainOf);

    private static int Compare(NodeId leftNode, string leftText, NodeId rightNode, string rightText)
    {
        var byNode = leftNode.CompareTo(rightNode);
        return byNode != 0 ? byNode : string.CompareOrdinal(leftText, rightText);
    }
}
