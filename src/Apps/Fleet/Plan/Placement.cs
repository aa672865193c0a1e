namespace Anarchive.Fleet;

/// <summary>What a copy has to bring besides itself.</summary>
internal readonly record struct Demand(bool NewZone, bool Offsite);

/// <summary>One item on its way through the capacity pass: where its copies are, and where the next would go.</summary>
internal sealed class Placement(PlanningTable table, PolicyTable policies, Ranking ranking, Room room)
{
    // Better kinds of place have higher numbers.
    private const int Anywhere = 1;
    private const int InNewZone = 2;
    private const int InFullShare = 3;

    private readonly Saturation?[] _saturations = new Saturation?[policies.Count];
    private readonly List<int> _taken = [];
    private readonly List<int> _zones = [];
    private Saturation _saturation = null!;
    private ulong _key;
    private int _offsite;
    private int[]? _all;

    public int Row { get; private set; } = -1;

    public long Size { get; private set; }

    public Policy Policy { get; private set; } = Policy.Default;

    public int ZonesMissing => Policy.ZonesMin - _zones.Count;

    public int OffsiteMissing => Policy.OffsiteMin - _offsite;

    public void Begin(int row, ulong key)
    {
        var number = table.Items.Policies[row];
        (Row, Size, Policy, _key, _all) = (row, table.Items.Sizes[row], policies[number], key, null);
        _saturation = _saturations[number] ??= new Saturation(table, Policy);
        _taken.Clear();
        _zones.Clear();
        _offsite = 0;
        foreach (var holder in table.Items.HoldersOf(row))
            if (table.IsStaying(holder)) Cover(holder >> 1);
            else _taken.Add(holder >> 1);
    }

    /// <summary>A copy is on that device, or will be.</summary>
    public void Cover(int device)
    {
        _taken.Add(device);
        if (table.DeviceAt(device).IsOffsite) _offsite++;
        var zone = table.ZoneOf(device);
        if (!_zones.Contains(zone)) _zones.Add(zone);
    }

    public bool IsTaken(int device) => _taken.Contains(device);

    public bool Meets(int device, Demand demand) =>
        !(demand.NewZone && _zones.Contains(table.ZoneOf(device)))
        && !(demand.Offsite && !table.DeviceAt(device).IsOffsite);

    /// <summary>The best place of the best kind there is; -1 for none.</summary>
    /// <param name="first">The first devices for the item; the others are for when none of these will do.</param>
    public int Pick(ReadOnlySpan<int> first, Demand demand, bool needsRoom)
    {
        // In a fleet that is full, most items would otherwise rank all devices in vain.
        if (needsRoom && room.Most() < Size) return -1;
        var top = TopKind(needsRoom);
        Span<int> best = [-1, -1, -1, -1];
        if (Search(first, top, demand, needsRoom, best) is >= 0 and var soon) return soon;
        if (first.Length < ranking.Count) return BestOfAll(demand, needsRoom);
        for (var kind = top; kind >= Anywhere; kind--)
            if (best[kind] >= 0)
                return best[kind];
        return -1;
    }

    /// <summary>All devices that may get copies, in order for this item.</summary>
    public int[] All() => _all ??= ranking.All(_key);

    /// <summary>Looks at every device; a score is found only for one that would do.</summary>
    private int BestOfAll(Demand demand, bool needsRoom)
    {
        var (best, bestKind, bestPlace) = (-1, 0, (Score: 0UL, Device: 0));
        foreach (var device in ranking.Devices)
        {
            if (needsRoom && !room.Fits(device, Size)) continue;
            if (IsTaken(device) || !Meets(device, demand)) continue;
            var kind = KindOf(device);
            if (kind < bestKind) continue;
            var place = ranking.Place(_key, device);
            if (kind == bestKind && place.CompareTo(bestPlace) > 0) continue;
            (best, bestKind, bestPlace) = (device, kind, place);
        }

        return best;
    }

    /// <summary>The first of the top kind; of the others, remembers the first of each.</summary>
    private int Search(ReadOnlySpan<int> devices, int top, Demand demand, bool needsRoom, Span<int> best)
    {
        foreach (var device in devices)
        {
            if (IsTaken(device) || !Meets(device, demand)) continue;
            if (needsRoom && !room.Fits(device, Size)) continue;
            var kind = KindOf(device);
            if (kind >= top) return device;
            if (best[kind] < 0) best[kind] = device;
        }

        return -1;
    }

    private int KindOf(int device)
    {
        var isNewZone = !_zones.Contains(table.ZoneOf(device));
        var isFull = _saturation.OfDevices
            ? _saturation.Full.Contains(device)
            : isNewZone && _saturation.Full.Contains(table.ZoneOf(device));
        if (isFull) return InFullShare;
        return isNewZone ? InNewZone : Anywhere;
    }

    /// <summary>No device is of a better kind than this, so that the search may end at the first of it.</summary>
    private int TopKind(bool needsRoom)
    {
        foreach (var full in _saturation.Full)
            if (_saturation.OfDevices
                ? !IsTaken(full) && (!needsRoom || room.Fits(full, Size))
                : !_zones.Contains(full) && (!needsRoom || room.ZoneFits(full, Size)))
                return InFullShare;
        for (var zone = 0; zone < table.Zones.Length; zone++)
            if (room.HasTargets(zone) && !_zones.Contains(zone) && (!needsRoom || room.ZoneFits(zone, Size)))
                return InNewZone;
        return Anywhere;
    }
}
