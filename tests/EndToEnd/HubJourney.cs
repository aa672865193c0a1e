using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>The owner of a hub sees to the nodes that register.</summary>
public sealed class HubJourney : Journey
{
    [Fact]
    public async Task A_node_that_is_no_hub_says_how_to_make_it_one()
    {
        await using var node = await RunningNode.StartAsync();
        var owner = await Person.AtAsync(Browser, node);
        await owner.GoAsync("/mesh");
        await Assertions.Expect(owner.Page.Locator("a[href='/hub']")).ToHaveCountAsync(0);
        await owner.GoAsync("/hub");
        await owner.SeeAsync("anarchive config set hub.enabled true");
        await owner.GoAsync("/hub/nodes/x");
        await owner.SeeAsync("not_a_hub");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nodes_are_let_in_and_forgotten_with_and_without_script(bool script)
    {
        await using var hub = await RunningNode.StartAsync(("Hub__Enabled", "true"));
        var owner = await Person.AtAsync(Browser, hub, new()
        {
            JavaScriptEnabled = script,
            ViewportSize = new() { Width = script ? 1440 : 390, Height = 900 },
        });
        await owner.GoAsync("/mesh");
        await owner.Page.Locator("a[href='/hub']").ClickAsync();
        await owner.SeeAsync("No node has registered here.");
        var address = await owner.Page.Locator("#hub-address").InnerTextAsync();

        // One waits to be let in.
        await using var asking = await RunningNode.StartAsync(("Peers__Hubs", address));
        await UntilAsync(owner, "1 node waits for you.");
        await owner.Page.Locator("td a.button").ClickAsync();
        await Fits(owner, script, $"hub-node-{(script ? 1440 : 390)}");
        await owner.PressAsync("Let it in");
        await owner.SeeAsync("Every node was heard within five minutes.");

        // The other brings a key.
        await owner.FillAsync("hours", "0");
        await owner.PressAsync("Make a key");
        await owner.SeeAsync("bad_hours");
        await owner.FillAsync("hours", "24");
        await owner.PressAsync("Make a key");
        var withKey = await owner.Page.Locator("#hub-key").InputValueAsync();
        Assert.StartsWith(address + "/ahk1", withKey, StringComparison.Ordinal);
        await Fits(owner, script, $"hub-key-{(script ? 1440 : 390)}");
        await using var keyed = await RunningNode.StartAsync(("Peers__Hubs", withKey));
        await UntilAsync(owner, "single use, used");
        Assert.Equal(2, await owner.Page.GetByText("Let in", new() { Exact = true }).CountAsync() - 1);
        await Fits(owner, script, $"hub-{(script ? 1440 : 390)}");

        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Revoke" }).ClickAsync();
        await owner.PressAsync("Revoke");
        await Assertions.Expect(owner.Page.GetByText("single use, used")).ToHaveCountAsync(0);
        var nodes = owner.Page.Locator("td a.open");
        await Assertions.Expect(nodes).ToHaveCountAsync(2);
        await keyed.DisposeAsync();
        await asking.DisposeAsync();
        await nodes.First.ClickAsync();
        await owner.PressAsync("Forget this node");
        await Assertions.Expect(nodes).ToHaveCountAsync(1);
        Assert.Empty(owner.Alarms);
    }

    /// <summary>What comes from another node shows when the page is read anew.</summary>
    private static async Task UntilAsync(Person person, string text)
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        do await person.GoAsync("/hub");
        while (await person.Page.GetByText(text).CountAsync() == 0
            && await looks.WaitForNextTickAsync(TestContext.Current.CancellationToken));
    }

    private static async Task Fits(Person person, bool script, string name)
    {
        await Shot(person, name);
        if (!script) return;
        Assert.Empty(await Axe.ViolationsAsync(person.Page));
        Assert.Equal(0, await person.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
    }
}
