using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>Whatever somebody else wrote is shown as what it is, in its place, and does nothing.</summary>
public sealed class HostileJourney : Journey
{
    private const int CommentsMax = 100;

    /// <summary>Forty for each comment; axe and phones slow down at some ten thousand.</summary>
    private const int ElementsMax = 4_200;

    /// <summary>What markup would have become, links and forms that lead away, rows wider than the window.</summary>
    private const string Inert =
        """
        () => {
          const faults = [];
          const odd = "main script, main style, main iframe, main object, main embed, main b, main [onerror], "
            + "main [onload], main img:not(.art), head base, head style";
          for (const found of document.querySelectorAll(odd)) faults.push("markup: " + found.outerHTML.slice(0, 120));
          for (const link of document.links)
            if (!["http:", "https:", "magnet:"].includes(link.protocol)) faults.push("link: " + link.href);
          for (const form of document.forms)
            if (new URL(form.action).origin !== location.origin) faults.push("form: " + form.action);
          const over = document.documentElement.scrollWidth - innerWidth;
          if (over > 0) faults.push(`${over} px wider than the window`);
          return faults;
        }
        """;

    /// <summary>
    /// Hostile text that shares a bidi paragraph or isolate with words of the page (UAX #9): it would turn them around.
    /// </summary>
    private const string Isolated =
        """
        ([begin, end]) => {
          const turn = /[\u202a-\u202e\u2066-\u2069]/;
          const apart = e => !["inline", "contents"].includes(getComputedStyle(e).display)
            || getComputedStyle(e).unicodeBidi !== "normal";
          const seen = node => !node.parentElement.closest(".hush, script, [hidden], option");
          const texts = home => {
            const walk = document.createTreeWalker(home, NodeFilter.SHOW_TEXT);
            const found = [];
            for (let node; (node = walk.nextNode());) {
              let at = node.parentElement;
              while (at !== home && !apart(at)) at = at.parentElement;
              if (at === home && seen(node)) found.push(node.nodeValue);
            }
            return found;
          };
          const faults = new Set();
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node; (node = walk.nextNode());) {
            const text = node.nodeValue;
            if (!text.includes(begin) && !turn.test(text)) continue;
            const at = node.parentElement;
            if (!seen(node) || at.closest(".prose, .excerpt, textarea, svg")) continue;
            let home = at;
            while (!apart(home)) home = home.parentElement;
            // Alone in its own isolate it can do what it likes, and beside others only turn what stands behind it.
            const beside = texts(home);
            if (home.matches("bdi, [dir], code") && (beside.length === 1 || !turn.test(text))) continue;
            const rest = beside.join("").replace(new RegExp(`${begin}[^${end}]*(${end}|$)`, "gs"), "");
            if (rest.trim()) faults.add(`beside “${rest.trim().slice(0, 60)}”: ${home.outerHTML.slice(0, 200)}`);
          }
          return [...faults];
        }
        """;

    [Fact]
    public async Task Hostile_text_in_every_field_stays_inert_and_in_its_place_on_every_page()
    {
        await using var node = await RunningNode.StartAsync(
            ("Name", HostileNode.Line), ("Styleguide", "true"), ("Hub__Enabled", "true"),
            ("Peers__HeartbeatSeconds", "1"));
        var person = await Person.AtAsync(Browser, node, new() { ReducedMotion = ReducedMotion.Reduce });
        await person.GoAsync("/hub");
        var hub = await person.Page.Locator("#hub-address").InnerTextAsync();
        await using var other = await RunningNode.StartAsync(
            ("Name", HostileNode.Line), ("Peers__Hubs", hub), ("Peers__HeartbeatSeconds", "1"));
        var pages = await HostileNode.FurnishAsync(node, other);
        var faults = await Task.WhenAll(pages.Chunk(pages.Length / 3 + 1).Select(some => VisitAsync(node, some)));
        Assert.True(faults.All(found => found.Count == 0), string.Join('\n', faults.SelectMany(found => found)));
        await ShowSubtitlesAsync(person, pages.Single(p => p.Name == "watch").Path);
        Assert.Empty(person.Alarms);

        // What is looked for would be found.
        await person.Page.EvaluateAsync(
            "said => { const p = document.querySelector('main').appendChild(document.createElement('p'));"
                + " p.append(`Next: ${said}.`, document.createElement('b')); }",
            HostileNode.Line);
        var planted = string.Join('\n', await FindAsync(person, "planted", 390));
        Assert.Contains("planted at 390: markup: <b></b>", planted, StringComparison.Ordinal);
        Assert.Contains("planted at 390: beside “Next: .”", planted, StringComparison.Ordinal);
    }

