using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>An evening: a film is found, played, its intro skipped, and gone on with after a break.</summary>
public sealed class WatchJourney : Journey
{
    private const int Seconds = 40;

    private static readonly string[] Modern =
        ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-pix_fmt", "yuv420p", "-c:a", "aac"];

    [Fact]
    public async Task A_film_is_found_played_skipped_and_gone_on_with()
    {
        await using var node = await RunningNode.StartAsync();
        var folder = await FurnishAsync(
            node, [("Salt and Wire S01E01.webm", Webm), ("Salt and Wire S01E02.webm", Webm)]);
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
        await PlayAsync(person);
        var skip = person.Page.Locator("#skip");
        await Assertions.Expect(skip).ToBeVisibleAsync();
        await Assertions.Expect(skip).ToContainTextAsync("Skip intro");
        // It goes after eight seconds of the film, however slow this machine is.
        await person.Page.EvaluateAsync("film.pause()");
        await Shot(person, "watch-skip");
        Assert.Empty((await person.Page.RunAxe()).Violations);
        await PlayAsync(person);
        await skip.ClickAsync();
        await UntilAsync(person, "film.currentTime >= 20");
        await Assertions.Expect(skip).ToBeHiddenAsync();
        await person.Page.EvaluateAsync("film.pause()");
        var at = await person.Page.EvaluateAsync<double>("film.currentTime");
        await NotedAsync(person);

        await person.Page.ReloadAsync();
        await UntilAsync(person, "film.readyState > 0 && film.currentTime >= " + Math.Floor(at));
        await person.GoAsync("/library");
        await person.SeeAsync("Continue watching");
        await Shot(person, "library-next");

        // What is watched to its end leads to what comes next.
        await person.Page.Locator(".next-card a").ClickAsync();
        await PlayAsync(person);
        await person.Page.EvaluateAsync("film.currentTime = film.duration - 1");
        await UntilAsync(person, "film.ended");
        await NotedAsync(person);
        await person.GoAsync("/library");
        await person.SeeAsync("S01 E02 · comes next");
        Assert.Empty(person.Alarms);
    }

    [Fact]
    public async Task What_is_certain_and_chosen_is_skipped_by_itself_and_undone()
    {
        await using var node = await RunningNode.StartAsync();
        var folder = await FurnishAsync(node, [("Night Ferries (2011).webm", Webm)]);
        await node.RunAsync("net", "folder", "add", folder);
        await node.RunAsync(
            "net", "observe", Path.Combine(folder, "Night Ferries (2011).webm"), "--type", "intro", "--start", "0:01",
            "--end", "0:15");
        var person = await Person.AtAsync(Browser, node, new() { ViewportSize = new() { Width = 390, Height = 844 } });
        await person.GoAsync("/library");
        await person.Page.Locator(".work a.open").ClickAsync();
        await person.Page.GetByLabel("Skip what is certain, and let me undo it").CheckAsync();
        await person.PressAsync("Keep for this film");
        await PlayAsync(person);
        await Assertions.Expect(person.Page.Locator("#skipped")).ToBeVisibleAsync();
        await UntilAsync(person, "film.currentTime >= 15");
        await person.Page.Locator("#undo").ClickAsync();
        await UntilAsync(person, "film.currentTime < 14");
        await Assertions.Expect(person.Page.Locator("#skip")).ToBeVisibleAsync();
        await person.Page.EvaluateAsync("film.pause()");
        await Shot(person, "watch-undone-390");

        await person.Page.Locator("summary").Filter(new() { HasText = "Wrong?" }).ClickAsync();
        await person.PressAsync("There is none");
        await person.SeeAsync("Noted. It counts here at once");
        await person.SeeAsync("Nobody has said where it has an intro or credits.");
    }

