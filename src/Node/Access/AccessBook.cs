using System.Collections.Concurrent;
using Anarchive.Log;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>Who may come in: whether there is an owner, the browsers that are signed in, and the tokens.</summary>
/// <remarks>There is an owner once a passphrase is set. Safe from any thread.</remarks>
public sealed class AccessBook
{
    internal const string PassphraseKey = "access.passphrase";
    private const long DayMs = 24 * 3_600_000;

    // A household has a dozen browsers; whoever signs in again and again must not fill the table.
    private const int SessionsMax = 100;
    private const int TokensMax = 100;
    private const int NameCharsMax = 64;

    private readonly ConcurrentDictionary<Hash256, AccessSession> _sessions = new();
    private readonly ConcurrentDictionary<Hash256, AccessToken> _tokens = new();
    private readonly LogWriter _writer;
    private readonly TimeProvider _time;
    private volatile string? _passphrase;
    private volatile TaskCompletionSource _unowned = Ending();

    public AccessBook(Database database, LogWriter writer, TimeProvider time)
    {
        (_writer, _time) = (writer, time);
        using var db = database.OpenReader();
        _passphrase = db.QuerySingleOrDefault<string>(
            "SELECT value FROM meta WHERE key = @PassphraseKey", new { PassphraseKey });
        foreach (var row in db.Query<(byte[] Hash, string Browser, string Address, long SinceMs, long UsedDay)>(
            "SELECT hash, browser, address, since_ms, used_day FROM access_sessions"))
        {
            var hash = new Hash256(row.Hash);
            _sessions[hash] = new AccessSession(hash, row.Browser, row.Address, row.SinceMs, row.UsedDay);
        }

        foreach (var row in db.Query<(byte[] Hash, string Name, long Scope, long MadeMs, long? UsedDay)>(
            "SELECT hash, name, scope, made_ms, used_day FROM access_tokens"))
        {
            var hash = new Hash256(row.Hash);
            _tokens[hash] = new AccessToken(hash, row.Name, (AccessScope)row.Scope, row.MadeMs, row.UsedDay);
        }
    }

    public static Problem OwnerExists { get; } = new(
        "owner_exists", 409, "This node has an owner. Who forgot the passphrase runs: anarchive access reset");

    public static Problem NoOwner { get; } =
        new("no_owner", 409, "This node has no owner yet: no passphrase is set.");

    public static Problem WrongPassphrase { get; } =
        new("wrong_passphrase", 401, "This is not the passphrase of this node.");

    /// <summary>True once a passphrase is set: nobody comes in without a session or a token.</summary>
    public bool HasOwner => _passphrase is not null;

    /// <summary>Done once there is an owner, for what was let in before.</summary>
    public Task Unowned => _unowned.Task;

    /// <summary>Those in force, the latest first.</summary>
    public IReadOnlyList<AccessSession> Sessions =>
        [.. _sessions.Values.Where(s => s.ExpiresMs > Now()).OrderByDescending(s => s.SinceMs).ThenBy(s => s.Id)];

    public IReadOnlyList<AccessToken> Tokens => [.. _tokens.Values.OrderBy(t => t.Name, StringComparer.Ordinal)];

    /// <summary>Sets the first passphrase, once; durable when it returns.</summary>
    /// <remarks>Codes: owner_exists, too_many_attempts; the passphrase itself was checked.</remarks>
    /// <param name="also">What else is kept in the same moment.</param>
    public async Task<Problem?> FoundAsync(string passphrase, Action<SqliteConnection>? also = null)
    {
        if (HasOwner) return OwnerExists;
        if (await OwnerPassphrase.HashAsync(passphrase) is not { } kept) return OwnerPassphrase.Busy;
        // Two who come first at once meet on the writer, where only one of them is the owner.
        var isFirst = await KeepAsync(db =>
        {
            if (db.Execute(
                "INSERT OR IGNORE INTO meta (key, value) VALUES (@PassphraseKey, @kept)",
                new { PassphraseKey, kept }) == 0)
                return false;
            SignOut(db, null);
            also?.Invoke(db);
            return true;
        });
        if (!isFirst) return OwnerExists;
        _passphrase = kept;
        await EndOthersAsync(null);
        _unowned.TrySetResult();
        return null;
    }

