using Anarchive.Hives;
using Anarchive.Log;
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
    {
        var live = FoldedHive.Of(log.Events).FillOwed();
        var shuffled = FoldedHive.Of([.. Orders.Shuffled(log.Events, seed)]).FillOwed();
        return live.Digest == shuffled.Digest;
    });

    [Fact]
    public void Batches_of_any_size_give_one_state() => ForAll((log, seed) =>
    {
        var shuffled = Orders.Shuffled(log.Events, seed);
        var batched = new FoldedHive();
        foreach (var batch in shuffled.Chunk(1 + (seed & 7))) batched.Take(batch);
        return batched.FillOwed().Digest == FoldedHive.Of(shuffled).FillOwed().Digest;
    });

    [Fact]
    public void Folding_an_event_again_changes_nothing() => ForAll((log, seed) =>
    {
        var once = FoldedHive.Of(log.Events).FillOwed();
        var again = FoldedHive.Of([.. log.Events, .. Orders.Shuffled(log.Events, seed)]).FillOwed();
        return once.Digest == again.Digest;
    });

    [Fact]
    public void A_rebuild_chain_by_chain_equals_the_live_state() => ForAll((log, seed) =>
    {
        var live = FoldedHive.Of(Orders.Shuffled(log.Events, seed));
        return live.Rebuilt(log).Digest == live.Digest;
    });

    [Fact]
    public void Totals_equal_a_recount_of_the_registers() => ForAll((log, seed) =>
    {
        var rows = FoldedHive.Of(Orders.Shuffled(log.Events, seed)).Rows;
        return rows.Items.All(item =>
            item.Up == rows.Votes.Count(vote => vote.Target == item.Key && vote.Value == 1)
                + rows.Tallies.Where(tally => tally.Target == item.Key).Sum(tally => tally.Up)
            && item.Down == rows.Votes.Count(vote => vote.Target == item.Key && vote.Value == -1)
                + rows.Tallies.Where(tally => tally.Target == item.Key).Sum(tally => tally.Down));
    });

    [Fact]
    public void A_deleted_item_keeps_nothing_that_its_payload_said() => ForAll((log, seed) =>
    {
        var hive = FoldedHive.Of(Orders.Shuffled(log.Events, seed));
        return hive.Rows.Items.Where(item => item.IsDeleted).All(item =>
            item is { HasText: false, AgentId: "" }
            && !item.Title.IsSet && !item.Content.IsSet && !item.Url.IsSet
            && (item.Kind == ItemKind.Unknown || hive.Erased.Contains(item.Key.Position))
            && hive.Rows.Edits(item.Key).All(edit => hive.Erased.Contains(edit.Position)));
    });

    private static void ForAll(Func<HiveLog, int, bool> holds) => Check.One(
        Often,
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonNegativeInt[]>(),
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            (acts, seed) => holds(RandomHive.Write([.. acts.Select(act => act.Get)], seed), seed)));
}

/// <summary>Turns numbers into a history of three nodes, one with two incarnations, whose clocks often tie.</summary>
internal static class RandomHive
{
    private static readonly string[] Modes = [VotePrivacy.PerAgent, VotePrivacy.Pseudonymous, VotePrivacy.Tally];

    private static readonly string Pseudonym = new('a', HiveLimits.PseudonymLength);

    public static HiveLog Write(IReadOnlyList<int> acts, int seed)
    {
        var log = new HiveLog(Modes[seed % Modes.Length]);
        var choose = new Random(seed);
        HiveWriter[] writers = [log.Owner, log.Node("alice"), log.Node("alice", 2), log.Node("bob")];
        var items = new List<EventRef> { log.Owner.Post().Ref };
        var grants = new List<EventRef>();
        foreach (var act in acts)
        {
            var writer = writers[act % writers.Length];
            Write(act / writers.Length % 17, log, writers, writer, items, grants, choose);
        }

        return log;
    }

    private static void Write(
        int act, HiveLog log, HiveWriter[] writers, HiveWriter writer, List<EventRef> items, List<EventRef> grants,
        Random choose)
    {
        var target = items[choose.Next(items.Count)];
        var subject = writers[choose.Next(writers.Length)];
        var grant = grants.Count > 0 && choose.Next(4) > 0 ? grants[choose.Next(grants.Count)] : (EventRef?)null;
        var agent = choose.Next(2);
        switch (act)
        {
            case 0: items.Add(writer.Post(agent: agent).Ref); break;
            case 1: items.Add(writer.Comment(target, agent: agent).Ref); break;
            case 2: items.Add(writer.Comment(items[0], target, agent).Ref); break;
            case 3: writer.EditPost(target, title: "Edited"); break;
            case 4: writer.EditPost(target, content: "Edited", url: ""); break;
            case 5: writer.Write(new CommentUpdated(writer.Agent(), "Edited"), target); break;
            case 6: writer.DeletePost(target, grant, agent); break;
            case 7: writer.Vote(target, choose.Next(-1, 2), agent); break;
            case 8: writer.Write(new VoteCast(Pseudonym, choose.Next(-1, 2)), target); break;
            case 9: writer.Write(new VoteTallied(choose.Next(5), choose.Next(5)), target); break;
            case 10: writer.Set("title", $"{writer.Seq}", grant, agent); break;
            case 11: writer.Membership(choose.Next(2) == 0 ? "join" : "leave", subject.Subject(agent)); break;
            case 12: writer.Membership("ban", subject.Subject(), grant, agent: agent); break;
            case 13: writer.Membership("unban", subject.Subject(), grant, agent: agent); break;
            case 14: grants.Add(log.Owner.Moderator("add", subject.Subject(agent)).Ref); break;
            case 15: log.Owner.Moderator("remove", subject.Subject(agent), AnyOf(subject, choose)); break;
            default: writer.Write("post_created", "{}"u8.ToArray()); break;
        }
    }

    private static ChainSeq AnyOf(HiveWriter subject, Random choose) =>
        subject.After(choose.Next((int)subject.Seq + 1));
}
