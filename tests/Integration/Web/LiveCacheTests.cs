using Anarchive.Fleet;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>What an open page of the cache is told of what happens elsewhere.</summary>
public sealed class LiveCacheTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _disk = new();
    private WebNode _node = null!;
    private Visitor _person = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private CacheDesk Desk => _node.Get<CacheDesk>();

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
    public async Task What_arrives_is_starred_or_trashed_elsewhere_shows_on_every_open_page()
    {
        using var all = await OpenPage.Of(_node, "?topic=cache&filter=all");
        using var starred = await OpenPage.Of(_node, "?topic=cache&filter=starred");
        using var search = await OpenPage.Of(_node, "?topic=cache&name=ferries&filter=all");
        await all.SeeAsync("cache-list", "Nothing yet.");
        Assert.DoesNotContain("Undo the last act", all.Now("cache-undo"));
        await starred.SeeAsync("cache-list", "Nothing yet.");
        var (orchard, ferries) = await WatchAsync();
        await all.SeeAsync("cache-list", $"row-{orchard}");
        await all.SeeAsync("cache-list", $"row-{ferries}");
        await starred.SeeAsync("cache-list", "Nothing is starred.");
        await search.SeeAsync("cache-list", $"row-{ferries}");
        Assert.DoesNotContain($"row-{orchard}", search.Now("cache-list"));

        await ActAsync(orchard, CacheAct.Star);
        await all.UntilAsync($"row-{orchard}", IsStarred);
        await all.SeeAsync("cache-undo", "Undo the last act");
        await all.SeeAsync("cache-verdict", "<dt>Starred</dt><dd>70.0 kB");
        await starred.SeeAsync("cache-list", $"row-{orchard}");
        await ActAsync(ferries, CacheAct.Trash);
        await all.SeeAsync($"row-{ferries}", "Undo trash");
        // The only copy: the fleet needs it, and nothing says that it goes.
        await search.SeeAsync($"row-{ferries}", "Here, trashed");
        Assert.Contains("stays: the fleet counts on this copy", search.Now($"row-{ferries}"));
        // It leaves the page of what is starred.
        await ActAsync(orchard, CacheAct.Unstar);
        await starred.SeeAsync("cache-list", "Nothing is starred.");
        Assert.Null(await Desk.SetBudgetAsync(1_000_000_000, cullsManual: false, Cancellation));
        await all.SeeAsync("cache-verdict", "<dt>Budget</dt><dd>1.0 GB");
    }

    [Fact]
    public async Task Only_what_changed_is_sent_and_nothing_while_nothing_changes()
    {
        var (orchard, ferries) = await WatchAsync();
        await SteadyAsync(_node.Get<CacheBook>());
        using var page = await OpenPage.Of(_node, "?topic=cache&filter=all");
        using var hives = await OpenPage.Of(_node, "?topic=hives");
        await page.SeeAsync($"row-{ferries}", "Night Ferries");
        await page.SeeAsync("cache-list", $"row-{orchard}");
        await ActAsync(orchard, CacheAct.Star);
        await page.UntilAsync($"row-{orchard}", IsStarred);
        await page.SeeAsync("cache-bar", "Starred <span class=\"tally\">1");
        await page.SeeAsync("cache-verdict", "<dt>Starred</dt><dd>70.0 kB");
        page.Forget();
        // Every topic is looked at in the pass that tells of a post.
        for (var n = 0; n < 3; n++)
        {
            var post = await _node.PostAsync($"post {n}");
            await hives.SeeAsync("post-" + post, $"post {n}");
        }

        await ActAsync(ferries, CacheAct.Star);
        await page.UntilAsync($"row-{ferries}", IsStarred);
        Assert.Subset(
            new HashSet<string> { "cache-verdict", "cache-notes", "cache-bar", $"row-{ferries}" },
            page.Heard.ToHashSet());
    }

    [Fact]
    public async Task The_sign_of_a_change_stands_still_until_something_changes()
    {
        var (orchard, ferries) = await WatchAsync();
        var book = _node.Get<CacheBook>();
        await SteadyAsync(book);
        var stamp = book.Stamp();
        for (var n = 0; n < 5; n++) Assert.Equal(stamp, book.Stamp());
        var seen = new List<object> { stamp };
        await ActAsync(orchard, CacheAct.Star);
        seen.Add(book.Stamp());
        await ActAsync(ferries, CacheAct.Trash);
        seen.Add(book.Stamp());
        await Desk.UndoAsync(ferries, Cancellation);
        seen.Add(book.Stamp());
        Assert.Null(await Desk.SetBudgetAsync(5_000_000_000, cullsManual: true, Cancellation));
        seen.Add(book.Stamp());
        Put(_disk.At("films"), "Harbour Lights.mkv", 7);
        _node.Get<StoreLoop>().Wake();
        while (book.List("", CacheFilter.All, 0, 9, 0).Total < 3) await Task.Delay(50, Cancellation);
        seen.Add(book.Stamp());
        Directory.Move(_disk.At("films"), _disk.At("elsewhere"));
        seen.Add(book.Stamp());
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    private static bool IsStarred(string row) => row.Contains("aria-pressed=\"true\"", StringComparison.Ordinal);

    /// <summary>Until what followed from the files' arrival was read.</summary>
    private static async Task SteadyAsync(CacheBook book)
    {
        for (var still = 0; still < 20;)
        {
            var before = book.Stamp();
            await Task.Delay(50, Cancellation);
            still = before.Equals(book.Stamp()) ? still + 1 : 0;
        }
    }

    private async Task ActAsync(ItemId item, CacheAct act) =>
        Assert.Null(await Desk.ActAsync(item, act, PinScope.Device, Cancellation));

    private static void Put(string folder, string name, int seed)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllBytes(file, MediaBox.Bytes(70_000, seed));
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-10));
    }

    /// <summary>Watches a folder of two films, until the cache has a row of each.</summary>
    private async Task<(ItemId Orchard, ItemId Ferries)> WatchAsync()
    {
        var device = new DeviceDeclared("lap", DeviceClass.Laptop, "bag", false, [], ["http"]);
        Assert.Null((await _node.Get<FleetDesk>().SayAsync(device, dryRun: false, Cancellation)).Problem);
        var films = Directory.CreateDirectory(_disk.At("films")).FullName;
        Put(films, "Orchard (1999).mkv", 1);
        Put(films, "Night Ferries (2011).mkv", 2);
        Assert.Equal(303, (await _person.FillAsync("/fleet/folders", "/fleet/folders", ("path", films))).Status);
        while (_node.Get<CacheBook>().List("", CacheFilter.All, 0, 9, 0).Total < 2) await Task.Delay(50, Cancellation);
        return (MediaBox.ItemOf(MediaBox.Bytes(70_000, 1)), MediaBox.ItemOf(MediaBox.Bytes(70_000, 2)));
    }
}
