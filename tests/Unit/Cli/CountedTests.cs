using System.Text.Json.Nodes;
using Anarchive.Cli;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class CountedTests
{
    [Theory]
    [InlineData(0, "0 events")]
    [InlineData(1, "1 event")]
    [InlineData(2, "2 events")]
    [InlineData(1_000_000, "1000000 events")]
    public void Only_one_stands_in_the_singular(long number, string said)
    {
        Assert.Equal(said, Counted.Of(number, "event"));
        Assert.Equal(said, new JsonObject { ["seen"] = number }.Count("seen", "event"));
    }

    [Fact]
    public void A_plural_of_its_own_is_named()
    {
        Assert.Equal("1 address", Counted.Of(1, "address", "addresses"));
        Assert.Equal("0 addresses", Counted.Of(0, "address", "addresses"));
    }
}
