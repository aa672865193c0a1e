using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class PlanningTableTests
{
    private readonly PlanWorld _world = new();

    [Theory]
    [InlineData(DeviceClass.AlwaysOn, true, true)]
    [InlineData(DeviceClass.Desktop, true, true)]
    [InlineData(DeviceClass.Seedbox, true, true)]
    [InlineData(DeviceClass.Archive, true, false)]
    [InlineData(DeviceClass.Laptop, false, false)]
    [InlineData(DeviceClass.Phone, false, false)]
    public void A_class_counts_and_gets_copies_as_the_design_says(DeviceClass of, bool counts, bool isTarget) =>
        Serves(new DeviceFacts("a", "home") { Class = of }, counts, isTarget);

    [Theory]
    [InlineData(DeviceState.Active, true, true)]
    [InlineData(DeviceState.Draining, true, false)]
    [InlineData(DeviceState.Retired, false, false)]
    [InlineData(DeviceState.Dead, false, false)]
    public void A_draining_device_counts_and_gets_nothing_and_a_dead_one_is_nothing_at_once(
        DeviceState state, bool counts, bool isTarget) =>
        Serves(new DeviceFacts("a", "home") { State = state }, counts, isTarget);

    [Theory]
    [InlineData(Reachability.Up, true, true)]
    [InlineData(Reachability.Suspect, true, true)]
    [InlineData(Reachability.Away, true, false)]
    [InlineData(Reachability.Lost, false, false)]
    public void A_device_out_of_reach_counts_until_it_is_lost(Reachability standing, bool counts, bool isTarget) =>
        Serves(new DeviceFacts("a", "home") { Standing = standing }, counts, isTarget);

    [Theory]
    [InlineData(1_000, 990)]
    [InlineData(989, 950)]
    [InlineData(800, 800)]
    [InlineData(500, 500)]
    [InlineData(499, 0)]
    public void An_uptime_is_its_bucket_and_too_little_of_it_does_not_count(int uptime, int bucket)
    {
        var device = Read(new DeviceFacts("a", "home") { Uptime = uptime });
        Assert.Equal(bucket, device.UptimePermille);
        Assert.Equal(bucket > 0, device.Counts);
    }

    [Fact]
    public void An_archive_is_judged_by_its_evidence_and_never_by_reach()
    {
        var shelf = new DeviceFacts("shelf", "vault")
        {
            Class = DeviceClass.Archive,
            IsAgentless = true,
            IsUnplugged = true,
            Standing = Reachability.Lost,
            Uptime = 0,
        };
        var id = _world.Add(shelf);
        _world.Item(1, 5);
        _world.Hold(PlanWorld.ItemOf(1), id, PlanWorld.Now.StartMs - Holding.ArchiveWindowMs);
        _world.Item(2, 5);
        _world.Hold(PlanWorld.ItemOf(2), id, PlanWorld.Now.StartMs - Holding.ArchiveWindowMs - 1);
        Assert.Equal((true, false), (IsVerified(1), IsVerified(2)));
        Assert.True(_world.Table().Devices.Single().Counts);
    }

    [Fact]
    public void The_better_of_two_observers_is_believed()
    {
        var facts = new DeviceFacts("a", "home") { Standing = Reachability.Lost, Uptime = 300 };
        _world.Add(facts);
        _world.See(facts with { Standing = Reachability.Up, Uptime = 960 }, new NodeId(PlanWorld.Hash("second")));
        var device = _world.Table().Devices.Single();
        Assert.Equal((Reachability.Up, 950), (device.Standing, device.UptimePermille));
    }

    [Fact]
    public void An_observer_who_is_away_itself_no_longer_vouches_for_anyone()
    {
        var dead = _world.Add(new DeviceFacts("dead", "home") { Standing = Reachability.Away });
        var facts = new DeviceFacts("a", "home") { Standing = Reachability.Lost };
        _world.Add(facts);
        _world.See(facts with { Standing = Reachability.Up }, dead.AsNode());
        Assert.False(_world.Table().Devices.Single(d => d.Id == PlanWorld.IdOf("a")).Counts);
    }

    [Theory]
    [InlineData(24, Reachability.Up)]
    [InlineData(25, Reachability.Suspect)]
    [InlineData(48, Reachability.Away)]
    [InlineData(96, Reachability.Lost)]
    [InlineData(1_000, Reachability.Lost)]
    public void A_report_that_nobody_repeats_grows_old(int hours, Reachability standing) =>
        Assert.Equal(standing, Read(new DeviceFacts("a", "home") { ReportedHoursAgo = hours }).Standing);

    [Fact]
    public void What_a_device_says_of_itself_counts_only_where_nobody_else_speaks()
    {
        var facts = new DeviceFacts("a", "home") { Standing = Reachability.Lost };
        var id = _world.Add(facts);
        _world.See(facts with { Standing = Reachability.Up }, id.AsNode());
        Assert.Equal(Reachability.Lost, _world.Table().Devices.Single().Standing);

        var alone = new PlanWorld();
        var table = PlanningTable.From(Alone(alone), PlanWorld.Now);
        Assert.True(table.Devices.Single().IsTarget);
    }

    [Fact]
    public void What_lies_on_an_unplugged_volume_does_not_count()
    {
        var id = _world.Add(new DeviceFacts("a", "home") { IsUnplugged = true });
        _world.Item(1, 5, id);
        Assert.False(IsVerified(1));
        Assert.False(_world.Table().Devices.Single().Counts);
    }

    [Fact]
    public void A_silent_device_keeps_what_was_last_known_of_its_volumes()
    {
        var facts = new DeviceFacts("a", "home") { ReportedHoursAgo = 3 };
        _world.Add(facts);
        var second = new NodeId(PlanWorld.Hash("second"));
        _world.See(facts with { Standing = Reachability.Suspect, IsUnplugged = true, ReportedHoursAgo = 1 }, second);
        Assert.Single(_world.Table().Devices.Single().Volumes);
    }

    [Theory]
    [InlineData(HoldingState.Partial)]
    [InlineData(HoldingState.Quarantined)]
    [InlineData(HoldingState.Gone)]
    public void Only_present_bytes_are_held(HoldingState state)
    {
        var id = _world.Add(new DeviceFacts("a", "home"));
        _world.Item(1, 5);
        _world.Hold(PlanWorld.ItemOf(1), id, PlanWorld.Now.StartMs, state);
        Assert.Empty(_world.Table().Items.HoldersOf(0).ToArray());
    }

    [Fact]
    public void A_claim_is_a_holder_and_proves_nothing()
    {
        var id = _world.Add(new DeviceFacts("a", "home"));
        _world.Item(1, 5);
        _world.Hold(PlanWorld.ItemOf(1), id, null);
        Assert.False(IsVerified(1));
    }

    [Theory]
    [InlineData(640, 640, 0, 640)]
    [InlineData(640, 639, 0, 630)]
    [InlineData(640, 639, 600, 30)]
    [InlineData(640, 639, 631, 0)]
    public void Room_is_what_is_free_in_whole_steps_beyond_the_reserve(
        long capacity, long free, long reserve, long room)
    {
        var device = Read(new DeviceFacts("a", "home")
        {
            CapacityBytes = capacity,
            FreeBytes = free,
            ReserveBytes = reserve,
        });
        Assert.Equal(room, device.Volumes.Single().RoomBytes);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(15, 15)]
    [InlineData(17, 16)]
    [InlineData(18, 18)]
    [InlineData(1_000, 960)]
    [InlineData(1_023, 960)]
    [InlineData(1_024, 1_024)]
    public void A_capacity_is_rounded_to_eight_steps_per_doubling(long units, long tier) =>
        Assert.Equal(tier, PlanDevice.TierOf(units << 34));

    [Fact]
    public void Evidence_renewed_while_it_holds_and_an_uptime_within_its_bucket_leave_the_plan_its_id()
    {
        var facts = new DeviceFacts("a", "home") { Uptime = 960 };
        var id = _world.Add(facts);
        _world.Item(1, 5);
        _world.Hold(PlanWorld.ItemOf(1), id, PlanWorld.Now.StartMs - (29 * 24 * PlanWorld.HourMs));
        var before = _world.Plan().Id;
        _world.Hold(PlanWorld.ItemOf(1), id, PlanWorld.Now.StartMs - 1);
        _world.See(facts with { Uptime = 985, ReportedHoursAgo = 20 }, PlanWorld.Observer);
        Assert.Equal(before, _world.Plan().Id);
        _world.Hold(PlanWorld.ItemOf(1), id, null);
        Assert.NotEqual(before, _world.Plan().Id);
    }

    [Fact]
    public void Each_thing_a_plan_is_made_from_changes_its_id()
    {
        _world.Add(new DeviceFacts("a", "home"));
        _world.Item(1, 5, PlanWorld.IdOf("a"));
        var seen = new HashSet<Hash256> { _world.Plan().Id };
        Changes(() => _world.Add(new DeviceFacts("a", "cabin")));
        Changes(() => _world.Add(new DeviceFacts("b", "home")));
        Changes(() => _world.Item(2, 5));
        Changes(() => _world.State.Pin(PlanWorld.ItemOf(2), null, PinKind.Star));
        Changes(() => _world.State.Put(Policy.Default with { Floor = 3 }));
        Changes(() => _world.State.Put(Policy.Default with { Name = "other" }));
        Changes(() => _world.State.Put(new DutyOverride("research", "fleet", null, new Epoch(long.MaxValue))));
        Changes(() => _world.Hold(PlanWorld.ItemOf(2), PlanWorld.IdOf("b"), null));
        var policies = PolicyTable.From(_world.State);
        var later = PlanningTable.From(_world.State, new Epoch(PlanWorld.Now.Number + 1));
        Assert.Equal(_world.Table().Digest, later.Digest);
        Assert.True(seen.Add(Planner.Plan(later, policies).Id));

        void Changes(Action change)
        {
            change();
            Assert.True(seen.Add(_world.Plan().Id));
        }
    }

    [Fact]
    public void What_comes_twice_or_is_unknown_is_the_callers_mistake()
    {
        var sample = new PlanSample(1, 4, 4);
        var policies = sample.PolicyTable();
        sample.Items.Add(sample.Items[0]);
        Assert.Throws<ArgumentException>(() => sample.Table(policies));
        sample.Items.RemoveAt(4);
        sample.Devices.Add(sample.Devices[0]);
        Assert.Throws<ArgumentException>(() => sample.Table(policies));
        sample.Devices.RemoveAt(4);
        var table = sample.Table(policies);
        var stranger = sample.Devices[0] with { Id = PlanWorld.IdOf("stranger") };
        Assert.Throws<ArgumentException>(() => table.With(new TableChange(stranger, [])));
        Assert.Throws<ArgumentException>(() => table.With(
            new TableChange(sample.Devices[0], [new HeldChange(PlanWorld.ItemOf(99), true, true)])));
        Assert.Throws<ArgumentException>(() => new PolicyTable([Policy.Default, Policy.Default]));
    }

    private static FleetState Alone(PlanWorld world)
    {
        var facts = new DeviceFacts("only", "home");
        var id = PlanWorld.IdOf("only");
        world.State.Put(new Device(
            id, "only", DeviceClass.Desktop, "home", false, [], [], null, DeviceState.Active));
        world.State.Put(new Volume(PlanWorld.VolumeOf("only"), id, "data", facts.CapacityBytes, 0));
        world.See(facts, id.AsNode());
        return world.State;
    }

    private void Serves(DeviceFacts facts, bool counts, bool isTarget)
    {
        var device = Read(facts);
        Assert.Equal((counts, isTarget), (device.Counts, device.IsTarget));
    }

    private PlanDevice Read(DeviceFacts facts)
    {
        _world.Add(facts);
        return _world.Table().Devices.Single();
    }

    private bool IsVerified(int number)
    {
        var table = _world.Table();
        return (table.Items.HoldersOf(table.Items.NumberOf(PlanWorld.ItemOf(number)))[0] & 1) == 1;
    }
}
