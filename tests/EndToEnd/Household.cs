using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>A device: its node, and the browser that its owner opens at it.</summary>
internal sealed record Device(string Name, RunningNode Node, Person Person) : IAsyncDisposable
{
    /// <summary>Where its media are.</summary>
    public string Media => Path.Combine(Node.Folder, "media");

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}

/// <summary>What people do with several nodes, each step at the pages of the node that it is done at.</summary>
internal static class Household
{
    /// <summary>Starts a device that hears of its peers within seconds.</summary>
    /// <param name="isNamed">False where its first run is to ask for its name.</param>
    public static async Task<Device> StartAsync(IBrowser browser, string name, bool isNamed = true)
    {
        (string, string) heartbeat = ("Peers__HeartbeatSeconds", "1");
        var node = isNamed
            ? await RunningNode.StartAsync(heartbeat, ("Name", name))
            : await RunningNode.StartAsync(heartbeat);
        var person = await Person.AtAsync(browser, node, new()
        {
            ViewportSize = new() { Width = 1280, Height = 760 },
            ReducedMotion = ReducedMotion.Reduce,
            ColorScheme = ColorScheme.Light,
        });
        return new Device(name, node, person);
    }

    /// <summary>Asks to be let in with a text, and compares the words with those at the other screen.</summary>
    /// <param name="seen">What is done while the words stand on both.</param>
    public static async Task CompareAsync(Person offering, Person asking, Func<Task>? seen = null)
    {
        var text = await offering.Page.Locator("#pairing-text").InputValueAsync();
        await asking.GoAsync("/pair");
        await asking.FillAsync("text", text);
        await asking.PressAsync("Ask to be let in");
        var words = await asking.Page.Locator(".words").InnerTextAsync();
        Assert.Equal(4, words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        await offering.SeeAsync("asks to be let in");
        Assert.Equal(words, await offering.Page.Locator(".words").InnerTextAsync());
        if (seen is not null) await seen();
        await offering.PressAsync("They match");
        await offering.SeeAsync("is let in");
        await asking.PressAsync("They match");
        await asking.SeeAsync("Let in as");
    }

    /// <summary>Lets a device into the fleet; it says then what it is.</summary>
    public static async Task JoinAsync(Device first, Device next, string kind, string zone)
    {
        await first.Person.GoAsync("/pair");
        await first.Person.PressAsync("A device of mine");
        await CompareAsync(first.Person, next.Person);
        await DeclareAsync(next, kind, zone);
    }

    public static async Task DeclareAsync(Device device, string kind, string zone)
    {
        var page = device.Person;
        // It may write in the fleet's log a moment after it was let in.
        for (var tries = 0; ; tries++)
        {
            await page.GoAsync("/fleet");
            var form = page.Page.Locator("section[aria-labelledby=this-title]");
            await form.Locator("[name=class]").SelectOptionAsync(kind);
            await form.Locator("[name=zone]").FillAsync(zone);
            await form.GetByRole(AriaRole.Button, new() { Name = "Declare this device" }).ClickAsync();
            if (await page.Page.Locator("#fleet-devices").GetByText(device.Name).CountAsync() > 0) return;
            Assert.True(tries < 60, $"{device.Name} is not declared.");
            await page.Page.WaitForTimeoutAsync(500);
        }
    }

    /// <summary>Has its folder of media watched, until so many files were read.</summary>
    public static async Task WatchFolderAsync(Device device, int files)
    {
        Directory.CreateDirectory(device.Media);
        var person = device.Person;
        await person.GoAsync("/fleet/folders");
        await person.FillAsync("path", device.Media);
        await person.PressAsync("Watch it");
        await person.SeeAsync(files == 1 ? "1 file is known." : $"{files} files are known.");
    }

    /// <summary>Opens a page anew until it says this: what it waits for happens on several nodes.</summary>
    public static async Task UntilAsync(Person person, string path, string said)
    {
        for (var look = 0; look < 120; look++)
        {
            await person.GoAsync(path);
            if ((await person.Page.Locator("main").InnerTextAsync()).Contains(said, StringComparison.Ordinal)) return;
            await person.Page.WaitForTimeoutAsync(500);
        }

        Assert.Fail($"{path} does not say: {said}\n{await person.Page.Locator("main").InnerTextAsync()}");
    }
}
