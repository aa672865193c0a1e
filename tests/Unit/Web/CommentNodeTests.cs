using Anarchive.Node;
using Anarchive.Web;
using Xunit;

namespace Anarchive.Tests.Unit.Web;

/// <summary>How a flat list in tree order becomes nested replies.</summary>
public sealed class CommentNodeTests
{
    [Fact]
    public void Replies_stand_below_what_they_answer()
    {
        var roots = CommentNode.Grow([At("a", 0), At("b", 1), At("c", 2), At("d", 1), At("e", 0)]);
        Assert.Equal(["a", "e"], roots.Select(root => root.Comment.Id));
        Assert.Equal(["b", "d"], roots[0].Replies.Select(reply => reply.Comment.Id));
        Assert.Equal(3, roots[0].Below);
    }

    [Fact]
    public void A_page_that_starts_in_the_middle_of_a_thread_loses_nothing()
    {
        var roots = CommentNode.Grow([At("x", 5), At("y", 6), At("z", 3)]);
        Assert.Equal(["x", "z"], roots.Select(root => root.Comment.Id));
    }

    [Fact]
    public void A_thread_ten_thousand_deep_nests_only_so_far()
    {
        var roots = CommentNode.Grow([.. Enumerable.Range(0, 10_000).Select(depth => At($"c{depth}", depth))]);
        var deepest = 0;
        for (var level = roots; level.Count > 0; level = [.. level.SelectMany(node => node.Replies)]) deepest++;
        Assert.InRange(deepest, 2, CommentNode.DepthMax);
        Assert.Equal(10_000, roots.Sum(root => 1 + root.Below));
    }

    private static CommentView At(string id, int depth) => new(
        id, default, "p", null, depth, null, "text", 1, null, 0, 0, 0, TextState.Present, false, new ReachView(0, 0));
}
