using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class BreakerTests
{
    private static readonly Epoch Tick = new(7);

    [Theory]
    [InlineData(10_000, 50, false)]
    [InlineData(10_000, 51, true)]
    [InlineData(100, 10, false)]
    [InlineData(100, 11, true)]
    [InlineData(3, 1, false)]
    [InlineData(3, 2, true)]
    [InlineData(0, 1, false)]
    public void More_than_fifty_or_a_tenth_in_one_tick_opens_it(int holdings, int lost, bool opens)
    {
        Assert.Equal(opens, Breaker.Closed.Count(Tick, lost, holdings).IsOpen);
        Assert.Equal(opens, !Breaker.Closed.Allows(Tick, lost, holdings));
        var one = Breaker.Closed;
        for (var i = 0; i < lost; i++) one = one.Count(Tick, 1, holdings);
        Assert.Equal(opens, one.IsOpen);
    }

    [Fact]
    public void A_new_tick_counts_anew_but_closes_nothing()
    {
        var calm = Breaker.Closed.Count(Tick, 50, 10_000).Count(new Epoch(8), 50, 10_000);
        Assert.False(calm.IsOpen);
        Assert.True(calm.Count(new Epoch(8), 1, 10_000).Count(new Epoch(9), 0, 10_000).IsOpen);
    }

    [Fact]
    public void Only_the_owner_closes_it()
    {
        var open = Breaker.Closed.Count(Tick, 51, 10_000);
        Assert.False(open.Allows(new Epoch(99), 0, 10_000));
        Assert.False(open.Reset().IsOpen);
    }

    [Theory]
    [InlineData("other", 1, "b", 1)]
    [InlineData("other", 2, "a", 1)]
    [InlineData("us", 1, "a", 0)]
    [InlineData("other", 2, "b", 0)]
    public void A_file_is_needed_by_inode_or_by_path(string owner, ulong inode, string path, int others)
    {
        FileReference[] all = [new(ReferenceKind.Torrent, owner, inode, path)];
        Assert.Equal(others, ReferenceCounts.Others(all, "us", 1, "a"));
        Assert.Equal(others == 0, ReferenceCounts.MayDelete(all, "us", 1, "a"));
    }
}
