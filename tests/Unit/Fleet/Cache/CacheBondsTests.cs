using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class CacheBondsTests
{
    private const long NowMs = 1_700_000_000_000;

    private static readonly ItemId Item = new(Hash256.Sha256([1]));

    private readonly FleetState _state = new(default);

    public CacheBondsTests()
    {
        Declare(0, DeviceClass.Laptop);
        Hold(0, NowMs);
        foreach (var device in (int[])[1, 2])
        {
            Declare(device, DeviceClass.AlwaysOn);
            Hold(device, NowMs);
        }
    }

    [Fact]
    public void A_laptops_copy_is_free_while_the_floor_is_met_elsewhere() =>
        Assert.False(IsBound());

    [Fact]
    public void A_copy_that_counts_may_go_only_under_locks()
    {
        Declare(0, DeviceClass.Desktop);
        Assert.True(IsBound());
    }

    [Fact]
    public void An_item_that_nobody_ever_spoke_of_is_free() =>
        Assert.False(new CacheBonds(_state, Id(0), NowMs).IsBound(new ItemId(Hash256.Sha256([9]))));

    [Theory]
    [InlineData("dead")]
    [InlineData("retired")]
    [InlineData("laptop")]
    [InlineData("lost")]
    [InlineData("unproven")]
    [InlineData("stale")]
    [InlineData("quarantined")]
    [InlineData("gone")]
    public void A_copy_elsewhere_that_does_not_count_binds_ours(string how)
    {
        var holding = Held(1, NowMs);
        if (how == "dead") Declare(1, DeviceClass.AlwaysOn, DeviceState.Dead);
        if (how == "retired") Declare(1, DeviceClass.AlwaysOn, DeviceState.Retired);
        if (how == "laptop") Declare(1, DeviceClass.Laptop);
        if (how == "lost") Observe(1, 2, Reachability.Lost);
        if (how == "unproven") _state.Put(holding with { ProvenMs = null });
        if (how == "stale") _state.Put(holding with { ProvenMs = NowMs - Holding.WindowMs - 1 });
        if (how == "quarantined") _state.Put(holding with { State = HoldingState.Quarantined });
        if (how == "gone") _state.Put(holding with { State = HoldingState.Gone });
        Assert.True(IsBound());
    }

    [Fact]
    public void A_device_that_one_of_two_observers_sees_is_not_lost()
    {
        Observe(1, 2, Reachability.Lost);
        Observe(1, 0, Reachability.Away);
        Assert.False(IsBound());
    }

    [Fact]
    public void An_archive_counts_although_it_answers_nobody()
    {
        Declare(1, DeviceClass.Archive);
        Observe(1, 2, Reachability.Lost);
        Assert.False(IsBound());
    }

    [Fact]
    public void Two_volumes_of_one_device_are_one_copy()
    {
        _state.Put(Held(1, NowMs) with { Volume = new VolumeId(99) });
        Declare(2, DeviceClass.AlwaysOn, DeviceState.Dead);
        Assert.True(IsBound());
    }

    [Theory]
    [InlineData(Device.FriendService)]
    [InlineData("box")]
    public void Copies_that_run_no_node_of_the_fleet_fill_at_most_one_place_less_than_the_floor(string service)
    {
        foreach (var device in (int[])[1, 2])
            _state.Put(new Device(
                Id(device), $"device {device}", DeviceClass.AlwaysOn, "home", true, [service], [], Id(9).AsNode(),
                DeviceState.Active));
        Assert.True(IsBound());
        Declare(2, DeviceClass.AlwaysOn);
        Assert.False(IsBound());
    }

    private bool IsBound() => new CacheBonds(_state, Id(0), NowMs).IsBound(Item);

    private void Declare(int n, DeviceClass of, DeviceState state = DeviceState.Active) =>
        _state.Put(new Device(Id(n), $"device {n}", of, "home", false, [], [], null, state));

    private void Hold(int n, long provenMs) => _state.Put(Held(n, provenMs));

    private void Observe(int subject, int observer, Reachability state) => _state.Put(new Probe(
        Id(subject), Id(observer).AsNode(), state, 900, 10, 0, NowMs, new Dictionary<VolumeId, long>(), []));

    private static Holding Held(int n, long provenMs) =>
        new(Item, Id(n), new VolumeId((UInt128)n), 1, HoldingState.Present, provenMs, 0, provenMs);

    private static DeviceId Id(int n) => new(Hash256.Sha256(BitConverter.GetBytes(n)));
}
