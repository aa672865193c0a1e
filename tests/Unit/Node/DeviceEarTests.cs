using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Unit.Node;

/// <summary>When a device that was heard is called silent.</summary>
public sealed class DeviceEarTests
{
    [Theory]
    [InlineData(0, 30_000, false, false)]
    [InlineData(60_000, 30_000, false, false)]
    [InlineData(90_000, 30_000, false, false)]
    [InlineData(90_001, 30_000, false, true)]
    [InlineData(31_000, 30_000, true, true)]
    // A moment ago it was heard, whatever became of the last exchange.
    [InlineData(9_999, 30_000, true, false)]
    [InlineData(9_999, 1_000, false, false)]
    [InlineData(10_000, 1_000, false, true)]
    // A clock that went back.
    [InlineData(-5_000, 30_000, true, false)]
    public void Heartbeats_that_were_missed_make_silence(long sinceMs, long beatMs, bool isDown, bool isSilent) =>
        Assert.Equal(isSilent, DeviceEar.IsSilent(sinceMs, beatMs, isDown));
}
