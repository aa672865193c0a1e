using Anarchive.Fleet;

namespace Anarchive.Tests.Unit;

/// <summary>
/// The plan's rules over whole lists, each device looked at for each copy: what the planner has to agree with. It
/// does not displace; where something does not fit anywhere it stops, and says so.
/// </summary>
internal sealed class NaivePlan
{
    private readonly PlanningTable _table;
    private readonly PlanSample _sample;
    private readonly Dictionary<VolumeId, long> _room = [];

    public NaivePlan(PlanSample sample, PlanningTable table)
    {
        (_sample, _table) = (sample, table);
        foreach (var volume in sample.Devices.SelectMany(d => d.Volumes)) _room[volume.Id] = volume.RoomBytes;
        var asked = table.Overrides.Where(o => o.Duty == "custodian" && o.Device is not null).ToList();
        var order = sample.Items.OrderBy(i => Counted(i).Count).ThenBy(i => i.IsStarred ? 0 : 1).ThenBy(i => i.Id);
        foreach (var item in order)
        {
            if (asked.Any(o => o.Subject == item.Id.ToString())) StoppedAt = true;
            if (!StoppedAt) Place(item);
        }
    }

    /// <summary>From some item on the rules need more than this knows.</summary>
    public bool StoppedAt { get; private set; }

    public List<(ItemId Item, DeviceId Target, VolumeId Volume)> Copies { get; } = [];

    public List<ItemId> Infeasible { get; } = [];

    private Policy PolicyOf(PlanItem item) =>
        _sample.Policies.FirstOrDefault(p => p.Name == item.Policy) ?? Policy.Default;

    private List<PlanDevice> Counted(PlanItem item) => item.Holders.Where(h => h.IsVerified)
        .Select(h => _sample.Devices.Single(d => d.Id == h.Device)).Where(d => d.Counts).ToList();

    private int Need(PlanItem item)
    {
        var (policy, counted) = (PolicyOf(item), Counted(item));
        var on = counted.Where(d => d.Stays).ToList();
        int[] missing =
        [
            policy.Floor - on.Count, policy.ZonesMin - on.Select(d => d.Zone).Distinct().Count(),
            policy.OffsiteMin - on.Count(d => d.IsOffsite),
        ];
        if (missing.Max() > 0) return missing.Max();
        return !counted.Any(d => d.IsOnline) && counted.Any(d => d.Standing == Reachability.Away) ? 1 : 0;
    }

    private void Place(PlanItem item)
    {
        var (policy, on) = (PolicyOf(item), Counted(item).Where(d => d.Stays).ToList());
        var need = Need(item);
        if (need == 0) return;
        var sources = item.Holders.Select(h => _sample.Devices.Single(d => d.Id == h.Device));
        if (!sources.Any(d => d.IsSource))
        {
            Infeasible.Add(item.Id);
            return;
        }

        var failed = false;
        for (var left = need; left > 0; left--)
        {
            var (zone, offsite) = (ZonesMissing() >= left, OffsiteMissing() >= left);
            var fit = Targets(zone, offsite);
            if (fit.Count == 0)
            {
                failed = true;
                fit = Targets(false, false);
                if (fit.Count == 0) break;
            }

            var withRoom = fit.Where(d => RoomOn(d) is not null).ToList();
            if (withRoom.Count == 0)
            {
                StoppedAt = true;
                return;
            }

            var best = withRoom.OrderByDescending(Kind).ThenBy(Score).ThenBy(d => d.Id).First();
            var volume = RoomOn(best)!.Value;
            _room[volume] -= item.SizeBytes;
            Copies.Add((item.Id, best.Id, volume));
            on.Add(best);
        }

        if (failed) Infeasible.Add(item.Id);

        int ZonesMissing() => policy.ZonesMin - on.Select(d => d.Zone).Distinct().Count();
        int OffsiteMissing() => policy.OffsiteMin - on.Count(d => d.IsOffsite);
        bool IsNew(PlanDevice device) => on.All(d => d.Zone != device.Zone);

        List<PlanDevice> Targets(bool zone, bool offsite) => _sample.Devices.Where(d =>
            d.IsTarget && item.Holders.All(h => h.Device != d.Id) && !on.Contains(d) && (!zone || IsNew(d))
            && (!offsite || d.IsOffsite)).ToList();

        VolumeId? RoomOn(PlanDevice device) => device.Volumes.Where(v => _room[v.Id] >= item.SizeBytes)
            .OrderByDescending(v => _room[v.Id]).ThenBy(v => v.Id).Select(v => (VolumeId?)v.Id).FirstOrDefault();

        int Kind(PlanDevice device)
        {
            var full = Full(policy);
            if (policy.ZonesMin < policy.Floor ? full.Contains(device.Id.ToString())
                : IsNew(device) && full.Contains(device.Zone))
                return 3;
            return IsNew(device) ? 2 : 1;
        }

        ulong Score(PlanDevice device) => Ranking.Score(
            _table.KeyOf(item.Id.Value), _table.KeyOf(device.Id.Value), device.Weight);
    }

    private HashSet<string> Full(Policy policy)
    {
        var remaining = _sample.Devices.Where(d => d.Weight > 0)
            .GroupBy(d => policy.ZonesMin < policy.Floor ? d.Id.ToString() : d.Zone)
            .Select(g => (Name: g.Key, Weight: g.Sum(d => d.Weight)))
            .OrderByDescending(g => g.Weight).ThenBy(g => g.Name, StringComparer.Ordinal).ToList();
        var full = new HashSet<string>();
        for (var copies = policy.Floor; copies > 0 && remaining.Count > 0; copies--)
        {
            if (remaining[0].Weight * copies < remaining.Sum(r => r.Weight)) break;
            full.Add(remaining[0].Name);
            remaining.RemoveAt(0);
        }

        return full;
    }
}
