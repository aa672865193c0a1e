using System.Text.Json.Nodes;
using Anarchive.Net;
using Anarchive.Node;
using Anarchive.Rings;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Detection on seasons whose truth is known, by the command that people use.</summary>
public sealed class SyntheticSeasonTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task The_reference_season_is_found_within_half_a_second()
    {
        await MediaPrograms.NeedAll();
        var season = await SyntheticSeason.Compose(42, 420, 45, 30);
        await season.Make(_scratch.At("season"), SyntheticSeason.Reference);
        await Found(season, SyntheticSeason.Reference, 500);
        await FoundByWhatIsShared(season);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_season_drawn_by_chance_is_found_within_a_second(int seed)
    {
        await MediaPrograms.NeedAll();
        var random = new Random(seed * 7);
        var season = await SyntheticSeason.Compose(
            seed, 360, 22 + 66 * random.NextDouble(), 20 + 20 * random.NextDouble());
        var plans = season.Draw();
        await season.Make(_scratch.At("season"), plans);
        await Found(season, plans, 1_000);
    }

    /// <summary>
    /// Observations of four episodes find the intro of a fifth, which its owner has alone and coded otherwise.
    /// </summary>
    private async Task FoundByWhatIsShared(SyntheticSeason season)
    {
        var files = SeasonFolder.Episodes(_scratch.At("season"));
        var report = await Detect([.. files.Take(4)], []);
        var shared = report.Draft(
            [.. report.Episodes.Select(e => new DraftFile(e.Keys, new ItemScope(false, SourceAccess.Open)))], 493_000);
        Assert.Empty(shared.Refused);
        var said = shared.Made.Select(d => NetPayloads.ReadPayload(
            NetPayloads.KindOf(d.Observed), NetPayloads.Write(d.Observed, d.Keys, out _)!)).ToArray();
        Assert.Equal(8, said.OfType<MarkerObserved>().Count());
        var themes = said.OfType<ThemeObserved>().ToArray();
        Assert.Equal([MarkerType.Intro, MarkerType.Outro], themes.Select(t => t.Type).Order());

        // One friend's word on one episode is no find of this node's.
        var doubted = await Detect([files[4]], Told(themes, "B"));
        Assert.Empty(doubted.Episodes[0].Markers);
        var alone = await Detect([files[4]], Told(themes, "B", "C"));
        var (intro, outro) = (alone.Episodes[0].Intro, alone.Episodes[0].Outro);
        Assert.Equal((Method.Theme, Method.Theme), (intro.Method, outro.Method));
        Assert.InRange(intro.Bounds!.Value.StartMs, 12_200, 13_200);
        Assert.InRange(intro.Bounds.Value.EndMs!.Value, 57_200, 58_200);
        Assert.InRange(outro.Bounds!.Value.StartMs, season.CreditsAt * 1_000 - 500, season.CreditsAt * 1_000 + 500);
        Assert.Null(outro.Bounds.Value.EndMs);
        Assert.Empty(alone.Themes);
    }

    private static IReadOnlyList<KnownTheme> Told(ThemeObserved[] themes, params string[] fleets) =>
        ThemeCheck.Union(fleets.SelectMany(f => themes.Select(t => (f, false, t))));

    private Task<SeasonReport> Detect(IReadOnlyList<string> files, IReadOnlyList<KnownTheme> known)
    {
        var detector = new SeasonDetector(
            new Fingerprinter(new FingerprintCache(_scratch.At("cache"))), TimeProvider.System, _ => { });
        return detector.DetectAsync(files, known, FilesAre.AsNamed, TestContext.Current.CancellationToken);
    }

    private async Task Found(SyntheticSeason season, IReadOnlyList<EpisodePlan> plans, double within)
    {
        var run = await CommandRun.Of(
            _scratch.At("home"), "net", "detect", _scratch.At("season"), "--cache", _scratch.At("cache"), "--json");
        Assert.Equal(0, run.Exit);
        var episodes = JsonNode.Parse(run.Results)!["episodes"]!.AsArray();
        Assert.Equal(plans.Count, episodes.Count);
        var wrong = new List<string>();
        foreach (var (plan, episode) in plans.Zip(episodes))
        {
            var end = plan.ThemeAt + season.ThemeLength;
            Check("intro", episode!, plan.ThemeAt * 1_000, end * 1_000);
            Check("outro", episode!, season.CreditsAt * 1_000, null);
        }

        if (wrong.Count > 0) Assert.Fail(string.Join('\n', wrong));

        void Check(string kind, JsonNode episode, double? start, double? end)
        {
            var marker = episode[kind]!;
            var isRight = start is null
                ? (string?)marker["none"] == "nothing_in_common"
                : IsNear(marker["startMs"], start) && IsNear(marker["endMs"], end);
            if (!isRight) wrong.Add($"{episode["file"]} {kind}: {start}–{end}, not {marker.ToJsonString()}");
        }

        bool IsNear(JsonNode? found, double? truth) => truth is null
            ? found is null
            : found is not null && Math.Abs((double)found - truth.Value) <= within;
    }
}