    /// <summary>Signs a browser in with the passphrase; the secret is for its cookie and kept nowhere.</summary>
    /// <remarks>Codes: no_owner, wrong_passphrase, too_many_attempts.</remarks>
    public async Task<(AccessSession? Session, string? Secret, Problem? Problem)> SignInAsync(
        string passphrase, string browser, string address)
    {
        for (var looks = 0; looks < 2; looks++)
        {
            var (kept, refused) = await LookAsync(passphrase);
            if (refused is not null) return (null, null, refused);
            var (session, secret) = await OpenAsync(browser, address);
            if (ReferenceEquals(kept, _passphrase)) return (session, secret, null);
            // What is kept was replaced meanwhile: by another passphrase, or by another spelling of the same.
            await EndAsync(session);
        }

        return (null, null, WrongPassphrase);
    }

    /// <summary>Whether it is the owner's; takes the same time for any other.</summary>
    public async Task<Problem?> VerifyAsync(string passphrase) => (await LookAsync(passphrase)).Problem;

    /// <summary>Whether it is the owner's; with what is kept of it from then on.</summary>
    private async Task<(string? Kept, Problem? Problem)> LookAsync(string passphrase)
    {
        if (_passphrase is not { } kept) return (null, NoOwner);
        return await OwnerPassphrase.IsAsync(kept, passphrase) switch
        {
            PassphraseMatch.Prepared => (kept, null),
            PassphraseMatch.AsTyped => (await PreparedAsync(kept, passphrase), null),
            PassphraseMatch.None => (null, WrongPassphrase),
            _ => (null, OwnerPassphrase.Busy),
        };
    }

    /// <summary>Keeps a passphrase so that every spelling of it serves, unless it was changed meanwhile.</summary>
    private async Task<string> PreparedAsync(string kept, string passphrase)
    {
        // With many waiting it stays as it is: the next time is as good.
        if (await OwnerPassphrase.HashAsync(passphrase) is not { } prepared) return kept;
        var isSame = await KeepAsync(db => db.Execute(
            "UPDATE meta SET value = @prepared WHERE key = @PassphraseKey AND value = @kept",
            new { PassphraseKey, prepared, kept }) > 0);
        if (!isSame) return kept;
        Interlocked.CompareExchange(ref _passphrase, prepared, kept);
        return prepared;
    }

    /// <summary>Sets another passphrase, and signs out every session but one; durable when it returns.</summary>
    public async Task<Problem?> ChangeAsync(string passphrase, AccessSession? stays)
    {
        if (!HasOwner) return NoOwner;
        if (await OwnerPassphrase.HashAsync(passphrase) is not { } kept) return OwnerPassphrase.Busy;
        var isChanged = await KeepAsync(db =>
        {
            if (db.Execute(
                "UPDATE meta SET value = @kept WHERE key = @PassphraseKey", new { PassphraseKey, kept }) == 0)
                return false;
            SignOut(db, stays);
            return true;
        });
        if (!isChanged) return NoOwner;
        _passphrase = kept;
        await EndOthersAsync(stays);
        return null;
    }

    /// <summary>There is no owner any more, and no session: this machine alone is served. Tokens stay.</summary>
    public async Task ResetAsync()
    {
        await KeepAsync(db =>
        {
            SignOut(db, null);
            return db.Execute("DELETE FROM meta WHERE key = @PassphraseKey", new { PassphraseKey });
        });
        if (_unowned.Task.IsCompleted) _unowned = Ending();
        _passphrase = null;
        await EndOthersAsync(null);
    }

    /// <summary>Signs the browser in that set the passphrase.</summary>
    public async Task<(AccessSession Session, string Secret)> OpenAsync(string browser, string address)
    {
        foreach (var old in Sessions.Skip(SessionsMax - 1)) await EndAsync(old);
        var secret = AccessPass.Make(AccessSession.Prefix);
        var session = new AccessSession(
            AccessPass.HashOf(secret, AccessSession.Prefix)!.Value, browser, address, Now(), Today());
        await KeepAsync(db =>
        {
            // Those that expired leave with the next that comes.
            db.Execute(
                "DELETE FROM access_sessions WHERE since_ms <= @Expired",
                new { Expired = Now() - AccessSession.LifetimeMs });
            return db.Execute(
                """
                INSERT INTO access_sessions (hash, browser, address, since_ms, used_day)
                VALUES (@Hash, @Browser, @Address, @SinceMs, @UsedDay)
                """,
                new
                {
                    Hash = session.Hash.ToArray(),
                    session.Browser,
                    session.Address,
                    session.SinceMs,
                    session.UsedDay,
                });
        });
        foreach (var (hash, old) in _sessions)
            if (old.ExpiresMs <= Now() && _sessions.TryRemove(hash, out _)) old.End();
        _sessions[session.Hash] = session;
        return (session, secret);
    }

    /// <summary>The session of a cookie, while it is in force.</summary>
    public AccessSession? Session(string? secret) =>
        AccessPass.HashOf(secret, AccessSession.Prefix) is { } hash && _sessions.TryGetValue(hash, out var session)
        && session.ExpiresMs > Now()
            ? session
            : null;

