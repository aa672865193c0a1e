using Anarchive.Log;
using Anarchive.Node;
using Dapper;
using Xunit;

namespace Anarchive.Tests.Integration;

public sealed class HiveRebuildTests : IAsyncLifetime
{
    private LiveNode _node = null!;
    private GroupId _group;
    private string _post = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await LiveNode.Start();
        var commands = _node.Get<HiveCommands>();
        var ada = (await _node.Get<AgentRegistry>().RegisterAsync("Ada", null, Cancellation)).Agent!;
        await commands.CreateHiveAsync(ada, "pets", "Pets", "", "per_agent", Cancellation);
        _group = _node.Get<HiveQueries>().Hive("pets")!.Group;
        _post = (await commands.PostAsync(ada, "pets", "Cats", "Whiskers", null, Cancellation)).Id!;
        await commands.CommentAsync(ada, _post, null, "Purring", Cancellation);
        await commands.VoteAsync(ada, _post, 1, Cancellation);
        await commands.EditPostAsync(ada, _post, "Cats, edited", null, null, Cancellation);
        await Finds();
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Rows_and_search_that_were_lost_come_back_from_the_log()
    {
        var state = State();
        await _node.Writer.OnWriterAsync(
            db => db.Execute("DELETE FROM hive_search; DELETE FROM hive_votes; UPDATE hive_items SET up = 7"),
            Cancellation);
        var (events, rebuilt) = (await _node.Get<HiveRebuild>().RunAsync("pets", Cancellation))!.Value;
        Assert.Equal((_node.Writer.Durable(_group).Events, state), (events, rebuilt));
        Assert.Equal(1, _node.Get<HiveQueries>().Post(_post, null)!.Up);
        await Finds();
        Assert.Null(await _node.Get<HiveRebuild>().RunAsync("nothing", Cancellation));
    }

    [Fact]
    public async Task A_rebuild_that_did_not_end_leaves_the_rows_and_can_be_run_again()
    {
        var state = State();
        var rebuild = _node.Get<HiveRebuild>();
        using var impatient = new CancellationTokenSource();
        var first = rebuild.RunAsync("pets", impatient.Token);
        await impatient.CancelAsync();
        await Record.ExceptionAsync(() => first);
        await _node.Stop();
        await _node.Restart();
        Assert.Equal(state, State());
        Assert.Equal(state, (await _node.Get<HiveRebuild>().RunAsync("pets", Cancellation))!.Value.State);
        await Finds();
    }

    private Hash256 State() => _node.Get<HiveQueries>().StateDigest(_group);

    private Task Finds() => Eventually.True(
        () => _node.Get<HiveQueries>().Search("purring", null, null, 10) is { Items.Count: 1 }, "Not found.", _node);
}
