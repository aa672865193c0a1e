namespace Anarchive.Net;

/// <summary>
/// The number from the start that stands beside season and episode: "05 - S01E05", "12 (S01E12)", "S01E01 001",
/// "S2010E994 [0994]".
/// </summary>
internal static class CompanionRule
{
    public static void Apply(NameReading reading)
    {
        if (!reading.IsExplicit || reading.Absolute.Count > 0) return;
        if (!Behind(reading)) Before(reading);
    }

    private static bool Behind(NameReading reading)
    {
        var at = reading.SkipGap(reading.SeasonSpan.End);
        var isBracketed = reading.IsOpen(at);
        if (isBracketed) at = reading.SkipSpace(at + 1);
        if (!reading.IsNumber(at, 2, 4) || reading.IsYear(at) || at == reading.SeasonSpan.End) return false;
        // A bare number begins an episode's title, unless it looks like one of a fansub.
        var isPadded = AbsoluteRule.IsPadded(reading, at) && reading.LengthOf(at) >= 3;
        if (!isBracketed && !isPadded && !(reading.HasLeadingGroup && reading.LengthOf(at) >= 3)) return false;
        var number = LooseNumber.Read(reading, at);
        if (isBracketed ? !reading.IsClose(reading.SkipSpace(number.End)) : !number.IsClosed(reading))
            return false;
        Take(reading, number);
        return true;
    }

    private static void Before(NameReading reading)
    {
        var end = reading.SeasonSpan.First;
        if (reading.IsOpen(end - 1)) end--;
        while (reading.IsGap(end - 1)) end--;
        // "05", or the halves of "05.5".
        var at = reading.IsNumber(end - 3, 1, 4) && reading.IsNumber(end - 1, 1, 1)
            && reading.IsSingleSpace(end - 2) ? end - 3 : end - 1;
        if (!reading.HasLeadingGroup || !reading.IsNumber(at, 1, 4) || !reading.IsSpace(at - 1)) return;
        var number = LooseNumber.Read(reading, at);
        if (number.End != end || !reading.IsSingleDash(at - 2)) return;
        Take(reading, number);
    }

    private static void Take(NameReading reading, LooseNumber number)
    {
        number.TakeVersion(reading);
        reading.Claim(number.First, number.End, NameRole.Number);
        if (number.IsHalf) reading.Absolute.Add(number.Value);
        else reading.Absolute.AddRange(EpisodeRun.Numbers((int)number.Value, number.Last).Select(n => (decimal)n));
    }
}
