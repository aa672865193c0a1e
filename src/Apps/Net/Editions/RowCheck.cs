using System.Globalization;

namespace Anarchive.Net;

/// <summary>Gates 10 and 11: the lines of an expanded file one after the other, then what they come to.</summary>
public static class RowCheck
{
    /// <summary>
    /// Gate 10 for the lines of the file itself. A delta's additions are read as rows are; what it takes away was read
    /// when it came.
    /// </summary>
    public static EditionVerdict Lines(PartEdition edition, IEnumerable<ReadOnlyMemory<byte>> lines)
    {
        // Rows of another schema may mean something else though they read the same.
        if (edition.SchemaSha256 != EditionSchema.Of(edition.Part, edition.Ring))
            return new EditionVerdict.Refuse(EditionGate.Rows, "schema_sha256");
        var rules = RowRules.Of(edition);
        var count = 0L;
        foreach (var line in lines)
        {
            count++;
            var row = line.Span;
            if (edition.Kind == EditionKind.Delta && !row.IsEmpty)
            {
                if (row[0] == EditionDelta.Minus) continue;
                row = row[0] == EditionDelta.Plus ? row[1..] : default;
            }

            if (EditionReader.TryRead(rules, row) is null) return Fault(count);
        }

        return count == edition.File.Rows
            ? EditionVerdict.Pass.Instance
            : new EditionVerdict.Refuse(EditionGate.Rows, "rows");
    }

    /// <summary>The rest of gate 10, and 11, for all rows that follow, those of before included.</summary>
    public static EditionVerdict State(PartEdition edition, IEnumerable<ReadOnlyMemory<byte>> rows)
    {
        using var state = new EditionState();
        var places = new HashSet<RowPlace>();
        var targets = new HashSet<RowPlace>();
        var rules = RowRules.Of(edition);
        byte[] last = [];
        object? slot = null;
        var count = 0L;
        foreach (var row in rows)
        {
            // Not to be had from these rows: a delta of another state.
            if (row.IsEmpty) return new EditionVerdict.Refuse(EditionGate.StateRoot, "delta");
            count++;
            if (last.AsSpan().SequenceCompareTo(row.Span) >= 0 && count > 1) return Fault(count);
            if (rules.Form == EditionForm.Fleet)
            {
                if (!EditionReader.TryReadPlace(row.Span, out var order, out var target)) return Fault(count);
                if (!places.Add(order.Place)) return Fault(count);
                if (target is { } taken) targets.Add(taken);
            }
            else
            {
                // Rows that differ in their number alone stand side by side.
                if (EditionReader.TryRead(rules, row.Span) is not { } total) return Fault(count);
                var told = EditionRows.SlotOf(total.Content);
                if (told is null || told.Equals(slot)) return Fault(count);
                slot = told;
            }

            state.Add(row.Span);
            last = row.ToArray();
        }

        if (targets.Overlaps(places)) return new EditionVerdict.Refuse(EditionGate.Rows, "target");
        return state.Root().ToString() == edition.StateRoot
            ? EditionVerdict.Pass.Instance
            : new EditionVerdict.Refuse(EditionGate.StateRoot, "state_root");
    }

    private static EditionVerdict.Refuse Fault(long line) => new(
        EditionGate.Rows, string.Create(CultureInfo.InvariantCulture, $"line {line}"));
}
