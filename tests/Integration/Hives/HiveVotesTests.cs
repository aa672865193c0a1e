using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The three forms of vote privacy, from the vote to what travels.</summary>
public sealed class HiveVotesTests : IAsyncLifetime
{
    private readonly HiveNode _node = new();

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory]
    [InlineData("per_agent")]
    [InlineData("pseudonymous")]
    [InlineData("tally")]
    public async Task Votes_are_counted_changed_and_taken_back(string privacy)
    {
        var (ann, bob) = (await _node.AgentAsync("Ann"), await _node.AgentAsync("Bob"));
        await _node.HiveAsync(ann, privacy: privacy);
        var post = await _node.PostAsync(ann);
        await VoteAsync(ann, post, 1);
        await VoteAsync(bob, post, 1);
        Assert.Equal((2, 0, 1), Totals(post, ann));
        await VoteAsync(bob, post, -1);
        Assert.Equal((1, 1, -1), Totals(post, bob));
        await VoteAsync(ann, post, 0);
        await VoteAsync(ann, post, 0);
        Assert.Equal((0, 1, 0), Totals(post, ann));
    }

    [Fact]
    public async Task A_pseudonym_binds_one_target_and_names_nobody()
    {
        var ann = await _node.AgentAsync("Ann");
        var group = await _node.HiveAsync(ann);
        var (first, second) = (await _node.PostAsync(ann), await _node.PostAsync(ann));
        var voters = new List<string>();
        foreach (var (post, value) in new[] { (first, 1), (first, -1), (second, 1) })
            voters.Add(Assert.IsType<VoteCast>(Payload(group, await VoteAsync(ann, post, value))).Voter);
        Assert.Equal(voters[0], voters[1]);
        Assert.NotEqual(voters[0], voters[2]);
        Assert.All(voters, voter => Assert.True(HiveRules.IsPseudonym(voter)));
        Assert.DoesNotContain(ann.Id, voters);
    }

    [Fact]
    public async Task A_tally_leaves_the_votes_at_home()
    {
        var (ann, bob) = (await _node.AgentAsync("Ann"), await _node.AgentAsync("Bob"));
        var group = await _node.HiveAsync(ann, privacy: VotePrivacy.Tally);
        var post = await _node.PostAsync(ann);
        Assert.Equal(new VoteTallied(1, 0), Payload(group, await VoteAsync(ann, post, 1)));
        Assert.Equal(new VoteTallied(1, 1), Payload(group, await VoteAsync(bob, post, -1)));
        Assert.Equal(new VoteTallied(0, 1), Payload(group, await VoteAsync(ann, post, 0)));
    }

    [Fact]
    public async Task Tallies_written_at_once_end_on_the_full_count()
    {
        var ann = await _node.AgentAsync("Ann");
        await _node.HiveAsync(ann, privacy: VotePrivacy.Tally);
        var post = await _node.PostAsync(ann);
        var voters = new List<LocalAgent>();
        for (var i = 0; i < 12; i++) voters.Add(await _node.AgentAsync($"Voter {i}"));
        await Task.WhenAll(voters.Select(voter => VoteAsync(voter, post, 1)));
        Assert.Equal((12, 0, 1), Totals(post, voters[0]));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    [InlineData(int.MaxValue)]
    public async Task Any_other_value_is_refused(int value)
    {
        var ann = await _node.AgentAsync("Ann");
        var group = await _node.HiveAsync(ann);
        var post = await _node.PostAsync(ann);
        var before = _node.Queries.StateDigest(group);
        var refused = await _node.Commands.VoteAsync(ann, post, value, HiveNode.Cancellation);
        Assert.Equal("bad_vote", refused.Problem!.Code);
        Assert.Equal(before, _node.Queries.StateDigest(group));
    }

    private async Task<EventRef> VoteAsync(LocalAgent agent, string id, int value)
    {
        var outcome = await _node.Commands.VoteAsync(agent, id, value, HiveNode.Cancellation);
        Assert.Null(outcome.Problem);
        return outcome.Event!.Value;
    }

    private (int Up, int Down, int Mine) Totals(string post, LocalAgent viewer)
    {
        var shown = _node.Queries.Post(post, viewer)!;
        return (shown.Up, shown.Down, shown.MyVote);
    }

    private IHivePayload? Payload(GroupId group, EventRef written)
    {
        var found = _node.Get<SqliteEventReader>().Find(group, written.Position)!;
        return HivePayloads.ReadPayload(found.Header.Kind, found.Payload!.Value.Bytes.Span);
    }
}
