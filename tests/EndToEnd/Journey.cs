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
        await person.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Anarchive.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
