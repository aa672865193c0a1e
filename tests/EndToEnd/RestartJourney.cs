using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>A node goes away under pages that are open, and comes back.</summary>
public sealed class RestartJourney : Journey
{
    private const string Lost = "The connection to this node is lost";

    private static readonly TimeSpan ReconnectMax = TimeSpan.FromSeconds(5);

    /// <summary>More than a browser fetches ahead.</summary>
    private static string[] Large =>
        ["-vf", "noise=alls=90:allf=t", "-c:v", "libvpx", "-deadline", "realtime", "-b:v", "5M", "-c:a", "libopus"];

    [Fact]
    public async Task Open_pages_say_that_their_node_is_gone_and_go_on_where_they_were_when_it_is_back()
    {
        await using var node = await RunningNode.StartAsync();
        await Films.FurnishAsync(node, [("Night Ferries (2011).webm", Large), ("Old Boat (1999).mkv", Films.Modern)]);
        var pages = new List<Person>();
        foreach (var path in new[] { "/mesh", "/fleet", "/library", "/health" }) pages.Add(await OpenAsync(node, path));
        var (fleet, library) = (pages[1], pages[2]);
        await fleet.FillAsync("name", "attic-nas");
        await fleet.FillAsync("zone", "the far cellar");
        await library.FillAsync("q", "ferr");
        await KeepsFocusAsync(pages[0]);
        var places = new List<string>();
        foreach (var page in pages) places.Add(await PlaceAsync(page, isNew: true));
        var (ferries, boat) = (await WatchAsync(node, "Night Ferries"), await WatchAsync(node, "Old Boat"));
        var other = await WatchAsync(node, "Night Ferries");
        await ferries.UntilAsync(
            "film.currentTime > 1 && film.buffered.end(film.buffered.length - 1) < film.duration - 5");
        Person[] all = [.. pages, ferries, boat, other];

        await node.KillAsync();
        foreach (var page in all) await page.SeeAsync(Lost);
        await fleet.SeeAsync("this page is as last heard at");
        await Shot(fleet, "restart-lost");
        // One film is wanted where nothing was fetched; another is asked for anew, which a browser tries once.
        await boat.Page.EvaluateAsync("film.currentTime = 36");
        await other.Page.EvaluateAsync("film.src += '&anew'");
        await other.SeeAsync("The node does not answer. Trying again.");
        var reached = await ferries.Page.EvaluateAsync<double>("film.buffered.end(film.buffered.length - 1)");

        await node.StartAgainAsync();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(all.Select(page => page.WaitUntilLiveAsync()));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, ReconnectMax);
        foreach (var page in all) await Assertions.Expect(page.Page.GetByText(Lost)).ToBeHiddenAsync();
        foreach (var (at, page) in pages.Index()) Assert.Equal(places[at], await PlaceAsync(page, isNew: false));
        await boat.UntilAsync("film.currentTime > 37");
        await other.UntilAsync("film.currentTime > 1.5 && !film.paused");
        await ferries.Page.EvaluateAsync(string.Create(
            CultureInfo.InvariantCulture, $"film.currentTime = Math.min({reached} + 1, film.duration - 2)"));
        await ferries.UntilAsync("film.ended || film.currentTime > film.duration - 1");

        // What was half typed is sent, by the token that the page got from the node before.
        Assert.Equal("ferr", await library.Page.Locator("[name=q]").InputValueAsync());
        await fleet.PressAsync("Declare this device");
        await Assertions.Expect(fleet.Page.Locator("#fleet-devices")).ToContainTextAsync("attic-nas");
        await Assertions.Expect(fleet.Page.Locator("#fleet-devices")).ToContainTextAsync("the far cellar");
        Assert.Empty(all.SelectMany(page => page.Alarms));
    }

    /// <summary>In a window so low that there is something to scroll.</summary>
    private async Task<Person> OpenAsync(RunningNode node, string path)
    {
        var person = await Person.AtAsync(Browser, node, new() { ViewportSize = new() { Width = 900, Height = 420 } });
        await person.GoAsync(path);
        await person.WaitUntilLiveAsync();
        return person;
    }

    private async Task<Person> WatchAsync(RunningNode node, string title)
    {
        var person = await OpenAsync(node, "/library");
        await person.Page.GetByRole(AriaRole.Link, new() { Name = title }).First.ClickAsync();
        await person.PlayAsync();
        await person.WaitUntilLiveAsync();
        return person;
    }

    /// <summary>A part in which a picture became a letter, and a row went, keeps the focus where it is.</summary>
    private static async Task KeepsFocusAsync(Person person)
    {
        const string Became = "<div id=probe><span>A</span> <p id=stays><a href=#>here</a></p><p>new</p></div>";
        var became = await person.Page.EvaluateAsync<string>(
            "became => {"
                + " document.querySelector('main').insertAdjacentHTML('beforeend',"
                + "   '<div id=probe><img alt=\"\"> <p id=went>x</p><p id=stays><a href=#>here</a></p></div>');"
                + " document.querySelector('#probe a').focus();"
                + " receive('probe', became);"
                + " const text = document.activeElement.textContent + document.getElementById('probe').innerHTML;"
                + " document.getElementById('probe').remove();"
                + " return text; }",
            Became);
        Assert.Equal("here<span>A</span> <p id=\"stays\"><a href=\"#\">here</a></p><p>new</p>", became);
    }

    /// <summary>Where somebody is on a page: what has the focus, and how far they scrolled.</summary>
    private static async Task<string> PlaceAsync(Person person, bool isNew)
    {
        if (isNew)
            await person.Page.EvaluateAsync("[...document.querySelectorAll('main a, main button')].at(-1).focus()");
        return await person.Page.EvaluateAsync<string>("document.activeElement.outerHTML + ' at ' + scrollY");
    }
}
