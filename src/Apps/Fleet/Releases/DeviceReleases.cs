using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>A device as releaser and as holder: it is never both for one item (D4). One thread.</summary>
/// <remarks>
/// It may go by two clocks: one that never runs slow for its own releases, as when the machine slept, and one that
/// never runs fast for what it promised to others.
/// </remarks>
public sealed class DeviceReleases(DeviceId self, ReleaseTimes times)
{
    private readonly SortedDictionary<ItemId, ReleaseMachine> _releases = [];
    private readonly LockBook _locks = new(times);

    /// <summary>Exactly as another was at a moment of the same clock.</summary>
    internal DeviceReleases(
        DeviceId self, ReleaseTimes times, IEnumerable<GrantedLock> locks, IEnumerable<ReleaseProgress> releases)
        : this(self, times)
    {
        _locks.Take(locks);
        foreach (var release in releases) _releases[release.Item] = new ReleaseMachine(self, times, release);
    }

    public DeviceId Self { get; } = self;

    public IReadOnlyList<GrantedLock> Locks => _locks.Locks;

    /// <summary>What is in flight, in the order of items; what ended is forgotten.</summary>
    public IEnumerable<ReleaseProgress> Releases => _releases.Values.Select(m => m.State);

    public bool IsLocked(ItemId item, long nowMs) => _locks.IsLocked(item, nowMs);

    /// <summary>True from the intent until the bytes are deleted or the copy is back.</summary>
    public bool IsReleasing(ItemId item) => _releases.ContainsKey(item);

    /// <summary>Why a release cannot start now; null where it can.</summary>
    /// <param name="keptMs">By the clock of <see cref="Answer"/>.</param>
    public string? WhyNot(ItemId item, long keptMs)
    {
        if (IsReleasing(item)) return ReleaseCodes.AlreadyReleasing;
        return IsLocked(item, keptMs) && !RuleSwitch.IsOff(ReleaseRule.NeverBoth)
            ? ReleaseCodes.LockedForOther
            : null;
    }

    /// <summary>Starts what <see cref="WhyNot"/> has nothing against.</summary>
    public IReadOnlyList<ReleaseEffect> Begin(
        ItemId item, EventRef intent, ulong ask, ReleaseView view, long nowMs)
    {
        var (machine, effects) =
            ReleaseMachine.Begin(Self, times, new LockRequest(item, intent, Self, ask), view, nowMs);
        Keep(item, machine);
        return effects;
    }

    public IReadOnlyList<ReleaseEffect> Step(ItemId item, ReleaseInput input)
    {
        if (!_releases.TryGetValue(item, out var machine)) return [];
        var effects = machine.Step(input);
        Keep(item, machine);
        return effects;
    }

    /// <summary>A granted lock has to be durable before this answer leaves the device.</summary>
    /// <remarks>A device asks itself only where it has a friend's copy go: its own then stays.</remarks>
    public LockAnswer Answer(LockRequest request, FoundCopy mine, long nowMs) => _locks.Answer(
        request, Self, mine, IsReleasing(request.Item) && request.Releaser != Self, nowMs);

    /// <summary>What was stored, after a restart at <paramref name="nowMs"/> of the new clock.</summary>
    public void RestartLocks(IEnumerable<GrantedLock> stored, long nowMs) => _locks.Restart(stored, nowMs);

    /// <inheritdoc cref="ReleaseMachine.Restart"/>
    public IReadOnlyList<ReleaseEffect> RestartRelease(ReleaseProgress stored, long nowMs, long quarantinedForMs)
    {
        var machine = new ReleaseMachine(Self, times, stored);
        var effects = machine.Restart(nowMs, quarantinedForMs);
        Keep(stored.Item, machine);
        return effects;
    }

    private void Keep(ItemId item, ReleaseMachine machine)
    {
        if (machine.State.Stage == ReleaseStage.Ended) _releases.Remove(item);
        else _releases[item] = machine;
    }
}
