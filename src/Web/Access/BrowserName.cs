namespace Anarchive.Web;

/// <summary>What a browser calls itself, in the few words that tell an owner's browsers apart.</summary>
internal static class BrowserName
{
    private const string Unknown = "A browser";

    // In this order: many call themselves by their forebears' names as well.
    private static readonly (string Sign, string Name)[] Browsers =
    [
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("Edg/", "Edge"), ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ];

    private static readonly (string Sign, string Name)[] Systems =
    [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
        ("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ];

    public static string Of(string? userAgent)
    {
        if (string.IsNullOrEmpty(userAgent)) return Unknown;
        var browser = Find(Browsers, userAgent) ?? Unknown;
        return Find(Systems, userAgent) is { } system ? $"{browser} on {system}" : browser;
    }

    /// <summary>What <see cref="Of"/> said once, for a page.</summary>
    public static string Said(string kept) => kept.Split(" on ") switch
    {
        [Unknown, var system] => T($"A browser on {system}"),
        [var browser, var system] => T($"{browser} on {system}"),
        [Unknown] => T(Unknown),
        _ => kept,
    };

    private static string? Find((string Sign, string Name)[] known, string text)
    {
        foreach (var (sign, name) in known)
            if (text.Contains(sign, StringComparison.Ordinal)) return name;
        return null;
    }
}
