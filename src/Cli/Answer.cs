using System.Text.Json.Nodes;
using Spectre.Console.Rendering;

namespace Anarchive.Cli;

/// <summary>What a command found: one document for programs, lines and perhaps a table for people.</summary>
internal sealed record Answer(int ExitCode, JsonObject Document, IReadOnlyList<string> Lines, IRenderable? Table = null)
{
    public static Answer Done(JsonObject document, params string[] lines) => new(ExitCodes.Done, document, lines);

    /// <summary>A list: a table, or a line that says what to do where it is empty.</summary>
    public static Answer Listed(
        JsonObject document, string none, string[] columns, IReadOnlyCollection<string[]> rows) =>
        rows.Count == 0 ? Done(document, none) : Done(document) with { Table = Terminal.Table(columns, rows) };

    /// <summary>For a command that has said all it had to say.</summary>
    public static Answer Silent { get; } = new(ExitCodes.Done, [], []);
}
