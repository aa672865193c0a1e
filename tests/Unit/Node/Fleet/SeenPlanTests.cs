using Anarchive.Fleet;
using Anarchive.Node;
using Xunit;
using Reachability = Anarchive.Fleet.Reachability;

namespace Anarchive.Tests.Unit;

/// <summary>What a look at the fleet owes: brought up to date, it says what one made from nothing says.</summary>
public sealed class SeenPlanTests
{
    private const int Fleets = 30;
    private const int Acts = 80;
    private const int Items = 40;
    private const long HourMs = 3_600_000;

    private static readonly DeviceClass[] Classes =
        [DeviceClass.AlwaysOn, DeviceClass.Desktop, DeviceClass.Archive, DeviceClass.Laptop];

    [Fact]
    public void What_is_brought_up_to_date_is_what_is_made_from_nothing()
    {
        var (looks, keptIds, plansKept, counted) = (0, 0, 0, 0);
        for (var seed = 0; seed < Fleets; seed++)
        {
            var world = new World(seed);
            var kept = SeenPlan.Of(world.Fleet.State, world.Epoch);
            for (var act = 0; act < Acts; act++)
            {
                // Several words at once, or none.
                for (var words = world.Random.Next(4); words > 0; words--) world.Say();
                var before = kept;
                kept = kept.After(world.Fleet.State, world.Fleet.Settle());
                var anew = SeenPlan.Of(world.Fleet.State, world.Epoch);
                AssertEqual(anew, kept, $"seed {seed}, act {act}");
                looks++;
                if (ReferenceEquals(before.Table.Items.Ids, kept.Table.Items.Ids)) keptIds++;
                if (ReferenceEquals(before.Plan, kept.Plan)) plansKept++;
                counted += kept.Custody.Lines.Count(l => l.Counted > 1);
            }
        }

        // Not made from nothing again and again, and not of a fleet where nothing counts.
        Assert.True(keptIds > looks / 3, $"{keptIds} of {looks}");
        Assert.True(plansKept > looks / 10 && plansKept < looks * 9 / 10, $"{plansKept} of {looks}");
        Assert.True(counted > looks, $"{counted} in {looks}");
    }

    [Fact]
    public void Batons_are_told_as_the_plan_tells_them()
    {
        var told = 0;
        for (var seed = 0; seed < Fleets; seed++)
        {
            var world = new World(seed);
            for (var act = 0; act < 2 * Acts; act++) world.Say();
            world.Fleet.Settle();
            var seen = SeenPlan.Of(world.Fleet.State, world.Epoch);
            ItemId[] items = [.. seen.Custody.Lines.Select(l => l.Item), Sample.Item(Items + 1)];
            var batons = seen.BatonsOf(items);
            foreach (var item in items)
                Assert.Equal(
                    seen.Plan.Duties.BatonOf(item), batons.TryGetValue(item, out var device) ? device : null);
            told += batons.Count;
        }

        Assert.True(told > 10 * Fleets, $"{told}");
    }

    private static void AssertEqual(SeenPlan anew, SeenPlan kept, string when)
    {
        Assert.True(anew.Id == kept.Id, when);
        Assert.Equal(anew.Table.Digest, kept.Table.Digest);
        Assert.Equal(anew.Table.Devices.Select(d => d.Id), kept.Table.Devices.Select(d => d.Id));
        Assert.Equal(Rows(anew.Table), Rows(kept.Table));
        Assert.Equal(anew.Custody.Lines, kept.Custody.Lines);
        Assert.Equal((anew.Custody.Below, anew.Custody.Unproven), (kept.Custody.Below, kept.Custody.Unproven));
        Assert.Equal(anew.Custody.Loads.OrderBy(l => l.Key), kept.Custody.Loads.OrderBy(l => l.Key));
        Assert.Equal(anew.Plan.DigestOfActions(), kept.Plan.DigestOfActions());
    }

    private static IEnumerable<string> Rows(PlanningTable table) => Enumerable.Range(0, table.ItemCount).Select(row =>
        $"{table.Items.Ids[row]} {table.Items.Sizes[row]} {table.Items.Policies[row]} {table.Items.Flags[row]} "
            + string.Join(',', table.Items.HoldersOf(row).ToArray()));

    /// <summary>Five devices that say something at random, mostly of items, over forty days.</summary>
    private sealed class World
    {
        private readonly FleetLog _log = new();
        private readonly List<FleetWriter> _writers;
        private int _heard;

