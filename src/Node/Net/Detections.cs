using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Anarchive.Net;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Looks at files of this node and records what it finds, one folder after the other.</summary>
/// <remarks>What themes friends shared is sought, too, and what this node's own sound says of theirs is kept.</remarks>
public sealed class Detections : IAsyncDisposable
{
    private const int KeptMax = 32;

    // From sqlite3.h.
    private const int SqliteFull = 13;

    private readonly ConcurrentDictionary<string, DetectionJob> _jobs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Lock _beginning = new();
    private readonly ItemScopes _scopes;
    private readonly PartRecords _records;
    private readonly ObservationQueue _queue;
    private readonly LocatedThemes _located;
    private readonly NodeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Detections> _log;
    private readonly DetectionNotes _notes;
    private long _count;
    private long _changes;
    private long _ended;
    private volatile bool _isEnding;

    public Detections(
        ItemScopes scopes, PartRecords records, ObservationQueue queue, LocatedThemes located, Database database,
        LogWriter writer, NodeOptions options, TimeProvider time, ILogger<Detections> log)
    {
        (_scopes, _records, _queue, _located) = (scopes, records, queue, located);
        (_options, _time, _log) = (options, time, log);
        _notes = new DetectionNotes(database, writer);
        foreach (var unfinished in _notes.Read()) _jobs[unfinished.Id] = new DetectionJob(++_count, unfinished);
    }

    /// <summary>Another one whenever a detection came further.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>Another one whenever a detection was over, or what one found was taken back.</summary>
    public long Ended => Interlocked.Read(ref _ended);

    internal static Problem Interrupted { get; } = new(
        "detection_interrupted", 409, "The node ended before it was done: begin it again.");

    private static Problem Broken { get; } = new(
        "detection_broken", 500,
        "The node made a mistake, which its log names: begin it again, and report it if it comes back.");

    private static Problem Missing { get; } = new(
        "not_a_directory", 400, "There is no such folder or file that this node may read.");

    private static Problem NoRoom { get; } = new(
        "no_room", 409, "The disk of the node's data is full, so nothing was recorded: make room, and begin again.");

    /// <summary>Those that are under way or wait, the oldest first.</summary>
    public IReadOnlyList<DetectionView> Running() =>
        [.. _jobs.Values.Where(j => j.IsRunning).OrderBy(j => j.No).Select(j => j.View)];

    /// <summary>
    /// Begins a detection. Codes: not_a_directory, no_media_files, detection_running, too_many_detections.
    /// </summary>
    public (DetectionView? Job, Problem? Problem) Begin(DetectionRequest request)
    {
        IReadOnlyList<string> files;
        try
        {
            files = File.Exists(request.Path)
                ? SeasonFolder.IsMedia(request.Path) ? [Path.GetFullPath(request.Path)] : []
                : Directory.Exists(request.Path) ? SeasonFolder.Episodes(request.Path) : null!;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            files = null!;
        }

        if (files is null) return (null, Missing);
        if (files.Count == 0)
            return (null, new("no_media_files", 400, "There are no video or audio files in that folder."));
        return Begin(files, request.AreFilms ? FilesAre.Films : FilesAre.AsNamed, request.Works, null);
    }

    /// <summary>Begins with the files of a season. Codes: detection_running, too_many_detections.</summary>
    /// <param name="files">Whole paths.</param>
    public (DetectionView? Job, Problem? Problem) Begin(DetectedSeason season, IReadOnlyList<string> files) =>
        Begin(files, FilesAre.Episodes, [], season);

    public DetectionView? Find(string id) => _jobs.TryGetValue(id, out var job) ? job.View : null;

    /// <summary>
    /// The one that looks at one of these files, or else the last that did; null where none did since the start.
    /// </summary>
    /// <param name="files">Whole paths.</param>
    public DetectionView? LastOf(IReadOnlySet<string> files) =>
        _jobs.Values.Where(j => j.IsOf(files)).MaxBy(j => (j.IsRunning, j.No))?.View;

    /// <summary>How far each that looks at one of these files came: another text once one came further.</summary>
    /// <param name="files">Whole paths.</param>
    public string StampOf(IReadOnlySet<string> files) => string.Join(';', _jobs.Values.Where(j => j.IsOf(files))
        .OrderBy(j => j.No).Select(j => string.Create(
            CultureInfo.InvariantCulture, $"{j.View.Id} {j.View.State} {j.View.Step} {j.View.Listened}")));

    /// <summary>Stops one; nothing is recorded. False where none of that id runs.</summary>
    public bool Cancel(string id)
    {
        // One that is over may be forgotten by another caller, and with it what would stop it.
        lock (_beginning)
        {
            if (!_jobs.TryGetValue(id, out var job) || !job.IsRunning) return false;
            job.Stop.Cancel();
            return true;
        }
    }

