using Anarchive.Net;
using Anarchive.Rings;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>What an aggregator's owner is shown of it.</summary>
/// <param name="SinceMs">Unix milliseconds; null where this node counts nobody.</param>
/// <param name="OpenWeek">The week whose reports are taken now; null from Thursday to Sunday.</param>
/// <param name="Reports">Households whose report of an uncounted week is here.</param>
/// <param name="CountedWeek">The last week that was counted; null before the first.</param>
/// <param name="CountedSources">Households that reported it.</param>
public sealed record AggregatorView(
    long? SinceMs, string? OpenWeek, int Reports, string? CountedWeek, int? CountedSources);

/// <summary>Takes households' sealed reports, and counts each week once.</summary>
/// <remarks>
/// A report is here from the moment that it is acknowledged until its week is counted. Counting is one transaction:
/// totals come, and reports go, so that a crash at any point neither loses a week nor counts one twice. Safe from any
/// thread.
/// </remarks>
public sealed class Aggregator(
    Database database, LogWriter writer, SignalBox box, Households households, TotalsBook totals, TimeProvider time,
    ILogger<Aggregator> log) : IDisposable
{
    /// <summary>Fleets that a published total stands for at least.</summary>
    internal const int K = SignalWeek.FleetsMin;

    /// <summary>What a friend is answered, and passes on, where a report does not count.</summary>
    internal const string Refused = "report_refused";

    private readonly SemaphoreSlim _starting = new(1);

    /// <summary>Since when this node counts, Unix milliseconds; null where it does not.</summary>
    public long? SinceMs
    {
        get
        {
            using var db = database.OpenReader();
            return db.QuerySingleOrDefault<long?>("SELECT since_ms FROM signal_aggregator");
        }
    }

    /// <summary>Begins to count, and founds the groups that totals are published in; durable when it returns.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await _starting.WaitAsync(cancellation);
        try
        {
            foreach (var part in NetApp.NetworkParts)
                if (totals.Own(part) is null)
                    await writer.FoundAsync(
                        PartNaming.Genesis(part, NetworkRing.Name, writer.Statements), NetApp.GroupKind,
                        NetworkRing.Name, cancellation);
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            await writer.OnWriterAsync(
                db => db.Execute(
                    "INSERT OR IGNORE INTO signal_aggregator (one, since_ms) VALUES (1, @now)", new { now }),
                cancellation);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>
    /// Takes no more reports, and deletes those that were not counted; what was published stays. False where this node
    /// does not count. Durable when it returns.
    /// </summary>
    public Task<bool> StopAsync(CancellationToken cancellation) => writer.OnWriterAsync(
        db =>
        {
            db.Execute("DELETE FROM signal_reports");
            return db.Execute("DELETE FROM signal_aggregator") > 0;
        },
        cancellation);

    public AggregatorView View()
    {
        using var db = database.OpenReader();
        var counted = db.Query<(string Week, long Sources)>(
            "SELECT week, sources FROM signal_weeks ORDER BY week DESC LIMIT 1").ToList();
        return new AggregatorView(
            SinceMs, SignalCalendar.OpenAt(Now()),
            (int)db.QuerySingle<long>("SELECT count(*) FROM (SELECT DISTINCT week, fleet FROM signal_reports)"),
            counted.Select(c => c.Week).FirstOrDefault(), counted.Select(c => (int?)c.Sources).FirstOrDefault());
    }

    /// <summary>
    /// Takes a box in. True once its report is durable, also where that household's was before; false for anything that
    /// does not count.
    /// </summary>
    public async Task<bool> TakeAsync(ReadOnlyMemory<byte> sealedReport, CancellationToken cancellation)
    {
        if (SinceMs is null || SignalCalendar.OpenAt(Now()) is not { } open) return false;
        if (box.Open(sealedReport.Span) is not { } opened) return false;
        var enrolled = households.All().Select(h => h.Fleet).ToHashSet(StringComparer.Ordinal);
        // Without its token: whoever had that could speak as the household.
        if (SignalWeek.Take(opened, open, enrolled, out var votes) != SignalGate.Counted) return false;
        return await writer.OnWriterAsync(db => Keep(db, open, votes), cancellation);
    }

    /// <summary>Counts weeks that are over: totals are here, and reports gone, when it returns.</summary>
    public async Task CountAsync(IReadOnlyList<string> over, CancellationToken cancellation)
    {
        var now = Now();
        foreach (var week in over)
        {
            var sources = await writer.OnWriterAsync(db => Count(db, week, now), cancellation);
            NodeLog.WeekCounted(log, week, sources);
        }
    }

    public void Dispose() => _starting.Dispose();

    /// <summary>The first word of a household counts, and nothing counts that comes after its week.</summary>
    private static bool Keep(SqliteConnection db, string week, IReadOnlyList<SignalVote> votes)
    {
        var fleet = votes[0].Fleet;
        if (IsHere(db, week, fleet)) return true;
        db.Execute(
            """
            INSERT INTO signal_reports (week, fleet, key, what, is_hint) SELECT @week, @fleet, @Key, @What, @IsHint
            WHERE EXISTS (SELECT 1 FROM signal_households WHERE fleet = @fleet)
                AND EXISTS (SELECT 1 FROM signal_aggregator)
                AND NOT EXISTS (SELECT 1 FROM signal_weeks WHERE week = @week)
            """,
            votes.Select(v => new
            {
                week,
                fleet,
                Key = v.Item?.Key ?? v.Hint!.Key,
                What = v.Item?.Metric.ToString() ?? v.Hint!.State.ToString(),
                IsHint = v.Item is null,
            }));
        return IsHere(db, week, fleet);
    }

    private static bool IsHere(SqliteConnection db, string week, string fleet) => db.QuerySingle<long>(
        "SELECT EXISTS (SELECT 1 FROM signal_reports WHERE week = @week AND fleet = @fleet)",
        new { week, fleet }) > 0;

    /// <summary>Within one transaction: how many households reported.</summary>
    private static int Count(SqliteConnection db, string week, long nowMs)
    {
        var votes = db.Query<(string Fleet, string Key, string What, long IsHint)>(
                "SELECT fleet, key, what, is_hint FROM signal_reports WHERE week = @week", new { week })
            .Select(r => r.IsHint != 0
                ? new SignalVote(r.Fleet, null, new SignalHint(r.Key, Enum.Parse<SwarmState>(r.What)))
                : new SignalVote(r.Fleet, new SignalItem(r.Key, Enum.Parse<SignalMetric>(r.What)), null))
            .ToList();
        var sources = votes.Select(v => v.Fleet).Distinct().Count();
        var counted = SignalWeek.Count(week, votes);
        if (sources >= K)
        {
            Add(db, SignalRow.PartName, week, counted.Rows);
            Add(db, HintObserved.PartName, week, counted.Hints);
            // Only now: rows that go with a week of four would tell of it.
            db.Execute(
                "DELETE FROM signal_totals WHERE week < @oldest", new { oldest = SignalCalendar.OldestTold(week) });
        }

        db.Execute(
            "INSERT OR IGNORE INTO signal_weeks (week, sources, closed_ms) VALUES (@week, @sources, @nowMs)",
            new { week, sources, nowMs });
        db.Execute("DELETE FROM signal_reports WHERE week = @week", new { week });
        return sources;
    }

    private static void Add(SqliteConnection db, string part, string week, IEnumerable<object> rows)
    {
        foreach (var line in EditionRows.Totals(part, K, rows))
            db.Execute(
                "INSERT OR IGNORE INTO signal_totals (part, week, line) VALUES (@part, @week, @line)",
                new { part, week, line });
    }

    /// <summary>Weeks that are over, and whose reports are not counted.</summary>
    public IReadOnlyList<string> Over()
    {
        var now = Now();
        using var db = database.OpenReader();
        return
        [
            .. db.Query<string>("SELECT DISTINCT week FROM signal_reports ORDER BY week")
                .Where(w => SignalCalendar.ClosesAt(w) <= now),
        ];
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
