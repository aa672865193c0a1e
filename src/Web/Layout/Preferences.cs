namespace Anarchive.Web;

/// <summary>What one browser prefers, in cookies that the server renders, so that nothing flashes.</summary>
internal static class Preferences
{
    private const string ThemeCookie = "theme";
    private const string KeysCookie = "keys";
    private const string LanguageCookie = "language";
    private const string CompactCookie = "compact";

    public static string Theme(HttpContext? context) =>
        context?.Request.Cookies[ThemeCookie] is "light" or "dark" ? context.Request.Cookies[ThemeCookie]! : "system";

    /// <summary>The language chosen for this browser; null where it decides by itself.</summary>
    public static string? Language(HttpContext? context) =>
        context?.Request.Cookies[LanguageCookie] is { } code && Languages.Knows(code) ? code : null;

    public static bool Keys(HttpContext? context) => context?.Request.Cookies[KeysCookie] != "off";

    public static bool Compact(HttpContext? context) => context?.Request.Cookies[CompactCookie] == "on";

    public static void SetTheme(HttpContext context, string? theme) =>
        Set(context, ThemeCookie, theme is "light" or "dark" ? theme : "system");

    public static void SetLanguage(HttpContext context, string? code) =>
        Set(context, LanguageCookie, Languages.Offered.Any(l => l.Code == code) ? code! : "browser");

    public static void SetKeys(HttpContext context, bool on) => Set(context, KeysCookie, on ? "on" : "off");

    public static void SetCompact(HttpContext context, bool on) => Set(context, CompactCookie, on ? "on" : "off");

    private static void Set(HttpContext context, string name, string value) =>
        context.Response.Cookies.Append(name, value, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            MaxAge = TimeSpan.FromDays(365),
        });
}
