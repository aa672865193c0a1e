using System.Text.Json.Nodes;
using Anarchive.Cli;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What whoever may read the data directory does about who may come in.</summary>
public sealed class AccessCommandTests : IAsyncLifetime
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-access-");
    private readonly NodeAtWork _node;

    public AccessCommandTests() => _node = new NodeAtWork(Path.Combine(_scratch.FullName, "home"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _node.Start();

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _scratch.Delete(recursive: true);
    }

    [Fact]
    public async Task A_token_is_made_used_listed_and_revoked()
    {
        var made = await _node.Done("access", "token", "create", "tv", "--scope", "read");
        var text = (string)made["text"]!;
        Assert.Equal("read", (string?)made["token"]!["scope"]);
        Assert.Equal(text.Length, (await _node.Run("access", "token", "create", "radio")).Results.Trim().Length);
        var listed = await _node.Run("access", "token", "list");
        Assert.Contains("tv", listed.Results);
        Assert.DoesNotContain(text, listed.Results);
        Assert.Equal("bad_scope", (await _node.Run("access", "token", "create", "x", "--scope", "all", "--json")).Code);
        Assert.Equal("name_taken", (await _node.Run("access", "token", "create", "tv", "--json")).Code);
        await _node.Done("access", "token", "revoke", "tv");
        Assert.Equal("not_found", (await _node.Run("access", "token", "revoke", "tv", "--json")).Code);
        Assert.Single((JsonArray)(await _node.Done("access", "token", "list"))["tokens"]!);
    }

    [Fact]
    public async Task A_forgotten_passphrase_is_reset_and_every_browser_signed_out()
    {
        var link = (string)((JsonArray)(await _node.Done("setup-link"))["links"]!)[0]!;
        var cookie = await FoundAsync(link, "harbour lights at noon");
        var shown = await _node.Done("access", "show");
        Assert.True((bool?)shown["owner"]);
        var session = (string)((JsonArray)shown["sessions"]!).Single()!["id"]!;
        Assert.Equal("owner_exists", (await _node.Run("setup-link", "--json")).Code);
        Assert.Contains("Nothing was changed.", (await _node.Run("access", "reset", "--dry-run")).Results);
        Assert.Equal(200, await StatusAsync(link, cookie));
        await _node.Done("access", "sign-out", session);
        Assert.Equal("not_found", (await _node.Run("access", "sign-out", session, "--json")).Code);
        Assert.Equal(303, await StatusAsync(link, cookie));
        Assert.Contains("The passphrase is gone", (await _node.Run("access", "reset")).Results);
        Assert.Equal(200, await StatusAsync(link, null));
        Assert.Contains("nothing to reset", (await _node.Run("access", "reset")).Results);
        Assert.False((bool?)(await _node.Done("access", "show"))["owner"]);
    }

    [Fact]
    public async Task A_node_without_an_owner_that_listens_beyond_loopback_prints_a_link_when_it_starts()
    {
        await using (var process = await NodeProcess.StartAsync(
            new Home(Path.Combine(_scratch.FullName, "other")), "other", _ => { }, Cancellation, "http://0.0.0.0:0"))
        {
            // Commands call it by an address that a connection can have.
            Assert.StartsWith("http://127.0.0.1:", process.Url);
            var run = await CommandRun.Of(Path.Combine(_scratch.FullName, "other"), "access", "show", "--json");
            Assert.Equal(0, run.Exit);
        }

        var said = await SaidAsync(Path.Combine(_scratch.FullName, "third"));
        Assert.NotEmpty((JsonArray)said["setupLinks"]!);
        Assert.Null((await SaidAsync(Path.Combine(_scratch.FullName, "fourth"), "http://127.0.0.1:0"))["setupLinks"]);
    }

    [Fact]
    public async Task A_node_without_an_owner_behind_a_proxy_prints_a_link_under_the_proxys_name()
    {
        var said = await SaidAsync(
            Path.Combine(_scratch.FullName, "behind"), "http://127.0.0.1:0", "--trusted-proxies", "127.0.0.1, ::1",
            "--allowed-hosts", "attic.example,cellar.example");
        var links = ((JsonArray)said["setupLinks"]!).Select(link => (string)link!).ToArray();
        Assert.Equal(3, links.Length);
        Assert.StartsWith("https://attic.example/setup/", links[0]);
        Assert.StartsWith("https://cellar.example/setup/", links[1]);
        Assert.StartsWith("http://127.0.0.1:", links[2]);
    }

    [Fact]
    public async Task The_recovery_key_is_copied_once_and_laid_over_nothing()
    {
        var to = Path.Combine(_scratch.FullName, "stick.key");
        Assert.True((bool?)(await _node.Done("key", "save", to))["noted"]);
        var kept = Path.Combine(_node.Home, "keys", "recovery.key");
        Assert.Equal(await File.ReadAllBytesAsync(kept, Cancellation), await File.ReadAllBytesAsync(to, Cancellation));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(to));
        Assert.Equal("file_exists", (await _node.Run("key", "save", to, "--json")).Code);
        await _node.Stop();
        Assert.False((bool?)(await _node.Done("key", "save", to + "2"))["noted"]);
        File.Delete(kept);
        Assert.Equal("recovery_key_missing", (await _node.Run("key", "save", to + "3", "--json")).Code);
        Assert.False(File.Exists(to + "3"));
    }

    /// <summary>The document that serve prints once it serves.</summary>
    private static async Task<JsonObject> SaidAsync(
        string home, string listen = "http://0.0.0.0:0", params string[] options)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var results = new StringWriter();
        var terminal = new Terminal(results, TextWriter.Null, attended: false);
        string[] serve = ["serve", "--listen", listen, "--home", home, "--json", .. options];
        var serving = CommandLine.RunAsync(serve, terminal, ended.Token);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!File.Exists(Path.Combine(home, "api.url")) || results.ToString().Length == 0)
            await looks.WaitForNextTickAsync(Cancellation);
        await ended.CancelAsync();
        await serving;
        return (JsonObject)JsonNode.Parse(results.ToString())!;
    }

    private static async Task<string> FoundAsync(string link, string passphrase)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler);
        var page = await http.GetStringAsync(link, Cancellation);
        var token = System.Text.RegularExpressions.Regex
            .Match(page, "name=\"form_token\" value=\"([^\"]+)\"").Groups[1].Value;
        using var form = new FormUrlEncodedContent(
            [new("form_token", token), new("passphrase", passphrase), new("again", passphrase)]);
        using var answer = await http.PostAsync(link, form, Cancellation);
        Assert.Equal(303, (int)answer.StatusCode);
        return handler.CookieContainer.GetCookieHeader(new Uri(link));
    }

    private static async Task<int> StatusAsync(string link, string? cookie)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(link), "/mesh"));
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        using var answer = await http.SendAsync(request, Cancellation);
        return (int)answer.StatusCode;
    }
}
