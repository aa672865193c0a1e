namespace Anarchive.Fleet;

/// <summary>Finds room for the copies that are needed, one item after the other, in the order of their need.</summary>
internal sealed class CapacityPass
{
    private readonly PlanningTable _table;
    private readonly GivenDuties _given;
    private readonly RowRanks _ranks;
    private readonly Placement _item;
    private readonly Displacement _displacement;
    private readonly PlannedCopyList _copies;
    private readonly List<Infeasible> _infeasible = [];
    private long _surplusBytes;

    public CapacityPass(
        PlanningTable table, PolicyTable policies, GivenDuties given, Ranking ranking, RowRanks ranks)
    {
        (_table, _given, _ranks, Room) = (table, given, ranks, new Room(table));
        _item = new Placement(table, policies, ranking, Room);
        _copies = new PlannedCopyList(table, Room);
        _displacement = new Displacement(table, policies, given, Room, _copies);
    }

    public Room Room { get; }

    public void Place(int row, int need, bool isAsked)
    {
        _item.Begin(row, _ranks.KeyOf(row));
        if (!HasSource(row))
        {
            _infeasible.Add(new Infeasible(_table.Items.Ids[row], need, Constraint.Source));
            return;
        }

        var (left, missing) = (need, 0);
        Constraint? why = null;
        if (_given.OfRow(DutyNames.Custodian, row) is { } named && !_item.IsTaken(named))
        {
            if (Put(named)) left--;
            else if (isAsked) (left, missing, why) = (0, 1, Constraint.Capacity);
        }

        for (; left > 0; left--)
        {
            var demand = new Demand(_item.ZonesMissing >= left, _item.OffsiteMissing >= left);
            if (Fill(demand) is not { } binding) continue;
            missing++;
            why ??= binding;
            // Another copy in the wrong place is better than none.
            if (demand != default && Fill(default) is null) continue;
            missing += left - 1;
            break;
        }

        if (why is { } first) _infeasible.Add(new Infeasible(_table.Items.Ids[row], missing, first));
    }

    public PlannedRows End(IReadOnlyList<ProposedRelease> releases) => new(
        _table, Room, _copies.Sorted(), [.. _infeasible.OrderBy(i => i.Item)], releases, _surplusBytes);

    /// <summary>Null where a copy was planned, else what was in the way.</summary>
    private Constraint? Fill(Demand demand)
    {
        var first = _ranks.Of(_item.Row);
        var best = _item.Pick(first, demand, needsRoom: false);
        if (best < 0)
            return demand.NewZone ? Constraint.Zones : demand.Offsite ? Constraint.Offsite : Constraint.Devices;
        if (Put(best)) return null;
        var next = _item.Pick(first, demand, needsRoom: true);
        var moved = 0L;
        if (next < 0) (next, moved) = _displacement.MakeRoom(_item, demand);
        if (next < 0) return Constraint.Capacity;
        _surplusBytes += _item.Size + moved;
        Put(next);
        return null;
    }

    private bool Put(int device)
    {
        var volume = Room.Fit(device, _item.Size);
        if (volume < 0) return false;
        _copies.Add(_item.Row, device, volume);
        _item.Cover(device);
        return true;
    }

    private bool HasSource(int row)
    {
        foreach (var holder in _table.Items.HoldersOf(row))
            if (_table.DeviceAt(holder >> 1).IsSource)
                return true;
        return false;
    }
}
