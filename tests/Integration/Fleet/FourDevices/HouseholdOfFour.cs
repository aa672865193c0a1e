using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Four real nodes of one fleet, each in a zone of its own, that keep two copies of every film.</summary>
internal sealed class HouseholdOfFour : IAsyncDisposable
{
    public const int Floor = 2;

    public static readonly (string Name, int Bytes)[] Films =
        [("Alpha (2001).mkv", 3_000_001), ("Beta (2002).mkv", 2_000_003), ("Gamma (2003).mkv", 700_007)];

    // A silence of half an hour is what 72 hours are: each probe speaks for a quarter of an hour at most.
    private static readonly ReachabilitySteps Steps = new(2, 20 * 60_000, 30 * 60_000);

    private static readonly ReleaseTimes Quick = new(
        TtlMs: 60_000, WaitMs: 200, QuarantineMs: 3_600_000, AnswerMs: 8_000);

    private HouseholdOfFour()
    {
    }

    public ShiftedTime Time { get; } = new(TimeSpan.Zero);

    public List<MediaBox> Boxes { get; } = [];

    public List<ItemId> Items { get; } = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Paired, declared and told what to keep.</summary>
    public static async Task<HouseholdOfFour> Start(params string[] transportsOfFirst)
    {
        var household = new HouseholdOfFour();
        foreach (var (at, zone) in new[] { "attic", "cellar", "office", "garage" }.Index())
        {
            var box = await MediaBox.Start(
                household.Time,
                with: o => o with { FleetCopyBytesPerSecond = 0, FleetHashBytesPerSecond = 0, HeartbeatSeconds = 1 },
                tellsFleet: true, services: AtTestSpeed);
            household.Boxes.Add(box);
            if (at > 0) await household.Join(box);
            await box.Say(new DeviceDeclared(
                zone, DeviceClass.AlwaysOn, zone, Offsite: false, [],
                at == 0 && transportsOfFirst is not [] ? transportsOfFirst : ["http"]));
        }

        // Each is known to be there before there is anything to place.
        await household.InStep();
        await Probe(household.Boxes);
        await household.InStep();
        await household.Boxes[0].Say(new PolicySet(Policy.DefaultName, Floor, Floor, Floor, 0, AutoCopy: true));
        return household;
    }

    /// <summary>The first gets all the films, and the others what they are to have of them.</summary>
    public async Task Fill()
    {
        foreach (var (at, film) in Films.Index()) Items.Add(await Boxes[0].Hold(film.Name, film.Bytes, at));
        await Probe(Boxes);
        await Verified(Floor, Boxes, "The first copies were not made.");
        // Two devices may have begun one for the same item; what happens next must not meet one that still arrives.
        await Eventually.True(
            () => Task.FromResult(Boxes.TrueForAll(b => b.Node.Get<CopyDesk>().All().All(IsOver))),
            () => "Copies are still under way.\n" + Describe(Boxes));
    }

    /// <summary>Until every device knows the same.</summary>
    public Task InStep() =>
        Eventually.InStep(Boxes[0].Node.Get<OwnFleet>().Group!.Value, [.. Boxes.Select(b => b.Node)]);

    /// <summary>The devices but one.</summary>
    public List<MediaBox> Without(MediaBox box) => [.. Boxes.Where(b => b != box)];

    /// <summary>Each of these devices looks at the others once.</summary>
    public static async Task Probe(IReadOnlyList<MediaBox> boxes)
    {
        foreach (var box in boxes) await box.Node.Get<ProbeRound>().RunAsync(Cancellation);
    }

    /// <summary>Time goes by for these devices until who is silent counts as lost.</summary>
    public async Task Pass(IReadOnlyList<MediaBox> alive)
    {
        for (var probe = 0; probe < 5; probe++)
        {
            Time.Skip(TimeSpan.FromMinutes(15));
            await Probe(alive);
        }
    }

    /// <summary>Until each item has so many verified copies on these devices, on their disks as in their log.</summary>
    public Task Verified(int copies, IReadOnlyList<MediaBox> on, string otherwise) => Eventually.True(
        () => Task.FromResult(Items.TrueForAll(
            item => OnDisk(item, on) >= copies && on.All(b => Counted(item, b, on) >= copies))),
        () => otherwise + "\n" + Describe(on));

    /// <summary>How many of these devices have an item's film in its place.</summary>
    public static int OnDisk(ItemId item, IReadOnlyList<MediaBox> on) =>
        on.Count(b => b.Store.Find(item) is { } copy && File.Exists(copy.FullPath));

    /// <summary>How many copies of an item on these devices one of them counts as verified.</summary>
    public int Counted(ItemId item, MediaBox by, IReadOnlyList<MediaBox> on)
    {
        var nowMs = Time.GetUtcNow().ToUnixTimeMilliseconds();
        return by.Node.Get<FleetBook>().Read(state => state.HoldingsOf(item).Count(h =>
            on.Any(b => DeviceId.Of(b.Node.Id) == h.Device) && h.IsVerifiedAt(nowMs, DeviceClass.AlwaysOn)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var box in Boxes) await box.DisposeAsync();
    }

    private static bool IsOver(CopyView copy) => copy.State is "done" or "cancelled";

    private async Task Join(MediaBox box)
    {
        await Pairings.Pair(Boxes[0].Node, box.Node, InviteKind.Device);
        await Eventually.True(
            () => box.Node.Get<OwnFleet>().Group is { } group && box.Node.Writer.StandingIn(group) == Refusal.None,
            "It may not write in its fleet yet.", box.Node);
    }

    private static void AtTestSpeed(IServiceCollection services) => services
        .AddSingleton(Quick)
        .AddSingleton(s => new ProbeRound(
            s.GetRequiredService<FleetBook>(), s.GetRequiredService<FleetDesk>(), s.GetRequiredService<ProbeTracks>(),
            s.GetRequiredService<DeviceDoor>(), s.GetRequiredService<OwnHealth>(),
            s.GetRequiredService<StoreTelling>(), s.GetRequiredService<FriendBook>(),
            s.GetRequiredService<RingBook>(),
            s.GetRequiredService<TimeProvider>(), NullLogger<ProbeRound>.Instance)
        {
            Steps = Steps,
        });

    private string Describe(IReadOnlyList<MediaBox> on) => string.Join('\n', on.Select(Describe));

    private string Describe(MediaBox box)
    {
        var plan = box.Node.Get<PlanSight>().Now();
        var missing = string.Join(' ', plan.Plan.Infeasible.Select(i => $"{i.Missing} {i.Why}"));
        var standings = string.Join(' ', plan.Table.Devices.Select(d => $"{d.Standing}"));
        var copies = string.Join(' ', box.Node.Get<CopyDesk>().All().Select(c => $"{c.State} {c.Code}"));
        return $"{Boxes.IndexOf(box)}: on disk {string.Join(' ', Items.Select(i => OnDisk(i, [box])))};"
            + $" counted {string.Join(' ', Items.Select(i => Counted(i, box, Boxes)))}; devices {standings};"
            + $" asked for {copies}; to make {plan.Plan.Copies.Count}; missing {missing}";
    }
}
