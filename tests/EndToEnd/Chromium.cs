using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>The browser of this machine. Without one every journey is skipped by name, and fails in CI.</summary>
internal static class Chromium
{
    public static async Task<IBrowser> LaunchAsync(IPlaywright playwright)
    {
        if (InstalledBrowser.Path is null && Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail("chromium is missing: install it, or name it in CHROME_PATH.");
        Assert.SkipWhen(InstalledBrowser.Path is null, "chromium is missing: install it, or name it in CHROME_PATH.");
        return await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = InstalledBrowser.Path, Args = InstalledBrowser.Arguments });
    }
}
