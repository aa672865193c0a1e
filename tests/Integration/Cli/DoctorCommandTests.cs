using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What can be wrong with a machine is found without a running node, and told with its fix.</summary>
public sealed class DoctorCommandTests : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-doctor-");

    [Fact]
    public async Task Before_the_first_start_it_finds_no_problem_and_makes_nothing()
    {
        await SetAsync("listen", "http://127.0.0.1:0");
        Directory.Delete(Home, recursive: true);
        var found = await FindingsAsync();
        Assert.Equal("ok", found["keys"].Grade);
        Assert.Equal("ok", found["node"].Grade);
        Assert.False(Directory.Exists(Home));
    }

    [Fact]
    public async Task A_recovery_key_that_lies_beside_the_key_is_advice_until_it_is_moved()
    {
        await InitAsync();
        Assert.Equal("advice", (await FindingsAsync())["recovery key"].Grade);
        Assert.Equal(0, (await RunAsync("doctor")).Exit);
        File.Move(Path.Combine(Home, "keys", "recovery.key"), Path.Combine(_scratch.FullName, "safe"));
        Assert.DoesNotContain("recovery key", (await FindingsAsync()).Keys);
    }

    [Fact]
    public async Task A_key_that_others_can_read_and_one_that_is_gone_are_problems()
    {
        await InitAsync();
        var key = Path.Combine(Home, "keys", "node.key");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var open = (await FindingsAsync())["keys"];
        Assert.Equal(("problem", $"chmod 600 {key}"), (open.Grade, open.Fix));
        File.Delete(key);
        Assert.Equal("problem", (await FindingsAsync())["keys"].Grade);
        Assert.Equal(1, (await RunAsync("doctor")).Exit);
    }

    [Fact]
    public async Task A_directory_that_others_can_open_is_a_problem()
    {
        await InitAsync();
        File.SetUnixFileMode(Home, File.GetUnixFileMode(Home) | UnixFileMode.OtherExecute);
        Assert.Equal("problem", (await FindingsAsync())["data directory"].Grade);
    }

    [Fact]
    public async Task A_proxy_that_is_named_without_a_host_is_advice_until_the_host_is()
    {
        await SetAsync("listen", "http://127.0.0.1:0");
        await SetAsync("trusted_proxies", "127.0.0.1");
        var found = (await FindingsAsync())["settings"];
        Assert.Equal(("advice", "anarchive config set allowed_hosts NAME"), (found.Grade, found.Fix));
        await SetAsync("allowed_hosts", "attic.example");
        Assert.Equal("ok", (await FindingsAsync())["settings"].Grade);
    }

    [Fact]
    public async Task A_setting_nobody_knows_is_named()
    {
        await InitAsync();
        await File.WriteAllTextAsync(
            Path.Combine(Home, "config.json"), """{"lisen":1}""", TestContext.Current.CancellationToken);
        var found = (await FindingsAsync())["settings"];
        Assert.Equal("problem", found.Grade);
        Assert.Contains("lisen", found.Says);
    }

    [Theory]
    [InlineData("pages' port", "listen", "http")]
    [InlineData("peers' port", "peers.listen", "https")]
    public async Task A_port_that_another_program_has_is_a_problem_until_that_ends(
        string check, string setting, string scheme)
    {
        await SetAsync("listen", "http://127.0.0.1:0");
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await SetAsync(setting, $"{scheme}://{taken.LocalEndpoint}");
        var found = (await FindingsAsync())[check];
        Assert.Equal("problem", found.Grade);
        Assert.Contains(setting, found.Fix);
        taken.Stop();
        Assert.Equal("ok", (await FindingsAsync())[check].Grade);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_a_problem()
    {
        await SetAsync("peers.listen", "https://192.0.2.1:7421");
        Assert.Equal("problem", (await FindingsAsync())["peers' port"].Grade);
    }

    [Fact]
    public async Task A_node_that_is_gone_without_a_word_is_a_problem()
    {
        await InitAsync();
        await File.WriteAllTextAsync(
            Path.Combine(Home, "api.url"), "http://127.0.0.1:1/", TestContext.Current.CancellationToken);
        Assert.Equal("problem", (await FindingsAsync())["node"].Grade);
    }

    [Fact]
    public async Task A_running_node_is_asked_how_it_is()
    {
        await using var node = new NodeAtWork(Home);
        await node.Start();
        var found = await FindingsAsync();
        Assert.Equal("ok", found["node"].Grade);
        Assert.Equal("ok", found["peers' clocks"].Grade);
        Assert.StartsWith("this node serves at http://127.0.0.1:", found["pages' port"].Says);
    }

    public void Dispose()
    {
        if (Directory.Exists(Home)) File.SetUnixFileMode(Home, (UnixFileMode)0b111_000_000);
        _scratch.Delete(recursive: true);
    }

    private string Home => Path.Combine(_scratch.FullName, "home");

    private Task<CommandRun> RunAsync(params string[] command) => CommandRun.Of(Home, command);

    private async Task InitAsync()
    {
        Assert.Equal(0, (await RunAsync("init")).Exit);
        await SetAsync("listen", "http://127.0.0.1:0");
    }

    private async Task SetAsync(string key, string value) =>
        Assert.Equal(0, (await RunAsync("config", "set", key, value)).Exit);

    private async Task<Dictionary<string, (string Grade, string Says, string Fix)>> FindingsAsync()
    {
        var document = JsonNode.Parse((await RunAsync("doctor", "--json")).Results)!;
        return ((JsonArray)document["findings"]!).ToDictionary(
            f => (string)f!["check"]!, f => ((string)f!["grade"]!, (string)f["says"]!, (string?)f["fix"] ?? ""));
    }
}
