using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Anarchive.Net;
using Anarchive.Node;
using Dapper;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Intros of a season: found from its page without a script, by the API, refused, cut off, undone.</summary>
public sealed partial class SeasonTests : IAsyncLifetime
{
    private MediaBox _box = null!;
    private HttpClient _http = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Detections Detections => _box.Node.Get<Detections>();

    private SeasonDesk Desk => _box.Node.Get<SeasonDesk>();

    private string Work => _box.Node.Get<LibraryBook>().Look().Works.Single(w => w.Shelf.IsShow).Id;

    public async ValueTask InitializeAsync()
    {
        await MediaPrograms.NeedFfmpeg();
        _box = await MediaBox.Start(tellsFleet: true);
        _http = await _box.Owner();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _box.DisposeAsync();
    }

    [Fact]
    public async Task A_season_is_listened_to_from_its_page_and_all_that_was_found_is_taken_back()
    {
        await ThemedShow.MakeAsync(_box, 3);
        await Open();
        var page = await Page();
        Assert.Contains("No intro is known of the 3 episodes that are here.", page);
        Assert.Contains("you share neither intro-markers nor quality", page);
        Assert.Contains("Find intros", page);
        var pressed = await Press("find");
        Assert.Equal(HttpStatusCode.SeeOther, pressed.Status);
        Assert.StartsWith($"/library/{Work}?season=1", pressed.Location);
        await Over();
        page = await Page();
        Assert.Contains("An intro was found in all 3 episodes.", page);
        Assert.Equal(3, Regex.Count(page, "intro from you"));
        Assert.DoesNotContain("value=\"find\"", page);
        var intros = Own().Where(m => m.Type == MarkerType.Intro).ToList();
        Assert.Equal(3, intros.Count);
        Assert.All(intros, m => Assert.InRange(
            (m.EndMs!.Value - m.StartMs) / 1000.0, ThemedShow.ThemeSeconds - 1.5, ThemedShow.ThemeSeconds + 1.5));

        // What a person said stays, and nothing else of it does.
        var first = _box.Node.Get<LibraryBook>().Look().Find(Work)!.Files[0].File.Item;
        Assert.Null(await _box.Node.Get<WatchDesk>().CorrectAsync(
            first, MarkerType.Recap, 0, (1_000, 16_000), Cancellation));
        Assert.Contains("Take back what was found", await Page());
        Assert.Equal(HttpStatusCode.SeeOther, (await Press("undo")).Status);
        Assert.Equal([(MarkerType.Recap, Method.Manual)], Own().Select(m => (m.Type, m.Method)));
        Assert.Empty(_box.Node.Get<PartRecords>().Of(NetApp.ThemeObserved));
        Assert.Empty(_box.Node.Get<PartRecords>().Of(NetApp.QualityObserved));
        page = await Page();
        Assert.Contains("No intro is known of the 3 episodes that are here.", page);
        Assert.DoesNotContain("Take back what was found", page);
        var again = await Press("undo");
        Assert.Equal(HttpStatusCode.Conflict, again.Status);
        Assert.Contains("nothing_to_undo", again.Text);

        // What was taken back is found once more.
        Assert.Equal(HttpStatusCode.SeeOther, (await Press("find")).Status);
        await Over();
        Assert.Equal(3, Own().Count(m => m.Type == MarkerType.Intro));

        // And no more is said of it once nobody may hear of its files.
        var (marked, problem) = await _box.Node.Get<FolderActs>().SayAsync(
            Path.Combine(_box.Root, "films"), FolderWord.Sensitive, Cancellation);
        Assert.Null(problem);
        Assert.Equal(1, marked!.ByHand);
        page = await Page();
        Assert.Contains("No intro is known of the 3 episodes that are here.", page);
        Assert.DoesNotContain("An intro was found", page);
        Assert.Empty(Own());
    }

