using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Anarchive.Fleet;
using Anarchive.Net;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a file is by its owner's word: by page without a script, by API and by command, and undone.</summary>
public sealed class GroupingTests : IAsyncLifetime
{
    private const int Size = 200_000;

    private MediaBox _box = null!;
    private HttpClient _http = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _box = await MediaBox.Start(tellsFleet: true);
        await _box.Reachable();
        _http = await _box.Owner();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _box.DisposeAsync();
    }

    [Fact]
    public async Task A_file_is_moved_to_another_show_from_its_page_and_comes_back_word_by_word()
    {
        await _box.Hold("Salt and Wire S01E01.mkv", Size, 1);
        var item = await _box.Hold("Salt and Wire S01E02.mkv", Size, 2);
        Assert.Contains("What this file is", await Page($"/watch/{item}"));
        var said = await Send($"/watch/{item}", "grouping", Episode("Night Ferries", "3", "7"));
        Assert.Equal((HttpStatusCode.SeeOther, $"/watch/{item}"), (said.Status, said.Location));
        Assert.Equal(["Night Ferries S03 E07", "Salt and Wire S01 E01"], Shelf());
        Assert.Equal(
            HttpStatusCode.SeeOther,
            (await Send($"/watch/{item}", "grouping", Episode("Night Ferries", "3", "8"))).Status);
        Assert.Equal(["Night Ferries S03 E08", "Salt and Wire S01 E01"], Shelf());
        Assert.Equal(
            HttpStatusCode.SeeOther, (await Send($"/watch/{item}", "grouping", [("do", "undo")])).Status);
        Assert.Equal(["Night Ferries S03 E07", "Salt and Wire S01 E01"], Shelf());
        Assert.Equal(
            HttpStatusCode.SeeOther, (await Send($"/watch/{item}", "grouping", [("do", "undo")])).Status);
        Assert.Equal(["Salt and Wire S01 E01", "Salt and Wire S01 E02"], Shelf());
        var page = await Page($"/watch/{item}");
        Assert.DoesNotContain("Undo what I said", page);
        Assert.Contains("nothing_to_undo", (await Send($"/watch/{item}", "grouping", [("do", "undo")])).Text);
    }

    [Theory]
    [InlineData("", "1", "1", "", "A title is")]
    [InlineData("a\u202eb", "1", "1", "", "A title is")]
    [InlineData("Salt", "x", "1", "", "A season is")]
    [InlineData("Salt", "1", "10000", "", "An episode is")]
    [InlineData("Salt", "1", "1", "tvdb 81189", "catalogue&#x27;s key looks")]
    [InlineData("Salt", "1", "1", "work:tvdb:s81189/1/1", "catalogue&#x27;s key looks")]
    public async Task What_breaks_a_rule_is_refused_beside_its_form_which_keeps_what_was_typed(
        string title, string season, string episode, string catalogue, string why)
    {
        var item = await _box.Hold("Salt and Wire S01E02.mkv", Size, 2);
        var refused = await Send($"/watch/{item}", "grouping",
            [.. Episode(title, season, episode), ("catalogue", catalogue)]);
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("bad_grouping", refused.Text);
        Assert.Contains(WebUtility.HtmlDecode(why), WebUtility.HtmlDecode(refused.Text));
        Assert.Contains($"name=\"season\" value=\"{season}\"", refused.Text);
        Assert.Equal(["Salt and Wire S01 E02"], Shelf());
    }

    [Fact]
    public async Task A_whole_show_is_called_otherwise_from_its_page_and_that_is_undone_at_once()
    {
        await _box.Hold("Salt and Wire S01E01.mkv", Size, 1);
        await _box.Hold("Salt and Wire S02E02.mkv", Size, 2);
        var other = await _box.Hold("Orchard S01E01.mkv", Size, 3);
        var show = _box.Node.Get<LibraryBook>().Look().Works.Single(w => w.Title == "Salt and Wire").Id;
        var said = await Send($"/library/{show}", "grouping", [("do", "set"), ("title", "Orchard"), ("year", "")]);
        Assert.Equal(HttpStatusCode.SeeOther, said.Status);
        // They join the show that is called so.
        Assert.Equal(["Orchard S01 E01", "Orchard S01 E01", "Orchard S02 E02"], Shelf());
        var orchard = _box.Node.Get<LibraryBook>().Look().Find(other)!.Value.Work.Id;
        Assert.Equal($"/library/{orchard}", said.Location);
        Assert.Contains("Undo what I said of it", await Page(said.Location!));
        var refused = await Send($"/library/{orchard}", "grouping", [("do", "set"), ("title", "x"), ("year", "12")]);
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("value=\"12\"", refused.Text);
        Assert.Equal(
            HttpStatusCode.SeeOther, (await Send($"/library/{orchard}", "grouping", [("do", "undo")])).Status);
        Assert.Equal(["Orchard S01 E01", "Salt and Wire S01 E01", "Salt and Wire S02 E02"], Shelf());
        Assert.Contains(
            "nothing_to_undo", (await Send($"/library/{orchard}", "grouping", [("do", "undo")])).Text);
    }

    [Fact]
    public async Task With_a_catalogues_key_it_is_an_observation_where_the_folder_is_open_and_undo_takes_it_back()
    {
        await MediaPrograms.NeedFfmpeg();
        var film = await Films.Make(_box.At("Salt and Wire S01E01.mp4"), 8, Films.Modern);
        // An empty box that players pass over: below 128 KiB a file has no content key.
        await File.AppendAllTextAsync(film, "\0\u0002\0\0free" + new string('\0', 131_064), Cancellation);
        _box.Age(film, 10);
        await _box.Look();
        var item = PlayingNode.IdOf(film);
        var records = _box.Node.Get<PartRecords>();
        Assert.Equal(0, (await Run("--fix", $"{item}", "--episode", "4", "--catalogue", "work:tvdb:s7")).Exit);
        // Nobody may hear of the folder: it counts here alone.
        Assert.Empty(records.Of(NetApp.GroupingObserved));
        Assert.Equal(["Salt and Wire S01 E04"], Shelf());
        var folder = Path.Combine(_box.Root, "films");
        await _box.Node.Get<FolderActs>().SayAsync(folder, FolderWord.Open, Cancellation);
        foreach (var episode in new[] { "5", "6" })
        {
            var made = await Run("--fix", $"{item}", "--episode", episode, "--catalogue", "work:tvdb:s7", "--json");
            Assert.Equal(
                _box.Node.Get<LibraryBook>().Look().Find(item)!.Value.Work.Id, made.Read("work"));
        }

        Assert.Equal([5, 6], Episodes(records));
        await _box.Node.Get<ObservationQueue>().FlushAsync(null, Cancellation);
        Assert.Equal([5, 6], Episodes(records));
        Assert.DoesNotContain(
            "Salt", string.Concat(records.Of(NetApp.GroupingObserved).Select(r => NetPayloads.Element(r.Observed))));
        Assert.Equal(0, (await Run("--undo", $"{item}")).Exit);
        Assert.Equal([5], Episodes(records));
        Assert.Equal(["Salt and Wire S01 E05"], Shelf());
        Assert.Equal(0, (await Run("--undo", $"{item}")).Exit);
        Assert.Equal(0, (await Run("--undo", $"{item}")).Exit);
        Assert.Empty(records.Of(NetApp.GroupingObserved));
        Assert.Equal(["Salt and Wire S01 E01"], Shelf());
        Assert.Equal("nothing_to_undo", (await Run("--undo", $"{item}", "--json")).Code);
    }

    [Fact]
    public async Task With_another_title_the_key_that_the_form_showed_is_left_out_and_another_is_kept()
    {
        var item = await _box.Hold("Salt and Wire S01E02.mkv", Size, 2);
        (string, string) old = ("catalogue", "work:tvdb:s7");
        await Send($"/watch/{item}", "grouping", [.. Episode("Salt and Wire", "1", "2"), old]);
        await Send($"/watch/{item}", "grouping", [.. Episode("Salt and Wire", "1", "3"), old]);
        Assert.Equal("work:tvdb:s7", KeyOf(item));
        Assert.Contains("value=\"work:tvdb:s7\"", await Page($"/watch/{item}"));
        await Send($"/watch/{item}", "grouping", [.. Episode("Orchard", "1", "3"), old]);
        Assert.Equal(["Orchard S01 E03"], Shelf());
        Assert.Null(KeyOf(item));
        await Send($"/watch/{item}", "grouping", [.. Episode("Night Ferries", "1", "3"), old]);
        Assert.Equal("work:tvdb:s7", KeyOf(item));
        var show = _box.Node.Get<LibraryBook>().Look().Find(item)!.Value.Work.Id;
        await Send($"/library/{show}", "grouping", [("do", "set"), ("title", "Orchard"), ("year", ""), old]);
        Assert.Equal("Orchard", PlaceOf(item).Title);
        Assert.Null(KeyOf(item));
        // Which episode it is was said of the file, and stays so.
        Assert.Equal(["Orchard S01 E03"], Shelf());
    }

    [Fact]
    public async Task What_a_form_cannot_say_of_an_episode_stays_as_it_was_read()
    {
        var daily = await _box.Hold("Salt and Wire 2024-05-12.mkv", Size, 2);
        var half = await _box.Hold("[Group] Orchard - 12.5 [1080p].mkv", Size, 3);
        var said = await Send($"/watch/{daily}", "grouping", Episode("Night Ferries", "2024", "133"));
        Assert.Equal(HttpStatusCode.SeeOther, said.Status);
        said = await Send($"/watch/{half}", "grouping", Episode("Boat", $"{PlaceOf(half).Season}", "12"));
        Assert.Equal(HttpStatusCode.SeeOther, said.Status);
        Assert.Equal(("Night Ferries", new DateOnly(2024, 5, 12)), (PlaceOf(daily).Title, PlaceOf(daily).Day));
        Assert.Equal(("Boat", 12.5m), (PlaceOf(half).Title, PlaceOf(half).Number));
        Assert.Equal(0, (await Run("--fix", $"{half}", "--title", "Orchard")).Exit);
        Assert.Equal(("Orchard", 12.5m), (PlaceOf(half).Title, PlaceOf(half).Number));
        Assert.Equal(0, (await Run("--fix", $"{half}", "--episode", "13")).Exit);
        Assert.Equal(13m, PlaceOf(half).Number);
    }

    [Fact]
    public async Task What_a_command_asks_wrongly_changes_nothing_and_a_film_is_told_from_its_remake()
    {
        var item = await _box.Hold("Solaris.mkv", Size, 1);
        await _box.Hold("Solaris (2002).mkv", Size, 2);
        Assert.Equal("not_found", (await Run("--fix", new string('a', 64), "--title", "x", "--json")).Code);
        Assert.Equal("not_found", (await Run("--fix", "0123456789abcdef", "--title", "x", "--json")).Code);
        Assert.Equal("usage", (await Run("--fix", "0123456789abcdef", "--json")).Code);
        Assert.Equal("bad_grouping", (await Run("--fix", $"{item}", "--title", "x", "--json")).Code);
        Assert.Equal(
            "usage", (await Run("--fix", $"{item}", "--kind", "party", "--json")).Code);
        var made = await Run("--fix", $"{item}", "--kind", "film", "--title", "Solaris", "--year", "1972", "--json");
        Assert.True(made.Exit == 0, made.Remarks + made.Results);
        Assert.Equal(
            [1972, 2002], _box.Node.Get<LibraryBook>().Look().Works.Select(w => w.Year).OfType<int>().Order());
        var work = JsonNode.Parse(await _http.GetStringAsync("/api/v1/library?q=solaris", Cancellation))!;
        Assert.Equal(["film", "film"], work["works"]!.AsArray().Select(w => (string?)w!["kind"]));
    }

    private static (string, string)[] Episode(string title, string season, string episode) =>
        [("do", "set"), ("kind", "episode"), ("title", title), ("season", season), ("episode", episode)];

    private ShelfPlace PlaceOf(ItemId item)
    {
        var (work, at) = _box.Node.Get<LibraryBook>().Look().Find(item)!.Value;
        return work.Files[at].Place;
    }

    private string? KeyOf(ItemId item) => PlaceOf(item).Work;

    private static List<int> Episodes(PartRecords records) =>
    [
        .. records.Of(NetApp.GroupingObserved).SelectMany(r => ((GroupingObserved)r.Observed).Episodes).Order(),
    ];

    private Task<CommandRun> Run(params string[] options) => _box.Run(["library", .. options]);

    private List<string> Shelf() =>
    [
        .. _box.Node.Get<LibraryBook>().Look().Works.SelectMany(w => w.Files.Select(f =>
            $"{w.Title} S{f.Place.Season:00} E{(int)f.Place.Number:00}")).Order(StringComparer.Ordinal),
    ];

    private Task<string> Page(string path) => _http.GetStringAsync(path, Cancellation);

    private async Task<(HttpStatusCode Status, string Text, string? Location)> Send(
        string page, string form, (string Name, string Value)[] fields)
    {
        var token = Regex.Match(await Page(page), "name=\"form_token\" value=\"([^\"]+)\"").Groups[1].Value;
        using var sent = new FormUrlEncodedContent(
            fields.Append(("form_token", token)).Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
        using var answer = await _http.PostAsync($"{page}/{form}", sent, Cancellation);
        return (
            answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation),
            answer.Headers.Location?.ToString());
    }
}
