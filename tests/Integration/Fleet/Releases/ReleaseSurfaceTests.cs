using System.Net;
using System.Text.Json.Nodes;
using Anarchive.Fleet;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Letting go by the plan, as an owner does it: at the command line, by the API, and on the page.</summary>
public sealed class ReleaseSurfaceTests
{
    private const string Route = "/api/v1/fleet/releases";
    private const string NoPlan = "00000000000000000000000000000000000000000000000000000000000000ff";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plans_excess_is_shown_with_its_proof_let_go_by_its_id_and_put_back_from_the_page()
    {
        await using var home = await Household.Start(t => t with { QuarantineMs = 600_000 });
        var (box, other) = await Crowded(home);
        var dry = await box.Done("fleet", "release");
        var row = Assert.Single(dry["proposed"]!.AsArray())!;
        Assert.Equal(
            (Household.Item.ToString(), "film.mkv", 300_000, true, 3, 2),
            ((string?)row["item"], (string?)row["name"], (int)row["size"]!, (bool)row["own"]!, (int)row["counted"]!,
                (int)row["ceil"]!));
        Assert.Equal(2, row["proof"]!.AsArray().Count);
        Assert.Null(row["code"]);
        Assert.Equal(3, home.Files());
        Assert.Empty(box.Node.Get<ReleaseBook>().Releases);

        Assert.Equal("bad_plan_id", (await box.Run("fleet", "release", "--apply", "plan", "--json")).Code);
        Assert.Equal("plan_changed", (await box.Run("fleet", "release", "--apply", NoPlan, "--json")).Code);
        Assert.Empty(box.Node.Get<ReleaseBook>().Releases);
        // The same plan on a device whose copy stays.
        var elsewhere = await other.Done("fleet", "release", "--apply", (string)dry["planId"]!);
        Assert.Equal((0, 1), (elsewhere["begun"]!.AsArray().Count, (int)elsewhere["elsewhere"]!));
        Assert.Empty(other.Node.Get<ReleaseBook>().Releases);

        var begun = await box.Done("fleet", "release", "--apply", (string)dry["planId"]!);
        Assert.Equal(Household.Item.ToString(), (string?)Assert.Single(begun["begun"]!.AsArray()));
        await home.Reaches(box, ReleaseStage.Quarantined);
        Assert.False(Household.HasFile(box));
        await PutsBack(home, box);
    }

    [Fact]
    public async Task What_froze_the_fleet_is_told_where_it_is_looked_for_until_the_owner_resets_it()
    {
        await using var home = await Household.Start();
        var (box, lost) = (home.A, home.C);
        await box.Reachable();
        var place = new LossCount(LossKind.Gone, DeviceId.Of(lost.Node.Id), lost.Volume.Id, 63);
        Assert.True(await box.Node.Get<ReleaseBook>().CountAsync(63, 200, [place], Cancellation));
        await box.Node.Restart(stopFirst: true);
        await box.Reachable();
        using var http = await box.Owner();
        const string told = "63 copies had gone within a quarter of an hour: 63 copies gone from box2 (disk). ";
        var page = await http.GetStringAsync("/fleet", Cancellation);
        Assert.Contains(told, page);
        Assert.Contains(told, await http.GetStringAsync("/fleet/releases", Cancellation));
        Assert.Contains(told, (await box.Run("fleet", "status")).Results);
        var api = JsonNode.Parse(await http.GetStringAsync(Route, Cancellation))!;
        Assert.Equal((true, 63), ((bool)api["frozen"]!, (int)api["losses"]![0]!["copies"]!));
        Assert.Equal(lost.Volume.Id.ToString(), (string?)api["losses"]![0]!["volume"]);
        Assert.Equal(ReleaseCodes.Frozen, await Household.Release(box));
        Assert.Equal(HttpStatusCode.SeeOther, (await http.Send(page, "/fleet/releases/unfreeze")).Status);
        Assert.DoesNotContain("had gone within", await http.GetStringAsync("/fleet", Cancellation));
        Assert.Null(await Household.Release(box));
    }

    [Fact]
    public async Task A_volume_that_is_not_there_is_told_with_that_nothing_was_removed()
    {
        await using var home = await Household.Start();
        await home.A.Reachable();
        Household.Unplug(home.A);
        var said = (await home.A.Run("fleet", "status")).Results;
        Assert.Contains("disk: It is not there: nothing was removed. Connect it.", said);
        Assert.Equal(3, home.Files());
        // What the last scan saw of it is over once it is back, long before the next one.
        await home.A.Store.ScanAsync(Missing.Counts, Cancellation);
        Household.Plug(home.A);
        Assert.Equal(VolumeAbsence.MarkerMissing, Assert.Single(home.A.Store.Scans).Absence);
        Assert.DoesNotContain("nothing was removed", (await home.A.Run("fleet", "status")).Results);
        using var http = await home.A.Owner();
        var store = JsonNode.Parse(await http.GetStringAsync("/api/v1/fleet/store", Cancellation))!;
        Assert.Null(Assert.Single(store["volumes"]!.AsArray())!["absence"]);
    }

    /// <summary>The page's button, and what it cannot do twice.</summary>
    private static async Task PutsBack(Household home, MediaBox box)
    {
        using var http = await box.Owner();
        var page = await http.GetStringAsync("/fleet/releases", Cancellation);
        Assert.Contains("Put it back", page);
        Assert.Contains("film.mkv", page);
        Assert.DoesNotContain(box.Root, page);
        var path = $"/fleet/releases/{Household.Item}/back";
        Assert.Equal(HttpStatusCode.SeeOther, (await http.Send(page, path)).Status);
        Assert.Equal(ReleaseCodes.TakenBack, (await home.Ended(box)).Outcome);
        Assert.True(Household.HasFile(box));
        Assert.Equal(HttpStatusCode.NotFound, (await http.Send(page, path)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await http.Send(page, "/fleet/releases/nonsense/back")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.Send("", path)).Status);
        Assert.Contains("You wanted it after all.", await http.GetStringAsync("/fleet/releases", Cancellation));
    }

    /// <summary>Two copies are enough now: which box is to let its own go, and one that is not.</summary>
    private static async Task<(MediaBox Box, MediaBox Other)> Crowded(Household home)
    {
        await home.A.Say(new PolicySet(Policy.DefaultName, 2, 2, 1, 0, AutoCopy: false));
        foreach (var box in home.Boxes) await box.Reachable();
        DeviceId? chosen = null;
        await Eventually.True(
            async () =>
            {
                // As fleet probe does: what one device says of another is told in the next round.
                foreach (var box in home.Boxes) await box.Node.Get<ProbeRound>().RunAsync(Cancellation);
                var plans = home.Boxes.Select(b => b.Node.Get<PlanSight>().Now().Plan).ToList();
                chosen = plans[0].Releases.Select(r => (DeviceId?)r.Device).FirstOrDefault();
                return chosen is not null && plans.TrueForAll(p => p.Id == plans[0].Id);
            },
            () => "Nothing is proposed.");
        return (home.Boxes.First(b => DeviceId.Of(b.Node.Id) == chosen),
            home.Boxes.First(b => DeviceId.Of(b.Node.Id) != chosen));
    }
}
