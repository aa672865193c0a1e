using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Anarchive.Cli;
using Anarchive.Node;

namespace Anarchive.Benchmarks;

/// <summary>
/// The budgets of the pages, each figure beside its limit: first paint by a browser, the managed heap of open pages,
/// the bytes of styles and scripts, and whole answers of long lists while others write.
/// </summary>
internal static partial class UiPages
{
    private const int ItemsUsually = 50_000;
    private const int PostsUsually = 100_000;
    private const string Hive = "posts";
    private const string Talk = "talk";

    private const int Views = 40;
    private const int Paints = 15;
    private const int Looks = 200;
    private const int Pages = 60;
    private const int HeapRounds = 3;

    private const double PaintMsMax = 300;
    private const double HeapKilobytesMax = 200;
    private const double AssetKilobytesMax = 40;
    private const double AnswerMsMax = 50;

    private static readonly string[] Sorts = ["new", "top", "hot"];

    private static readonly string[] CacheFilters = ["starred", "leaving", "missing"];

    /// <summary>Words that stand in nearly every post.</summary>
    private static readonly string[] Everywhere = ["light", "window", "nobody noticed", "scene left"];

    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        var (items, posts) = (settings.Items ?? ItemsUsually, settings.Events ?? PostsUsually);
        await using var node = await PageNode.StartAsync(cancellation);
        settings.Log($"ui: {items} items, {posts} posts");
        await CustodyPages.FillAsync(node.Get<FleetDesk>(), items, cancellation);
        await LibraryPages.FillAsync(node, items, cancellation);
        await Mix.WritePostsAsync(node.Services, Hive, posts, cancellation);
        var watch = "/watch/" + CustodyPages.ItemOf(0);
        string[] painted = ["/mesh", "/library", watch, "/h/" + Hive];
        // Plans, shelves and what else is made once.
        foreach (var page in painted.Concat(["/fleet/custody", "/cache"])) await node.TimeAsync(page, cancellation);

