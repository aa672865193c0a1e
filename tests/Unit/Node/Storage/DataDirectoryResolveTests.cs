using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Where a node keeps its data when nobody, or somebody, says so.</summary>
public sealed class DataDirectoryResolveTests
{
    [Theory]
    [InlineData("/a", "/b", "/c", "/d", "/a")]
    [InlineData(null, "/b", "/c", "/d", "/b")]
    [InlineData(" ", "/b", "/c", "/d", "/b")]
    [InlineData(null, null, "/c", "/d", "/c/anarchive")]
    [InlineData(null, "", "/c", "/d", "/c/anarchive")]
    [InlineData(null, null, "relative", "/d", "/d/.local/share/anarchive")]
    [InlineData(null, null, null, "/d", "/d/.local/share/anarchive")]
    [InlineData(null, null, null, null, null)]
    public void The_first_place_that_is_named_wins(
        string? option, string? named, string? xdg, string? home, string? expected)
    {
        var environment = new Dictionary<string, string?>
        {
            ["ANARCHIVE_HOME"] = named,
            ["XDG_DATA_HOME"] = xdg,
            ["HOME"] = home,
        };
        Assert.Equal(expected, DataDirectory.Resolve(option, environment.GetValueOrDefault));
    }
}
