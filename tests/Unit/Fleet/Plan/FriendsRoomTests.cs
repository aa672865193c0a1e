using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>A friend's room in the plan: its copies count, and nothing is asked of it.</summary>
public sealed class FriendsRoomTests
{
    private const long Now = 1_790_000_000_000;

    private static readonly DeviceId Home = Id(1);
    private static readonly DeviceId Friend = Id(2);

    [Fact]
    public void A_friends_copy_counts_and_no_copy_is_sent_there()
    {
        var state = new FleetState(new GroupId(Hash256.Sha256("fleet"u8)));
        Put(state, Home, null);
        Put(state, Friend, Home.AsNode(), Device.FriendService, PlanDevice.ResearchService);
        var (kept, missing) = (Describe(state, 1), Describe(state, 2));
        Hold(state, kept, Home);
        Hold(state, kept, Friend);
        Hold(state, missing, Home);
        var table = PlanningTable.From(state, Epoch.Of(Now));
        var plan = Planner.Plan(table, PolicyTable.From(state));
        Assert.Contains(Friend, plan.Duties.CustodiansOf(kept));
        Assert.DoesNotContain(plan.Copies, c => c.Target == Friend);
        Assert.Equal(missing, Assert.Single(plan.Infeasible).Item);
        Assert.NotEqual(Friend, plan.Duties.FaceOf(kept));
        Assert.NotEqual(Friend, plan.Duties.BroadcastHost);
        Assert.NotEqual(Friend, plan.Duties.Research);
        Assert.DoesNotContain(plan.Duties.Probers, p => p.Observers.Contains(Friend));
    }

    private static ItemId Describe(FleetState state, byte number)
    {
        var root = Hash256.Sha256([number, 9]);
        var item = ItemId.Of(1000, root);
        state.Put(new Item(
            item, 1000, 16384, root, new string('a', 40), null, Privacy.No, null, Policy.DefaultName));
        return item;
    }

    private static void Hold(FleetState state, ItemId item, DeviceId device) => state.Put(new Holding(
        item, device, VolumeOf(device), 1, HoldingState.Present, Now - 1000, 0, Now - 1000));

    private static void Put(FleetState state, DeviceId id, NodeId? steward, params string[] services)
    {
        state.Put(new Device(
            id, "a device", DeviceClass.AlwaysOn, steward is null ? "home" : "elsewhere", steward is not null, services,
            ["http"], steward, DeviceState.Active));
        state.Put(new Volume(VolumeOf(id), id, "disk", 1L << 40, 0));
        state.Put(new Probe(
            id, Home.AsNode(), Reachability.Up, 1000, 9, Now, Now,
            new Dictionary<VolumeId, long> { [VolumeOf(id)] = 1L << 40 }, []));
    }

    private static VolumeId VolumeOf(DeviceId device) => new(device.Value.Prefix);

    private static DeviceId Id(byte n) => new(Hash256.Sha256([n]));
}