    [Fact]
    public async Task What_is_said_by_a_form_is_not_undone_as_the_page_is_left()
    {
        await using var node = await RunningNode.StartAsync();
        await FurnishAsync(node, [("Night Ferries (2011).webm", Webm)]);
        var person = await Person.AtAsync(Browser, node);
        await person.GoAsync("/library");
        await person.Page.Locator(".work a.open").ClickAsync();
        await PlayAsync(person);
        await person.Page.EvaluateAsync("film.currentTime = 20");
        await UntilAsync(person, "film.currentTime > 20");
        await person.Page.EvaluateAsync("film.pause()");
        await NotedAsync(person);

        // Where it begins again, nobody played it yet.
        await person.Page.ReloadAsync();
        await person.WaitUntilReadyAsync();
        await UntilAsync(person, "film.readyState > 0 && film.currentTime >= 20");
        var address = person.Page.Url;
        await person.PressAsync("Forget where I am");
        await person.SeeAsync("Not begun yet.");
        await person.GoAsync("/library");
        await person.SeeAsync("The one work there is can be played here.");
        await Assertions.Expect(person.Page.GetByText("Continue watching")).ToHaveCountAsync(0);

        // Nor does a film that plays say otherwise as it stops.
        await person.GoAsync(address);
        await PlayAsync(person);
        await person.PressAsync("Mark as watched");
        await person.SeeAsync("Watched to its end.");
        await person.GoAsync(address);
        await person.SeeAsync("Watched to its end.");
    }

    [Fact]
    public async Task What_browsers_cannot_play_plays_through_segments_from_where_it_was_left()
    {
        await using var node = await RunningNode.StartAsync();
        await FurnishAsync(node, [("Old Boat (1999).mkv", Modern)]);
        var person = await Person.AtAsync(Browser, node);
        await person.GoAsync("/library");
        await person.Page.Locator(".work a.open").ClickAsync();
        await person.WaitUntilReadyAsync();
        var plays = await person.Page.EvaluateAsync<bool>("MediaSource.isTypeSupported(film.dataset.type)");
        Assert.SkipUnless(plays, "This browser decodes no H.264, so segments cannot be shown.");
        await PlayAsync(person);
        await UntilAsync(person, "film.currentTime > 1 && film.videoWidth === 320");
        Assert.InRange(await person.Page.EvaluateAsync<double>("film.duration"), Seconds - 1, Seconds + 1);
        await person.Page.EvaluateAsync("film.currentTime = 30");
        await UntilAsync(person, "film.currentTime > 31");
        await person.Page.EvaluateAsync("film.pause()");
        await NotedAsync(person);
        await person.Page.ReloadAsync();
        await PlayAsync(person);
        await UntilAsync(person, "film.currentTime > 31 && film.currentTime < 39");
    }

    [Fact]
    public async Task Of_a_damaged_film_what_is_lost_is_passed_over_and_what_fails_ends_it_with_a_sentence()
    {
        await using var node = await RunningNode.StartAsync();
        await FurnishAsync(node, [("Old Boat (1999).mkv", Modern)]);
        var person = await Person.AtAsync(Browser, node);
        await person.GoAsync("/library");
        await person.Page.Locator(".work a.open").ClickAsync();
        await person.WaitUntilReadyAsync();
        var plays = await person.Page.EvaluateAsync<bool>("MediaSource.isTypeSupported(film.dataset.type)");
        Assert.SkipUnless(plays, "This browser decodes no H.264, so segments cannot be shown.");
        var asked = new ConcurrentQueue<string>();
        person.Page.Request += (_, request) =>
        {
            if (request.Url.EndsWith(".m4s", StringComparison.Ordinal)) asked.Enqueue(request.Url.Split('/')[^1]);
        };
        await AnswerAsync(person, "1.m4s", 404, "media_gap", "The file has nothing to show there.");
        await PlayAsync(person);
        await UntilAsync(person, "film.currentTime > 9");
        Assert.Single(asked, "1.m4s");

        await AnswerAsync(person, "0.m4s", 409, "media_unreadable", "The file cannot be read.");
        await person.GoAsync(new Uri(person.Page.Url).AbsolutePath + "?t=1");
        await person.WaitUntilReadyAsync();
        asked.Clear();
        await person.Page.Locator("#film").FocusAsync();
        await person.Page.Keyboard.PressAsync("Space");
        await person.SeeAsync("The film cannot be shown: The file cannot be read.");
        // What is asked again is asked without a pause, or after two seconds.
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.Equal(["0.m4s"], asked);
    }

