namespace Anarchive.Fleet;

/// <summary>The rules of deletion, as the model check switches them off.</summary>
internal enum ReleaseRule
{
    None,

    /// <summary>D1: verified copies elsewhere reach the floor.</summary>
    FloorElsewhere,

    /// <summary>D1: each is locked by its holder.</summary>
    LockedElsewhere,

    /// <summary>D1: copies that cannot lock fill at most one place less than the floor.</summary>
    UnlockableBelowFloor,

    /// <summary>D2: only verified copies count.</summary>
    VerifiedOnly,

    /// <summary>D3: the whole check again, with fresh locks, before anything is deleted.</summary>
    CheckedBeforePurge,

    /// <summary>D4: no lock on what one is releasing, and no release of what one has locked.</summary>
    NeverBoth,

    /// <summary>D5: a volume without its marker is neither there nor empty.</summary>
    AbsentIsNotThere,

    /// <summary>D6: many at once is a fault, not a wish.</summary>
    BreakerTrips,

    /// <summary>D7: bytes that something refers to stay.</summary>
    ReferencesCount,

    /// <summary>D8: only the holder speaks for its copy.</summary>
    HolderSpeaks,

    /// <summary>D9: what dead and retired devices hold counts zero.</summary>
    DeadCountZero,

    /// <summary>D10: what is set aside counts zero.</summary>
    QuarantinedNeverCount,

    /// <summary>Lock protocol: the holder reads its copy before it promises.</summary>
    ReadBeforeLock,

    /// <summary>Lock protocol: a promise survives the holder's restart.</summary>
    LocksOutliveRestart,

    /// <summary>Lock protocol: half the time of a lock, from before asking, and no longer.</summary>
    ActInHalfTheTime,

    /// <summary>Lock protocol: a restarted releaser has forgotten how old its locks are.</summary>
    RestartAbandons,
}

/// <summary>One rule that a test switches off, on its own thread, to see that it would be missed.</summary>
internal static class RuleSwitch
{
    [ThreadStatic]
    private static ReleaseRule _off;

    internal static bool IsOff(ReleaseRule rule) => _off == rule;

    internal static void TurnOff(ReleaseRule rule) => _off = rule;
}
