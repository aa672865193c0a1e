using Anarchive.Net;
using Anarchive.Rings;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class ThemeCheckTests
{
    private const int Long = 2_423;
    private const long Duration = 1_420_100;

    private readonly NoisySound _sound = new(7);

    [Fact]
    public void A_theme_is_usable_once_two_fleets_told_of_it_or_a_local_episode_has_it()
    {
        var points = _sound.Points(363);
        Assert.False(Standing([Known(points, "B")], Episodes()).IsUsable);
        Assert.True(Standing([Known(points, "B", "C")], Episodes()).IsUsable);
        Assert.True(Standing([Known(points, "B") with { IsLocal = true }], Episodes()).IsUsable);
        var hit = Standing([Known(points, "B")], Episodes(_sound.Episode(Long, points, 400)));
        Assert.Equal((true, false, 1), (hit.IsUsable, hit.StandsAlone, hit.Hits));
    }

    [Fact]
    public void Two_recordings_of_one_theme_are_told_of_by_both_fleets()
    {
        var points = _sound.Points(363);
        var check = new ThemeCheck([Known(points, "B"), Known(_sound.Again(points, 60), "C")], Episodes());
        Assert.All(check.Standings, s => Assert.Equal(["B", "C"], s.Fleets.Order()));
        // A longer one that begins alike is another theme.
        check = new ThemeCheck([Known(points, "B"), Known([.. points, .. _sound.Points(60)], "C")], Episodes());
        Assert.All(check.Standings, s => Assert.Single(s.Fleets));
    }

    [Fact]
    public void A_theme_that_fewer_than_a_fifth_of_the_season_has_is_dropped()
    {
        var points = _sound.Points(300);
        var known = Known(points, "B", "C") with { IsLocal = true };
        foreach (var (without, isDropped) in new[] { (4, false), (5, true) })
        {
            LocalSound[] files =
            [
                .. Episodes(_sound.Episode(Long, points, 100)),
                .. Episodes([.. Enumerable.Range(0, without).Select(_ => _sound.Episode(Long, points, -1))]),
            ];
            var check = new ThemeCheck([known], files);
            Assert.Equal(isDropped, check.Standings[0].IsDropped);
            Assert.Equal(isDropped, check.Locate(0, MarkerType.Intro) is null);
        }

        // Files that nobody listened to say nothing.
        var deaf = Episodes([_sound.Episode(Long, points, 9), .. Enumerable.Repeat(SoundWindow.Empty, 30)]);
        Assert.Equal((1, 1, true), Of(Standing([known], deaf)));

        static (int, int, bool) Of(ThemeStanding s) => (s.Heard, s.Hits, s.IsUsable);
    }

    [Fact]
    public void It_is_located_where_the_files_own_sound_has_it_and_nowhere_else()
    {
        var points = _sound.Points(363);
        var check = new ThemeCheck(
            [Known(points, "B", "C")],
            Episodes(_sound.Episode(Long, points, 400, 90), _sound.Episode(Long, points, -1)));
        var located = check.Locate(0, MarkerType.Intro)!.Value;
        Assert.InRange(located.StartMs, SoundWindow.MsOf(400), SoundWindow.MsOf(400) + 1_000);
        Assert.InRange(located.EndMs, SoundWindow.MsOf(763), SoundWindow.MsOf(763) + 1_500);
        Assert.Null(check.Locate(1, MarkerType.Intro));
        Assert.Null(check.Locate(0, MarkerType.Outro));
    }

    [Fact]
    public void Credits_of_which_only_the_beginning_is_told_are_located_to_their_end()
    {
        var points = _sound.Points(1_400);
        uint[] tail = [.. _sound.Points(500), .. _sound.Again(points, 60), .. _sound.Points(600)];
        var window = new SoundWindow(tail, 900_000);
        var told = new Theme(MarkerType.Outro, points.AsSpan(0, 1_000), SoundWindow.MsOf(1_400));
        var known = new KnownTheme(SharedTheme.KeyOf(told), told, new HashSet<string> { "B", "C" }, false);
        var check = new ThemeCheck([known], [new LocalSound(SoundWindow.Empty, window, Duration)]);
        var located = check.Locate(0, MarkerType.Outro)!.Value;
        Assert.InRange(located.StartMs, window.MsAt(500), window.MsAt(500) + 1_000);
        Assert.InRange(located.EndMs, window.MsAt(1_900), window.MsAt(1_900) + 1_500);
    }

    [Fact]
    public void Nobody_verifies_their_own_word_until_two_local_episodes_bear_it_out()
    {
        var points = _sound.Points(363);
        SoundWindow[] episodes = [_sound.Episode(Long, points, 400), _sound.Episode(Long, points, 900)];
        var one = new ThemeCheck([Known(points, "B")], Episodes(episodes[0])).Locate(0, MarkerType.Intro);
        Assert.Equal((MergeLevel.Hidden, 630), Level(one!.Value, "B"));
        Assert.Equal((MergeLevel.Button, 756), Level(one.Value, "C"));
        var two = new ThemeCheck([Known(points, "B")], Episodes(episodes)).Locate(0, MarkerType.Intro);
        Assert.Equal((MergeLevel.Button, 756), Level(two!.Value, "B"));
    }

    [Fact]
    public void Two_versions_of_one_episode_bear_nothing_out()
    {
        var points = _sound.Points(363);
        var first = _sound.Episode(Long, points, 400);
        var again = new SoundWindow(_sound.Again(first.Points, 40), 0);
        var other = _sound.Episode(Long, points, 900);
        var standing = Standing([Known(points, "B")], Episodes(first, again));
        Assert.Equal((2, 1, false, false), (standing.Hits, standing.Episodes, standing.StandsAlone, standing.MayFind));
        standing = Standing([Known(points, "B")], Episodes(first, again, other));
        Assert.Equal((3, 2, true, true), (standing.Hits, standing.Episodes, standing.StandsAlone, standing.MayFind));
        Assert.True(Standing([Known(points, "B", "C")], Episodes(first)).MayFind);
        Assert.False(Standing([Known(points, "B", "C")], Episodes(_sound.Episode(Long, points, -1))).MayFind);
    }

    [Fact]
    public void One_fleets_theme_does_not_rule_out_what_others_say()
    {
        var votes = new[] { "C", "D", "E" }.Select(f => Vote(f, 300_000)).ToArray();
        var alone = new LocatedTheme(50_000, 95_000, new HashSet<string> { "B" });
        Assert.Equal(MergeLevel.AutoSkip, MarkerMerge.Merge(votes, new MergeQuestion(Duration, alone)).Level);
        var two = new LocatedTheme(50_000, 95_000, new HashSet<string> { "A", "B" });
        Assert.Equal(MergeLevel.Hidden, MarkerMerge.Merge(votes, new MergeQuestion(Duration, two)).Level);
    }

    [Fact]
    public void A_theme_places_another_cuts_marker_for_other_fleets_alone()
    {
        var located = new LocatedTheme(50_000, 95_000, new HashSet<string> { "B" });
        var other = Vote("B", 300_000) with { DurationMs = Duration + 30_000 };
        Assert.Null(MarkerMerge.Merge([other], new MergeQuestion(Duration, located)).StartMs);
        var merged = MarkerMerge.Merge([other with { Fleet = "C" }], new MergeQuestion(Duration, located));
        Assert.Equal((50_000L, 95_000L), (merged.StartMs!.Value, merged.EndMs!.Value));
    }

    [Fact]
    public void What_fleets_tell_of_one_theme_is_one_theme_and_the_shorter_word_counts()
    {
        var theme = new Theme(MarkerType.Outro, _sound.Points(1_000), 200_000);
        var longer = new Theme(MarkerType.Outro, theme.Points, 300_000);
        var intro = new Theme(MarkerType.Intro, _sound.Points(100));
        var union = ThemeCheck.Union(
        [
            ("B", false, Said(longer)), ("me", true, Said(theme)), ("C", false, Said(intro)), ("C", false, Said(intro)),
        ]);
        Assert.Equal(2, union.Count);
        Assert.Equal((MarkerType.Intro, false), (union[0].Theme.Type, union[0].IsLocal));
        Assert.Equal("C", Assert.Single(union[0].Fleets));
        Assert.Equal((true, 200_000L), (union[1].IsLocal, union[1].Theme.LengthMs));
        Assert.Equal(["B", "me"], union[1].Fleets.Order());
    }

    [Fact]
    public void A_theme_survives_being_told_and_one_that_lies_about_itself_is_none()
    {
        var theme = new Theme(MarkerType.Intro, _sound.Points(363));
        var said = Said(theme);
        Assert.Null(NetRules.FaultOf(said));
        Assert.Equal(theme.Points.ToArray(), SharedTheme.Read(said)!.Points.ToArray());
        Assert.Equal(theme.LengthMs, SharedTheme.Read(said)!.LengthMs);
        Assert.Null(SharedTheme.Read(said with { Key = ["thm:" + new string('0', 32)] }));
        Assert.Null(SharedTheme.Read(said with { LengthMs = said.LengthMs + 10_000 }));
        Assert.Null(SharedTheme.Read(said with { Points = "AAAA" }));
        // SHA-256 of 80 points of zeros, 320 bytes, by coreutils' sha256sum.
        var zeros = new Theme(MarkerType.Intro, new uint[80]);
        Assert.Equal("thm:7b6436b0c98f62380866d9432c2af0ee", SharedTheme.KeyOf(zeros));
    }

    [Fact]
    public void The_longest_credits_that_are_detected_can_be_told()
    {
        var theme = new Theme(MarkerType.Outro, _sound.Points(DetectionLimits.OutroMax));
        var said = Said(theme);
        Assert.Null(NetRules.FaultOf(said));
        var back = SharedTheme.Read(said)!;
        Assert.Equal(NetRules.ThemePointsMax, back.Points.Length);
        Assert.InRange(back.WholeCount, DetectionLimits.OutroMax - 1, DetectionLimits.OutroMax);
        var key = DisclosableKey.TryMake(said.Key[0], new ItemScope(false, SourceAccess.Open))!;
        Assert.InRange(NetPayloads.Write(said, [key], out _)!.Length, 5_000, NetPayloads.ThemeBytesMax);
    }

    private static ThemeObserved Said(Theme theme) => new(
        MarkerObserved.PartName, 1, [SharedTheme.KeyOf(theme)], Method.Chromaprint, "anarchive 1", 90, 1, "s1",
        theme.Type, SharedTheme.PointsOf(theme), ThemeObserved.AlgoChromaprint, ThemeObserved.HopMicroseconds,
        SharedTheme.LengthMsOf(theme));

    private static KnownTheme Known(uint[] points, params string[] fleets)
    {
        var theme = new Theme(MarkerType.Intro, points);
        return new KnownTheme(SharedTheme.KeyOf(theme), theme, fleets.ToHashSet(), false);
    }

    private static LocalSound[] Episodes(params SoundWindow[] heads) =>
        [.. heads.Select(h => new LocalSound(h, SoundWindow.Empty, Duration))];

    private static ThemeStanding Standing(KnownTheme[] themes, LocalSound[] files) =>
        new ThemeCheck(themes, files).Standings[0];

    private static (MergeLevel, int) Level(LocatedTheme theme, string fleet)
    {
        var merged = MarkerMerge.Merge([Vote(fleet, theme.StartMs)], new MergeQuestion(Duration, theme));
        return (merged.Level, merged.Score);
    }

    private static MarkerVote Vote(string fleet, long start) => new(
        fleet, VoterRing.Friend, Method.Chromaprint, 90, start, start + 45_000, Duration, false);
}
