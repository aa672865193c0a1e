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

    /// <summary>As above, on a node that runs in this process.</summary>
    public static async Task<CommandRun> On(LiveNode node, params string[] command)
    {
        await File.WriteAllTextAsync(
            new Home(node.Home).UrlFile, node.Address.ToString(), TestContext.Current.CancellationToken);
        return await Of(node.Home, command);
    }

    public string? Read(string name) => JsonNode.Parse(Results)?[name]?.ToString();

    /// <summary>The code of a refusal, asked for with <c>--json</c>.</summary>
    public string? Code => JsonNode.Parse(Results)?["error"]?["code"]?.ToString();

    /// <summary>What a refusal says besides the log: one line.</summary>
    public string Sentence() => Assert.Single(Remarks.TrimEnd('\n').Split('\n'));
}
