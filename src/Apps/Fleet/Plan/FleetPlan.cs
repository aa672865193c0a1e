using System.Buffers.Binary;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>A copy to make.</summary>
/// <param name="Volume">Where the plan found room; the target may know better.</param>
/// <param name="Source">Whom to ask first.</param>
public readonly record struct PlannedCopy(
    ItemId Item, long SizeBytes, DeviceId Target, VolumeId Volume, DeviceId Source);

/// <summary>A copy more than the ceiling, proposed to go; whether it may is for the locks to say.</summary>
public readonly record struct ProposedRelease(ItemId Item, long SizeBytes, DeviceId Device);

/// <summary>What keeps an item from the copies its policy asks for.</summary>
public enum Constraint
{
    /// <summary>No device that can be reached has it.</summary>
    Source,

    /// <summary>Every device that may get copies has one.</summary>
    Devices,

    /// <summary>Those that may have it have no room.</summary>
    Capacity,

    /// <summary>There are not enough zones.</summary>
    Zones,

    /// <summary>There are not enough devices elsewhere.</summary>
    Offsite,
}

/// <summary>An item whose policy cannot be met.</summary>
/// <param name="Missing">Copies that are not planned, or not where they should be.</param>
/// <param name="Why">What binds first.</param>
public readonly record struct Infeasible(ItemId Item, int Missing, Constraint Why);

/// <summary>What the devices of a fleet should do at an epoch. Equal for all who know the same.</summary>
public sealed class FleetPlan
{
    private readonly PlannedRows _rows;

    internal FleetPlan(Hash256 id, PlannedRows rows, DutyRoster duties)
    {
        (Id, _rows, Duties) = (id, rows, duties);
        Copies = new PlannedCopies(rows);
    }

    /// <summary>SHA-256 over the planning table, the policies and the epoch; every action carries it.</summary>
    public Hash256 Id { get; }

    public Epoch Epoch => _rows.Table.Epoch;

    /// <summary>By item and target.</summary>
    public IReadOnlyList<PlannedCopy> Copies { get; }

    /// <summary>By item; at most one of each.</summary>
    public IReadOnlyList<ProposedRelease> Releases => _rows.Releases;

    /// <summary>By item; at most one of each.</summary>
    public IReadOnlyList<Infeasible> Infeasible => _rows.Infeasible;

    /// <summary>Bytes of copies that go elsewhere because where they belong is full.</summary>
    public long SurplusBytes => _rows.SurplusBytes;

    public DutyRoster Duties { get; }

    /// <summary>SHA-256 over the domain, the table's digest, the policies' digest and the epoch in 8 bytes.</summary>
    public static Hash256 IdOf(PlanningTable table, PolicyTable policies)
    {
        Span<byte> bytes = stackalloc byte[(2 * Hash256.Size) + sizeof(long)];
        table.Digest.CopyTo(bytes);
        policies.Digest.CopyTo(bytes[Hash256.Size..]);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(2 * Hash256.Size)..], table.Epoch.Number);
        return Hash256.Sha256("anarchive/v1/plan\0"u8, bytes);
    }

    /// <summary>SHA-256 over all that is to be done, in the order of kind, item and device.</summary>
    public Hash256 DigestOfActions()
    {
        var bytes = new TableBytes("anarchive/v1/plan-actions\0"u8);
        bytes.Number(Copies.Count);
        foreach (var copy in Copies)
        {
            bytes.Id(copy.Item.Value);
            bytes.Id(copy.Target.Value);
            bytes.Id(copy.Source.Value);
            bytes.Number((long)(copy.Volume.Value >> 64));
            bytes.Number((long)(ulong)copy.Volume.Value);
        }

        bytes.Number(Releases.Count);
        foreach (var release in Releases)
        {
            bytes.Id(release.Item.Value);
            bytes.Id(release.Device.Value);
        }

        bytes.Number(Infeasible.Count);
        foreach (var item in Infeasible)
        {
            bytes.Id(item.Item.Value);
            bytes.Number(((long)item.Missing << 8) | (long)item.Why);
        }

        bytes.Number(SurplusBytes);
        Duties.WriteTo(bytes);
        return bytes.Hash();
    }
}
