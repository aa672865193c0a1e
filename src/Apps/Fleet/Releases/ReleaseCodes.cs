namespace Anarchive.Fleet;

/// <summary>Why a copy was not let go, and how a release ended. Stable, and documented.</summary>
public static class ReleaseCodes
{
    /// <summary>Too few copies elsewhere, whoever would lock them.</summary>
    public const string FloorUnmet = "floor_unmet";

    /// <summary>Enough copies elsewhere, but not all of them proven within the window.</summary>
    public const string CopiesUnverified = "copies_unverified";

    /// <summary>Enough verified copies, but too many of them where nobody can lock.</summary>
    public const string CopiesUnlockable = "copies_unlockable";

    /// <summary>Enough verified copies, whose holders have not all locked them.</summary>
    public const string LocksMissing = "locks_missing";

    /// <summary>The holder is releasing that item itself.</summary>
    public const string LockReleasing = "lock_releasing";

    /// <summary>The holder has no present copy.</summary>
    public const string LockNotHeld = "lock_not_held";

    /// <summary>The holder's copy was not proven within the window.</summary>
    public const string LockUnverified = "lock_unverified";

    /// <summary>The holder's volume has no marker file now.</summary>
    public const string LockVolumeAbsent = "lock_volume_absent";

    /// <summary>The ranges that the holder read just now are not the item's.</summary>
    public const string LockBytesWrong = "lock_bytes_wrong";

    /// <summary>The holder is retired or dead.</summary>
    public const string LockDeviceGone = "lock_device_gone";

    /// <summary>The holder said nothing in time.</summary>
    public const string LockNoAnswer = "lock_no_answer";

    /// <summary>Another device relies on this copy.</summary>
    public const string LockedForOther = "locked_for_other";

    public const string AlreadyReleasing = "already_releasing";

    /// <summary>The breaker is open.</summary>
    public const string Frozen = "fleet_frozen";

    /// <summary>Our own volume has no marker file now: its copies are neither there nor gone.</summary>
    public const string VolumeAbsent = "volume_absent";

    /// <summary>The device restarted in the middle.</summary>
    public const string Abandoned = "release_abandoned";

    /// <summary>Half a lock's time went by before the copy was set aside.</summary>
    public const string TooLate = "release_too_late";

    /// <summary>A torrent, an import or a pin still refers to the file.</summary>
    public const string StillReferred = "still_referred";

    /// <summary>Somebody else took the file away.</summary>
    public const string BytesMissing = "bytes_missing";

    /// <summary>The file system refused the rename or the deletion.</summary>
    public const string DiskRefused = "disk_refused";

    /// <summary>The owner wanted the copy after all.</summary>
    public const string TakenBack = "taken_back";

    /// <summary>The bytes were deleted.</summary>
    public const string Purged = "purged";
}