        var figures = new List<Figure>();
        settings.Log("ui: first paint");
        figures.AddRange(await PaintAsync(node, painted, cancellation));
        settings.Log("ui: answers");
        figures.AddRange(await AnswerAsync(node, items, cancellation));
        settings.Log("ui: open views");
        figures.Add(await HeapAsync(node, cancellation));
        figures.Add(await AssetsAsync(node, [.. painted, "/cache"], cancellation));
        var bare = await node.BareAsync(Looks, cancellation);
        var document = new JsonObject
        {
            ["name"] = "ui",
            ["items"] = items,
            ["posts"] = posts,
            ["figures"] = new JsonArray([.. figures.Select(f => f.ToJson())]),
            ["baseline"] = Samples.ToJson(bare),
        };
        return new Report(document, string.Join("; ", figures));
    }

    /// <summary>The median, in turn, so that each page meets the same moments.</summary>
    private static async Task<IEnumerable<Figure>> PaintAsync(
        PageNode node, string[] pages, CancellationToken cancellation)
    {
        await using var browser = await HeadlessBrowser.StartAsync(cancellation);
        if (browser is null) return [];
        var paints = pages.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round <= Paints; round++)
            for (var at = 0; at < pages.Length; at++)
            {
                var ms = await browser.PaintAsync(new Uri(node.Address, pages[at]), cancellation);
                // In the first round the browser has neither styles nor fonts.
                if (round > 0) paints[at].Add(ms);
            }

        return pages.Select((page, at) => new Figure(
            $"first paint of {Kind(page)}, median", paints[at].At(0.5), "ms", PaintMsMax));
    }

    /// <summary>Whole answers while 200 events a second are written to another hive.</summary>
    private static async Task<List<Figure>> AnswerAsync(PageNode node, int items, CancellationToken cancellation)
    {
        var talk = await Mix.TalkAsync(node.Services, Talk, 20, cancellation);
        var (asked, _) = await PageNode.WhileAsync(
            talk, TimeSpan.FromMilliseconds(100), () => AskAsync(node, items, cancellation), cancellation);
        return [.. asked.Select(a => new Figure($"answer of {a.Name}, p95", a.Looks.At(0.95), "ms", AnswerMsMax))];
    }

    private static async Task<List<(string Name, List<double> Looks)>> AskAsync(
        PageNode node, int items, CancellationToken cancellation)
    {
        var scrolled = new List<double>();
        foreach (var sort in Sorts)
            scrolled.AddRange(await node.ScrollAsync($"/h/{Hive}?sort={sort}", Pages, cancellation));
        return
        [
            ("a feed", scrolled),
            ("a search of posts", await SearchAsync(node, Looks, n => $"reel{n % Mix.Reels} window", cancellation)),
            ("a search for words of every post", await SearchAsync(
                node, Looks / 4, n => Everywhere[n % Everywhere.Length], cancellation)),
            ("the library", await LibraryPages.LookAsync(node, items, cancellation)),
            ("custody", await node.TimeAsync(
                Looks, n => $"/fleet/custody?from={(long)n * items / Looks}", cancellation)),
            ("custody while the fleet changes", await CustodyPages.ChangingAsync(node, items, Looks, cancellation)),
            ("the cache", await node.TimeAsync(Looks, n => Cache(n, items), cancellation)),
        ];
    }

    /// <summary>Pages from all over, its filters, and searches.</summary>
    private static string Cache(int n, int items) => (n % 4) switch
    {
        0 => "/cache",
        1 => $"/cache?from={(long)n * items / Looks}",
        2 => "/cache?filter=" + CacheFilters[n / 4 % CacheFilters.Length],
        _ => $"/cache?q=e{n % 13 + 1:00}+s0{n % 4 + 1}",
    };

    private static Task<List<double>> SearchAsync(
        PageNode node, int looks, Func<int, string> query, CancellationToken cancellation) =>
        node.TimeAsync(looks, n => "/search?q=" + Uri.EscapeDataString(query(n)), cancellation);

    /// <summary>What so many pages keep on the managed heap while one of their hives changes each second.</summary>
    private static async Task<Figure> HeapAsync(PageNode node, CancellationToken cancellation)
    {
        var live = new List<string>();
        foreach (var page in new[] { "/mesh", "/fleet", "/h/" + Hive, "/" })
            live.Add(WebUtility.HtmlDecode(
                LiveAddress().Match(await node.ReadAsync(page, cancellation)).Groups[1].Value));
        var talk = await Mix.TalkAsync(node.Services, Talk, 1, cancellation);
        var (rounds, _) = await PageNode.WhileAsync(
            talk, TimeSpan.FromSeconds(1),
            async () =>
            {
                var kilobytes = new List<double>();
                while (kilobytes.Count < HeapRounds) kilobytes.Add(await OpenAsync(node, live, cancellation));
                return kilobytes;
            },
            cancellation);
        return new Figure($"managed heap of an open view, of {Views}", rounds.Max(), "KiB", HeapKilobytesMax);
    }

    /// <summary>What goes with the pages as they are closed: what the node itself keeps meanwhile does not.</summary>
    private static async Task<double> OpenAsync(PageNode node, List<string> live, CancellationToken cancellation)
    {
        var settle = TimeSpan.FromSeconds(5);
        var views = new List<OpenView>();
        long open;
        try
        {
            for (var n = 0; n < Views; n++)
                views.Add(await OpenView.StartAsync(node.Address, live[n % live.Count], cancellation));
            await Task.Delay(settle, cancellation);
            if (views.Exists(view => view.Bytes < 1_000))
                throw CliFailure.CannotRun("no_view", "A page that was opened was sent nothing.");
            open = GC.GetTotalMemory(forceFullCollection: true);
        }
        finally
        {
            foreach (var view in views) view.Dispose();
        }

        await Task.Delay(settle, cancellation);
        return (open - GC.GetTotalMemory(forceFullCollection: true)) / 1024.0 / Views;
    }

    /// <summary>Of the page that needs most, compressed as well as browsers take it.</summary>
    private static async Task<Figure> AssetsAsync(PageNode node, string[] pages, CancellationToken cancellation)
    {
        var most = 0.0;
        foreach (var page in pages)
        {
            var bytes = 0L;
            foreach (Match asset in Asset().Matches(await node.ReadAsync(page, cancellation)))
                bytes += await CompressedAsync(await node.ReadAsync(asset.Value, cancellation));
            most = Math.Max(most, bytes / 1024.0);
        }

        return new Figure("styles and scripts of a page, compressed", most, "KiB", AssetKilobytesMax);
    }

    private static async Task<long> CompressedAsync(string text)
    {
        using var packed = new MemoryStream();
        await using (var brotli = new BrotliStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        await using (var writer = new StreamWriter(brotli))
            await writer.WriteAsync(text);
        return packed.Length;
    }

    private static string Kind(string page) => page.Split('/')[1] is "h" ? "a feed" : page.Split('/')[1];

    [GeneratedRegex("data-live=\"([^\"]+)\"")]
    private static partial Regex LiveAddress();

    [GeneratedRegex("/assets/[^\"]+\\.(?:css|js)")]
    private static partial Regex Asset();

    /// <summary>Something measured, and what it may be at most.</summary>
    private sealed record Figure(string Name, double Value, string Unit, double Limit)
    {
        private bool IsMet => Value <= Limit;

        public JsonObject ToJson() => new()
        {
            ["name"] = Name,
            ["value"] = Math.Round(Value, 1),
            ["unit"] = Unit,
            ["limit"] = Limit,
            ["met"] = IsMet,
        };

        public override string ToString() => $"{Name} {Value:F1} of {Limit:F0} {Unit}{(IsMet ? "" : ": missed")}";
    }
}
