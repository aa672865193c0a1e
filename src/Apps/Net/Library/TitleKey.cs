using System.Globalization;
using System.Text;

namespace Anarchive.Net;

/// <summary>Titles as they are compared, sorted and searched: letters and digits, without case and accents.</summary>
public static class TitleKey
{
    /// <summary>U+00C0 to U+017F without case and marks: this program runs without tables of other letters.</summary>
    private const string Unmarked =
        "aaaaaaaceeeeiiiidnoooooxouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty"
        + "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
        + "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    private const int UnmarkedFrom = 0xc0;

    private static readonly string[] Articles = ["the ", "a ", "an "];

    /// <summary>Equal for spellings of one title; words with one blank between them.</summary>
    public static string Of(string title)
    {
        var key = new StringBuilder(title.Length);
        foreach (var rune in NameText.Clean(title).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark || rune.Value == '\'') continue;
            if (rune.Value >= UnmarkedFrom && rune.Value < UnmarkedFrom + Unmarked.Length)
                key.Append(Unmarked[rune.Value - UnmarkedFrom]);
            else if (Rune.IsLetterOrDigit(rune)) key.Append(Rune.ToLowerInvariant(rune));
            else if (rune.Value == '&') key.Append(" and ");
            else if (key.Length > 0 && key[^1] != ' ') key.Append(' ');
        }

        var text = key.ToString().Replace("  ", " ", StringComparison.Ordinal).Trim();
        return text.Length > 0 ? text : NameText.Clean(title).ToLowerInvariant();
    }

    /// <summary>As shelves are sorted: without the article before it.</summary>
    public static string ToSort(string key) =>
        Articles.FirstOrDefault(a => key.Length > a.Length && key.StartsWith(a, StringComparison.Ordinal)) is { } found
            ? key[found.Length..]
            : key;
}
