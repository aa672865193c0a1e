using System.IO.Compression;
using Anarchive.Log;
using Microsoft.AspNetCore.Http;

namespace Anarchive.Node;

/// <summary>Reads request bodies within bounds of size and time.</summary>
internal static class SyncBody
{
    public const string EventsType = "application/vnd.anarchive.events";
    public const string JsonType = "application/json";
    public const string EditionType = "application/jsonl";

    /// <summary>Handshakes and heartbeats: 64 peer records and a delta of a few thousand chains fit.</summary>
    public const int MessageBytesMax = 1024 * 1024;

    /// <summary>A whole list of key statements fits; strangers send these.</summary>
    public const int HandshakeBytesMax = 64 * 1024;

    private const int FirstBytes = 16 * 1024;

    private static readonly TimeSpan ReadFor = TimeSpan.FromSeconds(20);

    /// <summary>The whole body, decompressed; a code when it is too large, too slow or wrongly encoded.</summary>
    public static async Task<(ReadOnlyMemory<byte> Bytes, string? Code)> ReadAsync(HttpRequest request, int bytesMax)
    {
        if (request.ContentLength > bytesMax) return (default, "too_large");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(request.HttpContext.RequestAborted);
        limit.CancelAfter(ReadFor);
        try
        {
            switch (request.Headers.ContentEncoding.ToString())
            {
                case "" or "identity":
                    return await ReadAsync(request.Body, request.ContentLength, bytesMax, limit.Token);
                case "gzip":
                    await using (var gzip = new GZipStream(request.Body, CompressionMode.Decompress, leaveOpen: true))
                        return await ReadAsync(gzip, null, bytesMax, limit.Token);
                default:
                    return (default, "malformed");
            }
        }
        catch (OperationCanceledException) when (!request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return (default, "too_slow");
        }
        catch (InvalidDataException)
        {
            return (default, "malformed");
        }
        catch (BadHttpRequestException)
        {
            return (default, "malformed");
        }
    }

    /// <summary>The body as sent, which can still be read afterwards; null where it is too large or slow.</summary>
    public static async Task<ReadOnlyMemory<byte>?> HoldAsync(HttpRequest request)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(request.HttpContext.RequestAborted);
        limit.CancelAfter(ReadFor);
        try
        {
            var (body, code) = await ReadAsync(
                request.Body, request.ContentLength, Limits.BodyBytesMax, limit.Token);
            if (code is not null) return null;
            request.Body = new MemoryStream(body.ToArray(), writable: false);
            return body;
        }
        catch (Exception broken) when (broken is OperationCanceledException or BadHttpRequestException)
        {
            return null;
        }
    }

    /// <summary>The batches of a body. Binary ones keep slices of <paramref name="body"/>.</summary>
    public static IReadOnlyList<Batch>? Batches(ReadOnlyMemory<byte> body, bool json, out Refusal refusal)
    {
        refusal = Refusal.Malformed;
        var batches = new List<Batch>();
        if (json)
        {
            if (Wire.TryRead(body.Span, SyncJson.Default.IReadOnlyListWireBatch) is not { } read) return null;
            foreach (var one in read)
            {
                if (Wire.FromJson(one, out refusal) is not { } batch) return null;
                batches.Add(batch);
            }

            return batches;
        }

        while (!body.IsEmpty)
        {
            var length = BatchFraming.FrameLength(body.Span, out refusal);
            if (refusal != Refusal.None) return null;
            refusal = Refusal.Malformed;
            if (length > body.Length) return null;
            if (BatchFraming.TryRead(body[..length], out refusal) is not { } batch) return null;
            batches.Add(batch);
            body = body[length..];
        }

        refusal = Refusal.None;
        return batches;
    }

    private static async Task<(ReadOnlyMemory<byte> Bytes, string? Code)> ReadAsync(
        Stream stream, long? expected, int bytesMax, CancellationToken cancellation)
    {
        // One byte more than promised shows the end without growing.
        var buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(bytesMax, expected ?? FirstBytes) + 1);
        var filled = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(filled), cancellation);
            if (read == 0) return (buffer.AsMemory(0, filled), null);
            filled += read;
            if (filled > bytesMax) return (default, "too_large");
            if (filled == buffer.Length) Array.Resize(ref buffer, Math.Min(bytesMax + 1, buffer.Length * 2));
        }
    }
}
