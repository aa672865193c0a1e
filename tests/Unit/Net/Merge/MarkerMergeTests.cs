using Anarchive.Net;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class MarkerMergeTests
{
    private const long Local = 1_420_100;

    private static readonly Config Often = Config.QuickThrowOnFailure.WithMaxTest(500);

    private static readonly MarkerVote B = Friend("B", Method.Chromaprint, 67_700, 158_200, 1_420_100);
    private static readonly MarkerVote C = Friend("C", Method.Theme, 68_300, 158_700, 1_420_000);
    private static readonly MarkerVote D = Friend("D", Method.Chapter, 67_900, 157_900, 1_420_100);
    private static readonly MarkerVote E = Friend("E", Method.Manual, 24_000, 114_000, 1_446_300);

    [Fact]
    public void Three_friends_who_agree_let_a_player_skip_and_another_cut_is_set_aside()
    {
        var merged = Merge([B, C, D, E]);
        Assert.Equal((MergeLevel.AutoSkip, 954), (merged.Level, merged.Score));
        Assert.Equal((68_300L, 157_900L), (merged.StartMs!.Value, merged.EndMs!.Value));
        Assert.Equal((E, SetAside.OtherCut), Assert.Single(merged.Left));
        Assert.Equal([630, 630, 665], merged.Clusters[0].Votes.Select(v => v.Weight).Order());
    }

    [Fact]
    public void Two_friends_are_a_button_and_with_the_theme_found_in_the_file_more()
    {
        Assert.Equal((MergeLevel.Button, 863), Verdict([B, C]));
        Assert.Equal((MergeLevel.AutoSkip, 1_000), Verdict([B, C], new LocatedTheme(68_200, 158_200)));
        Assert.Equal((MergeLevel.Hidden, 630), Verdict([B]));
        Assert.Equal((MergeLevel.Button, 756), Verdict([B], new LocatedTheme(67_700, 158_200)));
    }

    [Fact]
    public void A_theme_found_elsewhere_rules_a_cluster_out()
    {
        var merged = Merge([B, C, D], new LocatedTheme(300_000, 390_500));
        Assert.Equal((MergeLevel.Hidden, null), (merged.Level, merged.StartMs));
        Assert.True(Assert.Single(merged.Clusters).IsContradicted);
    }

    [Fact]
    public void A_theme_says_where_this_cut_has_what_another_cut_has_elsewhere()
    {
        var merged = Merge([E], new LocatedTheme(50_100, 140_000));
        Assert.Equal(
            (MergeLevel.Button, 50_100L, 140_000L), (merged.Level, merged.StartMs!.Value, merged.EndMs!.Value));
        Assert.Equal((MergeLevel.Hidden, null), (Merge([E]).Level, Merge([E]).StartMs));
    }

    [Fact]
    public void What_the_owner_set_by_hand_holds_against_the_files_own_sound()
    {
        var theme = new LocatedTheme(67_700, 158_200);
        var own = new MarkerVote("me", VoterRing.Own, Method.Manual, 100, 300_000, 370_000, Local, false);
        var merged = Merge([own, B], theme);
        Assert.Equal((MergeLevel.AutoSkip, 300_000L), (merged.Level, merged.StartMs!.Value));
        Assert.DoesNotContain(merged.Clusters, c => c.IsContradicted);
        merged = Merge([own], theme);
        Assert.Equal((MergeLevel.AutoSkip, 370_000L), (merged.Level, merged.EndMs!.Value));
        // Also that there is none, though friends know another cut of it.
        var none = own with { StartMs = 0, EndMs = null, Absent = true };
        merged = Merge([none, E], new LocatedTheme(50_100, 140_000));
        Assert.Equal((MergeLevel.Hidden, null), (merged.Level, merged.StartMs));
    }

    [Fact]
    public void What_the_owner_set_by_hand_holds_against_everybody()
    {
        var own = new MarkerVote("me", VoterRing.Own, Method.Manual, 100, 10_000, 70_000, Local, false);
        var merged = Merge([B, C, D, own]);
        Assert.Equal(
            (MergeLevel.AutoSkip, 10_000L, 70_000L), (merged.Level, merged.StartMs!.Value, merged.EndMs!.Value));
        var none = own with { Absent = true, StartMs = 0, EndMs = 0 };
        Assert.Equal((MergeLevel.Hidden, null), (Merge([B, C, D, none]).Level, Merge([B, C, D, none]).StartMs));
    }

    [Fact]
    public void A_second_opinion_half_as_strong_keeps_players_from_skipping()
    {
        var other = Friend("F", Method.Manual, 300_000, 390_000, Local);
        Assert.Equal(MergeLevel.AutoSkip, Merge([B, C, D]).Level);
        Assert.Equal(MergeLevel.Button, Merge([B, C, D, other]).Level);
    }

    [Fact]
    public void Imports_alone_never_let_a_player_skip()
    {
        var imports = Enumerable.Range(0, 40)
            .Select(i => Friend($"F{i}", Method.Import, 67_700, 158_200, Local)).ToArray();
        Assert.Equal((MergeLevel.Button, 1_000), Verdict(imports));
        var mine = imports[0] with { Ring = VoterRing.Own };
        Assert.Equal((MergeLevel.Hidden, 400), Verdict([mine]));
    }

    [Fact]
    public void Unsure_votes_are_not_counted()
    {
        var merged = Merge([B with { Conf = 49 }, C]);
        Assert.Equal((B with { Conf = 49 }, SetAside.Unsure), Assert.Single(merged.Left));
        Assert.Equal([C], Assert.Single(merged.Clusters).Votes);
    }

    [Fact]
    public void Whoever_says_there_is_none_is_counted_by_itself()
    {
        var none = Friend("F", Method.Manual, 0, 0, Local) with { Absent = true };
        var merged = Merge([none, none with { Fleet = "G" }, B]);
        Assert.Equal((MergeLevel.Hidden, null), (merged.Level, merged.StartMs));
        Assert.True(merged.Clusters[0].Absent);
    }

    [Fact]
    public void The_order_of_votes_changes_nothing() =>
        Prop.ForAll<int[], int>((numbers, seed) =>
        {
            var votes = numbers.Select(Vote).ToArray();
            var shuffled = votes.ToArray();
            new Random(seed).Shuffle(shuffled);
            return Text(Merge(votes)) == Text(Merge(shuffled));
        }).Check(Often);

    [Fact]
    public void What_is_skipped_lies_within_what_the_votes_of_it_say() =>
        Prop.ForAll<int[]>(numbers =>
        {
            var merged = Merge(numbers.Select(Vote));
            if (merged is not { StartMs: { } start, EndMs: { } end }) return merged.Level == MergeLevel.Hidden;
            var votes = merged.Clusters[0].Votes;
            return votes.Min(v => v.StartMs) <= start && start <= votes.Max(v => v.StartMs)
                && votes.Min(v => v.Stop) <= end && end <= votes.Max(v => v.Stop)
                && merged.Score is >= 0 and <= 1_000;
        }).Check(Often);

    /// <summary>One of few places, so that votes meet; a fleet of its own.</summary>
    private static MarkerVote Vote(int number, int fleet)
    {
        var dice = new Random(number);
        var start = 60_000 + 1_000 * dice.Next(6);
        return new MarkerVote(
            $"F{fleet}", VoterRing.Friend, (Method)dice.Next(7), 100, start, start + 88_000 + 1_000 * dice.Next(5),
            Local - 1_000 * dice.Next(4), dice.Next(6) == 0);
    }

    private static string Text(MergedMarker merged) => string.Join(
        '\n',
        merged.Clusters.Select(c => $"{c.Score} {c.Absent} {string.Join(' ', c.Votes.Select(v => v.Fleet))}")
            .Prepend($"{merged.Level} {merged.StartMs} {merged.EndMs}"));

    private static MarkerVote Friend(string fleet, Method method, long start, long end, long duration) =>
        new(fleet, VoterRing.Friend, method, 100, start, end, duration, false);

    private static (MergeLevel Level, int Score) Verdict(
        IEnumerable<MarkerVote> votes, LocatedTheme? theme = null) =>
        (Merge(votes, theme).Level, Merge(votes, theme).Score);

    private static MergedMarker Merge(IEnumerable<MarkerVote> votes, LocatedTheme? theme = null) =>
        MarkerMerge.Merge(votes, new MergeQuestion(Local, theme));
}
