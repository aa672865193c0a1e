using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Benchmarks;

/// <summary>
/// A fleet's items on pages: the whole answer of the heat map, page by page; of an item by the first digits of its id;
/// and of a look after each change of the fleet. One after the other, over loopback. Baseline: the settings page,
/// which asks the fleet nothing.
/// </summary>
internal static class CustodyPages
{
    private const int ItemsUsually = 50_000;
    private const int PageRows = 100;
    private const int DigitsShown = 8;
    private const int Lookups = 400;
    private const int Changes = 60;

    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        var count = settings.Items ?? ItemsUsually;
        await using var node = await PageNode.StartAsync(cancellation);
        settings.Log($"custody: {count} items");
        var items = await FillAsync(node.Get<FleetDesk>(), count, cancellation);
        var first = await node.TimeAsync("/fleet/custody", cancellation);
        var pages = await node.TimeAsync(
            (count + PageRows - 1) / PageRows, n => $"/fleet/custody?from={n * PageRows}", cancellation);
        var found = await node.TimeAsync(
            Lookups, n => "/fleet/items/" + items[(int)((long)n * count / Lookups)].ToString()[..DigitsShown],
            cancellation);
        var bare = await node.BareAsync(Lookups, cancellation);
        var changed = await ChangingAsync(node, count, Changes, cancellation);
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

    /// <summary>One device that says it holds all of them.</summary>
    public static async Task<IReadOnlyList<ItemId>> FillAsync(
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

    public static ItemId ItemOf(int number) => Described(number).Item;

    private static DescribedItem Described(int number)
    {
        var root = Hash256.Sha256(BitConverter.GetBytes(number));
        return new DescribedItem(
            ItemId.Of(1_000_000 + number, root), 1_000_000 + number, 262_144, root, Privacy.No, Policy.DefaultName);
    }

    /// <summary>
    /// Pages from all over, each asked for right after the fleet heard something as it does while files come in: of a
    /// new item and who holds it, of a star, or of another copy of an item that is held.
    /// </summary>
    public static async Task<List<double>> ChangingAsync(
        PageNode node, int items, int looks, CancellationToken cancellation)
    {
        var (desk, took) = (node.Get<FleetDesk>(), new List<double>(looks));
        for (var n = 0; n < looks; n++)
        {
            var item = (n % 3) == 0 ? Described(items + n) : Described((int)((long)n * items / looks));
            if (n % 3 == 0) await SayAsync(desk, new ItemsDescribed([item]), cancellation);
            IFleetPayload said = n % 3 == 1
                ? new PinSet(item.Item, PinScope.Fleet, PinKind.Star)
                : new HoldingsSet(
                    desk.Self, new VolumeId(1),
                    [new HoldingRow(item.Item, n % 3 == 0 ? 1 : 2, HoldingState.Present, Evidence.Hash)]);
            await SayAsync(desk, said, cancellation);
            took.Add(await node.TimeAsync($"/fleet/custody?from={(long)n * items / looks}", cancellation));
        }

        return took;
    }

    private static async Task SayAsync(FleetDesk desk, IFleetPayload said, CancellationToken cancellation)
    {
        if ((await desk.SayAsync(said, dryRun: false, cancellation)).Problem is { } problem)
            throw new InvalidOperationException(problem.Sentence);
    }
}
