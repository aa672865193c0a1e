using Anarchive.Fleet;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>This device as releaser and as holder, with what of it survives a restart.</summary>
/// <remarks>
/// Any thread. What is stored comes before what follows from it: a lock before its answer, a stage before the rename.
/// </remarks>
public sealed class ReleaseBook
{
    private readonly Lock _stepping = new();
    private readonly Database _database;
    private readonly LogWriter _writer;
    private readonly DeviceReleases _machines;
    private readonly ReleaseClock _clock;
    private readonly TimeProvider _time;
    private readonly SortedDictionary<ItemId, OwnRelease> _releases = [];
    private List<(ItemId Item, IReadOnlyList<ReleaseEffect> Effects)> _owed = [];
    private Breaker _breaker;

    public ReleaseBook(Database database, LogWriter writer, ReleaseTimes times, TimeProvider time)
    {
        (_database, _writer, _time) = (database, writer, time);
        (_clock, _machines) = (new ReleaseClock(time), new DeviceReleases(DeviceId.Of(writer.Self), times));
        using var db = database.OpenReader();
        _machines.RestartLocks(ReleaseRows.Locks(db), _clock.Now().KeepsMs);
        _breaker = ReleaseRows.Breaker(db);
        foreach (var release in ReleaseRows.All(db))
        {
            _releases[release.Progress.Item] = release;
            if (release.Progress.Stage == ReleaseStage.Ended) continue;
            var asideForMs = release.AsideMs is { } since ? UnixMs() - since : 0;
            _owed.Add((
                release.Progress.Item,
                _machines.RestartRelease(release.Progress, _clock.Now().ActsMs, asideForMs)));
        }
    }

    /// <summary>In the order of items: those in flight, and how the last of each other item ended.</summary>
    public IReadOnlyList<OwnRelease> Releases
    {
        get
        {
            lock (_stepping) return [.. _releases.Values];
        }
    }

    public Breaker Breaker
    {
        get
        {
            lock (_stepping) return _breaker;
        }
    }

    /// <summary>Copies that are about to be set aside: each counts for the breaker when it is.</summary>
    internal int Leaving
    {
        get
        {
            lock (_stepping)
                return _releases.Values.Count(r => r.Progress.Stage
                    is ReleaseStage.Asking or ReleaseStage.Waiting or ReleaseStage.SettingAside);
        }
    }

    internal long ActsMs => _clock.Now().ActsMs;

    internal OwnRelease? Find(ItemId item)
    {
        lock (_stepping) return _releases.GetValueOrDefault(item);
    }

    /// <summary>True while a copy is promised to another device: no other rule takes it away either.</summary>
    public bool IsLocked(ItemId item)
    {
        lock (_stepping) return _machines.IsLocked(item, _clock.Now().KeepsMs);
    }

    /// <summary>Why a release cannot start now, as a code; null where it can.</summary>
    public string? WhyNot(ItemId item)
    {
        lock (_stepping) return _machines.WhyNot(item, _clock.Now().KeepsMs);
    }

    /// <summary>Durable before anybody is asked; a code where something came in between.</summary>
    internal async Task<(IReadOnlyList<ReleaseEffect> Effects, string? Code)> BeginAsync(
        LockRequest ask, VolumeId volume, ReleaseView view, CancellationToken cancellation)
    {
        IReadOnlyList<ReleaseEffect> effects;
        lock (_stepping)
        {
            var now = _clock.Now();
            if (_machines.WhyNot(ask.Item, now.KeepsMs) is { } code) return ([], code);
            effects = _machines.Begin(ask.Item, ask.Intent, ask.Ask, view, now.ActsMs);
            Note(ask.Item, new OwnRelease(volume, Progress(ask.Item, effects, ask), UnixMs(), null));
        }

        await StoreAsync(ask.Item, cancellation);
        return (effects, null);
    }

