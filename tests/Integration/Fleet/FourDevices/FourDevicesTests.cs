using Anarchive.Fleet;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A household of four devices that keeps two copies of everything, whatever happens to one of them.</summary>
public sealed class FourDevicesTests
{
    private const int Floor = HouseholdOfFour.Floor;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_lost_with_a_device_is_copied_anew_and_what_is_too_much_goes_only_under_locks()
    {
        await using var home = await HouseholdOfFour.Start();
        await home.Fill();
        await using var watcher = new DiskWatcher(
            home.Boxes, HouseholdOfFour.Films.Select(f => (long)f.Bytes), Floor);

        // A device with copies dies.
        var dead = home.Boxes.Skip(1).First(b => home.Items.Any(i => b.Store.Find(i) is not null));
        var lost = home.Items.Where(i => dead.Store.Find(i) is not null).ToList();
        await dead.Node.Stop();
        var alive = home.Without(dead);
        await home.Pass(alive);
        await home.Verified(Floor, alive, $"What the dead device had was not copied anew ({lost.Count} items).");

        // It returns with what it had: nothing is deleted in a hurry.
        await dead.Node.Restart();
        await home.Pass(home.Boxes);
        await HouseholdOfFour.Probe(home.Boxes);
        await Eventually.True(
            () => lost.TrueForAll(i => home.Boxes.All(b => home.Counted(i, b, home.Boxes) == Floor + 1)),
            "What came back does not count.", [.. home.Boxes.Select(b => b.Node)]);
        Assert.Equal((home.Items.Count * Floor) + lost.Count, watcher.Films());
        Assert.All(home.Boxes, b => Assert.Empty(b.Node.Get<ReleaseBook>().Releases));

        // The excess is proposed, by every device the same; of so few copies one may go at a time.
        for (var left = lost.Count; left > 0; left--) await ReleaseOne(home, left);

        // Set aside under locks, and deleted only after its time.
        Assert.Equal(home.Items.Count * Floor, watcher.Films());
        Assert.Equal(lost.Count, home.Boxes.Sum(SetAside));
        home.Time.Skip(TimeSpan.FromMinutes(61));
        await Reach(home, ReleaseStage.Ended);
        Assert.Equal(0, home.Boxes.Sum(SetAside));
        await home.Verified(Floor, home.Boxes, "A copy went that was needed.");
        watcher.Check();
    }

    [Fact]
    public async Task What_is_lost_with_a_device_is_copied_anew_by_rsync_where_the_other_holder_is_reached_so()
    {
        await using var home = await HouseholdOfFour.Start("rsync");
        var source = home.Boxes[0];
        using var sshd = await RealSshd.For(source);
        Assert.SkipWhen(sshd is null, "openssh-server and rsync are not installed.");
        foreach (var box in home.Without(source))
            Assert.Null(await box.Node.Get<SshBook>().SetAsync(source.Node.Id, sshd.Way, Cancellation));
        await home.Fill();
        await using var watcher = new DiskWatcher(
            home.Boxes, HouseholdOfFour.Films.Select(f => (long)f.Bytes), Floor - 1);
        var dead = home.Without(source).First(b => home.Items.Any(
            i => HouseholdOfFour.OnDisk(i, [b]) == 1 && HouseholdOfFour.OnDisk(i, home.Without(b)) < Floor));
        var before = sshd.Logins;
        await dead.Node.Stop();
        await home.Pass(home.Without(dead));
        await home.Verified(Floor, home.Without(dead), "What the dead device had was not copied anew.");
        Assert.True(sshd.Logins > before, "Nothing came by ssh.");
        watcher.Check();
    }

    private static int SetAside(MediaBox box)
    {
        var lengths = HouseholdOfFour.Films.Select(f => (long)f.Bytes).ToHashSet();
        return new DirectoryInfo(Path.Combine(box.Root, ".anarchive"))
            .EnumerateFiles("*", SearchOption.AllDirectories).Count(f => lengths.Contains(f.Length));
    }

    /// <summary>A quarter of an hour begins, in which one copy may go: every device does the plan of now.</summary>
    private static async Task ReleaseOne(HouseholdOfFour home, int proposed)
    {
        home.Time.Skip(TimeSpan.FromMilliseconds(
            Epoch.LengthMs - (home.Time.GetUtcNow().ToUnixTimeMilliseconds() % Epoch.LengthMs)));
        await HouseholdOfFour.Probe(home.Boxes);
        await Eventually.True(
            () => Plans(home).DistinctBy(p => p.Plan.Id).Count() == 1 && Plans(home)[0].Plan.Releases.Count == proposed,
            "The devices do not propose the same.", [.. home.Boxes.Select(b => b.Node)]);
        var begun = 0;
        foreach (var (box, plan) in home.Boxes.Zip(Plans(home)))
        {
            var (ordered, problem) = await box.Node.Get<ReleaseOrders>().ApplyAsync(plan, Cancellation);
            Assert.Null(problem);
            Assert.Empty(ordered!.Stay);
            begun += ordered.Begun.Count;
            await home.InStep();
        }

        Assert.Equal(1, begun);
        await Reach(home, ReleaseStage.Quarantined);
        // In this quarter of an hour, and not still the one before.
        var now = Epoch.Of(home.Time.GetUtcNow().ToUnixTimeMilliseconds());
        await Eventually.True(
            () => Task.FromResult(home.Boxes.TrueForAll(b => Counted(b) == new Breaker(now, 1, IsOpen: false))),
            () => $"What went was not counted by {now}: {string.Join(", ", home.Boxes.Select(Counted))}");
    }

    private static Breaker Counted(MediaBox box) => box.Node.Get<ReleaseBook>().Breaker;

    private static Task Reach(HouseholdOfFour home, params ReleaseStage[] stages) => Eventually.True(
        () => Task.FromResult(Releases(home).TrueForAll(r => stages.Contains(r.Progress.Stage))),
        () => $"{stages[0]} is not reached: {string.Join('\n', Releases(home).Select(r => r.Progress))}");

    private static List<SeenPlan> Plans(HouseholdOfFour home) =>
        [.. home.Boxes.Select(b => b.Node.Get<PlanSight>().Now())];

    private static List<OwnRelease> Releases(HouseholdOfFour home) =>
        [.. home.Boxes.SelectMany(b => b.Node.Get<ReleaseBook>().Releases)];
}
