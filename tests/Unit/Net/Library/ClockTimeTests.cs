using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class ClockTimeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("67.9", 67_900)]
    [InlineData("1:07.9", 67_900)]
    [InlineData("1:7", 67_000)]
    [InlineData("75:00", 4_500_000)]
    [InlineData("1:02:03.4", 3_723_400)]
    [InlineData("0:59.95", 60_000)]
    [InlineData("0:01.04", 1_000)]
    [InlineData("24:00:00", 86_400_000)]
    public void A_place_is_read_to_the_tenth_of_a_second(string text, long ms) =>
        Assert.Equal(ms, ClockTime.TryRead(text));

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("1:")]
    [InlineData("-1")]
    [InlineData("1:-1")]
    [InlineData("1:60")]
    [InlineData("1:60:00")]
    [InlineData("1.5:00")]
    [InlineData("1,5")]
    [InlineData("1e3")]
    [InlineData(" 1")]
    [InlineData("1:2:3:4")]
    [InlineData("24:00:00.1")]
    [InlineData("86400001")]
    [InlineData("99999999999999999999999999999")]
    [InlineData("end")]
    public void Anything_else_is_none(string text) => Assert.Null(ClockTime.TryRead(text));

    [Theory]
    [InlineData(67_900, "1:07.9")]
    [InlineData(3_723_400, "62:03.4")]
    public void It_is_shown_as_it_can_be_read(long ms, string text)
    {
        Assert.Equal(text, ClockTime.Show(ms));
        Assert.Equal(ms, ClockTime.TryRead(text));
    }
}
