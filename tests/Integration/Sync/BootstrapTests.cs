using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A newcomer that a moderator's node invites while the owner is gone for good.</summary>
public sealed class BootstrapTests : IAsyncLifetime
{
    private readonly List<LiveNode> _nodes = [];
    private LiveNode _owner = null!;
    private LiveNode _member = null!;
    private GroupId _group;
    private string _cats = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_owner, _member) = (await Started(), await Started());
        _group = await _owner.Found("pets", moderatorsAdmit: true);
        await _member.Join(_owner, "pets");
        await Eventually.InStep(_group, _owner, _member);
        var (ada, bo) = (await Agent(_owner, "Ada"), await Agent(_member, "Bo"));
        var commands = _owner.Get<HiveCommands>();
        var owner = await _owner.Get<AgentRegistry>().OwnerAsync(Cancellation);
        Done(await commands.SetModeratorAsync(owner, "pets", _member.Id, bo.Id, true, Cancellation));
        _cats = Done(await commands.PostAsync(ada, "pets", "Cats", "Text", null, Cancellation));
        Done(await commands.EditPostAsync(ada, _cats, "Cats, edited", null, null, Cancellation));
        await Eventually.InStep(_group, _owner, _member);
        Done(await _member.Get<HiveCommands>().CommentAsync(bo, _cats, null, "Bo was here", Cancellation));
        await Eventually.InStep(_group, _owner, _member);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    [Fact]
    public async Task By_log_a_newcomer_gets_everything_from_a_member_with_the_owner_gone()
    {
        var state = State(_owner);
        await _owner.Stop();
        var newcomer = await Started();
        await newcomer.Join(_member, "pets");
        await Eventually.InStep(_group, _member, newcomer);
        Assert.Null(newcomer.Writer.EditionOf(_group));
        await Shows(newcomer, state);
    }

    [Fact]
    public async Task By_edition_a_newcomer_gets_everything_from_a_member_with_the_owner_gone()
    {
        // The member missed a vote, so that it is behind the cut and takes the edition over.
        await _member.Stop();
        var owner = await _owner.Get<AgentRegistry>().OwnerAsync(Cancellation);
        Done(await _owner.Get<HiveCommands>().VoteAsync(owner, _cats, 1, Cancellation));
        var edition = (await _owner.Writer.CompactAsync(_group, dryRun: false, Cancellation)).File;
        var state = State(_owner);
        await _member.Restart();
        await Eventually.InStep(_group, _owner, _member);
        await _owner.Stop();
        Assert.Equal(edition, _member.Writer.EditionOf(_group)?.File);

        var newcomer = await Started();
        await newcomer.Join(_member, "pets");
        await Eventually.InStep(_group, _member, newcomer);
        Assert.Equal(edition, newcomer.Writer.EditionOf(_group)?.File);
        await Shows(newcomer, state);
    }

    /// <summary>The whole hive, and the right to write in it.</summary>
    private async Task Shows(LiveNode newcomer, Hash256 state)
    {
        Assert.Equal((state, state), (State(_member), State(newcomer)));
        var hives = newcomer.Get<HiveQueries>();
        Assert.Equal("Cats, edited", hives.Post(_cats, null)!.Title);
        Assert.Equal(["Bo was here"], hives.Comments(_cats, null, 50, null)!.Items.Select(c => c.Content));
        var dee = await Agent(newcomer, "Dee");
        Done(await newcomer.Get<HiveCommands>().CommentAsync(dee, _cats, null, "New here", Cancellation));
        await Eventually.InStep(_group, _member, newcomer);
        Assert.Equal(State(_member), State(newcomer));
        Assert.NotEqual(state, State(newcomer));
    }

    private Hash256 State(LiveNode node) => node.Get<HiveQueries>().StateDigest(_group);

    private async Task<LiveNode> Started()
    {
        var node = await LiveNode.Start();
        _nodes.Add(node);
        return node;
    }

    private static async Task<LocalAgent> Agent(LiveNode node, string name) =>
        (await node.Get<AgentRegistry>().RegisterAsync(name, null, Cancellation)).Agent!;

    private static string Done(WriteOutcome outcome)
    {
        Assert.Null(outcome.Problem);
        return outcome.Id!;
    }
}
