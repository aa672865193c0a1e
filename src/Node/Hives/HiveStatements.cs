using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>The prepared statements behind every hive's rows, on the writer's handle.</summary>
internal sealed class HiveStatements : IDisposable
{
    private const string Target = "chain = ?1 AND seq = ?2 AND prefix = ?3";

    private readonly List<Statement> _all = [];
    private readonly Dictionary<NodeId, long> _origins = [];
    private readonly Database _database;
    private readonly Statement _addOrigin;

    public HiveStatements(Database database)
    {
        _database = database;
        FindItem = Add($"SELECT {RowColumns.Item} FROM hive_items WHERE {Target}");
        AddItem = Add($"INSERT INTO hive_items VALUES ({Places(19)})");
        PutItem = Add($"INSERT OR REPLACE INTO hive_items VALUES ({Places(19)})");
        Awaited = Add("SELECT chain, seq, prefix FROM hive_items WHERE group_no = ?1 AND kind = 0");
        AddVotes = Add($"UPDATE hive_items SET up = up + ?4, down = down + ?5 WHERE {Target}");
        FindEdits = Add($"SELECT by_chain, by_seq, hlc, fields FROM hive_edits WHERE {Target}");
        PutEdit = Add($"INSERT OR REPLACE INTO hive_edits VALUES ({Places(7)})");
        FindVote = Add(
            $"SELECT value, hlc, by_chain, by_seq FROM hive_votes WHERE {Target} AND origin = ?4 AND voter = ?5");
        AddVote = Add($"INSERT OR IGNORE INTO hive_votes VALUES ({Places(9)})");
        PutVote = Add($"INSERT OR REPLACE INTO hive_votes VALUES ({Places(9)})");
        FindTally = Add($"SELECT up, down, hlc, by_chain, by_seq FROM hive_tallies WHERE {Target} AND origin = ?4");
        PutTally = Add($"INSERT OR REPLACE INTO hive_tallies VALUES ({Places(9)})");
        const string Agent = "group_no = ?1 AND origin = ?2 AND agent = ?3";
        FindMember = Add($"SELECT joined, hlc, by_chain, by_seq FROM hive_members WHERE {Agent}");
        PutMember = Add($"INSERT OR REPLACE INTO hive_members VALUES ({Places(7)})");
        FindBan = Add($"SELECT banned, after, rank, hlc, by_chain, by_seq FROM hive_bans WHERE {Agent}");
        PutBan = Add($"INSERT OR REPLACE INTO hive_bans VALUES ({Places(9)})");
        RemoveBan = Add($"DELETE FROM hive_bans WHERE {Agent}");
        FindSetting = Add(
            "SELECT value, rank, hlc, by_chain, by_seq FROM hive_settings WHERE group_no = ?1 AND key = ?2");
        PutSetting = Add($"INSERT OR REPLACE INTO hive_settings VALUES ({Places(7)})");
        RemoveSetting = Add("DELETE FROM hive_settings WHERE group_no = ?1 AND key = ?2");
        Counts = Add("SELECT posts, comments FROM hive_counts WHERE group_no = ?1");
        PutCounts = Add("INSERT OR REPLACE INTO hive_counts VALUES (?1, ?2, ?3)");
        Acts = Add("SELECT chain, seq, rank FROM hive_acts WHERE group_no = ?1");
        FindAct = Add("SELECT rank FROM hive_acts WHERE group_no = ?1 AND chain = ?2 AND seq = ?3");
        PutAct = Add($"INSERT OR REPLACE INTO hive_acts VALUES ({Places(4)})");
        PutAgent = Add(
            """
            INSERT INTO hive_agents (origin, agent, name, avatar, hlc) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (origin, agent) DO UPDATE SET name = excluded.name, avatar = excluded.avatar, hlc = excluded.hlc
            WHERE excluded.hlc > hlc
            """);
        RemoveFromSearch = Add("DELETE FROM hive_search WHERE rowid = ?1");
        _addOrigin = Add("INSERT INTO hive_origins (no, node) VALUES (?1, ?2)");
        LoadOrigins();
    }

    public Statement FindItem { get; }

    /// <summary>Adds an item that has no row.</summary>
    public Statement AddItem { get; }

    public Statement PutItem { get; }

    public Statement Awaited { get; }

    public Statement AddVotes { get; }

    public Statement FindEdits { get; }

    public Statement PutEdit { get; }

    public Statement FindVote { get; }

    public Statement AddVote { get; }

    public Statement PutVote { get; }

    public Statement FindTally { get; }

    public Statement PutTally { get; }

    public Statement FindMember { get; }

    public Statement PutMember { get; }

    public Statement FindBan { get; }

    public Statement PutBan { get; }

    public Statement RemoveBan { get; }

    public Statement FindSetting { get; }

    public Statement PutSetting { get; }

    public Statement RemoveSetting { get; }

    public Statement Counts { get; }

    public Statement PutCounts { get; }

    public Statement Acts { get; }

    public Statement FindAct { get; }

    public Statement PutAct { get; }

    /// <summary>The name an agent last wrote under.</summary>
    public Statement PutAgent { get; }

    public Statement RemoveFromSearch { get; }

    /// <summary>The local number of a node that appears in rows; a new one is added.</summary>
    public long Origin(NodeId node)
    {
        if (_origins.TryGetValue(node, out var known)) return known;
        long number = _origins.Count + 1;
        Run(_addOrigin.Bind(1, number).Bind(2, node.Value));
        _origins.Add(node, number);
        return number;
    }

    /// <summary>Reads the local numbers again, after a rollback.</summary>
    public void Forget()
    {
        _origins.Clear();
        LoadOrigins();
    }

    /// <summary>Runs a writing statement inside the writer's transaction.</summary>
    public void Run(Statement statement) => _database.Write(statement);

    public void Dispose()
    {
        foreach (var statement in _all) statement.Dispose();
    }

    private void LoadOrigins()
    {
        using var rows = _database.Prepare("SELECT no, node FROM hive_origins");
        while (rows.Step()) _origins.Add(new NodeId(rows.Hash(1)), rows.Int64(0));
    }

    private static string Places(int count) =>
        string.Join(", ", Enumerable.Range(1, count).Select(n => $"?{n}"));

    private Statement Add(string sql)
    {
        var statement = _database.Prepare(sql);
        _all.Add(statement);
        return statement;
    }
}