    [Fact]
    public async Task What_cannot_be_listened_to_is_refused_with_what_to_do_and_begins_nothing()
    {
        await ThemedShow.MakeAsync(_box, 1);
        await Refused("find", 409, "too_few_episodes");
        await ThemedShow.MakeAsync(_box, 3);
        await Refused("find", 403, "net_private");
        Assert.Contains("Their folder is not open to Net", await Page());
        await Open();
        await Refused("stop", 409, "not_running");
        foreach (var at in new[] { 0, 1 }) File.Delete(_box.At(ThemedShow.Name(at)));
        await Refused("find", 409, "files_gone");
        foreach (var season in new[] { "7", "-1", "abc" })
            foreach (var act in new[] { "find", "stop", "undo" })
                Assert.Equal(HttpStatusCode.NotFound, (await Press(act, season)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Press("dance")).Status);
        foreach (var path in new[] { "nowhere/intros", $"{Work}/intros?season=7" })
            Assert.Equal((404, "not_found"), await Api(HttpMethod.Post, path));
        Assert.Equal((409, "files_gone"), await Api(HttpMethod.Post, $"{Work}/intros"));
        Assert.Equal((409, "nothing_to_undo"), await Api(HttpMethod.Delete, $"{Work}/intros"));
        Assert.Null(Desk.Look(Work, null)!.Last);
        Assert.Empty(Own());
    }

    [Fact]
    public async Task One_that_runs_is_shown_refuses_a_second_and_stopped_records_nothing()
    {
        await ThemedShow.MakeAsync(_box, 3);
        await Open();
        var before = BeginAnother();
        Assert.Equal(HttpStatusCode.SeeOther, (await Press("find")).Status);
        await Refused("find", 409, "detection_running");
        await Refused("undo", 409, "detection_running");
        var (_, problem) = Detections.Begin(new DetectionRequest(_box.At(ThemedShow.Name(0)), false, []));
        Assert.Equal("detection_running", problem!.Code);
        var page = await Page();
        Assert.Contains("3 episodes are being listened to.", page);
        Assert.Contains("waits for its turn", page);
        // Without script it is looked at when somebody asks, for the page has a form that is typed in.
        Assert.DoesNotContain("http-equiv=\"refresh\"", page);
        Assert.Matches($"<noscript>[^!]*href=\"/library/{Work}\\?season=1\"", page);
        var activity = WebUtility.HtmlDecode(await _http.GetStringAsync("/activity", Cancellation));
        Assert.Contains("Under way", activity);
        Assert.Contains($"href=\"/library/{Work}?season=1\"", activity);
        Assert.Contains("A folder", activity);

        Assert.Equal(HttpStatusCode.SeeOther, (await Press("stop")).Status);
        await Eventually.True(() => Desk.Look(Work, 1)!.Last!.State == DetectionState.Cancelled, "It goes on.");
        Assert.Contains("Listening to it was stopped: nothing was recorded.", await Page());
        Assert.True(Detections.Cancel(before.Id));
        await Eventually.True(() => Detections.Running().Count == 0, "The other goes on.");
        Assert.DoesNotContain("Under way", await _http.GetStringAsync("/activity", Cancellation));
        Assert.Empty(Own());
    }

