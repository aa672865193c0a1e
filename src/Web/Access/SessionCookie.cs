using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>The cookie by which a browser stays signed in.</summary>
/// <remarks>Cookies ignore ports: two nodes on one machine must not overwrite each other's.</remarks>
internal sealed class SessionCookie(string suffix)
{
    private readonly string _name = "anarchive-session-" + suffix;

    public string? Read(HttpRequest request) => request.Cookies[_name];

    public void Write(HttpContext context, string secret) =>
        context.Response.Cookies.Append(_name, secret, Options(context, AccessSession.LifetimeMs));

    public void Delete(HttpContext context) => context.Response.Cookies.Delete(_name, Options(context, null));

    private static CookieOptions Options(HttpContext context, long? lifetimeMs) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = "/",
        IsEssential = true,
        MaxAge = lifetimeMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
    };
}
