using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Anarchive.Fleet;
using Anarchive.Net;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A film's page without a script, and what its viewer says of it, rightly and wrongly.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    // The heading stays in the page, for what comes while it is open.
    private const string NothingNext = "hidden><h2 id=\"next-title\">Continue watching</h2>";

    private const string Hostile = "<b onmouseover=alert(1)> \u202eeman (1999).mp4";

    private MediaBox _box = null!;
    private HttpClient _http = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

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
    public async Task What_browsers_play_is_played_as_it_is_and_the_rest_through_segments()
    {
        var plain = await Hold("Salt and Wire S01E01.mp4", Films.Modern);
        var other = await Hold("Salt and Wire S01E02.mkv", Films.Modern);
        var page = await Page(plain);
        Assert.Contains($"src=\"/api/v1/media/{plain}\"", page);
        Assert.Contains($"href=\"/watch/{other}\"", page);
        Assert.Contains("S01 E01", page);
        var made = await Page(other);
        Assert.DoesNotContain($"src=\"/api/v1/media/{other}\"", made);
        Assert.Contains("data-type=\"video/mp4; codecs=&quot;avc1.640033,mp4a.40.2&quot;\"", made);
        Assert.Contains("data-offset=\"10000\"", made);
        Assert.Contains($"/api/v1/media/{other}/hls/plain/index.m3u8", made);
        Assert.Contains("which needs JavaScript", made);
    }

    [Fact]
    public async Task How_far_somebody_came_is_kept_and_gone_on_with_and_is_watched_at_nine_tenths()
    {
        var item = await Hold("Salt and Wire S01E01.mp4", Films.Modern);
        var next = await Hold("Salt and Wire S01E02.mkv", Films.Modern);
        var sent = await Send(item, "position", ("position_ms", "3000"), ("duration_ms", "8000"));
        Assert.Equal(HttpStatusCode.NoContent, sent.Status);
        Assert.Contains($"src=\"/api/v1/media/{item}#t=3\"", await Page(item));
        var library = await Library();
        Assert.DoesNotContain(NothingNext, library);
        Assert.Contains("S01 E01 · 0:05 left", library);
        sent = await Send(item, "seen", ("do", "watched"), ("position_ms", "8000"), ("duration_ms", "8000"));
        Assert.Equal(HttpStatusCode.SeeOther, sent.Status);
        var viewing = _box.Node.Get<WatchBook>().Of(item)!;
        Assert.True(viewing is { Place.IsWatched: true, WatchedMs: not null });
        Assert.NotNull(_box.Node.Get<CacheBook>().Look().Lines.Single(l => l.Item == item).Row.WatchedMs);
        library = await Library();
        Assert.Contains("S01 E02 · comes next", library);
        Assert.Contains($"href=\"/watch/{next}\"", library);
        Assert.DoesNotContain("#t=", await Page(item));
        Assert.Equal(HttpStatusCode.SeeOther, (await Send(item, "seen", ("do", "forget"))).Status);
        Assert.Contains(NothingNext, await Library());
        using var api = new StringContent(
            """{"position_ms":4000,"duration_ms":8000}""", new MediaTypeHeaderValue("application/json"));
        using var noted = await _http.PostAsync($"/api/v1/library/items/{item}/position", api, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, noted.StatusCode);
        Assert.Equal(4_000, _box.Node.Get<WatchBook>().Of(item)!.Place.PositionMs);
    }

    [Theory]
    [InlineData("-1", "8000")]
    [InlineData("8001", "8000")]
    [InlineData("x", "8000")]
    [InlineData("0", "99999999999999999")]
    public async Task A_place_outside_the_film_changes_nothing(string position, string duration)
    {
        var item = await Hold("Boat (1999).mp4", Films.Modern);
        var refused = await Send(item, "position", ("position_ms", position), ("duration_ms", duration));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("bad_position", refused.Text);
        Assert.Null(_box.Node.Get<WatchBook>().Of(item));
    }

    [Fact]
    public async Task Whose_word_a_marker_is_is_counted_and_what_becomes_of_it_is_chosen_for_the_show()
    {
        var item = await Hold("Salt and Wire S01E01.mp4", Films.Modern);
        var folder = Path.Combine(_box.Root, "films");
        await _box.Node.Get<FolderActs>().SayAsync(folder, FolderWord.Open, Cancellation);
        var noted = await Send(item, "wrong", ("type", "intro"), ("start", "0:01"), ("end", "0:06"), ("do", "set"));
        Assert.Equal((HttpStatusCode.SeeOther, $"/watch/{item}?said=noted"), (noted.Status, noted.Location));
        var page = await _http.GetStringAsync($"/watch/{item}?said=noted", Cancellation);
        Assert.Contains("Noted. It counts here at once", page);
        Assert.Contains("from you", page);
        Assert.Contains("data-from=\"1000\" data-hide=\"3000\" data-last=\"3000\" data-to=\"6000\"", page);
        var own = Assert.Single(_box.Node.Get<PartRecords>().Of(NetApp.MarkerObserved));
        Assert.Equal(Method.Manual, own.Observed.Method);
        Assert.Equal(HttpStatusCode.SeeOther, (await Send(item, "choice", ("choice", "off"))).Status);
        page = await Page(item);
        Assert.DoesNotContain("data-from", page);
        Assert.Contains("from you", page);
        var bad = await Send(item, "choice", ("choice", "maybe"));
        Assert.Equal(HttpStatusCode.BadRequest, bad.Status);
        Assert.Contains("bad_choice", bad.Text);
        Assert.Equal(HttpStatusCode.SeeOther, (await Send(item, "wrong", ("type", "intro"), ("do", "none"))).Status);
        Assert.DoesNotContain("marker-said", await Page(item));
    }

    [Theory]
    [InlineData("intro", "x", "0:06", "bad_time")]
    [InlineData("intro", "0:06", "0:01", "bad_time")]
    [InlineData("intro", "9:00", "9:30", "bad_time")]
    [InlineData("intro", "0:01", "9:30", "bad_time")]
    [InlineData("party", "0:01", "0:06", "net_schema")]
    [InlineData("intro", "0:01", "0:06", "net_private")]
    public async Task What_cannot_be_said_of_it_is_refused_on_its_page(
        string type, string start, string end, string code)
    {
        var item = await Hold("Boat (1999).mp4", Films.Modern);
        var refused = await Send(item, "wrong", ("type", type), ("start", start), ("end", end), ("do", "set"));
        Assert.InRange((int)refused.Status, 400, 403);
        Assert.Contains(code, refused.Text);
        Assert.Contains("<video", refused.Text);
        Assert.Empty(_box.Node.Get<PartRecords>().Of(NetApp.MarkerObserved));
    }

    [Fact]
    public async Task A_foreign_id_is_not_here_and_a_form_without_its_token_changes_nothing()
    {
        var item = await Hold("Boat (1999).mp4", Films.Modern);
        foreach (var id in new[] { new string('a', 64), "nonsense", "..%2f..%2fetc" })
        {
            using var answer = await _http.GetAsync(new Uri("/watch/" + id, UriKind.Relative), Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        var foreign = ItemId.TryParse(new string('a', 64), out var none) ? none : default;
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await Send(foreign, "position", item, ("position_ms", "1"), ("duration_ms", "2"))).Status);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("position_ms", "3000")]);
        using var refused = await _http.PostAsync($"/watch/{item}/position", form, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Empty(_box.Node.Get<WatchBook>().Recent(10));
    }

    [Fact]
    public async Task What_nobody_can_give_now_says_who_has_it_and_when_that_was_last_seen()
    {
        var desk = _box.Node.Get<FleetDesk>();
        var self = new DeviceDeclared("attic-nas", DeviceClass.AlwaysOn, "home", false, [], ["http"]);
        Assert.Null((await desk.SayAsync(self, dryRun: false, Cancellation)).Problem);
        var (other, _) = await desk.FoundDeviceAsync(
            new DeviceDeclared("cellar <b>", DeviceClass.Archive, "cellar", false, [], []), false, Cancellation);
        var (item, volume) = (MediaBox.ItemOf(MediaBox.Bytes(10, 77)), new VolumeId(7));
        Assert.Null((await desk.SayAsync(
            new VolumeDeclared(other!.Value, volume, "shelf", 1_000_000, 0), false, Cancellation)).Problem);
        Assert.Null((await desk.SayAsync(
            new HoldingsSet(other.Value, volume, [new HoldingRow(item, 1, HoldingState.Present, Evidence.Claimed)]),
            false, Cancellation)).Problem);
        var page = await Page(item);
        Assert.Contains("no_holder", page);
        Assert.Contains("cellar &lt;b&gt;", page);
        Assert.Contains("never seen from here", page);
        Assert.DoesNotContain("<video", page);
    }

    [Fact]
    public async Task A_file_that_went_or_is_no_film_says_so_and_hostile_names_are_text()
    {
        var item = await Hold(Hostile, Films.Modern);
        var page = await Page(item);
        Assert.DoesNotContain("<b onmouseover", page);
        Assert.Contains("&lt;b onmouseover=alert(1)&gt;", page);
        _box.Put("Broken (1999).mp4", 70_000, 5);
        await _box.Look();
        Assert.Contains("media_unreadable", await Page(MediaBox.ItemOf(MediaBox.Bytes(70_000, 5))));
        File.Delete(_box.At(Hostile));
        using var gone = await _http.GetAsync(new Uri($"/watch/{item}", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.OK, gone.StatusCode);
        Assert.Contains("no_holder", await gone.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Subtitles_and_chapters_of_the_file_are_offered_whatever_they_are_called()
    {
        var (text, marks, film) = (_box.At("t.srt"), _box.At("c.txt"), _box.At("Boat (1999).mkv"));
        await File.WriteAllTextAsync(text, "1\n00:00:01,000 --> 00:00:03,000\nAhoy <b>there</b>\n", Cancellation);
        await File.WriteAllTextAsync(
            marks,
            ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=4000\ntitle=<script>alert(1)</script>\n"
                + "[CHAPTER]\nTIMEBASE=1/1000\nSTART=4000\nEND=8000\n",
            Cancellation);
        await MediaPrograms.Run(
            "ffmpeg",
            [
                "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=s=128x72:r=25:d=8", "-i", text,
                "-i", marks, "-map", "0", "-map", "1", "-map_metadata", "2", "-metadata:s:s:0", "language=eng",
                .. Films.Modern, film,
            ]);
        _box.Age(film, 10);
        await _box.Look();
        var item = PlayingNode.IdOf(film);
        var page = WebUtility.HtmlDecode(await Page(item));
        Assert.Contains($"<track kind=\"subtitles\" src=\"/api/v1/media/{item}/subtitles/0\" srclang=\"eng\"", page);
        Assert.Contains("href=\"?t=4\" data-seek=\"4000\"", page);
        Assert.Contains("Chapter 2", page);
        Assert.DoesNotContain("<script>alert", await Page(item));
        var later = await _http.GetStringAsync($"/watch/{item}?t=4", Cancellation);
        Assert.Contains("data-start=\"4000\"", later);
        var subtitles = await _http.GetStringAsync($"/api/v1/media/{item}/subtitles/0", Cancellation);
        Assert.Contains("Ahoy", subtitles);
    }

    private async Task<ItemId> Hold(string name, string[] coding)
    {
        var film = await Films.Make(_box.At(name), 8, coding);
        // An empty box that players pass over: below 128 KiB a file has no content key.
        if (name.EndsWith(".mp4", StringComparison.Ordinal))
            await File.AppendAllTextAsync(film, "\0\u0002\0\0free" + new string('\0', 131_064), Cancellation);
        _box.Age(film, 10);
        await _box.Look();
        return PlayingNode.IdOf(film);
    }

    private async Task<string> Library() =>
        WebUtility.HtmlDecode(await _http.GetStringAsync("/library", Cancellation));

    private Task<string> Page(ItemId item) => _http.GetStringAsync($"/watch/{item}", Cancellation);

    private Task<(HttpStatusCode Status, string Text, string? Location)> Send(
        ItemId item, string form, params (string Name, string Value)[] fields) => Send(item, form, item, fields);

    private async Task<(HttpStatusCode Status, string Text, string? Location)> Send(
        ItemId item, string form, ItemId seen, params (string Name, string Value)[] fields)
    {
        var token = Regex.Match(await Page(seen), "name=\"form_token\" value=\"([^\"]+)\"").Groups[1].Value;
        using var sent = new FormUrlEncodedContent(
            fields.Append(("form_token", token)).Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
        using var answer = await _http.PostAsync($"/watch/{item}/{form}", sent, Cancellation);
        return (
            answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation),
            answer.Headers.Location?.ToString());
    }
}