    /// <summary>Steps a release by the time it has then; what follows from it is durable.</summary>
    internal async Task<IReadOnlyList<ReleaseEffect>> StepAsync(
        ItemId item, Func<long, ReleaseInput> input, CancellationToken cancellation)
    {
        IReadOnlyList<ReleaseEffect> effects;
        lock (_stepping)
        {
            if (!_releases.TryGetValue(item, out var before) || before.Progress.Stage == ReleaseStage.Ended) return [];
            effects = _machines.Step(item, input(_clock.Now().ActsMs));
            var progress = Progress(item, effects, null);
            if (effects.Count == 0 && progress.Stage == before.Progress.Stage) return [];
            var isNewlyAside = progress.Stage == ReleaseStage.Quarantined && before.AsideMs is null;
            Note(item, before with { Progress = progress, AsideMs = isNewlyAside ? UnixMs() : before.AsideMs });
        }

        await StoreAsync(item, cancellation);
        return effects;
    }

    /// <summary>What a restart left to be done; once.</summary>
    internal async Task<IReadOnlyList<(ItemId Item, IReadOnlyList<ReleaseEffect> Effects)>> TakeOwedAsync(
        CancellationToken cancellation)
    {
        List<(ItemId Item, IReadOnlyList<ReleaseEffect> Effects)> owed;
        lock (_stepping)
        {
            (owed, _owed) = (_owed, []);
            foreach (var (item, effects) in owed)
                Note(item, _releases[item] with { Progress = Progress(item, effects, null) });
        }

        foreach (var (item, _) in owed) await StoreAsync(item, cancellation);
        return owed;
    }

    /// <summary>A granted lock is durable when it returns.</summary>
    internal async Task<LockAnswer> AnswerAsync(
        LockRequest request, FoundCopy mine, CancellationToken cancellation)
    {
        LockAnswer answer;
        IReadOnlyList<GrantedLock> locks;
        lock (_stepping)
        {
            answer = _machines.Answer(request, mine, _clock.Now().KeepsMs);
            locks = [.. _machines.Locks];
        }

        if (answer.IsGranted) await WriteAsync(db => ReleaseRows.Put(db, locks), cancellation);
        return answer;
    }

    internal bool IsReleasing(ItemId item)
    {
        lock (_stepping) return _machines.IsReleasing(item);
    }

    /// <summary>Counts what went, and is durable when it returns: true where that was too much at once.</summary>
    internal async Task<bool> CountAsync(int items, int holdings, CancellationToken cancellation)
    {
        Breaker after;
        bool trips;
        lock (_stepping)
        {
            after = _breaker.Count(Epoch.Of(UnixMs()), items, holdings);
            trips = after.IsOpen && !_breaker.IsOpen;
            _breaker = after;
        }

        await WriteAsync(db => ReleaseRows.Put(db, after), cancellation);
        return trips;
    }

    internal bool MayCount(int items, int holdings)
    {
        lock (_stepping) return _breaker.Allows(Epoch.Of(UnixMs()), items, holdings);
    }

    /// <summary>The owner has looked, and says that all is well.</summary>
    public async Task ResetBreakerAsync(CancellationToken cancellation)
    {
        Breaker after;
        lock (_stepping) after = _breaker = _breaker.Reset();
        await WriteAsync(db => ReleaseRows.Put(db, after), cancellation);
    }

    // Of what ended, the machine keeps nothing.
    private ReleaseProgress Progress(ItemId item, IReadOnlyList<ReleaseEffect> effects, LockRequest? begun)
    {
        if (_machines.Releases.FirstOrDefault(r => r.Item == item) is { } progress) return progress;
        var end = effects.OfType<ReleaseEffect.End>().LastOrDefault();
        var intent = begun?.Intent ?? _releases[item].Progress.Intent;
        return new ReleaseProgress(
            item, intent, ReleaseStage.Ended, 0, 0, 0, [], end?.Refused ?? [], end?.Outcome ?? ReleaseCodes.Abandoned);
    }

    private void Note(ItemId item, OwnRelease release) => _releases[item] = release;

    private Task<int> StoreAsync(ItemId item, CancellationToken cancellation)
    {
        // Whatever is newest by then: two steps in a row may store in either order.
        return WriteAsync(
            db =>
            {
                if (Find(item) is { } now) ReleaseRows.Put(db, now);
            },
            cancellation);
    }

    private Task<int> WriteAsync(Action<SqliteConnection> write, CancellationToken cancellation) =>
        _writer.OnWriterAsync(
            db =>
            {
                write(db);
                return 0;
            },
            cancellation);

    private long UnixMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
