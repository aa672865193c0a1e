using System.Text;

namespace Anarchive.Web;

/// <summary>One text and what it is in another language: one form, or one for each plural form.</summary>
internal sealed record PoEntry(string Id, string? PluralId, IReadOnlyList<string> Forms)
{
    public string Key => PluralId is null ? Id : KeyOf(Id, PluralId);

    public static string KeyOf(string one, string other) => one + "\u0004" + other;
}

/// <summary>
/// Reads the part of the PO format that is used here: <c>msgid</c>, <c>msgid_plural</c>, <c>msgstr</c>, comments and
/// texts over several lines. Source: GNU gettext manual, "The Format of PO Files".
/// </summary>
internal static class PoFile
{
    /// <summary>The entries without the header.</summary>
    /// <exception cref="FormatException">A line is none of these.</exception>
    public static IReadOnlyList<PoEntry> Read(string text)
    {
        var entries = new List<PoEntry>();
        var fields = new Dictionary<string, StringBuilder>();
        var field = "";
        foreach (var line in text.Split('\n').Select(l => l.Trim()))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var quote = line.IndexOf('"', StringComparison.Ordinal);
            if (quote < 0 || line.Length < quote + 2 || line[^1] != '"')
                throw new FormatException($"No PO line: {line}");
            var keyword = line[..quote].Trim();
            if (keyword == "msgid") Add(entries, fields);
            if (keyword.Length > 0) fields[field = keyword] = new StringBuilder();
            if (!fields.TryGetValue(field, out var value)) throw new FormatException($"No PO line: {line}");
            value.Append(Unescape(line[(quote + 1)..^1]));
        }

        Add(entries, fields);
        return entries;
    }

    private static void Add(List<PoEntry> entries, Dictionary<string, StringBuilder> fields)
    {
        if (fields.TryGetValue("msgid", out var id) && id.Length > 0)
        {
            var forms = fields.Where(f => f.Key.StartsWith("msgstr", StringComparison.Ordinal))
                .OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value.ToString()).ToList();
            var plural = fields.GetValueOrDefault("msgid_plural")?.ToString();
            if (forms.Count != (plural is null ? 1 : 2) || forms.Contains(""))
                throw new FormatException($"Not in every form: {id}");
            entries.Add(new PoEntry(id.ToString(), plural, forms));
        }

        fields.Clear();
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
            plain.Append(text[i] != '\\' || i + 1 == text.Length ? text[i] : text[++i] == 'n' ? '\n' : text[i]);
        return plain.ToString();
    }
}
