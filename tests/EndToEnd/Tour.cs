using System.Diagnostics;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>The numbered pictures of a story, in its order.</summary>
/// <remarks>
/// They are written beside the other journeys' pictures; with <c>ANARCHIVE_TOUR=1</c> they replace those in
/// <c>docs/tour</c>, which would otherwise differ after every run.
/// </remarks>
internal sealed class Tour(string root)
{
    private const string Wanted = "ANARCHIVE_TOUR";

    /// <summary>The folder of a test is another in each run, and no place for anybody's films.</summary>
    private const string Rename = """
        folder => {
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(folder, "/home/ines");
        }
        """;

    private readonly List<string> _taken = [];

    private static bool IsForDocs => Environment.GetEnvironmentVariable(Wanted) == "1";

    private string Docs => Path.Combine(root, "docs", "tour");

    /// <summary>Takes the next picture, of the whole page or of all above the end of a part of it.</summary>
    /// <param name="until">That part's selector.</param>
    public async Task TakeAsync(Device device, string name, string? until = null)
    {
        var page = device.Person.Page;
        var file = $"{_taken.Count + 1:00}-{name}.png";
        _taken.Add(file);
        var folder = IsForDocs ? Docs : Path.Combine(root, "artifacts", "screenshots", "tour");
        await page.EvaluateAsync("document.fonts.ready.then(() => scrollTo(0, 0))");
        await page.EvaluateAsync(Rename, device.Node.Folder);
        var shown = until is null ? null : (await page.Locator(until).BoundingBoxAsync())!;
        var picture = Path.Combine(Directory.CreateDirectory(folder).FullName, file);
        await page.ScreenshotAsync(new()
        {
            Path = picture,
            FullPage = true,
            Clip = shown is null ? null : new()
            {
                Width = page.ViewportSize!.Width,
                Height = Math.Max(page.ViewportSize.Height, shown.Y + shown.Height + 14),
            },
        });
        if (IsForDocs) await ShrinkAsync(picture);
    }

    /// <summary>With a palette of its own: half as large, for a checkout keeps every version.</summary>
    private static async Task ShrinkAsync(string picture)
    {
        var small = picture + ".small.png";
        using var process = Process.Start(
            "ffmpeg",
            [
                "-nostdin", "-loglevel", "error", "-i", picture, "-vf",
                "split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none", "-frames:v", "1", "-y", small,
            ]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        File.Move(small, picture, overwrite: true);
    }

    /// <summary>The guide shows these pictures and no others.</summary>
    public void Check()
    {
        if (IsForDocs)
            foreach (var orphan in Files().Except(_taken))
                File.Delete(Path.Combine(Docs, orphan));
        Assert.Equal(_taken, Files());
    }

    private IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Docs).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
