using System.Text;
using System.Text.RegularExpressions;

namespace Anarchive.Web;

/// <summary>Markdown as a few plain words on one line: for lists, where there is no room for its form.</summary>
public static partial class Excerpt
{
    /// <summary>No excerpt needs more of a text than this.</summary>
    private const int ReadMax = 4096;

    /// <summary>The first words of a text. Quotes and code stand in only where it has nothing else to say.</summary>
    public static string? Of(string? content, int length)
    {
        if (content is null) return null;
        var read = content.Length > ReadMax ? content[..ReadMax] : content;
        return Words(read, length, own: true) is { Length: > 0 } words ? words : Words(read, length, own: false);
    }

    /// <summary>Takes the marks of Markdown out of a piece of one.</summary>
    public static string Plain(string markdown)
    {
        var unquoted = QuoteMark().Replace(markdown, "");
        return Mark().Replace(unquoted, mark => mark.Groups[1].Value);
    }

    /// <summary>A search snippet in pieces: what matched stands between two control characters.</summary>
    public static IEnumerable<(string Words, bool Found)> Matches(string snippet)
    {
        foreach (var piece in Plain(snippet).Split('\u0002'))
        {
            var end = piece.IndexOf('\u0003');
            if (end > 0) yield return (piece[..end], true);
            if (end + 1 < piece.Length) yield return (piece[(end + 1)..], false);
        }
    }

    private static string Words(string content, int length, bool own)
    {
        var words = new StringBuilder(length + 2);
        var isCode = false;
        foreach (var line in content.AsSpan().EnumerateLines())
        {
            if (Fence().IsMatch(line))
            {
                isCode = !isCode;
                continue;
            }

            if (own && (isCode || line.StartsWith(">"))) continue;
            foreach (var c in isCode ? line.ToString() : Plain(line.ToString().TrimStart('#', ' ')) + " ")
            {
                if (words.Length >= length) return words.ToString().TrimEnd() + "…";
                var plain = char.IsWhiteSpace(c) || char.IsControl(c) ? ' ' : c;
                if (plain != ' ' || (words.Length > 0 && words[^1] != ' ')) words.Append(plain);
            }

            // A line that is emphasised as a whole heads the text; in one line a dot keeps them apart.
            if (line is ['*', .., '*'] && words.Length > 0) words.Append("· ");
        }

        return words.ToString().TrimEnd(' ', '·');
    }

    [GeneratedRegex(@"^[>\s]*(```|~~~)")]
    private static partial Regex Fence();

    [GeneratedRegex(@"(?<=^|\s)(>+(\s|$))+")]
    private static partial Regex QuoteMark();

    // An escaped mark stands for itself; a backslash before a blank breaks the line; a bare mark means form.
    [GeneratedRegex(@"\\([!-/:-@\[-`{-~])|\\(?=\s|$)|[*`]")]
    private static partial Regex Mark();
}
