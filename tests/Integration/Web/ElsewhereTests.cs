using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>Browsers of other machines, and the link by which one of them makes the first run.</summary>
public sealed class ElsewhereTests : IAsyncLifetime
{
    private const string Right = "harbour lights at noon";
    private const string Far = "198.51.100.7";

    private WebNode _node = null!;
    private Visitor _far = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // The tests themselves may run in a container.
        _node = await WebNode.StartAsync("http://0.0.0.0:0", builder =>
        {
            Visitor.FromElsewhere(builder);
            builder.Services.AddSingleton(services => Guard(services, isForwarded: false));
        });
        _far = new Visitor(_node, Far);
    }

    public async ValueTask DisposeAsync()
    {
        _far.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task In_a_container_an_address_of_this_machine_proves_nothing_before_there_is_an_owner()
    {
        await using var node = await WebNode.StartAsync(
            "http://0.0.0.0:0",
            builder => builder.Services.AddSingleton(services => Guard(services, isForwarded: true)));
        using var visitor = new Visitor(node);
        var sight = await visitor.SeeAsync("/");
        Assert.Equal(403, sight.Status);
        Assert.Contains("anarchive setup-link", sight.Text);
        var made = await node.AskAsync("POST", "/api/v1/access/setup-links", "{}", node.Token);
        Assert.Equal(201, (int)made.Status);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/settings/access")]
    [InlineData("/sign-in")]
    [InlineData("/nowhere")]
    public async Task Without_an_owner_others_are_told_what_to_do(string page)
    {
        var sight = await _far.SeeAsync(page);
        Assert.Equal(403, sight.Status);
        Assert.Contains("anarchive setup-link", sight.Text);
        Assert.Contains("<code>loopback_only</code>", sight.Text);
        Assert.DoesNotContain(Environment.MachineName, sight.Text);
    }

    [Theory]
    [InlineData("/api/v1/hives")]
    [InlineData("/metrics")]
    [InlineData("/ws")]
    [InlineData("/announce/x")]
    [InlineData("/compat/x/aniskip/v2/skip-times/1/1")]
    public async Task Without_an_owner_no_program_of_another_machine_is_served_even_with_the_owners_token(string path)
    {
        var sight = await _far.SeeAsync(path, ("Authorization", "Bearer " + _node.Token));
        Assert.Equal(403, sight.Status);
        Assert.Contains("loopback_only", sight.Text);
    }

    [Fact]
    public async Task With_an_owner_others_sign_in_and_health_is_told_to_all()
    {
        Assert.Null(await _node.Get<AccessBook>().FoundAsync(Right));
        Assert.Equal(303, (await _far.SeeAsync("/")).Status);
        Assert.Equal(303, (await _far.SignInAsync(Right)).Status);
        Assert.Equal(200, (await _far.SeeAsync("/mesh")).Status);
        Assert.Equal(Far, _node.Get<AccessBook>().Sessions.Single().Address);
        using var stranger = new Visitor(_node, Far);
        Assert.Equal(200, (await stranger.SeeAsync("/healthz")).Status);
        Assert.Equal(401, (await stranger.SeeAsync("/metrics")).Status);
        Assert.Equal(303, (await stranger.SeeAsync("/announce/x")).Status);
        Assert.Equal(404, (await stranger.SeeAsync("/compat/x/aniskip/v2/skip-times/1/1")).Status);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("X-Real-IP", "127.0.0.1")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("X-Forwarded-Host", "localhost")]
    public async Task What_a_caller_says_of_itself_changes_nothing(string header, string value) =>
        Assert.Equal(403, (await _far.SeeAsync("/", (header, value))).Status);

    [Theory]
    [InlineData("192.0.2.9:7420", 303)]
    [InlineData("[2001:db8::9]:7420", 303)]
    [InlineData("evil.example", 421)]
    [InlineData("127.0.0.1.evil.example", 421)]
    public async Task Pages_are_asked_for_by_address_or_by_a_name_of_ours(string host, int status)
    {
        Assert.Null(await _node.Get<AccessBook>().FoundAsync(Right));
        Assert.Equal(status, (await _far.SeeAsync("/", ("Host", host))).Status);
    }

    [Fact]
    public async Task Where_only_this_machine_is_listened_to_an_address_is_no_name()
    {
        await using var node = await WebNode.StartAsync("http://127.0.0.1:0");
        using var visitor = new Visitor(node);
        Assert.Equal(421, (await visitor.SeeAsync("/", ("Host", "192.0.2.9"))).Status);
    }

    [Fact]
    public async Task A_setup_link_makes_one_browser_the_owner_once()
    {
        var made = await _node.AskAsync("POST", "/api/v1/access/setup-links", "{}", _node.Token);
        var link = Path(made.Json.GetProperty("links")[0].GetString()!);
        var page = await _far.SeeAsync(link);
        Assert.Equal(200, page.Status);
        // A short name stands in some secret or other by chance.
        Assert.DoesNotMatch($@"\b{Regex.Escape(Environment.MachineName)}\b", page.Text);
        var refused = await _far.FillAsync(link, link, ("passphrase", "short"), ("again", "short"));
        Assert.Equal(400, refused.Status);
        Assert.Contains("<code>passphrase_short</code>", refused.Text);
        var done = await _far.FillAsync(link, link, ("passphrase", Right), ("again", Right));
        Assert.Equal((303, "/"), (done.Status, done.Location));
        Assert.Equal(200, (await _far.SeeAsync("/settings")).Status);
        using var second = new Visitor(_node, "203.0.113.5");
        var spent = await second.SeeAsync(link);
        Assert.Equal(410, spent.Status);
        Assert.Matches("It was used at \\d{4}-\\d\\d-\\d\\d", spent.Text);
        var again = await second.FillAsync("/sign-in", link, ("passphrase", Right + "x"), ("again", Right + "x"));
        Assert.Equal(410, again.Status);
        Assert.NotNull(await _node.Get<AccessBook>().VerifyAsync(Right + "x"));
        var more = await _node.AskAsync("POST", "/api/v1/access/setup-links", "{}", _node.Token);
        Assert.Equal((409, "owner_exists"), ((int)more.Status, more.Code));
    }

    [Fact]
    public async Task A_link_that_is_old_or_was_never_made_says_so_and_names_the_command()
    {
        var links = new SetupLinks(
            _node.Get<Database>(), _node.Get<LogWriter>(), _node.Get<AccessBook>(), new Earlier());
        var (secret, _) = (await links.MakeAsync(Cancellation))!.Value;
        var expired = await _far.SeeAsync("/setup/" + secret);
        Assert.Equal(410, expired.Status);
        Assert.Matches("It was good until \\d{4}-\\d\\d-\\d\\d", expired.Text);
        Assert.Contains("anarchive setup-link", expired.Text);
        var unknown = await _far.SeeAsync("/setup/" + new string('A', 43));
        Assert.Equal(410, unknown.Status);
        Assert.Contains("did not make it", unknown.Text);
        Assert.Equal(410, (await _far.SeeAsync("/setup/x")).Status);
    }

    [Fact]
    public async Task A_real_connection_from_another_address_is_one_from_elsewhere()
    {
        var own = NetworkInterface.GetAllNetworkInterfaces()
            .Where(n => n.OperationalStatus == OperationalStatus.Up
                && n.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(n => n.GetIPProperties().UnicastAddresses).Select(a => a.Address)
            .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork);
        Assert.SkipWhen(own is null, "this machine has no address besides loopback");
        // To loopback from another address of this machine: neither end is what the other is.
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(own, IPAddress.Loopback));
        // And to that very address, as a command of this machine calls a node that listens there alone.
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(own, own));
    }

    private static AccessGuard Guard(IServiceProvider services, bool isForwarded) => new(
        services.GetRequiredService<AccessBook>(), services.GetRequiredService<NodeOptions>(), TimeProvider.System)
    {
        IsForwarded = isForwarded,
    };

    private async Task<HttpStatusCode> StatusAsync(IPAddress from, IPAddress to)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(from, 0));
                await socket.ConnectAsync(new IPEndPoint(to, _node.Address.Port), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var http = new HttpClient(handler) { BaseAddress = _node.Address };
        using var answer = await http.GetAsync("/", Cancellation);
        return answer.StatusCode;
    }

    private static string Path(string link) => new Uri(link).AbsolutePath;

    private sealed class Earlier : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - TimeSpan.FromMinutes(31);
    }
}