    private async Task<List<string>> VisitAsync(RunningNode node, (string Name, string Path)[] pages)
    {
        var person = await Person.AtAsync(Browser, node, new() { ReducedMotion = ReducedMotion.Reduce });
        var faults = new List<string>();
        foreach (var (name, path) in pages)
        {
            await person.Page.SetViewportSizeAsync(1440, 900);
            await person.GoAsync(path);
            await person.WaitUntilReadyAsync();
            faults.AddRange(await FindAsync(person, path, 1440));
            await person.Page.SetViewportSizeAsync(390, 844);
            faults.AddRange(await FindAsync(person, path, 390));
            if (name is "watch" or "cache" or "library" or "mesh" or "fleet") await Shot(person, $"hostile-{name}-390");
        }

        return [.. faults, .. person.Alarms];
    }

    private static async Task<IEnumerable<string>> FindAsync(Person person, string path, int width)
    {
        var inert = await person.Page.EvaluateAsync<string[]>(Inert);
        var turned = await person.Page.EvaluateAsync<string[]>(
            Isolated, new[] { HostileNode.Begin.ToString(), HostileNode.End.ToString() });
        return inert.Concat(turned).Select(fault => $"{path[..Math.Min(path.Length, 60)]} at {width}: {fault}");
    }

    /// <summary>A film's subtitles are drawn by the browser, which knows tags of its own.</summary>
    private static async Task ShowSubtitlesAsync(Person person, string path)
    {
        await person.GoAsync(path);
        await person.Page.EvaluateAsync("film.textTracks[0].mode = 'showing'");
        await person.Page.WaitForFunctionAsync("() => film.textTracks[0].cues?.length > 0");
        var cue = await person.Page.EvaluateAsync<string>("film.textTracks[0].cues[0].text");
        Assert.Contains(HostileNode.Begin, cue);
    }

    [Fact]
    public async Task A_deep_and_a_huge_thread_come_in_pages_that_a_phone_can_draw()
    {
        const int Depth = 200;
        const int Replies = 5_000;
        await using var node = await RunningNode.StartAsync();
        var (deep, huge) = await HostileNode.FurnishThreadsAsync(node, Depth, Replies);
        var person = await Person.AtAsync(Browser, node, new()
        {
            ViewportSize = new() { Width = 390, Height = 844 },
            ReducedMotion = ReducedMotion.Reduce,
        });
        Assert.Equal(Depth, await ReadAsync(person, deep, int.MaxValue));
        Assert.Equal(300, await ReadAsync(person, huge, 3));

        // What is written below it shows at once, and where it stands can be looked at.
        await person.GoAsync(huge);
        await person.FillAsync("content", "And one more.");
        await person.PressAsync("Reply");
        await person.SeeAsync("And one more.");
        await person.GoAsync(huge);
        await person.SeeAsync("5\u202f001 comments");
        Assert.Empty(person.Alarms);
    }

    /// <summary>Goes from page to page of a thread; how many comments stood there.</summary>
    private static async Task<int> ReadAsync(Person person, string thread, int pagesMax)
    {
        var comments = 0;
        await person.GoAsync(thread);
        for (var page = 1; ; page++)
        {
            var here = await person.Page.Locator(".comment").CountAsync();
            Assert.InRange(here, 1, CommentsMax);
            comments += here;
            Assert.InRange(await person.Page.Locator("*").CountAsync(), 1, ElementsMax);
            Assert.Empty(await person.Page.EvaluateAsync<string[]>(Inert));
            var narrowest = await person.Page.EvaluateAsync<double>(
                "Math.min(...[...document.querySelectorAll('.comment-body')].map(e => e.clientWidth))");
            Assert.InRange(narrowest, 200, 390);
            var more = person.Page.GetByRole(AriaRole.Link, new() { Name = "More comments" });
            if (page == pagesMax || await more.CountAsync() == 0) return comments;
            var left = person.Page.Url;
            await more.ClickAsync();
            await Assertions.Expect(person.Page).Not.ToHaveURLAsync(left);
            // A page that still comes has some of its comments only.
            await person.WaitUntilReadyAsync();
            await Assertions.Expect(person.Page.GetByText("To the first page of this thread")).ToBeVisibleAsync();
        }
    }
}
