using Anarchive.Log;
using Anarchive.Net;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>A row that came with an edition or went with it, as it is read.</summary>
public sealed record ChangedRow(bool IsAdded, EditionRow Row);

/// <summary>What an edition changed, a page of it.</summary>
/// <param name="Before">The number of the edition before; null for the first, whose rows all came.</param>
/// <param name="Added">Rows that came, all pages together; <paramref name="Removed"/> went.</param>
/// <param name="Next">How many changes this page and those before it hold; null on the last.</param>
public sealed record ChangesView(
    PartEditionView Edition, long? Before, long Added, long Removed, IReadOnlyList<ChangedRow> Rows, long? Next)
{
    /// <summary>How many of all that came or went say where an intro or the like is.</summary>
    public long Markers { get; init; }
}

/// <summary>What editions changed, read from their files and from the rows in use.</summary>
/// <remarks>Files go with time. What may have been taken back is shown no more. Safe from any thread.</remarks>
public sealed class EditionChanges(
    Database database, EditionBooks books, BlobShelf shelf, PartRecords records)
{
    /// <summary>
    /// The edition of that number; of several, the one in use, else one that was not set apart. Null where none is.
    /// </summary>
    public PartEditionView? Find(GroupId group, long seq) => books.All(null)
        .Where(e => e.Group == group && e.Manifest.Seq == seq)
        .OrderByDescending(e => e.IsHeld).ThenBy(e => e.Suspicion is not null).FirstOrDefault();

    /// <summary>True where something that the edition may hold was taken back since.</summary>
    public bool IsStale(PartEditionView edition)
    {
        using var db = database.OpenReader();
        return NetEditionRows.IsStale(db, edition.Group, edition.Manifest);
    }

    /// <summary>The number that is stayed with; null for the latest, and where that edition is stale.</summary>
    public long? Pin(GroupId group, long? wanted)
    {
        if (wanted is null) return null;
        using var db = database.OpenReader();
        return NetEditionRows.Pin(db, group, wanted);
    }

    /// <summary>
    /// What an edition changed against the one before; null where the rows of either are not here any more, cannot be
    /// read, or may have been taken back.
    /// </summary>
    /// <param name="after">Changes to skip.</param>
    public ChangesView? Of(PartEditionView edition, long after, int count)
    {
        var known = Known(edition);
        var before = Before(edition, known);
        return before is null && edition.Manifest.Prev is not null
            ? null
            : Read(edition, before, db => Lines(db, edition, before, known), after, count);
    }

    /// <summary>
    /// What would change if another edition of the same publisher counted than the one in use; null as above.
    /// </summary>
    /// <param name="now">Null where nothing of that publisher counts now.</param>
    /// <param name="after">Changes to skip.</param>
    public ChangesView? Between(PartEditionView? now, PartEditionView then, long after, int count)
    {
        var known = Known(then);
        return Read(
            then, now,
            db => (now is null ? [] : RowsOf(db, now, known)) is { } old && RowsOf(db, then, known) is { } rows
                ? EditionDelta.Between(old, rows)
                : null,
            after, count);
    }

    /// <summary>
    /// What would change if an edition counted instead of its publisher's log, as it is now: what was said since goes,
    /// and so does what no edition carries. Null as above.
    /// </summary>
    /// <param name="after">Changes to skip.</param>
    public ChangesView? AgainstLog(PartEditionView then, long after, int count)
    {
        using var db = database.OpenReader();
        try
        {
            if (RowsOf(db, then, Known(then)) is not { } rows) return null;
            var log = records.SaidIn(db, then.Group, then.Manifest.Part).ToDictionary(r => r.At, r => r.Said);
            return Page(then, null, SinceThen(then.Manifest, rows, log), after, count);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // The file went meanwhile, or is not what it was.
            return null;
        }
    }

    /// <summary>What the log has no more comes, in the edition's order; then what it says beside goes.</summary>
    private static IEnumerable<ChangedRow> SinceThen(
        PartEdition then, IEnumerable<ReadOnlyMemory<byte>> rows, Dictionary<Position, IObservation> log)
    {
        var rules = RowRules.Of(then);
        foreach (var line in rows)
        {
            var row = EditionReader.TryRead(rules, line.Span) ?? throw Changed();
            // A row that takes another back says nothing by itself.
            if (row.Content is not IObservation || row.Order is not { Place: var place }) continue;
            var chain = EditionRules.ChainOf(then.Cut[place.Cut]) ?? throw Changed();
            if (!log.Remove(new Position(chain, place.Seq))) yield return new ChangedRow(true, row);
        }

        foreach (var said in log.OrderBy(r => r.Value.Key[0], StringComparer.Ordinal)
            .ThenBy(r => r.Key.Chain).ThenBy(r => r.Key.Seq))
            yield return new ChangedRow(false, new EditionRow(said.Value, null, null));
    }

    private Dictionary<EventId, PartEditionView> Known(PartEditionView edition) =>
        books.All(edition.Manifest.Part).Where(e => e.Group == edition.Group).ToDictionary(e => e.Id);

    private ChangesView? Read(
        PartEditionView edition, PartEditionView? before,
        Func<SqliteConnection, IEnumerable<ReadOnlyMemory<byte>>?> lines, long after, int count)
    {
        using var db = database.OpenReader();
        try
        {
            return lines(db) is { } some ? Page(edition, before, Read(edition, before, some), after, count) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // The file went meanwhile, or is not what it was.
            return null;
        }
    }

    private static PartEditionView? Before(
        PartEditionView edition, Dictionary<EventId, PartEditionView> known) =>
        edition.Manifest.Prev is { } prev
            ? known.GetValueOrDefault(new EventId(new Hash256(Convert.FromHexString(prev))))
            : null;

    private IEnumerable<ReadOnlyMemory<byte>>? Lines(
        SqliteConnection db, PartEditionView edition, PartEditionView? before,
        Dictionary<EventId, PartEditionView> known)
    {
        // A delta says it all by itself, and what was taken back stands in it like the rest.
        if (edition.Manifest.From is { } from && from == before?.Manifest.Seq && FileOf(edition) is { } lines
            && !NetEditionRows.IsStale(db, before.Group, before.Manifest)
            && !NetEditionRows.IsStale(db, edition.Group, edition.Manifest))
            return lines;
        if (RowsOf(db, edition, known) is not { } rows) return null;
        if (before is null) return EditionDelta.Between([], rows);
        return RowsOf(db, before, known) is { } old ? EditionDelta.Between(old, rows) : null;
    }

    private IEnumerable<ReadOnlyMemory<byte>>? RowsOf(
        SqliteConnection db, PartEditionView edition, Dictionary<EventId, PartEditionView> known)
    {
        if (NetEditionRows.IsStale(db, edition.Group, edition.Manifest)) return null;
        if (edition.IsHeld) return NetEditionRows.Lines(db, edition.Group);
        if (FileOf(edition) is not { } lines) return null;
        if (edition.Manifest.Kind == EditionKind.Full) return lines;
        return Before(edition, known) is { } before && before.Manifest.Seq == edition.Manifest.From
            && RowsOf(db, before, known) is { } rows
            ? EditionDelta.Apply(rows, lines)
            : null;
    }

    /// <summary>Only what came in through the gates has its file here.</summary>
    private IEnumerable<ReadOnlyMemory<byte>>? FileOf(PartEditionView edition) =>
        edition.Suspicion is null && EditionBooks.InfoHash(edition.Manifest) is { } ih
            && shelf.PathOf(ih) is { } path
            ? EditionGatekeeper.LinesOf(edition.Manifest, path)
            : null;

    private static IEnumerable<ChangedRow> Read(
        PartEditionView edition, PartEditionView? before, IEnumerable<ReadOnlyMemory<byte>> lines)
    {
        var (rules, old) = (RowRules.Of(edition.Manifest), RowRules.Of((before ?? edition).Manifest));
        return RowChanges.Of(lines).Select(change => new ChangedRow(
            change.IsAdded, EditionReader.TryRead(change.IsAdded ? rules : old, change.Line.Span) ?? throw Changed()));
    }

    private static IOException Changed() => new("An edition's file has changed since it was checked.");

    private static ChangesView Page(
        PartEditionView edition, PartEditionView? before, IEnumerable<ChangedRow> changes, long after, int count)
    {
        var page = new List<ChangedRow>(count);
        var (added, removed, markers) = (0L, 0L, 0L);
        foreach (var change in changes)
        {
            if (change.Row.Content is MarkerObserved) markers++;
            if (added + removed >= after && page.Count < count) page.Add(change);
            if (change.IsAdded) added++;
            else removed++;
        }

        var shown = after + page.Count;
        return new ChangesView(
            edition, before?.Manifest.Seq, added, removed, page, shown < added + removed ? shown : null)
        {
            Markers = markers,
        };
    }
}
