using System.Diagnostics;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Benchmarks;

/// <summary>
/// A fleet's items on pages: the whole answer of the heat map, page by page; of an item by the first digits of its id;
/// and of the first look after the fleet changed. One after the other, over loopback. Baseline: the settings page,
/// which asks the fleet nothing.
/// </summary>
internal static class CustodyPages
{
    private const int ItemsUsually = 50_000;
    private const int PageRows = 100;
    private const int DigitsShown = 8;
    private const int Lookups = 400;
    private const int Changes = 20;

    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        var count = settings.Items ?? ItemsUsually;
        using var scratch = new Scratch();
        await using var app = WebHost.Build(
            new NodeOptions { DataDirectory = scratch.Path("node"), Listen = "http://127.0.0.1:0" }, null);
        var url = await WebHost.StartAsync(app, cancellation);
        try
        {
            settings.Log($"custody: {count} items");
            var items = await FillAsync(app.Services.GetRequiredService<FleetDesk>(), count, cancellation);
            using var http = new HttpClient { BaseAddress = url };
            var first = await TimeAsync(http, "/fleet/custody", cancellation);
            var (pages, found, bare) = (new List<double>(), new List<double>(), new List<double>());
            for (var from = 0; from < count; from += PageRows)
                pages.Add(await TimeAsync(http, $"/fleet/custody?from={from}", cancellation));
            for (var n = 0; n < Lookups; n++)
            {
                var digits = items[(int)((long)n * count / Lookups)].ToString()[..DigitsShown];
                found.Add(await TimeAsync(http, "/fleet/items/" + digits, cancellation));
                bare.Add(await TimeAsync(http, "/settings", cancellation));
            }

            var changed = await ChangedAsync(app.Services.GetRequiredService<FleetDesk>(), http, items, cancellation);
            var document = new JsonObject
            {
                ["name"] = "custody",
                ["items"] = count,
                ["firstMs"] = Math.Round(first, 1),
                ["pages"] = Samples.ToJson(pages),
                ["lookups"] = Samples.ToJson(found),
                ["changed"] = Samples.ToJson(changed),
                ["baseline"] = Samples.ToJson(bare),
            };
            return new Report(
                document,
                $"{count} items: a page of {PageRows} p95 {pages.At(0.95):F1} ms, an item by {DigitsShown} digits p95 "
                    + $"{found.At(0.95):F1} ms, a page after a change p95 {changed.At(0.95):F0} ms, the first "
                    + $"{first:F0} ms; a page without the fleet p95 {bare.At(0.95):F1} ms");
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
        }
    }

    /// <summary>One device that says it holds all of them.</summary>
    private static async Task<IReadOnlyList<ItemId>> FillAsync(
        FleetDesk desk, int count, CancellationToken cancellation)
    {
        var volume = new VolumeId(1);
        var device = new DeviceDeclared("bench", DeviceClass.AlwaysOn, "home", Offsite: false, [], ["http"]);
        await SayAsync(desk, device, cancellation);
        await SayAsync(desk, new VolumeDeclared(desk.Self, volume, "disk", 1L << 50, 0), cancellation);
        var items = Enumerable.Range(0, count).Select(n => Described(n)).ToList();
        await SayAsync(desk, new ItemsDescribed(items), cancellation);
        await SayAsync(
            desk,
            new HoldingsSet(desk.Self, volume, [.. items.Select(i =>
                new HoldingRow(i.Item, 1, HoldingState.Present, Evidence.Hash))]),
            cancellation);
        return [.. items.Select(i => i.Item)];
    }

    private static DescribedItem Described(int number)
    {
        var root = Hash256.Sha256(BitConverter.GetBytes(number));
        return new DescribedItem(
            ItemId.Of(1_000_000 + number, root), 1_000_000 + number, 262_144, root, Privacy.No, Policy.DefaultName);
    }

    /// <summary>Each look comes after a word that changes what is planned.</summary>
    private static async Task<IReadOnlyList<double>> ChangedAsync(
        FleetDesk desk, HttpClient http, IReadOnlyList<ItemId> items, CancellationToken cancellation)
    {
        var looks = new List<double>();
        for (var n = 0; n < Changes; n++)
        {
            var kind = n % 2 == 0 ? PinKind.Star : PinKind.None;
            await SayAsync(desk, new PinSet(items[0], PinScope.Fleet, kind), cancellation);
            looks.Add(await TimeAsync(http, "/fleet/custody", cancellation));
        }

        return looks;
    }

    private static async Task SayAsync(FleetDesk desk, IFleetPayload said, CancellationToken cancellation)
    {
        if ((await desk.SayAsync(said, dryRun: false, cancellation)).Problem is { } problem)
            throw new InvalidOperationException(problem.Sentence);
    }

    /// <summary>Milliseconds until the whole answer was read.</summary>
    private static async Task<double> TimeAsync(HttpClient http, string path, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        _ = await http.GetByteArrayAsync(path, cancellation);
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }
}
