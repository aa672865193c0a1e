using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What the owner of a hub does about the nodes that register.</summary>
public sealed class HubCommandTests : IAsyncLifetime
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-hub-");
    private readonly NodeAtWork _hub;

    public HubCommandTests() => _hub = new NodeAtWork(Path.Combine(_scratch.FullName, "hub"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _hub.Done("init");
        await _hub.Done("config", "set", "hub.enabled", "true");
        await _hub.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _scratch.Delete(recursive: true);
    }

    [Fact]
    public async Task A_node_is_seen_waiting_let_in_and_forgotten_as_it_happens()
    {
        using var events = await Events();
        await using var node = await Started("waiting");
        var id = await node.Id();
        Assert.Equal(("registered", id), await Next(events));
        Assert.Equal("waiting", await State(id));
        await _hub.Done("hub", "approve", id);
        Assert.Equal("admitted", await State(id));
        Assert.Contains("nodes 1, stale 0, waiting 0", (await _hub.Run("hub", "stats")).Results);
        Assert.Contains("Nothing was changed.", (await _hub.Run("hub", "remove", id, "--dry-run")).Results);
        Assert.Equal("admitted", await State(id));
        await node.Stop();
        await _hub.Done("hub", "remove", id);
        Assert.Null(await State(id));
        Assert.Equal("not_found", (await _hub.Run("hub", "remove", id, "--json")).Code);
        Assert.Equal("not_found", (await _hub.Run("hub", "approve", id, "--json")).Code);
    }

    [Fact]
    public async Task A_key_lets_a_node_in_unattended()
    {
        var made = await _hub.Done("hub", "keys", "create", "--hours", "1");
        await using var node = await Started("unattended", "/" + (string)made["text"]!);
        var id = await node.Id();
        await NodeAtWork.Eventually(async () => await State(id) == "admitted", "It was not let in.", _hub);
        var key = ((JsonArray)(await _hub.Done("hub", "keys", "list"))["keys"]!).Single()!;
        Assert.True((bool?)key["spent"]);
        await _hub.Done("hub", "keys", "revoke", (string)key["id"]!);
        Assert.Contains("No keys.", (await _hub.Run("hub", "keys", "list")).Results);
        Assert.Equal("bad_hours", (await _hub.Run("hub", "keys", "create", "--hours", "0", "--json")).Code);
    }

    [Fact]
    public async Task A_node_that_is_no_hub_says_how_to_make_it_one()
    {
        await using var node = new NodeAtWork(Path.Combine(_scratch.FullName, "plain"));
        await node.Done("init");
        await node.Start();
        string[] commands =
        [
            "nodes", "stats", "approve x", "remove x", "remove x --dry-run", "keys list", "keys create",
            "keys revoke x",
        ];
        foreach (var command in commands)
        {
            var run = await node.Run(["hub", .. command.Split(' '), "--json"]);
            Assert.True((run.Exit, run.Code) == (1, "not_a_hub"), $"{command}: {run.Exit} {run.Results}");
            Assert.Contains("anarchive config set hub.enabled true", run.Results);
        }
    }

    private async Task<NodeAtWork> Started(string name, string key = "")
    {
        var node = new NodeAtWork(Path.Combine(_scratch.FullName, name));
        await node.Done("init");
        var home = new Home(_hub.Home);
        var address = File.ReadAllText(home.UrlFile).Trim().TrimEnd('/');
        await node.Done("config", "set", "peers.hubs", $"{address}#{await _hub.Id()}{key}");
        return await node.Start();
    }

    private async Task<string?> State(string id) =>
        (string?)((JsonArray)(await _hub.Done("hub", "nodes"))["nodes"]!)
            .FirstOrDefault(n => (string?)n!["instanceId"] == id)?["state"];

    private async Task<ClientWebSocket> Events()
    {
        var home = new Home(_hub.Home);
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + File.ReadAllText(home.TokenFile).Trim());
        var address = File.ReadAllText(home.UrlFile).Trim().Replace("http://", "ws://", StringComparison.Ordinal);
        await socket.ConnectAsync(new Uri($"{address.TrimEnd('/')}/api/v1/map/events"), Cancellation);
        return socket;
    }

    private static async Task<(string Kind, string Node)> Next(ClientWebSocket events)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var buffer = new byte[1_024];
        var frame = await events.ReceiveAsync(buffer.AsMemory(), limit.Token);
        var said = JsonNode.Parse(buffer.AsSpan(0, frame.Count))!;
        return ((string)said["kind"]!, (string)said["instance_id"]!);
    }
}
