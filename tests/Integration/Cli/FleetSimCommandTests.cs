using System.Text.Json.Nodes;
using Anarchive.Cli;
using Xunit;

namespace Anarchive.Tests.Integration;

public sealed class FleetSimCommandTests : IDisposable
{
    private const int Day = 24 * 3600;

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-sim-");

    [Fact]
    public async Task A_machine_that_never_returns_is_repaired_and_costs_less_the_longer_it_is_waited_for()
    {
        var trace = Write([.. Enumerable.Repeat($"m 1 0 {20 * Day}", 9), $"gone 1 0 {15 * Day}"]);
        string[] what = ["fleet", "sim", trace, "--devices", "10", "--copies", "2", "--items", "50", "--json"];
        var run = await CommandRun.Of(_scratch.FullName, [.. what, "--grace", "24", "--grace", "240"]);
        Assert.Equal(ExitCodes.Done, run.Exit);
        var graces = JsonNode.Parse(run.Results)!["graces"]!.AsArray();
        Assert.Equal([24, 240], graces.Select(g => (int)g!["graceHours"]!));
        Assert.True((decimal)graces[0]!["repairsPerItem30Days"]! > 0);
        Assert.Equal(0m, (decimal)graces[0]!["darkPercent"]!);
        Assert.Equal(0m, (decimal)graces[1]!["repairsPerItem30Days"]!);
        Assert.Equal(10, (int)JsonNode.Parse(run.Results)!["eligibleDevices"]!);
        Assert.Equal(run.Results, (await CommandRun.Of(_scratch.FullName, [.. what, "--grace", "240", "24"])).Results);
    }

    [Fact]
    public async Task People_read_a_table_and_where_the_replay_stands()
    {
        var trace = Write([.. Enumerable.Repeat($"m 1 0 {3 * Day}", 4)]);
        var run = await CommandRun.Of(
            _scratch.FullName, "fleet", "sim", trace, "--devices", "4", "--items", "5", "--fleets", "2");
        Assert.Contains("4 of 4 machines, 3 copies of each of 5 items, 2 fleets drawn.", run.Results);
        Assert.Contains("168 h", run.Results);
        Assert.Contains("Fleet 2 of 2, grace 168 h", run.Remarks);
    }

    [Theory]
    [InlineData("m 1 0 100\nm 2 0 100", 2)]
    [InlineData("m 1 0 100\n\nm 1 5 x", 3)]
    [InlineData("m 1 100 0", 1)]
    [InlineData("just text", 1)]
    [InlineData("", 1)]
    public async Task A_bad_line_is_refused_by_its_number(string text, int line)
    {
        var run = await CommandRun.Of(_scratch.FullName, "fleet", "sim", Write(text.Split('\n')), "--json");
        Assert.Equal(("bad_trace", ExitCodes.Bad), (run.Code, run.Exit));
        Assert.Equal(line, (int)JsonNode.Parse(run.Results)!["error"]!["line"]!);
    }

    [Fact]
    public async Task A_file_of_bytes_is_refused_and_none_is_not_found()
    {
        var path = Path.Combine(_scratch.FullName, "bytes");
        await File.WriteAllBytesAsync(path, [0, 255, 10, 13, 200, 1], TestContext.Current.CancellationToken);
        Assert.Equal("bad_trace", (await CommandRun.Of(_scratch.FullName, "fleet", "sim", path, "--json")).Code);
        Assert.Equal("not_found", (await CommandRun.Of(_scratch.FullName, "fleet", "sim", path + "x", "--json")).Code);
    }

    [Fact]
    public async Task More_machines_than_the_trace_has_are_refused() => Assert.Equal(
        "too_few_devices",
        (await CommandRun.Of(_scratch.FullName, "fleet", "sim", Write("m 1 0 100"), "--devices", "3", "--json")).Code);

    [Theory]
    [InlineData("--devices", "65")]
    [InlineData("--devices", "2")]
    [InlineData("--copies", "0")]
    [InlineData("--uptime", "101")]
    [InlineData("--uptime", "2147483647")]
    [InlineData("--items", "0")]
    [InlineData("--fleets", "101")]
    [InlineData("--grace", "-1")]
    [InlineData("--grace", "8785")]
    public async Task A_number_out_of_bounds_is_wrong_usage(string option, string value)
    {
        var run = await CommandRun.Of(_scratch.FullName, "fleet", "sim", Write("m 1 0 100"), option, value, "--json");
        Assert.Equal(("usage", ExitCodes.CannotRun), (run.Code, run.Exit));
    }

    public void Dispose() => _scratch.Delete(recursive: true);

    private string Write(params string[] lines)
    {
        var path = Path.Combine(_scratch.FullName, "trace");
        File.WriteAllLines(path, lines);
        return path;
    }
}
