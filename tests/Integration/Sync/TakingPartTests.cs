using System.Text.RegularExpressions;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Tests.Integration.Web;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Who writes on the pages is found by its moderators in the list of members.</summary>
public sealed partial class TakingPartTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_who_writes_becomes_a_member_whom_the_owner_can_name_and_ban()
    {
        await using var a = await LiveNode.Start(with: o => o with { HeartbeatSeconds = 1 });
        await using var b = await LiveNode.Start(with: o => o with { HeartbeatSeconds = 1 });
        var group = await a.Found("cats");
        await b.Join(a, "cats");
        await Eventually.InStep(group, a, b);
        using var owner = new Visitor(a.Address);
        using var guest = new Visitor(b.Address);
        Assert.DoesNotContain("value=\"ban\"", (await owner.SeeAsync("/h/cats/settings")).Text);

        var posted = await guest.FillAsync("/h/cats/post", "/h/cats/post", ("title", "Harbour"));
        Assert.Equal(303, posted.Status);
        var told = await guest.FillAsync(posted.Location!, posted.Location! + "/reply", ("content", "And a word."));
        Assert.Equal(303, told.Status);
        Assert.Equal(1, Joined(b));
        await Eventually.InStep(group, a, b);
        var settings = (await owner.SeeAsync("/h/cats/settings")).Text;
        var instance = Instance().Match(settings).Groups[1].Value;
        Assert.Equal(b.Id.ToString(), instance);
        var agent = Agent().Match(settings).Groups[1].Value;
        foreach (var act in new[] { "moderate", "unmoderate", "ban" })
            Assert.Equal(303, (await owner.FillAsync(
                "/h/cats/settings", "/h/cats/settings", ("do", act), ("instance", instance), ("agent", agent))).Status);
        await Eventually.InStep(group, a, b);
        var refused = await guest.FillAsync("/h/cats/post", "/h/cats/post", ("title", "Again"));
        Assert.Equal(403, refused.Status);
        Assert.Contains("You are banned from this hive.", refused.Text);
    }

    [Fact]
    public async Task Who_left_as_a_member_is_not_brought_back_by_writing()
    {
        await using var a = await LiveNode.Start();
        await a.Found("cats");
        var me = await a.Get<AgentRegistry>().OwnerAsync(Cancellation);
        using var owner = new Visitor(a.Address);
        Assert.Equal(303, (await owner.FillAsync("/h/cats/post", "/h/cats/post", ("title", "One"))).Status);
        Assert.Equal(1, Joined(a));
        Assert.Null((await a.Get<HiveCommands>().LeaveAsync(me, "cats", Cancellation)).Problem);
        Assert.Equal(303, (await owner.FillAsync("/h/cats/post", "/h/cats/post", ("title", "Two"))).Status);
        Assert.Equal(0, Joined(a));
    }

    [Fact]
    public async Task Who_left_is_waited_for_no_more()
    {
        await using var a = await LiveNode.Start(with: o => o with { HeartbeatSeconds = 1 });
        await using var b = await LiveNode.Start(with: o => o with { HeartbeatSeconds = 1 });
        var group = await a.Found("cats");
        await b.Join(a, "cats");
        await Eventually.InStep(group, a, b);
        await a.Say(group);
        await Eventually.True(() => Reach(a, group) is { Reached: 1, Of: 1 }, "It does not reach the other.", a, b);
        Assert.Equal(0, (await CommandRun.On(b, "group", "leave", "cats")).Exit);
        await a.Say(group);
        await Eventually.True(() => Reach(a, group) is { Reached: 0, Of: 0 }, "It is waited for.", a, b);
    }

    private static ReachView Reach(LiveNode node, GroupId group)
    {
        var head = node.Writer.Durable(group).Heads.Single(h => h.Key.Origin == node.Id);
        return node.Get<Mesh>().Reach(group, new Position(head.Key, head.Value.Seq));
    }

    private static long Joined(LiveNode node) =>
        node.Get<HiveQueries>().Node("cats", node.Id)!.Count;

    [GeneratedRegex("name=\"instance\" value=\"(an1[^\"]+)\"")]
    private static partial Regex Instance();

    [GeneratedRegex("name=\"agent\" value=\"([^\"]+)\"")]
    private static partial Regex Agent();
}
