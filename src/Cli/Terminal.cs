using System.Globalization;
using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Anarchive.Cli;

/// <summary>Where a command speaks: results on one stream, progress, warnings and refusals on the other.</summary>
internal sealed class Terminal(TextWriter results, TextWriter remarks, bool attended)
{
    // Wide enough that a table piped to another program is never wrapped.
    private const int PipedWidth = 1_000;

    public static Terminal Process() => new(Console.Out, Console.Error, !Console.IsErrorRedirected);

    /// <summary>True when a person watches the progress.</summary>
    public bool Attended => attended;

    public TextWriter Results => results;

    /// <summary>True when results go to a screen, and not into a file or another program.</summary>
    public bool ShowsResults => ReferenceEquals(results, Console.Out) && !Console.IsOutputRedirected;

    public TextWriter Remarks => remarks;

    public void Remark(string line) => remarks.WriteLine(Clean(line));

    public void Result(string line) => results.WriteLine(Clean(line));

    public void Result(IRenderable what)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(results) });
        if (!ReferenceEquals(results, Console.Out) || Console.IsOutputRedirected) console.Profile.Width = PipedWidth;
        console.Write(what);
    }

    /// <summary>A table without lines, whose cells are plain text.</summary>
    public static Table Table(string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table().NoBorder();
        foreach (var column in columns) table.AddColumn(new TableColumn(new Text(column)).NoWrap());
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(Clean(cell))));
        return table;
    }

    /// <summary>
    /// Text that may come from a peer, without what would steer the terminal: control characters, and the marks that
    /// reverse the direction of writing.
    /// </summary>
    public static string Clean(string text)
    {
        if (!text.Any(Steers)) return text;
        var clean = new StringBuilder(text.Length);
        foreach (var c in text) clean.Append(Steers(c) ? '\uFFFD' : c);
        return clean.ToString();
    }

    private static bool Steers(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format;
}
