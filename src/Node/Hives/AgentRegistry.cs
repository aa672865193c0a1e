using System.Security.Cryptography;
using Anarchive.Hives;
using Anarchive.Log;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>The agents of this node and the hashes of their API keys.</summary>
/// <remarks>
/// A key is the agent's id, a dot and 256 random bits. Only the SHA-256 of those bits is kept, and it is compared in
/// constant time. Rows are local: they never enter the log.
/// </remarks>
public sealed class AgentRegistry(Database database, LogWriter writer, NodeName name, TimeProvider time)
{
    private const int IdBytes = 10;
    private const int SecretBytes = 32;

    /// <summary>
    /// Registers an agent and returns its API key, which is shown once. Null agent: the name is refused.
    /// </summary>
    /// <remarks>Codes: bad_name, bad_url.</remarks>
    public async Task<(LocalAgent? Agent, string? ApiKey, Problem? Problem)> RegisterAsync(
        string name, string? avatar, CancellationToken cancellation)
    {
        var agent = new LocalAgent(NewId(), name.Trim(), string.IsNullOrEmpty(avatar) ? null : avatar);
        if (HiveDrafts.Check(agent) is { } bad) return (null, null, bad);
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        await writer.OnWriterAsync(db => Insert(db, agent, SHA256.HashData(secret), isOwner: false), cancellation);
        return (agent, $"{agent.Id}.{Base32.Encode(secret)}", null);
    }

    public int Count
    {
        get
        {
            using var db = database.OpenReader();
            return db.ExecuteScalar<int>("SELECT count(*) FROM agents");
        }
    }

    /// <summary>Null for an id this node never gave out.</summary>
    public LocalAgent? Find(string id)
    {
        using var db = database.OpenReader();
        return db.QuerySingleOrDefault<LocalAgent>("SELECT id, name, avatar FROM agents WHERE id = @id", new { id });
    }

    /// <summary>Null for anything that is not a key given out here.</summary>
    public LocalAgent? ByApiKey(string key)
    {
        var idLength = Base32.LengthFor(IdBytes);
        if (key.Length != idLength + 1 + Base32.LengthFor(SecretBytes) || key[idLength] != '.') return null;
        Span<byte> secret = stackalloc byte[SecretBytes];
        if (!Base32.TryDecode(key.AsSpan(idLength + 1), secret)) return null;
        using var db = database.OpenReader();
        var id = key[..idLength];
        var kept = db.QuerySingleOrDefault<byte[]>("SELECT key_hash FROM agents WHERE id = @id", new { id });
        if (kept is null || !CryptographicOperations.FixedTimeEquals(SHA256.HashData(secret), kept)) return null;
        return db.QuerySingle<LocalAgent>("SELECT id, name, avatar FROM agents WHERE id = @id", new { id });
    }

    /// <summary>Who the owner of this node writes as on its pages; made at first use.</summary>
    public async Task<LocalAgent> OwnerAsync(CancellationToken cancellation)
    {
        using (var db = database.OpenReader())
            if (FindOwner(db) is { } known) return known;
        var owner = new LocalAgent(NewId(), Line(name.Current, "owner"), null);
        // Two first visits at once meet on the writer, where only one of them inserts.
        return await writer.OnWriterAsync(
            db => FindOwner(db) ?? Insert(db, owner, keyHash: null, isOwner: true), cancellation);
    }

    /// <summary>
    /// Changes the owner's name from the next write on; a name that breaks the rules changes nothing.
    /// </summary>
    public async Task RenameOwnerAsync(string name, CancellationToken cancellation)
    {
        var renamed = (await OwnerAsync(cancellation)) with { Name = name.Trim() };
        if (HiveDrafts.Check(renamed) is not null) return;
        await writer.OnWriterAsync(
            db => db.Execute("UPDATE agents SET name = @Name WHERE id = @Id", renamed), cancellation);
    }

    /// <summary>Finds or makes the agent that stands for an author of imported text; it has no API key.</summary>
    public async Task<LocalAgent> ImportedAsync(string name, CancellationToken cancellation)
    {
        var agent = new LocalAgent(NewId(), Line(name, "unnamed"), null);
        return await writer.OnWriterAsync(
            db => FindImported(db, agent.Name) ?? Insert(db, agent, keyHash: null, isOwner: false), cancellation);
    }

    private static string Line(string name, string otherwise) =>
        HiveText.ToLine(name, HiveLimits.NameCharsMax) is { Length: > 0 } line ? line : otherwise;

    private static string NewId() => Base32.Encode(RandomNumberGenerator.GetBytes(IdBytes));

    private static LocalAgent? FindOwner(SqliteConnection db) =>
        db.QuerySingleOrDefault<LocalAgent>("SELECT id, name, avatar FROM agents WHERE is_owner = 1");

    private static LocalAgent? FindImported(SqliteConnection db, string name) =>
        db.QueryFirstOrDefault<LocalAgent>(
            "SELECT id, name, avatar FROM agents WHERE name = @name AND key_hash IS NULL AND is_owner = 0",
            new { name });

    private LocalAgent Insert(SqliteConnection db, LocalAgent agent, byte[]? keyHash, bool isOwner)
    {
        var createdMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        db.Execute(
            """
            INSERT INTO agents (id, name, avatar, key_hash, created_ms, is_owner)
            VALUES (@Id, @Name, @Avatar, @keyHash, @createdMs, @isOwner)
            """,
            new { agent.Id, agent.Name, agent.Avatar, keyHash, createdMs, isOwner });
        return agent;
    }
}
