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
        await HouseholdOfFour.Probe(home.Boxes);
        await home.Verified(Floor, home.Boxes, "The first copies were not made.");
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
        for (var left = lost.Count; left > 0; left--)
        {
            await ReleaseOne(home, left);
            home.Time.Skip(TimeSpan.FromMinutes(15));
        }

        // Set aside under locks, and deleted only after its time.
        Assert.Equal(home.Items.Count * Floor, watcher.Films());
        Assert.Equal(lost.Count, home.Boxes.Sum(SetAside));
        home.Time.Skip(TimeSpan.FromMinutes(61));
        await Reach(home, lost.Count, ReleaseStage.Ended);
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
        await HouseholdOfFour.Probe(home.Boxes);
        await home.Verified(Floor, home.Boxes, "The first copies were not made.");
        await using var watcher = new DiskWatcher(
            home.Boxes, HouseholdOfFour.Films.Select(f => (long)f.Bytes), Floor - 1);
        var dead = home.Without(source).First(b => home.Items.Any(i => b.Store.Find(i) is not null));
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

    private static async Task ReleaseOne(HouseholdOfFour home, int proposed)
    {
        await Eventually.True(
            () => Plans(home).DistinctBy(p => p.Id).Count() == 1 && Plans(home)[0].Releases.Count == proposed,
            "The devices do not propose the same.", [.. home.Boxes.Select(b => b.Node)]);
        var plan = Plans(home)[0];
        var before = Releases(home).Count;
        foreach (var release in plan.Releases)
        {
            var box = home.Boxes.Single(b => DeviceId.Of(b.Node.Id) == release.Device);
            var (proposal, problem) = await box.Node.Get<ReleaseDesk>().ApplyAsync(
                release.Item, null, plan.Id, Cancellation);
            Assert.Null(problem);
            if (proposal!.Code is null) break;
            Assert.Equal(ReleaseCodes.Frozen, proposal.Code);
        }

        await Reach(home, before + 1, ReleaseStage.Quarantined);
    }

    private static Task Reach(HouseholdOfFour home, int releases, ReleaseStage stage) => Eventually.True(
        () => Task.FromResult(Releases(home).Count == releases && Releases(home).All(r => r.Progress.Stage == stage)),
        () => $"{stage} is not reached: {string.Join('\n', Releases(home).Select(r => r.Progress))}");

    private static List<FleetPlan> Plans(HouseholdOfFour home) =>
        [.. home.Boxes.Select(b => b.Node.Get<PlanSight>().Now().Plan)];

    private static List<OwnRelease> Releases(HouseholdOfFour home) =>
        [.. home.Boxes.SelectMany(b => b.Node.Get<ReleaseBook>().Releases)];
}
