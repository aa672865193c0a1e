using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>What programs may do with a token of each scope, whether or not there is an owner.</summary>
public sealed class AccessTokenTests : IAsyncLifetime
{
    private const string Reset = """{"dry_run":false}""";
    private const string Right = "harbour lights at noon";

    private WebNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await WebNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory]
    [InlineData("read", true)]
    [InlineData("write", true)]
    [InlineData("owner", true)]
    [InlineData("read", false)]
    [InlineData("write", false)]
    [InlineData("owner", false)]
    public async Task A_scope_reaches_as_far_as_it_says(string scope, bool hasOwner)
    {
        var token = await MakeAsync("tv", scope);
        if (hasOwner) Assert.Null(await _node.Get<AccessBook>().FoundAsync(Right));
        var (writes, owns) = (scope != "read", scope == "owner");
        Assert.Equal(200, (int)(await _node.AskAsync("GET", "/api/v1/feed", null, token)).Status);
        Assert.Equal(200, (int)(await _node.AskAsync("GET", "/openapi/v1.json", null, token)).Status);
        var post = await _node.AskAsync("POST", "/api/v1/posts", """{"hive":"cats","title":"tv"}""", token);
        Assert.Equal(writes ? 201 : 403, (int)post.Status);
        if (!writes) Assert.Equal("scope_missing", post.Code);
        var me = await _node.AskAsync("GET", "/api/v1/agents/me", null, token);
        Assert.Equal(writes ? 200 : 403, (int)me.Status);
        string[] owners = ["/api/v1/access", "/api/v1/key", "/api/v1/fleet", "/api/v1/logs/"];
        foreach (var path in owners)
        {
            var answer = await _node.AskAsync("GET", path, null, token);
            Assert.Equal(owns ? 200 : 403, (int)answer.Status);
            if (!owns) Assert.Equal("scope_missing", answer.Code);
        }

        var page = await _node.AskAsync("GET", "/mesh", null, token);
        Assert.Equal(owns || !hasOwner ? 200 : 403, (int)page.Status);
    }

    [Fact]
    public async Task A_write_token_writes_as_the_owners_agent()
    {
        var token = await MakeAsync("bot", "write");
        var me = (await _node.AskAsync("GET", "/api/v1/agents/me", null, token)).Json.GetProperty("id").GetString();
        var owner = (await _node.AskAsync("GET", "/api/v1/agents/me", null, _node.Token)).Json.GetProperty("id");
        Assert.Equal(owner.GetString(), me);
    }

    [Fact]
    public async Task A_revoked_token_is_not_known_and_the_day_of_its_last_use_is()
    {
        var token = await MakeAsync("tv", "read");
        Assert.Null(_node.Get<AccessBook>().Tokens.Single().UsedDay);
        Assert.Null(await _node.Get<AccessBook>().FoundAsync(Right));
        await _node.AskAsync("GET", "/api/v1/feed", null, token);
        var day = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / (24 * 3_600_000);
        Assert.InRange(day - _node.Get<AccessBook>().Tokens.Single().UsedDay!.Value, 0, 1);
        // Read anew from the disk, as after a restart.
        var anew = new AccessBook(_node.Get<Database>(), _node.Get<LogWriter>(), TimeProvider.System);
        Assert.Equal(_node.Get<AccessBook>().Tokens.Single().UsedDay, anew.Token(token)?.UsedDay);
        Assert.Equal(204, (int)(await _node.AskAsync("DELETE", "/api/v1/access/tokens/tv", null, _node.Token)).Status);
        var refused = await _node.AskAsync("GET", "/api/v1/feed", null, token);
        Assert.Equal((401, "bad_key"), ((int)refused.Status, refused.Code));
        var again = await _node.AskAsync("DELETE", "/api/v1/access/tokens/tv", null, _node.Token);
        Assert.Equal("not_found", again.Code);
    }

    [Theory]
    [InlineData("", "read", "bad_name")]
    [InlineData("a\nb", "read", "bad_name")]
    [InlineData("tv", "all", "bad_scope")]
    [InlineData("tv", "", "bad_scope")]
    [InlineData("taken", "read", "name_taken")]
    public async Task A_token_that_cannot_be_made_is_refused(string name, string scope, string code)
    {
        await MakeAsync("taken", "write");
        var answer = await _node.AskAsync("POST", "/api/v1/access/tokens", Body(name, scope), _node.Token);
        Assert.Equal(code, answer.Code);
        Assert.Single(_node.Get<AccessBook>().Tokens);
        using var owner = new Visitor(_node);
        await owner.BecomeOwnerAsync(Right);
        var sight = await owner.FillAsync(
            "/settings/access", "/settings/access/tokens", ("name", name), ("scope", scope));
        Assert.Contains($"<code>{code}</code>", sight.Text);
        Assert.Single(_node.Get<AccessBook>().Tokens);
    }

    [Fact]
    public async Task No_token_removes_the_passphrase_and_a_page_without_an_owner_makes_none()
    {
        using var owner = new Visitor(_node);
        var sight = await owner.FillAsync(
            "/settings/access", "/settings/access/tokens", ("name", "tv"), ("scope", "owner"));
        Assert.Contains("<code>no_owner</code>", sight.Text);
        Assert.Empty(_node.Get<AccessBook>().Tokens);
        await owner.BecomeOwnerAsync(Right);
        var token = await MakeAsync("tv", "owner");
        Assert.Equal(403, (int)(await _node.AskAsync("POST", "/api/v1/access/reset", Reset, token)).Status);
        Assert.True(_node.Get<AccessBook>().HasOwner);
        Assert.Equal(200, (int)(await _node.AskAsync("POST", "/api/v1/access/reset", Reset, _node.Token)).Status);
        Assert.False(_node.Get<AccessBook>().HasOwner);
    }

    [Fact]
    public async Task A_token_is_shown_once_on_its_page_and_revoked_there()
    {
        using var owner = new Visitor(_node);
        await owner.BecomeOwnerAsync(Right);
        var made = await owner.FillAsync(
            "/settings/access", "/settings/access/tokens", ("name", "tv & <b>"), ("scope", "read"));
        var text = System.Text.RegularExpressions.Regex.Match(made.Text, "aat1[A-Za-z0-9_-]{43}").Value;
        Assert.Equal(200, (int)(await _node.AskAsync("GET", "/api/v1/feed", null, text)).Status);
        Assert.DoesNotContain(text, (await owner.SeeAsync("/settings/access")).Text);
        var page = "/settings/access/tokens/" + _node.Get<AccessBook>().Tokens.Single().Id;
        var asked = await owner.SeeAsync(page);
        Assert.Contains("tv &amp; &lt;b&gt;", asked.Text);
        Assert.DoesNotContain(text, asked.Text);
        Assert.Equal(303, (await owner.FillAsync(page, page)).Status);
        Assert.Equal(401, (int)(await _node.AskAsync("GET", "/api/v1/feed", null, text)).Status);
        Assert.Equal(404, (await owner.SeeAsync(page)).Status);
    }

    private static string Body(string name, string scope) =>
        new System.Text.Json.Nodes.JsonObject { ["name"] = name, ["scope"] = scope }.ToJsonString();

    private async Task<string> MakeAsync(string name, string scope)
    {
        var made = await _node.AskAsync("POST", "/api/v1/access/tokens", Body(name, scope), _node.Token);
        Assert.Equal(201, (int)made.Status);
        return made.Json.GetProperty("text").GetString()!;
    }
}
