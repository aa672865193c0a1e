using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Reads a season's files, or films, and lets <see cref="SeasonDetection"/> judge the season.</summary>
/// <param name="tell">How far it is, from several threads.</param>
public sealed class SeasonDetector(
    Fingerprinter fingerprinter, TimeProvider time, Action<DetectionProgress> tell)
{
    private const long HeadMsMin = 300_000;
    private const long HeadMsMax = 900_000;
    private const long TailMs = 450_000;
    private const long FilmTailMs = 900_000;

    private static readonly MarkerType[] BySound = [MarkerType.Intro, MarkerType.Outro];
    private static readonly MarkerType[] ByChapters = [MarkerType.Recap, MarkerType.Preview, MarkerType.Commercial];

    /// <summary>Two fifths of a file, at least 5 minutes and at most 15: where an intro can be.</summary>
    public static Stretch HeadOf(long durationMs) =>
        new(0, Math.Min(durationMs, Math.Clamp(durationMs * 2 / 5, HeadMsMin, HeadMsMax)));

    /// <summary>The last seven and a half minutes, a film's last fifteen, that are not in the head.</summary>
    public static Stretch TailOf(long durationMs, bool isFilm) =>
        new(Math.Max(HeadOf(durationMs).EndMs, durationMs - (isFilm ? FilmTailMs : TailMs)), durationMs);

    /// <summary>Detects in all files together; one that cannot be read is a row that says so.</summary>
    /// <param name="known">Themes from before or from elsewhere; those of other seasons are found nowhere.</param>
    /// <param name="are">What they are, be it by their names.</param>
    /// <exception cref="MediaException"><c>ffmpeg_missing</c> alone: all else is told of each file.</exception>
    public async Task<SeasonReport> DetectAsync(
        IReadOnlyList<string> files, IReadOnlyList<KnownTheme> known, FilesAre are, CancellationToken cancellation)
    {
        if (!await MediaTool.IsHereAsync(cancellation))
            throw new MediaException("ffmpeg_missing", "ffmpeg and ffprobe do not run: install ffmpeg.");
        var began = time.GetTimestamp();
        var all = files.Select(path => new DetectedFile(path, IsFilm(path, are))).ToArray();
        var read = 0;
        await EachAsync(all, async file =>
        {
            file.Facts = await MediaProbe.AskAsync(file.Path, cancellation);
            file.Key = await MediaFile.OshKeyAsync(file.Path, cancellation);
            // A film is compared with nothing: without a known theme there is nothing to listen for.
            if (!file.IsToldByChapters && !(file.IsFilm && known.Count == 0)) await ListenAsync(file, cancellation);
            var listened = Interlocked.Increment(ref read);
            tell(new(DetectionStep.Listening, $"read {listened} of {files.Count}", listened));
        }, cancellation);
        var listening = time.GetElapsedTime(began);

        began = time.GetTimestamp();
        var sound = all.Where(f => f.Failure is null).ToArray();
        var episodes = sound.Where(f => !f.IsFilm).ToArray();
        var groups = SameEpisode.Groups([.. episodes.Select(e => e.Head)]);
        var trusted = Trusted(known, sound);
        var themes = Compare(episodes, groups, trusted, cancellation);
        foreach (var film in sound.Where(f => f.IsFilm)) Compare([film], [0], trusted, cancellation);

        var count = groups.Distinct().Count();
        await EachAsync(sound, file => SettleAsync(file, count, cancellation), cancellation);
        return new SeasonReport(
            [.. all.Select(f => f.Report())], themes, fingerprinter.MadeMs, fingerprinter.Cached, listening,
            time.GetElapsedTime(began));
    }

    /// <summary>What is found by a theme becomes this node's own word, so more than one other has to have it.</summary>
    private static List<Theme> Trusted(IReadOnlyList<KnownTheme> known, DetectedFile[] files) =>
    [
        .. new ThemeCheck(known, [.. files.Select(f => new LocalSound(f.Head, f.Tail, f.Facts!.DurationMs))])
            .Standings.Where(s => s.MayFind).Select(s => s.Known.Theme),
    ];

    /// <summary>As it was said, else by its name: a year and no number of an episode.</summary>
    internal static bool IsFilm(string path, FilesAre are) => are switch
    {
        FilesAre.Films => true,
        FilesAre.Episodes => false,
        _ => MediaFile.NameOf(path).Kind == ReleaseKind.Movie,
    };

    private List<FoundTheme> Compare(
        DetectedFile[] files, IReadOnlyList<int> groups, IReadOnlyList<Theme> known, CancellationToken cancellation)
    {
        var themes = new List<FoundTheme>();
        foreach (var type in BySound)
        {
            var windows = files.Select(e => type == MarkerType.Intro ? e.Head : e.Tail).ToArray();
            var findings = SeasonDetection.Find(
                windows, groups, type, known,
                done =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    tell(new(DetectionStep.Comparing, $"comparing pair {done + 1}", files.Length));
                });
            themes.AddRange(findings.Themes.Select(t => new FoundTheme(t, DensityOf(t, windows))));
            for (var at = 0; at < files.Length; at++) files[at].Found[type] = findings.Ranges[at];
        }

        return themes;
    }

    /// <summary>Percent: the middle of what those episodes have that it is located in.</summary>
    private static int DensityOf(Theme theme, SoundWindow[] windows)
    {
        var found = windows.Select(w => theme.LocateIn(w)?.Density).OfType<int>().Order().ToArray();
        return found.Length == 0 ? 0 : found[(found.Length - 1) / 2] / 10;
    }

    private async Task ListenAsync(DetectedFile file, CancellationToken cancellation)
    {
        var facts = file.Facts!;
        file.Head = await fingerprinter.ListenAsync(file.Path, facts, HeadOf(facts.DurationMs), cancellation);
        file.Tail = await fingerprinter.ListenAsync(
            file.Path, facts, TailOf(facts.DurationMs, file.IsFilm), cancellation);
    }

    /// <summary>A chapter's name counts for more than its sound; the rest gets its edges.</summary>
    private static async Task SettleAsync(DetectedFile file, int groups, CancellationToken cancellation)
    {
        var facts = file.Facts!;
        foreach (var type in BySound)
        {
            if (ChapterNames.Find(facts.Chapters, type) is { } chapter)
            {
                var bounds = MarkerEdges.OfChapter(chapter, type, facts.DurationMs);
                file.Markers[type] = new MarkerReport(bounds, Method.Chapter, 100, 0, null);
            }
            else if (file.Found.GetValueOrDefault(type) is { } found)
            {
                var stretch = MarkerEdges.Unbiased(found, facts.DurationMs);
                var near = await PausesAsync(file.Path, facts, stretch, cancellation);
                var bounds = MarkerEdges.Settle(stretch, type, facts.DurationMs, near.Black, near.Silent);
                file.Markers[type] = new MarkerReport(bounds, found.Method, found.Density, found.Support, null);
            }
            else
            {
                file.Markers[type] = MarkerReport.None(file.WhyNone(type, groups));
            }
        }

        foreach (var type in ByChapters)
        {
            var chapters = ChapterNames.FindAll(facts.Chapters, type);
            var most = type == MarkerType.Commercial ? NetRules.MarkersMax + 1 : 1;
            file.Others.AddRange(chapters.Take(most).Select((chapter, n) => new FoundMarker(
                type, n, MarkerEdges.OfChapter(chapter, type, facts.DurationMs), Method.Chapter, 100)));
        }
    }

    private static async Task<Pauses> PausesAsync(
        string path, MediaFacts facts, Stretch stretch, CancellationToken cancellation)
    {
        var start = await PauseFinder.AroundAsync(path, facts, stretch.StartMs, cancellation);
        var end = await PauseFinder.AroundAsync(path, facts, stretch.EndMs, cancellation);
        return new Pauses([.. start.Black, .. end.Black], [.. start.Silent, .. end.Silent]);
    }

    /// <summary>As many at once as there are processors; what one file refuses ends that file alone.</summary>
    private static Task EachAsync(
        IEnumerable<DetectedFile> files, Func<DetectedFile, Task> body, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            files,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = Environment.ProcessorCount,
                CancellationToken = cancellation,
            },
            async (file, _) =>
            {
                try
                {
                    await body(file);
                }
                catch (MediaException refused)
                {
                    file.Failure = refused;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    file.Failure = new MediaException("media_unreadable", "The disk refused to read the file.");
                }
            });
}
