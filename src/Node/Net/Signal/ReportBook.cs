using Anarchive.Log;
using Anarchive.Net;
using Dapper;

namespace Anarchive.Node;

/// <summary>Whom this household reports to.</summary>
/// <param name="SentWeek">The last week whose report was taken; null before the first.</param>
public sealed record Reporting(SignalEnrolment Enrolment, long SinceMs, string? SentWeek);

/// <summary>What is kept for the next report, and for whom it is.</summary>
/// <remarks>
/// Off until the owner enters an aggregator's text and agrees. While it is off nothing is kept, and turning it off
/// deletes what waits. Whether an item may be spoken of is judged again as its report is sealed. Safe from any thread.
/// </remarks>
public sealed class ReportBook(Database database, LogWriter writer, ItemScopes scopes, TimeProvider time)
{
    private const string WatchedKey = "signal.watched";

    /// <summary>Null while reporting is off.</summary>
    public Reporting? Now()
    {
        using var db = database.OpenReader();
        var rows = db.Query<(byte[] Aggregator, byte[] Key, byte[] Token, long SinceMs, string? Sent)>(
            "SELECT aggregator, box_key, token, since_ms, sent_week FROM signal_reporting");
        return rows.Select(r => new Reporting(
                new SignalEnrolment(new NodeId(new Hash256(r.Aggregator)), r.Key, r.Token), r.SinceMs, r.Sent))
            .FirstOrDefault();
    }

    /// <summary>
    /// Turns reporting on, to the aggregator of a text, in place of one of before. Durable when it returns. Codes:
    /// bad_enrolment, own_aggregator, notice_required with <see cref="SignalReport.Label"/>.
    /// </summary>
    /// <param name="agrees">The owner was shown the label, and agrees.</param>
    public async Task<Problem?> JoinAsync(string text, bool agrees, CancellationToken cancellation)
    {
        if (SignalEnrolment.TryParse(text) is not { } enrolment
            || Sodium.SealBox([], enrolment.BoxKey.Span) is null)
            return new Problem("bad_enrolment", 400, "That is no enrolment text, or a part of it is missing.");
        if (enrolment.Aggregator == writer.Self)
            return new Problem("own_aggregator", 409, "This node made that text: it is for another household.");
        if (!agrees) return new Problem("notice_required", 409, SignalReport.Label);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        // What waits was for whoever counted before. The week that was sent stays: told again to the same aggregator
        // under another token, it would be counted as another household's.
        await writer.OnWriterAsync(
            db => db.Execute(
                """
                DELETE FROM meta WHERE key = @WatchedKey
                    AND NOT EXISTS (SELECT 1 FROM signal_reporting WHERE token = @Token);
                DELETE FROM signal_waiting WHERE NOT EXISTS (SELECT 1 FROM signal_reporting WHERE token = @Token);
                INSERT INTO signal_reporting (one, aggregator, box_key, token, since_ms)
                VALUES (1, @Aggregator, @Key, @Token, @now)
                ON CONFLICT (one) DO UPDATE SET
                    aggregator = @Aggregator, box_key = @Key, token = @Token, since_ms = @now
                """,
                new
                {
                    Aggregator = enrolment.Aggregator.Value.ToArray(),
                    Key = enrolment.BoxKey.ToArray(),
                    Token = enrolment.Token.ToArray(),
                    now,
                    WatchedKey,
                }),
            cancellation);
        return null;
    }

    /// <summary>True where what is watched here is noted for the report; off until the owner turns it on.</summary>
    public bool CountsWatched()
    {
        using var db = database.OpenReader();
        return db.QueryFirstOrDefault<long?>(
            "SELECT 1 FROM meta WHERE key = @WatchedKey AND EXISTS (SELECT 1 FROM signal_reporting)",
            new { WatchedKey }) is not null;
    }

    /// <summary>
    /// Notes for the report what is watched here, or no longer: then what waits of it goes too. Durable when it
    /// returns. Code: reporting_off.
    /// </summary>
    public async Task<Problem?> CountWatchedAsync(bool counts, CancellationToken cancellation) =>
        await writer.OnWriterAsync(
            db =>
            {
                if (db.QuerySingle<long>("SELECT count(*) FROM signal_reporting") == 0) return false;
                if (counts)
                    return db.Execute("INSERT OR REPLACE INTO meta (key, value) VALUES (@WatchedKey, 'on')",
                        new { WatchedKey }) > 0;
                db.Execute(
                    "DELETE FROM meta WHERE key = @WatchedKey; "
                    + "DELETE FROM signal_waiting WHERE is_hint = 0 AND what IN ('Finished', 'Rewatch')",
                    new { WatchedKey });
                return true;
            },
            cancellation)
            ? null
            : Off;

    /// <summary>Turns reporting off, and deletes what waits; false where it was off. Durable when it returns.</summary>
    public Task<bool> LeaveAsync(CancellationToken cancellation) => writer.OnWriterAsync(
        db =>
        {
            db.Execute("DELETE FROM signal_waiting; DELETE FROM meta WHERE key = @WatchedKey", new { WatchedKey });
            return db.Execute("DELETE FROM signal_reporting") > 0;
        },
        cancellation);

