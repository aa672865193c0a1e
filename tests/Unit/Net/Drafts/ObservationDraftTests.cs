using System.Text;
using Anarchive.Net;
using Anarchive.Rings;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class ObservationDraftTests
{
    private const string Osh = "osh:8e245d9679d31e12:734003200";
    private const string Other = "osh:8e245d9679d31e13:734003200";
    private const long Duration = 1_420_100;
    private const long At = 493_000;

    private static readonly ItemScope Open = new(false, SourceAccess.Open);
    private static readonly DraftFile File = new([Osh], Open);

    private static readonly FoundMarker Intro =
        new(MarkerType.Intro, 0, new MarkerBounds(68_300, 157_900), Method.Chromaprint, 87);

    private static readonly ProbedFile Probed = new(
        Container.Mkv, VideoCodec.Hevc, DynamicRange.Hdr10, 1920, 1080, 10, 23_976, 4_200, ["en"],
        [new AudioTrack(AudioCodec.Opus, 2, "ja")]);

    private readonly NoisySound _sound = new(3);

    [Fact]
    public void What_was_found_is_drafted_as_others_will_read_it()
    {
        var drafts = new ObservationDrafts(At);
        drafts.AddMarker(0, File, Duration, Intro);
        drafts.AddMarker(0, File, Duration, Intro with { Type = MarkerType.Commercial, N = 3 });
        drafts.AddMarker(0, File, Duration, new(
            MarkerType.Outro, 0, new MarkerBounds(1_330_000, null), Method.Chapter, 100));
        drafts.AddThemes([File], [new FoundTheme(new Theme(MarkerType.Intro, _sound.Points(363)), 91)]);
        drafts.AddQuality(0, File, Probed, SourceKind.Disc);
        drafts.AddGrouping(0, File, NameParser.Parse("Show.S02E05.mkv"), [Work("work:tvdb:s81797")]);
        Assert.Empty(drafts.Refused);
        Assert.Equal(6, drafts.Made.Count);
        foreach (var (observed, keys) in drafts.Made)
        {
            var bytes = NetPayloads.Write(observed, keys, out var fault);
            Assert.Null(fault);
            Assert.NotNull(NetPayloads.ReadPayload(NetPayloads.KindOf(observed), bytes));
            Assert.Equal((At, "anarchive 1"), (observed.At, observed.Tool));
        }

        var intro = Assert.IsType<MarkerObserved>(drafts.Made[0].Observed);
        Assert.Equal(
            (68_300L, 157_900L, Duration, 87, Method.Chromaprint),
            (intro.StartMs, intro.EndMs!.Value, intro.DurationMs, intro.Conf, intro.Method));
        Assert.Equal(3, Assert.IsType<MarkerObserved>(drafts.Made[1].Observed).N);
        Assert.Null(Assert.IsType<MarkerObserved>(drafts.Made[2].Observed).EndMs);
    }

    [Theory]
    [InlineData(true, SourceAccess.Open)]
    [InlineData(null, SourceAccess.Open)]
    [InlineData(false, SourceAccess.Closed)]
    [InlineData(false, SourceAccess.Unknown)]
    public void Of_a_private_file_nothing_is_drafted(bool? isSensitive, SourceAccess source)
    {
        var file = new DraftFile([Osh], new ItemScope(isSensitive, source));
        var drafts = new ObservationDrafts(At);
        drafts.AddMarker(0, file, Duration, Intro);
        drafts.AddQuality(0, file, Probed, SourceKind.Disc);
        drafts.AddGrouping(0, file, NameParser.Parse("Show.S02E05.mkv"), [Work("work:tvdb:s81797")]);
        drafts.AddThemes(
            [File, file], [new FoundTheme(new Theme(MarkerType.Intro, _sound.Points(363)), 91)]);
        Assert.Empty(drafts.Made);
        Assert.Equal(["intro", "quality", "grouping", "theme"], drafts.Refused.Select(r => r.What));
        Assert.All(drafts.Refused, r => Assert.Equal("private", r.Fault));
    }

    [Fact]
    public void Neither_a_name_nor_a_title_is_in_any_payload()
    {
        const string Canary = "Zanzibar";
        var name = NameParser.Parse($"{Canary}.S02E05.1080p.BluRay.x264-{Canary}.mkv", [Canary]);
        var drafts = new ObservationDrafts(At);
        drafts.AddMarker(0, File, Duration, Intro);
        drafts.AddQuality(0, File, Probed, name.Quality.Source);
        drafts.AddGrouping(0, File, name, [Work("work:tvdb:s81797")]);
        drafts.AddThemes([File], [new FoundTheme(new Theme(MarkerType.Intro, _sound.Points(363)), 91)]);
        Assert.Equal(4, drafts.Made.Count);
        Assert.All(drafts.Made, d => Assert.DoesNotContain(
            Canary, Encoding.UTF8.GetString(NetPayloads.Write(d.Observed, d.Keys, out _)!),
            StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void What_breaks_a_rule_is_refused_by_its_member_and_the_rest_is_drafted()
    {
        var drafts = new ObservationDrafts(At);
        drafts.AddMarker(0, new DraftFile([], Open), Duration, Intro);
        drafts.AddMarker(1, File, Duration, Intro with { Bounds = new MarkerBounds(68_300, 400_000) });
        drafts.AddMarker(2, File, Duration, Intro with { Bounds = new MarkerBounds(68_350, 157_900) });
        drafts.AddMarker(3, File, NetRules.MediaMsMax + 1, Intro);
        drafts.AddQuality(4, File, Probed with { BitDepth = 9 }, SourceKind.Disc);
        drafts.AddQuality(5, File, Probed with { Subs = [.. Enumerable.Repeat("en", 65)] }, SourceKind.Disc);
        drafts.AddGrouping(6, File, NameParser.Parse("holiday.mkv"), [Work("work:tvdb:s81797")]);
        drafts.AddGrouping(7, File, NameParser.Parse("Show.S02E05.mkv"), []);
        drafts.AddMarker(8, File, Duration, Intro);
        Assert.Equal(
            [
                (0, "intro", "no_key"), (1, "intro", "end_ms"), (2, "intro", "start_ms"), (3, "intro", "duration_ms"),
                (4, "quality", "bit_depth"), (5, "quality", "subs"), (6, "grouping", "kind"), (7, "grouping", "work"),
            ],
            drafts.Refused.Select(r => (r.File, r.What, r.Fault)));
        Assert.Single(drafts.Made);
    }

    [Fact]
    public void Episodes_of_a_season_have_one_id_in_whatever_order_they_come()
    {
        var other = new DraftFile([Other], Open);
        Assert.Equal(SeasonDrafts.SeasonOf([File, other]), SeasonDrafts.SeasonOf([other, File]));
        Assert.NotEqual(SeasonDrafts.SeasonOf([File, other]), SeasonDrafts.SeasonOf([File]));
        Assert.Matches("^[0-9a-f]{32}$", SeasonDrafts.SeasonOf([File]));
    }

    private static WorkId Work(string text)
    {
        Assert.True(WorkId.TryParse(text, out var work));
        return work!;
    }
}
