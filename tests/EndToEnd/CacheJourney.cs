using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>
/// Two windows at one cache: what is done in one shows in the other, and leaves whoever sits there alone.
/// </summary>
public sealed class CacheJourney : Journey
{
    private const int Count = 30;

    /// <summary>Where on the screen the row stands in which the focus is; rows near it may grow by a line.</summary>
    private const string Place = "document.activeElement.closest('tr').getBoundingClientRect().top";

    private const string Focused = "document.activeElement.closest('tr')?.id + ' ' + document.activeElement.value";

    [Fact]
    public async Task A_star_set_elsewhere_shows_without_a_reload_and_keeps_focus_typing_and_place()
    {
        await using var node = await RunningNode.StartAsync();
        await FurnishAsync(node);
        foreach (var (width, scheme) in new[] { (1440, ColorScheme.Light), (390, ColorScheme.Dark) })
        {
            var person = await Person.AtAsync(Browser, node, new()
            {
                ViewportSize = new() { Width = width, Height = 700 },
                ReducedMotion = ReducedMotion.Reduce,
                ColorScheme = scheme,
            });
            await ShowAsync(node, person, $"cache-live-{width}");
            Assert.Empty(person.Alarms);
        }
    }

    private static async Task FurnishAsync(RunningNode node)
    {
        var disk = Path.Combine(node.Folder, "disk");
        var folder = Directory.CreateDirectory(Path.Combine(disk, "films")).FullName;
        for (var n = 1; n <= Count; n++)
        {
            var file = Path.Combine(folder, $"Film {n:00} (2011).mkv");
            byte[] bytes = [.. Enumerable.Range(0, 2_000).Select(at => (byte)(at + n))];
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-10));
        }

        await node.RunAsync("fleet", "device", "declare", "--class", "laptop");
        await node.RunAsync("fleet", "volume", "add", disk, "--name", "disk", "--reserve", "0");
        await node.RunAsync("fleet", "volume", "watch", "disk", "films");
        await node.RunAsync("fleet", "volume", "scan");
    }

    private static async Task ShowAsync(RunningNode node, Person person, string picture)
    {
        var page = person.Page;
        await person.GoAsync("/cache");
        await person.WaitUntilLiveAsync();
        var rows = page.Locator("#cache-list tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(Count);
        var near = rows.Nth(20);
        var item = (await rows.Nth(19).GetAttributeAsync("id"))!["row-".Length..];
        var star = rows.Nth(19).Locator("button[aria-pressed]");
        await Assertions.Expect(star).ToHaveAttributeAsync("aria-pressed", "false");
        await page.EvaluateAsync("window.stays = true");
        await page.Locator("#q").FillAsync("half a wo");
        await near.Locator("button[value=trash]").FocusAsync();
        var focus = await page.EvaluateAsync<string>(Focused);
        Assert.True(await page.EvaluateAsync<double>("scrollY") > 100);
        var place = await page.EvaluateAsync<double>(Place);

        await node.RunAsync("cache", "star", item);
        await Assertions.Expect(star).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(page.Locator("#cache-bar .tally").Nth(1)).ToHaveTextAsync("1");
        // The row under the focus itself changes, too.
        var own = focus.Split(' ')[0]["row-".Length..];
        await node.RunAsync("cache", "trash", own);
        await Assertions.Expect(near.Locator("button[value=undo]")).ToBeVisibleAsync();
        Assert.Equal($"row-{own} undo", await page.EvaluateAsync<string>(Focused));
        Assert.Equal(place, await page.EvaluateAsync<double>(Place), 40.0);
        Assert.Equal("half a wo", await page.Locator("#q").InputValueAsync());
        Assert.True(await page.EvaluateAsync<bool>("window.stays"));
        await page.EvaluateAsync("scrollTo(0, 0)");
        await Shot(person, picture);

        // An act of this window: its form stands outside of what is swapped. A refusal stays beside its row.
        await rows.Nth(19).Locator("button[value=trash]").ClickAsync();
        await Assertions.Expect(rows.Nth(19)).ToContainTextAsync("take the star off first");
        await person.WaitUntilLiveAsync();
        await node.RunAsync("cache", "undo", own);
        await Assertions.Expect(near.Locator("button[value=trash]")).ToBeVisibleAsync();
        await Assertions.Expect(rows.Nth(19)).ToContainTextAsync("take the star off first");
        await rows.Nth(19).Locator("button[value=unstar]").ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(node.Url.TrimEnd('/') + "/cache");
        await Assertions.Expect(star).ToHaveAttributeAsync("aria-pressed", "false");
    }
}
