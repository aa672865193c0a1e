using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Unit.Web;

/// <summary>How long a list that is costly to render is left as it is.</summary>
public sealed class RestTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 40)]
    [InlineData(40, 800)]
    [InlineData(100, 2_000)]
    [InlineData(250, 5_000)]
    [InlineData(60_000, 5_000)]
    public void What_takes_longer_rests_longer_and_never_beyond_the_time_in_which_everything_shows(int ms, int rest) =>
        Assert.Equal(TimeSpan.FromMilliseconds(rest), LiveParts.RestAfter(TimeSpan.FromMilliseconds(ms)));
}
