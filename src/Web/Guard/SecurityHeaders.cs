namespace Anarchive.Web;

/// <summary>The policy every answer carries. Nothing is inline, so it needs no nonce.</summary>
internal static class SecurityHeaders
{
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
        // A film that is made ready as it plays comes from the page's own script, as a blob.
        + "media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        // At the start of the answer, because error handling clears what was set before.
        context.Response.OnStarting(() => SetAsync(context.Response.Headers));
        return next(context);
    }

    private static Task SetAsync(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        // Pages and API show what is true now; only assets say otherwise.
        if (headers.ContentType.Count > 0 && headers.ETag.Count == 0) headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
