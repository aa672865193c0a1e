using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests;

public sealed class PieceQueueTests
{
    private static readonly NodeId Fast = new FakeSigner(1).PublicKey.AsNodeId();
    private static readonly NodeId Slow = new FakeSigner(2).PublicKey.AsNodeId();
    private static readonly NodeId Third = new FakeSigner(3).PublicKey.AsNodeId();

    private static readonly PieceSet All = PieceSet.Whole(3);

    [Fact]
    public void Each_missing_piece_is_asked_of_one_source_while_there_are_others()
    {
        var have = new PieceSet(3);
        have.Add(1);
        var queue = new PieceQueue(have);
        Assert.Equal((0, 2), (queue.Take(Slow, All), queue.Take(Fast, All)));
        Assert.False(queue.IsDone);
    }

    [Fact]
    public void An_idle_source_is_asked_for_what_another_holds_up_and_a_third_is_not()
    {
        var queue = new PieceQueue(new PieceSet(1));
        var one = PieceSet.Whole(1);
        Assert.Equal(0, queue.Take(Slow, one));
        Assert.Null(queue.Take(Slow, one));
        Assert.Equal(0, queue.Take(Fast, one));
        Assert.Null(queue.Take(Third, one));
        queue.Done(0);
        queue.Return(0, Slow);
        Assert.True(queue.IsDone);
    }

    [Fact]
    public void A_piece_nobody_gave_is_missing_again()
    {
        var queue = new PieceQueue(new PieceSet(1));
        var one = PieceSet.Whole(1);
        queue.Take(Slow, one);
        queue.Take(Fast, one);
        queue.Return(0, Slow);
        // The other may still give it.
        Assert.Equal(0, queue.Take(Slow, one));
        queue.Return(0, Slow);
        queue.Return(0, Fast);
        Assert.False(queue.IsDone);
        Assert.Equal(0, queue.Take(Third, one));
    }

    [Fact]
    public void A_piece_that_came_is_not_missing_even_if_it_was_given_back()
    {
        var queue = new PieceQueue(new PieceSet(1));
        var one = PieceSet.Whole(1);
        queue.Take(Slow, one);
        queue.Return(0, Slow);
        queue.Done(0);
        Assert.True(queue.IsDone);
        Assert.Null(queue.Take(Fast, one));
    }

    [Fact]
    public void A_source_is_asked_for_nothing_it_does_not_have()
    {
        var queue = new PieceQueue(new PieceSet(3));
        var last = new PieceSet(3);
        last.Add(2);
        Assert.Equal(2, queue.Take(Slow, last));
        Assert.Null(queue.Take(Slow, last));
        Assert.Null(queue.Take(Fast, new PieceSet(3)));
        Assert.False(queue.IsDone);
    }
}