    [Fact]
    public async Task By_the_API_it_is_begun_followed_and_taken_back()
    {
        await ThemedShow.MakeAsync(_box, 3);
        await Open();
        var now = await Get($"library/{Work}/intros");
        Assert.Equal((1, 3, 0, 0), ((int)now["season"]!, (int)now["here"]!, (int)now["known"]!, (int)now["found"]!));
        Assert.Null(now["last"]);
        using var begun = await _http.PostAsync($"/api/v1/library/{Work}/intros?season=1", null, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        var job = JsonNode.Parse(await begun.Content.ReadAsStringAsync(Cancellation))!;
        Assert.Equal(3, (int)job["total"]!);
        await Over();
        job = await Get($"net/detect/{job["id"]}");
        Assert.Equal(("done", 3), ((string)job["state"]!, (int)job["listened"]!));
        now = await Get($"library/{Work}/intros");
        Assert.Equal((3, (string)job["id"]!), ((int)now["known"]!, (string)now["last"]!["id"]!));
        Assert.Equal((int)job["recorded"]!, (int)now["found"]!);
        using var taken = await _http.DeleteAsync($"/api/v1/library/{Work}/intros?season=1", Cancellation);
        Assert.Equal(
            $$"""{"retracted":{{now["found"]}}}""", await taken.Content.ReadAsStringAsync(Cancellation));
        Assert.Empty(Own());
        Assert.Equal(0, (int)(await Get($"library/{Work}/intros"))["known"]!);
    }

    [Fact]
    public async Task A_node_that_ended_in_the_midst_says_so_until_it_is_begun_again()
    {
        await ThemedShow.MakeAsync(_box, 3);
        await Open();
        // Behind another folder, it is not over before the node ends.
        _ = BeginAnother();
        Assert.Equal(HttpStatusCode.SeeOther, (await Press("find")).Status);
        var id = Desk.Look(Work, 1)!.Last!.Id;
        var notes = new DetectionNotes(_box.Node.Get<Database>(), _box.Node.Get<LogWriter>());
        await Eventually.True(() => notes.Read().Any(n => n.Id == id), "It is not noted.");
        Assert.Equal(DetectionStep.Waiting, Detections.Find(id)!.Step);
        Assert.Equal(0, NotesInCopy());
        await _box.Node.Restart(stopFirst: true);
        await _box.Look();
        var last = Desk.Look(Work, 1)!.Last!;
        Assert.Equal((DetectionState.Failed, "detection_interrupted"), (last.State, last.Problem!.Code));
        var page = await Page();
        Assert.Contains("Listening to it failed: The node ended before it was done: begin it again.", page);
        Assert.Contains("Find intros again", page);
        Assert.Empty(Own());
        // It stays said, however often the node starts.
        await _box.Node.Restart(stopFirst: true);
        await _box.Look();
        Assert.Equal("detection_interrupted", Desk.Look(Work, 1)!.Last!.Problem!.Code);
        Assert.Equal(HttpStatusCode.SeeOther, (await Press("find")).Status);
        await Over();
        await _box.Node.Restart(stopFirst: true);
        await _box.Look();
        Assert.Null(Desk.Look(Work, 1)!.Last);
        Assert.Equal(3, Desk.Look(Work, 1)!.Known);
    }

    [Fact]
    public async Task What_is_not_found_says_why_and_a_file_that_cannot_be_read_harms_no_other()
    {
        await ThemedShow.MakeAsync(_box, 3);
        await MediaPrograms.Tone(_box.At(ThemedShow.Name(3)), 70, "-c:a", "libopus");
        _box.Age(_box.At(ThemedShow.Name(3)), 10);
        _box.Put(ThemedShow.Name(4), 200_000, 9);
        await _box.Look();
        await Open();
        Assert.Equal(HttpStatusCode.SeeOther, (await Press("find")).Status);
        await Over();
        var page = await Page();
        Assert.Contains("An intro was found in 3 of 5 episodes.", page);
        Assert.Contains("too few other episodes begin with the same sound", page);
        Assert.Contains("The file cannot be read as media.", page);
        Assert.Contains("Find intros again", page);
    }

    [Fact]
    public async Task Where_the_nodes_disk_is_full_it_does_not_begin()
    {
        using var directory = new TemporaryDirectory();
        using var disk = SmallDisk.TryMount(directory.At("small"), "14m");
        if (disk is null)
        {
            Assert.Skip("SKIPPED: this user may not mount a disk.");
            return;
        }

        var home = Directory.CreateDirectory(Path.Combine(disk.Root, "home")).FullName;
        File.SetUnixFileMode(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using var box = await MediaBox.Start(tellsFleet: true, with: o => o with { DataDirectory = home });
        await ThemedShow.MakeAsync(box, 2);
        await box.Node.Get<FolderActs>().SayAsync(Path.Combine(box.Root, "films"), FolderWord.Open, Cancellation);
        var work = box.Node.Get<LibraryBook>().Look().Works.Single().Id;
        var (job, problem) = await box.Node.Get<SeasonDesk>().BeginAsync(work, null, Cancellation);
        Assert.Null(job);
        Assert.Equal("no_room", problem!.Code);
    }

    [Fact]
    public async Task Without_ffmpeg_it_says_what_to_install()
    {
        await ThemedShow.MakeAsync(_box, 2);
        await Open();
        var work = Work;
        await _box.Node.Stop();
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "anarchive.dll"), "serve", "--json", "--listen",
                "http://127.0.0.1:0", "--home", _box.Node.Home,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = Path.Combine(_box.Root, "nothing");
        using var process = Process.Start(start)!;
        try
        {
            _ = process.StandardError.ReadToEndAsync(Cancellation);
            var ready = JsonNode.Parse((await process.StandardOutput.ReadLineAsync(Cancellation))!)!;
            using var request = new HttpRequestMessage(
                HttpMethod.Post, new Uri(new Uri((string)ready["url"]!), $"/api/v1/library/{work}/intros"));
            var token = await File.ReadAllTextAsync(Path.Combine(_box.Node.Home, "api.token"), Cancellation);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
            using var http = new HttpClient();
            using var answer = await http.SendAsync(request, Cancellation);
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
            Assert.Contains("ffmpeg_missing", await answer.Content.ReadAsStringAsync(Cancellation));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>Another folder is listened to first, for long enough.</summary>
    private DetectionView BeginAnother()
    {
        var other = Directory.CreateDirectory(Path.Combine(_box.Root, "other")).FullName;
        for (var n = 0; n < 60; n++) File.Copy(_box.At(ThemedShow.Name(0)), Path.Combine(other, $"{n}.mkv"));
        return Detections.Begin(new DetectionRequest(other, false, [])).Job!;
    }

    /// <summary>A backup is of a device on which nothing of it is under way.</summary>
    private long NotesInCopy()
    {
        var copy = Path.Combine(_box.Root, "copy.db");
        DatabaseCopy.Make(Path.Combine(_box.Node.Home, "node.db"), copy);
        using var db = DatabaseCopy.Open(copy, SqliteOpenMode.ReadOnly);
        return db.QuerySingle<long>("SELECT count(*) FROM meta WHERE key = @Key", new { DetectionNotes.Key });
    }

    private IReadOnlyList<MarkerObserved> Own() =>
    [
        .. _box.Node.Get<PartRecords>().Of(NetApp.MarkerObserved).Select(r => r.Observed).OfType<MarkerObserved>(),
    ];

    private async Task Open()
    {
        var (_, problem) = await _box.Node.Get<FolderActs>().SayAsync(
            Path.Combine(_box.Root, "films"), FolderWord.Open, Cancellation);
        Assert.Null(problem);
    }

    private async Task Over()
    {
        await Eventually.True(() => Detections.Running().Count == 0, "It goes on.");
        Assert.Equal(DetectionState.Done, Desk.Look(Work, 1)!.Last!.State);
    }

    private async Task Refused(string act, int status, string code)
    {
        var refused = await Press(act);
        Assert.Equal((status, true), ((int)refused.Status, refused.Text.Contains(code, StringComparison.Ordinal)));
        // Before the part that the page's script replaces, or it would be gone with the next word from the node.
        Assert.InRange(
            refused.Text.IndexOf("id=\"problem\"", StringComparison.Ordinal), 0,
            refused.Text.IndexOf("id=\"season-intros\"", StringComparison.Ordinal));
    }

    private async Task<string> Page() =>
        WebUtility.HtmlDecode(await _http.GetStringAsync($"/library/{Work}?season=1", Cancellation));

    private async Task<(HttpStatusCode Status, string Text, string? Location)> Press(string act, string season = "1")
    {
        var token = Regex.Match(await Page(), "name=\"form_token\" value=\"([^\"]+)\"").Groups[1].Value;
        using var sent = new FormUrlEncodedContent(
            [KeyValuePair.Create("do", act), KeyValuePair.Create("form_token", token)]);
        var path = $"/library/{Work}/intros?season={season}";
        using var answer = await _http.PostAsync(path, sent, Cancellation);
        return (
            answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Cancellation)),
            answer.Headers.Location?.ToString());
    }

    private async Task<JsonNode> Get(string path) =>
        JsonNode.Parse(await _http.GetStringAsync("/api/v1/" + path, Cancellation))!;

    private async Task<(int Status, string? Code)> Api(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/library/" + path);
        using var answer = await _http.SendAsync(request, Cancellation);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        return ((int)answer.StatusCode, problem.RootElement.GetProperty("code").GetString());
    }
}
