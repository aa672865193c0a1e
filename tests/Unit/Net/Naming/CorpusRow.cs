using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Anarchive.Tests.Unit;

/// <summary>A row of the naming corpus: a category, and values written as arguments of a C# attribute.</summary>
internal sealed record CorpusRow(string Category, IReadOnlyList<object?> Values)
{
    /// <summary>The release name: the first value.</summary>
    public string Name => (string)Values[0]!;

    public T? At<T>(int at) => at < Values.Count && Values[at] is T value ? value : default;

    /// <summary>Read in place; null where the folder is not beside the checkout.</summary>
    public static IReadOnlyList<CorpusRow>? Read(string root)
    {
        var path = Path.Combine(root, "..", "shared", "data", "naming", "sonarr-parser-cases.json");
        if (!File.Exists(path)) return null;
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return
        [
            .. json.RootElement.EnumerateArray().Select(row => new CorpusRow(
                row.GetProperty("fixture").GetString()!, [.. Arguments(row.GetProperty("args").GetString()!)])),
        ];
    }

    /// <summary>Strings, numbers, booleans, null and arrays of them; named arguments are passed.</summary>
    private static IEnumerable<object?> Arguments(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (text[at] is ' ' or ',')
            {
                at++;
                continue;
            }

            if (text[at] == '"' || text[at] == '@')
            {
                yield return Text(text, ref at);
                continue;
            }

            var isArray = text.AsSpan(at).StartsWith("new");
            var end = isArray ? text.IndexOfAny(['}', ']'], at) : text.IndexOf(',', at);
            // "new[] { 1, 2 }" closes its brackets before its braces.
            if (isArray && text.IndexOf('{', at) is > 0 and var open) end = text.IndexOf('}', open);
            if (end < 0) end = text.Length;
            var word = text[at..Math.Min(text.Length, isArray ? end + 1 : end)].Trim();
            at = isArray ? end + 1 : end;
            if (word.Contains('=', StringComparison.Ordinal))
            {
                if (text.IndexOf('"', at) is >= 0 and var quote) at = text.IndexOf('"', quote + 1) + 1;
                else yield break;
                continue;
            }

            yield return isArray ? Array(word) : Word(word);
        }
    }

    private static object Array(string text)
    {
        var open = text.IndexOf('{', StringComparison.Ordinal);
        if (open < 0) return System.Array.Empty<int>();
        var inner = text[(open + 1)..text.LastIndexOf('}')];
        return inner.Contains('"', StringComparison.Ordinal)
            ? Arguments(inner).Cast<string>().ToArray()
            : inner.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();
    }

    private static object? Word(string word) => word switch
    {
        "true" => true,
        "false" => false,
        "null" => null,
        _ when word.Contains('.', StringComparison.Ordinal) => decimal.Parse(word, CultureInfo.InvariantCulture),
        _ => int.Parse(word, CultureInfo.InvariantCulture),
    };

    private static string Text(string text, ref int at)
    {
        var isVerbatim = text[at] == '@';
        if (isVerbatim) at++;
        at++;
        var value = new StringBuilder();
        for (; text[at] != '"'; at++)
        {
            if (text[at] != '\\' || isVerbatim)
            {
                value.Append(text[at]);
                continue;
            }

            at++;
            if (text[at] == 'u')
            {
                var code = text.AsSpan(at + 1, 4);
                value.Append((char)int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                at += 4;
            }
            else value.Append(text[at] == 'n' ? '\n' : text[at]);
        }

        at++;
        return value.ToString();
    }
}
