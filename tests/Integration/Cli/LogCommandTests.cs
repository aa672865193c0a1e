using System.Text.Json.Nodes;
using Xunit;

namespace Anarchive.Tests.Integration;

public sealed class LogCommandTests : IAsyncLifetime
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-log-");
    private readonly NodeAtWork _node;

    public LogCommandTests() => _node = new NodeAtWork(Path.Combine(_scratch.FullName, "node"));

    public async ValueTask InitializeAsync() => await _node.Start();

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _scratch.Delete(recursive: true);
    }

    [Fact]
    public async Task A_level_changes_while_the_node_runs_and_its_entries_can_be_read()
    {
        await _node.Done("log", "level", "engine", "debug");
        await _node.Done("hive", "create", "cats");
        var entries = (JsonArray)(await _node.Done("log", "show"))["entries"]!;
        Assert.Contains(entries, e => (string?)e!["area"] == "engine" && (string?)e["level"] == "debug");

        var levels = (await _node.Done("log", "level", "error"))["levels"]!;
        Assert.Equal("error", (string?)levels["engine"]);
        var before = ((JsonArray)(await _node.Done("log", "show"))["entries"]!).Count;
        await _node.Done("hive", "create", "dogs");
        Assert.Equal(before, ((JsonArray)(await _node.Done("log", "show"))["entries"]!).Count);
    }

    [Theory]
    [InlineData("bad_level", "loud")]
    [InlineData("bad_level", "2")]
    [InlineData("bad_area", "kitchen", "debug")]
    public async Task A_level_or_area_that_is_none_is_refused(string code, params string[] words)
    {
        var refused = await _node.Run(["log", "level", .. words, "--json"]);
        Assert.Equal((1, code), (refused.Exit, refused.Code));
    }

    [Fact]
    public async Task The_log_never_holds_a_path_or_a_token()
    {
        await _node.Done("log", "level", "trace");
        await _node.Done("hive", "create", "cats");
        await _node.Stop();
        await _node.Start();
        var log = (await _node.Done("log", "show")).ToJsonString();
        var token = await File.ReadAllTextAsync(
            Path.Combine(_node.Home, "api.token"), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(_scratch.FullName, log);
        Assert.DoesNotContain(token.Trim(), log);
    }
}
