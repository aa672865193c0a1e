using System.Text;
using Anarchive.Node;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Anarchive.Web;

/// <summary>Reads a posted backup as it comes: whole forms are kept in memory, and a backup may be larger.</summary>
internal static class RestoreUpload
{
    private const int FieldBytesMax = 8 * 1024;

    /// <summary>How antiforgery takes a token that stands in no form.</summary>
    private const string TokenHeader = "RequestVerificationToken";

    public static Problem Cut { get; } = new(
        "upload_cut", 400, "The file did not come whole: choose it again, and send it once more.");

    /// <summary>The bound of other bodies does not hold: the disk's room does.</summary>
    public static void Unbind(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
    }

    /// <summary>
    /// Takes the file of a form in, whose token stands before it, and answers the passphrase that came with it.
    /// </summary>
    public static async Task<(string? Passphrase, Problem? Problem)> TakeAsync(HttpContext context, RestoreDesk desk)
    {
        if (desk.Refused is { } refused) return (null, refused);
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
            return (null, Forms.Stale);
        Unbind(context);
        try
        {
            return await ReadAsync(new MultipartReader(boundary, context.Request.Body), context, desk);
        }
        catch (Exception cut) when (cut is IOException or InvalidDataException)
        {
            return (null, Cut);
        }
    }

    private static async Task<(string? Passphrase, Problem? Problem)> ReadAsync(
        MultipartReader reader, HttpContext context, RestoreDesk desk)
    {
        var (isOurs, isTaken, passphrase) = (false, false, "");
        while (await reader.ReadNextSectionAsync(context.RequestAborted) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var place)) continue;
            switch (HeaderUtilities.RemoveQuotes(place.Name).Value)
            {
                case "form_token":
                    context.Request.Headers[TokenHeader] = await TextAsync(section, context.RequestAborted);
                    isOurs = await context.RequestServices.GetRequiredService<IAntiforgery>()
                        .IsRequestValidAsync(context);
                    break;
                case "passphrase":
                    passphrase = await TextAsync(section, context.RequestAborted);
                    break;
                case "file" when isOurs && !isTaken:
                    var problem = await desk.TakeAsync(
                        section.Body, context.Request.ContentLength, context.RequestAborted);
                    if (problem is not null) return (null, problem);
                    isTaken = true;
                    break;
            }

            if (!isOurs) return (null, Forms.Stale);
        }

        return isTaken ? (passphrase, null) : (null, RestoreDesk.Nothing);
    }

    private static async Task<string> TextAsync(MultipartSection section, CancellationToken cancellation)
    {
        var bytes = new byte[FieldBytesMax];
        var got = await section.Body.ReadAtLeastAsync(
            bytes, FieldBytesMax, throwOnEndOfStream: false, cancellation);
        return Encoding.UTF8.GetString(bytes.AsSpan(0, got));
    }
}
