using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A node whose peers come by way of a reverse proxy that ends TLS.</summary>
public sealed partial class ProxiedPeerTests : IAsyncDisposable
{
    private readonly TemporaryDirectory _scratch = new();
    private readonly List<Process> _nodes = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            node.StandardInput.Close();
            await node.WaitForExitAsync(CancellationToken.None);
            node.Dispose();
        }

        _scratch.Dispose();
    }

    [Fact]
    public async Task Peers_come_by_a_proxy_that_can_do_nothing_with_what_it_reads()
    {
        var port = Loopback.FreePort();
        await using var proxy = new TlsProxy(port);
        var authority = _scratch.At("authority.pem");
        await File.WriteAllTextAsync(authority, proxy.AuthorityPem, TestContext.Current.CancellationToken);
        var (a, b) = (_scratch.At("a"), _scratch.At("b"));
        await Start(
            a, null, "--peer-listen", $"http://127.0.0.1:{port}",
            "--public-endpoint", $"https://localhost:{proxy.Port}");
        await Start(b, authority);
        await Done(a, "hive", "create", "cats");
        await Done(b, "join", (string)(await Done(a, "invite", "cats"))["invite"]!);
        await Eventually.True(
            async () => await Digests(a) == await Digests(b), () => "They do not agree.");

        // The proxy has read a token and whole signed requests; sent again, none of them serves it.
        var request = Heartbeat().Match(proxy.Read);
        Assert.True(request.Success, "No heartbeat went through the proxy.");
        var (token, signature) = (Header("Authorization"), Header("Anarchive-Signature"));
        Assert.StartsWith("Bearer ", token, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, await Ask(port, token, null));
        Assert.Equal(HttpStatusCode.NotFound, await Ask(port, token, signature));

        string Header(string name) =>
            Regex.Match(request.Value, $"^{name}: (.*?)\r?$", RegexOptions.Multiline).Groups[1].Value;
    }

    [Fact]
    public async Task A_proxied_node_and_one_that_shows_its_certificate_greet_once_and_come_to_rest()
    {
        var port = Loopback.FreePort();
        await using var proxy = new TlsProxy(port);
        var authority = _scratch.At("authority.pem");
        await File.WriteAllTextAsync(authority, proxy.AuthorityPem, TestContext.Current.CancellationToken);
        await using var a = await LiveNode.Start(
            peerListen: $"http://127.0.0.1:{port}",
            with: o => o with { PublicEndpoint = $"https://localhost:{proxy.Port}", HeartbeatSeconds = 1 });
        var (b, direct) = (_scratch.At("b"), $"https://127.0.0.1:{Loopback.FreePort()}");
        await Done(b, "config", "set", "peers.heartbeat_seconds", "1");
        await Start(b, authority, "--peer-listen", direct);
        var group = await a.Found("cats");
        await Done(b, "join", (await Invite(a))!);
        var peer = a.Get<PeerBook>().All.Single().Id;
        Assert.Null((await a.Get<PeerActs>().AddAsync(
            direct, peer.ToString(), TestContext.Current.CancellationToken)).Problem);
        await Eventually.True(
            () => a.Get<PeerBook>().Find(peer)?.Identity is not null, "A never reached B.", a);
        // From here on both have what they need for all their calls.
        var before = proxy.Read.Length;
        await Eventually.True(() => Heartbeats().Count > 12, "B no longer calls.", a);
        Assert.True(Greetings() <= 2, $"{Greetings()} greetings for {Heartbeats().Count} heartbeats.");
        // What the proxy reads is of no use on the listener that asks for no signatures either.
        var token = Regex.Match(proxy.Read[before..], "Authorization: (Bearer [^\r]*)").Groups[1].Value;
        Assert.NotEmpty(token);
        Assert.Equal(
            HttpStatusCode.NotFound,
            await Ask(a.Address.Port, token, null, $"groups/{group}/status", HttpMethod.Get));
        await a.Say(group, 3);
        await Eventually.True(
            () => a.Mesh.View() is { InStep: 1, Total: 1 }, "They do not agree.", a);

        MatchCollection Heartbeats() => Heartbeat().Matches(proxy.Read[before..]);

        int Greetings() => Regex.Count(proxy.Read[before..], "\"step\":\"hello\"");
    }

    [GeneratedRegex("POST /sync/v1/heartbeat.*?\r\n\r\n", RegexOptions.Singleline)]
    private static partial Regex Heartbeat();

    private static async Task<HttpStatusCode> Ask(
        int port, string token, string? signature, string path = "heartbeat", HttpMethod? method = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            method ?? HttpMethod.Post, $"http://127.0.0.1:{port}/sync/v1/{path}");
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(token);
        if (signature is not null) request.Headers.Add("Anarchive-Signature", signature);
        if (method is null) request.Content = new ByteArrayContent("{}"u8.ToArray());
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static async Task<string?> Invite(LiveNode node) =>
        (await node.Mesh.InviteAsync("cats", TestContext.Current.CancellationToken)).Invite?.Text;

    private async Task Start(string home, string? authority, params string[] options)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "anarchive.dll");
        var info = new ProcessStartInfo(
            "dotnet",
            [program, "serve", "--json", "--attached", "--home", home, "--listen", "http://127.0.0.1:0", .. options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (authority is not null) info.Environment["SSL_CERT_FILE"] = authority;
        var process = Process.Start(info)!;
        _nodes.Add(process);
        var ready = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.True(JsonNode.Parse(ready ?? "{}")?["url"] is not null, $"The node did not start: {ready}");
    }

    private static async Task<JsonObject> Done(string home, params string[] command)
    {
        var run = await CommandRun.Of(home, [.. command, "--json"]);
        Assert.True(run.Exit == 0, $"{string.Join(' ', command)}: {run.Results}");
        return (JsonObject)JsonNode.Parse(run.Results)!;
    }

    private static async Task<string> Digests(string home) =>
        string.Join('\n', ((JsonArray)(await Done(home, "digest"))["groups"]!)
            .Select(g => $"{g!["stateDigest"]} {g["vectorDigest"]} {g["events"]}"));
}
