namespace Anarchive.Fleet;

/// <summary>Who has which duty under a plan.</summary>
public sealed class DutyRoster
{
    private readonly PlannedRows _rows;
    private readonly int[] _batons;
    private readonly int[] _faces;

    internal DutyRoster(PlannedRows rows, int[] batons, int[] faces, FleetDuties fleet, GivenDuties given)
    {
        (_rows, _batons, _faces) = (rows, batons, faces);
        (BroadcastHost, Research) = (fleet.Host(), fleet.Research());
        (Probers, EditionSeeders) = (fleet.Probers(), fleet.Seeders());
        Ignored = given.Ignored;
    }

    /// <summary>The one address that others are told of; null where no node is fit.</summary>
    public DeviceId? BroadcastHost { get; }

    /// <summary>Who asks indexers; null where none can.</summary>
    public DeviceId? Research { get; }

    /// <summary>By the device that is watched.</summary>
    public IReadOnlyList<ProbeDuty> Probers { get; }

    /// <summary>By edition.</summary>
    public IReadOnlyList<EditionDuty> EditionSeeders { get; }

    /// <summary>What the owner said that could not be followed.</summary>
    public IReadOnlyList<IgnoredOverride> Ignored { get; }

    /// <summary>Who has a counted copy of the item, or is to get one; by id.</summary>
    public IReadOnlyList<DeviceId> CustodiansOf(ItemId item)
    {
        var row = _rows.Table.Items.NumberOf(item);
        if (row < 0) return [];
        var found = new SortedSet<DeviceId>();
        foreach (var holder in _rows.Table.Items.HoldersOf(row))
            if (_rows.Table.IsCounted(holder))
                found.Add(_rows.Table.DeviceAt(holder >> 1).Id);
        foreach (var copy in _rows.CopiesOf(row)) found.Add(_rows.Table.DeviceAt(copy.Device).Id);
        return [.. found];
    }

    /// <summary>Who looks after the item this week; null where nobody holds it.</summary>
    public DeviceId? BatonOf(ItemId item) => Named(_batons, item);

    /// <summary>Who gives the item to the public; null for none, as with all that is not known to be public.</summary>
    public DeviceId? FaceOf(ItemId item) => Named(_faces, item);

    internal void WriteTo(TableBytes bytes)
    {
        Write(BroadcastHost, bytes);
        Write(Research, bytes);
        foreach (var duty in Probers)
        {
            bytes.Id(duty.Subject.Value);
            bytes.Number(duty.Observers.Count);
            foreach (var observer in duty.Observers) bytes.Id(observer.Value);
        }

        foreach (var duty in EditionSeeders)
        {
            bytes.Text(duty.Edition);
            bytes.Number(duty.Seeders.Count);
            foreach (var seeder in duty.Seeders) bytes.Id(seeder.Value);
        }

        foreach (var baton in _batons) bytes.Small(baton);
        foreach (var face in _faces) bytes.Small(face);
        bytes.Number(Ignored.Count);
    }

    private static void Write(DeviceId? device, TableBytes bytes) => bytes.Id(device?.Value ?? Log.Hash256.Zero);

    private DeviceId? Named(int[] devices, ItemId item) =>
        _rows.Table.Items.NumberOf(item) is >= 0 and var row && devices[row] >= 0
            ? _rows.Table.DeviceAt(devices[row]).Id
            : null;
}
