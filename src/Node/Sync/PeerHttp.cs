using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Exchanges with a peer over connections that its door judged; bounded in size and time.</summary>
public sealed class PeerHttp(HttpMessageHandler connections) : IDisposable
{
    private static readonly TimeSpan MessageFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EventsFor = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(connections) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly HttpMessageInvoker _sockets = new(connections, disposeHandler: false);

    /// <summary>Sends a message and reads one.</summary>
    /// <exception cref="PeerException">Anything but a well-formed 200 in time.</exception>
    public async Task<TReply> ExchangeAsync<TReply>(
        HttpRequestMessage request, string? token, JsonTypeInfo<TReply> type, CancellationToken cancellation)
        where TReply : class
    {
        using (request)
        {
            return await WithinAsync(
                MessageFor,
                async limit =>
                {
                    using var response = await SendAsync(request, token, limit);
                    var body = await ReadAsync(response, SyncBody.MessageBytesMax, limit);
                    return Wire.TryRead(body.Span, type) ?? throw PeerException.Malformed();
                },
                cancellation);
        }
    }

    /// <summary>Fetches bytes of any kind.</summary>
    /// <exception cref="PeerException">Anything but a 200 in time and size.</exception>
    public Task<ReadOnlyMemory<byte>> FetchAsync(Uri address, string? token, CancellationToken cancellation) =>
        FetchAsync(address, token, Limits.BodyBytesMax, EventsFor, cancellation);

