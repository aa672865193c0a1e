using System.Globalization;
using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>What a change of the fleet moves, beside the least that it could.</summary>
public sealed class MovementTests(ITestOutputHelper output)
{
    private const int Zones = 8;
    private const int Devices = 40;
    private const int Items = 4_000;

    public static TheoryData<int, int> FloorsAndZones => new() { { 2, 2 }, { 3, 2 }, { 3, 3 }, { 3, 1 } };

    [Theory, MemberData(nameof(FloorsAndZones))]
    public void Removing_a_device_moves_what_was_planned_for_it_and_little_more(int floor, int zonesMin)
    {
        var policies = Policies(floor, zonesMin);
        var before = Table(policies, null, null);
        foreach (var removed in Enumerable.Range(0, 5).Select(IdOf))
        {
            var (was, now) = (Planner.Plan(before, policies), Planner.Plan(Table(policies, removed, null), policies));
            Assert.Equal(Items * floor, now.Copies.Count);
            var ideal = was.Copies.Where(c => c.Target == removed).Sum(c => c.SizeBytes);
            AssertWithin(Come(was, now), ideal);
        }
    }

    [Theory, MemberData(nameof(FloorsAndZones))]
    public void Doubling_a_weight_moves_what_comes_to_the_device_and_little_more(int floor, int zonesMin)
    {
        var policies = Policies(floor, zonesMin);
        var before = Table(policies, null, null);
        foreach (var doubled in Enumerable.Range(0, 5).Select(IdOf))
        {
            var (was, now) = (Planner.Plan(before, policies), Planner.Plan(Table(policies, null, doubled), policies));
            AssertWithin(Come(was, now), Come(was, now, doubled));
        }
    }

    [Fact]
    public void What_is_verified_stays_where_it_is_however_the_weights_change()
    {
        var policies = Policies(2, 2);
        var table = Table(policies, null, null);
        var plan = Planner.Plan(table, policies);
        var held = plan.Copies.ToLookup(c => c.Item, c => c.Target);
        foreach (var doubled in Enumerable.Range(0, 5).Select(IdOf))
        {
            var steady = Planner.Plan(Table(policies, null, doubled, held), policies);
            Assert.Empty(steady.Copies);
            Assert.Empty(steady.Releases);
        }
    }

    private static long Come(FleetPlan was, FleetPlan now, DeviceId? only = null) => now.Copies
        .Where(c => only is null || c.Target == only)
        .ExceptBy(was.Copies.Select(c => (c.Item, c.Target)), c => (c.Item, c.Target)).Sum(c => c.SizeBytes);

    private static DeviceId IdOf(int number) =>
        PlanWorld.IdOf("device" + number.ToString(CultureInfo.InvariantCulture));

    private static PolicyTable Policies(int floor, int zonesMin) => new(
        [Policy.Default with { Floor = floor, Ceiling = floor, ZonesMin = zonesMin }]);

    private void AssertWithin(long moved, long ideal)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(double)moved / ideal:F4} of the ideal"));
        Assert.True(ideal > 0);
        Assert.InRange(moved * 1_000 / ideal, 0, 1_050);
    }

    /// <summary>Items that a laptop holds, which never counts, so that all copies are planned.</summary>
    private static PlanningTable Table(
        PolicyTable policies, DeviceId? removed, DeviceId? doubled, ILookup<ItemId, DeviceId>? held = null)
    {
        var devices = Enumerable.Range(0, Devices).Select(d => Device(
            IdOf(d), $"zone{d % Zones}", DeviceClass.AlwaysOn, (4 + (d % 5)) * (IdOf(d) == doubled ? 2 : 1)));
        var laptop = Device(PlanWorld.IdOf("laptop"), "desk", DeviceClass.Laptop, 1);
        var rows = new PlanningRows(
            new Anarchive.Log.GroupId(PlanWorld.Hash("fleet")), devices.Where(d => d.Id != removed).Append(laptop),
            policies);
        for (var i = 0; i < Items; i++)
        {
            var holders = held?[PlanWorld.ItemOf(i)].Select(d => new PlanHolder(d, IsVerified: true)) ?? [];
            rows.Add(new PlanItem(
                PlanWorld.ItemOf(i), 1 + (i % 100), Policy.DefaultName, false, false,
                [.. holders, new PlanHolder(laptop.Id, IsVerified: true)]));
        }

        return rows.Build(PlanWorld.Now);
    }

    private static PlanDevice Device(DeviceId id, string zone, DeviceClass of, long tier) => new(
        id, of, zone, false, true, false, DeviceState.Active, Reachability.Up, 990, tier,
        [new PlanVolume(new VolumeId(id.Value.Prefix), PlanWorld.Tb)]);
}
