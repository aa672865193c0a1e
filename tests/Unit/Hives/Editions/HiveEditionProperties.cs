using Anarchive.Hives;
using Anarchive.Log;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class HiveEditionProperties
{
    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(80);

    [Fact]
    public void What_is_kept_folds_to_the_same_state() => ForAll((log, _) =>
    {
        var hive = FoldedHive.Of(log.Events);
        return StateOf(Kept(log, log.Events, hive)) == hive.Digest;
    });

    [Fact]
    public void What_is_kept_and_what_follows_fold_to_the_state_of_all() => ForAll((log, seed) =>
    {
        var cut = 1 + seed % log.Events.Count;
        var before = FoldedHive.Of(log.Events.Take(cut));
        var tail = log.Events.Skip(cut);
        return FoldedHive.Of([.. Kept(log, log.Events.Take(cut), before), .. tail]).Digest
            == before.Take(tail).Digest;
    });

    [Fact]
    public void Nothing_more_is_dropped_the_second_time() => ForAll((log, _) =>
    {
        var kept = Kept(log, log.Events, FoldedHive.Of(log.Events));
        return Kept(log, kept, FoldedHive.Of(kept)).Count == kept.Count;
    });

    [Fact]
    public void Votes_that_were_changed_and_texts_that_were_deleted_are_dropped()
    {
        var log = new HiveLog();
        var (post, other) = (log.Owner.Post(), log.Owner.Post());
        var edits = new[] { log.Owner.EditPost(post.Ref, title: "One"), log.Owner.EditPost(post.Ref, title: "Two") };
        var votes = new[] { log.Owner.Vote(post.Ref, 1), log.Owner.Vote(post.Ref, -1), log.Owner.Vote(post.Ref, 0) };
        log.Owner.EditPost(other.Ref, content: "Gone");
        var deleted = log.Owner.DeletePost(other.Ref);
        var kept = Kept(log, log.Events, FoldedHive.Of(log.Events));
        Assert.Equal(
            [log.Genesis.Ref, post.Ref, other.Ref, edits[1].Ref, votes[2].Ref, deleted.Ref], kept.Select(e => e.Ref));
        Assert.True(kept[2].IsHollow);
    }

    [Fact]
    public void Kinds_of_a_later_version_are_kept_and_broken_payloads_are_not()
    {
        var log = new HiveLog();
        var later = log.Owner.Write("of_a_later_version", "{}"u8.ToArray());
        log.Owner.Write("post_created", "{}"u8.ToArray());
        var kept = Kept(log, log.Events, FoldedHive.Of(log.Events));
        Assert.Equal([log.Genesis.Ref, later.Ref], kept.Select(e => e.Ref));
    }

    /// <summary>By position, as an edition has them; texts that were erased on the way are hollow.</summary>
    private static List<VerifiedEvent> Kept(HiveLog log, IEnumerable<VerifiedEvent> events, FoldedHive hive)
    {
        var kept = new List<VerifiedEvent>();
        foreach (var e in events.OrderBy(e => e.Ref))
        {
            var stored = hive.Erased.Contains(e.Ref.Position) ? log.Hollow(e) : e;
            if (HiveEdition.Keep(stored, hive.Rows) is not { } needed) continue;
            kept.Add(needed.IsHollow ? log.Hollow(e) : e);
        }

        return kept;
    }

    private static Hash256 StateOf(List<VerifiedEvent> events)
    {
        var authority = new Authority();
        foreach (var e in events) authority.Apply(e);
        return HiveEdition.StateOf(events, authority);
    }

    private static void ForAll(Func<HiveLog, int, bool> holds) => Check.One(
        Often,
        Prop.ForAll(
            ArbMap.Default.ArbFor<NonNegativeInt[]>(),
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            (acts, seed) => holds(RandomHive.Write([.. acts.Select(act => act.Get)], seed), seed)));
}
