using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class SeasonDetectionTests
{
    private const int Long = 2_423;

    private readonly NoisySound _sound = new(2);

    [Fact]
    public void Every_episode_with_the_theme_has_an_intro_and_the_one_without_has_none()
    {
        var theme = _sound.Points(363);
        int[] places = [0, 302, 743, 495, 103, -1];
        var found = Find(places.Select(at => _sound.Episode(Long, theme, at))).Ranges;
        Assert.Null(found[5]);
        for (var at = 0; at < 5; at++) Near(places[at], 363, found[at]);
        Assert.All(found.Take(5), f => Assert.Equal((Method.Chromaprint, 4), (f!.Value.Method, f.Value.Support)));
    }

    [Fact]
    public void A_season_of_two_needs_one_other_and_a_larger_one_two()
    {
        var theme = _sound.Points(300);
        SoundWindow[] two = [_sound.Episode(Long, theme, 50), _sound.Episode(Long, theme, 700)];
        Assert.All(Find(two).Ranges, f => Assert.NotNull(f));
        Assert.All(Find([.. two, _sound.Episode(Long, theme, -1)]).Ranges, f => Assert.Null(f));
    }

    [Fact]
    public void An_empty_season_and_a_single_episode_have_nothing_in_common()
    {
        Assert.Empty(Find([]).Ranges);
        Assert.Null(Assert.Single(Find([_sound.Episode(Long, _sound.Points(300), 50)]).Ranges));
        Assert.All(Find([SoundWindow.Empty, SoundWindow.Empty, SoundWindow.Empty]).Ranges, f => Assert.Null(f));
    }

    [Fact]
    public void A_jingle_over_the_edge_of_the_theme_does_not_make_a_short_intro()
    {
        var theme = _sound.Points(363);
        var masked = theme.ToArray();
        _sound.Points(110).CopyTo(masked, 0);
        var windows = new[] { 20, 900, 400, 1_300 }.Select(at => _sound.Episode(Long, theme, at)).ToList();
        windows.Add(_sound.Episode(Long, masked, 600));
        Near(600, 363, Find(windows).Ranges[4]);
    }

    [Fact]
    public void A_short_version_of_the_theme_in_two_episodes_is_a_version_of_its_own()
    {
        var theme = _sound.Points(600);
        var small = theme[..250];
        SoundWindow[] windows =
        [
            .. new[] { 20, 900, 400, 1_300, 77 }.Select(at => _sound.Episode(Long, theme, at, 10)),
            _sound.Episode(Long, small, 700, 10), _sound.Episode(Long, small, 1_500, 10),
        ];
        var found = Find(windows).Ranges;
        Near(20, 600, found[0]);
        // What is left of the theme is a little less than half of it, so that only the pairs tell.
        Near(700, 250, found[5]);
        Near(1_500, 250, found[6]);
    }

    [Fact]
    public void A_season_that_changes_its_theme_has_two()
    {
        var (old, fresh) = (_sound.Points(363), _sound.Points(720));
        var windows = Enumerable.Range(0, 8)
            .Select(at => _sound.Episode(Long, at < 4 ? old : fresh, 100 * at)).ToArray();
        var findings = Find(windows);
        Assert.Equal(2, findings.Themes.Count);
        for (var at = 0; at < 8; at++) Near(100 * at, at < 4 ? 363 : 720, findings.Ranges[at]);
    }

    [Fact]
    public void A_known_theme_is_found_in_a_single_episode()
    {
        var points = _sound.Points(363);
        var known = new Theme(MarkerType.Intro, points);
        var other = new Theme(MarkerType.Outro, points);
        SoundWindow[] one = [_sound.Episode(Long, points, 800, 90)];
        var found = SeasonDetection.Find(one, [0], MarkerType.Intro, [other, known], _ => { });
        Near(800, 363, found.Ranges[0]);
        Assert.Equal(Method.Theme, found.Ranges[0]!.Value.Method);
        Assert.Empty(found.Themes);
        Assert.Null(SeasonDetection.Find(one, [0], MarkerType.Intro, [other], _ => { }).Ranges[0]);
    }

    [Fact]
    public void A_known_theme_of_which_only_the_beginning_was_told_is_found_to_its_end()
    {
        var points = _sound.Points(1_400);
        var known = new Theme(MarkerType.Outro, points.AsSpan(0, 1_000), SoundWindow.MsOf(1_400));
        SoundWindow[] one = [_sound.Episode(Long, points, 500)];
        var found = SeasonDetection.Find(one, [0], MarkerType.Outro, [known], _ => { });
        Near(500, 1_400, found.Ranges[0]);
        // At the end of what was listened to it ends there.
        one = [_sound.Episode(1_800, points, 500)];
        Near(500, 1_300, SeasonDetection.Find(one, [0], MarkerType.Outro, [known], _ => { }).Ranges[0]);
    }

    [Fact]
    public void Versions_of_one_episode_are_not_compared_and_speak_with_one_voice()
    {
        var theme = _sound.Points(363);
        var first = _sound.Episode(Long, theme, 200);
        var again = new SoundWindow([.. _sound.Points(20), .. _sound.Again(first.Points, 30)], 0);
        var second = _sound.Episode(Long, theme, 900);
        SoundWindow[] windows = [first, again, second];
        var groups = SameEpisode.Groups(windows);
        Assert.Equal([0, 0, 1], groups);
        var compared = 0;
        var found = SeasonDetection.Find(windows, groups, MarkerType.Intro, [], _ => compared++).Ranges;
        Assert.Equal(2, compared);
        Near(200, 363, found[0]);
        Near(220, 363, found[1]);
        Near(900, 363, found[2]);
        // A third episode makes a larger season, in which two versions of one other are still one other.
        windows = [.. windows, _sound.Episode(Long, theme, -1)];
        found = SeasonDetection.Find(windows, SameEpisode.Groups(windows), MarkerType.Intro, [], _ => { }).Ranges;
        Assert.All(found, f => Assert.Null(f));
    }

    [Theory]
    [InlineData(40, 180, true)]
    [InlineData(-40, 180, true)]
    [InlineData(41, 180, false)]
    [InlineData(0, 245, true)]
    [InlineData(0, 255, false)]
    public void Versions_begin_within_five_seconds_and_differ_in_less_than_a_quarter_of_their_bits(
        int shift, int flipped, bool same)
    {
        var first = _sound.Points(Long);
        var again = _sound.Again(first, flipped);
        again = shift >= 0 ? [.. _sound.Points(shift), .. again] : again[-shift..];
        Assert.Equal(same, SameEpisode.Is(new SoundWindow(first, 0), new SoundWindow(again, 0)));
    }

    [Fact]
    public void A_theme_at_the_same_place_does_not_make_two_episodes_versions_of_one()
    {
        var theme = _sound.Points(720);
        Assert.False(SameEpisode.Is(_sound.Episode(Long, theme, 0, 0), _sound.Episode(Long, theme, 0, 0)));
        Assert.False(SameEpisode.Is(SoundWindow.Empty, SoundWindow.Empty));
    }

    [Theory]
    [InlineData(120, false)]
    [InlineData(122, true)]
    public void Short_files_are_versions_of_one_if_all_of_them_is_alike(int count, bool same)
    {
        var sound = new SoundWindow(_sound.Points(count), 0);
        Assert.Equal(same, SameEpisode.Is(sound, sound));
        var longer = new SoundWindow([.. sound.Points, .. _sound.Points(40)], 0);
        Assert.Equal(same, SameEpisode.Is(sound, longer));
        Assert.False(SameEpisode.Is(_sound.Episode(count, _sound.Points(1), -1), sound));
    }

    [Fact]
    public void A_theme_that_is_too_unlike_is_not_located()
    {
        var theme = new Theme(MarkerType.Intro, _sound.Points(400));
        var half = theme.Points.ToArray();
        _sound.Points(215).CopyTo(half, 0);
        Assert.NotNull(theme.LocateIn(_sound.Episode(Long, half, 70, 0)));
        _sound.Points(225).CopyTo(half, 0);
        Assert.Null(theme.LocateIn(_sound.Episode(Long, half, 70, 0)));
        Assert.Null(theme.LocateIn(SoundWindow.Empty));
        Assert.Throws<ArgumentException>(() => new Theme(MarkerType.Intro, []));
        Assert.Throws<ArgumentException>(() => new Theme(MarkerType.Recap, [1]));
    }

    [Fact]
    public void Whoever_watches_the_comparison_can_stop_it()
    {
        var windows = Enumerable.Range(0, 4).Select(_ => SoundWindow.Empty).ToArray();
        Assert.Throws<OperationCanceledException>(() => SeasonDetection.Find(
            windows, [0, 1, 2, 3], MarkerType.Intro, [],
            done => { if (done == 2) throw new OperationCanceledException(); }));
        Assert.Throws<ArgumentException>(
            () => SeasonDetection.Find(windows, [0, 1], MarkerType.Intro, [], _ => { }));
        Assert.Throws<ArgumentException>(
            () => SeasonDetection.Find(windows, [0, 1, 2, 3], MarkerType.Recap, [], _ => { }));
    }

    private static SeasonFindings Find(IEnumerable<SoundWindow> windows)
    {
        var all = windows.ToArray();
        return SeasonDetection.Find(all, [.. Enumerable.Range(0, all.Length)], MarkerType.Intro, [], _ => { });
    }

    /// <summary>Half a second: chance lets a few points at the edges be alike.</summary>
    private static void Near(int start, int count, FoundRange? found)
    {
        Assert.NotNull(found);
        Assert.InRange(found.Value.StartMs, SoundWindow.MsOf(start) - 500, SoundWindow.MsOf(start) + 500);
        var end = SoundWindow.MsOf(start + count);
        Assert.InRange(found.Value.EndMs, end - 500, end + 500);
    }
}
