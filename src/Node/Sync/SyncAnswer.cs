using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Anarchive.Log;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Node;

/// <summary>Answers of the sync protocol: JSON, or an error that is a code and nothing else.</summary>
public static class SyncAnswer
{
    // Whoever waits for the owner to resume it need not ask often.
    private const string NotReadySeconds = "60";

    public static Task JsonAsync<T>(HttpContext context, T body, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = SyncBody.JsonType;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, type);
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    /// <summary>The one answer to everything that is not permitted or not here.</summary>
    public static Task NotFoundAsync(HttpContext context) => ErrorAsync(context, "not_found");

    public static Task ThrottleAsync(HttpContext context, int seconds)
    {
        context.RequestServices.GetRequiredService<SyncMeters>().Throttled();
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return ErrorAsync(context, Refusal.RateLimited.Code());
    }

    public static Task ErrorAsync(HttpContext context, string code)
    {
        context.Response.StatusCode = code switch
        {
            "not_found" or "not_a_member" or "invite_used" or "invite_lapsed" or "pairing_denied" =>
                StatusCodes.Status404NotFound,
            "behind_edition" => StatusCodes.Status410Gone,
            "too_large" => StatusCodes.Status413PayloadTooLarge,
            "rate_limited" => StatusCodes.Status429TooManyRequests,
            "not_ready" or "awaits_approval" => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status400BadRequest,
        };
        if (context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = NotReadySeconds;
        // What is left of an unread body is not worth reading.
        if (context.Response.StatusCode is 400 or 413) context.Response.Headers.Connection = "close";
        return JsonAsync(context, ErrorReply.Of(code), SyncJson.Default.ErrorReply);
    }
}
