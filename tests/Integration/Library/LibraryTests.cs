using System.Net;
using System.Text.Json.Nodes;
using Anarchive.Fleet;
using Anarchive.Net;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What can be watched, by page, API and command, with names and ids from anybody.</summary>
public sealed class LibraryTests : IAsyncLifetime
{
    private const int Size = 70_000;
    private const string Hostile = "<img src=x onerror=alert(1)> \u202eeman.mkv";

    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private MediaBox _box = null!;
    private HttpClient _http = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _box = await MediaBox.Start(_time, tellsFleet: true);
        var device = new DeviceDeclared("attic-nas", DeviceClass.AlwaysOn, "home", false, [], ["http"]);
        Assert.Null((await _box.Node.Get<FleetDesk>().SayAsync(device, dryRun: false, Cancellation)).Problem);
        await _box.Reachable();
        _http = await _box.Owner();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _box.DisposeAsync();
    }

    [Fact]
    public async Task Files_stand_by_film_and_show_and_only_those_with_a_picture()
    {
        await Furnish();
        var works = (await List())["works"]!.AsArray();
        Assert.Equal(
            ["Night Ferries film 1", "Salt and Wire show 3", "Solaris film 2"],
            works.Select(w => $"{w!["title"]} {w["kind"]} {w["files"]}").Order(StringComparer.Ordinal));
        var show = works.Single(w => (string?)w!["kind"] == "show")!;
        var season = await Get($"/api/v1/library/{show["work"]}?season=2");
        var file = Assert.Single(season["files"]!.AsArray())!;
        Assert.Equal(("S02 E01", "ask", 3), ((string?)file["episode"], (string?)season["choice"], (int)show["here"]!));
        Assert.Equal(
            ["S01 E01", "S01 E02"],
            (await Get($"/api/v1/library/{show["work"]}"))["files"]!.AsArray().Select(f => (string?)f!["episode"]));
        Assert.DoesNotContain(_box.Root, (await List()).ToJsonString() + season.ToJsonString());
    }

    [Theory]
    [InlineData("wire 2x01", "Salt and Wire")]
    [InlineData("NIGHT", "Night Ferries")]
    [InlineData("solaris 2002", "")]
    [InlineData("nowhere", "")]
    public async Task A_search_finds_what_has_all_its_words(string search, string title)
    {
        await Furnish();
        var works = (await List("?q=" + Uri.EscapeDataString(search)))["works"]!.AsArray();
        Assert.Equal(title, string.Join(",", works.Select(w => (string?)w!["title"])));
    }

    [Fact]
    public async Task A_file_that_is_gone_is_listed_no_more_and_one_on_an_absent_volume_still_is()
    {
        await Furnish();
        File.Delete(_box.At("Night Ferries (2011).mkv"));
        await _box.Look();
        Assert.Equal(2, (int)(await List())["total"]!);
        var marker = Path.Combine(_box.Root, ".anarchive");
        Directory.Move(marker, marker + "-away");
        var absent = await List();
        Assert.Equal((2, 0), ((int)absent["total"]!, (int)absent["here"]!));
        Assert.Equal("disk", (string?)Assert.Single(absent["absent_volumes"]!.AsArray()));
        Assert.Equal(0, (int)(await List("?filter=here"))["total"]!);
        Assert.Contains("Nothing was removed", await _http.GetStringAsync("/library", Cancellation));
        Directory.Move(marker + "-away", marker);
        Assert.Equal(2, (int)(await List())["here"]!);
    }

    [Fact]
    public async Task What_another_device_alone_has_is_listed_last_and_by_its_id()
    {
        await Furnish();
        var other = await _box.Node.Get<FleetDesk>().FoundDeviceAsync(
            new DeviceDeclared("cellar", DeviceClass.Archive, "cellar", false, [], []), dryRun: false, Cancellation);
        var item = MediaBox.ItemOf(MediaBox.Bytes(10, 77));
        var volume = new VolumeId(7);
        var desk = _box.Node.Get<FleetDesk>();
        Assert.Null((await desk.SayAsync(
            new VolumeDeclared(other.Device!.Value, volume, "shelf", 1_000_000, 0), false, Cancellation)).Problem);
        Assert.Null((await desk.SayAsync(
            new HoldingsSet(
                other.Device.Value, volume, [new HoldingRow(item, 1, HoldingState.Present, Evidence.Claimed)]),
            false, Cancellation)).Problem);
        var works = (await List())["works"]!.AsArray();
        Assert.Equal(("nameless", ""), ((string?)works[^1]!["kind"], (string?)works[^1]!["title"]));
        Assert.Equal(item.ToString(), (string?)works[^1]!["item"]);
        Assert.Equal(1, (int)(await List("?filter=elsewhere"))["total"]!);
        Assert.Contains(item.ToString()[..12], await _http.GetStringAsync("/library", Cancellation));
    }

    [Fact]
    public async Task Names_from_anybody_are_text_on_the_page_and_in_no_log()
    {
        _box.Put(Hostile, Size, 1);
        _box.Put(new string('w', 200) + ".mkv", Size, 2);
        _box.Put("\"'&.mkv", Size, 3);
        await _box.Look();
        var page = await _http.GetStringAsync("/library", Cancellation);
        Assert.DoesNotContain("<img src=x", page);
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt;", page);
        Assert.DoesNotContain("\u202e", page);
        Assert.Contains(new string('w', 200), page);
        Assert.DoesNotContain(
            _box.Node.Get<LogMemory>().After(0), e => e.Message.Contains("onerror", StringComparison.Ordinal));
        var run = await CommandRun.Of(_box.Node.Home, "library");
        Assert.DoesNotContain("\u202e", run.Results);
    }

    [Theory]
    [InlineData("/api/v1/library?filter=best", "bad_filter", 400)]
    [InlineData("/api/v1/library?from=-1", "bad_page", 400)]
    [InlineData("/api/v1/library?limit=501", "bad_page", 400)]
    [InlineData("/api/v1/library/0123456789abcdef", "not_found", 404)]
    [InlineData("/api/v1/library/..%2f..", "not_found", 404)]
    public async Task What_is_asked_wrongly_is_refused_by_its_code(string path, string code, int status)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal((code, status), ((string?)JsonNode.Parse(text)!["code"], (int)answer.StatusCode));
    }

    [Fact]
    public async Task Pages_say_what_is_wrong_and_an_empty_library_what_to_do()
    {
        Assert.Contains("href=\"/fleet/folders\"", await _http.GetStringAsync("/library", Cancellation));
        using var bad = await _http.GetAsync(new Uri("/library?filter=best", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Contains("bad_filter", await bad.Content.ReadAsStringAsync(Cancellation));
        using var none = await _http.GetAsync(new Uri("/library/0123456789abcdef", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        using var stranger = new HttpClient { BaseAddress = _box.Node.Address };
        using var closed = await stranger.GetAsync(new Uri("/api/v1/library", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, closed.StatusCode);
    }

    [Fact]
    public async Task A_long_list_is_paged_and_the_command_prints_all_of_it()
    {
        for (var n = 0; n < 60; n++) _box.Put($"Film {n:00} ({1950 + n}).mkv", 1_000, n + 100);
        await _box.Look();
        var first = await _http.GetStringAsync("/library", Cancellation);
        Assert.Contains("1 to 48 of 60", first);
        var second = await _http.GetStringAsync("/library?from=48", Cancellation);
        Assert.Contains("49 to 60 of 60", second);
        Assert.DoesNotContain("Film 47", second);
        var run = await CommandRun.Of(_box.Node.Home, "library", "--json");
        Assert.Equal(60, JsonNode.Parse(run.Results)!["works"]!.AsArray().Count);
        var one = await CommandRun.Of(_box.Node.Home, "library", "1959");
        Assert.Contains("1 work of 60 works", one.Results);
        Assert.Equal("usage", (await CommandRun.Of(_box.Node.Home, "library", "--filter", "best", "--json")).Code);
        Assert.Equal("not_found", (await CommandRun.Of(_box.Node.Home, "library", "--work", "x", "--json")).Code);
    }

    [Fact]
    public async Task An_episode_that_was_only_opened_takes_no_show_from_what_is_gone_on_with()
    {
        await Furnish();
        var watched = _box.Node.Get<WatchBook>();
        var (first, second) = (MediaBox.ItemOf(MediaBox.Bytes(Size, 2)), MediaBox.ItemOf(MediaBox.Bytes(Size, 3)));
        Assert.Null(await watched.NoteAsync(first, new ViewingPlace(2_700_000, 2_700_000), Cancellation));
        _time.Skip(TimeSpan.FromSeconds(1));
        Assert.Null(await watched.NoteAsync(second, new ViewingPlace(10_000, 2_700_000), Cancellation));
        Assert.Equal([second, first], watched.Recent(10).Select(v => v.Item));
        var next = Assert.Single(_box.Node.Get<LibraryQueries>().Next());
        Assert.Equal(second, next.File.Item);
        Assert.Null(next.Place);
    }

    [Fact]
    public async Task A_picture_is_made_after_somebody_looked_and_none_of_what_is_no_film()
    {
        await MediaPrograms.NeedFfmpeg();
        var film = await Films.Make(_box.At("Boat (1999).mp4"), 4, Films.Modern);
        _box.Age(film, 10);
        _box.Put("Broken (1999).mp4", Size, 5);
        await _box.Look();
        var page = await _http.GetStringAsync("/library", Cancellation);
        var item = PlayingNode.IdOf(film);
        Assert.Contains($"data-art=\"/art/{item}\"", page);
        Assert.Equal((HttpStatusCode.OK, "image/jpeg"), await Picture(item));
        Assert.Contains($"src=\"/art/{item}\"", await _http.GetStringAsync("/library", Cancellation));
        var broken = MediaBox.ItemOf(MediaBox.Bytes(Size, 5));
        Assert.Equal(HttpStatusCode.NotFound, (await Picture(broken)).Status);
        Assert.DoesNotContain($"/art/{broken}", await _http.GetStringAsync("/library", Cancellation));
        using var foreign = await _http.GetAsync(new Uri("/art/../secret", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
    }

    private async Task Furnish()
    {
        string[] names =
        [
            "Night Ferries (2011).mkv", "Salt and Wire/Season 1/Salt.and.Wire.S01E01.mkv",
            "Salt and Wire/Season 1/Salt.and.Wire.S01E02.mkv", "Salt and Wire/Season 2/Salt and Wire - 2x01.mkv",
            "Solaris (1972).mkv", "Solaris.1972.1080p.mkv", "Solaris (1972).srt", "A song.mp3",
        ];
        foreach (var (at, name) in names.Index()) _box.Put(name, Size, at + 1);
        await _box.Look();
    }

    /// <summary>Asks until it is made, or known to be none.</summary>
    private async Task<(HttpStatusCode Status, string? Type)> Picture(ItemId item)
    {
        for (var looks = 0; ; looks++)
        {
            using var answer = await _http.GetAsync(new Uri($"/art/{item}", UriKind.Relative), Cancellation);
            if (answer.StatusCode != HttpStatusCode.Accepted || looks > 300)
                return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType);
            await Task.Delay(100, Cancellation);
        }
    }

    private async Task<JsonNode> Get(string path) =>
        JsonNode.Parse(await _http.GetStringAsync(path, Cancellation))!;

    private Task<JsonNode> List(string query = "") => Get("/api/v1/library" + query);
}
