using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>
/// A recognisable word in every field, setting, path and wrong request, at the most talkative log level: it and the
/// secrets come out nowhere they were not put in for.
/// </summary>
public sealed class CanaryTests : IAsyncLifetime
{
    private const string Canary = "canary";

    private static readonly NodeId Somebody = new(new Hash256(new byte[Hash256.Size]));

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-canary-");
    private readonly Hook _hook = new(_ => "HTTP/1.1 204 No Content\r\n\r\n");
    private readonly HttpClient _http = new();
    private readonly StringBuilder _log = new();
    private Process _node = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Home => Path.Combine(_scratch.FullName, Canary);

    public async ValueTask InitializeAsync()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "anarchive.dll");
        string[] arguments =
            [program, "serve", "--attached", "--listen", "http://127.0.0.1:0", "--home", Home, "--name", Canary];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ANARCHIVE__Log__Level"] = "trace";
        start.Environment["ANARCHIVE__Alerts__Webhook"] = $"{_hook.Address}?{Canary}";
        start.Environment["ANARCHIVE__AllowedHosts"] = $"{Canary}.example";
        start.Environment["ANARCHIVE__Peers__Hubs"] = $"https://{Canary}.invalid:7421#{Somebody}";
        _node = Process.Start(start)!;
        _node.ErrorDataReceived += (_, line) =>
        {
            lock (_log) _log.AppendLine(line.Data);
        };
        _node.BeginErrorReadLine();
        var ready = await _node.StandardOutput.ReadLineAsync(Cancellation);
        Assert.StartsWith("Pages: ", ready);
        _http.BaseAddress = new Uri(ready!["Pages: ".Length..]);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _node.Dispose();
        _http.Dispose();
        _hook.Dispose();
        _scratch.Delete(recursive: true);
    }

    [Fact]
    public async Task What_people_write_and_what_must_stay_secret_is_in_no_log_figure_or_refusal()
    {
        var token = (await File.ReadAllTextAsync(Path.Combine(Home, "api.token"), Cancellation)).Trim();
        var agent = await AskAsync("POST", "agents/register", """{"name":"canary"}""", null);
        var key = (string)JsonNode.Parse(agent)!["api_key"]!;
        await AskAsync("POST", "hives", """{"name":"canary","title":"canary","description":"canary"}""", token);
        const string words = """{"hive":"canary","title":"canary","content":"canary","url":"https://canary.test/"}""";
        var written = await AskAsync("POST", "posts", words, key);
        var post = (string)JsonNode.Parse(written)!["id"]!;
        await AskAsync("POST", $"posts/{post}/comments", """{"content":"canary"}""", key);
        await AskAsync("GET", "search?q=canary", null, key);
        var invite = await AskAsync("POST", "sync/invites", """{"hive":"canary"}""", token);

        var (asked, refused) = await EveryRouteAsync(token);
        Assert.Contains(asked, path => path.StartsWith("/api/v1/fleet/", StringComparison.Ordinal));
        Assert.True(refused.Count > asked.Count / 2, $"Of {asked.Count} routes {refused.Count} refused.");
        var refusals = string.Concat(await WrongRequestsAsync(token)) + string.Concat(refused);
        var figures = await _http.GetStringAsync("/metrics", Cancellation);
        var entries = await AskAsync("GET", "logs/", null, token);
        await StopAsync();

        string[] secrets = [Canary, token, key, (string)JsonNode.Parse(invite)!["invite"]!];
        foreach (var (where, text) in new[]
                 {
                     ("the log", _log.ToString()), ("its memory", entries), ("figures", figures),
                     ("refusals", refusals),
                 })
        {
            Assert.NotEmpty(text);
            Assert.All(secrets, secret => Assert.False(text.Contains(secret), $"{where}: {text}"));
        }
    }

    private async Task<IReadOnlyList<string>> WrongRequestsAsync(string token) =>
    [
        await AskAsync("POST", "hives", """{"name":["canary"]}""", token),
        await AskAsync("POST", "hives", """{"name":"canary canary"}""", token),
        await AskAsync("POST", "hives", "{canary", token),
        await AskAsync("POST", "sync/join", """{"invite":"ai1canary"}""", token),
        await AskAsync("POST", "sync/leave", """{"hive":"no-canary"}""", token),
        await AskAsync("POST", "logs/levels", """{"level":"canary"}""", token),
        await AskAsync("GET", "no/such/canary?canary=canary", null, token),
        await AskAsync("GET", "hives", null, "canary"),
        await SendAsync("POST", "/sync/v1/handshake", """{"step":"canary"}""", null),
        await SendAsync("POST", "/sync/v1/groups/canary/events", Canary, Canary),
        await SendAsync("GET", "/api/canary", null, null),
    ];

    /// <summary>
    /// Every act that the node's own description lists, with the word for each parameter and in each body, so that none
    /// is forgotten; and those of peers. What is refused is looked through: what is not may show what was asked for.
    /// </summary>
    private async Task<(IReadOnlyList<string> Asked, IReadOnlyList<string> Refused)> EveryRouteAsync(string token)
    {
        var described = JsonNode.Parse(await _http.GetStringAsync("/openapi/v1.json", Cancellation))!;
        var (asked, refused) = (new List<string>(), new List<string>());
        foreach (var (path, acts) in described["paths"]!.AsObject())
            foreach (var (method, act) in acts!.AsObject())
                foreach (var body in BodiesOf(described, act!))
                {
                    var at = Regex.Replace(path, @"\{[^}]*\}", Canary) + "?" + Canary + "=" + Canary;
                    asked.Add(path);
                    var (status, text) = await TryAsync(method.ToUpperInvariant(), at, body, token);
                    if (status >= 400) refused.Add(text);
                }

        string[] ofPeers =
        [
            "/net/v1/locks", "/net/v1/registry", "/net/v1/custody?after=" + Canary, "/net/v1/reaper",
            "/net/v1/peers_for/" + Canary, "/net/v1/blobs/" + Canary,
        ];
        foreach (var path in ofPeers)
            foreach (var method in new[] { "GET", "POST" })
                refused.Add((await TryAsync(method, path, method == "GET" ? null : Canary, Canary)).Text);
        return (asked, refused);
    }

    /// <summary>What an act takes, with the word wherever text stands, and a broken one; else nothing.</summary>
    private static IReadOnlyList<string?> BodiesOf(JsonNode described, JsonNode act)
    {
        if (act["requestBody"]?["content"]?["application/json"]?["schema"] is not { } schema) return [null];
        var name = ((string?)schema["$ref"])?.Split('/')[^1];
        var members = name is null ? null : described["components"]!["schemas"]![name]?["properties"]?.AsObject();
        var filled = new JsonObject();
        foreach (var (member, kind) in members ?? [])
            switch (kind!["type"]?.ToJsonString() ?? "")
            {
                case var type when type.Contains("array"):
                    filled[member] = new JsonArray(Canary);
                    break;
                case var type when type.Contains("boolean"):
                    filled[member] = false;
                    break;
                case var type when type.Contains("integer"):
                    filled[member] = 1;
                    break;
                default:
                    filled[member] = Canary;
                    break;
            }

        return [filled.ToJsonString(), "{" + Canary];
    }

    private Task<string> AskAsync(string method, string path, string? body, string? key) =>
        SendAsync(method, "/api/v1/" + path, body, key);

    private async Task<string> SendAsync(string method, string path, string? body, string? key) =>
        (await TryAsync(method, path, body, key)).Text;

    private async Task<(int Status, string Text)> TryAsync(string method, string path, string? body, string? key)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await _http.SendAsync(request, Cancellation);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    private async Task StopAsync()
    {
        if (_node.HasExited) return;
        _node.StandardInput.Close();
        await _node.WaitForExitAsync(CancellationToken.None);
    }
}
