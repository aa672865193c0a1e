using System.Text.Json.Nodes;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Tests.Integration.Web;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The nodes of a hive on their pages: who they are, and how its owner takes one out and in again.</summary>
public sealed class HiveNodesTests : IAsyncLifetime
{
    private LiveNode _a = null!;
    private LiveNode _b = null!;
    private GroupId _group;
    private Visitor _owner = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string PageOfB => "/h/cats/nodes/" + _b.Id;

    public async ValueTask InitializeAsync()
    {
        _a = await LiveNode.Start();
        _b = await LiveNode.Start(with: o => o with { HeartbeatSeconds = 1 });
        _group = await _a.Found("cats");
        await _b.Join(_a, "cats");
        await Eventually.InStep(_group, _a, _b);
        _owner = new Visitor(_a.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _owner.Dispose();
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task One_is_taken_out_on_its_page_and_takes_part_again_by_a_new_invite()
    {
        var all = (await _owner.SeeAsync("/h/cats/nodes")).Text;
        Assert.Contains($"href=\"{PageOfB}\"", all);
        Assert.Contains("nobody that is known", all);
        var page = (await _owner.SeeAsync(PageOfB)).Text;
        Assert.Contains("refused by every member", page);
        Assert.True(_a.Writer.IsMember(_group, _b.Id));
        Assert.Equal([_a.Id.ToString(), _b.Id.ToString()], await Listed());

        var done = await _owner.FillAsync(PageOfB, PageOfB);
        Assert.Equal((303, "/h/cats/nodes"), (done.Status, done.Location));
        Assert.False(_a.Writer.IsMember(_group, _b.Id));
        Assert.DoesNotContain(PageOfB, (await _owner.SeeAsync("/h/cats/nodes")).Text);
        Assert.Equal([_a.Id.ToString()], await Listed());
        var again = await _owner.SeeAsync(PageOfB);
        Assert.Equal(404, again.Status);

        await Eventually.True(() => _b.Get<Sharing>().IsToldRemoved(_group), "It is not told.", _a, _b);
        await _b.Join(_a, "cats");
        await _b.Say(_group);
        await Eventually.InStep(_group, _a, _b);
        Assert.True(_a.Writer.IsMember(_group, _b.Id));
        Assert.Equal(200, (await _owner.SeeAsync(PageOfB)).Status);
    }

    [Fact]
    public async Task Nobody_takes_out_the_owner_and_nobody_but_the_owner_takes_one_out()
    {
        using var member = new Visitor(_b.Address);
        var pageOfA = "/h/cats/nodes/" + _a.Id;
        Assert.Contains("The hive is its own", (await member.SeeAsync(pageOfA)).Text);
        Assert.Contains("This is this node itself", (await member.SeeAsync(PageOfB)).Text);
        Assert.Contains("This is this node itself", (await _owner.SeeAsync(pageOfA)).Text);
        Assert.DoesNotContain("Take it out", (await member.SeeAsync(pageOfA)).Text);
        Assert.Equal(403, (await member.FillAsync("/h/cats/settings", pageOfA)).Status);
        Assert.Equal(403, (await member.FillAsync("/h/cats/settings", PageOfB)).Status);
        Assert.Equal(409, (await _owner.FillAsync("/h/cats/settings", pageOfA)).Status);
        Assert.Equal(404, (await _owner.FillAsync("/h/cats/settings", "/h/dogs/nodes/" + _b.Id)).Status);
        Assert.Equal(404, (await _owner.SeeAsync("/h/cats/nodes/an1nothing")).Status);
        Assert.Equal(404, (await _owner.SeeAsync("/h/dogs/nodes")).Status);
        Assert.Equal(400, (await _owner.SeeAsync("/h/cats/nodes?cursor=x")).Status);
        Assert.True(_a.Writer.IsMember(_group, _b.Id));
        Assert.True(_a.Writer.IsMember(_group, _a.Id));
    }

    [Fact]
    public async Task Who_writes_there_is_named_and_many_come_page_by_page()
    {
        var (agents, commands) = (_b.Get<AgentRegistry>(), _b.Get<HiveCommands>());
        Assert.Null((await commands.JoinAsync(await agents.OwnerAsync(Cancellation), "cats", Cancellation)).Problem);
        await Eventually.InStep(_group, _a, _b);
        var queries = _a.Get<HiveQueries>();
        var first = queries.Nodes("cats", null, 1)!;
        Assert.Equal((_a.Id, true, 0), (first.Items[0].Node, first.Items[0].IsOwner, first.Items[0].Count));
        var second = queries.Nodes("cats", first.Next, 1)!;
        Assert.Equal((_b.Id, false, 1), (second.Items[0].Node, second.Items[0].IsOwner, second.Items[0].Count));
        Assert.Single(second.Items[0].Agents);
        Assert.Null(second.Next);
        var table = (await CommandRun.On(_a, "group", "nodes", "cats")).Results;
        Assert.Matches($"{_a.Id} +owner", table);
        Assert.Matches($"{_b.Id} +{second.Items[0].Agents[0].Name}", table);
        Assert.Equal("not_found", (await CommandRun.On(_a, "group", "nodes", "dogs", "--json")).Code);
        await _a.Get<RingBook>().AddAsync(_b.Id, InviteKind.Friend, "Bea <b>", Cancellation);
        var page = (await _owner.SeeAsync("/h/cats/nodes")).Text;
        Assert.Contains("Bea &lt;b&gt;", page);
        Assert.DoesNotContain("Bea <b>", page);
    }

    private async Task<IEnumerable<string?>> Listed()
    {
        var run = await CommandRun.On(_a, "group", "nodes", "cats", "--json");
        Assert.Equal(0, run.Exit);
        return JsonNode.Parse(run.Results)!["nodes"]!.AsArray().Select(n => (string?)n!["instanceId"]);
    }
}
