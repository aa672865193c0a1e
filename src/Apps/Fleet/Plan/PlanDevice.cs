using System.Numerics;

namespace Anarchive.Fleet;

/// <summary>A volume that is present, and what the plan may put there.</summary>
/// <param name="RoomBytes">Free beyond the reserve; in steps of a 64th of the volume.</param>
public readonly record struct PlanVolume(VolumeId Id, long RoomBytes);

/// <summary>A device in the planning table: rounded, so that what changes little changes nothing.</summary>
/// <param name="HasNode">It runs a node of its own.</param>
/// <param name="DoesResearch">It has the service <c>torznab</c>.</param>
/// <param name="UptimePermille">Where its bucket begins: 990, 950, 800, 500 or 0.</param>
/// <param name="Tier">Of its present volumes' capacity beyond the reserve; see <see cref="TierOf"/>.</param>
/// <param name="Volumes">Those present, by id.</param>
public sealed record PlanDevice(
    DeviceId Id, DeviceClass Class, string Zone, bool IsOffsite, bool HasNode, bool DoesResearch, DeviceState State,
    Reachability Standing, int UptimePermille, long Tier, IReadOnlyList<PlanVolume> Volumes)
{
    /// <summary>The service of a device that may ask indexers.</summary>
    public const string ResearchService = "torznab";

    private const long TierBytes = 16L << 30;
    private const int StepsPerDoubling = 8;

    /// <summary>Room that a friend lends: what is there counts and stays; the plan sends it nothing.</summary>
    public bool IsFriends { get; init; }

    /// <summary>It answered within the grace that a copy may wait.</summary>
    public bool IsOnline => Standing is Reachability.Up or Reachability.Suspect;

    /// <summary>A verified copy on it counts towards a floor.</summary>
    /// <remarks>An archive is judged by the age of its evidence alone; that is in the holding.</remarks>
    public bool Counts =>
        State.IsThere() && Class.Counts()
        && (Class == DeviceClass.Archive
            || (UptimePermille > 0 && Standing != Reachability.Lost && Volumes.Count > 0));

    /// <summary>It counts and is to stay: what is on it needs no replacement.</summary>
    public bool Stays => Counts && State != DeviceState.Draining;

    /// <summary>New copies may go to it: it counts, stays, is in reach, and is not on a shelf.</summary>
    public bool IsTarget =>
        Counts && !IsFriends && State == DeviceState.Active && Class != DeviceClass.Archive && IsOnline
        && Volumes.Count > 0;

    /// <summary>Its share of new copies, beside the others'; 0 where it gets none.</summary>
    public long Weight => IsTarget ? Tier * UptimePermille : 0;

    /// <summary>Bytes can be read from it now.</summary>
    public bool IsSource => State != DeviceState.Dead && IsOnline;

    /// <summary>Units of 16 GiB, rounded down to eight steps per doubling; at least 1.</summary>
    public static long TierOf(long capacityBytes)
    {
        var units = Math.Max(1, capacityBytes / TierBytes);
        var dropped = Math.Max(0, BitOperations.Log2((ulong)units) - BitOperations.Log2(StepsPerDoubling));
        return units >> dropped << dropped;
    }
}
