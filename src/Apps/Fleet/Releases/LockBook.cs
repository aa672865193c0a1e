using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>"I want to let my copy go: keep yours."</summary>
/// <param name="Intent">The <c>release_intended</c> event.</param>
/// <param name="Ask">Names this asking: an answer to another one is worth nothing.</param>
public sealed record LockRequest(ItemId Item, EventRef Intent, DeviceId Releaser, ulong Ask);

/// <summary>The answer of a holder.</summary>
/// <param name="Code">Why not; null for a lock.</param>
public sealed record LockAnswer(DeviceId Holder, EventRef Intent, ulong Ask, string? Code)
{
    public bool IsGranted => Code is null;
}

/// <summary>A promise to keep a copy.</summary>
/// <param name="GrantedMs">By the monotonic clock of the device that promised, since it last started.</param>
public sealed record GrantedLock(ItemId Item, EventRef Intent, DeviceId Releaser, long GrantedMs);

/// <summary>What a device finds when it looks at its own copy.</summary>
/// <param name="State">Null where it has none.</param>
/// <param name="AreRangesRight">Random ranges, read from the disk just now, are the item's.</param>
public sealed record FoundCopy(
    HoldingState? State, DeviceState DeviceState, bool IsVerified, bool IsVolumePresent, bool AreRangesRight);

/// <summary>The locks that a device granted on its copies. No clock, no disk; one thread.</summary>
/// <remarks>
/// Whoever calls it stores a granted lock durably before the answer leaves, and gives the stored ones back after a
/// restart: no clock survives that, so each is then honoured for its full time anew.
/// </remarks>
public sealed class LockBook(ReleaseTimes times)
{
    private readonly List<GrantedLock> _locks = [];

    /// <summary>In the order they were granted, lapsed ones too until they are dropped.</summary>
    public IReadOnlyList<GrantedLock> Locks => _locks;

    public bool IsLocked(ItemId item, long nowMs) => _locks.Exists(l => l.Item == item && IsLive(l, nowMs));

    /// <summary>True while a promise to that releaser binds.</summary>
    public bool IsLocked(ItemId item, DeviceId releaser, long nowMs) =>
        _locks.Exists(l => l.Item == item && l.Releaser == releaser && IsLive(l, nowMs));

    /// <summary>Also what a caller asks first, to spare the disk where the answer is no anyway.</summary>
    public LockAnswer Answer(LockRequest request, DeviceId self, FoundCopy mine, bool isReleasing, long nowMs)
    {
        var code = Refusal(mine, isReleasing);
        if (code is not null) return new LockAnswer(self, request.Intent, request.Ask, code);
        // A releaser has one release of an item at a time: its newest asking stands for those before it.
        _locks.RemoveAll(l => (l.Item == request.Item && l.Releaser == request.Releaser) || !IsLive(l, nowMs));
        _locks.Add(new GrantedLock(request.Item, request.Intent, request.Releaser, nowMs));
        return new LockAnswer(self, request.Intent, request.Ask, null);
    }

    /// <summary>The stored locks, after a restart at <paramref name="nowMs"/> of the new clock.</summary>
    public void Restart(IEnumerable<GrantedLock> stored, long nowMs)
    {
        if (RuleSwitch.IsOff(ReleaseRule.LocksOutliveRestart)) return;
        Take(stored.Select(l => l with { GrantedMs = nowMs }));
    }

    internal void Take(IEnumerable<GrantedLock> locks) => _locks.AddRange(locks);

    private static string? Refusal(FoundCopy mine, bool isReleasing)
    {
        if (isReleasing && !RuleSwitch.IsOff(ReleaseRule.NeverBoth)) return ReleaseCodes.LockReleasing;
        if (!mine.DeviceState.IsThere() && !RuleSwitch.IsOff(ReleaseRule.DeadCountZero))
            return ReleaseCodes.LockDeviceGone;
        if (!IsHeld(mine.State)) return ReleaseCodes.LockNotHeld;
        if (!mine.IsVolumePresent)
            return RuleSwitch.IsOff(ReleaseRule.AbsentIsNotThere) ? null : ReleaseCodes.LockVolumeAbsent;
        if (!mine.IsVerified && !RuleSwitch.IsOff(ReleaseRule.VerifiedOnly)) return ReleaseCodes.LockUnverified;
        return mine.AreRangesRight || RuleSwitch.IsOff(ReleaseRule.ReadBeforeLock)
            ? null
            : ReleaseCodes.LockBytesWrong;
    }

    private static bool IsHeld(HoldingState? state) =>
        state == HoldingState.Present
        || (state == HoldingState.Quarantined && RuleSwitch.IsOff(ReleaseRule.QuarantinedNeverCount));

    private bool IsLive(GrantedLock granted, long nowMs) => nowMs - granted.GrantedMs < times.TtlMs;
}
