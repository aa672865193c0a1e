using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>An evening: a film is found, played, its intro skipped, and gone on with after a break.</summary>
public sealed class WatchJourney : Journey
{
    [Fact]
    public async Task A_film_is_found_played_skipped_and_gone_on_with()
    {
        await using var node = await RunningNode.StartAsync();
        var folder = await Films.FurnishAsync(
            node, [("Salt and Wire S01E01.webm", Films.Webm), ("Salt and Wire S01E02.webm", Films.Webm)]);
        await node.RunAsync("net", "folder", "add", folder);
        await node.RunAsync(
            "net", "observe", Path.Combine(folder, "Salt and Wire S01E01.webm"), "--type", "intro", "--start", "0:02",
            "--end", "0:20");
        var person = await Person.AtAsync(Browser, node, new() { ViewportSize = new() { Width = 1200, Height = 900 } });
        await person.GoAsync("/");
        await person.WaitUntilReadyAsync();
        await person.Page.Keyboard.PressAsync("g");
        await person.Page.Keyboard.PressAsync("l");
        await person.ArriveAsync("/library");
        await person.SeeAsync("The one work there is can be played here.");
        await person.WaitUntilReadyAsync();
        await person.Page.Keyboard.PressAsync("/");
        await person.Page.Keyboard.TypeAsync("wire");
        await person.Page.Keyboard.PressAsync("Enter");
        await person.ArriveAsync("q=wire");
        await Assertions.Expect(person.Page.Locator(".work img.art")).ToHaveCountAsync(1);
        await Shot(person, "library-found");
        await person.Page.GetByRole(AriaRole.Link, new() { Name = "Salt and Wire" }).ClickAsync();
        await person.SeeAsync("intro from you");
        await person.Page.GetByRole(AriaRole.Link, new() { Name = "Play: S01 E01" }).ClickAsync();
        await person.SeeAsync("from you");

        // The button comes with the intro, and jumps over it.
        await person.PlayAsync();
        var skip = person.Page.Locator("#skip");
        await Assertions.Expect(skip).ToBeVisibleAsync();
        await Assertions.Expect(skip).ToContainTextAsync("Skip intro");
        // It goes after eight seconds of the film, however slow this machine is.
        await person.Page.EvaluateAsync("film.pause()");
        await Shot(person, "watch-skip");
        Assert.Empty(await Axe.ViolationsAsync(person.Page));
        await person.PlayAsync();
        await skip.ClickAsync();
        await person.UntilAsync("film.currentTime >= 20");
        await Assertions.Expect(skip).ToBeHiddenAsync();
        await person.Page.EvaluateAsync("film.pause()");
        var at = await person.Page.EvaluateAsync<double>("film.currentTime");
        await NotedAsync(person);

        await person.Page.ReloadAsync();
        await person.UntilAsync("film.readyState > 0 && film.currentTime >= " + Math.Floor(at));
        await person.GoAsync("/library");
        await person.SeeAsync("Continue watching");
        await Shot(person, "library-next");

        // What is watched to its end leads to what comes next.
        await person.Page.Locator(".next-card a").ClickAsync();
        await person.PlayAsync();
        await person.Page.EvaluateAsync("film.currentTime = film.duration - 1");
        await person.UntilAsync("film.ended");
        await NotedAsync(person);
        await person.GoAsync("/library");
        await person.SeeAsync("S01 E02 · comes next");
        Assert.Empty(person.Alarms);
    }

    [Fact]
    public async Task What_is_certain_and_chosen_is_skipped_by_itself_and_undone()
    {
        await using var node = await RunningNode.StartAsync();
        var folder = await Films.FurnishAsync(node, [("Night Ferries (2011).webm", Films.Webm)]);
        await node.RunAsync("net", "folder", "add", folder);
        await node.RunAsync(
            "net", "observe", Path.Combine(folder, "Night Ferries (2011).webm"), "--type", "intro", "--start", "0:01",
            "--end", "0:15");
        var person = await Person.AtAsync(Browser, node, new() { ViewportSize = new() { Width = 390, Height = 844 } });
        await person.GoAsync("/library");
        await person.Page.Locator(".work a.open").ClickAsync();
        await person.Page.GetByLabel("Skip what is certain, and let me undo it").CheckAsync();
        await person.PressAsync("Keep for this film");
        await person.PlayAsync();
        await Assertions.Expect(person.Page.Locator("#skipped")).ToBeVisibleAsync();
        await person.UntilAsync("film.currentTime >= 15");
        await person.Page.Locator("#undo").ClickAsync();
        await person.UntilAsync("film.currentTime < 14");
        await Assertions.Expect(person.Page.Locator("#skip")).ToBeVisibleAsync();
        await person.Page.EvaluateAsync("film.pause()");
        await Shot(person, "watch-undone-390");

        await person.Page.Locator("summary").Filter(new() { HasText = "Wrong?" }).ClickAsync();
        await person.PressAsync("There is none");
        await person.SeeAsync("Noted. It counts here at once");
        await person.SeeAsync("No intro or credits are known of it.");
    }

