using System.Net.WebSockets;
using Anarchive.Node;
using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>Who is let in once a node has an owner: sessions and the passphrase.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private const string Right = "harbour lights at noon";

    private WebNode _node = null!;
    private Visitor _owner = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Pages =>
        ["/", "/mesh", "/fleet", "/cache", "/net", "/settings", "/settings/access", "/pair", "/nowhere", "/p/x"];

    public async ValueTask InitializeAsync()
    {
        _node = await WebNode.StartAsync();
        _owner = new Visitor(_node);
    }

    public async ValueTask DisposeAsync()
    {
        _owner.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Without_an_owner_this_machine_is_served_as_ever()
    {
        using var visitor = new Visitor(_node);
        Assert.Equal(200, (await visitor.SeeAsync("/")).Status);
        Assert.Equal(200, (await visitor.SeeAsync("/api/v1/hives")).Status);
        var sight = await visitor.SeeAsync("/sign-in");
        Assert.Equal((303, "/settings/access"), (sight.Status, sight.Location));
    }

    [Theory]
    [InlineData("short", "short", "passphrase_short")]
    [InlineData("eleven char", "eleven char", "passphrase_short")]
    [InlineData("             ", "             ", "passphrase_short")]
    [InlineData("harbour lights at noon", "harbour lights at moon", "passphrases_differ")]
    public async Task A_passphrase_that_breaks_its_rule_is_refused_beside_its_field(
        string passphrase, string again, string code)
    {
        var sight = await _owner.FillAsync(
            "/settings/access", "/settings/access/passphrase", ("passphrase", passphrase), ("again", again));
        Assert.Equal(400, sight.Status);
        Assert.Contains($"<code>{code}</code>", sight.Text);
        Assert.DoesNotContain($"value=\"{passphrase}\"", sight.Text);
        Assert.False(_node.Get<AccessBook>().HasOwner);
    }

    [Fact]
    public async Task A_passphrase_over_the_bound_is_refused()
    {
        var text = new string('x', 1025);
        var sight = await _owner.FillAsync(
            "/settings/access", "/settings/access/passphrase", ("passphrase", text), ("again", text));
        Assert.Contains("<code>passphrase_long</code>", sight.Text);
        Assert.False(_node.Get<AccessBook>().HasOwner);
    }

    [Fact]
    public async Task A_form_without_its_token_makes_nobody_the_owner()
    {
        var sight = await _owner.PostAsync("/settings/access/passphrase", ("passphrase", Right), ("again", Right));
        Assert.Equal(400, sight.Status);
        Assert.Contains("form_expired", sight.Text);
        Assert.False(_node.Get<AccessBook>().HasOwner);
    }

    [Fact]
    public async Task Once_there_is_an_owner_nobody_reads_a_page_without_a_session()
    {
        await _owner.BecomeOwnerAsync(Right);
        using var visitor = new Visitor(_node);
        foreach (var page in Pages)
        {
            var sight = await visitor.SeeAsync(page + "?a=1&b=2");
            Assert.Equal(303, sight.Status);
            Assert.Equal("/sign-in?to=" + Uri.EscapeDataString(page + "?a=1&b=2"), sight.Location);
            Assert.Contains((await _owner.SeeAsync(page)).Status, new[] { 200, 404 });
        }

        var form = await visitor.PostAsync("/hives/new", ("name", "dogs"), ("title", "Dogs"));
        Assert.Equal((303, "/sign-in"), (form.Status, form.Location));
        Assert.Equal(404, (await _owner.SeeAsync("/h/dogs")).Status);
    }

    [Theory]
    [InlineData("GET", "/api/v1/hives")]
    [InlineData("GET", "/api/v1/feed")]
    [InlineData("GET", "/api/v1/status")]
    [InlineData("GET", "/api/v1/media/x/info")]
    [InlineData("GET", "/api/v1/nothing")]
    [InlineData("GET", "/openapi/v1.json")]
    [InlineData("GET", "/ws")]
    [InlineData("GET", "/live")]
    [InlineData("POST", "/api/v1/agents/register")]
    [InlineData("POST", "/api/v1/access/reset")]
    [InlineData("DELETE", "/api/v1/access/tokens/x")]
    public async Task Nor_does_a_program_without_a_key(string method, string path)
    {
        await _owner.BecomeOwnerAsync(Right);
        var body = method == "POST" ? """{"name":"bob"}""" : null;
        var refused = await _node.AskAsync(method, path, body, null);
        Assert.Equal((401, "key_required"), ((int)refused.Status, refused.Code));
        var wrong = await _node.AskAsync(method, path, body, "aat1" + new string('A', 43));
        Assert.Equal((401, "bad_key"), ((int)wrong.Status, wrong.Code));
        var token = await _node.AskAsync(method, path, body, _node.Token);
        Assert.NotEqual(401, (int)token.Status);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    public async Task Health_is_told_as_before(string path)
    {
        await _owner.BecomeOwnerAsync(Right);
        Assert.Equal(200, (int)(await _node.AskAsync("GET", path, null, null)).Status);
    }

    [Fact]
    public async Task Other_nodes_meet_their_own_routes_as_before()
    {
        await using var hub = await WebNode.StartAsync("http://127.0.0.1:0", null, isHub: true);
        (string Method, string Path)[] routes =
        [
            ("POST", "/sync/v1/handshake"), ("POST", "/net/v1/parts"), ("GET", "/api/v1/map/peers"),
            ("POST", "/api/v1/map/nodes"), ("GET", "/announce/x"), ("GET", "/ws/x/y/z"),
        ];
        var before = await StatesAsync();
        Assert.Null(await hub.Get<AccessBook>().FoundAsync(Right));
        Assert.Equal(before, await StatesAsync());
        Assert.DoesNotContain("key_required", before);
        Assert.Equal(401, (int)(await hub.AskAsync("GET", "/api/v1/map/stats", null, null)).Status);

        async Task<string> StatesAsync()
        {
            var states = "";
            foreach (var (method, path) in routes)
            {
                var answer = await hub.AskAsync(method, path, method == "POST" ? "{}" : null, null);
                states += $"{path} {(int)answer.Status} {answer.Text}\n";
            }

            return states;
        }
    }

    [Fact]
    public async Task An_agents_key_reads_and_writes_as_before_and_opens_no_page()
    {
        var agent = await _node.AskAsync("POST", "/api/v1/agents/register", """{"name":"Ines"}""", null);
        var key = agent.Json.GetProperty("api_key").GetString()!;
        await _owner.BecomeOwnerAsync(Right);
        Assert.Equal(200, (int)(await _node.AskAsync("GET", "/api/v1/feed", null, key)).Status);
        var post = await _node.AskAsync("POST", "/api/v1/posts", """{"hive":"cats","title":"mine"}""", key);
        Assert.Equal(201, (int)post.Status);
        using var visitor = new Visitor(_node);
        var page = await visitor.SeeAsync("/mesh", ("Authorization", "Bearer " + key));
        Assert.Equal(403, page.Status);
        Assert.Contains("owner_required", page.Text);
    }

    [Fact]
    public async Task Signing_in_leads_back_and_the_cookie_is_closed_to_scripts_and_other_sites()
    {
        await _owner.BecomeOwnerAsync(Right);
        using var visitor = new Visitor(_node);
        var sight = await visitor.SignInAsync(Right, "/settings?x=1");
        Assert.Equal((303, "/settings?x=1"), (sight.Status, sight.Location));
        var cookie = Assert.Single(sight.Set, set => set.StartsWith("anarchive-session-", StringComparison.Ordinal));
        string[] must = ["httponly", "samesite=strict", "path=/", $"max-age={30 * 24 * 3600}"];
        Assert.All(must, part => Assert.Contains(part, cookie, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(200, (await visitor.SeeAsync("/settings")).Status);
        Assert.Equal(200, (await visitor.SeeAsync("/api/v1/access")).Status);
        var again = await visitor.SeeAsync("/sign-in?to=%2Fmesh");
        Assert.Equal((303, "/mesh"), (again.Status, again.Location));
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/a\tb")]
    [InlineData("/sign-in?to=/sign-in")]
    [InlineData("")]
    public async Task Signing_in_leads_nowhere_but_to_this_node(string to)
    {
        await _owner.BecomeOwnerAsync(Right);
        using var visitor = new Visitor(_node);
        Assert.Equal("/", (await visitor.SignInAsync(Right, to)).Location);
    }

    [Fact]
    public async Task A_link_on_another_site_is_followed_once_this_node_has_asked_for_the_cookie()
    {
        await _owner.BecomeOwnerAsync(Right);
        using var visitor = new Visitor(_node);
        (string, string)[] followed = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")];
        var sight = await visitor.SeeAsync("/mesh?a=\"", followed);
        Assert.Equal(200, sight.Status);
        Assert.Contains("url=/sign-in?to=%2Fmesh%3Fa%3D%2522\"", sight.Text);
    }

    [Fact]
    public async Task Wrong_passphrases_are_slow_and_few_and_the_right_one_waits_as_well()
    {
        await _owner.BecomeOwnerAsync(Right);
        using var visitor = new Visitor(_node);
        for (var i = 0; i < SignInLimits.Burst; i++)
        {
            var wrong = await visitor.SignInAsync(Right + i);
            Assert.Equal(401, wrong.Status);
            Assert.Contains("<code>wrong_passphrase</code>", wrong.Text);
            Assert.DoesNotContain(Right + i, wrong.Text);
            Assert.DoesNotContain(wrong.Set, set => set.StartsWith("anarchive-session-", StringComparison.Ordinal));
        }

        var refused = await visitor.SignInAsync(Right);
        Assert.Equal(429, refused.Status);
        Assert.Contains("<code>too_many_attempts</code>", refused.Text);
        Assert.InRange(refused.RetryAfter ?? TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        // The owner, who is signed in, cannot be kept from anything but a change of the passphrase.
        Assert.Equal(200, (await _owner.SeeAsync("/settings")).Status);
    }

    [Fact]
    public async Task Many_attempts_at_once_gain_nothing()
    {
        await _owner.BecomeOwnerAsync(Right);
        using var visitor = new Visitor(_node);
        var page = await visitor.SeeAsync("/sign-in");
        var token = System.Text.RegularExpressions.Regex
            .Match(page.Text, "name=\"form_token\" value=\"([^\"]+)\"").Groups[1].Value;
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => visitor.PostAsync(
            "/sign-in", ("form_token", token), ("passphrase", "guess number " + i))));
        Assert.Equal(SignInLimits.Burst, all.Count(sight => sight.Status == 401));
        Assert.Equal(20 - SignInLimits.Burst, all.Count(sight => sight.Status == 429));
    }

    [Fact]
    public async Task The_owner_sees_browsers_and_signs_them_out()
    {
        await _owner.BecomeOwnerAsync(Right);
        using var phone = new Visitor(
            _node, userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1");
        using var tablet = new Visitor(_node);
        await phone.SignInAsync(Right);
        await tablet.SignInAsync(Right);
        var page = (await _owner.SeeAsync("/settings/access")).Text;
        Assert.Contains("Safari on iPhone", page);
        Assert.Contains("Firefox on Linux", page);
        var id = _node.Get<AccessBook>().Sessions.Single(s => s.Browser == "Safari on iPhone").Id;
        Assert.Equal(303, (await _owner.FillAsync("/settings/access", "/settings/access/sessions/" + id)).Status);
        Assert.Equal(303, (await phone.SeeAsync("/mesh")).Status);
        Assert.Equal(200, (await tablet.SeeAsync("/mesh")).Status);
        await _owner.FillAsync("/settings/access", "/settings/access/others");
        Assert.Equal(303, (await tablet.SeeAsync("/mesh")).Status);
        Assert.Equal(200, (await _owner.SeeAsync("/mesh")).Status);
        Assert.Equal(404, (await _owner.FillAsync("/settings/access", "/settings/access/sessions/" + id)).Status);
        var left = await _owner.FillAsync("/settings/access", "/sign-out");
        Assert.Equal((303, "/sign-in"), (left.Status, left.Location));
        Assert.Equal(303, (await _owner.SeeAsync("/mesh")).Status);
        Assert.Empty(_node.Get<AccessBook>().Sessions);
    }

    [Fact]
    public async Task A_session_ends_after_thirty_days_and_a_restart_ends_none()
    {
        var book = _node.Get<AccessBook>();
        Assert.Null(await book.FoundAsync(Right));
        var (session, secret) = await book.OpenAsync("Firefox", "127.0.0.1");
        Assert.Equal(TimeSpan.FromDays(30), TimeSpan.FromMilliseconds(session.ExpiresMs - session.SinceMs));
        var later = new AccessBook(_node.Get<Database>(), _node.Get<LogWriter>(), new Later(TimeSpan.FromDays(29)));
        Assert.Equal(session.Hash, later.Session(secret)?.Hash);
        var tooLate = new AccessBook(
            _node.Get<Database>(), _node.Get<LogWriter>(), new Later(TimeSpan.FromDays(30) + TimeSpan.FromMinutes(1)));
        Assert.Null(tooLate.Session(secret));
        Assert.Empty(tooLate.Sessions);
    }

    [Fact]
    public async Task Changing_or_removing_the_passphrase_needs_the_present_one()
    {
        const string Next = "salt and wire and rain";
        await _owner.BecomeOwnerAsync(Right);
        using var other = new Visitor(_node);
        await other.SignInAsync(Right);
        (string, string)[] wrong = [("present", "not this one at all"), ("passphrase", Next), ("again", Next)];
        var refused = await _owner.FillAsync("/settings/access", "/settings/access/passphrase", wrong);
        Assert.Equal(401, refused.Status);
        Assert.Contains("<code>wrong_passphrase</code>", refused.Text);
        var kept = await _owner.FillAsync("/settings/access", "/settings/access/remove", ("present", "not this one"));
        Assert.Equal(401, kept.Status);
        Assert.Equal(200, (await other.SeeAsync("/mesh")).Status);
        (string, string)[] right = [("present", Right), ("passphrase", Next), ("again", Next)];
        Assert.Equal(303, (await _owner.FillAsync("/settings/access", "/settings/access/passphrase", right)).Status);
        Assert.Equal(303, (await other.SeeAsync("/mesh")).Status);
        Assert.Equal(200, (await _owner.SeeAsync("/mesh")).Status);
        Assert.Equal(401, (await other.SignInAsync(Right)).Status);
        Assert.Equal(303, (await other.SignInAsync(Next)).Status);
        Assert.Equal(303, (await _owner.FillAsync(
            "/settings/access", "/settings/access/remove", ("present", Next))).Status);
        using var anyone = new Visitor(_node);
        Assert.Equal(200, (await anyone.SeeAsync("/mesh")).Status);
        Assert.Empty(_node.Get<AccessBook>().Sessions);
    }

    [Fact]
    public async Task A_socket_ends_with_what_let_it_in()
    {
        using var before = await FollowAsync(null);
        await _owner.BecomeOwnerAsync(Right);
        await Assert.ThrowsAsync<WebSocketException>(() => before.ReceiveAsync(new byte[64], Cancellation));
        await Assert.ThrowsAsync<WebSocketException>(() => FollowAsync(null));
        using var socket = await FollowAsync(_owner);
        foreach (var session in _node.Get<AccessBook>().Sessions) await _node.Get<AccessBook>().EndAsync(session);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ReceiveAsync(new byte[64], Cancellation));
    }

    [Fact]
    public async Task A_programs_socket_with_a_key_that_never_ends_stays_open()
    {
        await _owner.BecomeOwnerAsync(Right);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + _node.Token);
        await socket.ConnectAsync(new UriBuilder(_node.Address) { Scheme = "ws", Path = "/ws" }.Uri, Cancellation);
        var wish = System.Text.Encoding.UTF8.GetBytes("""{"follow":"hive:cats"}""");
        var buffer = new byte[4096];
        await socket.SendAsync(wish, WebSocketMessageType.Text, endOfMessage: true, Cancellation);
        await socket.ReceiveAsync(buffer, Cancellation);
        await _node.PostAsync("told");
        var told = await socket.ReceiveAsync(buffer, Cancellation);
        Assert.Contains("hive:cats", System.Text.Encoding.UTF8.GetString(buffer, 0, told.Count));
    }

    [Fact]
    public async Task Nothing_secret_is_kept_and_none_is_in_a_backup()
    {
        await _owner.BecomeOwnerAsync(Right);
        var (_, secret) = await _node.Get<AccessBook>().OpenAsync("Firefox", "127.0.0.1");
        var ((_, token), _) = ((await _node.Get<AccessBook>().MakeTokenAsync("tv", "read")).Made!.Value, 0);
        var copy = Path.Combine(_node.Directory, "copy.db");
        DatabaseCopy.Make(Path.Combine(_node.Directory, "node.db"), copy);
        var bytes = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(copy, Cancellation));
        Assert.DoesNotContain("Firefox", bytes);
        Assert.DoesNotContain("$argon2", bytes);
        foreach (var file in Directory.EnumerateFiles(_node.Directory, "node.db*"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var text = new StreamReader(stream, System.Text.Encoding.Latin1);
            var kept = await text.ReadToEndAsync(Cancellation);
            Assert.All(new[] { Right, secret, token }, s => Assert.DoesNotContain(s, kept));
        }

        DatabaseCopy.Delete(copy);
    }

    private async Task<ClientWebSocket> FollowAsync(Visitor? visitor)
    {
        var socket = new ClientWebSocket();
        if (visitor is not null) socket.Options.Cookies = visitor.Cookies;
        var address = new UriBuilder(_node.Address) { Scheme = "ws", Path = "/ws" }.Uri;
        if (visitor is not null)
            socket.Options.SetRequestHeader("Cookie", visitor.Cookies.GetCookieHeader(_node.Address));
        await socket.ConnectAsync(address, Cancellation);
        return socket;
    }

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
