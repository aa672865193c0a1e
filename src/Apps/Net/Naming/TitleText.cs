using System.Text;

namespace Anarchive.Net;

internal enum TitleScript
{
    Other,
    Mixed,
    Latin,
}

/// <summary>Makes a stretch of a name readable as a title.</summary>
internal static class TitleText
{
    private const string Edges = " -_.,:;|/~\"'([{<★+&=#";

    public static string Tidy(string raw)
    {
        // Dots stand for blanks only where there are none.
        var dotted = !raw.AsSpan().Trim(Edges).Contains(' ');
        var text = new StringBuilder(raw.Length);
        foreach (var c in raw)
        {
            var isBlank = c is ' ' or '_' || (dotted && c == '.');
            if (!isBlank) text.Append(c);
            else if (text.Length > 0 && text[^1] != ' ') text.Append(' ');
        }

        var title = WithoutHanEdges(Trim(text.ToString()));
        foreach (var rune in title.EnumerateRunes())
            if (Rune.IsLetterOrDigit(rune)) return title;
        return "";
    }

    public static TitleScript ScriptOf(string text)
    {
        var (latin, other) = (false, false);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsLetter(rune)) continue;
            if (IsLatin(rune)) latin = true;
            else other = true;
        }

        return latin ? other ? TitleScript.Mixed : TitleScript.Latin : TitleScript.Other;
    }

    private static string Trim(string text)
    {
        var title = text.AsSpan().TrimStart(" -_.,:;|/~\"')]}>★+&=").TrimEnd(" -_,:;|/~\"([{<★+&=#");
        // A round bracket that something else ends, "Title (2010", is no part of it.
        while (title.LastIndexOf('(') is > 0 and var open && !title[open..].Contains(')'))
            title = title[..open].TrimEnd(" -_,:;");
        if (title.Length > 0 && title[0] == '(' && !title.Contains(')')) title = title[1..];
        return title.ToString().TrimEnd('.', ' ');
    }

    // "ANIME TITLE 海賊王": the same title twice. Within other letters such words belong.
    private static string WithoutHanEdges(string title)
    {
        if (ScriptOf(title) != TitleScript.Mixed) return title;
        var words = title.Split(' ');
        var (first, end) = (0, words.Length);
        while (first < end && IsHan(words[first])) first++;
        while (end > first && IsHan(words[end - 1])) end--;
        return string.Join(' ', words[first..end]).Trim(' ', '-', '_');
    }

    private static bool IsHan(string word)
    {
        var any = false;
        foreach (var rune in word.EnumerateRunes())
        {
            if (rune.Value is (>= 0x3041 and <= 0x30ff) or (>= 0x3400 and <= 0x9fff) or (>= 0x20000 and <= 0x3ffff))
                any = true;
            else if (Rune.IsLetterOrDigit(rune)) return false;
        }

        return any;
    }

    private static bool IsLatin(Rune rune) =>
        rune.Value is < 0x250 or (>= 0x1e00 and <= 0x1eff);
}
