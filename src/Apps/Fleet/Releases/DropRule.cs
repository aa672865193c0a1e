namespace Anarchive.Fleet;

/// <summary>Whether a copy may go.</summary>
/// <param name="Code">Why not; null where it may.</param>
/// <param name="Have">Copies elsewhere that count, after the limit on those that cannot lock.</param>
/// <param name="Missing">Whose copies would have to change for it, in order.</param>
public sealed record DropAnswer(string? Code, int Have, IReadOnlyList<DeviceId> Missing)
{
    public bool IsAllowed => Code is null;
}

/// <summary>
/// Rules D1, D2, D9 and D10: a copy goes only while verified copies elsewhere reach the floor, each locked by its
/// holder. Copies that cannot lock, and friends', fill at most one place less than the floor.
/// </summary>
public static class DropRule
{
    /// <summary>Never asks for less than one copy elsewhere, whatever the floor says.</summary>
    public static DropAnswer Judge(int floor, IReadOnlyList<OtherCopy> elsewhere)
    {
        floor = RuleSwitch.IsOff(ReleaseRule.FloorElsewhere) ? 0 : Math.Max(1, floor);
        var standing = elsewhere.Where(Stands).ToList();
        var counted = standing.Where(IsCounted).ToList();
        var needsLock = !RuleSwitch.IsOff(ReleaseRule.LockedElsewhere);
        var have = Filled(floor, counted.Where(c => !c.CanLock || c.IsLocked || !needsLock));
        if (have >= floor) return new DropAnswer(null, have, []);
        if (Filled(floor, counted) >= floor)
            return Refuse(ReleaseCodes.LocksMissing, have, counted.Where(c => c.CanLock && !c.IsLocked));
        if (counted.Select(c => c.Device).Distinct().Count() >= floor)
            return Refuse(ReleaseCodes.CopiesUnlockable, have, counted.Where(c => c.Kind != CopyKind.Node));
        return Filled(floor, standing) >= floor
            ? Refuse(ReleaseCodes.CopiesUnverified, have, standing.Where(c => !c.IsVerified))
            : Refuse(ReleaseCodes.FloorUnmet, have, elsewhere.Where(c => !IsCounted(c) || !Stands(c)));
    }

    /// <summary>Whom to ask for a lock: the holders whose copies would count with one, in order.</summary>
    public static IReadOnlyList<DeviceId> Lockable(IReadOnlyList<OtherCopy> elsewhere) =>
        [.. elsewhere.Where(c => c.CanLock && Stands(c) && IsCounted(c)).Select(c => c.Device).Distinct().Order()];

    private static bool Stands(OtherCopy copy) =>
        (copy.DeviceState.IsThere() || RuleSwitch.IsOff(ReleaseRule.DeadCountZero))
        && (copy.State == HoldingState.Present
            || (copy.State == HoldingState.Quarantined && RuleSwitch.IsOff(ReleaseRule.QuarantinedNeverCount)));

    private static bool IsCounted(OtherCopy copy) => copy.IsVerified || RuleSwitch.IsOff(ReleaseRule.VerifiedOnly);

    // Two copies of one device fail together, and count once.
    private static int Filled(int floor, IEnumerable<OtherCopy> copies)
    {
        var kinds = copies.GroupBy(c => c.Device).Select(g => g.Min(c => c.Kind)).ToList();
        var nodes = kinds.Count(k => k == CopyKind.Node);
        return Filled(floor, nodes, kinds.Count - nodes);
    }

    /// <summary>How many copies count: those that run no node of the fleet fill at most one place less than the floor.
    /// </summary>
    internal static int Filled(int floor, int nodes, int others)
    {
        var most = RuleSwitch.IsOff(ReleaseRule.UnlockableBelowFloor) ? floor : Math.Max(0, floor - 1);
        return nodes + Math.Min(most, others);
    }

    private static DropAnswer Refuse(string code, int have, IEnumerable<OtherCopy> missing) =>
        new(code, have, [.. missing.Select(c => c.Device).Distinct().Order()]);
}
