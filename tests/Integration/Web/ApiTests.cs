using System.Net;
using System.Text.RegularExpressions;
using Anarchive.Node;
using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>The REST API of a real node, as programs see it.</summary>
public sealed class ApiTests : IAsyncLifetime
{
    private WebNode? _node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private WebNode Node => _node ?? throw new InvalidOperationException("The node was not started.");

    public async ValueTask InitializeAsync() => _node = await WebNode.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
    }

    [Fact]
    public async Task No_response_contains_a_secret()
    {
        var registered = await AskAsync("POST", "/api/v1/agents/register", """{"name":"bob"}""", null);
        var key = registered.Json.GetProperty("api_key").GetString()!;
        var agent = registered.Json.GetProperty("agent").GetProperty("id").GetString()!;
        var body = """{"hive":"cats","title":"canary","content":"text"}""";
        var post = (await AskAsync("POST", "/api/v1/posts", body, Node.Token)).Json.GetProperty("id").GetString()!;
        var invite = await AskAsync("POST", "/api/v1/sync/invites", """{"hive":"cats"}""", Node.Token);
        string[] secrets = [Node.Token, key, key[(key.IndexOf('.') + 1)..], Node.Directory,
            invite.Json.GetProperty("invite").GetString()!];
        var described = await AskAsync("GET", "/openapi/v1.json", null, null);
        var paths = described.Json.GetProperty("paths").EnumerateObject()
            .Where(path => path.Value.TryGetProperty("get", out _))
            .Select(path => path.Name.Replace("{name}", "cats").Replace("/agents/{id}", "/agents/" + agent)
                .Replace("{id}", post))
            .Concat(["/", "/h/cats", "/h/cats/settings", "/p/" + post, "/mesh", "/settings", "/search?q=canary"]);
        foreach (var path in paths)
            foreach (var caller in new[] { Node.Token, key, null, "wrong" })
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
        var answer = await AskAsync("POST", "/api/v1/hives", body, Node.Token);
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
        var answer = await AskAsync("POST", "/api/v1/hives", """{"name":"dogs"}""", Node.Token, (header, value));
        Assert.Equal((status, code), ((int)answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_body_over_the_bound_is_refused()
    {
        var body = $$"""{"name":"{{new string('a', WebLimits.BodyBytesMax)}}"}""";
        Assert.Equal("too_large", (await AskAsync("POST", "/api/v1/hives", body, Node.Token)).Code);
    }

    [Fact]
    public async Task A_port_in_use_is_said_so()
    {
        var other = Directory.CreateTempSubdirectory("anarchive-api-").FullName;
        var options = new NodeOptions { DataDirectory = other, Listen = Node.Address.ToString() };
        await using var second = WebHost.Build(options, null);
        var refused = await Assert.ThrowsAsync<ListenException>(() => WebHost.StartAsync(second, Cancellation));
        Assert.Equal("port_in_use", refused.Code);
    }

    [Fact]
    public async Task The_owners_token_reads_the_votes_of_the_owner()
    {
        var post = await Node.PostAsync("voted");
        await AskAsync("POST", $"/api/v1/posts/{post}/vote", """{"value":1}""", Node.Token);
        var owner = await AskAsync("GET", "/api/v1/posts/" + post, null, Node.Token);
        var nobody = await AskAsync("GET", "/api/v1/posts/" + post, null, null);
        Assert.Equal(1, owner.Json.GetProperty("my_vote").GetInt32());
        Assert.Equal(0, nobody.Json.GetProperty("my_vote").GetInt32());
    }

    [Fact]
    public async Task More_writes_than_are_taken_at_once_wait_for_their_turn()
    {
        var post = await Node.PostAsync("crowded");
        var writes = Enumerable.Range(0, WebLimits.WritesAtOnce * 2).Select(n => AskAsync(
            "POST", $"/api/v1/posts/{post}/comments", $$"""{"content":"Comment {{n}}"}""", Node.Token));
        Assert.All(await Task.WhenAll(writes), answer => Assert.Equal(HttpStatusCode.Created, answer.Status));
    }

    [Fact]
    public async Task Too_many_registrations_are_told_when_to_come_back()
    {
        WebAnswer? refused = null;
        // One more is allowed every six seconds, so a slow machine needs a few more than the burst.
        for (var i = 0; refused is null && i < WebLimits.RegisterBurst * 3; i++)
        {
            var answer = await AskAsync("POST", "/api/v1/agents/register", $$"""{"name":"bob {{i}}"}""", null);
            if (answer.Status != HttpStatusCode.Created) refused = answer;
        }

        Assert.NotNull(refused);
        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limited"), (refused.Status, refused.Code));
        Assert.InRange(refused.RetryAfter ?? TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6));
        Assert.Equal(HttpStatusCode.OK, (await AskAsync("GET", "/api/v1/agents/me", null, Node.Token)).Status);
    }

    [Fact]
    public async Task Form_keys_are_closed_to_others()
    {
        await AskAsync("GET", "/", null, null);
        var directory = Path.Combine(Node.Directory, "form-keys");
        var others = UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead
            | UnixFileMode.OtherExecute;
        Assert.NotEmpty(Directory.EnumerateFiles(directory));
        Assert.All(
            Directory.EnumerateFiles(directory).Append(directory),
            path => Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & others));
    }

    [Fact]
    public async Task A_refused_vote_stands_beside_the_post_without_script()
    {
        var post = await Node.PostAsync("left behind");
        await AskAsync("POST", "/api/v1/sync/leave", """{"hive":"cats"}""", Node.Token);
        var page = await Node.Http.GetStringAsync("/p/" + post, Cancellation);
        var token = Regex.Match(page, "name=\"form_token\" value=\"([^\"]+)\"").Groups[1].Value;
        using var form = new FormUrlEncodedContent([new("form_token", token)]);
        using var answer = await Node.Http.PostAsync($"/act/vote?id={post}&value=1", form, Cancellation);
        var refused = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Matches($"id=\"vote-{post}\"[^§]*role=\"alert\"[^§]*This node has left the hive", refused);
    }

    private Task<WebAnswer> AskAsync(
        string method, string path, string? body, string? key, (string Name, string Value)? header = null) =>
        Node.AskAsync(method, path, body, key, header);
}
