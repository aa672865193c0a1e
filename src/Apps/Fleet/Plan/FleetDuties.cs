namespace Anarchive.Fleet;

/// <summary>The two that watch a device; fewer where the fleet has no more.</summary>
public sealed record ProbeDuty(DeviceId Subject, IReadOnlyList<DeviceId> Observers);

/// <summary>Up to three that give an edition.</summary>
public sealed record EditionDuty(string Edition, IReadOnlyList<DeviceId> Seeders);

/// <summary>Assigns the duties that are not an item's: who hosts, watches, seeds editions, asks indexers.</summary>
internal sealed class FleetDuties(PlanningTable table, GivenDuties given)
{
    private const int SeedersMax = 3;

    public static bool MayHost(PlanDevice device) => device is { IsTarget: true, HasNode: true };

    public static bool MayResearch(PlanDevice device) => device is { IsTarget: true, DoesResearch: true };

    /// <summary>Whoever runs a node can look; one that never was seen has to begin somewhere.</summary>
    public static bool MayProbe(PlanDevice device) =>
        device is { HasNode: true, State: DeviceState.Active } && device.Class != DeviceClass.Phone;

    public static bool MaySeed(PlanDevice device, EditionToSeed edition) =>
        device.IsTarget && (device.HasNode || !edition.IsForFriends);

    /// <summary>The only one peers are told of: always on before all others, a desktop before the rest.</summary>
    public DeviceId? Host()
    {
        if (given.Of(DutyNames.BroadcastHost, DutyNames.WholeFleet) is { } named) return IdOf(named);
        return First(DutyNames.BroadcastHost, MayHost, device => device.Class switch
        {
            DeviceClass.AlwaysOn => 0,
            DeviceClass.Desktop => 1,
            _ => 2,
        });
    }

    public DeviceId? Research() => given.Of(DutyNames.Research, DutyNames.WholeFleet) is { } named
        ? IdOf(named)
        : First(DutyNames.Research, MayResearch, _ => 0);

    /// <summary>For every device that is still of use.</summary>
    public IReadOnlyList<ProbeDuty> Probers()
    {
        var watchers = Enumerable.Range(0, table.Devices.Count).Where(d => MayProbe(table.Devices[d])).ToArray();
        var found = new List<ProbeDuty>();
        for (var subject = 0; subject < table.Devices.Count; subject++)
            if (table.Devices[subject].State is DeviceState.Active or DeviceState.Draining)
                found.Add(new ProbeDuty(table.Devices[subject].Id, Observers(subject, watchers)));
        return found;
    }

    public IReadOnlyList<EditionDuty> Seeders() =>
        [.. table.Editions.Select(edition => new EditionDuty(edition.Subject, Seeders(edition)))];

    private List<DeviceId> Seeders(EditionToSeed edition)
    {
        var named = given.Of(DutyNames.EditionSeeder, edition.Subject);
        if (named == GivenDuties.Nobody) return [];
        var x = KeyOf(DutyNames.EditionSeeder + edition.Subject);
        return Enumerable.Range(0, table.Devices.Count).Where(d => MaySeed(table.Devices[d], edition))
            .OrderBy(d => d == named ? 0 : 1).ThenBy(d => ScoreOf(x, d)).ThenBy(d => d)
            .Take(SeedersMax).Select(d => table.Devices[d].Id).ToList();
    }

    /// <summary>
    /// Those that are seen to be up come first, a second one of another zone before one of the same. While too few
    /// are, nobody knows who is there, so that the others take turns by the epoch.
    /// </summary>
    private DeviceId[] Observers(int subject, int[] watchers)
    {
        var named = given.Of(DutyNames.Prober, table.Devices[subject].Id.ToString());
        if (named == GivenDuties.Nobody) return [];
        var x = table.KeyOf(subject);
        var first = named ?? Best(subject, -1, x, watchers);
        if (first < 0) return [];
        var second = Best(subject, first, x, watchers);
        return second < 0 ? [table.Devices[first].Id] : [table.Devices[first].Id, table.Devices[second].Id];
    }

    private int Best(int subject, int taken, ulong x, int[] watchers)
    {
        var (best, bestOrder) = (-1, (Group: int.MaxValue, Score: ulong.MaxValue));
        foreach (var device in watchers)
        {
            if (device == subject || device == taken) continue;
            var seen = table.Devices[device] is { IsTarget: true, Standing: Reachability.Up };
            var sameZone = taken >= 0 && table.ZoneOf(device) == table.ZoneOf(taken);
            var group = (seen ? 0 : 2) + (sameZone ? 1 : 0);
            if (group > bestOrder.Group) continue;
            var turn = seen ? 0 : Ranking.Mix((ulong)table.Epoch.Number);
            var weight = Math.Max(1, table.Devices[device].Weight);
            var order = (group, Ranking.Score(x ^ turn, table.KeyOf(device), weight));
            if (best < 0 || order.CompareTo(bestOrder) < 0) (best, bestOrder) = (device, order);
        }

        return best;
    }

    private DeviceId? First(string duty, Func<PlanDevice, bool> may, Func<PlanDevice, int> order)
    {
        var x = KeyOf(duty);
        var found = Enumerable.Range(0, table.Devices.Count).Where(d => may(table.Devices[d]))
            .OrderBy(d => order(table.Devices[d])).ThenBy(d => ScoreOf(x, d)).ThenBy(d => d)
            .Select(d => (int?)d).FirstOrDefault();
        return found is { } device ? IdOf(device) : null;
    }

    private ulong ScoreOf(ulong x, int device) =>
        Ranking.Score(x, table.KeyOf(device), table.Devices[device].Weight);

    private ulong KeyOf(string text) =>
        table.KeyOf(Log.Hash256.Sha256(System.Text.Encoding.UTF8.GetBytes(text)));

    private DeviceId? IdOf(int device) => device == GivenDuties.Nobody ? null : table.Devices[device].Id;
}
