using System.Text;

namespace Anarchive.Hives;

/// <summary>Rules for text that other people's nodes will show.</summary>
public static class HiveText
{
    /// <summary>Unicode scalar values, counted alike in every language and encoding.</summary>
    public static int CharCount(string text)
    {
        var count = text.Length;
        foreach (var c in text)
            if (char.IsLowSurrogate(c)) count--;
        return count;
    }

    /// <summary>
    /// One line that shows as what it is: 1 to <paramref name="charsMax"/> characters, not blank, no control
    /// characters, no line separators, nothing that reorders the text around it.
    /// </summary>
    public static bool IsLine(string text, int charsMax)
    {
        var blank = true;
        foreach (var c in text)
        {
            if (IsBarred(c)) return false;
            blank &= char.IsWhiteSpace(c);
        }

        return !blank && (text.Length <= charsMax || CharCount(text) <= charsMax);
    }

    /// <summary>An address a page may link to: http, https or magnet.</summary>
    public static bool IsLink(string text) => IsWebUrl(text) || IsUrl(text, "magnet:?");

    /// <summary>An http or https address.</summary>
    public static bool IsWebUrl(string text) => IsUrl(text, "https://") || IsUrl(text, "http://");

    /// <summary>
    /// The nearest text that <see cref="IsLine"/> accepts: runs of blanks and barred characters become one space, the
    /// end is cut. Empty when nothing is left.
    /// </summary>
    public static string ToLine(string text, int charsMax)
    {
        var line = new StringBuilder(Math.Min(text.Length, charsMax));
        var (count, gap) = (0, false);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || (rune.IsBmp && IsBarred((char)rune.Value)))
            {
                gap = count > 0;
                continue;
            }

            if (count + (gap ? 2 : 1) > charsMax) break;
            if (gap) line.Append(' ');
            line.Append(rune);
            count += gap ? 2 : 1;
            gap = false;
        }

        return line.ToString();
    }

    internal static bool IsBase32(string text)
    {
        foreach (var c in text)
            if (c is not ((>= 'a' and <= 'z') or (>= '2' and <= '7'))) return false;
        return true;
    }

    private static bool IsUrl(string text, string scheme)
    {
        if (text.Length <= scheme.Length || !text.StartsWith(scheme, StringComparison.Ordinal)) return false;
        foreach (var c in text)
            if (IsBarred(c) || char.IsWhiteSpace(c) || c is '<' or '>' or '"') return false;
        return CharCount(text) <= HiveLimits.UrlCharsMax;
    }

    // Control characters, line separators, and the marks that embed, override or isolate a direction (UAX #9).
    private static bool IsBarred(char c) =>
        c is < ' ' or (>= '\u007f' and <= '\u009f')
            or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
