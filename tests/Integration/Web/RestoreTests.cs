using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Anarchive.Cli;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>A backup is sent to an untouched node by page or API, looked into, and takes its place.</summary>
public sealed class RestoreTests : IAsyncLifetime
{
    private const string Fleet = "/welcome/fleet";
    private const string OfFile = "correct horse battery";
    private static readonly string[] Nothing = [];

    private readonly TemporaryDirectory _scratch = new();
    private byte[] _file = [];
    private string _lost = "";
    private WebNode _node = null!;
    private Visitor _person = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using (var node = await LiveNode.Start())
        {
            await node.Say(await node.Found("pets"), 20);
            var path = _scratch.At("node.backup");
            BackupWriter.Write(
                node.Home, path, Encoding.UTF8.GetBytes(OfFile), TimeProvider.System, _ => { }, "attic<b>nas");
            (_file, _lost) = (await File.ReadAllBytesAsync(path, Cancellation), node.Id.ToString());
        }

        _node = await WebNode.StartAsync("http://127.0.0.1:0");
        _person = new Visitor(_node);
    }

    public async ValueTask DisposeAsync()
    {
        _person.Dispose();
        await _node.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_wrong_passphrase_changes_nothing_and_the_right_one_needs_no_second_upload()
    {
        var wrong = await _person.SendFileAsync(Fleet, "/welcome/restore", _file, ("passphrase", "wrong horse"));
        Assert.Equal(400, wrong.Status);
        Assert.Contains("<code>wrong_passphrase</code>", wrong.Text);
        Assert.Equal(["upload"], Waiting());
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(_node.Directory, "restoring", "upload")));
        Assert.True(_node.Get<FirstRun>().IsUntouched);

        var right = await _person.FillAsync(Fleet, "/welcome/restore/open", ("passphrase", OfFile));
        Assert.Equal((303, Fleet + "#restore"), (right.Status, right.Location));
        var page = (await _person.SeeAsync(Fleet)).Text;
        Assert.Contains("attic&lt;b&gt;nas", page);
        Assert.Contains("<dd dir=\"auto\">pets</dd>", page);
        Assert.Contains(_lost, page);
        Assert.Equal(["node"], Waiting());
        Assert.True(_node.Get<FirstRun>().IsUntouched);

        Assert.Equal(303, (await _person.FillAsync(Fleet, "/welcome/restore/drop")).Status);
        Assert.Equal(Nothing, Waiting());
    }

    [Fact]
    public async Task Files_that_are_none_or_not_whole_are_refused_by_name_and_leave_nothing()
    {
        await Refused([], "not_a_backup");
        await Refused("<html>not this one</html>"u8.ToArray(), "not_a_backup");
        await Refused(_file[..^1], "backup_damaged");
        await Refused([.. _file, 0], "backup_damaged");

        async Task Refused(byte[] file, string code)
        {
            var sight = await _person.SendFileAsync(Fleet, "/welcome/restore", file, ("passphrase", OfFile));
            Assert.Equal(400, sight.Status);
            Assert.Contains($"<code>{code}</code>", sight.Text);
            Assert.Equal(Nothing, Waiting());
        }
    }

    [Fact]
    public async Task A_form_without_its_token_or_its_end_takes_nothing_in()
    {
        using var strange = new MultipartFormDataContent { { new ByteArrayContent(_file), "file", "node.backup" } };
        Assert.Equal("form_expired", await Code(strange));
        using var wrong = new MultipartFormDataContent
        {
            { new StringContent("of another page"), "form_token" },
            { new ByteArrayContent(_file), "file", "node.backup" },
        };
        Assert.Equal("form_expired", await Code(wrong));
        using var plain = new StringContent("file=x", Encoding.UTF8, "application/x-www-form-urlencoded");
        Assert.Equal("form_expired", await Code(plain));
        Assert.Equal(Nothing, Waiting());

        async Task<string> Code(HttpContent content)
        {
            using var answer = await _node.Http.PostAsync("/welcome/restore", content, Cancellation);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            var text = await answer.Content.ReadAsStringAsync(Cancellation);
            return text.Contains("<code>form_expired</code>", StringComparison.Ordinal) ? "form_expired" : text;
        }
    }

    [Fact]
    public async Task A_node_with_which_something_was_done_takes_no_backup()
    {
        await SendAsync(_file);
        await _node.AskAsync("POST", "/api/v1/restore/open", $$"""{"passphrase":"{{OfFile}}"}""", _node.Token);
        await _node.AskAsync("POST", "/api/v1/hives", """{"name":"cats"}""", _node.Token);
        Assert.Equal("node_in_use", (await _node.AskAsync("POST", "/api/v1/restore/go", null, _node.Token)).Code);
        Assert.Equal("node_in_use", (await SendAsync(_file)).Code);
        var page = await _person.SendFileAsync("/welcome", "/welcome/restore", _file, ("passphrase", OfFile));
        Assert.Equal(409, page.Status);
        Assert.Contains("<code>node_in_use</code>", page.Text);
        Assert.Contains("anarchive restore FILE", (await _person.SeeAsync(Fleet)).Text);
        Assert.DoesNotContain("type=\"file\"", (await _person.SeeAsync(Fleet)).Text);
        Assert.False((await Look()).Json.GetProperty("possible").GetBoolean());

        // What lies here of it is another node's keys.
        Assert.Equal(["node"], Waiting());
        Assert.Equal(303, (await _person.FillAsync(Fleet, "/welcome/restore/drop")).Status);
        Assert.Equal(Nothing, Waiting());
    }

    [Fact]
    public async Task A_first_run_that_ends_leaves_no_backup_behind()
    {
        await SendAsync(_file);
        await _node.AskAsync("POST", "/api/v1/restore/open", $$"""{"passphrase":"{{OfFile}}"}""", _node.Token);
        Assert.Equal(["node"], Waiting());
        Assert.Equal(303, (await _person.FillAsync(Fleet, "/welcome/end")).Status);
        Assert.Equal(Nothing, Waiting());
    }

    [Fact]
    public async Task Only_the_owner_may_and_out_of_turn_nothing_happens()
    {
        Assert.Equal("key_required", (await _node.AskAsync("POST", "/api/v1/restore/go", null, null)).Code);
        Assert.Equal("key_required", (await _node.AskAsync("GET", "/api/v1/restore", null, null)).Code);
        Assert.Equal(
            "nothing_to_restore", (await _node.AskAsync("POST", "/api/v1/restore/go", null, _node.Token)).Code);
        await _person.BecomeOwnerAsync("harbour lights at noon");
        using var other = new Visitor(_node);
        var shut = await other.PostAsync("/welcome/restore/go");
        Assert.StartsWith("/sign-in", shut.Location);
        // With an owner the node is as untouched as without.
        Assert.Equal("open", await OpenAsync());
    }

    [Fact]
    public async Task A_disk_without_room_for_twice_the_file_takes_none()
    {
        await using var small = await WebNode.StartAsync("http://127.0.0.1:0", builder =>
            builder.Services.AddSingleton(services => new RestoreDesk(
                services.GetRequiredService<DataDirectory>(), services.GetRequiredService<FirstRun>())
            {
                Free = _ => (64 * 1024 * 1024) + (2 * _file.Length) - 2,
            }));
        using var body = new ByteArrayContent(_file);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/restore/file") { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", small.Token);
        // As whoever does not say how much comes.
        request.Headers.TransferEncodingChunked = true;
        using var answer = await small.Http.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.InsufficientStorage, answer.StatusCode);
        Assert.Contains("restore_no_room", await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.False(File.Exists(Path.Combine(small.Directory, "restoring", "upload")));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(small.Directory, "restoring")));
    }

    [Fact]
    public async Task A_node_that_is_killed_once_it_promised_comes_back_as_the_other()
    {
        Assert.Equal("open", await OpenAsync());
        var began = _node.Get<RestoreDesk>();
        Assert.Null(await began.AskAsync());
        Assert.Equal("restore_under_way", (await began.DropAsync())?.Code);
        // A copy of the disk is what a kill leaves.
        var home = TemporaryDirectory.Copy(_node.Directory, _scratch.At("home"));
        var process = await NodeProcess.StartAsync(new Home(home), "node", _ => { }, Cancellation);
        try
        {
            var status = await process.Api.GetAsync("/api/v1/status", Cancellation);
            Assert.Equal(_lost, (string?)status["instance_id"]);
        }
        finally
        {
            await process.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_process_serves_the_restored_node_itself_at_the_same_address_and_ends_when_told()
    {
        var home = new Home(_scratch.At("served"));
        var process = await NodeProcess.StartAsync(home, "node", _ => { }, Cancellation);
        try
        {
            await RestoreAsync(process, home);
        }
        finally
        {
            // Its standard input ends here: it heeds that as before.
            await process.DisposeAsync();
        }

        Assert.False(File.Exists(home.UrlFile));
        DataDirectory.Open(home.Directory).Dispose();
    }

    private async Task RestoreAsync(NodeProcess process, Home home)
    {
        var pid = process.Id;
        using var http = new HttpClient { BaseAddress = new Uri(process.Url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", (await File.ReadAllTextAsync(home.TokenFile, Cancellation)).Trim());
        using (var body = new ByteArrayContent(_file))
        using (var sent = await http.PutAsync("/api/v1/restore/file", body, Cancellation))
            Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        using (var open = new StringContent($$"""{"passphrase":"{{OfFile}}"}""", Encoding.UTF8, "application/json"))
        using (var opened = await http.PostAsync("/api/v1/restore/open", open, Cancellation))
            Assert.Contains(_lost, await opened.Content.ReadAsStringAsync(Cancellation));
        using (var going = await http.PostAsync("/api/v1/restore/go", null, Cancellation))
            Assert.Equal(HttpStatusCode.Accepted, going.StatusCode);
        await Eventually.True(
            async () => await StatusAsync() is { } text && text.Contains(_lost, StringComparison.Ordinal),
            () => "The restored node does not answer.");
        Assert.Equal((pid, null), (process.Id, process.ExitCode));
        Assert.Equal(process.Url, (await File.ReadAllTextAsync(home.UrlFile, Cancellation)).Trim());

        async Task<string?> StatusAsync()
        {
            try
            {
                return await http.GetStringAsync("/api/v1/status", Cancellation);
            }
            catch (HttpRequestException)
            {
                // Between the two.
                return null;
            }
        }
    }

    private async Task<string?> OpenAsync()
    {
        await SendAsync(_file);
        var opened = await _node.AskAsync(
            "POST", "/api/v1/restore/open", $$"""{"passphrase":"{{OfFile}}"}""", _node.Token);
        Assert.Equal(_lost, opened.Json.GetProperty("contents").GetProperty("instance_id").GetString());
        return (await Look()).Json.GetProperty("stage").GetString();
    }

    private Task<WebAnswer> Look() => _node.AskAsync("GET", "/api/v1/restore", null, _node.Token);

    private async Task<WebAnswer> SendAsync(byte[] file)
    {
        using var body = new ByteArrayContent(file);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/v1/restore/file") { Content = body };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _node.Token);
        using var answer = await _node.Http.SendAsync(request, Cancellation);
        return new WebAnswer(answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation), null);
    }

    private string[] Waiting()
    {
        var folder = Path.Combine(_node.Directory, "restoring");
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFileSystemEntries(folder).Select(e => Path.GetFileName(e)!).Order()]
            : [];
    }
}
