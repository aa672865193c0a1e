using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class CopiesElsewhereTests
{
    private const long Now = 1_700_000_000_000;

    private static readonly ItemId Item = new(Hash256.Sha256("item"u8));
    private static readonly NodeId Steward = new(Hash256.Sha256("steward"u8));

    [Fact]
    public void Every_copy_but_our_own_is_seen_with_what_is_known_of_it()
    {
        var state = World();
        Hold(state, 0, DeviceClass.Desktop, proven: Now);
        Hold(state, 1, DeviceClass.AlwaysOn, proven: Now - Holding.WindowMs);
        Hold(state, 2, DeviceClass.AlwaysOn, proven: Now - Holding.WindowMs - 1);
        Hold(state, 3, DeviceClass.Archive, proven: Now - Holding.ArchiveWindowMs, steward: Steward);
        Hold(state, 4, DeviceClass.Desktop, proven: null, HoldingState.Quarantined);
        var seen = Seen(state);
        Assert.Equal(4, seen.Count);
        Assert.Equal((CopyKind.Node, true), (seen[1].Kind, seen[1].IsVerified));
        Assert.False(seen[2].IsVerified);
        Assert.Equal((CopyKind.Agentless, true), (seen[3].Kind, seen[3].IsVerified));
        Assert.Equal((HoldingState.Quarantined, false), (seen[4].State, seen[4].IsVerified));
        Assert.All(seen.Values, c => Assert.False(c.IsLocked));
    }

    [Theory]
    [InlineData(DeviceClass.Laptop)]
    [InlineData(DeviceClass.Phone)]
    public void What_is_carried_about_is_no_copy_to_rely_on(DeviceClass carried)
    {
        var state = World();
        Hold(state, 1, carried, proven: Now);
        Assert.Empty(Seen(state));
    }

    [Theory]
    [InlineData(Reachability.Lost, Reachability.Lost, 0)]
    [InlineData(Reachability.Lost, Reachability.Away, 1)]
    public void A_box_that_nobody_reaches_is_not_relied_on(Reachability one, Reachability other, int copies)
    {
        var state = World();
        Hold(state, 1, DeviceClass.Seedbox, proven: Now, steward: Steward);
        foreach (var (at, reach) in new[] { one, other }.Index())
            state.Put(new Probe(
                Id(1), new NodeId(Hash256.Sha256([(byte)at])), reach, 500, 9, Now, Now,
                new Dictionary<VolumeId, long>(), []));
        Assert.Equal(copies, Seen(state).Count);
    }

    [Fact]
    public void A_friends_copy_is_seen_by_its_steward_alone_and_fills_one_place_less_than_the_floor()
    {
        var state = World();
        Hold(state, 0, DeviceClass.Desktop, proven: Now);
        Hold(state, 1, DeviceClass.Desktop, proven: Now);
        foreach (var at in new[] { 2, 3 })
            Hold(state, at, DeviceClass.Desktop, Now, HoldingState.Present, Id(0).AsNode(), Device.FriendService);
        var seen = Seen(state);
        Assert.Equal(
            [CopyKind.Node, CopyKind.Friend, CopyKind.Friend], seen.OrderBy(s => s.Key).Select(s => s.Value.Kind));
        Assert.Equal(
            [0], CopiesElsewhere.Of(state, Item, Id(1), Now).Select(c => c.Device == Id(0) ? 0 : -1));

        var locked = seen.Values.Select(c => c with { IsLocked = true }).ToList();
        Assert.True(DropRule.Judge(2, locked).IsAllowed);
        Assert.True(DropRule.Judge(3, locked).IsAllowed);
        // Two friends fill one place of two: without the other device at home there is nobody for the other.
        var friends = locked.Where(c => c.Kind == CopyKind.Friend).ToList();
        Assert.Equal(ReleaseCodes.CopiesUnlockable, DropRule.Judge(2, friends).Code);
        Assert.Equal(ReleaseCodes.FloorUnmet, DropRule.Judge(4, locked).Code);
        // Unlike a box without a node, a friend is asked, and without its word counts nothing.
        Assert.Equal(2, DropRule.Lockable(friends).Count);
        var silent = friends.Select(f => f with { IsLocked = false });
        var home = locked.Single(c => c.Kind == CopyKind.Node);
        Assert.Equal(ReleaseCodes.LocksMissing, DropRule.Judge(2, [home, .. silent]).Code);
    }

    [Fact]
    public void The_floor_is_the_items_own_policys()
    {
        var state = World();
        Assert.Equal(Policy.Default.Floor, CopiesElsewhere.FloorOf(state, Item));
        state.Put(new Policy("films", 4, 5, 2, 0, AutoCopy: false));
        state.Put(new Item(
            Item, 1, 16_384, default, null, null, Privacy.Unknown, null, "films"));
        Assert.Equal(4, CopiesElsewhere.FloorOf(state, Item));
    }

    private static FleetState World() => new(new GroupId(Hash256.Sha256("group"u8)));

    private static Dictionary<int, OtherCopy> Seen(FleetState state)
    {
        var ids = Enumerable.Range(0, 6).ToDictionary(Id, i => i);
        return CopiesElsewhere.Of(state, Item, Id(0), Now).ToDictionary(c => ids[c.Device]);
    }

    private static void Hold(
        FleetState state, int at, DeviceClass of, long? proven, HoldingState held = HoldingState.Present,
        NodeId? steward = null, params string[] services)
    {
        state.Put(new Device(Id(at), $"d{at}", of, "home", false, services, [], steward, DeviceState.Active));
        state.Put(new Holding(Item, Id(at), new VolumeId((UInt128)at), 1, held, proven, 0, proven));
    }

    private static DeviceId Id(int at) => new(Hash256.Sha256("d"u8, [(byte)at]));
}