    /// <summary>
    /// Fetches a range as parts of the given lengths, each handed over, with its number, as soon as it is whole; stops
    /// where <paramref name="take"/> says false. The bytes are valid until it returns.
    /// </summary>
    /// <exception cref="PeerException">Anything but that range in time.</exception>
    public Task FetchPartsAsync(
        Uri address, string? token, long offset, IReadOnlyList<int> lengths,
        Func<int, ReadOnlyMemory<byte>, bool> take, CancellationToken cancellation) =>
        WithinAsync(
            EventsFor,
            async limit =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                request.Headers.Range = new RangeHeaderValue(offset, offset + lengths.Sum(l => (long)l) - 1);
                using var response = await SendAsync(request, token, limit, HttpStatusCode.PartialContent);
                if (response.Content.Headers.ContentRange?.From != offset) throw PeerException.Malformed();
                await using var stream = await response.Content.ReadAsStreamAsync(limit);
                var part = new byte[lengths.Max()];
                for (var i = 0; i < lengths.Count; i++)
                {
                    await stream.ReadExactlyAsync(part.AsMemory(0, lengths[i]), limit);
                    if (!take(i, part.AsMemory(0, lengths[i]))) break;
                }

                return true;
            },
            cancellation);

    /// <summary>Fills a buffer with a range.</summary>
    /// <param name="stall">How long nothing may come.</param>
    /// <param name="whole">How long all of it may take.</param>
    /// <exception cref="PeerException">Anything but that range in time.</exception>
    public Task FetchRangeAsync(
        Uri address, string? token, long offset, Memory<byte> into, TimeSpan stall, TimeSpan whole,
        CancellationToken cancellation) =>
        WithinAsync(
            whole,
            async limit =>
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(limit);
                patience.CancelAfter(stall);
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                request.Headers.Range = new RangeHeaderValue(offset, offset + into.Length - 1);
                using var response = await SendAsync(request, token, patience.Token, HttpStatusCode.PartialContent);
                if (response.Content.Headers.ContentRange?.From != offset) throw PeerException.Malformed();
                await using var stream = await response.Content.ReadAsStreamAsync(patience.Token);
                for (var filled = 0; filled < into.Length;)
                {
                    var read = await stream.ReadAsync(into[filled..], patience.Token);
                    if (read == 0) throw PeerException.Malformed();
                    filled += read;
                    patience.CancelAfter(stall);
                }

                return true;
            },
            cancellation);

    /// <summary>Opens a WebSocket (RFC 6455) there; the caller disposes it.</summary>
    /// <exception cref="PeerException">Anything but that in time.</exception>
    public Task<WebSocket> OpenSocketAsync(Uri address, string? token, CancellationToken cancellation) =>
        WithinAsync<WebSocket>(
            MessageFor,
            async limit =>
            {
                var socket = new ClientWebSocket();
                socket.Options.CollectHttpResponseDetails = true;
                if (token is not null) socket.Options.SetRequestHeader("Authorization", "Bearer " + token);
                var ws = new UriBuilder(address) { Scheme = address.Scheme == "https" ? "wss" : "ws" };
                var isOpen = false;
                try
                {
                    await socket.ConnectAsync(ws.Uri, _sockets, limit);
                    isOpen = true;
                    return socket;
                }
                catch (WebSocketException refused)
                {
                    // Of the answer's body, which holds the code, nothing is to be had here.
                    throw Refused(socket.HttpStatusCode, null, RetryAfter(socket.HttpResponseHeaders), refused);
                }
                finally
                {
                    if (!isOpen) socket.Dispose();
                }
            },
            cancellation);

    /// <summary>Fetches batches; each keeps its own frame's bytes.</summary>
    /// <exception cref="PeerException">Anything but a well-formed 200 in time and within bounds.</exception>
    public Task<IReadOnlyList<Batch>> FetchBatchesAsync(
        Uri address, string? token, int eventsMax, long bytesMax, CancellationToken cancellation) =>
        WithinAsync(
            EventsFor,
            async limit =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(SyncBody.EventsType));
                using var response = await SendAsync(request, token, limit);
                await using var stream = await response.Content.ReadAsStreamAsync(limit);
                return await ReadBatchesAsync(stream, eventsMax, bytesMax, limit);
            },
            cancellation);

    public static HttpRequestMessage Post<T>(Uri address, T message, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(message, type));
        content.Headers.ContentType = new MediaTypeHeaderValue(SyncBody.JsonType);
        return new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
    }

    public static HttpRequestMessage Post(Uri address, ReadOnlyMemory<byte> frames)
    {
        var content = new ReadOnlyMemoryContent(frames);
        content.Headers.ContentType = new MediaTypeHeaderValue(SyncBody.EventsType);
        return new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
    }

    public void Dispose()
    {
        _sockets.Dispose();
        _http.Dispose();
    }

    private Task<ReadOnlyMemory<byte>> FetchAsync(
        Uri address, string? token, int bytesMax, TimeSpan time, CancellationToken cancellation) =>
        WithinAsync(
            time,
            async limit =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                using var response = await SendAsync(request, token, limit);
                return await ReadAsync(response, bytesMax, limit);
            },
            cancellation);

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, string? token, CancellationToken cancellation,
        HttpStatusCode expected = HttpStatusCode.OK)
    {
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode == expected) return response;
        using (response) throw await RefusedAsync(response, cancellation);
    }

    private static async Task<PeerException> RefusedAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var isBehind = response.StatusCode == HttpStatusCode.Gone;
        var body = await ReadAsync(response, isBehind ? SyncBody.MessageBytesMax : 1024, cancellation);
        if (isBehind && Wire.TryRead(body.Span, SyncJson.Default.BehindReply) is { } behind
            && Base64UrlText.TryDecode(behind.Edition, out var edition)
            && Wire.TryReadHeads(behind.Vector) is { } heads)
            return PeerException.Behind(new EditionNote(edition, VersionVector.From(heads)));
        var code = Wire.TryRead(body.Span, SyncJson.Default.ErrorReply)?.Error.Code ?? "malformed";
        return Refused(response.StatusCode, code, response.Headers.RetryAfter?.Delta, null);
    }

    /// <summary>What an answer other than the expected one means.</summary>
    /// <param name="code">The peer's; null where it cannot be read.</param>
    private static PeerException Refused(HttpStatusCode status, string? code, TimeSpan? retryAfter, Exception? cause)
    {
        var waitMs = (long)Math.Clamp(
            retryAfter?.TotalMilliseconds ?? Limits.BackoffFirstMs, Limits.BackoffFirstMs, Limits.BackoffMaxMs);
        return status switch
        {
            HttpStatusCode.NotFound => new PeerException(Failure.NotFound, code ?? "not_found", cause: cause),
            HttpStatusCode.TooManyRequests =>
                new PeerException(Failure.Throttled, code ?? "rate_limited", waitMs, cause),
            HttpStatusCode.ServiceUnavailable =>
                new PeerException(Failure.Throttled, code ?? "not_ready", waitMs, cause),
            _ => new PeerException(Failure.Unreachable, code ?? "unreachable", cause: cause),
        };
    }

    private static TimeSpan? RetryAfter(IReadOnlyDictionary<string, IEnumerable<string>>? headers) =>
        headers is not null && headers.TryGetValue("Retry-After", out var said)
        && RetryConditionHeaderValue.TryParse(said.FirstOrDefault(), out var after)
            ? after.Delta
            : null;

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(
        HttpResponseMessage response, int bytesMax, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength > bytesMax) throw PeerException.Malformed();
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        using var kept = new MemoryStream();
        var buffer = new byte[8 * 1024];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, cancellation);
            if (read == 0) return kept.GetBuffer().AsMemory(0, (int)kept.Length);
            if (kept.Length + read > bytesMax) throw PeerException.Malformed();
            kept.Write(buffer, 0, read);
        }
    }

    private static async Task<IReadOnlyList<Batch>> ReadBatchesAsync(
        Stream stream, int eventsMax, long bytesMax, CancellationToken cancellation)
    {
        var batches = new List<Batch>();
        var prefix = new byte[BatchFraming.PrefixBytes];
        while (true)
        {
            var read = await stream.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false, cancellation);
            if (read == 0) return batches;
            var length = read < prefix.Length ? 0 : BatchFraming.FrameLength(prefix, out _);
            if (length == 0 || (bytesMax -= length) < 0) throw PeerException.Malformed();
            var frame = GC.AllocateUninitializedArray<byte>(length);
            prefix.CopyTo(frame, 0);
            await stream.ReadExactlyAsync(frame.AsMemory(prefix.Length), cancellation);
            if (BatchFraming.TryRead(frame, out _) is not { } batch) throw PeerException.Malformed();
            if ((eventsMax -= batch.Events.Count) < 0) throw PeerException.Malformed();
            batches.Add(batch);
        }
    }

    /// <summary>The one place where the network's failures become ours.</summary>
    private static async Task<T> WithinAsync<T>(
        TimeSpan time, Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(time);
        try
        {
            return await work(limit.Token);
        }
        catch (OperationCanceledException slow) when (!cancellation.IsCancellationRequested)
        {
            throw new PeerException(Failure.Unreachable, "too_slow", cause: slow);
        }
        catch (HttpRequestException changed) when (changed.InnerException is AuthenticationException)
        {
            // Another certificate than the pinned one: nothing was sent, and a handshake finds out whose it is.
            throw new PeerException(Failure.NotFound, "certificate_changed", cause: changed);
        }
        catch (HttpRequestException refused) when (
            refused is DialRefusedException || refused.InnerException is DialRefusedException)
        {
            throw new PeerException(Failure.Unreachable, "endpoint_not_allowed", cause: refused);
        }
        catch (ObjectDisposedException closed)
        {
            // The peer moved, or has another certificate now: its door was closed under this request.
            throw new PeerException(Failure.Unreachable, "unreachable", cause: closed);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or SocketException)
        {
            throw new PeerException(Failure.Unreachable, "unreachable", cause: broken);
        }
    }
}
