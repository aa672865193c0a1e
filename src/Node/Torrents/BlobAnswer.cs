using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Anarchive.Node;

/// <summary>Answers <c>GET</c> and <c>HEAD</c> of a file, or of a range of it.</summary>
internal static class BlobAnswer
{
    public const string BytesType = "application/octet-stream";

    /// <summary>Null, and answered, where the range lies outside the file.</summary>
    /// <param name="name">Names the file's content, as a tag.</param>
    /// <param name="length">The whole file's, in bytes.</param>
    public static async Task<BlobRange?> RangeAsync(HttpContext context, string name, long length)
    {
        var tag = $"\"{name}\"";
        context.Response.Headers.AcceptRanges = "bytes";
        context.Response.Headers.ETag = tag;
        if (BlobRange.Of(context.Request, length, tag) is { } range) return range;
        await OutsideAsync(context, length);
        return null;
    }

    /// <summary>416: those bytes are not to be had here.</summary>
    public static Task OutsideAsync(HttpContext context, long length)
    {
        context.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
        context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
        return Task.CompletedTask;
    }

    /// <summary>Sends a file that is here whole.</summary>
    public static Task FromFileAsync(HttpContext context, long length, BlobRange range, string path)
    {
        Begin(context, length, range);
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.SendFileAsync(path, range.From, range.Length, context.RequestAborted);
    }

    /// <summary>Sends pieces one after the other; the connection ends early where one cannot be had.</summary>
    public static async Task FromPiecesAsync(
        HttpContext context, Metainfo what, BlobRange range, Func<int, Task<byte[]?>> read)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            Begin(context, what.Length, range);
            return;
        }

        foreach (var piece in range.PiecesOf(what))
        {
            if (await read(piece) is not { } bytes)
            {
                // Before the first byte there is still a status to say so with.
                if (context.Response.HasStarted) context.Abort();
                else context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return;
            }

            if (!context.Response.HasStarted) Begin(context, what.Length, range);
            var start = (long)piece * what.PieceLength;
            var from = (int)Math.Max(0, range.From - start);
            var to = (int)Math.Min(bytes.Length, range.From + range.Length - start);
            await context.Response.Body.WriteAsync(bytes.AsMemory(from, to - from), context.RequestAborted);
        }
    }

    private static void Begin(HttpContext context, long length, BlobRange range)
    {
        context.Response.ContentType = BytesType;
        context.Response.ContentLength = range.Length;
        if (!range.IsPart) return;
        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        context.Response.Headers.ContentRange = string.Create(
            CultureInfo.InvariantCulture, $"bytes {range.From}-{range.From + range.Length - 1}/{length}");
    }
}
