using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class DropRuleTests
{
    [Fact]
    public void A_copy_goes_while_the_floor_is_verified_and_locked_elsewhere()
    {
        Assert.Equal(new DropAnswer(null, 2, []).Have, DropRule.Judge(2, [Copy(1), Copy(2)]).Have);
        Assert.True(DropRule.Judge(2, [Copy(1), Copy(2)]).IsAllowed);
        Assert.Equal(ReleaseCodes.FloorUnmet, DropRule.Judge(3, [Copy(1), Copy(2)]).Code);
    }

    [Fact]
    public void The_last_copy_stays_whatever_the_floor_says()
    {
        Assert.Equal(ReleaseCodes.FloorUnmet, DropRule.Judge(0, []).Code);
        Assert.Equal(ReleaseCodes.FloorUnmet, DropRule.Judge(-3, []).Code);
        Assert.True(DropRule.Judge(0, [Copy(1)]).IsAllowed);
    }

    [Fact]
    public void What_nobody_locked_is_named()
    {
        var answer = DropRule.Judge(2, [Copy(1), Copy(2) with { IsLocked = false }]);
        Assert.Equal(ReleaseCodes.LocksMissing, answer.Code);
        Assert.Equal([Device(2)], answer.Missing);
        Assert.Equal(1, answer.Have);
    }

    [Fact]
    public void What_was_not_proven_counts_nothing_even_when_locked()
    {
        var answer = DropRule.Judge(2, [Copy(1), Copy(2) with { IsVerified = false }]);
        Assert.Equal(ReleaseCodes.CopiesUnverified, answer.Code);
        Assert.Equal([Device(2)], answer.Missing);
    }

    [Theory]
    [InlineData(HoldingState.Partial)]
    [InlineData(HoldingState.Quarantined)]
    [InlineData(HoldingState.Gone)]
    public void Only_present_copies_count(HoldingState state) =>
        Assert.Equal(
            ReleaseCodes.FloorUnmet, DropRule.Judge(2, [Copy(1), Copy(2) with { State = state }]).Code);

    [Theory]
    [InlineData(DeviceState.Retired, false)]
    [InlineData(DeviceState.Dead, false)]
    [InlineData(DeviceState.Draining, true)]
    [InlineData(DeviceState.Active, true)]
    public void Retired_and_dead_devices_count_zero(DeviceState state, bool counts) =>
        Assert.Equal(counts, DropRule.Judge(1, [Copy(1) with { DeviceState = state }]).IsAllowed);

    [Theory]
    [InlineData(CopyKind.Agentless)]
    [InlineData(CopyKind.Friend)]
    public void Copies_outside_the_fleets_nodes_never_make_up_a_floor(CopyKind kind)
    {
        var outside = new[] { Copy(1, kind), Copy(2, kind), Copy(3, kind) };
        var answer = DropRule.Judge(2, outside);
        Assert.Equal(ReleaseCodes.CopiesUnlockable, answer.Code);
        Assert.Equal(1, answer.Have);
        Assert.True(DropRule.Judge(2, [Copy(4), .. outside]).IsAllowed);
        Assert.False(DropRule.Judge(1, outside).IsAllowed);
    }

    [Fact]
    public void A_shelf_needs_no_lock_and_a_friend_does()
    {
        Assert.True(DropRule.Judge(2, [Copy(1), Copy(2, CopyKind.Agentless) with { IsLocked = false }]).IsAllowed);
        var answer = DropRule.Judge(2, [Copy(1), Copy(2, CopyKind.Friend) with { IsLocked = false }]);
        Assert.Equal(ReleaseCodes.LocksMissing, answer.Code);
    }

    [Fact]
    public void Two_copies_of_one_device_are_one() =>
        Assert.Equal(ReleaseCodes.FloorUnmet, DropRule.Judge(2, [Copy(1), Copy(1)]).Code);

    [Fact]
    public void Who_could_lock_is_asked_and_nobody_else() =>
        Assert.Equal(
            new[] { Device(1), Device(5) }.Order(),
            DropRule.Lockable([
                Copy(5, CopyKind.Friend), Copy(1), Copy(1), Copy(2, CopyKind.Agentless),
                Copy(3) with { IsVerified = false }, Copy(4) with { DeviceState = DeviceState.Dead },
            ]));

    [Fact]
    public void Every_combination_agrees_with_counting_by_hand()
    {
        var kinds = (
            from kind in Enum.GetValues<CopyKind>()
            from verified in new[] { true, false }
            from locked in new[] { true, false }
            select (kind, verified, locked)).ToList();
        for (var floor = 1; floor <= 3; floor++)
            foreach (var a in kinds)
                foreach (var b in kinds)
                    foreach (var c in kinds)
                    {
                        var (nodes, others) = (0, 0);
                        foreach (var (kind, verified, locked) in new[] { a, b, c })
                        {
                            if (verified && kind == CopyKind.Node && locked) nodes++;
                            if (verified && kind == CopyKind.Agentless) others++;
                            if (verified && kind == CopyKind.Friend && locked) others++;
                        }

                        Assert.Equal(
                            nodes + Math.Min(others, floor - 1) >= floor,
                            DropRule.Judge(floor, [Of(1, a), Of(2, b), Of(3, c)]).IsAllowed);
                    }
    }

    private static OtherCopy Of(byte device, (CopyKind Kind, bool IsVerified, bool IsLocked) given) =>
        Copy(device, given.Kind) with { IsVerified = given.IsVerified, IsLocked = given.IsLocked };

    private static OtherCopy Copy(byte device, CopyKind kind = CopyKind.Node) =>
        new(Device(device), kind, HoldingState.Present, DeviceState.Active, IsVerified: true, IsLocked: true);

    private static DeviceId Device(byte at) => new(Hash256.Sha256([at]));
}
