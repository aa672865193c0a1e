namespace Anarchive.Net;

/// <summary>How far two windows stand apart where they hold the same sound.</summary>
/// <remarks>
/// Equal values vote for the difference of their positions. Sound in common makes many of them vote alike, whatever
/// the rest does. The idea is Avery Wang's ("An Industrial-Strength Audio Search Algorithm", 2003).
/// </remarks>
internal static class ShiftVotes
{
    /// <summary>To be added to a position in the first window: most votes first, then the smaller shift.</summary>
    public static List<int> Best(SoundWindow first, SoundWindow second)
    {
        if (first.Points.IsEmpty || second.Points.IsEmpty) return [];
        var offset = first.Points.Length - 1;
        var votes = new int[first.Points.Length + second.Points.Length - 1];
        Count(first.ByValue, second.ByValue, votes, offset);

        var voted = new List<(int Votes, int Shift)>();
        for (var at = 0; at < votes.Length; at++)
            if (votes[at] > 0) voted.Add((votes[at], at - offset));
        voted.Sort(Order);
        return voted.Take(DetectionLimits.ShiftsMax).Select(v => v.Shift).ToList();
    }

    private static void Count(ReadOnlySpan<ulong> first, ReadOnlySpan<ulong> second, int[] votes, int offset)
    {
        int a = 0, b = 0;
        while (a < first.Length && b < second.Length)
        {
            var (left, right) = (first[a] >> 32, second[b] >> 32);
            var (endA, endB) = (GroupEnd(first, a), GroupEnd(second, b));
            if (left == right)
            {
                var (lastA, lastB) = (Capped(a, endA), Capped(b, endB));
                for (var i = a; i < lastA; i++)
                    for (var j = b; j < lastB; j++)
                        votes[(int)(uint)second[j] - (int)(uint)first[i] + offset]++;
            }

            if (left <= right) a = endA;
            if (right <= left) b = endB;
        }
    }

    private static int Capped(int start, int end) => Math.Min(end, start + DetectionLimits.PositionsPerValueMax);

    private static int GroupEnd(ReadOnlySpan<ulong> sorted, int start)
    {
        var end = start + 1;
        while (end < sorted.Length && sorted[end] >> 32 == sorted[start] >> 32) end++;
        return end;
    }

    private static int Order((int Votes, int Shift) a, (int Votes, int Shift) b)
    {
        var by = b.Votes.CompareTo(a.Votes);
        if (by == 0) by = Math.Abs(a.Shift).CompareTo(Math.Abs(b.Shift));
        return by != 0 ? by : a.Shift.CompareTo(b.Shift);
    }
}
