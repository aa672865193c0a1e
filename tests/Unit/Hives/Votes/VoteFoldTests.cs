using Anarchive.Hives;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class VoteFoldTests
{
    private static readonly string Pseudonym = new string('b', HiveLimits.PseudonymLength - 1) + 'q';

    private readonly HiveLog _log = new();

    [Fact]
    public void A_node_cannot_vote_for_anothers_agent()
    {
        var (alice, mallory) = (_log.Node("alice"), _log.Node("mallory"));
        var post = alice.Post();
        alice.Vote(post.Ref, 1);
        // Same agent id, later clock: it is another register.
        mallory.Later().Vote(post.Ref, -1);

        var item = FoldedHive.Of(_log.Events).Item(post);

        Assert.Equal((1, 1), (item.Up, item.Down));
    }

    [Fact]
    public void Any_order_of_votes_gives_one_score()
    {
        var (alice, bob) = (_log.Node("alice"), _log.Node("bob"));
        var post = alice.Post();
        alice.Vote(post.Ref, 1);
        alice.Vote(post.Ref, -1);
        alice.Vote(post.Ref, 0);
        alice.Vote(post.Ref, -1);
        bob.Vote(post.Ref, 1);

        foreach (var order in Orders.All(_log.Events.Skip(1).ToArray()))
        {
            var item = FoldedHive.Of([_log.Genesis, .. order]).Item(post);
            Assert.Equal((1, 1), (item.Up, item.Down));
        }
    }

    [Fact]
    public void A_vote_taken_back_counts_for_nothing()
    {
        var post = _log.Owner.Post();
        _log.Owner.Vote(post.Ref, 1);
        _log.Owner.Vote(post.Ref, 0);

        var item = FoldedHive.Of(_log.Events).Item(post);

        Assert.Equal((0, 0), (item.Up, item.Down));
    }

    [Fact]
    public void Votes_from_before_the_genesis_count_once_it_is_here()
    {
        var post = _log.Owner.Post();
        var vote = _log.Owner.Vote(post.Ref, 1);

        foreach (var order in Orders.All(new[] { _log.Genesis, post, vote }))
            Assert.Equal(1, FoldedHive.Of(order).Item(post).Up);
    }

    [Fact]
    public void Losing_a_role_never_revives_an_old_vote()
    {
        var bob = _log.Node("bob");
        var post = _log.Owner.Post();
        var grant = _log.Owner.Moderator("add", bob.Subject());
        bob.Vote(post.Ref, 1);
        _log.Owner.Moderator("remove", bob.Subject());
        bob.Vote(post.Ref, -1);

        foreach (var order in Orders.All(_log.Events.Skip(1).ToArray()))
        {
            var item = FoldedHive.Of([_log.Genesis, .. order]).Item(post);
            Assert.Equal((0, 1), (item.Up, item.Down));
        }

        Assert.NotNull(grant);
    }

    [Theory]
    [InlineData(VotePrivacy.PerAgent, 1, 0, 0)]
    [InlineData(VotePrivacy.Pseudonymous, 0, 1, 0)]
    [InlineData(VotePrivacy.Tally, 0, 0, 1)]
    public void Another_modes_form_is_inert(string mode, int perAgent, int pseudonymous, int tallied)
    {
        var log = new HiveLog(mode);
        var posts = new[] { log.Owner.Post(), log.Owner.Post(), log.Owner.Post() };
        log.Owner.Vote(posts[0].Ref, 1);
        log.Owner.Write(new VoteCast(Pseudonym, 1), posts[1].Ref);
        log.Owner.Write(new VoteTallied(1, 5), posts[2].Ref);

        var hive = FoldedHive.Of(log.Events);

        Assert.Equal([perAgent, pseudonymous, tallied], posts.Select(post => (int)hive.Item(post).Up));
        Assert.Equal(1, hive.Rows.Votes.Count + hive.Rows.Tallies.Count);
    }

    [Fact]
    public void The_newest_tally_of_each_node_counts()
    {
        var log = new HiveLog(VotePrivacy.Tally);
        var (alice, bob) = (log.Node("alice"), log.Node("bob"));
        var post = alice.Post();
        alice.Write(new VoteTallied(5, 0), post.Ref);
        alice.Write(new VoteTallied(3, 1), post.Ref);
        bob.Write(new VoteTallied(10, 2), post.Ref);

        foreach (var order in Orders.All(log.Events.Skip(1).ToArray()))
        {
            var item = FoldedHive.Of([log.Genesis, .. order]).Item(post);
            Assert.Equal((13, 3), (item.Up, item.Down));
        }
    }

    [Fact]
    public void A_vote_before_its_target_counts_when_the_target_arrives()
    {
        var post = _log.Owner.Post();
        var vote = _log.Node("alice").Vote(post.Ref, 1);

        var hive = FoldedHive.Of([_log.Genesis, vote]);
        Assert.Equal(ItemKind.Unknown, hive.Rows.FindItem(post.Ref)!.Kind);

        Assert.Equal(1, hive.Take(post).Item(post).Up);
    }
}
