namespace Anarchive.Fleet;

/// <summary>What is still free on each volume while copies are planned.</summary>
internal sealed class Room
{
    private readonly PlanningTable _table;
    private readonly int[] _starts;
    private readonly long[] _free;
    private readonly List<int>[] _targetsOf;

    // The most that is free on one volume of a zone; below 0 where it has to be looked up again.
    private readonly long[] _mostOf;

    public Room(PlanningTable table)
    {
        _table = table;
        var count = table.Devices.Count;
        _starts = new int[count + 1];
        for (var d = 0; d < count; d++) _starts[d + 1] = _starts[d] + table.DeviceAt(d).Volumes.Count;
        _free = [.. table.Devices.SelectMany(d => d.Volumes).Select(v => v.RoomBytes)];
        _targetsOf = [.. table.Zones.Select(_ => new List<int>())];
        for (var d = 0; d < count; d++)
            if (table.IsTarget(d))
                _targetsOf[table.ZoneOf(d)].Add(d);
        _mostOf = [.. table.Zones.Select(_ => -1L)];
    }

    /// <summary>Zones in which copies may be made.</summary>
    public bool HasTargets(int zone) => _targetsOf[zone].Count > 0;

    /// <summary>The volume of the device with most room, if that is enough; else -1.</summary>
    public int Fit(int device, long size)
    {
        var (volume, most) = (-1, size - 1);
        for (var v = _starts[device]; v < _starts[device + 1]; v++)
            if (_free[v] > most)
                (volume, most) = (v, _free[v]);
        return volume;
    }

    public bool Fits(int device, long size) => Fit(device, size) >= 0;

    public bool FitsWithout(int volume, long leaving, long size) => _free[volume] + leaving >= size;

    public bool ZoneFits(int zone, long size) => HasTargets(zone) && MostIn(zone) >= size;

    /// <summary>The most that is free on any one volume.</summary>
    public long Most()
    {
        var most = 0L;
        for (var zone = 0; zone < _mostOf.Length; zone++) most = Math.Max(most, MostIn(zone));
        return most;
    }

    public void Take(int device, int volume, long size)
    {
        var zone = _table.ZoneOf(device);
        if (_free[volume] == _mostOf[zone]) _mostOf[zone] = -1;
        _free[volume] -= size;
    }

    public void Give(int device, int volume, long size)
    {
        _free[volume] += size;
        _mostOf[_table.ZoneOf(device)] = -1;
    }

    /// <summary>The id of a volume by its number here.</summary>
    public VolumeId VolumeOf(int device, int volume) => _table.DeviceAt(device).Volumes[volume - _starts[device]].Id;

    private long MostIn(int zone)
    {
        if (_mostOf[zone] >= 0) return _mostOf[zone];
        var most = 0L;
        foreach (var d in _targetsOf[zone])
            for (var v = _starts[d]; v < _starts[d + 1]; v++)
                most = Math.Max(most, _free[v]);
        return _mostOf[zone] = most;
    }
}
