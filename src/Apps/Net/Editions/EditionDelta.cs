namespace Anarchive.Net;

/// <summary>What changed between two editions: a sign before each row that came or went.</summary>
/// <remarks>
/// Both sides are sorted, so making and applying go through them once side by side and hold no more than a row of each.
/// Lines stand in the order of their rows; which sign they have does not matter to it.
/// </remarks>
public static class EditionDelta
{
    public const byte Plus = (byte)'+';
    public const byte Minus = (byte)'-';

    /// <summary>Lines that turn one sorted list of rows into the other.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Between(
        IEnumerable<ReadOnlyMemory<byte>> before, IEnumerable<ReadOnlyMemory<byte>> after)
    {
        using var old = before.GetEnumerator();
        using var now = after.GetEnumerator();
        var (hasOld, hasNow) = (old.MoveNext(), now.MoveNext());
        while (hasOld || hasNow)
        {
            var order = !hasOld ? 1 : !hasNow ? -1 : old.Current.Span.SequenceCompareTo(now.Current.Span);
            if (order < 0) yield return Line(Minus, old.Current);
            if (order > 0) yield return Line(Plus, now.Current);
            if (order <= 0) hasOld = old.MoveNext();
            if (order >= 0) hasNow = now.MoveNext();
        }
    }

    /// <summary>
    /// The rows that follow, sorted; ends with an empty one where a line is no change to these rows, or out of order.
    /// </summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Apply(
        IEnumerable<ReadOnlyMemory<byte>> before, IEnumerable<ReadOnlyMemory<byte>> lines)
    {
        using var old = before.GetEnumerator();
        var hasOld = old.MoveNext();
        ReadOnlyMemory<byte> last = default;
        foreach (var line in lines)
        {
            var row = line.Length > 1 ? line[1..] : default;
            var sign = line.Length > 1 ? line.Span[0] : default;
            if (sign is not (Plus or Minus) || last.Span.SequenceCompareTo(row.Span) >= 0)
            {
                yield return default;
                yield break;
            }

            // Lines come from a buffer that is filled again: what is compared with the next one is a copy.
            last = row.ToArray();
            while (hasOld && old.Current.Span.SequenceCompareTo(row.Span) < 0)
            {
                yield return old.Current;
                hasOld = old.MoveNext();
            }

            var isThere = hasOld && old.Current.Span.SequenceEqual(row.Span);
            if (isThere == (sign == Plus))
            {
                yield return default;
                yield break;
            }

            if (sign == Plus) yield return row;
            else hasOld = old.MoveNext();
        }

        for (; hasOld; hasOld = old.MoveNext()) yield return old.Current;
    }

    /// <summary>True where a delta saves too little to be worth its chain: more than half as many lines.</summary>
    public static bool IsFullBetter(long deltaLines, long fullRows) => 2 * deltaLines > fullRows;

    private static ReadOnlyMemory<byte> Line(byte sign, ReadOnlyMemory<byte> row)
    {
        var line = new byte[row.Length + 1];
        line[0] = sign;
        row.Span.CopyTo(line.AsSpan(1));
        return line;
    }
}
