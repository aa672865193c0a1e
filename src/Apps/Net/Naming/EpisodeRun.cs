namespace Anarchive.Net;

/// <summary>
/// Reads on behind a first number: "E02E03", "-03", "-E10", ".S01E03", "x05", " &amp; 4", "~12". Every file of several
/// episodes holds all from the first to the last, so that is what the run gives.
/// </summary>
internal static class EpisodeRun
{
    /// <summary>A longer run is no release.</summary>
    private const int CountMax = 1_500;

    /// <summary>How far a range reaches whose end has one digit more than its start.</summary>
    private const int GrownMax = 200;

    /// <summary>Reads one number after another; returns the token behind the last.</summary>
    /// <param name="at">Behind the first number, which is <paramref name="first"/>.</param>
    /// <param name="prefix">"e" or "x": what may stand before each further number; empty for none.</param>
    public static int Read(NameReading reading, int at, int first, string prefix, out int last)
    {
        last = first;
        var digits = reading.LengthOf(at - 1);
        while (true)
        {
            var number = prefix.Length > 0 ? Prefixed(reading, at, prefix) : -1;
            if (number < 0) number = Bare(reading, at, digits, last, isCross: prefix == "x");
            if (number < 0 || reading.ValueOf(number) is var value && (value < last || value - first >= CountMax))
                return at;
            last = reading.ValueOf(number);
            at = number + 1;
        }
    }

    public static IEnumerable<int> Numbers(int first, int last) => Enumerable.Range(first, last - first + 1);

    // "-E10", " E10", ".S03E02", " - 2x10", "x05", "-x02", " - Ep10722".
    private static int Prefixed(NameReading reading, int at, string prefix)
    {
        var gap = at;
        at = reading.SkipGap(at);
        if (reading.IsMark(at, '+') || reading.IsMark(at, '&')) at = reading.SkipGap(at + 1);
        if (prefix == "x")
        {
            // Its season again, unless the gap is a blank: " 264" would be a codec's.
            if (at > gap && reading.IsNumber(at, 1, 4) && reading.IsWord(at + 1, "x")) at++;
            else if (at > gap && !reading.IsDash(at - 1)) return -1;
            var isNumber = reading.IsNumber(at + 1, 1, 3) && EndsNumber(reading, at + 2);
            return reading.IsWord(at, "x") && isNumber ? at + 1 : -1;
        }

        if (reading.IsWord(at, "s") && reading.IsNumber(at + 1, 1, 4))
            at = reading.SkipGap(at + 2, 1);
        if (!reading.IsWord(at, "e") && !reading.IsWord(at, NameVocabulary.Episode)) return -1;
        var number = at + 1;
        if (reading.LowerOf(at).Length > 1) number = reading.SkipSpace(number);
        return reading.IsNumber(number, 1, 5) ? number : -1;
    }

    // "-03", "~12", " en 4", " & 4": the hyphen touches both, or it begins an episode title.
    private static int Bare(NameReading reading, int at, int digits, int last, bool isCross)
    {
        int number;
        if (reading.IsSingleDash(at)) number = at + 1;
        else if (reading.IsTilde(reading.SkipSpace(at)))
            number = reading.SkipSpace(reading.SkipSpace(at) + 1);
        else if (isCross && reading.IsSingleSpace(at) && reading.IsNumber(at + 1, 2, 2)
            && reading.ValueOf(at + 1) == last + 1 && reading.EndsWord(at + 2)) return at + 1;
        else if (reading.IsSpace(at)
            && (reading.IsWord(at + 1, NameVocabulary.And) || reading.IsMark(at + 1, '&')
                || reading.IsMark(at + 1, '+')) && reading.IsSpace(at + 2)) number = at + 3;
        else return -1;
        // "99-100" and "01-119" grow a digit; "S01E05-720" does not.
        if (!reading.IsNumber(number, 1, Math.Max(2, digits) + 1) || reading.ValueOf(number) <= last) return -1;
        if (reading.LengthOf(number) > Math.Max(2, digits) && reading.ValueOf(number) > last + GrownMax) return -1;
        return EndsNumber(reading, number + 1) ? number : -1;
    }

    // Nothing glued to it but a version, the next number or "of 24".
    private static bool EndsNumber(NameReading reading, int at) =>
        reading.EndsWord(at) || reading.IsWord(at, "v") || reading.IsWord(at, "x") || reading.IsWord(at, "e")
        || reading.IsWord(at, NameVocabulary.End) || reading.IsWord(at, NameVocabulary.Counter);
}
