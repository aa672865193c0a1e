using System.Globalization;
using System.Security.Cryptography;
using Dapper;

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

    private readonly DataDirectory _directory;
    private readonly LogWriter _writer;
    private readonly HiveQueries _hives;
    private readonly PeerBook _peers;
    private readonly RingBook _rings;
    private readonly Volumes _volumes;
    private readonly TimeProvider _time;
    private volatile bool _isTouched;
    private volatile string? _done;
    private volatile string? _asked;
    private volatile string? _saved;

    public FirstRun(
        DataDirectory directory, Database database, LogWriter writer, HiveQueries hives, PeerBook peers,
        RingBook rings, Volumes volumes, TimeProvider time)
    {
        (_directory, _writer, _hives, _peers, _rings) = (directory, writer, hives, peers, rings);
        (_volumes, _time) = (volumes, time);
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
            _isTouched = _peers.All.Count > 0 || _rings.All.Count > 0 || _volumes.All.Count > 0
                || _hives.Hives().Count > 0;
            return !_isTouched;
        }
    }

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
