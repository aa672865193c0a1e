namespace Anarchive.Net;

/// <summary>The year: in brackets, or last before whatever ends the title; never its first word.</summary>
internal static class YearRule
{
    public static void Apply(NameReading reading)
    {
        var inBrackets = -1;
        var beforeEnd = -1;
        for (var at = reading.TitleStart + 1; at < reading.Count; at++)
        {
            if (!reading.IsFree(at) || !reading.IsYear(at)) continue;
            if (!reading.StartsWord(at) || !reading.EndsWord(at + 1)) continue;
            if (inBrackets < 0 && IsBracketed(reading, at)) inBrackets = at;
            var next = reading.SkipGap(at + 1);
            var ends = next >= reading.Count || !reading.IsFree(next) || reading.IsOpen(next);
            if (beforeEnd < 0 && ends && (reading.IsGap(at - 1) || reading.IsSlash(at - 1))) beforeEnd = at;
        }

        var found = inBrackets >= 0 ? inBrackets : beforeEnd;
        if (found < 0) return;
        reading.Year = reading.ValueOf(found);
        var (first, end) = (found, found + 1);
        // "(1999-2003)" and "(2024/...": the brackets go with it.
        if (reading.IsSingleDash(end) && reading.IsYear(end + 1)) end += 2;
        if (reading.IsOpen(first - 1)) first--;
        if (first < found && reading.IsClose(end)) end++;
        reading.Claim(first, end, NameRole.Year);
    }

    private static bool IsBracketed(NameReading reading, int at) =>
        reading.IsOpen(at - 1) && (reading.IsClose(at + 1)
            || reading.IsSlash(at + 1) || reading.IsDash(at + 1)
            || reading.IsMark(at + 1, ','));
}