    public AccessToken? Token(string? text) =>
        AccessPass.HashOf(text, AccessToken.Prefix) is { } hash ? _tokens.GetValueOrDefault(hash) : null;

    /// <summary>Notes that it was used today; durable when it returns.</summary>
    public Task UsedAsync(AccessPass pass)
    {
        var today = Today();
        switch (pass)
        {
            case AccessSession session when session.UsedDay < today:
                // One that ends meanwhile stays away.
                if (!_sessions.TryUpdate(session.Hash, session with { UsedDay = today }, session))
                    return Task.CompletedTask;
                return KeepAsync(db => db.Execute(
                    "UPDATE access_sessions SET used_day = @today WHERE hash = @Hash",
                    new { today, Hash = session.Hash.ToArray() }));
            case AccessToken token when (token.UsedDay ?? 0) < today:
                if (!_tokens.TryUpdate(token.Hash, token with { UsedDay = today }, token)) return Task.CompletedTask;
                return KeepAsync(db => db.Execute(
                    "UPDATE access_tokens SET used_day = @today WHERE hash = @Hash",
                    new { today, Hash = token.Hash.ToArray() }));
            default:
                return Task.CompletedTask;
        }
    }

    /// <summary>Signs a browser out; durable when it returns.</summary>
    public async Task EndAsync(AccessSession session)
    {
        if (_sessions.TryRemove(session.Hash, out var ended)) ended.End();
        await KeepAsync(db => db.Execute(
            "DELETE FROM access_sessions WHERE hash = @Hash", new { Hash = session.Hash.ToArray() }));
    }

    /// <summary>Signs every browser out but one; durable when it returns.</summary>
    public async Task EndOthersAsync(AccessSession? stays)
    {
        foreach (var session in _sessions.Values.Where(s => s.Hash != stays?.Hash)) await EndAsync(session);
    }

    /// <summary>A fresh token with its text, which is shown this once.</summary>
    /// <remarks>Codes: bad_name, bad_scope, name_taken, too_many_tokens.</remarks>
    public async Task<((AccessToken Token, string Text)? Made, Problem? Problem)> MakeTokenAsync(
        string name, string? scope)
    {
        name = name.Trim();
        if (name.Length is 0 or > NameCharsMax || name.Any(char.IsControl))
            return (null, new Problem("bad_name", 400, "A name has 1 to 64 characters on one line."));
        if (!AccessScopes.TryParse(scope, out var parsed))
            return (null, new Problem("bad_scope", 400, "A token's scope is " + AccessScopes.Rule + "."));
        if (_tokens.Count >= TokensMax)
            return (null, new Problem("too_many_tokens", 409, "There are 100 tokens: revoke some first."));
        var text = AccessPass.Make(AccessToken.Prefix);
        var token = new AccessToken(AccessPass.HashOf(text, AccessToken.Prefix)!.Value, name, parsed, Now(), null);
        var isNew = await KeepAsync(db => db.Execute(
            """
            INSERT OR IGNORE INTO access_tokens (hash, name, scope, made_ms) VALUES (@Hash, @Name, @Scope, @MadeMs)
            """,
            new { Hash = token.Hash.ToArray(), token.Name, Scope = (int)token.Scope, token.MadeMs }) > 0);
        if (!isNew) return (null, new Problem("name_taken", 409, "A token of that name is there already."));
        _tokens[token.Hash] = token;
        return ((token, text), null);
    }

    /// <summary>Ends a token, by its name or id; durable when it returns. False where there is none.</summary>
    public async Task<bool> RevokeAsync(string named)
    {
        if (Tokens.FirstOrDefault(t => t.Name == named || t.Id == named) is not { } token) return false;
        if (_tokens.TryRemove(token.Hash, out var ended)) ended.End();
        await KeepAsync(db => db.Execute(
            "DELETE FROM access_tokens WHERE hash = @Hash", new { Hash = token.Hash.ToArray() }));
        return true;
    }

    /// <summary>In the moment in which the passphrase changes: a crash leaves nobody in under another one.</summary>
    private static void SignOut(SqliteConnection db, AccessSession? stays) => db.Execute(
        "DELETE FROM access_sessions WHERE hash IS NOT @Stays", new { Stays = stays?.Hash.ToArray() });

    /// <summary>What was decided goes to disk, whether or not whoever asked still waits for it.</summary>
    private Task<T> KeepAsync<T>(Func<SqliteConnection, T> work) =>
        _writer.OnWriterAsync(work, CancellationToken.None);

    private static TaskCompletionSource Ending() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private long Today() => Now() / DayMs;
}
