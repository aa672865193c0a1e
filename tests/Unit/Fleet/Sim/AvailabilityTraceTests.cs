using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class AvailabilityTraceTests
{
    [Fact]
    public void A_line_is_a_name_a_count_and_that_many_intervals()
    {
        Assert.Null(AvailabilityTrace.Read("e0f4\t2\t 10 20 30 45", out var device));
        Assert.Equal([10, 20, 30, 45], device.Edges);
        Assert.Equal(25, device.UpSeconds);
        Assert.Null(AvailabilityTrace.Read("never\t0", out var never));
        Assert.Equal(0, never.UpSeconds);
    }

    [Theory]
    [InlineData("", TraceFault.Fields)]
    [InlineData("name", TraceFault.Fields)]
    [InlineData("name x 1 2", TraceFault.Fields)]
    [InlineData("name -1", TraceFault.Fields)]
    [InlineData("name 1 5", TraceFault.Count)]
    [InlineData("name 2 5 6", TraceFault.Count)]
    [InlineData("name 9223372036854775807 5 6", TraceFault.Fields)]
    [InlineData("name 30000000 5 6", TraceFault.Count)]
    [InlineData("name 1 5 6.5", TraceFault.Number)]
    [InlineData("name 1 -5 6", TraceFault.Number)]
    [InlineData("name 1 5 99999999999999999999", TraceFault.Number)]
    [InlineData("name 1 6 5", TraceFault.Order)]
    [InlineData("name 2 5 9 8 12", TraceFault.Order)]
    public void A_line_that_is_none_says_why(string line, TraceFault fault) =>
        Assert.Equal(fault, AvailabilityTrace.Read(line, out _));

    [Fact]
    public void Uptime_is_a_share_of_the_whole_trace()
    {
        var trace = new AvailabilityTrace([new([0, 50]), new([50, 99]), new([0, 100]), new([])]);
        Assert.Equal(100, trace.LengthSeconds);
        Assert.Equal([50, 100], trace.UpFor(500).Select(d => d.UpSeconds));
        Assert.Equal(0, new AvailabilityTrace([]).LengthSeconds);
    }
}
