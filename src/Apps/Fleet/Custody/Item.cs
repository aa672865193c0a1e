using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>Whether a torrent is a private tracker's. Joins upward: what is unknown is treated as private.</summary>
public enum Privacy
{
    Unknown,
    No,
    Yes,
}

/// <summary>A file the fleet keeps, by its content.</summary>
/// <param name="InfoHashV1">20 bytes in lowercase hex, of a torrent that holds the file; null where none does.</param>
/// <param name="InfoHashV2">32 bytes in lowercase hex.</param>
/// <param name="Source">Where it came from; null where nobody said.</param>
/// <param name="Policy">Which policy keeps it; <see cref="Policy.DefaultName"/> unless the owner said so.</param>
public sealed record Item(
    ItemId Id, long SizeBytes, int PieceLength, Hash256 PieceRoot, string? InfoHashV1, string? InfoHashV2,
    Privacy Privacy, string? Source, string Policy)
{
    /// <summary>False for what came by a torrent not known to be public.</summary>
    /// <remarks>A file that no torrent holds has no swarm to leak to: it is the owner's own.</remarks>
    public bool IsPublicTorrent => Privacy == Privacy.No && (InfoHashV1 ?? InfoHashV2) is not null;
}

/// <summary>How many copies, and where.</summary>
/// <param name="AutoCopy">Missing copies are made without being asked for.</param>
public sealed record Policy(
    string Name, int Floor, int Ceiling, int ZonesMin, int OffsiteMin, bool AutoCopy)
{
    public const string DefaultName = "default";

    public static Policy Default { get; } = new(DefaultName, 2, 3, 2, 0, AutoCopy: false);
}

public enum SourceGate
{
    /// <summary>No content, peers or existence leave the fleet. The default of private and unknown sources.</summary>
    SearchOnly,

    /// <summary>Friends may be answered; the owner confirmed it by typing.</summary>
    Open,
}

public enum Isolation
{
    /// <summary>Friend to friend only; a constant for whatever is private or unknown.</summary>
    F2fOnly,

    Open,
}

/// <summary>A tracker or site that items come from, by its host alone.</summary>
public sealed record Source(string Name, Privacy Privacy, string Host, SourceGate Gate, Isolation Isolation);

public enum HoldingState
{
    Partial,
    Present,

    /// <summary>Set aside for 7 days before it is deleted; never counts.</summary>
    Quarantined,

    Gone,
}

public static class HoldingStates
{
    /// <summary>Some of it lies in its place.</summary>
    public static bool IsHeld(this HoldingState state) => state is HoldingState.Present or HoldingState.Partial;
}

public enum Evidence
{
    Claimed,
    Stat,

    /// <summary>All of it was read and hashed.</summary>
    Hash,

    /// <summary>Ranges that another device picked were right.</summary>
    Challenge,
}

/// <summary>What a device says it holds of an item, and how that is known.</summary>
/// <param name="Gen">Grows when the bytes are created anew.</param>
/// <param name="HashedMs">When all of it was last hashed; Unix milliseconds, null where it never was.</param>
/// <param name="Challenges">Later challenges in a row, each within the window of the one before; at most three.</param>
/// <param name="ProvenMs">The last of the two; null where nothing proves it.</param>
public sealed record Holding(
    ItemId Item, DeviceId Device, VolumeId Volume, long Gen, HoldingState State, long? HashedMs, int Challenges,
    long? ProvenMs)
{
    public const long WindowMs = 30L * 24 * 3600 * 1000;
    public const long ArchiveWindowMs = 90L * 24 * 3600 * 1000;

    /// <summary>
    /// True where the bytes were proven within the window. Size, time of change, claims and trust never count.
    /// </summary>
    public bool IsVerifiedAt(long unixMs, DeviceClass of) =>
        State == HoldingState.Present && ProvenMs is { } proven
        && unixMs - proven <= (of == DeviceClass.Archive ? ArchiveWindowMs : WindowMs);
}

public enum PinKind
{
    None,
    Star,
    Trash,
}

/// <summary>What a client of the fleet says of a torrent.</summary>
public sealed record TorrentReport(
    string InfoHash, DeviceId Device, string State, long SinceEpoch, int CompletePermille);

/// <summary>A duty that the owner gave to a device by hand; null for "to nobody".</summary>
public sealed record DutyOverride(string Duty, string Subject, DeviceId? Device, Epoch Until);
