using System.Net;
using Anarchive.Fleet;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The page of policies, without a script.</summary>
public sealed class FleetRulePageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_left_empty_of_a_policy_stays_as_it_is()
    {
        await using var box = await MediaBox.Start(tellsFleet: true);
        await box.Declare("NAS", "home");
        using var http = await box.Owner();
        var page = await http.GetStringAsync("/fleet/rules", Cancellation);
        foreach (var (field, value) in new[] { ("auto_copy", "yes"), ("ceil", "4"), ("auto_copy", "perhaps") })
        {
            var set = await http.Send(page, "/fleet/policies", ("policy", Policy.DefaultName), (field, value));
            Assert.Equal(HttpStatusCode.SeeOther, set.Status);
        }

        var policy = Assert.Single(box.Node.Get<FleetQueries>().Policies());
        Assert.Equal((2, 4, true), (policy.Floor, policy.Ceiling, policy.AutoCopy));
        Assert.Equal(
            HttpStatusCode.SeeOther,
            (await http.Send(page, "/fleet/policies", ("policy", Policy.DefaultName), ("auto_copy", "no"))).Status);
        Assert.False(Assert.Single(box.Node.Get<FleetQueries>().Policies()).AutoCopy);
    }

    [Fact]
    public async Task A_lowered_floor_says_what_it_takes_with_it()
    {
        await using var box = await MediaBox.Start(tellsFleet: true);
        await box.Declare("NAS", "home");
        using var http = await box.Owner();
        var page = await http.GetStringAsync("/fleet/rules", Cancellation);
        (string, string)[] two = [("policy", Policy.DefaultName), ("min_zones", "2")];
        Assert.Equal(HttpStatusCode.SeeOther, (await http.Send(page, "/fleet/policies", two)).Status);
        var told = await http.Send(page, "/fleet/policies", ("policy", Policy.DefaultName), ("floor", "1"));
        Assert.Equal(HttpStatusCode.OK, told.Status);
        Assert.Contains("<li>Floor: 2 → 1</li><li>Zones: 2 → 1</li>", WebUtility.HtmlDecode(told.Text));
        var policy = Assert.Single(box.Node.Get<FleetQueries>().Policies());
        Assert.Equal((2, 2), (policy.Floor, policy.ZonesMin));
    }
}
