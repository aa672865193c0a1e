using System.Text.Json.Nodes;
using Anarchive.Node;
using Anarchive.Tests.Integration.Web;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a shorter retention deletes is told before it is set.</summary>
public sealed class RetentionToldTests : IAsyncLifetime
{
    private const string Page = "/h/cats/settings";

    private readonly ShiftedTime _time = new(TimeSpan.FromDays(-3));
    private LiveNode _node = null!;
    private Visitor _owner = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await LiveNode.Start(_time);
        _owner = new Visitor(_node.Address);
        var me = await _node.Get<AgentRegistry>().OwnerAsync(Cancellation);
        HiveNode.Done(await _node.Get<HiveCommands>().CreateHiveAsync(
            me, "cats", "Cats", "", "pseudonymous", Cancellation));
        for (var n = 0; n < 2; n++)
            HiveNode.Done(await _node.Get<HiveCommands>().PostAsync(me, "cats", "Old", null, null, Cancellation));
        _time.SetAhead(TimeSpan.Zero);
        await _node.Restart(stopFirst: true);
    }

    public async ValueTask DisposeAsync()
    {
        _owner.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task On_the_page_it_is_set_once_what_is_older_was_told()
    {
        Assert.Contains("empty keeps all", (await _owner.SeeAsync(Page)).Text);
        Assert.Equal(303, (await Set("30")).Status);
        Assert.Equal(30, Days());
        var told = await Set("2");
        Assert.Equal(200, told.Status);
        Assert.Contains("2 posts and comments are older than that", told.Text);
        Assert.Equal(30, Days());
        // More than was told of is told anew.
        Assert.Equal(200, (await Set("2", "1")).Status);
        Assert.Equal(30, Days());
        Assert.Equal(303, (await Set("2", "2")).Status);
        Assert.Equal(2, Days());
        Assert.Equal(2, await _node.Get<Retention>().SweepAsync(Cancellation));
        Assert.Equal(303, (await Set("1")).Status);
        var wrong = await Set("soon");
        Assert.Equal(400, wrong.Status);
        Assert.Contains("bad_retention", wrong.Text);
    }

    [Fact]
    public async Task The_command_says_it_and_changes_nothing()
    {
        string[] asked = ["hive", "settings", "cats", "--set", "retention_days=2", "--dry-run"];
        var told = await CommandRun.On(_node, asked);
        Assert.Equal(0, told.Exit);
        Assert.Contains("2 posts and comments would be deleted for everybody. Nothing was changed.", told.Results);
        var json = JsonNode.Parse((await CommandRun.On(_node, [.. asked, "--json"])).Results)!;
        Assert.Equal((2, 2), ((int)json["days"]!, (int)json["items"]!));
        Assert.Null(Days());
        asked[4] = "retention_days=soon";
        Assert.Equal("bad_retention", (await CommandRun.On(_node, [.. asked, "--json"])).Code);
    }

    private int? Days() => _node.Get<HiveQueries>().RetentionDays("cats");

    private Task<Sight> Set(string days, string told = "") =>
        _owner.FillAsync(Page, Page, ("do", "set"), ("key", "retention_days"), ("value", days), ("lapsing", told));
}
