using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class DutyTests
{
    private static readonly Epoch Long = new(long.MaxValue);

    private readonly PlanWorld _world = new();

    [Fact]
    public void Custodians_are_the_holders_that_count_and_the_targets()
    {
        var (a, b) = (Add("a", "home"), Add("b", "cabin"));
        var claims = Add("claims", "home");
        var item = _world.Item(1, 1, a);
        _world.Hold(item, claims, null);
        Assert.Equal(new[] { a, b }.Order(), _world.Plan().Duties.CustodiansOf(item));
        Assert.Empty(_world.Plan().Duties.CustodiansOf(PlanWorld.ItemOf(2)));
    }

    [Fact]
    public void A_baton_goes_round_by_the_week_and_passes_over_the_silent_and_those_without_a_node()
    {
        DeviceId[] up = [Add("a", "home"), Add("b", "cabin"), Add("c", "bank")];
        var suspect = _world.Add(new DeviceFacts("s", "home") { Standing = Reachability.Suspect });
        var rented = _world.Add(new DeviceFacts("r", "abroad") { Class = DeviceClass.Seedbox, IsAgentless = true });
        var item = _world.Item(1, 1, [.. up, suspect, rented]);
        var policies = PolicyTable.From(_world.State);
        var turns = Enumerable.Range(0, 40).Select(week =>
        {
            var epoch = new Epoch(PlanWorld.Now.Number + (week * 672));
            return Planner.Plan(TableAt(epoch), policies).Duties.BatonOf(item)!.Value;
        }).ToArray();
        Assert.Equal(up.Order(), turns.Distinct().Order());
        Assert.Equal(turns[0], turns[5]);
    }

    [Fact]
    public void Where_all_are_silent_one_has_the_baton_and_where_none_counts_another_holder()
    {
        var suspect = _world.Add(new DeviceFacts("s", "home") { Standing = Reachability.Suspect });
        var laptop = _world.Add(new DeviceFacts("laptop", "home") { Class = DeviceClass.Laptop });
        var one = _world.Item(1, 1, suspect);
        var other = _world.Item(2, 1, laptop);
        var nobodys = _world.Item(3, 1);
        var duties = _world.Plan().Duties;
        Assert.Equal(suspect, duties.BatonOf(one));
        Assert.Equal(laptop, duties.BatonOf(other));
        Assert.Null(duties.BatonOf(nobodys));
    }

    [Theory]
    [InlineData(Privacy.No, true, null, true)]
    [InlineData(Privacy.No, true, "open", true)]
    [InlineData(Privacy.No, true, "closed", false)]
    [InlineData(Privacy.No, true, "private", false)]
    [InlineData(Privacy.No, true, "unheard", false)]
    [InlineData(Privacy.No, false, null, false)]
    [InlineData(Privacy.Unknown, true, null, false)]
    [InlineData(Privacy.Unknown, true, "open", false)]
    [InlineData(Privacy.Yes, true, null, false)]
    [InlineData(Privacy.Yes, true, "open", false)]
    public void Only_what_is_known_to_be_public_and_open_has_a_face(
        Privacy privacy, bool isTorrent, string? source, bool hasFace)
    {
        _world.State.Put(new Source("open", Privacy.No, "a.example", SourceGate.Open, Isolation.Open));
        _world.State.Put(new Source("closed", Privacy.No, "b.example", SourceGate.Open, Isolation.F2fOnly));
        _world.State.Put(new Source("private", Privacy.Yes, "c.example", SourceGate.Open, Isolation.Open));
        var item = _world.Item(
            PlanWorld.Described(1, 1) with
            {
                Privacy = privacy,
                InfoHashV1 = isTorrent ? new string('a', 40) : null,
                Source = source,
            },
            Add("a", "home"));
        Assert.Equal(hasFace, _world.Plan().Duties.FaceOf(item) is not null);
    }

    [Fact]
    public void A_rented_box_is_the_face_before_one_at_home_and_a_desktop_never_is()
    {
        var home = Add("home", "home");
        var desktop = _world.Add(new DeviceFacts("desktop", "home") { Class = DeviceClass.Desktop });
        var box = _world.Add(new DeviceFacts("box", "rack") { Class = DeviceClass.Seedbox, IsAgentless = true });
        var all = Public(1, home, desktop, box);
        var two = Public(2, home, desktop);
        var one = Public(3, desktop);
        var claimed = Public(4);
        _world.Hold(claimed, box, null);
        var duties = _world.Plan().Duties;
        Assert.Equal((box, home), (duties.FaceOf(all), duties.FaceOf(two)));
        Assert.Null(duties.FaceOf(one));
        Assert.Null(duties.FaceOf(claimed));
    }

    [Fact]
    public void One_node_that_is_always_on_hosts_a_desktop_if_there_is_none_and_a_rented_box_never_without_a_node()
    {
        _world.Add(new DeviceFacts("box", "rack") { Class = DeviceClass.Seedbox, IsAgentless = true });
        Assert.Null(_world.Plan().Duties.BroadcastHost);
        var desktop = _world.Add(new DeviceFacts("desktop", "home") { Class = DeviceClass.Desktop });
        Assert.Equal(desktop, _world.Plan().Duties.BroadcastHost);
        _world.Add(new DeviceFacts("lost", "home") { Standing = Reachability.Lost });
        Assert.Equal(desktop, _world.Plan().Duties.BroadcastHost);
        var on = Add("on", "home");
        Assert.Equal(on, _world.Plan().Duties.BroadcastHost);
    }

    [Fact]
    public void Two_watch_each_device_from_different_zones_and_none_itself()
    {
        for (var i = 0; i < 9; i++) Add($"d{i}", $"zone{i % 3}");
        _world.Add(new DeviceFacts("box", "rack") { Class = DeviceClass.Seedbox, IsAgentless = true });
        _world.Add(new DeviceFacts("gone", "home") { State = DeviceState.Retired });
        var devices = _world.State.Devices;
        var probers = _world.Plan().Duties.Probers;
        Assert.Equal(10, probers.Count);
        Assert.All(probers, p =>
        {
            Assert.Equal(2, p.Observers.Distinct().Count());
            Assert.DoesNotContain(p.Subject, p.Observers);
            Assert.Equal(2, p.Observers.Select(o => devices[o].Zone).Distinct().Count());
            Assert.All(p.Observers, o => Assert.Null(devices[o].Steward));
        });
        Assert.True(probers.SelectMany(p => p.Observers).Distinct().Count() > 4);
    }

    [Fact]
    public void Before_anyone_was_seen_all_nodes_take_turns_to_look()
    {
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
            _world.State.Put(new Device(
                PlanWorld.IdOf(name), name, DeviceClass.Desktop, "home", false, [], [], null, DeviceState.Active));
        var policies = PolicyTable.From(_world.State);
        var looked = Enumerable.Range(0, 40).SelectMany(i =>
            Planner.Plan(PlanningTable.From(_world.State, new Epoch(PlanWorld.Now.Number + i)), policies)
                .Duties.Probers.Single(p => p.Subject == PlanWorld.IdOf("a")).Observers).ToHashSet();
        Assert.Equal(new[] { "b", "c", "d", "e" }.Select(PlanWorld.IdOf).Order(), looked.Order());
    }

    [Fact]
    public void Who_asks_indexers_has_the_service_and_is_one()
    {
        Add("a", "home");
        Assert.Null(_world.Plan().Duties.Research);
        var able = _world.Add(new DeviceFacts("b", "home") { Services = ["torznab"] });
        Assert.Equal(able, _world.Plan().Duties.Research);
    }

    [Fact]
    public void Three_give_an_edition_and_only_nodes_one_for_friends()
    {
        for (var i = 0; i < 3; i++)
            _world.Add(new DeviceFacts($"box{i}", "rack") { Class = DeviceClass.Seedbox, IsAgentless = true });
        var nodes = new[] { Add("a", "home"), Add("b", "cabin") };
        var table = PlanningTable.From(_world.State, PlanWorld.Now, ReachabilitySteps.Default,
            [new EditionToSeed("public", IsForFriends: false), new EditionToSeed("friends", IsForFriends: true)]);
        var duties = Planner.Plan(table, PolicyTable.From(_world.State)).Duties.EditionSeeders;
        Assert.Equal(["friends", "public"], duties.Select(d => d.Edition));
        Assert.Equal(nodes.Order(), duties[0].Seeders.Order());
        Assert.Equal(3, duties[1].Seeders.Distinct().Count());
    }

    [Fact]
    public void What_the_owner_says_is_done()
    {
        var (a, b, c) = (Add("a", "home"), Add("b", "cabin"), Add("c", "bank"));
        var item = Public(1, a, b);
        var free = Public(2, a, b);
        Say("custodian", item.ToString(), c);
        Say("baton", item.ToString(), b);
        Say("public_swarm_face", item.ToString(), null);
        Say("public_swarm_face", free.ToString(), b);
        Say("broadcast_host", "fleet", b);
        Say("research", "fleet", null);
        Say("prober", a.ToString(), c);
        var duties = _world.Plan().Duties;
        Assert.Empty(duties.Ignored);
        Assert.Equal((item, c), Assert.Single(_world.Plan().Copies.Select(x => (x.Item, x.Target))));
        Assert.Equal(b, duties.BatonOf(item));
        Assert.Null(duties.FaceOf(item));
        Assert.Equal(b, duties.FaceOf(free));
        Assert.Equal(b, duties.BroadcastHost);
        Assert.Null(duties.Research);
        Assert.Equal(c, duties.Probers.Single(p => p.Subject == a).Observers[0]);
    }

    [Fact]
    public void What_the_owner_says_of_an_unfit_device_is_reported_and_not_done()
    {
        var a = Add("a", "home");
        var lost = _world.Add(new DeviceFacts("lost", "home") { Standing = Reachability.Lost });
        var item = _world.Item(1, 1, a);
        Say("custodian", item.ToString(), lost);
        Say("custodian", PlanWorld.ItemOf(2).ToString(), a);
        Say("baton", item.ToString(), lost);
        Say("public_swarm_face", item.ToString(), a);
        Say("broadcast_host", "fleet", lost);
        Say("broadcast_host", "house", a);
        Say("prober", a.ToString(), a);
        Say("research", "fleet", PlanWorld.IdOf("stranger"));
        Say("edition_seeder", "none", a);
        Say("cook", "fleet", a);
        var plan = _world.Plan();
        Assert.Equal(
            [
                "baton Device", "broadcast_host Device", "broadcast_host Subject", "cook Subject", "custodian Device",
                "custodian Subject", "edition_seeder Subject", "prober Device", "public_swarm_face Device",
                "research Device",
            ],
            plan.Duties.Ignored.Select(i => $"{i.Override.Duty} {i.Why}").Order(StringComparer.Ordinal));
        Assert.Equal(a, plan.Duties.BroadcastHost);
        Assert.Equal(a, plan.Duties.BatonOf(item));
        Assert.Null(plan.Duties.FaceOf(item));
    }

    [Fact]
    public void What_the_owner_said_ends_with_its_epoch()
    {
        var (a, b) = (Add("a", "home"), _world.Add(new DeviceFacts("b", "home") { Class = DeviceClass.Desktop }));
        _world.State.Put(new DutyOverride("broadcast_host", "fleet", b, new Epoch(PlanWorld.Now.Number + 1)));
        Assert.Equal(b, _world.Plan().Duties.BroadcastHost);
        _world.State.Put(new DutyOverride("broadcast_host", "fleet", b, PlanWorld.Now));
        Assert.Equal(a, _world.Plan().Duties.BroadcastHost);
    }

    [Fact]
    public void A_named_custodian_without_room_is_reported_and_the_floor_is_kept_by_others()
    {
        var (a, b) = (Add("a", "home"), Add("b", "cabin"));
        var full = _world.Add(new DeviceFacts("full", "bank") { FreeBytes = 0 });
        var kept = _world.Item(1, 5, a, b);
        var needy = _world.Item(2, 5, a);
        Say("custodian", kept.ToString(), full);
        Say("custodian", needy.ToString(), full);
        var plan = _world.Plan();
        Assert.Equal((needy, b), Assert.Single(plan.Copies.Select(c => (c.Item, c.Target))));
        Assert.Equal(new Infeasible(kept, 1, Constraint.Capacity), Assert.Single(plan.Infeasible));
    }

    private DeviceId Add(string name, string zone) => _world.Add(new DeviceFacts(name, zone));

    private ItemId Public(int number, params DeviceId[] holders) => _world.Item(
        PlanWorld.Described(number, 1) with { Privacy = Privacy.No, InfoHashV2 = new string('b', 64) }, holders);

    private void Say(string duty, string subject, DeviceId? device) =>
        _world.State.Put(new DutyOverride(duty, subject, device, Long));

    /// <summary>The same world in another epoch, its reports and evidence as fresh as now.</summary>
    private PlanningTable TableAt(Epoch epoch)
    {
        var now = _world.Table();
        var rows = new PlanningRows(now.Group, now.Devices, PolicyTable.From(_world.State));
        for (var row = 0; row < now.ItemCount; row++)
            rows.Add(new PlanItem(now.ItemAt(row), 1, Policy.DefaultName, false, false,
                [.. now.Items.HoldersOf(row).ToArray().Select(h => new PlanHolder(now.Devices[h >> 1].Id, true))]));
        return rows.Build(epoch);
    }
}
