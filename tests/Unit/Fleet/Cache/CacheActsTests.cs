using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class CacheActsTests
{
    private static readonly ItemId Item = new(Hash256.Sha256([1]));

    private static readonly CacheMark[] Marks =
    [
        .. from pin in Enum.GetValues<PinKind>()
        from buried in new[] { false, true }
        from asked in new[] { false, true }
        select new CacheMark(pin, buried, asked),
    ];

    [Fact]
    public void A_starred_row_is_not_trashed_before_its_star_is_taken_off()
    {
        var (starred, _) = CacheActs.Apply(default, CacheAct.Star);
        Assert.Equal((starred, CacheActs.Starred), CacheActs.Apply(starred, CacheAct.Trash));
        var (plain, refusal) = CacheActs.Apply(starred, CacheAct.Unstar);
        Assert.Null(refusal);
        Assert.True(CacheActs.Apply(plain, CacheAct.Trash).Mark.IsTrashed);
    }

    [Fact]
    public void Trash_leaves_a_tombstone_until_somebody_asks()
    {
        var trashed = CacheActs.Apply(default, CacheAct.Trash).Mark;
        Assert.True(trashed.IsBuried);
        Assert.False(trashed.IsWanted);
        Assert.True(CacheActs.Apply(trashed, CacheAct.Unstar).Mark.IsBuried);
        Assert.True(CacheActs.Apply(trashed, CacheAct.Cancel).Mark.IsBuried);
        Assert.True(CacheActs.Apply(trashed, CacheAct.Restore).Mark.IsWanted);
        Assert.True(CacheActs.Apply(trashed, CacheAct.Star).Mark.IsWanted);
    }

    [Fact]
    public void Every_act_on_every_mark_can_be_undone()
    {
        foreach (var mark in Marks)
            foreach (var act in Enum.GetValues<CacheAct>())
            {
                var (after, refusal) = CacheActs.Apply(mark, act);
                if (refusal is not null) continue;
                var change = new CacheChange(Item, act, mark, after);
                Assert.Equal((mark, null), CacheActs.Undo(after, change, isHere: true));
            }
    }

    [Fact]
    public void Trash_that_was_deleted_meanwhile_is_fetched_again_when_it_is_undone()
    {
        var trashed = CacheActs.Apply(default, CacheAct.Trash).Mark;
        var change = new CacheChange(Item, CacheAct.Trash, default, trashed);
        Assert.True(CacheActs.Undo(trashed, change, isHere: false).Mark.IsWanted);
        Assert.False(CacheActs.Undo(trashed, change, isHere: true).Mark.IsWanted);
    }

    [Fact]
    public void What_a_later_act_changed_is_not_undone()
    {
        var trashed = CacheActs.Apply(default, CacheAct.Trash).Mark;
        var change = new CacheChange(Item, CacheAct.Trash, default, trashed);
        var starred = CacheActs.Apply(trashed, CacheAct.Star).Mark;
        Assert.Equal((starred, CacheActs.ChangedSince), CacheActs.Undo(starred, change, isHere: true));
    }

    [Fact]
    public void No_mark_is_wanted_and_buried_at_once() => Assert.All(
        from mark in Marks from act in Enum.GetValues<CacheAct>() select CacheActs.Apply(mark, act).Mark,
        mark => Assert.False(mark.IsWanted && mark.IsBuried));
}
