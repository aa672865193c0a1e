using System.Net;
using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>What a node says of itself to programs on its machine.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private WebNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await WebNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_node_that_serves_is_alive_and_ready()
    {
        Assert.Equal("alive\n", (await _node.AskAsync("GET", "/healthz", null, null)).Text);
        Assert.Equal("ready\n", (await _node.AskAsync("GET", "/readyz", null, null)).Text);
    }

    [Theory]
    [InlineData(false, false, "starting")]
    [InlineData(true, true, "stopping")]
    [InlineData(false, true, "stopping")]
    [InlineData(true, false, null)]
    public void A_node_that_starts_or_stops_says_so(bool started, bool stopping, string? reason) =>
        Assert.Equal(reason, Health.NotReady(new Life(started, stopping)));

    [Fact]
    public async Task Figures_are_in_prometheus_text_and_name_no_key_hash_or_hive()
    {
        await _node.PostAsync("canary-title");
        var text = (await _node.AskAsync("GET", "/metrics", null, null)).Text;
        Assert.Contains("# TYPE anarchive_replication_received_total counter\n", text);
        Assert.Contains("anarchive_replication_lag{ring=\"members\",app=\"hive\"} 0\n", text);
        Assert.Contains("anarchive_rings_peers{state=\"out_of_reach\"} 0\n", text);
        Assert.Contains("\nanarchive_process_memory_bytes ", text);
        var instance = await _node.AskAsync("GET", "/api/v1/federation/status", null, _node.Token);
        string?[] secrets =
            ["cats", "canary", _node.Directory, _node.Token, Id(instance, null), Id(instance, "groups")];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret!, text));

        static string? Id(WebAnswer answer, string? list) => list is null
            ? answer.Json.GetProperty("instance_id").GetString()
            : answer.Json.GetProperty(list)[0].GetProperty("group_id").GetString();
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/api/v1/federation/status")]
    [InlineData("/api/v1/logs/")]
    public async Task Under_a_foreign_name_nothing_is_told(string path)
    {
        var answer = await _node.AskAsync("GET", path, null, _node.Token, ("Host", "rebound.example"));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.Status);
    }

    [Theory]
    [InlineData("GET", "/api/v1/federation/status", null)]
    [InlineData("GET", "/api/v1/logs/", null)]
    [InlineData("GET", "/api/v1/logs/levels", null)]
    [InlineData("POST", "/api/v1/logs/levels", """{"level":"trace"}""")]
    public async Task Only_the_owner_is_told_how_the_node_is(string method, string path, string? body)
    {
        var agent = await _node.AskAsync("POST", "/api/v1/agents/register", """{"name":"Ines"}""", null);
        var key = agent.Json.GetProperty("api_key").GetString();
        Assert.Equal(HttpStatusCode.Unauthorized, (await _node.AskAsync(method, path, body, null)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await _node.AskAsync(method, path, body, key)).Status);
    }

    [Fact]
    public async Task One_document_tells_the_node_its_peers_and_its_groups()
    {
        var status = (await _node.AskAsync("GET", "/api/v1/federation/status", null, _node.Token)).Json;
        Assert.Equal(("well", 0), (
            status.GetProperty("state").GetString(), status.GetProperty("peers_total").GetInt32()));
        var group = status.GetProperty("groups")[0];
        Assert.Equal(("cats", "hive", "members"), (
            group.GetProperty("name").GetString(), group.GetProperty("kind").GetString(),
            group.GetProperty("ring").GetString()));
        Assert.True(group.GetProperty("events").GetInt64() > 0);
        Assert.Equal(0, status.GetProperty("peers_by_state").GetProperty("stalled").GetInt32());
    }

    private sealed class Life(bool started, bool stopping) : Microsoft.Extensions.Hosting.IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => new(started);

        public CancellationToken ApplicationStopping => new(stopping);

        public CancellationToken ApplicationStopped => default;

        public void StopApplication()
        {
        }
    }
}
