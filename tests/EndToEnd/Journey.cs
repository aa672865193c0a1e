using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>What people do at browsers; each journey has a Chromium of its own.</summary>
public abstract class Journey : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private protected IBrowser Browser => _browser ?? throw new InvalidOperationException("No browser was started.");

    public virtual async ValueTask InitializeAsync()
    {
        // Five seconds are short for a machine that builds and tests at once.
        Assertions.SetDefaultExpectTimeout(60_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await Chromium.LaunchAsync(_playwright);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A picture of the whole page, kept for people.</summary>
    private protected static async Task Shot(Person person, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root(), "artifacts", "screenshots")).FullName;
        // Smaller than PNG, and packed sooner.
        await person.Page.ScreenshotAsync(new()
        {
            Path = Path.Combine(folder, name + ".jpg"),
            Type = ScreenshotType.Jpeg,
            Quality = 85,
            FullPage = true,
        });
    }

    /// <summary>A picture on a desktop and on a phone; where scripts run, what axe finds there.</summary>
    private protected static async Task Fits(Person person, string name, ColorScheme scheme)
    {
        foreach (var width in new[] { 1200, 390 })
        {
            await person.Page.SetViewportSizeAsync(width, 900);
            await Shot(person, $"{name}-{width}-{scheme.ToString().ToLowerInvariant()}");
            if (scheme == ColorScheme.Dark) continue;
            Assert.Empty(await Axe.ViolationsAsync(person.Page));
            Assert.Equal(0, await person.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
        }

        await person.Page.SetViewportSizeAsync(1200, 900);
    }

    /// <summary>The checkout that the tests were built in.</summary>
    private protected static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Anarchive.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
