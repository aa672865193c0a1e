using Anarchive.Hives;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class ThreadTreeTests
{
    private readonly HiveLog _log = new();

    [Fact]
    public void A_reply_before_its_parent_keeps_its_depth()
    {
        var alice = _log.Node("alice");
        var post = alice.Post();
        var top = alice.Comment(post.Ref);
        var reply = _log.Node("bob").Comment(post.Ref, top.Ref);
        var deep = _log.Node("carol").Comment(post.Ref, reply.Ref);

        foreach (var order in Orders.All(new[] { post, top, reply, deep }))
        {
            var lines = Lines(FoldedHive.Of([_log.Genesis, .. order]), post);
            Assert.Equal([(top.Ref, 0), (reply.Ref, 1), (deep.Ref, 2)], lines.Select(line => (line.Key, line.Depth)));
        }
    }

    [Fact]
    public void An_absent_parent_is_awaited_and_then_takes_its_place()
    {
        var post = _log.Owner.Post();
        var top = _log.Owner.Comment(post.Ref);
        var missing = _log.Node("alice").Comment(post.Ref, top.Ref);
        var reply = _log.Node("bob").Comment(post.Ref, missing.Ref);
        var hive = FoldedHive.Of(_log.Events.Where(e => e != missing));

        Assert.Equal(
            [(top.Ref, 0, true), (missing.Ref, 0, false), (reply.Ref, 1, true)],
            Lines(hive, post).Select(line => (line.Key, line.Depth, line.Item is not null)));

        Assert.Equal(
            [(top.Ref, 0), (missing.Ref, 1), (reply.Ref, 2)],
            Lines(hive.Take(missing), post).Select(line => (line.Key, line.Depth)));
    }

    [Fact]
    public void A_deleted_parent_leaves_a_placeholder_while_a_reply_stands()
    {
        var alice = _log.Node("alice");
        var post = alice.Post();
        var top = alice.Comment(post.Ref);
        var reply = alice.Comment(post.Ref, top.Ref);
        alice.Write(new CommentDeleted(alice.Agent()), top.Ref);
        Assert.Equal(
            [(top.Ref, true), (reply.Ref, false)],
            Lines(FoldedHive.Of(_log.Events), post).Select(line => (line.Key, line.Item!.IsDeleted)));

        alice.Write(new CommentDeleted(alice.Agent()), reply.Ref);

        Assert.Empty(Lines(FoldedHive.Of(_log.Events), post));
    }

    [Fact]
    public void A_parent_of_another_post_counts_as_absent()
    {
        var (post, other) = (_log.Owner.Post(), _log.Owner.Post());
        var elsewhere = _log.Owner.Comment(other.Ref);
        var reply = _log.Owner.Comment(post.Ref, elsewhere.Ref);

        Assert.Equal(
            [(elsewhere.Ref, 0, false), (reply.Ref, 1, true)],
            Lines(FoldedHive.Of(_log.Events), post).Select(line => (line.Key, line.Depth, line.Item is not null)));
    }

    [Fact]
    public void A_parent_that_is_the_post_is_no_parent()
    {
        var post = _log.Owner.Post();
        _log.Owner.Comment(post.Ref, post.Ref);

        Assert.Equal(0, Assert.Single(Lines(FoldedHive.Of(_log.Events), post)).Depth);
    }

    [Fact]
    public void A_thread_ten_thousand_deep_is_laid_out()
    {
        var post = _log.Owner.Post();
        var parent = _log.Owner.Comment(post.Ref);
        for (var depth = 1; depth < 10_000; depth++) parent = _log.Owner.Comment(post.Ref, parent.Ref);

        var lines = Lines(FoldedHive.Of(_log.Events), post);

        Assert.Equal(Enumerable.Range(0, 10_000), lines.Select(line => line.Depth));
    }

    [Fact]
    public void Comments_that_reply_to_each_other_in_a_ring_are_left_out()
    {
        // No writer can make one without breaking SHA-256; the layout must end all the same.
        var post = _log.Owner.Post();
        var (one, two) = (_log.Owner.Comment(post.Ref), _log.Owner.Comment(post.Ref));
        var hive = FoldedHive.Of(_log.Events);
        hive.Item(one).Parent = two.Ref;
        hive.Item(two).Parent = one.Ref;

        Assert.Empty(Lines(hive, post));
    }

    [Fact]
    public void Siblings_stand_best_first_then_oldest_first()
    {
        var post = _log.Owner.Post();
        var (old, young) = (_log.Owner.Comment(post.Ref), _log.Owner.Comment(post.Ref));
        var best = _log.Owner.Comment(post.Ref);
        _log.Owner.Vote(best.Ref, 1);

        Assert.Equal(
            [best.Ref, old.Ref, young.Ref],
            Lines(FoldedHive.Of(_log.Events), post).Select(line => line.Key));
    }

    [Fact]
    public void A_hot_post_outranks_an_old_one_with_as_many_votes()
    {
        Assert.True(Ranking.Hot(10, 0, 2_000_000) > Ranking.Hot(10, 0, 1_000_000));
        Assert.True(Ranking.Hot(100, 0, 1_000_000) > Ranking.Hot(10, 0, 1_000_000));
        Assert.True(Ranking.Hot(0, 10, 1_000_000) < Ranking.Hot(0, 0, 1_000_000));
        Assert.True(double.IsFinite(Ranking.Hot(long.MaxValue, 0, long.MaxValue)));
        Assert.True(double.IsFinite(Ranking.Hot(0, long.MaxValue, 0)));
    }

    private static IReadOnlyList<ThreadLine> Lines(FoldedHive hive, VerifiedEvent post) =>
        ThreadTree.Build(post.Ref, hive.Rows.Items, Ranking.BestFirst);
}
