using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Reads a season's files, and lets <see cref="SeasonDetection"/> judge what they have in common.</summary>
/// <param name="tell">Progress, one line at a time.</param>
public sealed class SeasonDetector(Fingerprinter fingerprinter, TimeProvider time, Action<string> tell)
{
    private const long HeadMsMin = 300_000;
    private const long HeadMsMax = 900_000;
    private const long TailMs = 450_000;

    /// <summary>Two fifths of a file, at least 5 minutes and at most 15: where an intro can be.</summary>
    public static Stretch HeadOf(long durationMs) =>
        new(0, Math.Min(durationMs, Math.Clamp(durationMs * 2 / 5, HeadMsMin, HeadMsMax)));

    /// <summary>The last seven and a half minutes that are not in the head.</summary>
    public static Stretch TailOf(long durationMs) =>
        new(Math.Max(HeadOf(durationMs).EndMs, durationMs - TailMs), durationMs);

    /// <summary>Detects in all files together; one that cannot be read is a row that says so.</summary>
    /// <param name="known">Themes of this season from before or from elsewhere.</param>
    /// <exception cref="MediaException"><c>ffmpeg_missing</c> alone: all else is told of each file.</exception>
    public async Task<SeasonReport> DetectAsync(
        IReadOnlyList<string> files, IReadOnlyList<Theme> known, CancellationToken cancellation)
    {
        if (!await MediaTool.IsHereAsync(cancellation))
            throw new MediaException("ffmpeg_missing", "ffmpeg and ffprobe do not run: install ffmpeg.");
        var began = time.GetTimestamp();
        var episodes = files.Select(path => new Episode(path)).ToArray();
        var read = 0;
        await EachAsync(episodes, async episode =>
        {
            episode.Facts = await MediaProbe.AskAsync(episode.Path, cancellation);
            if (!episode.IsToldByChapters) await ListenAsync(episode, cancellation);
            tell($"read {Interlocked.Increment(ref read)} of {files.Count}");
        }, cancellation);
        var listening = time.GetElapsedTime(began);

        began = time.GetTimestamp();
        var sound = episodes.Where(e => e.Failure is null).ToArray();
        var groups = SameEpisode.Groups([.. sound.Select(e => e.Head)]);
        var themes = new List<Theme>();
        foreach (var type in new[] { MarkerType.Intro, MarkerType.Outro })
        {
            var findings = SeasonDetection.Find(
                [.. sound.Select(e => type == MarkerType.Intro ? e.Head : e.Tail)], groups, type, known,
                done =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    tell($"comparing pair {done + 1}");
                });
            themes.AddRange(findings.Themes);
            for (var at = 0; at < sound.Length; at++) sound[at].Found[type] = findings.Ranges[at];
        }

        var count = groups.Distinct().Count();
        await EachAsync(sound, episode => SettleAsync(episode, count, cancellation), cancellation);
        return new SeasonReport(
            [.. episodes.Select(e => e.Report())], themes, fingerprinter.MadeMs, fingerprinter.Cached, listening,
            time.GetElapsedTime(began));
    }

    private async Task ListenAsync(Episode episode, CancellationToken cancellation)
    {
        var facts = episode.Facts!;
        episode.Head = await fingerprinter.ListenAsync(
            episode.Path, facts, HeadOf(facts.DurationMs), cancellation);
        episode.Tail = await fingerprinter.ListenAsync(
            episode.Path, facts, TailOf(facts.DurationMs), cancellation);
    }

    /// <summary>A chapter's name counts for more than its sound; the rest gets its edges.</summary>
    private static async Task SettleAsync(Episode episode, int groups, CancellationToken cancellation)
    {
        foreach (var type in new[] { MarkerType.Intro, MarkerType.Outro })
        {
            var facts = episode.Facts!;
            if (ChapterNames.Find(facts.Chapters, type) is { } chapter)
            {
                var bounds = MarkerEdges.Settle(
                    new Stretch(chapter.StartMs, chapter.EndMs), type, facts.DurationMs, [], []);
                episode.Markers[type] = new MarkerReport(bounds, Method.Chapter, 100, 0, null);
            }
            else if (episode.Found.GetValueOrDefault(type) is { } found)
            {
                var stretch = MarkerEdges.Unbiased(found, facts.DurationMs);
                var near = await PausesAsync(episode.Path, facts, stretch, cancellation);
                var bounds = MarkerEdges.Settle(stretch, type, facts.DurationMs, near.Black, near.Silent);
                episode.Markers[type] = new MarkerReport(bounds, found.Method, found.Density, found.Support, null);
            }
            else
            {
                episode.Markers[type] = MarkerReport.None(WhyNone(episode, type, groups));
            }
        }
    }

    private static async Task<Pauses> PausesAsync(
        string path, MediaFacts facts, Stretch stretch, CancellationToken cancellation)
    {
        var start = await PauseFinder.AroundAsync(path, facts, stretch.StartMs, cancellation);
        var end = await PauseFinder.AroundAsync(path, facts, stretch.EndMs, cancellation);
        return new Pauses([.. start.Black, .. end.Black], [.. start.Silent, .. end.Silent]);
    }

    private static NoMarker WhyNone(Episode episode, MarkerType type, int groups)
    {
        if (!episode.Facts!.HasSound) return NoMarker.NoSound;
        var window = type == MarkerType.Intro ? episode.Head : episode.Tail;
        if (window.Points.Length < DetectionLimits.RangeMin) return NoMarker.TooShort;
        return groups < 2 ? NoMarker.OnlyEpisode : NoMarker.NothingInCommon;
    }

    /// <summary>As many at once as there are processors; what one file refuses ends that file alone.</summary>
    private static Task EachAsync(
        IEnumerable<Episode> episodes, Func<Episode, Task> body, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            episodes,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = Environment.ProcessorCount,
                CancellationToken = cancellation,
            },
            async (episode, _) =>
            {
                try
                {
                    await body(episode);
                }
                catch (MediaException refused)
                {
                    episode.Failure = refused;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    episode.Failure = new MediaException("media_unreadable", "The disk refused to read the file.");
                }
            });

    /// <summary>One file on its way through.</summary>
    private sealed class Episode(string path)
    {
        public string Path => path;

        public MediaFacts? Facts { get; set; }

        public SoundWindow Head { get; set; } = SoundWindow.Empty;

        public SoundWindow Tail { get; set; } = SoundWindow.Empty;

        public Dictionary<MarkerType, FoundRange?> Found { get; } = [];

        public Dictionary<MarkerType, MarkerReport> Markers { get; } = [];

        public MediaException? Failure { get; set; }

        public bool IsToldByChapters =>
            ChapterNames.Find(Facts!.Chapters, MarkerType.Intro) is not null
            && ChapterNames.Find(Facts.Chapters, MarkerType.Outro) is not null;

        public EpisodeReport Report() => new(
            System.IO.Path.GetFileName(path), Facts?.DurationMs ?? 0, Of(MarkerType.Intro), Of(MarkerType.Outro),
            Failure);

        private MarkerReport Of(MarkerType type) =>
            Failure is null ? Markers[type] : MarkerReport.None(NoMarker.Failed);
    }
}
