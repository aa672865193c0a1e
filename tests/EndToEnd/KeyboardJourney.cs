using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>An evening without a mouse: Tab comes everywhere, Enter does it, with and without script.</summary>
public sealed class KeyboardJourney : Journey
{
    private const string Passphrase = "harbour lights at noon";

    /// <summary>What has the focus and does not show it, or lies outside of the window; else null.</summary>
    private const string Unseen =
        """
        () => {
          const at = document.activeElement;
          if (at === document.body || at.matches("video")) return null;
          const drawn = style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
          const { top, bottom, width } = at.getBoundingClientRect();
          const isDrawn = drawn(getComputedStyle(at)) || drawn(getComputedStyle(at, "::after"));
          return isDrawn && width > 1 && bottom > 0 && top < innerHeight ? null : at.outerHTML.slice(0, 200);
        }
        """;

    [Fact]
    public async Task From_the_library_to_a_film_access_the_cache_and_folders_by_keyboard_with_and_without_script()
    {
        await using var node = await RunningNode.StartAsync();
        await Films.FurnishAsync(node, [("Salt and Wire (2011).webm", Films.Webm)]);
        var another = Directory.CreateDirectory(Path.Combine(node.Folder, "another disk")).FullName;
        foreach (var script in new[] { true, false })
        {
            var person = await Person.AtAsync(Browser, node, new()
            {
                JavaScriptEnabled = script,
                ViewportSize = new() { Width = 1000, Height = 700 },
                ReducedMotion = ReducedMotion.Reduce,
            });
            await person.GoAsync("/library");
            // The second comes to a node that has an owner: the field has the focus.
            if (!script)
            {
                await person.ArriveAsync("/sign-in\\?to=%2Flibrary");
                await Assertions.Expect(person.Page.Locator("[name=passphrase]")).ToBeFocusedAsync();
                await TypeAsync(person, Passphrase);
                await person.ArriveAsync("/library");
            }

            await FindAndWatchAsync(person, script);
            await LetInAsync(person, script);
            await KeepAsync(person, script);
            await WatchFolderAsync(person, another);
            Assert.Empty(person.Alarms);
        }
    }

    [Fact]
    public async Task The_settings_are_reached_in_a_window_too_low_for_the_rail()
    {
        await using var node = await RunningNode.StartAsync();
        var person = await Person.AtAsync(Browser, node, new() { ViewportSize = new() { Width = 900, Height = 420 } });
        await person.GoAsync("/mesh");
        const string bottom = "document.querySelector('.rail .last a').getBoundingClientRect().bottom";
        Assert.True(await person.Page.EvaluateAsync<bool>(bottom + " > innerHeight"));
        await person.Page.Mouse.MoveAsync(60, 200);
        await person.Page.Mouse.WheelAsync(0, 150);
        await person.UntilAsync(bottom + " <= innerHeight");
        // The rail scrolls by itself: the page beside it stays where it is.
        Assert.Equal(0, await person.Page.EvaluateAsync<int>("scrollY"));
        await person.Page.Locator(".rail .last a").ClickAsync();
        await person.ArriveAsync("/settings");
    }

    private static async Task FindAndWatchAsync(Person person, bool script)
    {
        await TabToAsync(person, person.Page.Locator("[name=q]"));
        await TypeAsync(person, "wire");
        await person.ArriveAsync("q=wire");
        await EnterAsync(person, person.Page.Locator(".work a.open"));
        await person.ArriveAsync("/watch/[0-9a-f]{64}");
        await TabToAsync(person, person.Page.Locator("#film"));
        await person.Page.Keyboard.PressAsync("Space");
        if (script) await person.UntilAsync("film.currentTime > 0.2");
        await EnterAsync(person, person.Page.Locator("form[action$='/seen'] button"));
        await person.SeeAsync(script ? "Watched to its end." : "Not begun yet.");
    }

