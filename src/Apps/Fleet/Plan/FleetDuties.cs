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
        var watchers = Enumerable.Range(0, table.Devices.Count).Where(d => MayProbe(table.DeviceAt(d)))
            .Select(d => new Watcher(d, table.ZoneOf(d), table.KeyOf(d), IsSeen(table.DeviceAt(d)))).ToArray();
        var found = new List<ProbeDuty>();
        for (var subject = 0; subject < table.Devices.Count; subject++)
            if (table.DeviceAt(subject).State.IsThere())
                found.Add(new ProbeDuty(table.DeviceAt(subject).Id, Observers(subject, watchers)));
        return found;

        static bool IsSeen(PlanDevice device) => device is { IsTarget: true, Standing: Reachability.Up };
    }

    public IReadOnlyList<EditionDuty> Seeders() =>
        [.. table.Editions.Select(edition => new EditionDuty(edition.Subject, Seeders(edition)))];

    private List<DeviceId> Seeders(EditionToSeed edition)
    {
        var named = given.Of(DutyNames.EditionSeeder, edition.Subject);
        if (named == GivenDuties.Nobody) return [];
        var x = KeyOf(DutyNames.EditionSeeder + edition.Subject);
        return Enumerable.Range(0, table.Devices.Count).Where(d => MaySeed(table.DeviceAt(d), edition))
            .OrderBy(d => d == named ? 0 : 1).ThenBy(d => ScoreOf(x, d)).ThenBy(d => d)
            .Take(SeedersMax).Select(d => table.DeviceAt(d).Id).ToList();
    }

    /// <summary>
    /// Those that are seen to be up come first, a second one of another zone before one of the same. While too few
    /// are, nobody knows who is there, so that the others take turns by the epoch.
    /// </summary>
    private DeviceId[] Observers(int subject, Watcher[] watchers)
    {
        var named = given.Of(DutyNames.Prober, table.DeviceAt(subject).Id.ToString());
        if (named == GivenDuties.Nobody) return [];
        var x = table.KeyOf(subject);
        var first = named ?? Best(subject, -1, x, watchers);
        if (first < 0) return [];
        var second = Best(subject, first, x, watchers);
        return second < 0 ? [table.DeviceAt(first).Id] : [table.DeviceAt(first).Id, table.DeviceAt(second).Id];
    }

    private int Best(int subject, int taken, ulong x, Watcher[] watchers)
    {
        var turn = Ranking.Mix((ulong)table.Epoch.Number);
        var takenZone = taken < 0 ? -1 : table.ZoneOf(taken);
        var (best, bestGroup, bestKey) = (-1, int.MaxValue, 0UL);
        foreach (var watcher in watchers)
        {
            if (watcher.Device == subject || watcher.Device == taken) continue;
            var group = (watcher.IsSeen ? 0 : 2) + (watcher.Zone == takenZone ? 1 : 0);
            if (group > bestGroup) continue;
            var key = Ranking.Mix(x ^ watcher.Key ^ (watcher.IsSeen ? 0 : turn));
            if (group == bestGroup && key <= bestKey) continue;
            (best, bestGroup, bestKey) = (watcher.Device, group, key);
        }

        return best;
    }

    private DeviceId? First(string duty, Func<PlanDevice, bool> may, Func<PlanDevice, int> order)
    {
        var x = KeyOf(duty);
        var found = Enumerable.Range(0, table.Devices.Count).Where(d => may(table.DeviceAt(d)))
            .OrderBy(d => order(table.DeviceAt(d))).ThenBy(d => ScoreOf(x, d)).ThenBy(d => d)
            .Select(d => (int?)d).FirstOrDefault();
        return found is { } device ? IdOf(device) : null;
    }

    private ulong ScoreOf(ulong x, int device) =>
        Ranking.Score(x, table.KeyOf(device), table.DeviceAt(device).Weight);

    private ulong KeyOf(string text) =>
        table.KeyOf(Log.Hash256.Sha256(System.Text.Encoding.UTF8.GetBytes(text)));

    private DeviceId? IdOf(int device) => device == GivenDuties.Nobody ? null : table.DeviceAt(device).Id;

    private readonly record struct Watcher(int Device, int Zone, ulong Key, bool IsSeen);
}
