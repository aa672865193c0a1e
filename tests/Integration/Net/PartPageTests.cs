using Anarchive.Tests.Integration.Web;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A part of which nothing is known says where its first entry would come from.</summary>
public sealed class PartPageTests : IAsyncLifetime
{
    private WebNode _node = null!;
    private Visitor _owner = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await WebNode.StartAsync();
        _owner = new Visitor(_node);
    }

    public async ValueTask DisposeAsync()
    {
        _owner.Dispose();
        await _node.DisposeAsync();
    }

    [Theory]
    [InlineData("intro-markers", "find a season&#x27;s intros", "net detect DIR")]
    [InlineData("quality", "how good its files are", "net detect DIR")]
    [InlineData("grouping", "say on the page of a film or an episode", "Library")]
    [InlineData("signal", "totals of an aggregator", "/net/subscriptions")]
    [InlineData("peers-hints", "totals of an aggregator", "/net/subscriptions")]
    public async Task Each_has_a_way_of_its_own_to_its_first_entry(string part, string hint, string leads)
    {
        var page = await _owner.SeeAsync("/net/parts/" + part);
        Assert.Equal(200, page.Status);
        var said = page.Text[page.Text.IndexOf("Nothing yet.", StringComparison.Ordinal)..];
        Assert.Contains(hint, said);
        Assert.Contains(leads, said);
    }
}