        public World(int seed)
        {
            Random = new Random(seed);
            Epoch = Epoch.Of(_log.NowMs + (40 * 24 * HourMs));
            _writers = [_log.Owner, .. Enumerable.Range(1, 4).Select(n => _log.Node($"device {n}"))];
            Fleet = new FoldedFleet(_log.Group);
            for (var n = 0; n < _writers.Count; n++)
            {
                _writers[n].Declare(n < 3 ? DeviceClass.AlwaysOn : Pick(Classes), $"zone {Random.Next(3)}");
                for (var disk = 0; disk < 2; disk++)
                    _writers[n].Say(new VolumeDeclared(_writers[n].Device, Disk(n, disk), $"disk {disk}", 500_000, 0));
            }

            // Proven so long ago that it counts no more at that epoch.
            for (var number = 0; number < Items; number += 2) HoldSome(number);
            _log.NowMs = Epoch.StartMs - (60 * HourMs);
            for (var number = 1; number < Items; number += 2) HoldSome(number);
            foreach (var writer in _writers) Probe(writer, Reachability.Up);
            Hear();
            Fleet.Settle();
        }

        public Random Random { get; }

        public Epoch Epoch { get; }

        public FoldedFleet Fleet { get; }

        public void Say()
        {
            if (Random.Next(8) == 0) _log.NowMs = Math.Min(_log.NowMs + HourMs, Epoch.StartMs - HourMs);
            var (at, number) = (Random.Next(_writers.Count), Random.Next(Items));
            var (writer, item, disk) = (_writers[at], Sample.Item(number), Disk(at, Random.Next(2)));
            var some = Random.Next(100);
            if (some < 22) Describe(writer, number);
            else if (some < 62)
                writer.Hold(
                    item, disk, 1 + Random.Next(2),
                    Random.Next(5) == 0 ? (HoldingState)Random.Next(4) : HoldingState.Present);
            else if (some < 70)
                writer.Say(new ChallengeAnswered(
                    [new ChallengeRow(Pick(_writers).Device, disk, item, 1, 1 + Random.Next(3), Random.Next(4) > 0)]));
            else if (some < 80)
                _log.Owner.Say(Random.Next(4) == 0
                    ? new PinSet(item, PinScope.Device, PinKind.Star, writer.Device)
                    : new PinSet(item, PinScope.Fleet, (PinKind)Random.Next(3)));
            else if (some < 94) Probe(writer, Random.Next(3) > 0 ? Reachability.Up : (Reachability)Random.Next(4));
            else SayOfRules(writer);
            Hear();
        }

        private void SayOfRules(FleetWriter writer)
        {
            switch (Random.Next(5))
            {
                case 0:
                    _log.Owner.Say(new PolicySet($"policy {Random.Next(2)}", 1 + Random.Next(3), 4, 1, 0, true));
                    break;
                case 1:
                    _log.Owner.Say(new SourceSet(
                        "src", SourceKind.Public, "example.org", (SourceGate)Random.Next(2), Isolation.Open));
                    break;
                case 2:
                    var until = Epoch.Number + Random.Next(-2, 3);
                    _log.Owner.Say(new DutyOverridden(
                        DutyNames.Baton, Sample.Item(Random.Next(Items)).ToString(), until, writer.Device));
                    break;
                case 3:
                    _log.Owner.SetState(writer.Device, (DeviceState)Random.Next(2));
                    break;
                default:
                    writer.Declare(Pick(Classes), $"zone {Random.Next(3)}");
                    break;
            }
        }

        private void HoldSome(int number)
        {
            if (Random.Next(4) > 0) Describe(_log.Owner, number);
            for (var at = 0; at < 3; at++)
                if (Random.Next(4) > 0)
                    _writers[at].Hold(Sample.Item(number), Disk(at, Random.Next(2)));
        }

        private void Describe(FleetWriter writer, int number) => writer.Say(new ItemsDescribed(
            [Sample.Described(
                number, (Privacy)Random.Next(3), $"policy {Random.Next(3)}",
                source: Random.Next(2) == 0 ? "src" : null)]));

        /// <summary>What another says of a device: at times a disk of it is gone.</summary>
        private void Probe(FleetWriter of, Reachability state)
        {
            var (at, by) = (_writers.IndexOf(of), Pick(_writers));
            var there = Enumerable.Range(0, 2).Where(_ => Random.Next(6) > 0).Select(disk =>
                new FreeSpace(Disk(at, disk), Random.Next(8) * 60_000)).OrderBy(f => f.Volume);
            by.Say(new ProbeReported(
                of.Device, state, Random.Next(5) == 0 ? Random.Next(1000) : 995, 100, _log.NowMs, [.. there], []));
        }

        private void Hear()
        {
            for (; _heard < _log.Events.Count; _heard++) Fleet.Take(_log.Events[_heard]);
        }

        private T Pick<T>(IReadOnlyList<T> from) => from[Random.Next(from.Count)];

        private static VolumeId Disk(int device, int number) => Sample.Volume(1 + (2 * device) + number);
    }
}
