using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>What the pages say of the node itself, and the backup that a browser downloads.</summary>
public sealed partial class HealthPageTests : IAsyncLifetime
{
    private const string Passphrase = "correct horse battery";

    private const string OwnersPassphrase = "harbour lights at noon";

    private WebNode _node = null!;
    private HttpClient _http = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await WebNode.StartAsync();
        _http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _node.Address };
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _node.DisposeAsync();
    }

    [Fact]
    public async Task The_health_page_says_what_each_check_found_and_peers_are_asked_when_the_owner_says_so()
    {
        var page = await _node.Http.GetStringAsync("/health", Cancellation);
        Assert.Contains("None was made here", page);
        Assert.Contains("data directory", page);
        Assert.DoesNotContain("reachability", page);
        var (status, _) = await Post("/health", "/health/reach");
        Assert.Equal(HttpStatusCode.SeeOther, status);
        Assert.Contains(
            "no peer is there that could be asked", await _node.Http.GetStringAsync("/health", Cancellation));
    }

    [Fact]
    public async Task A_data_directory_that_others_can_open_is_a_problem_with_its_fix()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "SKIPPED: this system has no file modes.");
        File.SetUnixFileMode(_node.Directory, File.GetUnixFileMode(_node.Directory) | UnixFileMode.OtherExecute);
        var page = await _node.Http.GetStringAsync("/health", Cancellation);
        Assert.Contains("1 check needs you.", page);
        Assert.Contains("chmod 700", page);
    }

    [Fact]
    public async Task The_name_of_a_peer_does_not_turn_what_is_said_of_its_clock()
    {
        const string right = "\u05d0\u05d1 3";
        var finding = PeerChecks.Clocks(
            [(right, 600_000), ("attic", 400_000), ("cellar", 0), ("shed", 0), ("barn", 0)]);
        Assert.Equal($"{right} is off by 10 min, attic is off by 6 min", finding.Says);
        var log = _node.Get<ILoggerFactory>();
        await using var renderer = new HtmlRenderer(_node.Get<IServiceProvider>(), log);
        var shown = new Dictionary<string, object?> { ["Seen"] = new HealthSeen([finding], null, [], []) };
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<HealthChecks>(ParameterView.FromDictionary(shown))).ToHtmlString());
        Assert.Contains(
            "<bdi>&#x5D0;&#x5D1; 3</bdi> is off by 10 min, <bdi>attic</bdi> is off by 6 min</td>", html);
    }

    [Fact]
    public async Task A_backup_from_the_page_is_whole_and_nothing_of_it_stays()
    {
        await BecomeOwner();
        var before = Directory.EnumerateFiles(_node.Directory).Order().ToList();
        var (status, content) = await Post(
            "/backup", "/backup", ("present", OwnersPassphrase), ("passphrase", Passphrase), ("again", Passphrase));
        Assert.Equal(HttpStatusCode.OK, status);
        using var scratch = new TemporaryDirectory();
        await File.WriteAllBytesAsync(scratch.At("file"), content, Cancellation);
        var manifest = BackupReader.Verify(scratch.At("file"), Encoding.UTF8.GetBytes(Passphrase), _ => { });
        Assert.True(manifest.Events > 0);
        Assert.Throws<BackupException>(() =>
            BackupReader.Verify(scratch.At("file"), "another passphrase"u8.ToArray(), _ => { }));
        await Eventually.True(
            () => Task.FromResult(Directory.EnumerateFiles(_node.Directory).Order().SequenceEqual(
                before.Append(Path.Combine(_node.Directory, LastBackup.FileName)).Order())),
            () => string.Join(", ", Directory.EnumerateFiles(_node.Directory)));
        Assert.Contains("The last backup was made", await _http.GetStringAsync("/backup", Cancellation));
    }

    [Fact]
    public async Task Whoever_does_not_know_the_owners_passphrase_gets_no_keys()
    {
        (string, string)[] own = [("passphrase", Passphrase), ("again", Passphrase)];
        var (nobodys, page) = await Post("/health", "/backup", own);
        Assert.Equal(HttpStatusCode.Conflict, nobodys);
        Assert.Contains("no_owner", Encoding.UTF8.GetString(page));
        await BecomeOwner();
        var (status, refused) = await Post("/backup", "/backup", [("present", Passphrase), .. own]);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("wrong_passphrase", Encoding.UTF8.GetString(refused));
        Assert.Null(LastBackup.Of(_node.Directory));
    }

    [Theory]
    [InlineData("short", "short", "passphrase_short")]
    [InlineData(Passphrase, "correct horse batter", "passphrases_differ")]
    [InlineData("", "", "passphrase_short")]
    public async Task A_passphrase_that_will_not_do_makes_no_backup(string passphrase, string again, string code)
    {
        await BecomeOwner();
        var (status, answer) = await Post(
            "/backup", "/backup", ("present", OwnersPassphrase), ("passphrase", passphrase), ("again", again));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(code, Encoding.UTF8.GetString(answer));
        Assert.Null(LastBackup.Of(_node.Directory));
    }

    [Fact]
    public async Task Activity_shows_what_was_asked_for_and_the_levels_can_be_changed()
    {
        var all = await _node.Http.GetStringAsync("/activity", Cancellation);
        Assert.Contains("SQLite", all);
        Assert.DoesNotContain("SQLite", await _node.Http.GetStringAsync("/activity?area=hives", Cancellation));
        Assert.DoesNotContain("SQLite", await _node.Http.GetStringAsync("/activity?level=error", Cancellation));
        var (status, _) = await Post("/activity", "/activity/levels", ("area", "hives"), ("level", "trace"));
        Assert.Equal(HttpStatusCode.SeeOther, status);
        Assert.Contains("hives: trace", await _node.Http.GetStringAsync("/activity", Cancellation));
        var (refused, why) = await Post("/activity", "/activity/levels", ("area", "hives"), ("level", "loud"));
        Assert.Equal(HttpStatusCode.BadRequest, refused);
        Assert.Contains("bad_level", Encoding.UTF8.GetString(why));
    }

    private async Task BecomeOwner()
    {
        var (status, _) = await Post(
            "/settings/access", "/settings/access/passphrase", ("passphrase", OwnersPassphrase),
            ("again", OwnersPassphrase));
        Assert.Equal(HttpStatusCode.SeeOther, status);
    }

    /// <summary>Posts a form, with the token of a page that has one.</summary>
    private async Task<(HttpStatusCode Status, byte[] Content)> Post(
        string page, string path, params (string Name, string Value)[] fields)
    {
        var token = Token().Match(await _http.GetStringAsync(page, Cancellation)).Groups[1].Value;
        using var form = new FormUrlEncodedContent(
            fields.Append(("form_token", token)).Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
        using var answer = await _http.PostAsync(path, form, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [GeneratedRegex("name=\"form_token\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
