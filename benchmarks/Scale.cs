using System.Diagnostics;
using System.Text.Json.Nodes;
using Anarchive.Cli;

namespace Anarchive.Benchmarks;

/// <summary>
/// What a node with very many events costs: how long after a clean stop and after a kill it serves again, how much
/// memory it holds once everything a page shows was asked for. The data directory is kept where <c>--home</c> names it.
/// </summary>
internal static class Scale
{
    private const int EventsUsually = 10_000_000;
    private const int WrittenBeforeKill = 500;

    /// <summary>Events, rows, indexes and full-text search, with room for the write-ahead log.</summary>
    private const long BytesPerEvent = 2_000;

    private static readonly string[] Pages =
    [
        "/api/v1/hives", "/api/v1/hives/" + Mix.Hive, $"/api/v1/hives/{Mix.Hive}/feed?sort=new&limit=100",
        $"/api/v1/hives/{Mix.Hive}/feed?sort=hot&limit=100", $"/api/v1/hives/{Mix.Hive}/feed?sort=top&limit=100",
        "/api/v1/sync/groups",
    ];

    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        using var scratch = new Scratch();
        var events = settings.Events ?? EventsUsually;
        var home = settings.Home ?? scratch.Path("node");
        Directory.CreateDirectory(home);
        var free = new DriveInfo(home).AvailableFreeSpace;
        if (free < events * BytesPerEvent)
            throw CliFailure.Refused("disk_full", $"{events} events take {events * BytesPerEvent >> 30} GB of disk.");
        var clock = Stopwatch.StartNew();
        await Mix.WriteAsync(home, events, settings.Log, cancellation);
        var filled = clock.Elapsed;
        settings.Log($"scale: {events} events are there after {filled.TotalSeconds:F0} s");

        var first = await ServeAsync(home, WrittenBeforeKill, kill: true, settings, cancellation);
        var afterKill = await ServeAsync(home, 0, kill: false, settings, cancellation);
        var afterStop = await ServeAsync(home, 0, kill: false, settings, cancellation);
        Served[] all = [first, afterKill, afterStop];
        var peak = all.Max(s => s.PeakKilobytes) / 1024;
        var bytes = new DirectoryInfo(home).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        var document = new JsonObject
        {
            ["name"] = "scale",
            ["events"] = events,
            ["writtenPerSecond"] = Math.Round(events / filled.TotalSeconds),
            ["diskMegabytes"] = bytes >> 20,
            ["readySecondsAfterStop"] = Math.Round(afterStop.ReadySeconds, 2),
            ["readySecondsAfterKill"] = Math.Round(afterKill.ReadySeconds, 2),
            ["peakMegabytesAtReady"] = all.Max(s => s.PeakKilobytesAtReady) / 1024,
            ["peakMegabytes"] = peak,
            ["pageSeconds"] = Timed(first),
            ["pageSecondsAgain"] = Timed(afterStop),
        };
        return new Report(
            document,
            $"{events} events: ready {afterStop.ReadySeconds:F1} s after a stop, {afterKill.ReadySeconds:F1} s after a "
                + $"kill; memory at most {peak} MB; {bytes >> 20} MB of disk");
    }

    private static async Task<Served> ServeAsync(
        string home, int writes, bool kill, Settings settings, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        await using var node = await NodeProcess.StartAsync(new Home(home), "scale", settings.Log, cancellation);
        var ready = clock.Elapsed.TotalSeconds;
        var atReady = node.PeakKilobytes() ?? 0;
        var pages = new List<(string, double)>();
        foreach (var page in Pages)
        {
            clock.Restart();
            await node.Api.GetAsync(page, cancellation);
            pages.Add((page, clock.Elapsed.TotalSeconds));
        }

        var posts = (JsonObject)await node.Api.GetAsync(Pages[2], cancellation);
        var post = posts.Array("items").First().Need("id");
        for (var n = 0; n < writes; n++)
            await node.Api.PostAsync(
                $"/api/v1/posts/{post}/comments", new JsonObject { ["content"] = $"Comment {n}" }, cancellation);
        var peak = node.PeakKilobytes() ?? 0;
        settings.Log($"scale: ready after {ready:F1} s, at most {peak / 1024} MB; pages "
            + string.Join(", ", pages.Select(p => $"{p.Item2:F2} s")));
        if (kill) await node.KillAsync(cancellation);
        return new Served(ready, atReady, peak, pages);
    }

    private static JsonObject Timed(Served served) => new(
        served.Pages.Select(p => KeyValuePair.Create(p.Page, (JsonNode?)Math.Round(p.Seconds, 3))));

    private sealed record Served(
        double ReadySeconds, long PeakKilobytesAtReady, long PeakKilobytes,
        IReadOnlyList<(string Page, double Seconds)> Pages);
}
