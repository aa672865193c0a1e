namespace Anarchive.Net;

/// <summary>Names that are random on purpose, from Usenet: numbers in them mean nothing.</summary>
internal static class HashedName
{
    private const int CharsMin = 16;

    /// <summary>Nearly all of it one run of letters and digits, well mixed, or a UUID.</summary>
    public static bool Is(string text)
    {
        var (longest, start, best) = (0, 0, 0);
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || IsUuidHyphen(text, at))) continue;
            if (at - start > longest) (longest, best) = (at - start, start);
            start = at + 1;
        }

        return longest >= CharsMin && longest * 2 > text.Length && IsMixed(text.AsSpan(best, longest));
    }

    // A hyphen between groups of 8-4-4-4-12.
    private static bool IsUuidHyphen(string text, int at)
    {
        if (text[at] != '-') return false;
        for (var start = Math.Max(0, at - 23); start <= at; start++)
            if (at - start is 8 or 13 or 18 or 23 && start + 36 <= text.Length
                && Guid.TryParseExact(text.AsSpan(start, 36), "D", out _)) return true;
        return false;
    }

    // Letters and digits take turns too often for words; hexadecimal needs no more than being it.
    private static bool IsMixed(ReadOnlySpan<char> run)
    {
        var (turns, digits) = (0, 0);
        for (var at = 0; at < run.Length; at++)
        {
            if (char.IsAsciiDigit(run[at])) digits++;
            if (at > 0 && char.IsAsciiDigit(run[at]) != char.IsAsciiDigit(run[at - 1])) turns++;
        }

        return digits >= 3 && digits < run.Length && turns >= Math.Max(4, run.Length / 6);
    }
}
