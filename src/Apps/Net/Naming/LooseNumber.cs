namespace Anarchive.Net;

/// <summary>A number or range without a word, with version and end mark: "05", "12.5", "01-12", "09v2".</summary>
/// <param name="First">Its first token.</param>
/// <param name="End">The token behind it.</param>
/// <param name="Last">Of a range, else the whole part of <paramref name="Value"/>.</param>
internal readonly record struct LooseNumber(int First, int End, decimal Value, int Last, int Version)
{
    public bool IsHalf => Value != decimal.Truncate(Value);

    public bool IsRange => Last > Value;

    public static LooseNumber Read(NameReading reading, int at)
    {
        var value = reading.ValueOf(at);
        var end = at + 1;
        // Only halves stand between episodes; "7.1" is sound and "2.0" too.
        if (reading.IsSpaceOf(end, '.')
            && reading.IsNumber(end + 1, 1, 1) && reading.ValueOf(end + 1) == 5 && reading.EndsWord(end + 2))
            return new LooseNumber(at, end + 2, value + 0.5m, value, 1);
        end = EpisodeRun.Read(reading, end, value, "", out var last);
        end = Spaced(reading, at, end, ref last);
        var version = 1;
        if (reading.IsWord(end, "v") && reading.IsNumber(end + 1, 1, 1) && reading.EndsWord(end + 2))
        {
            version = reading.ValueOf(end + 1);
            end += 2;
        }

        if (reading.IsWord(end, NameVocabulary.End) || reading.IsWord(end, NameVocabulary.Counter)) end++;
        else if (reading.IsInBlock(at) && reading.IsWord(reading.SkipSpace(end), NameVocabulary.End))
            end = reading.SkipSpace(end) + 1;
        return new LooseNumber(at, end, value, last, version);
    }

    public bool IsPadded(NameReading reading) => AbsoluteRule.IsPadded(reading, First);

    /// <summary>Behind it comes what is no title: quality, a bracket, a hyphen, the end.</summary>
    public bool IsClosed(NameReading reading)
    {
        if (!reading.EndsWord(End)) return false;
        var next = reading.SkipSpace(End);
        return next >= reading.Count || !reading.IsFree(next) || reading.IsDash(next)
            || reading.IsOpen(next) || reading.IsClose(next)
            || reading.IsSlash(next);
    }

    public void TakeVersion(NameReading reading) => reading.Version = Math.Max(reading.Version, Version);

    // "01 - 119 [": padded, or it would be a title's number and an episode.
    private static int Spaced(NameReading reading, int at, int end, ref int last)
    {
        if (!AbsoluteRule.IsPadded(reading, at) || end > at + 1 || !reading.IsSpace(end)
            || !reading.IsSingleDash(end + 1) || !reading.IsSpace(end + 2)) return end;
        if (!reading.IsNumber(end + 3, 1, 4) || reading.ValueOf(end + 3) <= last) return end;
        var next = reading.SkipSpace(end + 4);
        if (!reading.EndsWord(end + 4) || (next < reading.Count && reading.IsFree(next) && !reading.IsOpen(next)))
            return end;
        last = reading.ValueOf(end + 3);
        return end + 4;
    }
}
