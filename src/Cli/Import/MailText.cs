using System.Globalization;
using System.Text.RegularExpressions;

namespace Anarchive.Cli;

/// <summary>Plain mail as Markdown that reads the same.</summary>
/// <remarks>
/// Quotes stay quotes, at every depth. Patches and indented blocks are fenced, so that their columns survive. In all
/// other text the characters that Markdown would act on are escaped, and a line that was broken early stays broken.
/// Nothing is dropped.
/// </remarks>
internal static partial class MailText
{
    // Deeper quotes are read as text: each level costs a call.
    private const int QuoteDepthMax = 12;

    // Mail is wrapped at 70 to 78 columns; a shorter line ended where its writer wanted it to.
    private const int WrappedLineMin = 60;

    /// <summary>The original time is content: the log's clock says when the import wrote the event.</summary>
    public static string ToMarkdown(ThreadMessage message)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(message.Ts);
        var head = string.Create(CultureInfo.InvariantCulture, $"*{time:yyyy-MM-dd HH:mm} UTC");
        if (!string.IsNullOrWhiteSpace(message.List)) head += ", " + Active().Replace(OneLine(message.List), @"\$0");
        var lines = message.Body.ReplaceLineEndings("\n").TrimEnd().Split('\n');
        return string.Join('\n', [head + "*", "", .. Convert(lines, 0)]).TrimEnd();
    }

    private static List<string> Convert(string[] lines, int depth)
    {
        var text = new List<string>();
        for (var at = 0; at < lines.Length;)
        {
            var end = at;
            if (depth < QuoteDepthMax && IsQuote(lines[at]))
            {
                while (end < lines.Length && IsQuote(lines[end])) end++;
                var inner = lines.Skip(at).Take(end - at).Select(Unquoted).ToArray();
                Block(text, Convert(inner, depth + 1).Select(line => line.Length == 0 ? ">" : "> " + line));
            }
            else if (CodeEnd(lines, at) is var code && code > at)
            {
                end = code;
                Block(text, Fenced(lines.Skip(at).Take(end - at)));
            }
            else
            {
                end = at + 1;
                var goesOn = Next(lines, end).Length > 0 && !IsQuote(lines[end]) && CodeEnd(lines, end) == end;
                if (lines[at].Length > 0 || text.Count > 0) text.Add(Prose(lines[at], goesOn));
            }

            at = end;
        }

        while (text.Count > 0 && text[^1].Length == 0) text.RemoveAt(text.Count - 1);
        return text;
    }

    /// <summary>Blocks stand between empty lines, or Markdown would read the next line into them.</summary>
    private static void Block(List<string> text, IEnumerable<string> block)
    {
        if (text.Count > 0 && text[^1].Length > 0) text.Add("");
        text.AddRange(block);
        text.Add("");
    }

    private static bool IsQuote(string line) => line.StartsWith('>');

    private static string Unquoted(string line) =>
        line.StartsWith("> ", StringComparison.Ordinal) ? line[2..] : line[1..];

    private static string Next(string[] lines, int at) => at < lines.Length ? lines[at] : "";

    /// <summary>Where the code that starts here ends; <paramref name="at"/> when none does.</summary>
    private static int CodeEnd(string[] lines, int at)
    {
        if (PatchStart().IsMatch(lines[at]) || IsFileHeader(lines, at))
        {
            var end = at + 1;
            while (end < lines.Length && (IsPatchLine(lines[end]) || IsGap(lines, end))) end++;
            return end;
        }

        // Looked at from its first line alone: from each of them, a long paragraph would take quadratic time.
        if (at > 0 && lines[at - 1].Length > 0 && !IsQuote(lines[at - 1])) return at;
        var stop = at;
        while (stop < lines.Length && lines[stop].Length > 0 && !IsQuote(lines[stop])) stop++;
        var paragraph = lines[at..stop];
        return paragraph.Length > 0 && (paragraph.All(IsIndented) || IsPatchExcerpt(paragraph)) ? stop : at;
    }

    private static bool IsFileHeader(string[] lines, int at) =>
        lines[at].StartsWith("--- ", StringComparison.Ordinal)
        && Next(lines, at + 1).StartsWith("+++ ", StringComparison.Ordinal);

    private static bool IsPatchLine(string line) => line is not "-- " && PatchLine().IsMatch(line);

    // A context line may have lost its only character, a blank.
    private static bool IsGap(string[] lines, int at) => lines[at].Length == 0 && IsPatchLine(Next(lines, at + 1));

    private static bool IsIndented(string line) =>
        line.StartsWith('\t') || line.StartsWith("    ", StringComparison.Ordinal);

    // Replies quote pieces of a patch without its head. A list also starts its lines with - or +, but then a blank.
    private static bool IsPatchExcerpt(string[] paragraph) =>
        paragraph.Length > 1
        && paragraph.All(line => line[0] is '+' or '-' or ' ' or '@' or '\t')
        && paragraph.Any(line => line.Length > 1 && line[0] is '+' or '-' && line[1] is not ' ' and not '-');

    private static IEnumerable<string> Fenced(IEnumerable<string> lines)
    {
        var code = lines.ToArray();
        var ticks = code.SelectMany(line => Ticks().Matches(line)).Select(m => m.Length).DefaultIfEmpty(0).Max();
        var fence = new string('`', Math.Max(3, ticks + 1));
        var isPatch = code.Any(line => line.Length > 0 && line[0] is '+' or '-' or '@');
        return [isPatch ? fence + "diff" : fence, .. code, fence];
    }

    private static string Prose(string line, bool goesOn)
    {
        if (string.IsNullOrWhiteSpace(line)) return "";
        var trimmed = line.TrimEnd();
        var escaped = Active().Replace(trimmed.TrimStart(), @"\$0");
        if (BlockStart().IsMatch(escaped)) escaped = "\\" + escaped;
        return goesOn && trimmed.Length < WrappedLineMin ? escaped + "\\" : escaped;
    }

    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"^(diff --git |Index: \S|@@ -\d| \S.* \|\s+\d+ [+-]*$| \S.* \| +Bin )")]
    private static partial Regex PatchStart();

    [GeneratedRegex(@"^([ +\-@\\\t]|diff |index |(new|old|deleted) (file|mode)|similarity|rename |copy |Binary|==)")]
    private static partial Regex PatchLine();

    [GeneratedRegex(@"[\\`*_\[\]<>~|$]")]
    private static partial Regex Active();

    [GeneratedRegex(@"^(#{1,6}(\s|$)|=+\s*$|-{2,}|-\t|\+(\s|$)|:::)")]
    private static partial Regex BlockStart();

    [GeneratedRegex("`+")]
    private static partial Regex Ticks();
}
