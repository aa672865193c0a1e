using System.Text.Json;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Alerts on their way to a webhook that takes them, refuses them, hangs, or sends them elsewhere.</summary>
public sealed class AlertPostTests : IAsyncLifetime
{
    private const string Taken = "HTTP/1.1 204 No Content\r\n\r\n";
    private const string Failed = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n";

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-alerts-");
    private WebApplication _node = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var home = Path.Combine(_scratch.FullName, "node");
        _node = WebHost.Build(new NodeOptions { DataDirectory = home, Listen = "http://127.0.0.1:0" }, null);
        await WebHost.StartAsync(_node, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.StopAsync(CancellationToken.None);
        await _node.DisposeAsync();
        _scratch.Delete(recursive: true);
    }

    [Fact]
    public async Task An_alert_and_its_end_are_posted_as_documents()
    {
        using var hook = new Hook(_ => Taken);
        await using var post = await PostAsync(hook);
        post.Offer(new AlertChange(Alert("disk_low"), IsOver: false));
        post.Offer(new AlertChange(Alert("disk_low"), IsOver: true));
        var (first, second) = (Document(await hook.NextAsync()), Document(await hook.NextAsync()));
        Assert.Equal(("raised", "over"), (Text(first, "state"), Text(second, "state")));
        Assert.Equal(("disk_low", "this node"), (Text(first, "code"), Text(first, "subject")));
        Assert.Equal("attic", Text(first, "node"));
        Assert.Equal(1, first.GetProperty("schema_version").GetInt32());
    }

    [Fact]
    public async Task A_webhook_that_answers_500_is_tried_a_few_times_and_the_next_alert_still_comes()
    {
        using var hook = new Hook(n => n <= 3 ? Failed : Taken);
        await using var post = await PostAsync(hook);
        post.Offer(new AlertChange(Alert("first"), IsOver: false));
        post.Offer(new AlertChange(Alert("second"), IsOver: false));
        var codes = new List<string?>();
        for (var n = 0; n < 4; n++) codes.Add(Text(Document(await hook.NextAsync()), "code"));
        Assert.Equal(["first", "first", "first", "second"], codes);
    }

    [Fact]
    public async Task A_webhook_that_never_answers_holds_nothing_up_but_itself()
    {
        using var hook = new Hook(n => n == 1 ? null : Taken);
        await using var post = await PostAsync(hook, answerMax: TimeSpan.FromMilliseconds(200));
        // Offering never waits, however many wait already.
        for (var n = 0; n < 1_000; n++) post.Offer(new AlertChange(Alert($"number_{n}"), IsOver: false));
        Assert.StartsWith("POST ", await hook.NextAsync());
        Assert.StartsWith("POST ", await hook.NextAsync());
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        using var elsewhere = new Hook(_ => Taken);
        using var hook = new Hook(_ =>
            $"HTTP/1.1 307 Temporary Redirect\r\nlocation: {elsewhere.Address}\r\ncontent-length: 0\r\n\r\n");
        await using var post = await PostAsync(hook);
        post.Offer(new AlertChange(Alert("first"), IsOver: false));
        for (var n = 0; n < 3; n++) await hook.NextAsync();
        Assert.Equal(0, elsewhere.Requests);
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read()
    {
        using var hook = new Hook(_ => "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
            + string.Concat(Enumerable.Repeat("4000\r\n" + new string('x', 0x4000) + "\r\n", 100)));
        await using var post = await PostAsync(hook);
        post.Offer(new AlertChange(Alert("first"), IsOver: false));
        post.Offer(new AlertChange(Alert("second"), IsOver: false));
        Assert.Equal("first", Text(Document(await hook.NextAsync()), "code"));
        Assert.Equal("second", Text(Document(await hook.NextAsync()), "code"));
    }

    [Fact]
    public async Task A_body_for_discord_is_a_message_and_no_request_carries_a_secret()
    {
        using var hook = new Hook(_ => Taken);
        await using var post = await PostAsync(hook, "discord");
        post.Offer(new AlertChange(Alert("disk_low"), IsOver: false));
        var request = await hook.NextAsync();
        Assert.Contains("disk_low", Text(Document(request), "content"));
        Assert.DoesNotContain("authorization", request, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("cookie", request, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(_scratch.FullName, request);
        var token = await File.ReadAllTextAsync(Path.Combine(_scratch.FullName, "node", "api.token"), Cancellation);
        Assert.DoesNotContain(token.Trim(), request);
    }

    [Fact]
    public async Task Where_nobody_listens_the_node_stops_as_fast_as_ever()
    {
        using var hook = new Hook(_ => Taken);
        hook.Close();
        var post = await PostAsync(hook);
        post.Offer(new AlertChange(Alert("first"), IsOver: false));
        await post.DisposeAsync();
    }

    private static Alert Alert(string code) => new(code, "this node", "Cause.", "Action.", 1, null);

    private async Task<RunningPost> PostAsync(Hook hook, string format = "auto", TimeSpan? answerMax = null)
    {
        var options = new NodeOptions { DataDirectory = "", Name = "attic" } with
        {
            Webhook = hook.Address,
            WebhookFormat = format,
        };
        var wait = TimeSpan.FromMilliseconds(1);
        var post = new AlertPost(
            options, new NodeName(options), _node.Services.GetRequiredService<LogWriter>(),
            new DialGuard(TimeProvider.System), TimeProvider.System,
            NullLogger<AlertPost>.Instance, [wait, wait], answerMax ?? TimeSpan.FromSeconds(10));
        await post.StartAsync(Cancellation);
        return new RunningPost(post);
    }

    private static JsonElement Document(string request) =>
        JsonDocument.Parse(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]).RootElement;

    private static string? Text(JsonElement document, string name) => document.GetProperty(name).GetString();

    private sealed class RunningPost(AlertPost post) : IAsyncDisposable
    {
        public void Offer(AlertChange change) => post.Offer(change);

        public async ValueTask DisposeAsync()
        {
            await post.StopAsync(CancellationToken.None);
            post.Dispose();
        }
    }
}
