using System.Net.WebSockets;
using Anarchive.Fleet;
using Anarchive.Net;
using Anarchive.Node;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>What open pages are told of a node that reads folders, logs and is looked after.</summary>
public sealed class LivePartsTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _disk = new();
    private WebNode _node = null!;
    private Visitor _person = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await WebNode.StartAsync();
        _person = new Visitor(_node);
    }

    public async ValueTask DisposeAsync()
    {
        _person.Dispose();
        await _node.DisposeAsync();
        _disk.Dispose();
    }

    [Fact]
    public async Task A_folder_that_is_read_moves_the_counts_of_folders_and_fills_the_library()
    {
        using var folders = await OpenPage.Of(_node, "?topic=folders");
        using var library = await OpenPage.Of(_node, "?topic=library&filter=all");
        await folders.SeeAsync("folders-verdict", "No folder is watched yet.");
        await library.SeeAsync("works", "Choose a folder");
        var films = await WatchAsync("films & <b>shows</b>", "Orchard (1999).mkv");
        await folders.SeeAsync("folders-list", "films &amp; &lt;b&gt;shows");
        await folders.SeeAsync("folders-verdict", "1 file is known.");
        await library.SeeAsync("works", "Orchard");
        await library.SeeAsync("library-verdict", "1 works can be played here.", "The one work there is");
        Put(films, "Salt and Wire S01E01.mkv", 2);
        _node.Get<StoreLoop>().Wake();
        await folders.SeeAsync("folders-verdict", "2 files are known.");
        await library.SeeAsync("works", "Salt and Wire");
    }

    [Fact]
    public async Task Only_what_changed_is_sent_and_nothing_while_nothing_changes()
    {
        await WatchAsync("films", "Orchard (1999).mkv", "Night Ferries (2011).mkv");
        using var hives = await OpenPage.Of(_node, "?topic=hives");
        using var library = await OpenPage.Of(_node, "?topic=library&filter=all");
        using var folders = await OpenPage.Of(_node, "?topic=folders");
        await library.SeeAsync("works", "Night Ferries");
        await library.SeeAsync("library-verdict", "All 2 works can be played here.");
        await folders.SeeAsync("folders-verdict", "2 files are known.");
        // These are no films: once that is known, no picture of them is waited for.
        var works = _node.Get<LibraryBook>().Look().Works;
        foreach (var work in works)
            await library.UntilAsync("work-" + work.Id, row => !row.Contains("data-art", StringComparison.Ordinal));
        // Whatever was on its way before is read once this came.
        await WatchAsync("books");
        await folders.SeeAsync("folders-list", "books");
        library.Forget();
        folders.Forget();

        // Every topic is looked at in the pass that tells of the post.
        for (var n = 0; n < 3; n++)
        {
            var post = await _node.PostAsync($"post {n}");
            await hives.SeeAsync("post-" + post, $"post {n}");
        }

        var (id, item) = ("work-" + works[0].Id, works[0].Files[0].File.Item);
        Assert.Null(await _node.Get<WatchBook>().NoteAsync(item, new ViewingPlace(60_000, 100_000), Cancellation));
        await library.SeeAsync(id, "0:40 left");
        await library.SeeAsync("library-next", "0:40 left");
        Assert.Equal(["library-next", id], library.Heard.Distinct().Order());
        await WatchAsync("plays");
        await folders.SeeAsync("folders-list", "plays");
        Assert.Equal(["folders-list"], folders.Heard);
    }

    [Fact]
    public async Task What_is_logged_stands_on_an_open_page_and_older_pages_stay_as_they_are()
    {
        var memory = _node.Get<LogMemory>();
        using var newest = await OpenPage.Of(_node, "?topic=activity&filter=error");
        await newest.SeeAsync("entries", "Nothing of that kind was logged");
        var first = Log(memory, LogLevel.Error, "<script>alert(1)</script>");
        await newest.SeeAsync("entries", "&lt;script&gt;alert(1)");
        await newest.SeeAsync("activity-verdict", "1 warning among these.");
        using var older = await OpenPage.Of(_node, $"?topic=activity&filter=error&cursor={first.Seq + 1}");
        await older.SeeAsync("entries", $"entry-{first.Seq}");
        older.Forget();
        Log(memory, LogLevel.Error, "another");
        await newest.SeeAsync("activity-verdict", "2 warnings among these.");
        Log(memory, LogLevel.Information, "of no weight");
        Log(memory, LogLevel.Error, "a third");
        await newest.SeeAsync("activity-verdict", "3 warnings among these.");
        // The last of its entries is dropped, which is the one change of that page.
        for (var n = 0; n < LogMemory.EntriesMax; n++) Log(memory, LogLevel.Information, "of no weight");
        await older.SeeAsync("entries", "Nothing older of that kind is kept.");
        Assert.Equal(["activity-verdict", "entries"], older.Heard.Order());
    }

    [Fact]
    public async Task A_search_that_finds_nothing_says_so_once_there_is_something_to_find()
    {
        using var search = await OpenPage.Of(_node, "?topic=library&name=dune&filter=all");
        await search.SeeAsync("works", "Choose a folder");
        await WatchAsync("films", "Orchard (1999).mkv");
        await search.SeeAsync("works", "Nothing here is called so.");
        Assert.DoesNotContain("Choose a folder", search.Now("works"));
    }

    [Fact]
    public async Task An_open_season_gains_episodes_and_says_where_the_show_is_called_otherwise()
    {
        var films = await WatchAsync("films", "Salt and Wire S01E01.mkv");
        using var library = await OpenPage.Of(_node, "?topic=library&filter=all");
        await library.SeeAsync("works", "Salt and Wire");
        var work = _node.Get<LibraryBook>().Look().Works.Single();
        using var season = await OpenPage.Of(_node, $"?topic=season&name={work.Id}&filter=1&cursor=0");
        await season.SeeAsync("files", "S01 E01");
        await season.SeeAsync("season-intros", "No intro is known of the 1 episode that is here.");
        Put(films, "Salt and Wire S01E02.mkv", 2);
        _node.Get<StoreLoop>().Wake();
        await season.SeeAsync("season-intros", "No intro is known of the 2 episodes that are here.");
        await season.SeeAsync("files", "S01 E02");
        Assert.Contains("S01 E01", season.Now("files"));

        // The list travels with its rows alone.
        season.Forget();
        var item = work.Files[0].File.Item;
        Assert.Null(await _node.Get<WatchBook>().NoteAsync(item, new ViewingPlace(60_000, 100_000), Cancellation));
        await season.SeeAsync("file-" + item, "0:40 left");
        Assert.DoesNotContain("files", season.Heard);

        var desk = _node.Get<GroupingDesk>();
        var (now, problem) = await desk.SayAsync(work.Id, "Salt and Water", null, null, Cancellation);
        Assert.Null(problem);
        await season.SeeAsync("season-intros", "This show has another name now, or its files are gone.");
        await season.SeeAsync("work-head", "Not here any more");
        Assert.DoesNotContain("/watch/", season.Now("work-head"));
        Assert.DoesNotContain("formaction", season.Now("season-intros"));
        Assert.DoesNotContain("S01 E0", season.Now("files"));
        // What is called as before is shown again.
        Assert.Null((await desk.UndoAsync(now!, Cancellation)).Problem);
        await season.SeeAsync("files", "S01 E02");
        await season.SeeAsync("season-intros", "No intro is known of the 2 episodes that are here.");
        await season.SeeAsync("work-head", "Salt and Wire");
        Assert.Contains($"/watch/{item}", season.Now("work-head"));
    }

    [Fact]
    public async Task What_peers_said_stays_on_the_page_of_health()
    {
        using var health = await OpenPage.Of(_node, "?topic=health");
        await health.SeeAsync("health-checks", "data directory");
        Assert.DoesNotContain("reachability", health.Now("health-checks"));
        Assert.Equal(303, (await _person.FillAsync("/health", "/health/reach")).Status);
        await health.SeeAsync("health-checks", "no peer is there that could be asked");
        Assert.Contains("reachability", (await _person.SeeAsync("/health")).Text);
    }

    [Theory]
    [InlineData("health", "health-checks")]
    [InlineData("activity", "entries")]
    [InlineData("folders", "folders-list")]
    [InlineData("library", "works")]
    [InlineData("cache", "cache-list")]
    [InlineData("fleet", "fleet-devices")]
    [InlineData("mesh", "groups")]
    public async Task A_part_carries_nobodys_token_for_it_is_rendered_for_all(string topic, string last)
    {
        var device = new DeviceDeclared("attic-nas", DeviceClass.AlwaysOn, "home", false, [], ["http"]);
        Assert.Null((await _node.Get<FleetDesk>().SayAsync(device, dryRun: false, Cancellation)).Problem);
        await WatchAsync("films", "Orchard (1999).mkv");
        using var page = await OpenPage.Of(_node, "?topic=" + topic);
        await page.SeeAsync(last, "id=");
        Assert.DoesNotContain("method=\"post\"", page.Everything);
        Assert.DoesNotContain("form_token", page.Everything);
    }

    [Theory]
    [InlineData("?topic=folder")]
    [InlineData("?topic=library&filter=0123456789012345678901234567890123456789x")]
    public async Task A_topic_that_there_is_not_gets_no_socket(string query) =>
        await Assert.ThrowsAsync<WebSocketException>(async () => (await OpenPage.Of(_node, query)).Dispose());

    private static LogEntry Log(LogMemory memory, LogLevel level, string message) => memory.Keep(new LogEntry(
        0, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), level, LogArea.Web, 1, message, null));

    private static void Put(string folder, string name, int seed)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllBytes(file, MediaBox.Bytes(70_000, seed));
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-10));
    }

    private async Task<string> WatchAsync(string folder, params string[] files)
    {
        var films = _disk.At(folder);
        Directory.CreateDirectory(films);
        foreach (var (at, file) in files.Index()) Put(films, file, at + 10);
        Assert.Equal(303, (await _person.FillAsync("/fleet/folders", "/fleet/folders", ("path", films))).Status);
        return films;
    }
}
