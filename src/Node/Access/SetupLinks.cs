using Dapper;

namespace Anarchive.Node;

/// <summary>What became of a link for the first run.</summary>
/// <param name="UsedMs">When it was used; null where it was not.</param>
public sealed record SetupLink(long MadeMs, long? UsedMs)
{
    public const long LifetimeMs = 30 * 60_000;

    public long ExpiresMs => MadeMs + LifetimeMs;
}

/// <summary>
/// Links that let one browser, from any address, become this node's owner while there is none: each once, and for half
/// an hour.
/// </summary>
/// <remarks>Safe from any thread.</remarks>
public sealed class SetupLinks(Database database, LogWriter writer, AccessBook book, TimeProvider time)
{
    // So that a link of this week that comes back can be told when it was used, and no more.
    private const long RememberedMs = 7L * 24 * 3_600_000;

    /// <summary>A fresh link's secret; null where there is an owner, who needs none.</summary>
    public async Task<(string Secret, SetupLink Link)?> MakeAsync(CancellationToken cancellation)
    {
        if (book.HasOwner) return null;
        var secret = AccessPass.Make("");
        var link = new SetupLink(Now(), null);
        var hash = AccessPass.HashOf(secret, "")!.Value.ToArray();
        await writer.OnWriterAsync(
            db =>
            {
                db.Execute("DELETE FROM access_links WHERE made_ms < @Past", new { Past = Now() - RememberedMs });
                return db.Execute(
                    "INSERT INTO access_links (hash, made_ms) VALUES (@hash, @MadeMs)", new { hash, link.MadeMs });
            },
            cancellation);
        return (secret, link);
    }

    /// <summary>Null for a link this node never made, or has forgotten.</summary>
    public SetupLink? Find(string? secret)
    {
        if (AccessPass.HashOf(secret, "") is not { } hash) return null;
        using var db = database.OpenReader();
        var row = db.QuerySingleOrDefault<(long MadeMs, long? UsedMs)?>(
            "SELECT made_ms, used_ms FROM access_links WHERE hash = @Hash", new { Hash = hash.ToArray() });
        return row is var (madeMs, usedMs) ? new SetupLink(madeMs, usedMs) : null;
    }

    /// <summary>True while a link can be used.</summary>
    public bool IsOpen(SetupLink link) => link.UsedMs is null && Now() < link.ExpiresMs && !book.HasOwner;

    /// <summary>Uses a link up and sets the first passphrase. Where that is refused the link stays good.</summary>
    /// <remarks>Codes: link_used, owner_exists, too_many_attempts.</remarks>
    public async Task<Problem?> UseAsync(string secret, string passphrase)
    {
        if (Find(secret) is not { } link || !IsOpen(link)) return Spent;
        return await book.FoundAsync(passphrase, db => db.Execute(
            "UPDATE access_links SET used_ms = @Now WHERE hash = @Hash",
            new { Now = Now(), Hash = AccessPass.HashOf(secret, "")!.Value.ToArray() }));
    }

    public static Problem Spent { get; } =
        new("link_used", 410, "This setup link was used, has expired, or is none of this node's.");

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
