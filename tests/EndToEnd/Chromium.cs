using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>The browser of this machine. Without one every journey is skipped by name, and fails in CI.</summary>
internal static class Chromium
{
    private static readonly string[] Args =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    public static string? Path { get; } = Find();

    public static async Task<IBrowser> LaunchAsync(IPlaywright playwright)
    {
        if (Path is null && Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail("chromium is missing: install it, or name it in CHROME_PATH.");
        Assert.SkipWhen(Path is null, "chromium is missing: install it, or name it in CHROME_PATH.");
        return await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Path, Args = Args });
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("CHROME_PATH") is { Length: > 0 } named) return named;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator);
        return folders.SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }
                .Select(name => System.IO.Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
    }
}
