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
    private readonly ReleaseTimes _times;
    private readonly TimeProvider _time;
    private readonly SortedDictionary<ItemId, OwnRelease> _releases = [];
    private List<(ItemId Item, IReadOnlyList<ReleaseEffect> Effects)> _owed = [];
    private Breaker _breaker;
    private LossLedger _losses;

    public ReleaseBook(Database database, LogWriter writer, ReleaseTimes times, TimeProvider time)
    {
        (_database, _writer, _times, _time) = (database, writer, times, time);
        (_clock, _machines) = (new ReleaseClock(time), new DeviceReleases(DeviceId.Of(writer.Self), times));
        using var db = database.OpenReader();
        _machines.RestartLocks(ReleaseRows.Locks(db), _clock.Now().KeepsMs);
        (_breaker, _losses) = (ReleaseRows.Breaker(db), ReleaseRows.Losses(db));
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

    /// <summary>Until a release goes on by itself, or is given up; null where the disk alone is waited for.</summary>
    public long? LeftMs(OwnRelease release)
    {
        var at = release.Progress.Stage switch
        {
            ReleaseStage.Asking or ReleaseStage.AskingAgain => release.Progress.AskedMs + _times.AnswerMs,
            ReleaseStage.Waiting => release.Progress.SinceMs + _times.WaitMs,
            ReleaseStage.Quarantined => release.Progress.SinceMs + _times.QuarantineMs,
            _ => (long?)null,
        };
        return at is { } due ? Math.Max(0, due - ActsMs) : null;
    }

    /// <summary>How many more may go in this tick, if so many copies are held and so many are leaving.</summary>
    internal int RoomFor(int holdings, int leaving)
    {
        lock (_stepping)
        {
            if (_breaker.IsOpen) return 0;
            var lost = _breaker.Tick == Epoch.Of(UnixMs()) ? _breaker.Lost : 0;
            return Math.Max(0, Breaker.LimitOf(holdings) - lost - leaving);
        }
    }

    /// <summary>What the breaker counts, and what opened it, by place.</summary>
    public LossLedger Losses
    {
        get
        {
            lock (_stepping) return _losses;
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

    /// <summary>Items whose copy here is promised to another, or is being let go: no other rule moves them.</summary>
    public IReadOnlySet<ItemId> Bound()
    {
        lock (_stepping)
        {
            var keptMs = _clock.Now().KeepsMs;
            return _machines.Locks.Select(l => l.Item).Where(i => _machines.IsLocked(i, keptMs))
                .Concat(_machines.Releases.Select(r => r.Item)).ToHashSet();
        }
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
            var isNewlyAside = progress.Stage == ReleaseStage.Quarantined && before.AsideMs is null;
            Note(item, before with { Progress = progress, AsideMs = isNewlyAside ? UnixMs() : before.AsideMs });
            // A lock more is no new stage: it is shown, and asked for again after a restart.
            if (effects.Count == 0 && progress.Stage == before.Progress.Stage) return [];
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
        lock (_stepping) answer = _machines.Answer(request, mine, _clock.Now().KeepsMs);
        if (answer.IsGranted) await _writer.OnWriterAsync(PutLocks, cancellation);
        return answer;
    }

    internal bool IsReleasing(ItemId item)
    {
        lock (_stepping) return _machines.IsReleasing(item);
    }

    /// <summary>Counts what went, and is durable when it returns: true where that was too much at once.</summary>
    /// <param name="where">The copies that went, by place.</param>
    internal async Task<bool> CountAsync(
        int items, int holdings, IReadOnlyList<LossCount> where, CancellationToken cancellation)
    {
        bool trips;
        lock (_stepping)
        {
            var (nowMs, before) = (UnixMs(), _breaker);
            _breaker = before.Count(Epoch.Of(nowMs), items, holdings);
            _losses = _losses.Count(Epoch.Of(nowMs), where, _breaker.IsOpen, nowMs);
            trips = _breaker.IsOpen && !before.IsOpen;
        }

        await _writer.OnWriterAsync(PutBreaker, cancellation);
        return trips;
    }

    internal bool MayCount(int items, int holdings)
    {
        lock (_stepping) return _breaker.Allows(Epoch.Of(UnixMs()), items, holdings);
    }

    /// <summary>The owner has looked, and says that all is well.</summary>
    public async Task ResetBreakerAsync(CancellationToken cancellation)
    {
        lock (_stepping) (_breaker, _losses) = (_breaker.Reset(), LossLedger.Empty);
        await _writer.OnWriterAsync(PutBreaker, cancellation);
    }

    /// <summary>As it is by then, so that two writes in a row may come in either order.</summary>
    private void PutBreaker(SqliteConnection db)
    {
        var (breaker, losses) = (Breaker, Losses);
        ReleaseRows.Put(db, breaker, losses);
    }

    /// <summary>As they are by then, too: an older list would leave out what was promised meanwhile.</summary>
    private void PutLocks(SqliteConnection db)
    {
        IReadOnlyList<GrantedLock> locks;
        lock (_stepping) locks = [.. _machines.Locks];
        ReleaseRows.Put(db, locks);
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

    private Task StoreAsync(ItemId item, CancellationToken cancellation)
    {
        // Whatever is newest by then: two steps in a row may store in either order.
        return _writer.OnWriterAsync(
            db =>
            {
                if (Find(item) is { } now) ReleaseRows.Put(db, now);
            },
            cancellation);
    }

    private long UnixMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
