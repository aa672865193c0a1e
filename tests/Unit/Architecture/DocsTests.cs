using System.CommandLine;
using System.Text.RegularExpressions;
using Anarchive.Cli;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed partial class DocsTests
{
    private static readonly string Documented = string.Concat(Checkout.Documents().Select(Checkout.Read));

    [Fact]
    public void Every_code_between_nodes_is_documented() =>
        AreDocumented(Enum.GetValues<Refusal>().Where(r => r != Refusal.None).Select(r => r.Code()));

    [Fact]
    public void Every_code_a_person_can_meet_is_documented()
    {
        var codes = Checkout.Files("src", ".cs")
            .SelectMany(file => Code().Matches(Checkout.Read(file)))
            .Select(match => match.Groups["code"].Value).ToHashSet();
        Assert.True(codes.Count > 50, "The pattern no longer finds the codes.");
        AreDocumented(codes);
    }

    [Fact]
    public void Every_code_an_import_can_refuse_a_line_with_is_documented()
    {
        var source = Checkout.Read("src/Cli/Import/ThreadsFile.cs");
        var codes = LineCode().Matches(source).Select(m => m.Groups[1].Value).ToArray();
        Assert.True(codes.Length > 5, "The pattern no longer finds the codes.");
        AreDocumented(codes);
    }

    [Fact]
    public void Every_meter_is_documented()
    {
        var meters = Checkout.Files("src", ".cs")
            .SelectMany(file => Meter().Matches(Checkout.Read(file))).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(meters);
        AreDocumented(meters);
    }

    [Fact]
    public void Every_command_and_option_is_documented()
    {
        var page = Checkout.Read("docs/operating.md");
        var missing = Leaves(Root(), "").Select(leaf => leaf.Path)
            .Where(path => !page.Contains($"| `{path}", StringComparison.Ordinal))
            .Concat(Options(Root()).Where(option => !page.Contains(option, StringComparison.Ordinal)));
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_command_says_what_it_does() =>
        Assert.All(Leaves(Root(), ""), leaf => Assert.EndsWith(".", leaf.Command.Description));

    [Fact]
    public void The_readme_fits_one_screen() =>
        Assert.InRange(Checkout.Read("README.md").Split('\n').Length, 20, 60);

    [Fact]
    public void Decisions_are_numbered_without_gaps_and_say_what_was_rejected()
    {
        var pages = Checkout.Files("docs/decisions", ".md").ToArray();
        Assert.NotEmpty(pages);
        Assert.All(pages.Select((file, at) => (file, number: $"{at + 1:0000}")), page =>
        {
            Assert.StartsWith(page.number, Path.GetFileName(page.file));
            var text = Checkout.Read(page.file);
            string[] parts = ["Status:", "## Context", "## Decision", "## Consequences", "## Rejected"];
            Assert.All(parts, part => Assert.Contains(part, text));
        });
    }

    private static void AreDocumented(IEnumerable<string> words) =>
        Assert.Empty(words.Where(word => !Documented.Contains($"`{word}`", StringComparison.Ordinal)).Order());

    private static RootCommand Root() =>
        CommandLine.Root(new Terminal(TextWriter.Null, TextWriter.Null, attended: false));

    private static IEnumerable<(string Path, Command Command)> Leaves(Command command, string path)
    {
        foreach (var child in command.Subcommands)
        {
            var full = path.Length == 0 ? child.Name : $"{path} {child.Name}";
            if (child.Subcommands.Count == 0) yield return (full, child);
            foreach (var leaf in Leaves(child, full)) yield return leaf;
        }
    }

    private static IEnumerable<string> Options(Command command) =>
        command.Options.Where(o => !o.Hidden && o.Name is not "--help" and not "--version").Select(o => o.Name)
            .Concat(command.Subcommands.SelectMany(Options)).Distinct();

    [GeneratedRegex("""
        (?:Problem|new)\(\s*"(?<code>[a-z_]+)",\s*\d{3}\b
        |(?:StartRefused|DataDirectory|Listen)Exception\(\s*"(?<code>[a-z_]+)"
        |CliFailure\.\w+\(\s*"(?<code>[a-z_]+)"
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Code();

    [GeneratedRegex("(?:, |\\? |= |: )\"([a-z]+_[a-z_]+|empty)\"")]
    private static partial Regex LineCode();

    [GeneratedRegex("\"(anarchive\\.[a-z]+\\.[a-z_]+)\"")]
    private static partial Regex Meter();
}
