namespace Anarchive.Fleet;

/// <summary>What a copy's device can promise.</summary>
public enum CopyKind
{
    /// <summary>It runs a node of this fleet: it locks its copy when asked.</summary>
    Node,

    /// <summary>A rented box without a node, or a shelf: nobody there can lock anything.</summary>
    Agentless,

    /// <summary>A friend's: it locks when asked, and may leave the friendship tomorrow.</summary>
    Friend,
}

/// <summary>A copy of an item on another device than the one that wants to let its own go.</summary>
/// <param name="IsVerified">All of it was hashed, or challenged, within the window; says nothing of its state.</param>
/// <param name="IsLocked">Its holder promised to keep it, and the promise still stands by our clock.</param>
public sealed record OtherCopy(
    DeviceId Device, CopyKind Kind, HoldingState State, DeviceState DeviceState, bool IsVerified, bool IsLocked)
{
    public bool CanLock => Kind != CopyKind.Agentless;
}

/// <summary>What a device knows of an item's copies elsewhere at the moment it acts.</summary>
/// <param name="Floor">How many verified copies have to be elsewhere; below 1 counts as 1.</param>
/// <param name="IsFrozen">The breaker is open: nothing is taken away.</param>
/// <param name="IsVolumePresent">The volume of our own copy has its marker file.</param>
public sealed record ReleaseView(int Floor, IReadOnlyList<OtherCopy> Copies, bool IsFrozen, bool IsVolumePresent);
