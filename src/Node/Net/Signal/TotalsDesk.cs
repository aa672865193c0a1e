using Anarchive.Log;
using Anarchive.Net;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Publishes what this node counted as editions of its network groups.</summary>
/// <remarks>
/// An edition's rows are those counted in the last year, as the database has them; so whatever a crash left undone, the
/// next look does. Belongs to one loop.
/// </remarks>
public sealed class TotalsDesk(
    Database database, LogWriter writer, IEventReader reader, TotalsBook totals, BlobShelf shelf, EditionKeeper keeper,
    DataDirectory directory, TimeProvider time, ILogger<TotalsDesk> log)
{
    private readonly PartEditionFiles _files = new(Path.Combine(directory.Root, "part-editions"));

    /// <summary>Publishes what no edition tells yet. False where the log refused it: to be tried again.</summary>
    /// <exception cref="CarrierException"><c>no_room</c></exception>
    public async Task<bool> PublishAsync(CancellationToken cancellation)
    {
        var all = true;
        foreach (var part in NetApp.NetworkParts)
        {
            if (totals.Own(part) is not { } own) continue;
            try
            {
                await PublishAsync(own.Group, part, cancellation);
            }
            catch (LogRefusedException refused)
            {
                NodeLog.ObservationsWait(log, part, refused.Refusal);
                all = false;
            }
        }

        return all;
    }

    private async Task PublishAsync(GroupId group, string part, CancellationToken cancellation)
    {
        var (made, fault) = await Task.Run(() => Make(group, part), cancellation);
        if (fault is not null) NodeLog.TotalsNotPublished(log, part, fault);
        if (made is null) return;
        await shelf.PutAsync(
            made.File.Torrent, made.File.Path, new Hash256(Convert.FromHexString(made.Manifest.File.Sha256)),
            cancellation);
        // From here on it is published: what is begun is finished.
        var written = await writer.WriteAsync(
            group, [new Draft(NetApp.PartEditionPublished, made.Payload, [])], CancellationToken.None);
        var id = reader.Find(group, written[0].Position)!.Header.Id;
        await ImportAsync(group, new CheckedPartEdition(id, made.Manifest, made.Payload, made.File.Path));
        // The shelf has it now.
        foreach (var name in _files.Names(group)) _files.Delete(group, name);
        await keeper.TidyAsync(group, null, CancellationToken.None);
        NodeLog.EditionPublished(log, made.Manifest.Seq, part, made.Manifest.File.Rows);
    }

    private async Task ImportAsync(GroupId group, CheckedPartEdition edition)
    {
        var now = NowHours();
        await writer.OnWriterAsync(
            db => EditionImport.Run(db, edition, NetEditionRows.Held(db, group), now), CancellationToken.None);
    }

    private (MadeEdition? Made, string? Fault) Make(GroupId group, string part)
    {
        using var db = database.OpenReader();
        if (Counted(db) is not var (week, sources)) return default;
        var rows = Rows(db, part, week);
        var before = Before(db, group);
        if (rows.Count == 0 && before is null) return default;
        // Rounded as its rows are: the exact number shows one household more or less.
        var order = new EditionOrder(
            part, group, EditionRing.Network, writer.Self, [], Aggregator.K, SignalWeek.RoundedDown(sources)!.Value,
            NowHours(), before);
        return (new EditionMaker(_files).Make(order, rows, out var fault), fault);
    }

    /// <summary>The newest week that enough households reported, and how many did.</summary>
    private static (string Week, int Sources)? Counted(SqliteConnection db) =>
        db.Query<(string Week, long Sources)>(
                "SELECT week, sources FROM signal_weeks WHERE sources >= @K ORDER BY week DESC LIMIT 1",
                new { Aggregator.K })
            .Select(r => ((string, int)?)(r.Week, (int)r.Sources)).FirstOrDefault();

    private static IReadOnlyList<byte[]> Rows(SqliteConnection db, string part, string week)
    {
        var rules = new RowRules(part, EditionForm.Totals, [], Aggregator.K);
        var lines = db.Query<byte[]>(
            "SELECT line FROM signal_totals WHERE part = @part AND week >= @oldest",
            new { part, oldest = SignalCalendar.OldestTold(week) });
        return EditionRows.Totals(part, Aggregator.K, lines.Select(l => EditionReader.TryRead(rules, l)!.Content));
    }

    private EditionBefore? Before(SqliteConnection db, GroupId group) => EditionBefore.Newest(
        db, group, ih => shelf.PathOf(ih) is not null);

    private long NowHours() => time.GetUtcNow().ToUnixTimeSeconds() / 3600;
}