    /// <summary>Becomes the owner where there is none, and makes a token.</summary>
    private static async Task LetInAsync(Person person, bool script)
    {
        await EnterAsync(person, person.Page.Locator("nav.sections a[href='/settings']"));
        await EnterAsync(person, Link(person, "Passphrase, browsers and programs"));
        if (script)
        {
            await TabToAsync(person, person.Page.Locator("[name=passphrase]"));
            await person.Page.Keyboard.TypeAsync(Passphrase);
            await TabToAsync(person, person.Page.Locator("[name=again]"));
            await TypeAsync(person, Passphrase);
            await person.SeeAsync("this one");
        }

        await TabToAsync(person, person.Page.Locator("[name=name]"));
        await person.Page.Keyboard.TypeAsync(script ? "television" : "radio");
        await TabToAsync(person, person.Page.Locator("[name=scope]:checked"));
        await person.Page.Keyboard.PressAsync("ArrowDown");
        await EnterAsync(person, Button(person, "Make a token"));
        await Assertions.Expect(person.Page.Locator("#token")).ToBeVisibleAsync();
    }

    private static async Task KeepAsync(Person person, bool script)
    {
        await EnterAsync(person, person.Page.Locator("nav.sections a[href='/cache']"));
        var star = person.Page.Locator("tr button[aria-pressed]");
        await EnterAsync(person, star);
        await Assertions.Expect(star).ToHaveAttributeAsync("aria-pressed", script ? "true" : "false");
        if (!script) return;
        var trash = person.Page.Locator("tr [data-key=trash]");
        foreach (var (key, aim, shows) in new[]
        {
            ("s", star, "☆ Star"), ("t", trash, "Undo trash"), ("t", trash, "⌫ Trash"), ("s", star, "★ Starred"),
        })
        {
            await person.Page.Keyboard.PressAsync(key);
            await Assertions.Expect(aim).ToContainTextAsync(shows);
        }
    }

    private static async Task WatchFolderAsync(Person person, string folder)
    {
        await EnterAsync(person, person.Page.Locator("nav.sections a[href='/library']"));
        await EnterAsync(person, Link(person, "Folders"));
        await TabToAsync(person, person.Page.Locator("[name=path]"));
        await TypeAsync(person, folder + "/nowhere");
        await Assertions.Expect(person.Page.GetByRole(AriaRole.Alert).Or(person.Page.Locator(".problem")).First)
            .ToBeVisibleAsync();
        await TabToAsync(person, person.Page.Locator("[name=path]"));
        await person.Page.Keyboard.PressAsync("Control+a");
        await TypeAsync(person, folder);
        var rows = person.Page.Locator("tr[data-item]");
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await EnterAsync(person, Button(person, "Watch no more " + folder));
        await EnterAsync(person, Button(person, "Watch it no more"));
        await Assertions.Expect(rows).ToHaveCountAsync(1);
    }

    private static async Task EnterAsync(Person person, ILocator aim)
    {
        await TabToAsync(person, aim);
        await person.Page.Keyboard.PressAsync("Enter");
    }

    private static async Task TypeAsync(Person person, string text)
    {
        await person.Page.Keyboard.TypeAsync(text);
        await person.Page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Presses Tab until that has the focus; whatever has it on the way must show it.</summary>
    private static async Task TabToAsync(Person person, ILocator aim)
    {
        await aim.First.WaitForAsync();
        for (var presses = 0; presses < 100; presses++)
        {
            if (await aim.First.EvaluateAsync<bool>("e => e === document.activeElement")) return;
            await person.Page.Keyboard.PressAsync("Tab");
            Assert.Null(await person.Page.EvaluateAsync<string?>(Unseen));
        }

        Assert.Fail($"Tab does not come to {aim}.");
    }

    private static ILocator Link(Person person, string name) =>
        person.Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    private static ILocator Button(Person person, string name) =>
        person.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
}