    [Fact]
    public async Task Without_script_it_is_found_played_chosen_for_and_marked()
    {
        await using var node = await RunningNode.StartAsync();
        await FurnishAsync(node, [("Salt and Wire S01E01.webm", Webm), ("Old Boat (1999).mkv", Modern)]);
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

    /// <summary>Presses play as a person does: a browser plays sound for nobody else.</summary>
    private static async Task PlayAsync(Person person)
    {
        await person.WaitUntilReadyAsync();
        await person.Page.Locator("#film").FocusAsync();
        await person.Page.Keyboard.PressAsync("Space");
        await UntilAsync(person, "!film.paused");
        var before = await person.Page.EvaluateAsync<double>("film.currentTime");
        await UntilAsync(person, FormattableString.Invariant($"film.currentTime > {before}"));
    }

    private static async Task AnswerAsync(Person person, string segment, int status, string code, string title) =>
        await person.Page.RouteAsync(
            "**/" + segment,
            route => route.FulfillAsync(new()
            {
                Status = status,
                ContentType = "application/problem+json",
                Body = JsonSerializer.Serialize(new { code, title }),
            }));

    private static async Task UntilAsync(Person person, string condition) =>
        await person.Page.WaitForFunctionAsync($"() => {condition}");

    /// <summary>Until the node has taken down where the viewer is.</summary>
    private static Task NotedAsync(Person person) =>
        UntilAsync(person, "Number(place.dataset.noted) === Math.round(film.currentTime * 1000)");

    private static string[] Webm => ["-c:v", "libvpx", "-deadline", "realtime", "-b:v", "300k", "-c:a", "libopus"];

    /// <summary>A watched folder with these films; until all of them are listed.</summary>
    private static async Task<string> FurnishAsync(RunningNode node, (string Name, string[] Coding)[] films)
    {
        var disk = Path.Combine(node.Folder, "disk");
        var folder = Directory.CreateDirectory(Path.Combine(disk, "films")).FullName;
        foreach (var (at, film) in films.Index()) await MakeAsync(Path.Combine(folder, film.Name), at, film.Coding);
        await node.RunAsync("fleet", "volume", "add", disk, "--name", "disk", "--reserve", "0");
        await node.RunAsync("fleet", "volume", "watch", "disk", "films");
        await node.RunAsync("fleet", "volume", "scan");
        for (var looks = 0; ; looks++)
        {
            using var listed = JsonDocument.Parse(await node.RunAsync("library", "--json"));
            var files = listed.RootElement.GetProperty("works").EnumerateArray()
                .Sum(w => w.GetProperty("files").GetInt32());
            if (files == films.Length) return folder;
            Assert.True(looks < 60, "The films are not listed.");
            await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken);
        }
    }

    private static async Task MakeAsync(string path, int tone, string[] coding)
    {
        if (!File.Exists("/usr/bin/ffmpeg"))
        {
            const string Sentence = "SKIPPED: the ffmpeg package is missing, so there is no film to watch.";
            if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(Sentence);
            Assert.Skip(Sentence);
        }

        var start = new ProcessStartInfo(
            "ffmpeg",
            [
                "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", $"testsrc2=s=320x180:r=25:d={Seconds}", "-f",
                "lavfi", "-i", $"sine=f={300 + 100 * tone}:d={Seconds}", .. coding, path,
            ]);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-10));
    }
}
