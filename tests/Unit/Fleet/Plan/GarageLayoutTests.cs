using System.Globalization;
using System.Text.Json;
using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Layouts of another store, whose best use was found by maximum flow.</summary>
public sealed class GarageLayoutTests(ITestOutputHelper output)
{
    private const int ItemsAtOptimum = 5_000;
    private const long LargestBytes = 160L << 40;

    [Fact]
    public void At_least_nine_tenths_of_what_six_layouts_could_hold_is_used()
    {
        var path = Path.Combine(Checkout.Root, "../shared/data/fleet/garage/layout_optimum.json");
        Assert.SkipUnless(File.Exists(path), "SKIPPED: ../shared/data/fleet/garage is not beside this checkout.");
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var cases = document.RootElement.GetProperty("cases").EnumerateArray().ToArray();
        Assert.Equal(6, cases.Length);
        var shares = cases.Select(Share).ToArray();
        Assert.All(shares, share => Assert.InRange(share, 900, 1_000));
    }

    /// <summary>The items that find all their places, per mille of the optimum.</summary>
    private int Share(JsonElement layout)
    {
        var capacities = layout.GetProperty("capacities").EnumerateArray().Select(c => c.GetInt64()).ToArray();
        // Every layout in the same units, so that the rounding of weights is the same.
        var unit = LargestBytes / capacities.Max();
        var optimum = layout.GetProperty("effective_capacity").GetInt64() * unit;
        var world = new PlanWorld();
        var copies = layout.GetProperty("replication_factor").GetInt32();
        world.State.Put(Policy.Default with
        {
            Floor = copies,
            Ceiling = copies,
            ZonesMin = layout.GetProperty("zone_redundancy").GetInt32(),
        });
        var zones = layout.GetProperty("zones").EnumerateArray().Select(z => z.GetString()!).ToArray();
        for (var i = 0; i < capacities.Length; i++)
            world.Add(new DeviceFacts($"device{i}", zones[i])
            {
                CapacityBytes = capacities[i] * unit / 64 * 64,
            });
        var laptop = world.Add(new DeviceFacts("laptop", "desk") { Class = DeviceClass.Laptop });
        for (var i = 0; i < ItemsAtOptimum; i++) world.Item(i, optimum / ItemsAtOptimum, laptop);
        var plan = world.Plan();
        var placed = ItemsAtOptimum - plan.Infeasible.Count;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{layout.GetProperty("case").GetString()}: {placed * 100.0 / ItemsAtOptimum:F1} % of the optimum; "
            + $"went elsewhere: {plan.SurplusBytes * 1_000 / (optimum * copies)} ‰ of the bytes"));
        return placed * 1_000 / ItemsAtOptimum;
    }
}
