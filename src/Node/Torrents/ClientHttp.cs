using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Anarchive.Node;

/// <summary>Requests to a torrent client, bounded in size and time.</summary>
/// <remarks>Answers may hold more than is read here: clients differ by version.</remarks>
internal sealed class ClientHttp : IDisposable
{
    private const int AnswerBytesMax = 16 * 1024 * 1024;

    private static readonly TimeSpan AnswerFor = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
    })
    {
        Timeout = AnswerFor,
        MaxResponseContentBufferSize = AnswerBytesMax,
    };

    /// <summary>The answer with its whole body, whatever its status; the caller disposes it.</summary>
    /// <exception cref="CarrierException"><c>client_unreachable</c></exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            return await _http.SendAsync(request, cancellation);
        }
        catch (HttpRequestException gone)
        {
            throw Unreachable(gone);
        }
        catch (ObjectDisposedException ended)
        {
            // The node's own client ended under this request.
            throw Unreachable(ended);
        }
        catch (OperationCanceledException slow) when (!cancellation.IsCancellationRequested)
        {
            throw Unreachable(slow);
        }
    }

    /// <summary>The body of a 200 as that type.</summary>
    /// <exception cref="CarrierException"><c>client_refused</c></exception>
    public static async Task<T> ReadAsync<T>(
        HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        if (response.StatusCode != HttpStatusCode.OK) throw Refused();
        try
        {
            var body = await response.Content.ReadAsByteArrayAsync(cancellation);
            return JsonSerializer.Deserialize(body, type) ?? throw Refused();
        }
        catch (JsonException)
        {
            throw Refused();
        }
    }

    /// <summary>Waits for what a client does after it has answered.</summary>
    /// <exception cref="CarrierException"><c>client_refused</c>: it does not do it.</exception>
    public static async Task UntilAsync(Func<Task<bool>> isSo, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(AnswerFor);
        using var looks = new PeriodicTimer(LookEvery);
        try
        {
            while (!await isSo()) await looks.WaitForNextTickAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Refused();
        }
    }

    public static CarrierException Refused() =>
        new("client_refused", "The torrent client gave another answer than it should: look at its address and login.");

    public static CarrierException NotOurs() => new(
        "torrent_not_ours", "The torrent client holds this torrent already, and not from this node: it is left alone.");

    public static CarrierException InClient() => new(
        "torrent_in_client", "The torrent client holds this torrent already, and is left to go on with it.");

    /// <summary>A torrent by its hash alone (BEP 9).</summary>
    public static string Magnet(Hash160 ih) => $"magnet:?xt=urn:btih:{ih}";

    public void Dispose() => _http.Dispose();

    private static CarrierException Unreachable(Exception cause) =>
        new("client_unreachable", "The torrent client does not answer.", cause);
}
