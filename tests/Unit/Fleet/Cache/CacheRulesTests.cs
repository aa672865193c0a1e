using Anarchive.Fleet;
using Anarchive.Log;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class CacheRulesTests
{
    internal const long HourMs = 3600 * 1000;
    internal const long NowMs = 1_700_000_000_000;

    private static readonly CacheLimits Tight = new(0, 1_000_000, IsVolumePresent: true, CullsManual: false);
    private static readonly CacheMark Star = new(PinKind.Star, false, false);
    private static readonly CacheMark Trash = new(PinKind.Trash, true, false);

    [Fact]
    public void Rows_go_by_trash_then_watched_then_least_used_then_by_hand()
    {
        CacheRow[] rows =
        [
            Row(1) with { IsManual = true, UsedMs = 1 },
            Row(2) with { UsedMs = 50 },
            Row(3) with { UsedMs = 40 },
            Row(4) with { UsedMs = 90, WatchedMs = NowMs - (48 * HourMs) - 1 },
            Row(5) with { UsedMs = 99, Mark = Trash },
            Row(6) with { UsedMs = 60, WatchedMs = NowMs - (48 * HourMs) },
        ];
        Assert.Equal([5, 4, 3, 2, 6, 1], Culled(rows, Tight with { CullsManual = true }));
        Assert.Equal([5, 4, 3, 2, 6], Culled(rows, Tight));
    }

    [Fact]
    public void Rows_used_at_the_same_time_go_by_their_ids()
    {
        var rows = Enumerable.Range(1, 20).Select(n => Row(n)).ToList();
        var byId = rows.OrderBy(r => r.Item).Select(r => r.Item);
        Assert.Equal(byId, CacheRules.Judge(rows, Tight, NowMs).Culls.Select(c => c.Item));
    }

    [Fact]
    public void Culling_ends_where_the_budget_is_met()
    {
        CacheRow[] rows = [Row(1) with { UsedMs = 1 }, Row(2) with { UsedMs = 2 }, Row(3) with { UsedMs = 3 }];
        Assert.Equal([1], Culled(rows, Tight with { BudgetBytes = 200 }));
        Assert.Equal([1, 2], Culled(rows, Tight with { BudgetBytes = 199 }));
        Assert.Empty(Culled(rows, Tight with { BudgetBytes = 300 }));
        Assert.Empty(Culled(rows, Tight with { BudgetBytes = null }));
    }

    [Fact]
    public void Trash_goes_although_there_is_room() =>
        Assert.Equal([2], Culled([Row(1), Row(2) with { Mark = Trash }], Tight with { BudgetBytes = null }));

    [Fact]
    public void Too_many_stars_are_reported_and_none_is_culled()
    {
        CacheRow[] rows = [Row(1) with { Mark = Star }, Row(2) with { Mark = Star }];
        var judged = CacheRules.Judge(rows, Tight with { BudgetBytes = 150 }, NowMs);
        Assert.Empty(judged.Culls);
        Assert.Equal((50L, 200L), (judged.OverBytes, judged.StarredBytes));
        Assert.Equal([KeepCause.Starred, KeepCause.Starred], judged.Keeps.Select(k => k.Cause));
    }

    [Theory]
    [InlineData(CacheUse.Playing, KeepCause.Playing)]
    [InlineData(CacheUse.Downloading, KeepCause.Downloading)]
    [InlineData(CacheUse.Copying, KeepCause.Copying)]
    public void A_row_in_use_stays_even_when_trashed(CacheUse use, KeepCause cause)
    {
        var judged = CacheRules.Judge([Row(1) with { Use = use, Mark = Trash }], Tight, NowMs);
        Assert.Empty(judged.Culls);
        Assert.Equal(cause, Assert.Single(judged.Keeps).Cause);
    }

    [Fact]
    public void A_copy_that_the_fleet_needs_stays_and_one_that_it_lets_go_may_go()
    {
        var judged = CacheRules.Judge(
            [Row(1) with { IsBound = true, Mark = Trash }, Row(2)], Tight, NowMs);
        Assert.Equal(Id(2), Assert.Single(judged.Culls).Item);
        Assert.Equal((Id(1), KeepCause.Custody), (judged.Keeps[0].Item, judged.Keeps[0].Cause));
    }

    [Fact]
    public void An_absent_volume_is_neither_culled_nor_filled()
    {
        CacheRow[] rows =
        [
            Row(1) with { Mark = Trash }, Row(2) with { UsedMs = 0 }, Row(3) with { Bytes = 0, Mark = Star },
        ];
        var judged = CacheRules.Judge(rows, Tight with { IsVolumePresent = false }, NowMs);
        Assert.True(judged.IsVolumeAbsent);
        Assert.Empty(judged.Culls);
        Assert.Empty(judged.Restores);
    }

    [Fact]
    public void A_missing_star_comes_back_and_a_tombstone_does_not()
    {
        CacheRow[] rows =
        [
            Row(1) with { Bytes = 0, Mark = Star }, Row(2) with { Bytes = 0, Mark = Trash },
            Row(3) with { Bytes = 0 }, Row(4) with { Bytes = 0, Mark = new CacheMark(PinKind.None, false, true) },
        ];
        var judged = CacheRules.Judge(rows, Tight with { BudgetBytes = 1_000 }, NowMs);
        Assert.Equal([Id(1), Id(4)], judged.Restores.Select(r => r.Item));
        Assert.All(judged.Restores, r => Assert.Null(r.Hold));
    }

    [Fact]
    public void A_restore_that_failed_waits_twice_as_long_each_time_and_at_most_a_day()
    {
        var row = Row(1) with { Bytes = 0, Mark = Star, TriedMs = NowMs };
        Assert.Null(CacheRules.NotBefore(row));
        Assert.Equal(NowMs + (5 * 60_000), CacheRules.NotBefore(row with { Failures = 1 }));
        Assert.Equal(NowMs + (20 * 60_000), CacheRules.NotBefore(row with { Failures = 3 }));
        Assert.Equal(NowMs + (24 * HourMs), CacheRules.NotBefore(row with { Failures = int.MaxValue }));
        var waits = CacheRules.Judge([row with { Failures = 1 }], Tight with { BudgetBytes = 500 }, NowMs + 1);
        Assert.Equal(
            (RestoreHold.Backoff, NowMs + (5 * 60_000)), (waits.Restores[0].Hold, waits.Restores[0].NotBeforeMs));
        var due = CacheRules.Judge(
            [row with { Failures = 1 }], Tight with { BudgetBytes = 500 }, NowMs + (5 * 60_000));
        Assert.Null(due.Restores[0].Hold);
    }

    [Fact]
    public void Restores_share_the_free_space_and_the_budget()
    {
        CacheRow[] rows =
            [
                Row(1) with { Bytes = 0, Mark = Star }, Row(2) with { Bytes = 0, Mark = Star },
                Row(3) with { Mark = Star },
            ];
        var space = CacheRules.Judge(rows, new CacheLimits(null, 150, true, false), NowMs).Restores;
        Assert.Equal(1, space.Count(r => r.Hold is null));
        Assert.Equal(1, space.Count(r => r.Hold == RestoreHold.NoSpace));
        var budget = CacheRules.Judge(rows, new CacheLimits(200, 1_000, true, false), NowMs).Restores;
        Assert.Equal(1, budget.Count(r => r.Hold is null));
        Assert.Equal(1, budget.Count(r => r.Hold == RestoreHold.OverBudget));
    }

    [Fact]
    public void Whatever_the_cache_holds_nothing_protected_goes() => ForAll((rows, limits) =>
    {
        var judged = CacheRules.Judge(rows, limits, NowMs);
        var gone = judged.Culls.Select(c => c.Item).ToHashSet();
        return rows.Where(r => gone.Contains(r.Item)).All(r =>
                r.IsHere && !r.Mark.IsStarred && r.Use == CacheUse.Idle && !r.IsBound
                && (!r.IsManual || r.Mark.IsTrashed || limits.CullsManual))
            && gone.Count == judged.Culls.Count
            && (limits.IsVolumePresent || (gone.Count == 0 && judged.Restores.Count == 0));
    });

    [Fact]
    public void Whatever_the_cache_holds_no_row_goes_that_room_was_not_wanted_of() => ForAll((rows, limits) =>
    {
        var judged = CacheRules.Judge(rows, limits, NowMs);
        var last = judged.Culls is [.., var end] ? end : null;
        return last is null || last.Cause == CullCause.Trashed
            || judged.UsedBytes - judged.CulledBytes + last.Bytes > limits.BudgetBytes;
    });

    [Fact]
    public void Whatever_the_cache_holds_restores_fit_the_disk_and_the_budget() => ForAll((rows, limits) =>
    {
        var judged = CacheRules.Judge(rows, limits, NowMs);
        var comes = judged.Restores.Where(r => r.Hold is null)
            .Sum(r => r.SizeBytes - rows.First(row => row.Item == r.Item).Bytes);
        var left = judged.UsedBytes - judged.CulledBytes;
        return comes <= limits.FreeBytes && (comes == 0 || limits.BudgetBytes is not { } most || left + comes <= most);
    });

    [Fact]
    public void The_order_of_rows_changes_nothing() => ForAll((rows, limits) =>
    {
        var one = CacheRules.Judge(rows, limits, NowMs);
        var other = CacheRules.Judge([.. rows.Reverse()], limits, NowMs);
        return one.Culls.SequenceEqual(other.Culls) && one.Restores.SequenceEqual(other.Restores)
            && one.Keeps.SequenceEqual(other.Keeps) && one.OverBytes == other.OverBytes;
    });

    private static void ForAll(Func<IReadOnlyList<CacheRow>, CacheLimits, bool> holds) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ArrayOf().ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(),
            (draws, limits) => holds([.. draws.Select(Drawn)], DrawnLimits(limits))));

    internal static CacheRow Drawn(int draw, int at)
    {
        var size = 1 + (draw % 97);
        return new CacheRow(
            Id(at), size, (draw & 0x3) == 0 ? 0 : size, (CacheUse)(Math.Max(0, (draw >> 2 & 0x7) - 4)),
            (draw >> 5 & 0x3) == 3, draw >> 8 & 0xF,
            (draw >> 12 & 1) == 0 ? null : NowMs - (HourMs * (draw >> 13 & 0x7F)), (draw >> 20 & 0x3) == 0,
            (draw >> 22 & 0x3) switch
            {
                0 => Star,
                1 => Trash,
                2 => new CacheMark(PinKind.None, false, true),
                _ => default,
            },
            draw >> 24 & 0x3, NowMs);
    }

    internal static CacheLimits DrawnLimits(int draw) => new(
        (draw & 1) == 0 ? null : draw >> 4 & 0x3FF, draw >> 14 & 0x3FF, (draw & 0xE) != 0, (draw >> 24 & 1) == 1);

    private static IReadOnlyList<int> Culled(IReadOnlyList<CacheRow> rows, CacheLimits limits) =>
        [.. CacheRules.Judge(rows, limits, NowMs).Culls.Select(c =>
            Enumerable.Range(0, 100).First(n => Id(n) == c.Item))];

    private static CacheRow Row(int n) => new(
        Id(n), 100, 100, CacheUse.Idle, IsBound: false, 0, null, IsManual: false, default, 0, null);

    internal static ItemId Id(int n) => new(Hash256.Sha256(BitConverter.GetBytes(n)));
}
