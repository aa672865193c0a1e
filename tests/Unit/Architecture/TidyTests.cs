using System.Text.RegularExpressions;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed partial class TidyTests
{
    private const int FileLinesMax = 400;
    private const int NinetiethPercentileMax = 250;
    private const int MethodLinesMax = 60;
    private const int LineLengthMax = 120;

    // Spelled in halves, so that this file passes its own rule.
    private static readonly string[] Unfinished = ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception"];

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        Nothing(Checkout.Code().Select(file => (file, lines: Lines(file).Length))
            .Where(f => f.lines > FileLinesMax).Select(f => $"{f.file}: {f.lines} lines"));

    [Fact]
    public void Nine_of_ten_files_have_at_most_250_lines()
    {
        var lengths = Checkout.Code().Select(file => Lines(file).Length).Order().ToArray();
        Assert.InRange(lengths[lengths.Length * 9 / 10], 0, NinetiethPercentileMax);
    }

    [Fact]
    public void No_line_is_longer_than_120_characters() =>
        Nothing(
            from file in Checkout.Code()
            // In markup a line end is a blank that shows.
            where file.EndsWith(".cs", StringComparison.Ordinal)
            from line in Lines(file).Select((text, at) => (text, at))
            where line.text.Length > LineLengthMax
            select $"{file}:{line.at + 1}: {line.text.Length} characters");

    [Fact]
    public void No_method_is_longer_than_60_lines() =>
        Nothing(
            from file in Checkout.Code()
            where file.EndsWith(".cs", StringComparison.Ordinal)
            from method in Methods(Lines(file))
            where method.Length > MethodLinesMax
            select $"{file}:{method.Line}: {method.Length} lines");

    // The compiler's own rules have no order of imports, and the whole of dotnet format takes minutes.
    [Fact]
    public void Imports_stand_in_order_with_those_of_the_system_first() =>
        Nothing(
            from file in Checkout.Code()
            where file.EndsWith(".cs", StringComparison.Ordinal)
            let imports = Import().Matches(Checkout.Read(file)).Select(match => match.Groups[1].Value)
            let ordered = imports
                .OrderByDescending(name => $"{name}.".StartsWith("System.", StringComparison.Ordinal))
                .ThenBy(name => name, StringComparer.OrdinalIgnoreCase)
            where !imports.SequenceEqual(ordered)
            select $"{file}: {string.Join(", ", ordered)}");

    [Fact]
    public void Nothing_is_left_unfinished() =>
        Nothing(
            from file in Checkout.Code().Concat(Checkout.Documents())
            from line in Lines(file).Select((text, at) => (text, at))
            where Unfinished.Any(word => line.text.Contains(word, StringComparison.Ordinal))
            select $"{file}:{line.at + 1}: {line.text.Trim()}");

    [Fact]
    public void No_type_name_ends_in_a_word_that_says_nothing() =>
        Nothing(
            from file in Checkout.Code()
            from Match match in EmptyName().Matches(Checkout.Read(file))
            select $"{file}: {match.Groups[1].Value}");

    [Fact]
    public void Links_in_documents_lead_somewhere() =>
        Nothing(
            from file in Checkout.Documents()
            from Match match in Link().Matches(WithoutCode(Checkout.Read(file)))
            let target = match.Groups[1].Value
            where !target.Contains("://", StringComparison.Ordinal) && !Exists(file, target)
            select $"{file}: {target}");

    [Fact]
    public void A_namespace_is_its_project() =>
        Nothing(
            from file in Checkout.Files("src", ".cs")
            let declared = Namespace().Match(Checkout.Read(file))
            where declared.Success
            let folder = file.Split('/')
            let expected = "Anarchive." + (folder[1] == "Apps" ? folder[2] : folder[1])
            where declared.Groups[1].Value != expected
            select $"{file}: {declared.Groups[1].Value}");

    // Assert.Empty shows five entries; whoever tidies up needs them all.
    private static void Nothing(IEnumerable<string> wrong)
    {
        var all = string.Join('\n', wrong);
        if (all.Length > 0) Assert.Fail(all);
    }

    private static string[] Lines(string file) => Checkout.Read(file).TrimEnd('\n').Split('\n');

    /// <summary>
    /// Members one level inside a type: from the line that opens a brace at that depth to the line that closes it.
    /// The format check keeps braces on lines of their own, so indentation tells the depth.
    /// </summary>
    private static IEnumerable<(int Line, int Length)> Methods(string[] lines)
    {
        for (var at = 0; at < lines.Length; at++)
        {
            if (lines[at] is not "    {" || at == 0 || !Signature().IsMatch(lines[at - 1])) continue;
            // An initializer, which also follows a bracket, ends in a semicolon.
            var end = Array.FindIndex(lines, at, line => line is "    }" or "    };");
            if (end > at) yield return (at, end - at - 1);
        }
    }

    private static bool Exists(string file, string target)
    {
        var (path, anchor) = target.Split('#', 2) is [var p, var a] ? (p, a) : (target, null);
        var folder = Path.GetDirectoryName(Checkout.PathOf(file))!;
        var full = path.Length == 0 ? Checkout.PathOf(file) : Path.GetFullPath(Path.Combine(folder, path));
        if (!File.Exists(full) && !Directory.Exists(full)) return false;
        return anchor is null || !full.EndsWith(".md", StringComparison.Ordinal)
            || File.ReadLines(full).Any(line => line.StartsWith('#') && Slug(line) == anchor);
    }

    private static string Slug(string heading) =>
        NotInSlug().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static string WithoutCode(string text) => CodeSpan().Replace(Fence().Replace(text, ""), "");

    [GeneratedRegex("^using ([A-Za-z0-9_.]+);", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum)\s+(\w+(?:Manager|Helper|Service|Utils|Common))\b")]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"[):>]$|^        (where|:) ")]
    private static partial Regex Signature();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInSlug();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex CodeSpan();
}
