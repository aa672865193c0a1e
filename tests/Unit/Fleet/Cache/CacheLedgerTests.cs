using Anarchive.Fleet;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>The ledger says of random books what the rules say of all their rows.</summary>
public sealed class CacheLedgerTests
{
    private const long NowMs = CacheRulesTests.NowMs;

    /// <summary>So few items that most rows replace one that was there.</summary>
    private const int Items = 23;

    [Fact]
    public void Rows_that_come_change_and_go_are_judged_as_the_whole_is() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000).WithEndSize(120),
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ArrayOf().ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(),
            (draws, drawn) =>
            {
                var (ledger, rows) = (new CacheLedger(), new Dictionary<ItemId, CacheRow>());
                foreach (var draw in draws)
                {
                    var row = CacheRulesTests.Drawn(draw, draw / 7 % Items);
                    if (draw / 3 % 5 == 0)
                    {
                        Assert.Equal(rows.Remove(row.Item), ledger.Remove(row.Item));
                    }
                    else
                    {
                        rows[row.Item] = row;
                        ledger.Put(row);
                    }

                    // Whenever it is asked, and not only at its end.
                    if (draw % 11 == 0) Same(rows, ledger, CacheRulesTests.DrawnLimits(draw ^ drawn), NowMs);
                }

                var limits = CacheRulesTests.DrawnLimits(drawn);
                foreach (var days in new[] { 0, 1, 2, 30 })
                    Same(rows, ledger, limits, NowMs + (days * 24 * CacheRulesTests.HourMs));
            }));

    [Fact]
    public void A_row_that_was_watched_goes_as_such_once_two_days_are_over()
    {
        var ledger = new CacheLedger();
        var limits = new CacheLimits(0, 0, IsVolumePresent: true, CullsManual: false);
        var row = new CacheRow(
            CacheRulesTests.Id(1), 100, 100, CacheUse.Idle, false, 5, NowMs, false, default, 0, null);
        ledger.Put(row);
        ledger.Put(row with { Item = CacheRulesTests.Id(2), UsedMs = 4, WatchedMs = null });
        CullCause[] recent = [CullCause.LeastUsed, CullCause.LeastUsed];
        Assert.Equal(recent, Causes(NowMs + CacheRules.WatchedForMs));
        CullCause[] over = [CullCause.Watched, CullCause.LeastUsed];
        Assert.Equal(over, Causes(NowMs + CacheRules.WatchedForMs + 1));

        IEnumerable<CullCause> Causes(long unixMs) => ledger.Judge(limits, unixMs).Culls.Select(c => c.Cause);
    }

    private static void Same(
        Dictionary<ItemId, CacheRow> rows, CacheLedger ledger, CacheLimits limits, long unixMs)
    {
        var (whole, cheap) = (CacheRules.Judge(rows.Values, limits, unixMs), ledger.Judge(limits, unixMs));
        Assert.Equal(rows.Count, ledger.Count);
        Assert.Equal(
            (whole.IsVolumeAbsent, whole.UsedBytes, whole.OverBytes, whole.StarredBytes),
            (cheap.IsVolumeAbsent, cheap.UsedBytes, cheap.OverBytes, cheap.StarredBytes));
        Assert.Equal(whole.Culls, cheap.Culls);
        Assert.Equal(whole.Restores, cheap.Restores);
    }
}
