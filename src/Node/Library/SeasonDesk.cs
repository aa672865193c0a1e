using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Finds the intros of a season in what its episodes sound like, and takes back what was found.</summary>
/// <remarks>
/// Any thread. What was found is known by what it says, so that it is taken back after a restart, too.
/// </remarks>
public sealed class SeasonDesk(
    Database database, LibraryBook library, LibraryQueries queries, LibraryMarkers markers, Volumes volumes,
    Detections detections, LocatedThemes located, PartRecords records, PartConsents consents, ItemScopes scopes,
    Retractions retractions, NodeOptions options)
{
    private const int EpisodesMin = 2;

    /// <summary>So much has to be free beside what a node needs anyway: what a season sounds like is small.</summary>
    private const long FreeBytesMin = 16 << 20;

    // Half of a file is read, by a disk that gives no more than this; reading its sound takes the rest.
    private const long BytesPerSecond = 40_000_000;
    private const double SecondsPerFile = 3;

    private static Problem NoSeason { get; } = Problem.NotFound("season");

    private static Problem Gone { get; } = new(
        "files_gone", 409,
        "Fewer than two of the season's files are on this device now: plug their volume in, or bring them back.");

    private static Problem TooFew { get; } = new(
        "too_few_episodes", 409,
        "There is one episode of this season here, and it takes two to hear what they have in common.");

    private static Problem Closed { get; } = new(
        "net_private", 403,
        "Nothing may be recorded of these files: open their folder on the page Net first.");

    private static Problem NoFfmpeg { get; } = new(
        "ffmpeg_missing", 409, "ffmpeg and ffprobe do not run: install ffmpeg.");

    private static Problem NoRoom { get; } = new(
        "no_room", 409, "The disk of the node's data is full: make room, and begin again.");

    private static Problem Nothing { get; } = new(
        "nothing_to_undo", 409, "Nothing that was found in this season is left to take back.");

    private static Problem NotRunning { get; } = new(
        "not_running", 409, "No detection of this season runs: it has ended by itself, or was stopped.");

    /// <summary>Null where there is no such show, or it is none.</summary>
    /// <param name="season">Null for the first.</param>
    public SeasonIntros? Look(string work, int? season)
    {
        if (Files(work, season) is not var (found, shown, files)) return null;
        var (paths, here, last) = Heard(files);
        var offers = markers.Of([.. paths.Values.Select(f => f.File)]);
        var known = paths.Where(p => offers.TryGetValue(p.Value.File.Item, out var o) && o.Any(IsIntro))
            .Select(p => p.Key).ToHashSet(StringComparer.Ordinal);
        return new SeasonIntros(
            found, shown, [.. paths.Keys], files.Count - paths.Count,
            known.Count, paths.Count - scopes.OpenOf(paths.Keys).Count, About(paths.Values),
            [.. SeasonIntros.Parts.Where(consents.Shares)],
            last is { State: DetectionState.Running } ? 0 : Found(here).Count, last)
        {
            Missed = last is { State: DetectionState.Done, Report: { } report }
                ? Missed(last, report, paths.Where(p => !known.Contains(p.Key)).ToDictionary())
                : [],
            LastFound = LastFound(last, here),
        };
    }

    /// <summary>
    /// Another, by <see cref="object.Equals(object)"/>, once <see cref="Look"/> would tell otherwise. Detections of
    /// other files change it as they end, and not with each of their steps.
    /// </summary>
    /// <remarks>Asked for at each pass of the live pages, it touches no disk: absent volumes count, too.</remarks>
    public object Stamp(string work, int? season)
    {
        if (Files(work, season) is not var (_, _, files)) return (queries.Stamp(), detections.Ended);
        var paths = files.SelectMany(f => f.File.Places)
            .Select(p => volumes.Find(p.Volume) is { } volume ? Path.Combine(volume.Root, p.Path) : null)
            .OfType<string>().ToHashSet(StringComparer.Ordinal);
        return (queries.Stamp(), detections.Ended, detections.StampOf(paths));
    }

    /// <summary>
    /// Begins to listen to a season; nothing is changed where it is refused. Codes: not_found, detection_running,
    /// too_few_episodes, files_gone, net_private, ffmpeg_missing, no_room, too_many_detections.
    /// </summary>
    public async Task<(DetectionView? Job, Problem? Problem)> BeginAsync(
        string work, int? season, CancellationToken cancellation)
    {
        if (Files(work, season) is not var (found, shown, files)) return (null, NoSeason);
        var (paths, _, last) = Heard(files);
        var isRunning = last is { State: DetectionState.Running };
        var there = paths.Where(p => isRunning || File.Exists(p.Key)).ToList();
        if (there.Select(p => Episode(p.Value)).Distinct().Count() < EpisodesMin)
            return (null, files.Select(Episode).Distinct().Count() < EpisodesMin ? TooFew : Gone);
        if (scopes.OpenOf([.. there.Select(p => p.Key)]).Count == 0) return (null, Closed);
        if (!await MediaTool.IsHereAsync(cancellation)) return (null, NoFfmpeg);
        if (DiskSpace.FreeBytes(options.DataDirectory) < FreeBytesMin) return (null, NoRoom);
        return detections.Begin(new DetectedSeason(found.Id, shown), [.. there.Select(p => p.Key)]);
    }

    /// <summary>Stops what runs; nothing is recorded. Codes: not_found, not_running.</summary>
    public Problem? Stop(string work, int? season)
    {
        if (Files(work, season) is not var (_, _, files)) return NoSeason;
        return Heard(files).Last is { } job && detections.Cancel(job.Id) ? null : NotRunning;
    }

    /// <summary>
    /// Takes back what detections found out about this season, and not what people said. Durable when it returns.
    /// Codes: not_found, detection_running, nothing_to_undo, and why the log refuses.
    /// </summary>
    /// <returns>How many observations.</returns>
    public async Task<(int Taken, Problem? Problem)> TakeBackAsync(
        string work, int? season, CancellationToken cancellation)
    {
        if (Files(work, season) is not var (_, _, files)) return (0, NoSeason);
        var (_, here, last) = Heard(files);
        if (last is { State: DetectionState.Running })
            return (0, new("detection_running", 409, "The season is being listened to: wait for it, or stop it."));
        var found = Found(here);
        if (found.Count == 0) return (0, Nothing);
        cancellation.ThrowIfCancellationRequested();
        var (taken, problem) = await retractions.RetractAsync(found, CancellationToken.None);
        if (problem is null)
        {
            await located.ForgetAsync([.. found.SelectMany(r => r.Observed.Key)], CancellationToken.None);
            await detections.ForgetAsync(here);
        }

        return (taken, problem);
    }

    private static bool IsIntro(SkipOffer offer) => offer.Type == MarkerType.Intro;

    private static (int, decimal, int?) Episode(Shelved<LibraryFile> file) =>
        (file.Place.Season, file.Place.Number, file.Place.Part);

    private static TimeSpan About(IEnumerable<Shelved<LibraryFile>> files) => TimeSpan.FromSeconds(
        files.Sum(f => SecondsPerFile + (f.File.SizeBytes ?? 0) / 2.0 / BytesPerSecond));

    private static (int Heard, int Found) LastFound(DetectionView? job, HashSet<string> here)
    {
        if (job is not { Report: { } report }) return (0, 0);
        var heard = report.Episodes.Where((_, at) => here.Contains(job.Files[at])).ToList();
        return (heard.Count, heard.Count(e => e.Intro.Bounds is not null));
    }

    /// <param name="files">Of the season, those that nobody told an intro of: a folder may hold several.</param>
    private static IReadOnlyList<SeasonMiss> Missed(
        DetectionView job, SeasonReport report, Dictionary<string, Shelved<LibraryFile>> files) =>
    [
        .. job.Files.Select((path, at) => (Path: path, Episode: report.Episodes[at]))
            .Where(e => e.Episode.Intro.Bounds is null && files.ContainsKey(e.Path))
            .Select(e => new SeasonMiss(
                files[e.Path], e.Episode.Intro.Why ?? NoMarker.Failed, e.Episode.Failure)),
    ];

    /// <summary>The episodes of a season, in order; what goes with a show is none.</summary>
    private (LibraryWork Work, int Season, IReadOnlyList<Shelved<LibraryFile>> Files)? Files(string work, int? season)
    {
        if (library.Look().Find(work) is not { Shelf.IsShow: true, Seasons: [var first, ..] } found) return null;
        var shown = season is { } asked && found.Seasons.Contains(asked) ? asked : first;
        if (season is not null && shown != season) return null;
        return (found, shown,
        [
            .. found.Files.Where(f => f.Place.Kind == ShelfKind.Episode && f.Place.Season == shown),
        ]);
    }

    /// <summary>Where the files lie, and the detection that runs of them, or ran last.</summary>
    private (Dictionary<string, Shelved<LibraryFile>> Paths, HashSet<string> Here, DetectionView? Last) Heard(
        IReadOnlyList<Shelved<LibraryFile>> files)
    {
        var paths = PathsOf(files);
        var here = paths.Keys.ToHashSet(StringComparer.Ordinal);
        return (paths, here, detections.LastOf(here));
    }

    /// <summary>Of files on volumes that are there, where each lies.</summary>
    private Dictionary<string, Shelved<LibraryFile>> PathsOf(IReadOnlyList<Shelved<LibraryFile>> files)
    {
        var present = queries.Present(out _);
        var paths = new Dictionary<string, Shelved<LibraryFile>>(StringComparer.Ordinal);
        foreach (var file in files)
            foreach (var place in file.File.Places.Where(p => present.Contains(p.Volume)).Take(1))
                if (volumes.Find(place.Volume) is { } volume) paths[Path.Combine(volume.Root, place.Path)] = file;
        return paths;
    }

    /// <summary>What detections said of these files. A theme that other files have, too, is theirs as well.</summary>
    private IReadOnlyList<PartRecord> Found(IReadOnlySet<string> paths)
    {
        IReadOnlyList<string> keys;
        using (var db = database.OpenReader())
        {
            // A theme was noted where its files lay when it was found, and they may have been moved since.
            var seen = LibraryRows.WithTwins(db, paths);
            var all = LibraryRows.FoundKeys(db, seen);
            var themes = all.Where(k => k.StartsWith("thm:", StringComparison.Ordinal)).ToList();
            var beyond = Beyond(LibraryRows.PathsOf(db, themes), seen);
            keys = [.. all.Where(k => !beyond.Contains(k))];
        }

        return
        [
            .. records.OwnOf(keys).Where(r => r.Observed.Tool == ObservationDrafts.Tool
                && r.Observed.Method is Method.Chromaprint or Method.Theme or Method.Chapter or Method.Probe),
        ];
    }

    /// <summary>
    /// Keys that files elsewhere have, too. Where detection saw a file once is not where it still lies: it counts where
    /// the library knows it there, on a volume that may be away, or it is there.
    /// </summary>
    private HashSet<string> Beyond(ILookup<string, string> seen, IReadOnlySet<string> paths)
    {
        var beyond = new HashSet<string>(StringComparer.Ordinal);
        var elsewhere = seen.Where(p => !paths.Contains(p.Key)).ToList();
        if (elsewhere.Count == 0) return beyond;
        var known = library.Look().Works.SelectMany(w => w.Files).SelectMany(f => f.File.Places)
            .Select(p => volumes.Find(p.Volume) is { } volume ? Path.Combine(volume.Root, p.Path) : null)
            .OfType<string>().ToHashSet(StringComparer.Ordinal);
        // Known ones first, so that fewer have to be looked for.
        foreach (var keys in elsewhere.OrderBy(p => !known.Contains(p.Key)))
            if (!keys.All(beyond.Contains) && (known.Contains(keys.Key) || File.Exists(keys.Key)))
                beyond.UnionWith(keys);
        return beyond;
    }
}
