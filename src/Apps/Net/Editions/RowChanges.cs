namespace Anarchive.Net;

/// <summary>A row that came with an edition, or went with it.</summary>
/// <param name="Line">Without its sign.</param>
public readonly record struct RowChange(bool IsAdded, ReadOnlyMemory<byte> Line);

/// <summary>Lines of a delta as a person means them.</summary>
/// <remarks>
/// A row names its chain by its place in the cut. Where a device joined, others of its fleet move to another place, and
/// rows change that say the same as before: such a pair is none. Their common beginning keeps them side by side.
/// </remarks>
public static class RowChanges
{
    /// <summary>What came and what went, in the order of the lines; each is a copy.</summary>
    /// <param name="lines">As <see cref="EditionDelta.Between"/> makes them.</param>
    public static IEnumerable<RowChange> Of(IEnumerable<ReadOnlyMemory<byte>> lines)
    {
        var alike = new List<RowChange>();
        foreach (var line in lines)
        {
            var change = new RowChange(line.Span[0] == EditionDelta.Plus, line[1..].ToArray());
            if (alike.Count > 0 && !SaySame(alike[0].Line.Span, change.Line.Span))
            {
                foreach (var one in Meant(alike)) yield return one;
                alike.Clear();
            }

            alike.Add(change);
        }

        foreach (var one in Meant(alike)) yield return one;
    }

    private static IEnumerable<RowChange> Meant(List<RowChange> alike)
    {
        var added = alike.Count(c => c.IsAdded);
        var moved = Math.Min(added, alike.Count - added);
        var (came, went) = (moved, moved);
        return alike.Where(c => c.IsAdded ? came-- <= 0 : went-- <= 0);
    }

    private static bool SaySame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var end = one.LastIndexOf(EditionReader.Lww);
        return end >= 0 && end == other.LastIndexOf(EditionReader.Lww) && one[..end].SequenceEqual(other[..end]);
    }
}
