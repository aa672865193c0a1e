using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class PlannerTests
{
    private readonly PlanWorld _world = new();

    [Fact]
    public void At_the_floor_nothing_moves()
    {
        var (a, b) = (Add("a", "home"), Add("b", "cabin"));
        Add("c", "bank");
        _world.Item(1, PlanWorld.Gb, a, b);
        var plan = _world.Plan();
        Assert.Empty(plan.Copies);
        Assert.Empty(plan.Releases);
        Assert.Empty(plan.Infeasible);
    }

    [Fact]
    public void Below_the_floor_an_item_is_filled_to_the_floor_and_not_beyond()
    {
        var a = Add("a", "home");
        Add("b", "cabin");
        Add("c", "bank");
        _world.Item(1, PlanWorld.Gb, a);
        var copy = Assert.Single(_world.Plan().Copies);
        Assert.Equal(a, copy.Source);
        Assert.NotEqual(a, copy.Target);
    }

    [Fact]
    public void The_copy_of_a_laptop_is_a_source_and_no_more()
    {
        var laptop = _world.Add(new DeviceFacts("laptop", "home") { Class = DeviceClass.Laptop });
        Add("a", "home");
        Add("b", "cabin");
        _world.Item(1, PlanWorld.Gb, laptop);
        Assert.Equal([laptop, laptop], _world.Plan().Copies.Select(c => c.Source));
    }

    [Fact]
    public void What_is_lost_is_repaired_and_what_is_away_only_where_nobody_is_online()
    {
        var away = _world.Add(new DeviceFacts("away", "home") { Standing = Reachability.Away });
        var also = _world.Add(new DeviceFacts("also", "cabin") { Standing = Reachability.Away });
        var lost = _world.Add(new DeviceFacts("lost", "bank") { Standing = Reachability.Lost });
        var (a, b) = (Add("a", "home"), Add("b", "cabin"));
        var laptop = _world.Add(new DeviceFacts("laptop", "desk") { Class = DeviceClass.Laptop });
        _world.Item(1, 1, away, b);
        _world.Item(2, 1, away, also, laptop);
        _world.Item(3, 1, lost, a);
        var copies = _world.Plan().Copies.Select(c => c.Item).ToList();
        Assert.DoesNotContain(PlanWorld.ItemOf(1), copies);
        Assert.Single(copies, PlanWorld.ItemOf(2));
        Assert.Single(copies, PlanWorld.ItemOf(3));
    }

    [Fact]
    public void An_item_with_fewest_copies_gets_the_last_room_then_a_starred_one_then_by_hash()
    {
        var laptop = _world.Add(new DeviceFacts("laptop", "desk") { Class = DeviceClass.Laptop });
        var full = _world.Add(new DeviceFacts("full", "home") { FreeBytes = 0 });
        _world.Add(new DeviceFacts("a", "cabin") { CapacityBytes = 640, FreeBytes = 300 });
        _world.Item(1, 100, full);
        _world.Item(2, 100, full);
        _world.Item(3, 100, laptop);
        _world.Item(4, 100, full);
        _world.State.Pin(PlanWorld.ItemOf(4), null, PinKind.Star);
        var byHash = new[] { 1, 2 }.Select(PlanWorld.ItemOf).Min();
        var planned = _world.Plan().Copies.Select(c => c.Item).ToHashSet();
        Assert.Contains(PlanWorld.ItemOf(3), planned);
        Assert.Contains(PlanWorld.ItemOf(4), planned);
        // 300 bytes are 300 in steps of 10, so that there is room for one more.
        Assert.Equal(3, planned.Count);
        Assert.Contains(byHash, planned);
    }

    [Fact]
    public void A_second_zone_comes_before_a_better_rank_in_the_first()
    {
        var a = Add("a", "home");
        for (var i = 0; i < 20; i++) Add($"home{i}", "home");
        var far = Add("far", "cabin");
        for (var i = 0; i < 50; i++) _world.Item(i, 1, a);
        Assert.All(_world.Plan().Copies, c => Assert.Equal(far, c.Target));
    }

    [Fact]
    public void A_policy_that_wants_copies_elsewhere_gets_them_there()
    {
        _world.State.Put(Policy.Default with { Floor = 2, ZonesMin = 1, OffsiteMin = 1 });
        var a = Add("a", "home");
        for (var i = 0; i < 20; i++) Add($"b{i}", $"zone{i}");
        var vault = _world.Add(new DeviceFacts("vault", "home") { IsOffsite = true });
        for (var i = 0; i < 50; i++) _world.Item(i, 1, a);
        var plan = _world.Plan();
        Assert.Equal(50, plan.Copies.Count);
        Assert.All(plan.Copies, c => Assert.Equal(vault, c.Target));
    }

    [Fact]
    public void Copies_enough_in_one_zone_are_still_not_what_the_policy_asked_for()
    {
        var (a, b) = (Add("a", "home"), Add("b", "home"));
        var far = Add("far", "cabin");
        _world.Item(1, 1, a, b);
        Assert.Equal(far, Assert.Single(_world.Plan().Copies).Target);
    }

    [Fact]
    public void Where_there_is_one_zone_a_copy_in_it_is_better_than_none_and_the_zone_is_missed_aloud()
    {
        var (a, b) = (Add("a", "home"), Add("b", "home"));
        _world.Item(1, 1, a);
        var plan = _world.Plan();
        Assert.Equal(b, Assert.Single(plan.Copies).Target);
        Assert.Equal(new Infeasible(PlanWorld.ItemOf(1), 1, Constraint.Zones), Assert.Single(plan.Infeasible));
    }

    [Fact]
    public void Each_reason_why_a_policy_cannot_be_met_is_told_apart()
    {
        var (a, b) = (Add("a", "home"), _world.Add(new DeviceFacts("b", "cabin") { FreeBytes = 100 * PlanWorld.Gb }));
        var lost = _world.Add(new DeviceFacts("lost", "home") { Standing = Reachability.Lost });
        _world.State.Put(new Policy("offsite", 2, 3, 1, 1, AutoCopy: false));
        _world.State.Put(new Policy("many", 3, 3, 1, 0, AutoCopy: false));
        _world.Item(1, 1, lost);
        _world.Item(2, PlanWorld.Tb, a);
        _world.Item(PlanWorld.Described(3, 1) with { Policy = "offsite" }, a, b);
        _world.Item(PlanWorld.Described(4, 1) with { Policy = "many" }, a, b);
        _world.Item(5, 1);
        var why = _world.Plan().Infeasible.ToDictionary(i => i.Item, i => (i.Missing, i.Why));
        Assert.Equal((2, Constraint.Source), why[PlanWorld.ItemOf(1)]);
        Assert.Equal((1, Constraint.Capacity), why[PlanWorld.ItemOf(2)]);
        Assert.Equal((1, Constraint.Offsite), why[PlanWorld.ItemOf(3)]);
        Assert.Equal((1, Constraint.Devices), why[PlanWorld.ItemOf(4)]);
        Assert.Equal((2, Constraint.Source), why[PlanWorld.ItemOf(5)]);
        Assert.Equal(5, why.Count);
    }

    [Fact]
    public void A_full_device_passes_a_copy_on_and_the_plan_says_how_much_went_elsewhere()
    {
        var a = Add("a", "home");
        var small = _world.Add(new DeviceFacts("small", "cabin") { FreeBytes = 0 });
        var free = Add("free", "bank");
        for (var i = 0; i < 40; i++) _world.Item(i, 7, a);
        var plan = _world.Plan();
        Assert.All(plan.Copies, c => Assert.Equal(free, c.Target));
        Assert.InRange(plan.SurplusBytes / 7, 10, 30);
        Assert.Equal(0, plan.SurplusBytes % 7);
        Assert.DoesNotContain(plan.Copies, c => c.Target == small);
    }

    [Fact]
    public void A_planned_copy_makes_way_for_one_that_has_no_other_place_and_a_verified_one_never_does()
    {
        // What is at home may go to the bank or the cabin; what is in the cabin only to the bank, with room for one.
        _world.State.Put(Policy.Default with { Floor = 2, Ceiling = 2, ZonesMin = 2 });
        var laptop = _world.Add(new DeviceFacts("laptop", "desk") { Class = DeviceClass.Laptop });
        var home = _world.Add(new DeviceFacts("home", "home") { FreeBytes = 0 });
        var cabin = _world.Add(new DeviceFacts("cabin", "cabin") { FreeBytes = 0 });
        var one = _world.Add(new DeviceFacts("one", "bank") { CapacityBytes = 6_400, FreeBytes = 100 });
        var other = _world.Add(new DeviceFacts("other", "cabin") { CapacityBytes = 6_400, FreeBytes = 6_000 });
        var displaced = 0;
        for (var i = 0; i < 60; i += 2)
        {
            _world.Item(i, 100, laptop, home);
            _world.Item(i + 1, 100, laptop, cabin);
            var plan = _world.Plan();
            var places = plan.Copies.ToDictionary(c => c.Item, c => c.Target);
            if (i == 0)
            {
                Assert.Equal(one, places[PlanWorld.ItemOf(1)]);
                Assert.Equal(other, places[PlanWorld.ItemOf(0)]);
            }

            var fromCabin = Enumerable.Range(0, i + 2).Where(n => n % 2 == 1).Select(PlanWorld.ItemOf).ToHashSet();
            Assert.Single(plan.Copies, c => c.Target == one);
            Assert.Contains(plan.Copies, c => c.Target == one && fromCabin.Contains(c.Item));
            displaced += plan.SurplusBytes > 0 ? 1 : 0;
            Assert.Empty(plan.Releases);
        }

        Assert.True(displaced > 0);
    }

    [Fact]
    public void Beyond_the_ceiling_one_copy_is_proposed_and_the_last_in_rank_goes_first()
    {
        var devices = Enumerable.Range(0, 6).Select(i => Add($"d{i}", $"zone{i}")).ToArray();
        var draining = _world.Add(new DeviceFacts("old", "zone9") { State = DeviceState.Draining });
        _world.Item(1, 1, devices);
        _world.Item(2, 1, [.. devices, draining]);
        _world.Item(3, 1, devices[..3]);
        var table = _world.Table();
        var worst = devices.MaxBy(d => new Ranking(table).Place(
            table.KeyOf(PlanWorld.ItemOf(1).Value), table.NumberOf(d)));
        var releases = _world.Plan().Releases.ToDictionary(r => r.Item, r => r.Device);
        Assert.Equal(worst, releases[PlanWorld.ItemOf(1)]);
        Assert.Equal(draining, releases[PlanWorld.ItemOf(2)]);
        Assert.Equal(2, releases.Count);
    }

    [Fact]
    public void A_draining_devices_copies_are_replaced_and_only_then_go()
    {
        var draining = _world.Add(new DeviceFacts("old", "shed") { State = DeviceState.Draining });
        var (a, b) = (Add("a", "home"), Add("b", "cabin"));
        _world.Item(1, 1, draining, a);
        _world.Item(2, 1, draining, a, b);
        var plan = _world.Plan();
        Assert.Equal(
            (PlanWorld.ItemOf(1), b), Assert.Single(plan.Copies.Select(c => (c.Item, c.Target))));
        Assert.Equal(
            (PlanWorld.ItemOf(2), draining), Assert.Single(plan.Releases.Select(r => (r.Item, r.Device))));
        Assert.Empty(plan.Infeasible);
    }

    [Fact]
    public void Nothing_goes_in_the_stead_of_a_draining_device_that_is_out_of_reach()
    {
        var facts = new DeviceFacts("old", "shed") { State = DeviceState.Draining, Standing = Reachability.Away };
        _world.Item(1, 1, _world.Add(facts), Add("a", "home"), Add("b", "cabin"));
        Assert.Empty(_world.Plan().Releases);
    }

    [Fact]
    public void A_draining_device_that_nothing_can_replace_is_reported()
    {
        var draining = _world.Add(new DeviceFacts("old", "shed") { State = DeviceState.Draining });
        _world.Item(1, 1, draining, Add("a", "home"));
        var plan = _world.Plan();
        Assert.Empty(plan.Releases);
        Assert.Equal(1, Assert.Single(plan.Infeasible).Missing);
    }

    [Fact]
    public void A_copy_on_a_shelf_or_out_of_reach_is_not_proposed_to_go()
    {
        var shelf = _world.Add(new DeviceFacts("shelf", "vault") { Class = DeviceClass.Archive, IsUnplugged = true });
        var away = _world.Add(new DeviceFacts("away", "bank") { Standing = Reachability.Away });
        var (a, b) = (Add("a", "home"), Add("b", "cabin"));
        _world.Item(1, 1, shelf, away, a, b);
        Assert.Contains(Assert.Single(_world.Plan().Releases).Device, new[] { a, b });
    }

    [Fact]
    public void An_excess_whose_every_copy_the_zones_need_stays()
    {
        _world.State.Put(Policy.Default with { Floor = 1, Ceiling = 1, ZonesMin = 2 });
        _world.Item(1, 1, Add("a", "home"), Add("b", "cabin"));
        Assert.Empty(_world.Plan().Releases);
    }

    [Fact]
    public void A_source_is_proven_near_and_steady()
    {
        var target = Add("target", "home");
        var claims = Add("claims", "home");
        var near = _world.Add(new DeviceFacts("near", "home") { Class = DeviceClass.Laptop, Uptime = 500 });
        var steady = _world.Add(new DeviceFacts("steady", "bank") { Class = DeviceClass.Laptop });
        var shaky = _world.Add(new DeviceFacts("shaky", "bank") { Class = DeviceClass.Laptop, Uptime = 600 });
        _world.State.Put(Policy.Default with { Floor = 1, Ceiling = 1, ZonesMin = 1 });
        _world.Item(1, 1, near, steady, shaky);
        _world.Item(2, 1, shaky, steady);
        _world.Item(3, 1, shaky);
        foreach (var i in new[] { 1, 2, 3 }) _world.Hold(PlanWorld.ItemOf(i), claims, null);
        var plan = _world.Plan();
        Assert.All(plan.Copies, c => Assert.Equal(target, c.Target));
        var sources = plan.Copies.ToDictionary(c => c.Item, c => c.Source);
        Assert.Equal(near, sources[PlanWorld.ItemOf(1)]);
        Assert.Equal(steady, sources[PlanWorld.ItemOf(2)]);
        Assert.Equal(shaky, sources[PlanWorld.ItemOf(3)]);
    }

    [Fact]
    public void An_empty_fleet_has_an_empty_plan()
    {
        var plan = _world.Plan();
        Assert.Empty(plan.Copies);
        Assert.Null(plan.Duties.BroadcastHost);
        _world.Item(1, 1);
        Assert.Equal(Constraint.Source, Assert.Single(_world.Plan().Infeasible).Why);
    }

    private DeviceId Add(string name, string zone) => _world.Add(new DeviceFacts(name, zone));
}
