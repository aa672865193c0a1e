using System.Text.Json.Nodes;
using Anarchive.Cli;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Nodes as processes of their own, under load for a second or two.</summary>
[Collection(nameof(KilledNodeTests))]
public sealed class LoadTests : IDisposable
{
    private static readonly string[] Short =
        ["bench", "load", "--seconds", "2", "--hives", "2", "--writes", "20", "--reads", "20", "--json"];

    private readonly TemporaryDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Two_nodes_of_its_own_take_the_load_and_end_in_step()
    {
        var (exit, document) = await Run(Short);
        Assert.Equal((0, true), (exit, (bool)document["inStep"]!));
        Assert.InRange((int)document["writes"]!["samples"]!, 1, 41);
        Assert.InRange((int)document["reads"]!["samples"]!, 1, 41);
        Assert.Equal(0, (int)document["notArrived"]!);
    }

    [Fact]
    public async Task A_data_directory_that_somebody_uses_is_refused_and_stays_as_it_was()
    {
        var home = _scratch.At("mine");
        await Run("init", "--home", home, "--json");
        var before = Files(home);
        var (exit, document) = await Run([.. Short, "--home", home]);
        Assert.Equal((2, "not_for_load"), (exit, (string?)document["error"]!["code"]));
        Assert.Equal(before, Files(home));
    }

    [Fact]
    public async Task A_data_directory_made_for_it_is_used_again()
    {
        var home = _scratch.At("load");
        for (var run = 0; run < 2; run++)
            Assert.Equal(0, (await Run([.. Short, "--peers", "0", "--home", home])).Exit);
    }

    [Theory]
    [InlineData("--peers", "17")]
    [InlineData("--hives", "0")]
    [InlineData("--writers", "0")]
    [InlineData("--seconds", "0")]
    public async Task A_plan_that_makes_no_sense_is_refused(string option, string value)
    {
        var (exit, document) = await Run("bench", "load", option, value, "--json");
        Assert.Equal((2, "usage"), (exit, (string?)document["error"]!["code"]));
    }

    private static string[] Files(string home) =>
        [.. Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static async Task<(int Exit, JsonObject Document)> Run(params string[] command)
    {
        using var results = new StringWriter();
        using var remarks = new StringWriter();
        var exit = await CommandLine.RunAsync(
            command, new Terminal(results, remarks, attended: false), TestContext.Current.CancellationToken);
        return (exit, (JsonObject)JsonNode.Parse(results.ToString())!);
    }
}
