using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests;

/// <summary>What is said of one group with one peer.</summary>
public sealed class GroupCauseTests
{
    [Fact]
    public void Who_has_all_of_it_is_in_step_whatever_was_refused_or_parked_before()
    {
        var lane = Lane() with { ParkedThere = 1, RefusedThere = 1, Dropped = true };
        Assert.Equal("", Mesh.CauseOf(lane, isHeard: true, 0, 0).ToString());
        Assert.Equal("It refuses some of our events.", Mesh.CauseOf(lane, isHeard: true, 1, 0).ToString());
        Assert.Equal(
            "It parks some of our events.", Mesh.CauseOf(lane with { RefusedThere = 0 }, true, 1, 0).ToString());
    }

    [Theory]
    [InlineData(1, 0, 0, false)]
    [InlineData(0, 1, 0, false)]
    [InlineData(0, 0, 0, true)]
    [InlineData(0, 0, 3, false)]
    [InlineData(0, 0, 0, false)]
    public void Of_who_is_out_of_reach_nothing_is_said_as_of_now(int refused, int parked, long behind, bool dropped)
    {
        var lane = Lane() with { RefusedThere = refused, ParkedThere = parked, Dropped = dropped };
        Assert.EndsWith(
            ", as last heard.", Mesh.CauseOf(lane, isHeard: false, behind, 1).ToString(), StringComparison.Ordinal);
        Assert.Equal("", Mesh.CauseOf(lane, isHeard: false, 0, 0).ToString());
    }

    private static LaneView Lane() =>
        new(new GroupId(Hash256.Zero), VersionVector.Empty, VersionVector.Empty, 0, 0, false, false);
}
