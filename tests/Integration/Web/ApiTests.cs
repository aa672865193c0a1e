using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>The REST API of a real node, as programs see it.</summary>
public sealed class ApiTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("anarchive-api-").FullName;
    private readonly HttpClient _http = new();
    private WebApplication? _app;
    private string _token = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = WebHost.Build(new NodeOptions { DataDirectory = _directory, Listen = "http://127.0.0.1:0" }, null);
        _http.BaseAddress = await WebHost.StartAsync(_app, Cancellation);
        _token = (await File.ReadAllTextAsync(Path.Combine(_directory, OwnerToken.FileName), Cancellation)).Trim();
        await AskAsync("POST", "/api/v1/hives", """{"name":"cats"}""", _token);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task No_response_contains_a_secret()
    {
        var registered = await AskAsync("POST", "/api/v1/agents/register", """{"name":"bob"}""", null);
        var key = registered.Json.GetProperty("api_key").GetString()!;
        var agent = registered.Json.GetProperty("agent").GetProperty("id").GetString()!;
        var body = """{"hive":"cats","title":"canary","content":"text"}""";
        var post = (await AskAsync("POST", "/api/v1/posts", body, _token)).Json.GetProperty("id").GetString()!;
        var invite = await AskAsync("POST", "/api/v1/sync/invites", """{"hive":"cats"}""", _token);
        string[] secrets = [_token, key, key[(key.IndexOf('.') + 1)..], _directory,
            invite.Json.GetProperty("invite").GetString()!];
        var described = await AskAsync("GET", "/openapi/v1.json", null, null);
        var paths = described.Json.GetProperty("paths").EnumerateObject()
            .Where(path => path.Value.TryGetProperty("get", out _))
            .Select(path => path.Name.Replace("{name}", "cats").Replace("/agents/{id}", "/agents/" + agent)
                .Replace("{id}", post))
            .Concat(["/", "/h/cats", "/h/cats/settings", "/p/" + post, "/mesh", "/settings", "/search?q=canary"]);
        foreach (var path in paths)
            foreach (var caller in new[] { _token, key, null, "wrong" })
            {
                var answer = await AskAsync("GET", path, null, caller);
                Assert.NotEqual(HttpStatusCode.InternalServerError, answer.Status);
                foreach (var secret in secrets)
                    Assert.False(answer.Text.Contains(secret, StringComparison.Ordinal), path + " tells a secret");
            }
    }

    [Fact]
    public async Task The_description_covers_every_route_of_the_table()
    {
        var described = await AskAsync("GET", "/openapi/v1.json", null, null);
        var paths = described.Json.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToHashSet();
        string[] table =
        [
            "/agents/register", "/agents/me", "/agents/{id}", "/hives", "/hives/{name}", "/hives/{name}/join",
            "/hives/{name}/leave", "/hives/{name}/members", "/hives/{name}/moderators", "/hives/{name}/bans",
            "/hives/{name}/feed", "/feed", "/posts", "/posts/{id}", "/posts/{id}/comments", "/comments/{id}",
            "/posts/{id}/vote", "/comments/{id}/vote", "/search", "/sync/groups", "/sync/peers", "/status",
        ];
        Assert.Empty(table.Select(path => "/api/v1" + path).Except(paths));
    }

    [Theory]
    [InlineData("""{"name":"a","bogus":1}""", 400, "bad_json")]
    [InlineData("""{"name":"a","name":"b"}""", 400, "bad_json")]
    [InlineData("""{"name":1}""", 400, "bad_json")]
    [InlineData("""{"name":null}""", 400, "bad_json")]
    [InlineData("""{"Name":"a"}""", 400, "bad_json")]
    [InlineData("{}", 400, "bad_json")]
    [InlineData("[]", 400, "bad_json")]
    [InlineData("{\"name\":", 400, "bad_json")]
    public async Task Json_of_another_form_is_refused_and_changes_nothing(string body, int status, string code)
    {
        var answer = await AskAsync("POST", "/api/v1/hives", body, _token);
        Assert.Equal((status, code), ((int)answer.Status, answer.Code));
        Assert.Equal(1, (await AskAsync("GET", "/api/v1/hives", null, null)).Json.GetArrayLength());
    }

    [Theory]
    [InlineData("GET", "/api/v1/feed?limit=-2", null, 400, "bad_limit")]
    [InlineData("GET", "/api/v1/feed?cursor=zzz", null, 400, "bad_cursor")]
    [InlineData("GET", "/api/v1/feed?sort=best", null, 400, "bad_sort")]
    [InlineData("GET", "/api/v1/feed", "wrong", 401, "bad_key")]
    [InlineData("GET", "/api/v1/agents/me", null, 401, "key_required")]
    [InlineData("GET", "/api/v1/sync/peers", null, 401, "key_required")]
    [InlineData("GET", "/api/v1/posts/none-1", null, 404, "not_found")]
    [InlineData("DELETE", "/api/v1/nothing", null, 404, "not_found")]
    [InlineData("GET", "/ws", null, 400, "socket_required")]
    public async Task A_refusal_has_its_status_and_code(
        string method, string path, string? key, int status, string code)
    {
        var answer = await AskAsync(method, path, null, key);
        Assert.Equal((status, code), ((int)answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("Host", "evil.example", 421, "host_not_allowed")]
    [InlineData("Origin", "http://evil.example", 403, "foreign_origin")]
    [InlineData("Origin", "null", 403, "foreign_origin")]
    [InlineData("Sec-Fetch-Site", "cross-site", 403, "foreign_origin")]
    public async Task Another_sites_page_writes_nothing(string header, string value, int status, string code)
    {
        var answer = await AskAsync("POST", "/api/v1/hives", """{"name":"dogs"}""", _token, (header, value));
        Assert.Equal((status, code), ((int)answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_body_over_the_bound_is_refused()
    {
        var body = $$"""{"name":"{{new string('a', WebLimits.BodyBytesMax)}}"}""";
        Assert.Equal("too_large", (await AskAsync("POST", "/api/v1/hives", body, _token)).Code);
    }

    [Fact]
    public async Task A_port_in_use_is_said_so()
    {
        var other = Directory.CreateTempSubdirectory("anarchive-api-").FullName;
        var options = new NodeOptions { DataDirectory = other, Listen = _http.BaseAddress!.ToString() };
        await using var second = WebHost.Build(options, null);
        var refused = await Assert.ThrowsAsync<ListenException>(() => WebHost.StartAsync(second, Cancellation));
        Assert.Equal("port_in_use", refused.Code);
    }

    private async Task<Answer> AskAsync(
        string method, string path, string? body, string? key, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (header is { } extra) request.Headers.TryAddWithoutValidation(extra.Name, extra.Value);
        using var response = await _http.SendAsync(request, Cancellation);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private sealed record Answer(HttpStatusCode Status, string Text)
    {
        public JsonElement Json => JsonDocument.Parse(Text).RootElement;

        public string? Code => Json.GetProperty("code").GetString();
    }
}