    [Fact]
    public async Task Whoever_opens_a_film_plays_nothing_before_they_press_play()
    {
        await using var node = await RunningNode.StartAsync();
        await Films.FurnishAsync(node, [("Night Ferries (2011).webm", Films.Webm)]);
        var person = await Person.AtAsync(Browser, node);
        await person.GoAsync("/library");
        await person.Page.Locator(".work a.open").ClickAsync();
        await person.WaitUntilReadyAsync();
        await person.UntilAsync("film.readyState > 0");
        var address = person.Page.Url;
        await person.GoAsync("/cache");
        await Assertions.Expect(person.Page.Locator("td[data-label='Last played']")).ToHaveTextAsync("never");
        await person.GoAsync(address);
        await person.PlayAsync();
        await person.Page.EvaluateAsync("film.pause()");
        await NotedAsync(person);
        await person.GoAsync("/cache");
        await Assertions.Expect(person.Page.Locator("td[data-label='Last played']")).Not.ToHaveTextAsync("never");
    }

    [Fact]
    public async Task What_is_said_by_a_form_is_not_undone_as_the_page_is_left()
    {
        await using var node = await RunningNode.StartAsync();
        await Films.FurnishAsync(node, [("Night Ferries (2011).webm", Films.Webm)]);
        var person = await Person.AtAsync(Browser, node);
        await person.GoAsync("/library");
        await person.Page.Locator(".work a.open").ClickAsync();
        await person.PlayAsync();
        await person.Page.EvaluateAsync("film.currentTime = 20");
        await person.UntilAsync("film.currentTime > 20");
        await person.Page.EvaluateAsync("film.pause()");
        await NotedAsync(person);

        // Where it begins again, nobody played it yet.
        await person.Page.ReloadAsync();
        await person.WaitUntilReadyAsync();
        await person.UntilAsync("film.readyState > 0 && film.currentTime >= 20");
        var address = person.Page.Url;
        await person.PressAsync("Forget where I am");
        await person.SeeAsync("Not begun yet.");
        await person.GoAsync("/library");
        await person.SeeAsync("The one work there is can be played here.");
        await Assertions.Expect(person.Page.GetByText("Continue watching")).ToBeHiddenAsync();

        // Nor does a film that plays say otherwise as it stops.
        await person.GoAsync(address);
        await person.PlayAsync();
        await person.PressAsync("Mark as watched");
        await person.SeeAsync("Watched to its end.");
        await person.GoAsync(address);
        await person.SeeAsync("Watched to its end.");
    }

    [Fact]
    public async Task What_browsers_cannot_play_plays_through_segments_from_where_it_was_left()
    {
        await using var node = await RunningNode.StartAsync();
        var person = await AtOldBoatAsync(node);
        await person.PlayAsync();
        await person.UntilAsync("film.currentTime > 1 && film.videoWidth === 320");
        Assert.InRange(await person.Page.EvaluateAsync<double>("film.duration"), Films.Seconds - 1, Films.Seconds + 1);
        await person.Page.EvaluateAsync("film.currentTime = 30");
        await person.UntilAsync("film.currentTime > 31");
        await person.Page.EvaluateAsync("film.pause()");
        await NotedAsync(person);
        await person.Page.ReloadAsync();
        await person.PlayAsync();
        await person.UntilAsync("film.currentTime > 31 && film.currentTime < 39");
    }

