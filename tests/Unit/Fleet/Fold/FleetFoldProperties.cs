using Anarchive.Fleet;
using Anarchive.Log;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>What the fold of a fleet owes: registers and state are functions of the set of events.</summary>
public sealed class FleetFoldProperties
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(80);

    [Fact]
    public void Any_order_gives_one_state_and_one_digest() => ForAll((log, seed) =>
        AreEqual(log.Fold(), FoldedFleet.Of(log.Group, Shuffled(log.Events, seed))));

    [Fact]
    public void Settling_after_every_event_gives_the_state_of_settling_once() => ForAll((log, seed) =>
    {
        var often = new FoldedFleet(log.Group);
        foreach (var e in Shuffled(log.Events, seed))
        {
            often.Take(e);
            often.Settle();
        }

        return AreEqual(log.Fold(), often);
    });

    [Fact]
    public void An_event_that_comes_again_changes_nothing() => ForAll((log, seed) =>
        AreEqual(log.Fold(), FoldedFleet.Of(log.Group, [.. log.Events, .. Shuffled(log.Events, seed)])));

    [Fact]
    public void Registers_and_a_tail_of_events_give_what_all_events_give() => ForAll((log, seed) =>
    {
        var events = Shuffled(log.Events, seed);
        var (head, tail) = (events[..(events.Length / 2)], events[(events.Length / 2)..]);
        var restarted = FoldedFleet.Of(log.Group, head).FromRegisters(head, i => i * 31 % 17);
        restarted.Take(tail);
        restarted.Settle();
        return AreEqual(log.Fold(), restarted);
    });

    [Fact]
    public void What_changed_is_named_for_whoever_keeps_a_plan() => ForAll((log, seed) =>
    {
        var fleet = new FoldedFleet(log.Group);
        foreach (var e in Shuffled(log.Events, seed))
        {
            var before = Rows(fleet.State);
            fleet.Take(e);
            var changes = fleet.Settle();
            var moved = Rows(fleet.State).Except(before).Concat(before.Except(Rows(fleet.State)));
            if (!moved.All(row => changes.Items.Contains(row.Item))) return false;
        }

        return true;
    });

    /// <summary>Items as rows, to see which of them differ.</summary>
    private static HashSet<(ItemId Item, string Row)> Rows(FleetState state) =>
    [
        .. state.HeldItems.Select(i => (i, string.Join('|', state.HoldingsOf(i)))),
        .. state.Items.Values.Select(i => (i.Id, $"{i} {state.PinOf(i.Id)}")),
    ];

    private static bool AreEqual(FoldedFleet left, FoldedFleet right)
    {
        Assert.Equal(left.Told(), right.Told());
        return left.Digest() == right.Digest();
    }

    /// <summary>In any order at all, also of one chain: more than ever happens.</summary>
    private static VerifiedEvent[] Shuffled(IReadOnlyList<VerifiedEvent> events, int seed)
    {
        var random = new System.Random(seed);
        var shuffled = events.ToArray();
        random.Shuffle(shuffled);
        return shuffled;
    }

    private static void ForAll(Func<FleetLog, int, bool> holds) => Check.One(
        Often,
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonNegativeInt[]>(),
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            (acts, seed) => holds(RandomFleet.Write(acts.Select((act, at) => Spread(act.Get, at, seed))), seed)));

    /// <summary>FsCheck's numbers are small at first; an act needs several digits.</summary>
    private static int Spread(int act, int at, int seed) =>
        (int)((uint)((act + 1) * 2654435761L + at * 40503L + seed) % int.MaxValue);
}
