using Anarchive.Hives;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>
/// What every fold of Hives owes: the state is a function of the set of events. Histories are drawn as numbers, so
/// that a failure shrinks to the few acts that matter.
/// </summary>
public sealed class HiveFoldProperties
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(60);

    [Fact]
    public void Any_order_gives_one_state() => ForAll((log, seed) =>
        FoldedHive.Of(log.Events).FillOwed().Digest == Shuffled(log, seed).FillOwed().Digest);

    [Fact]
    public void Batches_of_any_size_give_one_state() => ForAll((log, seed) =>
        Orders.Shuffled(log.Events, seed).Chunk(1 + (seed & 7))
            .Aggregate(new FoldedHive(), (hive, batch) => hive.Take(batch)).FillOwed().Digest
        == Shuffled(log, seed).FillOwed().Digest);

    [Fact]
    public void Folding_an_event_again_changes_nothing() => ForAll((log, seed) =>
        FoldedHive.Of(log.Events).FillOwed().Digest
        == FoldedHive.Of([.. log.Events, .. Orders.Shuffled(log.Events, seed)]).FillOwed().Digest);

    [Fact]
    public void A_rebuild_chain_by_chain_equals_the_live_state() => ForAll((log, seed) =>
        Shuffled(log, seed) is var live && live.Rebuilt(log).Digest == live.Digest);

    [Fact]
    public void Totals_equal_a_recount_of_the_registers() => ForAll((log, seed) =>
        Shuffled(log, seed).Rows is var rows && rows.Items.All(item =>
            item.Up == rows.Votes.Count(vote => vote.Target == item.Key && vote.Value == 1)
                + rows.Tallies.Where(tally => tally.Target == item.Key).Sum(tally => tally.Up)
            && item.Down == rows.Votes.Count(vote => vote.Target == item.Key && vote.Value == -1)
                + rows.Tallies.Where(tally => tally.Target == item.Key).Sum(tally => tally.Down)));

    [Fact]
    public void A_deleted_item_keeps_nothing_that_its_payload_said() => ForAll((log, seed) =>
        Shuffled(log, seed) is var hive && hive.Rows.Items.Where(item => item.IsDeleted).All(item =>
            item is { HasText: false, AgentId: "" }
            && !item.Title.IsSet && !item.Content.IsSet && !item.Url.IsSet
            && (item.Kind == ItemKind.Unknown || hive.Erased.Contains(item.Key.Position))
            && hive.Rows.Edits(item.Key).All(edit => hive.Erased.Contains(edit.Position))));

    private static FoldedHive Shuffled(HiveLog log, int seed) => FoldedHive.Of(Orders.Shuffled(log.Events, seed));

    private static void ForAll(Func<HiveLog, int, bool> holds) => Check.One(
        Often,
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonNegativeInt[]>(),
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            (acts, seed) => holds(RandomHive.Write([.. acts.Select(act => act.Get)], seed), seed)));
}