    [Fact]
    public async Task Of_a_damaged_film_what_is_lost_is_passed_over_and_what_fails_ends_it_with_a_sentence()
    {
        await using var node = await RunningNode.StartAsync();
        var person = await AtOldBoatAsync(node);
        var asked = new ConcurrentQueue<string>();
        person.Page.Request += (_, request) =>
        {
            if (request.Url.EndsWith(".m4s", StringComparison.Ordinal)) asked.Enqueue(request.Url.Split('/')[^1]);
        };
        await AnswerAsync(person, "1.m4s", 404, "media_gap", "The file has nothing to show there.");
        await person.PlayAsync();
        await person.UntilAsync("film.currentTime > 9");
        Assert.Single(asked, "1.m4s");

        await AnswerAsync(person, "0.m4s", 409, "media_unreadable", "The file cannot be read.");
        await person.GoAsync(new Uri(person.Page.Url).AbsolutePath + "?t=1");
        await person.WaitUntilReadyAsync();
        asked.Clear();
        await person.Page.Locator("#film").FocusAsync();
        await person.Page.Keyboard.PressAsync("Space");
        // In the page's own words for that code.
        await person.SeeAsync("The film cannot be shown: The file cannot be read as media.");
        // What is asked again is asked without a pause, or after two seconds.
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.Equal(["0.m4s"], asked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Past_a_long_damage_it_goes_on_and_where_the_end_is_missing_it_says_so(bool isEndThere)
    {
        await using var node = await RunningNode.StartAsync();
        var person = await AtOldBoatAsync(node);
        var list = person.Page.WaitForResponseAsync("**/index.m3u8");
        await person.Page.RouteAsync("**/*.m4s", async route =>
        {
            var last = Regex.Count(await (await list).TextAsync(), "#EXTINF") - 1;
            var number = Path.GetFileNameWithoutExtension(route.Request.Url);
            if (number == (isEndThere ? $"{last}" : "0")) await route.ContinueAsync();
            else await RefuseAsync(route, 404, "media_gap", "The file has nothing to show there.");
        });
        var noted = person.Page.WaitForRequestAsync(request => request.PostData?.Contains("duration_ms") == true);
        await person.PlayAsync();
        if (isEndThere) await person.UntilAsync($"film.currentTime > {Films.Seconds - 8}");
        else await person.SeeAsync("The end of this film is missing: its file is damaged.");
        await person.UntilAsync("film.ended");
        var duration = Regex.Match((await noted).PostData!, "duration_ms=([0-9]+)").Groups[1].Value;
        Assert.InRange(int.Parse(duration, CultureInfo.InvariantCulture) / 1000, Films.Seconds - 1, Films.Seconds + 1);
    }

    [Fact]
    public async Task Without_script_it_is_found_played_chosen_for_and_marked()
    {
        await using var node = await RunningNode.StartAsync();
        await Films.FurnishAsync(
            node, [("Salt and Wire S01E01.webm", Films.Webm), ("Old Boat (1999).mkv", Films.Modern)]);
        var person = await Person.AtAsync(Browser, node, new()
        {
            JavaScriptEnabled = false,
            ViewportSize = new() { Width = 390, Height = 844 },
            ColorScheme = ColorScheme.Dark,
        });
        await person.GoAsync("/library");
        await person.SeeAsync("All 2 works can be played here.");
        await person.FillAsync("q", "salt");
        await person.PressAsync("Search");
        await Assertions.Expect(person.Page.Locator(".work")).ToHaveCountAsync(1);
        await person.Page.Locator(".work a.open").ClickAsync();
        await person.Page.Locator(".files a.open").ClickAsync();
        await Assertions.Expect(person.Page.Locator("video[controls]")).ToHaveAttributeAsync(
            "src", new Regex("^/api/v1/media/[0-9a-f]{64}$"));
        await Shot(person, "watch-no-script-390");
        await person.Page.GetByLabel("Leave me alone").CheckAsync();
        await person.PressAsync("Keep for this show");
        await Assertions.Expect(person.Page.GetByLabel("Leave me alone")).ToBeCheckedAsync();
        await person.PressAsync("Mark as watched");
        await person.SeeAsync("Watched to its end.");
        await person.PressAsync("Forget where I am");
        await person.SeeAsync("Not begun yet.");
        await person.GoAsync("/library?q=boat");
        await person.Page.Locator(".work a.open").ClickAsync();
        await person.SeeAsync("which needs JavaScript");
    }

    /// <summary>Somebody at the page of a film that plays through segments; without H.264 it is skipped.</summary>
    private async Task<Person> AtOldBoatAsync(RunningNode node)
    {
        await Films.FurnishAsync(node, [("Old Boat (1999).mkv", Films.Modern)]);
        var person = await Person.AtAsync(Browser, node);
        await person.GoAsync("/library");
        await person.Page.Locator(".work a.open").ClickAsync();
        await person.WaitUntilReadyAsync();
        var plays = await person.Page.EvaluateAsync<bool>("MediaSource.isTypeSupported(film.dataset.type)");
        Assert.SkipUnless(plays, "This browser decodes no H.264, so segments cannot be shown.");
        return person;
    }

    private static async Task AnswerAsync(Person person, string segment, int status, string code, string title) =>
        await person.Page.RouteAsync("**/" + segment, route => RefuseAsync(route, status, code, title));

    private static Task RefuseAsync(IRoute route, int status, string code, string title) =>
        route.FulfillAsync(new()
        {
            Status = status,
            ContentType = "application/problem+json",
            Body = JsonSerializer.Serialize(new { code, title }),
        });

    /// <summary>Until the node has taken down where the viewer is.</summary>
    private static Task NotedAsync(Person person) =>
        person.UntilAsync("Number(place.dataset.noted) === Math.round(film.currentTime * 1000)");
}
