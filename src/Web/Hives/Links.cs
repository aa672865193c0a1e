using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>The addresses of pages, and short texts that stand for posts.</summary>
internal static class Links
{
    public static string Hive(string name) => "/h/" + Uri.EscapeDataString(name);

    public static string Post(string id) => "/p/" + Uri.EscapeDataString(id);

    public static string Comment(string id) => "/c/" + Uri.EscapeDataString(id);

    public static string Title(PostView post) => post switch
    {
        { Hidden: true } => "Hidden by a moderator",
        { Text: TextState.Deleted } => "Deleted post",
        { Title: { Length: > 0 } title } => title,
        _ => "A post whose text is on its way",
    };

    /// <summary>A snippet in pieces: what matched stands between two control characters.</summary>
    public static IEnumerable<(string Words, bool Found)> Matches(string snippet)
    {
        foreach (var piece in snippet.Split('\u0002'))
        {
            var end = piece.IndexOf('\u0003');
            if (end > 0) yield return (piece[..end], true);
            if (end + 1 < piece.Length) yield return (piece[(end + 1)..], false);
        }
    }

    /// <summary>The first words of a text, on one line.</summary>
    public static string? Excerpt(string? content, int length)
    {
        if (content is null) return null;
        var words = new System.Text.StringBuilder(length + 2);
        foreach (var c in content)
        {
            if (words.Length >= length) return words.ToString().TrimEnd() + "…";
            // Marks of Markdown mean nothing in one line of plain text.
            if (c is '*' or '`') continue;
            var plain = char.IsWhiteSpace(c) || char.IsControl(c) ? ' ' : c;
            if (plain != ' ' || words is { Length: > 0 } && words[^1] != ' ') words.Append(plain);
        }

        return words.ToString();
    }
}
