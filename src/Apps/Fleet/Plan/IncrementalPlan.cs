namespace Anarchive.Fleet;

/// <summary>
/// A plan that is kept up to date: after one device changed, only the items it holds or held are read again, and only
/// those that newly need copies are ranked. Equal to a plan made anew. One thread.
/// </summary>
public sealed class IncrementalPlan
{
    private readonly PolicyTable _policies;
    private readonly RowStates _states;
    private readonly RowRanks _ranks;
    private readonly List<int>[] _rowsOf;
    private PlanningTable _table;
    private GivenDuties _given;

    /// <param name="run">A run that went through all its steps; it is used up by this.</param>
    /// <param name="policies">Those of the run.</param>
    public IncrementalPlan(PlanRun run, PolicyTable policies)
    {
        (_policies, _table, _states, _ranks) = (policies, run.Table, run.States, run.Ranks);
        _given = new GivenDuties(_table);
        _rowsOf = new List<int>[_table.Devices.Count];
        for (var device = 0; device < _rowsOf.Length; device++) _rowsOf[device] = [];
        for (var row = 0; row < _table.ItemCount; row++)
            foreach (var holder in _table.Items.HoldersOf(row))
                _rowsOf[holder >> 1].Add(row);
    }

    /// <summary>The table as it is now.</summary>
    public PlanningTable Table => _table;

    /// <exception cref="ArgumentException">The device or an item is not of the table.</exception>
    public FleetPlan Update(TableChange change)
    {
        var before = _given;
        var device = _table.NumberOf(change.Device.Id);
        var weight = device < 0 ? 0 : _table.DeviceAt(device).Weight;
        _table = _table.With(change);
        _given = new GivenDuties(_table);
        var affected = Affected(device, change, before);
        foreach (var row in affected) _states.Set(row, RowReading.Of(_table, _policies, _given, row));
        Index(device, change);
        var ranking = new Ranking(_table);
        if (change.Device.Weight != weight) _ranks.Change(ranking, device);
        var deficits = _states.Deficits(_table.Items);
        foreach (var row in _ranks.Keep(deficits)) _ranks.Rank(_table, ranking, row);
        return PlanRun.Assemble(_table, _policies, _given, ranking, (_states, _ranks, deficits));
    }

    private List<int> Affected(int device, TableChange change, GivenDuties before)
    {
        var rows = new List<int>(_rowsOf[device]);
        rows.AddRange(before.Rows);
        rows.AddRange(_given.Rows);
        foreach (var held in change.Held) rows.Add(_table.Items.NumberOf(held.Item));
        return rows;
    }

    /// <summary>Keeps which rows the device is a holder of.</summary>
    private void Index(int device, TableChange change)
    {
        if (change.Held.Count == 0) return;
        var gone = change.Held.Where(h => !h.IsHeld).Select(h => _table.Items.NumberOf(h.Item)).ToHashSet();
        _rowsOf[device].RemoveAll(gone.Contains);
        var come = change.Held.Where(h => h.IsHeld).Select(h => _table.Items.NumberOf(h.Item));
        var rows = new SortedSet<int>(_rowsOf[device]);
        rows.UnionWith(come);
        _rowsOf[device].Clear();
        _rowsOf[device].AddRange(rows);
    }
}
