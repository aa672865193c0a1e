namespace Anarchive.Fleet;

/// <summary>The copies planned so far, by item in the order of planning, and by target.</summary>
internal sealed class PlannedCopyList(PlanningTable table, Room room)
{
    private readonly List<CopyRow> _copies = [];
    private readonly List<int>?[] _at = new List<int>?[table.Devices.Count];

    public CopyRow this[int number] => _copies[number];

    /// <summary>The numbers of copies on a device, in the order of planning.</summary>
    public IReadOnlyList<int> At(int device) => _at[device] ?? [];

    /// <summary>The numbers of the copies of the same item lie around this one.</summary>
    public (int From, int End) Beside(int number)
    {
        var (from, end) = (number, number + 1);
        while (from > 0 && _copies[from - 1].Row == _copies[number].Row) from--;
        while (end < _copies.Count && _copies[end].Row == _copies[number].Row) end++;
        return (from, end);
    }

    public void Add(int row, int device, int volume)
    {
        (_at[device] ??= []).Add(_copies.Count);
        _copies.Add(new CopyRow(row, device, volume, SourceOf(row, device)));
        room.Take(device, volume, table.Items.Sizes[row]);
    }

    public void Move(int number, int device)
    {
        var copy = _copies[number];
        var size = table.Items.Sizes[copy.Row];
        var volume = room.Fit(device, size);
        room.Give(copy.Device, copy.Volume, size);
        room.Take(device, volume, size);
        _copies[number] = new CopyRow(copy.Row, device, volume, SourceOf(copy.Row, device));
        _at[copy.Device]!.Remove(number);
        (_at[device] ??= []).Add(number);
    }

    /// <summary>By item and target.</summary>
    public CopyRow[] Sorted()
    {
        var copies = _copies.ToArray();
        var keys = new long[copies.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = ((long)copies[i].Row << 32) | (uint)copies[i].Device;
        Array.Sort(keys, copies);
        return copies;
    }

    /// <summary>
    /// Of those that can be reached: one whose copy is proven, of the target's zone, of the best uptime, by id.
    /// </summary>
    private int SourceOf(int row, int target)
    {
        var (best, bestOrder) = (-1, -1);
        foreach (var holder in table.Items.HoldersOf(row))
        {
            var device = table.DeviceAt(holder >> 1);
            if (!device.IsSource) continue;
            var order = ((holder & 1) << 16) | (table.ZoneOf(holder >> 1) == table.ZoneOf(target) ? 1 << 15 : 0)
                | device.UptimePermille;
            if (order > bestOrder) (best, bestOrder) = (holder >> 1, order);
        }

        return best;
    }
}
