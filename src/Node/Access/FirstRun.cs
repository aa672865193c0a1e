using System.Globalization;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>Whether this node's owner has begun, and has put the recovery key in a safe place.</summary>
/// <remarks>Safe from any thread.</remarks>
public sealed class FirstRun
{
    /// <summary>What needs the owner, where the recovery key was never saved.</summary>
    public const string ReminderCode = "recovery_key_unsaved";

    private const string DoneKey = "first_run.done_ms";
    private const string AskedKey = "recovery_key.asked_ms";
    private const string SavedKey = "recovery_key.saved";
    private const long WeekMs = 7L * 24 * 3_600_000;

    // What a node has of its own once somebody has done something with it.
    private static readonly string[] Tables =
        ["groups", "hive_names", "peers", "paired_nodes", "store_volumes", "hub_nodes"];

    private readonly DataDirectory _directory;
    private readonly Database _database;
    private readonly LogWriter _writer;
    private readonly TimeProvider _time;
    private volatile bool _isTouched;
    private volatile string? _done;
    private volatile string? _asked;
    private volatile string? _saved;

    public FirstRun(DataDirectory directory, Database database, LogWriter writer, TimeProvider time)
    {
        (_directory, _database, _writer, _time) = (directory, database, writer, time);
        using var db = database.OpenReader();
        var kept = db.Query<(string Key, string Value)>(
            "SELECT key, value FROM meta WHERE key IN @Keys", new { Keys = new[] { DoneKey, AskedKey, SavedKey } })
            .ToDictionary();
        _done = kept.GetValueOrDefault(DoneKey);
        _asked = kept.GetValueOrDefault(AskedKey);
        _saved = kept.GetValueOrDefault(SavedKey);
    }

    public static Problem KeyElsewhere { get; } = new(
        "recovery_key_missing", 409, "The recovery key does not lie here any more: it was moved to a safe place.");

    /// <summary>True while nothing was done with this node, and the first run was neither ended nor skipped.</summary>
    public bool IsUntouched
    {
        get
        {
            if (_done is not null || _isTouched) return false;
            using var db = _database.OpenReader();
            _isTouched = !IsUntouchedIn(db);
            return !_isTouched;
        }
    }

    /// <summary><see cref="IsUntouched"/> of a database that no node runs on.</summary>
    internal static bool IsUntouchedIn(SqliteConnection db) =>
        db.QuerySingle<long>("SELECT count(*) FROM meta WHERE key = @DoneKey", new { DoneKey }) == 0
        && Tables.All(table => db.QuerySingle<long>($"SELECT EXISTS (SELECT 1 FROM {table})") == 0);

    /// <summary>The first run is over; durable when it returns.</summary>
    public async Task EndAsync()
    {
        if (_done is not null) return;
        await KeepAsync(DoneKey, _done = Text(Now()));
    }

    /// <summary>True where the recovery key lies beside the node's key, and no copy was made of this one.</summary>
    public bool IsKeyUnsaved => Read() is { } file && Digest(file) != _saved;

    /// <summary>
    /// True a week after the owner was first asked to save the recovery key, until it was saved or moved away.
    /// </summary>
    public bool IsReminderDue
    {
        get
        {
            if (_asked is null)
            {
                Ask();
                return false;
            }

            return long.TryParse(_asked, NumberStyles.None, CultureInfo.InvariantCulture, out var asked)
                && Now() - asked >= WeekMs && IsKeyUnsaved;
        }
    }

    /// <summary>The owner is asked now, from when the week counts, unless that was before.</summary>
    public void Ask()
    {
        // Were the process to end before this is kept, the week would begin at the next time of asking.
        if (_asked is null) _ = KeepAsync(AskedKey, _asked = Text(Now()));
    }

    /// <summary>The recovery key's file, which counts as saved from now on; null where it lies elsewhere.</summary>
    public async Task<byte[]?> SaveKeyAsync()
    {
        if (Read() is not { } file) return null;
        await KeepAsync(SavedKey, _saved = Digest(file));
        return file;
    }

    private byte[]? Read()
    {
        try
        {
            return File.ReadAllBytes(_directory.RecoveryKeyPath);
        }
        catch (IOException)
        {
            // Moved away, as its owner should.
            return null;
        }
    }

    private static string Digest(byte[] file) => Convert.ToHexStringLower(SHA256.HashData(file));

    private Task<int> KeepAsync(string key, string value) => _writer.OnWriterAsync(
        db => db.Execute("INSERT OR REPLACE INTO meta (key, value) VALUES (@key, @value)", new { key, value }),
        CancellationToken.None);

    private static string Text(long ms) => ms.ToString(CultureInfo.InvariantCulture);

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
