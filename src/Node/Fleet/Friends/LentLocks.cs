using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>The locks that friends were granted on what this device keeps for them; in no log.</summary>
/// <remarks>
/// A granted lock is durable before its answer; after a restart each is honoured for its full time anew.
/// </remarks>
public sealed class LentLocks : IDisposable
{
    // Each look reads pieces of a disk: however many ask, so many are read at once.
    private const int LooksMax = 2;

    private readonly Lock _answering = new();
    private readonly SemaphoreSlim _looking = new(LooksMax);
    private readonly LoanBook _loans;
    private readonly LentFiles _files;
    private readonly RingBook _rings;
    private readonly TimeProvider _time;
    private readonly ReleaseClock _clock;
    private readonly LockBook _locks;
    private readonly DeviceId _self;
    private readonly HashSet<(NodeId, ItemId)> _leaving = [];

    public LentLocks(
        LoanBook loans, LentFiles files, RingBook rings, LogWriter writer, ReleaseTimes times, TimeProvider time)
    {
        (_loans, _files, _rings, _time) = (loans, files, rings, time);
        (_clock, _locks, _self) = (new ReleaseClock(time), new LockBook(times), DeviceId.Of(writer.Self));
        _locks.Restart(loans.Locks(), _clock.Now().KeepsMs);
    }

    /// <summary>True for a friend to whom this device lends.</summary>
    public bool MayAsk(NodeId peer) => _rings.IsFriend(peer) && _loans.Find(peer) is not null;

    /// <summary>True while that friend relies on its copy; what another one was promised binds the other's.</summary>
    public bool IsLocked(NodeId friend, ItemId item)
    {
        lock (_answering) return _locks.IsLocked(item, DeviceId.Of(friend), _clock.Now().KeepsMs);
    }

    public void Dispose() => _looking.Dispose();

    /// <summary>
    /// Runs what takes a copy away, unless a release relies on it; from then on none can. False where one does, or
    /// where the act says that nothing was done.
    /// </summary>
    internal async Task<bool> LeaveAsync(LentCopy copy, Func<Task<bool>> act)
    {
        lock (_answering)
        {
            if (_locks.IsLocked(copy.Item, DeviceId.Of(copy.Friend), _clock.Now().KeepsMs)) return false;
            _leaving.Add((copy.Friend, copy.Item));
        }

        try
        {
            return await act();
        }
        finally
        {
            lock (_answering) _leaving.Remove((copy.Friend, copy.Item));
        }
    }

    /// <summary>A promise to keep the friend's copy, or why not; null where there is none of it here.</summary>
    internal async Task<LockAnswer?> AnswerAsync(LockRequest request, NodeId friend, CancellationToken cancellation)
    {
        if (_loans.Find(friend, request.Item) is not { } copy) return null;
        FoundCopy found;
        await _looking.WaitAsync(cancellation);
        try
        {
            found = await LookAsync(copy, cancellation);
        }
        finally
        {
            _looking.Release();
        }

        LockAnswer answer;
        lock (_answering)
        {
            // It may have been set aside since it was looked at; and at the end of a loan no copy is promised anew.
            var still = !_leaving.Contains((friend, request.Item))
                && _loans.Find(friend) is { } loan && !LoanRules.IsOver(loan, UnixMs())
                && _loans.Find(friend, request.Item)?.State == LentState.Kept;
            answer = _locks.Answer(
                request, _self, still ? found : found with { State = null }, isReleasing: false, _clock.Now().KeepsMs);
        }

        // As they are by then: two answers at once may be stored in either order.
        if (answer.IsGranted) await _loans.PutAsync(Locks, cancellation);
        return answer;
    }

    private IReadOnlyList<GrantedLock> Locks()
    {
        lock (_answering) return [.. _locks.Locks];
    }

    private long UnixMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<FoundCopy> LookAsync(LentCopy copy, CancellationToken cancellation)
    {
        var isThere = _files.IsPresent(copy);
        var isKept = copy.State == LentState.Kept;
        var nowMs = UnixMs();
        var isVerified = isKept && copy.HashedMs is { } hashed && nowMs - hashed <= Holding.WindowMs;
        var isRight = isThere && isKept && _files.Find(copy) is { } path
            && _loans.LayerOf(copy.Friend, copy.Item) is { } layer
            && await FileBytes.AreRandomPiecesRightAsync(path, layer, cancellation);
        return new FoundCopy(
            isKept ? HoldingState.Present : null, DeviceState.Active, isVerified, isThere, isRight);
    }
}
