using System.Net;
using System.Net.WebSockets;
using System.Text;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>Pages behind real reverse proxies, which are set up as they are documented, and behind others.</summary>
public sealed class BehindProxyTests : IAsyncDisposable
{
    private const string Right = "harbour lights at noon";

    // Addresses of callers that are loopback to whoever looks no closer, and are not the proxy's.
    private static readonly IPAddress Far = IPAddress.Parse("127.0.0.5");
    private static readonly IPAddress Other = IPAddress.Parse("127.0.0.6");

    private readonly TemporaryDirectory _disk = new();
    private WebNode _node = null!;
    private RealProxy _proxy = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _proxy?.Dispose();
        if (_node is not null) await _node.DisposeAsync();
        _disk.Dispose();
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task The_first_run_goes_by_a_documented_proxy_and_by_its_link_alone(string program)
    {
        await StartAsync(program, "127.0.0.1");
        using var stranger = new Visitor(_proxy, Other);
        foreach (var page in new[] { "/", "/settings/access", "/sign-in", "/api/v1/hives", "/metrics", "/ws" })
            Assert.Equal(403, (await stranger.SeeAsync(page, ("X-Forwarded-For", "127.0.0.1"))).Status);
        var taken = await stranger.PostAsync("/settings/access/passphrase", ("passphrase", Right), ("again", Right));
        Assert.Equal(403, taken.Status);
        Assert.Contains("loopback_only", taken.Text);
        Assert.False(_node.Get<AccessBook>().HasOwner);

        using var far = new Visitor(_proxy, Far);
        var link = await LinkAsync();
        var done = await far.FillAsync(link, link, ("passphrase", Right), ("again", Right));
        Assert.Equal((303, "/"), (done.Status, done.Location));
        Assert.Contains("; secure", Assert.Single(done.Set), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Far.ToString(), _node.Get<AccessBook>().Sessions.Single().Address);
        Assert.Equal(200, (await far.SeeAsync("/settings")).Status);
        Assert.Equal(303, (await far.FillAsync("/settings/access", "/sign-out")).Status);
        Assert.Equal(303, (await far.SeeAsync("/settings")).Status);
        var entered = await far.SignInAsync(Right);
        Assert.Equal(303, entered.Status);
        Assert.Contains("; secure", Assert.Single(entered.Set), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(303, (await stranger.SeeAsync("/settings")).Status);
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task Forms_and_live_parts_come_by_it_and_another_sites_do_not(string program)
    {
        await StartAsync(program, "127.0.0.1");
        Assert.Null(await _node.Get<AccessBook>().FoundAsync(Right));
        using var far = new Visitor(_proxy, Far);
        Assert.Equal(303, (await far.SignInAsync(Right)).Status);
        using var page = await _proxy.OpenAsync("/live?topic=folders", far.Cookies, _proxy.Origin);
        Assert.Equal(WebSocketState.Open, page.State);
        var films = Directory.CreateDirectory(_disk.At("films of a proxy")).FullName;
        Assert.Equal(303, (await far.FillAsync("/fleet/folders", "/fleet/folders", ("path", films))).Status);
        await HearAsync(page, "films of a proxy");

        using var foreign = await _proxy.OpenAsync("/live?topic=folders", far.Cookies, "https://evil.example");
        Assert.Equal((WebSocketState.Closed, HttpStatusCode.Forbidden), (foreign.State, foreign.HttpStatusCode));
        // The right host by the wrong scheme is another site, too.
        var plain = _proxy.Origin.Replace("https", "http", StringComparison.Ordinal);
        using var unsafely = await _proxy.OpenAsync("/live?topic=folders", far.Cookies, plain);
        Assert.Equal(HttpStatusCode.Forbidden, unsafely.HttpStatusCode);
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task Guesses_are_held_against_who_made_them(string program)
    {
        await StartAsync(program, "127.0.0.1");
        Assert.Null(await _node.Get<AccessBook>().FoundAsync(Right));
        using var guesser = new Visitor(_proxy, Other);
        for (var n = 0; n < 5; n++) Assert.Equal(401, (await guesser.SignInAsync($"wrong passphrase {n}")).Status);
        Assert.Equal(429, (await guesser.SignInAsync(Right)).Status);
        // What a caller says of itself to the proxy is not passed on.
        guesser.Say("X-Forwarded-For", Far.ToString());
        Assert.Equal(429, (await guesser.SignInAsync(Right)).Status);
        using var far = new Visitor(_proxy, Far);
        Assert.Equal(303, (await far.SignInAsync(Right)).Status);
    }

    [Fact]
    public async Task The_host_that_was_asked_for_is_judged_and_nodes_are_not_answered()
    {
        await StartAsync("nginx", "127.0.0.1");
        Assert.Null(await _node.Get<AccessBook>().FoundAsync(Right));
        using var far = new Visitor(_proxy, Far);
        Assert.Equal(421, (await far.SeeAsync("/sign-in", ("Host", "evil.example"))).Status);
        Assert.Equal(200, (await far.SeeAsync("/sign-in", ("X-Forwarded-Host", "evil.example"))).Status);
        Assert.Equal(404, (await far.SeeAsync("/sync/v1/heartbeat")).Status);
    }

    [Fact]
    public async Task A_proxy_that_is_not_named_gives_nobody_this_machines_rights_and_changes_nothing_else()
    {
        await StartAsync("nginx");
        using var far = new Visitor(_proxy, Far);
        var sight = await far.SeeAsync("/");
        Assert.Equal(403, sight.Status);
        Assert.Contains("loopback_only", sight.Text);
        using var near = new Visitor(_node);
        Assert.Equal(200, (await near.SeeAsync("/settings")).Status);
        Assert.Null(await _node.Get<AccessBook>().FoundAsync(Right));
        var refused = await far.SignInAsync(Right);
        Assert.Equal(403, refused.Status);
        Assert.Contains("proxy_not_named", refused.Text);
        Assert.Empty(_node.Get<AccessBook>().Sessions);
    }

    [Theory]
    [InlineData(true, "1.0")]
    [InlineData(true, "1.1")]
    [InlineData(false, "1.0")]
    public async Task A_proxy_that_says_nothing_gives_nobody_this_machines_rights(bool isNamed, string version)
    {
        _node = await NodeAsync(isNamed ? ["127.0.0.1"] : []);
        _proxy = await RealProxy.StartSilentAsync(_node.Address, version);
        using var far = new Visitor(_proxy, Far);
        foreach (var page in new[] { "/", "/metrics" })
        {
            var sight = await far.SeeAsync(page);
            Assert.Equal(403, sight.Status);
            Assert.Contains("loopback_only", sight.Text);
        }

        Assert.Null(await _node.Get<AccessBook>().FoundAsync(Right));
        Assert.Equal(401, (await far.SeeAsync("/metrics")).Status);
    }

    /// <summary>The gap that is documented: until there is a passphrase such a proxy has to be named.</summary>
    [Fact]
    public async Task A_silent_proxy_in_the_newer_protocol_that_is_not_named_is_kept_out_by_a_passphrase()
    {
        _node = await NodeAsync([]);
        _proxy = await RealProxy.StartSilentAsync(_node.Address, "1.1");
        using var far = new Visitor(_proxy, Far);
        Assert.Equal(200, (await far.SeeAsync("/settings")).Status);
        Assert.Null(await _node.Get<AccessBook>().FoundAsync(Right));
        Assert.Equal(303, (await far.SeeAsync("/settings")).Status);
        Assert.Equal(401, (await far.SeeAsync("/api/v1/hives")).Status);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "10.0.0.9", "X-Forwarded-Proto")]
    [InlineData("Sec-Fetch-Site", "same-origin", "X-Forwarded-Proto")]
    [InlineData("Sec-Fetch-Site", "cross-site", null)]
    [InlineData("Sec-Fetch-Site", "same-origin", "X-Forwarded-Host")]
    [InlineData("X-Forwarded-For", "10.0.0.9", null)]
    public async Task A_named_proxy_that_leaves_a_header_out_is_told_which(string name, string value, string? missing)
    {
        _node = await NodeAsync(["127.0.0.0/8"]);
        Assert.Null(await _node.Get<AccessBook>().FoundAsync(Right));
        var origin = missing == "X-Forwarded-Proto" ? $"https://{_node.Address.Authority}" : "https://attic.example";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/hives")
        {
            Content = new StringContent("""{"name":"dogs"}""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Origin", origin);
        request.Headers.Add(name, value);
        using var response = await _node.Http.SendAsync(request, Cancellation);
        var answer = new WebAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation), null);
        Assert.Equal((403, "foreign_origin"), ((int)answer.Status, answer.Code));
        var title = answer.Json.GetProperty("title").GetString()!;
        Assert.Equal(missing is not null, title.Contains("as docs/deployment.md shows", StringComparison.Ordinal));
        if (missing is not null) Assert.Contains($"have it send {missing},", title);
    }

    [Fact]
    public async Task Where_a_proxy_is_named_its_address_proves_nothing_and_the_owners_token_does()
    {
        _node = await NodeAsync(["127.0.0.0/8"]);
        using var near = new Visitor(_node);
        Assert.Equal(403, (await near.SeeAsync("/")).Status);
        Assert.Equal(200, (int)(await _node.AskAsync("GET", "/api/v1/access", null, _node.Token)).Status);
        // Torrent clients of this machine have no session, and show keys of their own.
        Assert.NotEqual(403, (await near.SeeAsync("/announce/x")).Status);
        Assert.Equal(403, (await near.SeeAsync("/announce/x", ("X-Forwarded-For", "127.0.0.1"))).Status);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Forwarded-Host", "localhost")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    public async Task Whatever_shows_that_a_proxy_passed_it_on_ends_this_machines_rights(string header, string value)
    {
        _node = await NodeAsync([]);
        using var near = new Visitor(_node);
        Assert.Equal(200, (await near.SeeAsync("/settings")).Status);
        Assert.Equal(403, (await near.SeeAsync("/settings", (header, value))).Status);
    }

    [Fact]
    public async Task The_address_is_read_past_proxies_that_are_named_and_no_further()
    {
        _node = await NodeAsync(["127.0.0.1", "10.1.0.0/16"]);
        Assert.Null(await _node.Get<AccessBook>().FoundAsync(Right));
        using var near = new Visitor(_node);
        // The one on the right is who called the last proxy; on the left of a stranger stands what the stranger said.
        string[] chain = ["192.0.2.1, 203.0.113.9, 10.1.2.3", "192.0.2.2, 203.0.113.9, 10.1.4.5"];
        for (var n = 0; n < 6; n++)
        {
            near.Say("X-Forwarded-For", chain[n % 2]);
            Assert.Equal(n < 5 ? 401 : 429, (await near.SignInAsync("wrong passphrase")).Status);
        }

        near.Say("X-Forwarded-For", "203.0.113.9, 203.0.113.10, 10.1.2.3");
        Assert.Equal(303, (await near.SignInAsync(Right)).Status);
        Assert.Equal("203.0.113.10", _node.Get<AccessBook>().Sessions.Single().Address);
    }

    private async Task StartAsync(string program, params string[] named)
    {
        _node = await NodeAsync(named);
        _proxy = await RealProxy.StartAsync(program, _node.Address);
    }

    private static Task<WebNode> NodeAsync(string[] named) => WebNode.StartAsync(
        "http://127.0.0.1:0",
        with: o => o with { AllowedHosts = [RealProxy.Name], PageProxies = named });

    /// <summary>The link as it is printed, whose port is the test's own.</summary>
    private async Task<string> LinkAsync()
    {
        var made = await _node.AskAsync("POST", "/api/v1/access/setup-links", "{}", _node.Token);
        var link = new Uri(made.Json.GetProperty("links")[0].GetString()!);
        Assert.Equal($"https://{RealProxy.Name}", link.GetLeftPart(UriPartial.Authority));
        return link.AbsolutePath;
    }

    private static async Task HearAsync(ClientWebSocket page, string text)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var (heard, buffer) = (new StringBuilder(), new byte[16 * 1024]);
        while (!heard.ToString().Contains(text, StringComparison.Ordinal))
        {
            var frame = await page.ReceiveAsync(buffer.AsMemory(), limit.Token);
            Assert.Equal(WebSocketMessageType.Text, frame.MessageType);
            heard.Append(Encoding.UTF8.GetString(buffer, 0, frame.Count));
        }
    }
}
