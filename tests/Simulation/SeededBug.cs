namespace Anarchive.Tests.Simulation;

/// <summary>Faults that a run can be given on purpose: the suite must notice each.</summary>
public enum SeededBug
{
    None,

    /// <summary>Events are announced, and pushed, before the commit that makes them durable.</summary>
    PushBeforeFsync,

    /// <summary>Writers and senders get their answer before the commit.</summary>
    AckBeforeFsync,

    /// <summary>Peers are told a vector that is not durable.</summary>
    VectorBeforeFsync,

    /// <summary>Two writes with equal clocks: whichever came first stays.</summary>
    NoTieBreak,

    /// <summary>A restored database goes on writing on its old chain.</summary>
    RestoreKeepsIncarnation,

    /// <summary>What waits for something is forgotten by a restart.</summary>
    ParkedLostOnRestart,

    /// <summary>A batch begins one event too late.</summary>
    BatchOffByOne,

    /// <summary>A failed fsync is tried again, and succeeds without having written anything.</summary>
    FsyncRetried,

    /// <summary>Rows reach the digest in the order they came.</summary>
    DigestInDictionaryOrder,

    /// <summary>An owner's setting can be overwritten by a moderator.</summary>
    NoOwnerPreference,
}
