using System.Net.Http.Headers;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Posts alerts to the address the owner typed, beside everything else the node does.</summary>
/// <remarks>
/// The address may be private, at exactly that host and port. Redirects are not followed, no proxy of the environment
/// is used, an answer's body is never read, and a post is tried a few times and then given up.
/// </remarks>
public sealed class AlertPost : BackgroundService
{
    // A webhook that is slow while alerts come and go: the newest say how it is now.
    private const int WaitingMax = 64;
    private const int HeaderKilobytesMax = 16;

    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan[] Waits =
        [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2)];

    private readonly Channel<AlertChange> _waiting = Channel.CreateBounded<AlertChange>(
        new BoundedChannelOptions(WaitingMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly NodeOptions _options;
    private readonly NodeName _name;
    private readonly LogWriter _writer;
    private readonly DialGuard _guard;
    private readonly TimeProvider _time;
    private readonly ILogger<AlertPost> _log;
    private readonly IReadOnlyList<TimeSpan> _waits;
    private readonly TimeSpan _answerMax;

    public AlertPost(
        NodeOptions options, NodeName name, LogWriter writer, DialGuard guard, TimeProvider time,
        ILogger<AlertPost> log)
        : this(options, name, writer, guard, time, log, Waits, AnswerMax)
    {
    }

    internal AlertPost(
        NodeOptions options, NodeName name, LogWriter writer, DialGuard guard, TimeProvider time,
        ILogger<AlertPost> log,
        IReadOnlyList<TimeSpan> waits, TimeSpan answerMax)
    {
        (_options, _name, _writer, _guard, _time, _log) = (options, name, writer, guard, time, log);
        (_waits, _answerMax) = (waits, answerMax);
    }

    /// <summary>Takes a change to be posted, and returns at once.</summary>
    public void Offer(AlertChange change)
    {
        if (_options.Webhook is not null) _waiting.Writer.TryWrite(change);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_options.Webhook is not { } typed) return;
        var webhook = new Uri(typed);
        using var http = new HttpClient(Handler(_guard)) { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            await foreach (var change in _waiting.Reader.ReadAllAsync(stoppingToken))
                await PostAsync(http, webhook, change, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: the next start finds what still lasts.
        }
    }

    private async Task PostAsync(HttpClient http, Uri webhook, AlertChange change, CancellationToken stopping)
    {
        var name = _name.Current;
        var body = AlertBody.IsDiscord(webhook, _options.WebhookFormat)
            ? AlertBody.Discord(change, name)
            : AlertBody.Generic(change, name, _writer.Self.ToString());
        for (var tries = 0; ; tries++)
        {
            if (await TryAsync(http, webhook, body, stopping)) return;
            if (tries == _waits.Count) break;
            await Task.Delay(_waits[tries], _time, stopping);
        }

        NodeLog.AlertNotPosted(_log, change.Alert.Code);
    }

    private async Task<bool> TryAsync(HttpClient http, Uri webhook, byte[] body, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(_answerMax);
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook)
        {
            Content = new ByteArrayContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            },
        };
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private static SocketsHttpHandler Handler(DialGuard guard) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        MaxResponseHeadersLength = HeaderKilobytesMax,
        // An answer is never read, so a connection cannot serve a second post.
        MaxResponseDrainSize = 0,
        ConnectCallback = (context, cancellation) =>
            guard.ConnectAsync(DialScope.Typed, context.DnsEndPoint, cancellation),
    };
}
