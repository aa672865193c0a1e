using System.Collections.Concurrent;
using System.Security.Cryptography;
using Anarchive.Net;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Looks at files of this node and records what it finds, one folder after the other.</summary>
/// <remarks>What themes friends shared is sought, too, and what this node's own sound says of theirs is kept.</remarks>
public sealed class Detections(
    ItemScopes scopes, PartRecords records, ObservationQueue queue, LocatedThemes located, NodeOptions options,
    TimeProvider time, ILogger<Detections> log) : IAsyncDisposable
{
    private const int KeptMax = 32;

    private readonly ConcurrentDictionary<string, Job> _jobs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Begins a detection. Codes: not_a_directory, no_media_files, too_many_detections.</summary>
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

        if (files is null)
            return (null, new("not_a_directory", 400, "There is no such folder or file that this node may read."));
        if (files.Count == 0)
            return (null, new("no_media_files", 400, "There are no video or audio files in that folder."));
        foreach (var old in _jobs.Values.Where(j => j.View.State != DetectionState.Running))
            if (_jobs.Count >= KeptMax) _jobs.TryRemove(old.View.Id, out _);
        if (_jobs.Count >= KeptMax)
            return (null, new("too_many_detections", 409, "Many folders wait already: let some of them finish."));
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var job = new Job(new DetectionView(id, DetectionState.Running, "waiting", null, null, 0, []));
        _jobs[id] = job;
        job.Running = RunAsync(job, request, files);
        return (job.View, null);
    }

    public DetectionView? Find(string id) => _jobs.TryGetValue(id, out var job) ? job.View : null;

    /// <summary>Stops one; nothing is recorded. False where none of that id runs.</summary>
    public bool Cancel(string id)
    {
        if (!_jobs.TryGetValue(id, out var job) || job.View.State != DetectionState.Running) return false;
        job.Stop.Cancel();
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var job in _jobs.Values) await job.Stop.CancelAsync();
        await Task.WhenAll(_jobs.Values.Select(j => j.Running));
        foreach (var job in _jobs.Values) job.Stop.Dispose();
        _turn.Dispose();
    }

    private async Task RunAsync(Job job, DetectionRequest request, IReadOnlyList<string> files)
    {
        var cancellation = job.Stop.Token;
        try
        {
            await _turn.WaitAsync(cancellation);
            try
            {
                job.View = await DetectAsync(job, request, files, cancellation);
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (OperationCanceledException)
        {
            job.View = job.View with { State = DetectionState.Cancelled, Progress = "cancelled" };
        }
        catch (MediaException e)
        {
            Fail(job, new Problem(e.Code, 409, e.Says));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            Fail(job, new Problem("media_unreadable", 409, "The disk refused to read the files."));
        }
    }

    private static void Fail(Job job, Problem problem) =>
        job.View = job.View with { State = DetectionState.Failed, Problem = problem, Progress = "failed" };

    private async Task<DetectionView> DetectAsync(
        Job job, DetectionRequest request, IReadOnlyList<string> files, CancellationToken cancellation)
    {
        var fingerprinter = new Fingerprinter(
            new FingerprintCache(Path.Combine(options.DataDirectory, "fingerprints")));
        var detector = new SeasonDetector(
            fingerprinter, time, line => job.View = job.View with { Progress = line });
        var known = located.Known();
        var report = await detector.DetectAsync(files, known, request.AreFilms, cancellation);
        await SeeAsync(files, report, request.Works, cancellation);

        var drafted = files.Select((path, at) => new DraftFile(report.Episodes[at].Keys, scopes.Of(path))).ToList();
        var drafts = report.Draft(drafted, time.GetUtcNow().ToUnixTimeSeconds() / 3600);
        for (var at = 0; at < files.Count; at++)
            if (report.Episodes[at].Failure is null)
                await DescribeAsync(drafts, at, files[at], drafted[at], request.Works, cancellation);
        job.View = job.View with { Progress = "comparing themes" };
        await located.LookAsync(files, report, known, request.AreFilms, fingerprinter, cancellation);
        var recorded = await RecordAsync(drafts, cancellation);
        return job.View with
        {
            State = DetectionState.Done,
            Progress = "done",
            Report = report,
            Recorded = recorded,
            Refused = drafts.Refused,
        };
    }

    /// <summary>Remembers the files: whether others may hear of them follows from where they lie.</summary>
    private Task SeeAsync(
        IReadOnlyList<string> files, SeasonReport report, IReadOnlyList<WorkId> works, CancellationToken cancellation)
    {
        var themes = report.Themes.Select(t => SharedTheme.KeyOf(t.Theme)).ToList();
        return scopes.SeenAsync(
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
            NodeLog.MediaNotRead(log);
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
        if (ready.Count > 0) await queue.AddAsync(ready, cancellation);
        return ready.Count;
    }

    /// <summary>Said before, but for the hour: saying it again would only tell when.</summary>
    private bool IsKnown(IObservation observed)
    {
        var text = Text(observed, observed.At);
        return records.Of(observed.Key[0]).Any(r => r.IsOwn && Text(r.Observed, observed.At) == text);
    }

    private static string Text(IObservation observed, long at) => NetPayloads.Element(observed switch
    {
        MarkerObserved marker => marker with { At = at },
        ThemeObserved theme => theme with { At = at },
        GroupingObserved grouping => grouping with { At = at },
        QualityObserved quality => quality with { At = at },
        _ => observed,
    }).GetRawText();

    private sealed class Job(DetectionView view)
    {
        private volatile DetectionView _view = view;

        public DetectionView View
        {
            get => _view;
            set => _view = value;
        }

        public CancellationTokenSource Stop { get; } = new();

        public Task Running { get; set; } = Task.CompletedTask;
    }
}
