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
            (int)db.QuerySingle<long>("SELECT count(*) FROM signal_reports"),
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
        if (new SignalWeek(open, enrolled).Take(opened) != SignalGate.Counted) return false;
        var fleet = SignalWeek.FleetOf(SignalReport.Read(opened)!.Token);
        return await writer.OnWriterAsync(db => Keep(db, open, fleet, opened), cancellation);
    }

    /// <summary>
    /// Counts the weeks that are over: their totals are here, and their reports gone, when it returns. True where there
    /// was one.
    /// </summary>
    public async Task<bool> CountAsync(CancellationToken cancellation)
    {
        var now = Now();
        var over = Weeks().Where(w => SignalCalendar.ClosesAt(w) <= now).ToList();
        foreach (var week in over)
        {
            var sources = await writer.OnWriterAsync(db => Count(db, week, now), cancellation);
            NodeLog.WeekCounted(log, week, sources);
        }

        return over.Count > 0;
    }

    public void Dispose() => _starting.Dispose();

    /// <summary>The first word of a household counts, and nothing counts that comes after its week.</summary>
    private static bool Keep(SqliteConnection db, string week, string fleet, byte[] report)
    {
        db.Execute(
            """
            INSERT INTO signal_reports (week, fleet, report) SELECT @week, @fleet, @report
            WHERE EXISTS (SELECT 1 FROM signal_households WHERE fleet = @fleet)
                AND EXISTS (SELECT 1 FROM signal_aggregator)
                AND NOT EXISTS (SELECT 1 FROM signal_weeks WHERE week = @week)
            ON CONFLICT DO NOTHING
            """,
            new { week, fleet, report });
        return db.QuerySingle<long>(
            "SELECT count(*) FROM signal_reports WHERE week = @week AND fleet = @fleet", new { week, fleet }) > 0;
    }

    /// <summary>Within one transaction: how many households reported.</summary>
    private static int Count(SqliteConnection db, string week, long nowMs)
    {
        var raw = db.Query<(string Fleet, byte[] Report)>(
            "SELECT fleet, report FROM signal_reports WHERE week = @week", new { week }).ToList();
        var counting = new SignalWeek(week, raw.Select(r => r.Fleet).ToHashSet(StringComparer.Ordinal));
        var sources = raw.Count(r => counting.Take(r.Report) == SignalGate.Counted);
        var counted = counting.Close();
        if (sources >= K)
        {
            Add(db, SignalRow.PartName, week, counted.Rows);
            Add(db, HintObserved.PartName, week, counted.Hints);
        }

        db.Execute(
            "INSERT OR IGNORE INTO signal_weeks (week, sources, closed_ms) VALUES (@week, @sources, @nowMs)",
            new { week, sources, nowMs });
        db.Execute("DELETE FROM signal_reports WHERE week = @week", new { week });
        db.Execute(
            "DELETE FROM signal_totals WHERE week < @oldest", new { oldest = SignalCalendar.OldestTold(week) });
        return sources;
    }

    private static void Add(SqliteConnection db, string part, string week, IEnumerable<object> rows)
    {
        foreach (var line in EditionRows.Totals(part, K, rows))
            db.Execute(
                "INSERT OR IGNORE INTO signal_totals (part, week, line) VALUES (@part, @week, @line)",
                new { part, week, line });
    }

    private IReadOnlyList<string> Weeks()
    {
        using var db = database.OpenReader();
        return [.. db.Query<string>("SELECT DISTINCT week FROM signal_reports ORDER BY week")];
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
