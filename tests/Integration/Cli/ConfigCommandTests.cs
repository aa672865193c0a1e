using System.Text.Json.Nodes;
using Anarchive.Cli;
using Xunit;

namespace Anarchive.Tests.Integration;

public sealed class ConfigCommandTests : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-config-");

    [Fact]
    public async Task Show_names_each_value_and_its_source_and_makes_nothing()
    {
        Assert.Equal("default", (await Shown("listen")).Source);
        Assert.False(Directory.Exists(Home));
    }

    [Fact]
    public async Task A_value_that_was_set_is_shown_with_its_source_until_it_is_unset()
    {
        Assert.Equal(0, (await RunAsync("config", "set", "peers.listen", "https://127.0.0.1:7421")).Exit);
        Assert.Equal(("https://127.0.0.1:7421", "config.json"), await Shown("peers.listen"));
        Assert.Equal(0, (await RunAsync("config", "unset", "peers.listen")).Exit);
        Assert.Equal((null, "default"), await Shown("peers.listen"));
    }

    [Fact]
    public async Task A_secret_is_never_shown()
    {
        var set = await RunAsync("config", "set", "alerts.webhook", "https://hook.example/canary");
        var show = await RunAsync("config", "show");
        Assert.Equal((0, 0), (set.Exit, show.Exit));
        Assert.DoesNotContain("canary", set.Results + set.Remarks + show.Results);
    }

    [Theory]
    [InlineData("unknown_setting", "config", "set", "nonsense", "1")]
    [InlineData("unknown_setting", "config", "unset", "nonsense")]
    [InlineData("bad_setting", "config", "set", "peers.listen", "http://0.0.0.0:7421")]
    [InlineData("bad_setting", "serve", "--peer-listen", "http://0.0.0.0:7421")]
    [InlineData("bad_setting", "serve", "--listen", "7420")]
    [InlineData("bad_setting", "serve", "--trusted-proxies", "0.0.0.0/0")]
    [InlineData("bad_setting", "config", "set", "trusted_proxies", "proxy.example")]
    public async Task What_cannot_be_set_is_refused_by_its_code_and_makes_nothing(string code, params string[] command)
    {
        var refused = await RunAsync([.. command, "--json"]);
        Assert.Equal((2, code), (refused.Exit, refused.Code));
        Assert.False(Directory.Exists(Home));
    }

    [Fact]
    public async Task A_key_nobody_knows_keeps_a_node_from_starting_until_it_is_unset()
    {
        Directory.CreateDirectory(Home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(
            Path.Combine(Home, "config.json"), """{"lisen":"x"}""", TestContext.Current.CancellationToken);
        var refused = await RunAsync("serve", "--listen", "http://127.0.0.1:0");
        Assert.Equal(2, refused.Exit);
        Assert.Equal("The key lisen in config.json is no setting of this program.", refused.Sentence());
        Assert.Equal(0, (await RunAsync("config", "unset", "lisen")).Exit);
        await using var node = await NodeProcess.StartAsync(
            new Home(Home), "first", _ => { }, TestContext.Current.CancellationToken);
    }

    public void Dispose() => _scratch.Delete(recursive: true);

    private string Home => Path.Combine(_scratch.FullName, "home");

    private Task<CommandRun> RunAsync(params string[] command) => CommandRun.Of(Home, command);

    private async Task<(string? Value, string? Source)> Shown(string key)
    {
        var run = await RunAsync("config", "show", "--json");
        var settings = (JsonArray)JsonNode.Parse(run.Results)!["settings"]!;
        var one = settings.Single(s => (string?)s!["key"] == key)!;
        return ((string?)one["value"], (string?)one["source"]);
    }
}
