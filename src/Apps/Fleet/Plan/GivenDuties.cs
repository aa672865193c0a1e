namespace Anarchive.Fleet;

/// <summary>Why an owner's word on a duty is not followed.</summary>
public enum OverrideRefusal
{
    /// <summary>No such item, device, edition or duty.</summary>
    Subject,

    /// <summary>No such device, or it may not have the duty.</summary>
    Device,
}

/// <summary>An override that the plan did without.</summary>
public readonly record struct IgnoredOverride(DutyOverride Override, OverrideRefusal Why);

/// <summary>The owner's words on duties, each checked against what its device may do.</summary>
internal sealed class GivenDuties
{
    /// <summary>Nobody has the duty.</summary>
    public const int Nobody = -1;

    private readonly PlanningTable _table;
    private readonly Dictionary<(string Duty, int Row), int> _ofRows = [];
    private readonly Dictionary<(string Duty, string Subject), int> _others = [];
    private readonly List<int> _rows = [];
    private readonly List<IgnoredOverride> _ignored = [];

    public GivenDuties(PlanningTable table)
    {
        _table = table;
        foreach (var given in table.Overrides)
            if (Take(given) is { } why)
                _ignored.Add(new IgnoredOverride(given, why));
        _rows.Sort();
    }

    public IReadOnlyList<IgnoredOverride> Ignored => _ignored;

    /// <summary>Rows that some word is about, in order.</summary>
    public IReadOnlyList<int> Rows => _rows;

    /// <summary>The device that has a duty of an item by hand; null where the owner said nothing.</summary>
    public int? OfRow(string duty, int row) =>
        _rows.Count > 0 && _ofRows.TryGetValue((duty, row), out var device) ? device : null;

    /// <summary>The device that has another duty by hand; null where the owner said nothing.</summary>
    public int? Of(string duty, string subject) =>
        _others.TryGetValue((duty, subject), out var device) ? device : null;

    private OverrideRefusal? Take(DutyOverride given)
    {
        var device = given.Device is { } id ? _table.NumberOf(id) : Nobody;
        if (given.Device is not null && device < 0) return OverrideRefusal.Device;
        return given.Duty is DutyNames.Custodian or DutyNames.Baton or DutyNames.PublicSwarmFace
            ? TakeOfItem(given, device)
            : TakeOther(given, device);
    }

    private OverrideRefusal? TakeOfItem(DutyOverride given, int device)
    {
        if (!ItemId.TryParse(given.Subject, out var item)) return OverrideRefusal.Subject;
        var row = _table.Items.NumberOf(item);
        if (row < 0) return OverrideRefusal.Subject;
        if (!May(given.Duty, row, device)) return OverrideRefusal.Device;
        _ofRows[(given.Duty, row)] = device;
        if (_rows.Count == 0 || !_rows.Contains(row)) _rows.Add(row);
        return null;
    }

    /// <summary>Custody by nobody would be a floor of zero, and an item that is held always has a baton.</summary>
    private bool May(string duty, int row, int device)
    {
        if (device == Nobody) return duty == DutyNames.PublicSwarmFace;
        var holding = RowReading.HoldingOf(_table.Items.HoldersOf(row), device);
        return duty switch
        {
            DutyNames.Custodian => holding > 0 ? _table.Counts(device) : _table.IsTarget(device),
            DutyNames.Baton => holding is not null,
            _ => holding > 0 && RowReading.MayFace(_table, row, device),
        };
    }

    private OverrideRefusal? TakeOther(DutyOverride given, int device)
    {
        var known = given.Duty switch
        {
            DutyNames.BroadcastHost or DutyNames.Research => given.Subject == DutyNames.WholeFleet,
            DutyNames.Prober => DeviceId.TryParse(given.Subject, out var subject) && _table.NumberOf(subject) >= 0,
            DutyNames.EditionSeeder => _table.Editions.Any(e => e.Subject == given.Subject),
            _ => false,
        };
        if (!known) return OverrideRefusal.Subject;
        if (device != Nobody && !MayOther(given, _table.DeviceAt(device))) return OverrideRefusal.Device;
        _others[(given.Duty, given.Subject)] = device;
        return null;
    }

    private bool MayOther(DutyOverride given, PlanDevice device) => given.Duty switch
    {
        DutyNames.BroadcastHost => FleetDuties.MayHost(device),
        DutyNames.Research => FleetDuties.MayResearch(device),
        DutyNames.Prober => FleetDuties.MayProbe(device) && device.Id.ToString() != given.Subject,
        _ => _table.Editions.Where(e => e.Subject == given.Subject).All(e => FleetDuties.MaySeed(device, e)),
    };
}
