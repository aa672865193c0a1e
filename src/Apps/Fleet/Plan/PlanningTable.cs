using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>
/// A fleet's state rounded to buckets and yes or no answers that hold at one epoch: all that a plan is made from.
/// </summary>
/// <remarks>Devices and items are numbered by id, so that the order in which they became known is lost.</remarks>
public sealed class PlanningTable
{
    private readonly PlanDevice[] _devices;
    private readonly int[] _zoneOf;
    private readonly ulong[] _keys;
    private readonly bool[] _counts;
    private readonly bool[] _stays;
    private readonly bool[] _targets;

    internal PlanningTable(
        GroupId group, Epoch epoch, PlanDevice[] devices, ItemRows items, IReadOnlyList<DutyOverride> overrides,
        IReadOnlyList<EditionToSeed> editions)
    {
        (Group, Epoch, _devices, Items) = (group, epoch, devices, items);
        (Overrides, Editions) = (overrides, editions);
        Zones = [.. devices.Select(d => d.Zone).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _zoneOf = [.. devices.Select(d => Array.BinarySearch(Zones, d.Zone, StringComparer.Ordinal))];
        _keys = new ulong[devices.Length];
        for (var d = 0; d < _keys.Length; d++) _keys[d] = KeyOf(devices[d].Id.Value);
        (_counts, _stays) = ([.. devices.Select(d => d.Counts)], [.. devices.Select(d => d.Stays)]);
        _targets = [.. devices.Select(d => d.IsTarget)];
        Digest = DigestOf();
    }

    public GroupId Group { get; }

    public Epoch Epoch { get; }

    /// <summary>By id.</summary>
    public IReadOnlyList<PlanDevice> Devices => _devices;

    public int ItemCount => Items.Count;

    /// <summary>The duties that the owner gave by hand and that hold now; by duty and subject.</summary>
    public IReadOnlyList<DutyOverride> Overrides { get; }

    public IReadOnlyList<EditionToSeed> Editions { get; }

    /// <summary>SHA-256 over all of it, the epoch left out: equal state gives equal digests everywhere.</summary>
    public Hash256 Digest { get; }

    internal ItemRows Items { get; }

    /// <summary>In ordinal order.</summary>
    internal string[] Zones { get; }

    /// <summary>The table of what the fleet knows, for an epoch; the editions are those it published.</summary>
    public static PlanningTable From(
        FleetState state, Epoch epoch, ReachabilitySteps steps, IEnumerable<EditionToSeed> editions) =>
        new TableReading(state, epoch, steps).Table(editions);

    /// <summary>The table of a fleet that publishes nothing, by the usual steps.</summary>
    public static PlanningTable From(FleetState state, Epoch epoch) =>
        From(state, epoch, ReachabilitySteps.Default, []);

    /// <summary>
    /// What <see cref="From(FleetState, Epoch)"/> gives for this epoch by now; only what changed is read again.
    /// </summary>
    /// <param name="changes">Since this table was made so from that state.</param>
    public PlanningTable After(FleetState state, FleetChanges changes)
    {
        if (changes.Registry || changes.Everything) return From(state, Epoch);
        var reading = new TableReading(state, Epoch, ReachabilitySteps.Default);
        var devices = reading.Devices();
        return TableReading.HoldAlike(_devices, devices)
            ? new PlanningTable(
                Group, Epoch, devices, Items.With(reading.Rows(changes.Items)), Overrides, Editions)
            : reading.Table(Editions);
    }

    /// <summary>The same table after one device changed.</summary>
    /// <exception cref="ArgumentException">The device or an item is not of this table.</exception>
    public PlanningTable With(TableChange change)
    {
        var number = NumberOf(change.Device.Id);
        if (number < 0) throw new ArgumentException("No such device.", nameof(change));
        PlanDevice[] devices = [.. _devices];
        devices[number] = change.Device;
        return new PlanningTable(
            Group, Epoch, devices, change.Held.Count == 0 ? Items : Items.With(Rows(number, change.Held)), Overrides,
            Editions);
    }

    /// <summary>The id of the item of that number.</summary>
    public ItemId ItemAt(int row) => Items.Ids[row];

    /// <summary>Below 0 where there is no such device.</summary>
    internal int NumberOf(DeviceId id)
    {
        var (low, high) = (0, _devices.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = _devices[middle].Id.CompareTo(id);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return -1;
    }

    internal PlanDevice DeviceAt(int number) => _devices[number];

    internal bool Counts(int device) => _counts[device];

    internal bool IsTarget(int device) => _targets[device];

    /// <summary>A holder, as rows pack it, whose copy is verified and counts.</summary>
    internal bool IsCounted(int holder) => (holder & 1) != 0 && _counts[holder >> 1];

    /// <summary>One that is counted, on a device that is to stay.</summary>
    internal bool IsStaying(int holder) => (holder & 1) != 0 && _stays[holder >> 1];

    internal int ZoneOf(int device) => _zoneOf[device];

    /// <summary>The device's y: 64 bits of its own in this fleet.</summary>
    internal ulong KeyOf(int device) => _keys[device];

    /// <summary>The first 64 bits of SHA-256 over the fleet and the id: an item's x, a device's y.</summary>
    internal ulong KeyOf(Hash256 id)
    {
        Span<byte> bytes = stackalloc byte[2 * Hash256.Size];
        Group.Value.CopyTo(bytes);
        id.CopyTo(bytes[Hash256.Size..]);
        return Hash256.Sha256(bytes).Prefix;
    }

    private List<(int Row, int Holder)> Rows(int device, IReadOnlyList<HeldChange> held)
    {
        var rows = new List<(int Row, int Holder)>(held.Count);
        foreach (var change in held)
        {
            var row = Items.NumberOf(change.Item);
            if (row < 0) throw new ArgumentException("No such item.", nameof(held));
            rows.Add((row, change.IsHeld ? (device << 1) | (change.IsVerified ? 1 : 0) : -1 - device));
        }

        rows.Sort();
        return rows;
    }

    private Hash256 DigestOf()
    {
        var bytes = new TableBytes("anarchive/v1/plan-table\0"u8);
        bytes.Id(Group.Value);
        bytes.Number(_devices.Length);
        foreach (var device in _devices) Write(device, bytes);
        bytes.Number(Overrides.Count);
        foreach (var given in Overrides)
        {
            bytes.Text(given.Duty);
            bytes.Text(given.Subject);
            bytes.Id(given.Device?.Value ?? Hash256.Zero);
        }

        bytes.Number(Editions.Count);
        foreach (var edition in Editions)
        {
            bytes.Text(edition.Subject);
            bytes.Number(edition.IsForFriends ? 1 : 0);
        }

        bytes.Id(Items.Digest);
        return bytes.Hash();
    }

    private static void Write(PlanDevice device, TableBytes bytes)
    {
        bytes.Id(device.Id.Value);
        bytes.Text(device.Zone);
        bytes.Number(((long)device.Class << 32) | ((long)device.State << 16) | (long)device.Standing);
        bytes.Number(
            (device.IsOffsite ? 1 : 0) | (device.HasNode ? 2 : 0) | (device.DoesResearch ? 4 : 0)
            | (device.IsFriends ? 8 : 0));
        bytes.Number(device.UptimePermille);
        bytes.Number(device.Tier);
        bytes.Number(device.Volumes.Count);
        foreach (var volume in device.Volumes)
        {
            bytes.Number((long)(volume.Id.Value >> 64));
            bytes.Number((long)(ulong)volume.Id.Value);
            bytes.Number(volume.RoomBytes);
        }
    }
}
