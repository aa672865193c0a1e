using System.Collections.Concurrent;
using Anarchive.Hives;
using Anarchive.Log;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>State digests of hives, streamed from one snapshot of the rows and kept while the rows stay.</summary>
/// <remarks>
/// Rows come chain by chain in the order of chains, so nothing is sorted but the voters of one target and the agents
/// of a group, whose local numbers say nothing about their order.
/// </remarks>
internal sealed class HiveDigests(Database database, HiveChains chains)
{
    private readonly ConcurrentDictionary<GroupId, (Hash256 Vector, long Revision, Hash256 State)> _known = new();

    /// <summary>
    /// The digest of what is committed; the vector and the revision tell whether the last one holds.
    /// </summary>
    public Hash256 Of(GroupId group, VersionVector durable, long revision)
    {
        var vector = durable.Digest();
        if (_known.TryGetValue(group, out var known) && (known.Vector, known.Revision) == (vector, revision))
            return known.State;
        var state = Compute(group);
        _known[group] = (vector, revision, state);
        return state;
    }

    private Hash256 Compute(GroupId group)
    {
        using var db = database.OpenReader();
        using var snapshot = db.BeginTransaction(deferred: true);
        using var digest = new HiveStateDigest();
        var places = ChainsOf(db, group);
        foreach (var chain in places) AddItems(db, digest, chain);
        foreach (var chain in places) AddVotes(db, digest, chain);
        foreach (var chain in places) AddTallies(db, digest, chain);
        if (places.Count > 0) AddAgents(db, digest, places[0].GroupNo);
        return digest.Finish();
    }

    private List<HiveChain> ChainsOf(SqliteConnection db, GroupId group)
    {
        var found = new List<HiveChain>();
        using var row = db.Statement("""
            SELECT c.no FROM chains c JOIN groups g ON g.no = c.group_no WHERE g.id = ?1
            ORDER BY c.origin, c.incarnation
            """);
        row.Bind(1, group.Value);
        while (row.Step()) found.Add(chains.Of(row.Int64(0)));
        return found;
    }

    private void AddItems(SqliteConnection db, HiveStateDigest digest, HiveChain chain)
    {
        using var row = db.Statement($"SELECT {RowColumns.Item} FROM hive_items WHERE chain = ?1 ORDER BY seq, prefix");
        row.Bind(1, chain.No);
        while (row.Step()) digest.AddItem(RowColumns.ReadItem(row, ChainOf));
    }

    private void AddVotes(SqliteConnection db, HiveStateDigest digest, HiveChain chain)
    {
        using var row = db.Statement("""
            SELECT v.chain, v.seq, v.prefix, o.node, v.voter, v.value, v.hlc, v.by_chain, v.by_seq
            FROM hive_votes v JOIN hive_origins o ON o.no = v.origin WHERE v.chain = ?1 ORDER BY v.seq, v.prefix
            """);
        row.Bind(1, chain.No);
        var ofTarget = new List<VoteRow>();
        while (row.Step())
        {
            var target = RowColumns.Ref(row, 0, ChainOf);
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

    private void AddTallies(SqliteConnection db, HiveStateDigest digest, HiveChain chain)
    {
        using var row = db.Statement("""
            SELECT t.chain, t.seq, t.prefix, o.node, t.up, t.down, t.hlc, t.by_chain, t.by_seq
            FROM hive_tallies t JOIN hive_origins o ON o.no = t.origin WHERE t.chain = ?1
            ORDER BY t.seq, t.prefix, o.node
            """);
        row.Bind(1, chain.No);
        while (row.Step())
            digest.AddTally(new TallyRow(
                new NodeId(row.Hash(3)), RowColumns.Ref(row, 0, ChainOf), row.Int64(4), row.Int64(5), Order(row, 6)));
    }

    private void AddAgents(SqliteConnection db, HiveStateDigest digest, long groupNo)
    {
        using var members = db.Statement("""
            SELECT o.node, m.agent, m.joined, m.hlc, m.by_chain, m.by_seq
            FROM hive_members m JOIN hive_origins o ON o.no = m.origin WHERE m.group_no = ?1 ORDER BY o.node, m.agent
            """);
        members.Bind(1, groupNo);
        while (members.Step())
            digest.AddMember(new MemberRow(
                new NodeId(members.Hash(0)), members.Text(1), members.Int64(2) != 0, Order(members, 3)));
        foreach (var ban in HiveBans.Read(db, groupNo, ChainOf)) digest.AddBan(ban);
        using var settings = db.Statement(
            "SELECT key, value, rank, hlc, by_chain, by_seq FROM hive_settings WHERE group_no = ?1 ORDER BY key");
        settings.Bind(1, groupNo);
        while (settings.Step())
            digest.AddSetting(new SettingRow(
                settings.Text(0), settings.Text(1), RowColumns.ReadOwnerFirst(settings, 2, ChainOf)));
    }

    private ChainId ChainOf(long number) => chains.Of(number).Chain;

    private LastWriterWins Order(Statement row, int column) => RowColumns.ReadOrder(row, column, ChainOf);

    private static int Compare(NodeId leftNode, string leftText, NodeId rightNode, string rightText)
    {
        var byNode = leftNode.CompareTo(rightNode);
        return byNode != 0 ? byNode : string.CompareOrdinal(leftText, rightText);
    }
}