    /// <summary>Says no more of what looked at these files, since what it found was taken back.</summary>
    public Task ForgetAsync(IReadOnlySet<string> files) => ForgetAsync(job => job.IsOf(files));

    /// <summary>The same of a folder, by where its files lie.</summary>
    public Task ForgetWithinAsync(string folder) => ForgetAsync(
        job => job.View.Files.Any(f => Volumes.IsWithin(RealPath.Of(f), folder)));

    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        foreach (var job in _jobs.Values) await job.Stop.CancelAsync();
        await Task.WhenAll(_jobs.Values.Select(j => j.Running));
        foreach (var job in _jobs.Values) job.Stop.Dispose();
        _turn.Dispose();
    }

    private (DetectionView? Job, Problem? Problem) Begin(
        IReadOnlyList<string> files, FilesAre are, IReadOnlyList<WorkId> works, DetectedSeason? season)
    {
        var paths = files.ToHashSet(StringComparer.Ordinal);
        lock (_beginning)
        {
            if (_jobs.Values.Any(j => j.IsRunning && j.IsOf(paths)))
                return (null, new(
                    "detection_running", 409, "These files are being listened to already: wait for it, or stop it."));
            foreach (var old in _jobs.Values.Where(j => !j.IsRunning).OrderBy(j => j.No))
                if (_jobs.Count >= KeptMax || (old.IsBrokenOff && old.IsOf(paths))) Drop(old);
            if (_jobs.Count >= KeptMax)
                return (null, new(
                    "too_many_detections", 409, "Many folders wait already: let some of them finish."));
            var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
            var job = new DetectionJob(++_count, new(id, DetectionState.Running, "waiting", null, null, 0, [])
            {
                Files = files,
                Season = season,
            });
            _jobs[id] = job;
            Interlocked.Increment(ref _changes);
            job.Running = Task.Run(() => RunAsync(job, are, works), CancellationToken.None);
            return (job.View, null);
        }
    }

    private async Task ForgetAsync(Func<DetectionJob, bool> which)
    {
        List<DetectionJob> over;
        lock (_beginning)
        {
            over = [.. _jobs.Values.Where(j => !j.IsRunning && which(j))];
            over.ForEach(Drop);
        }

        Interlocked.Increment(ref _ended);
        Interlocked.Increment(ref _changes);
        if (over.Exists(j => j.IsBrokenOff)) await NoteAsync(CancellationToken.None);
    }

    private void Drop(DetectionJob over)
    {
        if (_jobs.TryRemove(over.View.Id, out _)) over.Stop.Dispose();
    }

    private async Task RunAsync(DetectionJob job, FilesAre are, IReadOnlyList<WorkId> works)
    {
        var cancellation = job.Stop.Token;
        try
        {
            await NoteAsync(cancellation);
            await _turn.WaitAsync(cancellation);
            try
            {
                NodeLog.DetectionBegan(_log, job.View.Files.Count);
                Tell(job, new(DetectionStep.Listening, $"read 0 of {job.View.Files.Count}", 0));
                var done = await DetectAsync(job, are, works, cancellation);
                NodeLog.DetectionDone(
                    _log, done.Report!.Episodes.Count(e => e.Intro.Bounds is not null), done.Files.Count,
                    done.Recorded);
                job.Change(_ => done);
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (OperationCanceledException)
        {
            NodeLog.DetectionStopped(_log);
            job.Change(v => v with { State = DetectionState.Cancelled, Progress = "cancelled" });
        }
        catch (MediaException e)
        {
            Fail(job, new Problem(e.Code, 409, e.Says));
        }
        catch (Exception e) when (e is IOException { HResult: DataDirectory.NoSpace }
            or SqliteException { SqliteErrorCode: SqliteFull })
        {
            Fail(job, NoRoom);
        }
        catch (SqliteException)
        {
            Fail(job, new Problem("disk_refused", 503, DataDirectory.DiskRefused));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(job, new Problem("media_unreadable", 409, "The disk refused to read the files."));
        }
#pragma warning disable CA1031 // Nobody waits for it: what nobody foresaw is said by the job itself, or by nothing.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // Without its words, which may name a file.
            NodeLog.DetectionBroke(_log, e.GetType().Name);
            Fail(job, Broken);
        }

        await EndAsync();
    }

    /// <summary>Over, it is noted no more; unless the node ends, and with it what is under way.</summary>
    private async Task EndAsync()
    {
        Interlocked.Increment(ref _ended);
        Interlocked.Increment(ref _changes);
        if (_isEnding) return;
        try
        {
            await NoteAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or SqliteException or InvalidOperationException
            or OperationCanceledException)
        {
            // The disk refuses, or the writer has ended: then the next start says that it did not end.
            NodeLog.DetectionEndNotNoted(_log);
        }
    }

    private Task NoteAsync(CancellationToken cancellation) => _notes.WriteAsync(
        () => _jobs.Values.Where(j => j.IsRunning || j.IsBrokenOff).OrderBy(j => j.No).Select(j => j.View),
        cancellation);

    private void Fail(DetectionJob job, Problem problem)
    {
        NodeLog.DetectionFailed(_log, problem.Code);
        job.Change(v => v with { State = DetectionState.Failed, Problem = problem, Progress = "failed" });
    }

    private async Task<DetectionView> DetectAsync(
        DetectionJob job, FilesAre are, IReadOnlyList<WorkId> works, CancellationToken cancellation)
    {
        var files = job.View.Files;
        var fingerprinter = new Fingerprinter(
            new FingerprintCache(Path.Combine(_options.DataDirectory, "fingerprints")));
        var detector = new SeasonDetector(fingerprinter, _time, told => Tell(job, told));
        var known = _located.Known();
        var report = await detector.DetectAsync(files, known, are, cancellation);
        Tell(job, new DetectionProgress(DetectionStep.Comparing, "comparing themes", files.Count));
        await SeeAsync(files, report, works, cancellation);

        var drafted = files.Select((path, at) => new DraftFile(report.Episodes[at].Keys, _scopes.Of(path))).ToList();
        var drafts = report.Draft(drafted, _time.GetUtcNow().ToUnixTimeSeconds() / 3600);
        for (var at = 0; at < files.Count; at++)
            if (report.Episodes[at].Failure is null)
                await DescribeAsync(drafts, at, files[at], drafted[at], works, cancellation);
        var located = await _located.LookAsync(files, report, known, are, fingerprinter, cancellation);
        var recorded = await RecordAsync(drafts, cancellation);
        // Not before: of one that is stopped nothing stays that could not be taken back.
        await _located.KeepAsync(located, CancellationToken.None);
        return job.View with
        {
            State = DetectionState.Done,
            Progress = "done",
            Report = report,
            Recorded = recorded,
            Refused = drafts.Refused,
        };
    }

    private void Tell(DetectionJob job, DetectionProgress told)
    {
        job.Tell(told);
        Interlocked.Increment(ref _changes);
    }

    /// <summary>Remembers the files: whether others may hear of them follows from where they lie.</summary>
    private Task SeeAsync(
        IReadOnlyList<string> files, SeasonReport report, IReadOnlyList<WorkId> works, CancellationToken cancellation)
    {
        var themes = report.Themes.Select(t => SharedTheme.KeyOf(t.Theme)).ToList();
        return _scopes.SeenAsync(
            [
                .. files.SelectMany((path, at) => report.Episodes[at].Keys.Concat(themes)
                    .Concat(NameGrouping.WorksOf(MediaFile.NameOf(path), works))
                    .Select(key => new LocalItem(key, path, report.Episodes[at].DurationMs))),
            ],
            cancellation);
    }

    private async Task DescribeAsync(
        ObservationDrafts drafts, int place, string path, DraftFile file, IReadOnlyList<WorkId> works,
        CancellationToken cancellation)
    {
        var name = MediaFile.NameOf(path);
        try
        {
            drafts.AddQuality(place, file, await QualityProbe.AskAsync(path, cancellation), name.Quality.Source);
        }
        catch (Exception e) when (e is MediaException or IOException or UnauthorizedAccessException)
        {
            // It went, or changed, since it was looked at: the rest of the season does not suffer.
            NodeLog.MediaNotRead(_log);
        }

        // Nobody said what it belongs to: that is no fault of the file.
        if (works.Count > 0) drafts.AddGrouping(place, file, name, works);
    }

    private async Task<int> RecordAsync(ObservationDrafts drafts, CancellationToken cancellation)
    {
        var news = drafts.Made.Where(d => !IsKnown(d.Observed)).ToList();
        var ready = new List<ReadyObservation>(news.Count);
        foreach (var draft in news)
            if (ReadyObservation.Of(draft.Observed, draft.Keys, isOpen: false, out _) is { } one) ready.Add(one);
        cancellation.ThrowIfCancellationRequested();
        // From here on it is not stopped: either all of it is recorded, or nothing.
        if (ready.Count > 0) await _queue.AddAsync(ready, CancellationToken.None);
        return ready.Count;
    }

    /// <summary>Said before, but for the hour: saying it again would only tell when.</summary>
    private bool IsKnown(IObservation observed)
    {
        var text = Text(observed, observed.At);
        return _records.Of(observed.Key[0]).Any(r => r.IsOwn && Text(r.Observed, observed.At) == text);
    }

    private static string Text(IObservation observed, long at) => NetPayloads.Element(observed switch
    {
        MarkerObserved marker => marker with { At = at },
        ThemeObserved theme => theme with { At = at },
        GroupingObserved grouping => grouping with { At = at },
        QualityObserved quality => quality with { At = at },
        _ => observed,
    }).GetRawText();
}