    /// <summary>What was done with a title; durable when it returns. Codes: as <see cref="KeepAsync"/>.</summary>
    public Task<Problem?> AddAsync(string key, SignalMetric metric, bool isOpen, CancellationToken cancellation) =>
        KeepAsync(key, metric.ToString(), isHint: false, isOpen, cancellation);

    /// <summary>How a public file's swarm is; durable when it returns. Codes: as <see cref="KeepAsync"/>.</summary>
    public Task<Problem?> AddAsync(string key, SwarmState state, bool isOpen, CancellationToken cancellation) =>
        KeepAsync(key, state.ToString(), isHint: true, isOpen, cancellation);

    /// <summary>Things that wait for their week's report, this week's among them.</summary>
    public int Waiting()
    {
        using var db = database.OpenReader();
        return (int)db.QuerySingle<long>("SELECT count(*) FROM signal_waiting");
    }

    /// <summary>Weeks that something waits for, the oldest first.</summary>
    internal IReadOnlyList<string> Weeks()
    {
        using var db = database.OpenReader();
        return [.. db.Query<string>("SELECT DISTINCT week FROM signal_waiting ORDER BY week")];
    }

    /// <summary>The report of a week; null where nothing of it may be told.</summary>
    internal SignalReport? Make(SignalEnrolment enrolment, string week)
    {
        using var db = database.OpenReader();
        var said = db.Query<(string Key, string What, long IsHint, long IsOpen)>(
                "SELECT key, what, is_hint, is_open FROM signal_waiting WHERE week = @week ORDER BY key, what",
                new { week })
            .Select(r => (Key: scopes.Disclose(r.Key, r.IsOpen != 0), r.What, IsHint: r.IsHint != 0))
            .Where(r => r.Key is not null).ToList();
        return SignalReport.Make(
            Convert.ToHexStringLower(enrolment.Token.Span), week,
            said.Where(s => !s.IsHint).Select(s => (s.Key!, Enum.Parse<SignalMetric>(s.What))),
            said.Where(s => s.IsHint).Select(s => (s.Key!, Enum.Parse<SwarmState>(s.What))));
    }

    /// <summary>A week's report was taken: what it said goes. Durable when it returns.</summary>
    internal Task SentAsync(SignalEnrolment enrolment, string week) => writer.OnWriterAsync(
        db =>
        {
            var token = enrolment.Token.ToArray();
            // Otherwise the owner chose another aggregator meanwhile, and what waits is for that one.
            var isTheirs = db.Execute(
                "UPDATE signal_reporting SET sent_week = @week WHERE token = @token", new { week, token }) > 0;
            if (isTheirs) db.Execute("DELETE FROM signal_waiting WHERE week <= @week", new { week });
            return isTheirs;
        },
        CancellationToken.None);

    /// <summary>Nothing of those items is reported; durable when it returns.</summary>
    internal Task ForgetAsync(IReadOnlyCollection<string> keys) => writer.OnWriterAsync(
        db => db.Execute("DELETE FROM signal_waiting WHERE key = @key", keys.Select(key => new { key })),
        CancellationToken.None);

    /// <summary>What waits for a week that nobody takes any more, or of which nothing may be told, goes.</summary>
    internal Task DropAsync(string week) => writer.OnWriterAsync(
        db => db.Execute("DELETE FROM signal_waiting WHERE week <= @week", new { week }), CancellationToken.None);

    /// <summary>
    /// Codes: reporting_off; net_schema for a key that no report may name; net_private for an item that nobody may hear
    /// of.
    /// </summary>
    private async Task<Problem?> KeepAsync(
        string text, string what, bool isHint, bool isOpen, CancellationToken cancellation)
    {
        if (Now() is null) return Off;
        if (!ContentKey.TryParse(text, out var key)
            || !(key.Form == KeyForm.Bt2 || (key.Form == KeyForm.Work && !isHint)))
            return new Problem(
                "net_schema", 400, "A report names works and public files by their bt2 key, and of swarms the latter.");
        if (scopes.Disclose(key.Text, isOpen) is null) return PartActs.Private;
        var week = SignalCalendar.WeekAt(time.GetUtcNow().ToUnixTimeMilliseconds());
        // Turned off in between: nothing is kept.
        var kept = await writer.OnWriterAsync(
            db =>
            {
                if (isHint)
                    db.Execute(
                        "DELETE FROM signal_waiting WHERE week = @week AND key = @Text AND is_hint = 1",
                        new { week, key.Text });
                db.Execute(
                    """
                    INSERT OR REPLACE INTO signal_waiting (week, key, what, is_hint, is_open)
                    SELECT @week, @Text, @what, @isHint, @isOpen WHERE EXISTS (SELECT 1 FROM signal_reporting)
                    """,
                    new { week, key.Text, what, isHint, isOpen });
                return db.QuerySingle<long>("SELECT count(*) FROM signal_reporting") > 0;
            },
            cancellation);
        return kept ? null : Off;
    }

    private static Problem Off { get; } = new(
        "reporting_off", 409, "This node reports to nobody: nothing is kept.");
}
