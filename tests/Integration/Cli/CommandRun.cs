using System.Text.Json.Nodes;
using Anarchive.Cli;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>One run of the command line in this process, on a data directory.</summary>
internal sealed record CommandRun(int Exit, string Results, string Remarks)
{
    public static async Task<CommandRun> Of(string home, params string[] command)
    {
        using var results = new StringWriter { NewLine = "\n" };
        using var remarks = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(results, remarks, attended: false);
        string[] arguments = [.. command, "--home", home];
        var exit = await CommandLine.RunAsync(arguments, terminal, TestContext.Current.CancellationToken);
        return new CommandRun(exit, results.ToString(), remarks.ToString());
    }

    public string? Read(string name) => JsonNode.Parse(Results)?[name]?.ToString();

    /// <summary>The code of a refusal, asked for with <c>--json</c>.</summary>
    public string? Code => JsonNode.Parse(Results)?["error"]?["code"]?.ToString();

    /// <summary>What a refusal says besides the log: one line.</summary>
    public string Sentence() => Assert.Single(Remarks.TrimEnd('\n').Split('\n'));
}
