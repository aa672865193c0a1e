using Anarchive.Fleet;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What looks like a loss and is none costs no copy, on no device, and the page says why.</summary>
public sealed class FaultyHouseholdTests
{
    private const int Floor = HouseholdOfFour.Floor;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unplugged_disk_an_emptied_folder_and_a_renamed_mount_cost_no_copy_and_the_page_says_why()
    {
        await using var home = await HouseholdOfFour.Start();
        await home.Fill();
        var box = home.Boxes[0];
        var (marker, films, root) = (Path.Combine(box.Root, ".anarchive"), box.At(""), box.Root);
        await Suffer(home, marker, marker + ".away", "It is not there");
        await Suffer(home, films, Path.Combine(root, "elsewhere"), "A watched folder is missing or empty");
        await Suffer(home, root, root + ".away", "It is not there");
        await home.Verified(Floor, home.Boxes, "A copy went.");
        Assert.All(home.Boxes, b => Assert.Empty(b.Node.Get<ReleaseBook>().Releases));
    }

    /// <summary>Something is elsewhere for an hour, in which every device looks, plans and acts.</summary>
    private static async Task Suffer(HouseholdOfFour home, string what, string away, string why)
    {
        var box = home.Boxes[0];
        var others = home.Without(box);
        var before = home.Items.Sum(i => HouseholdOfFour.OnDisk(i, others));
        Directory.Move(what, away);
        for (var quarter = 0; quarter < 4; quarter++)
        {
            await box.Store.ScanAsync(Missing.Counts, Cancellation);
            await box.Node.Get<HoldingPost>().TellAsync(Cancellation);
            await HouseholdOfFour.Probe(home.Boxes);
            home.Time.Skip(TimeSpan.FromMinutes(15));
        }

        var page = await Page(box);
        Assert.Contains(why + ": nothing was removed.", page);
        Assert.DoesNotContain(box.Root, page);
        foreach (var other in others)
            Assert.All(home.Items, item => Assert.Equal(
                HoldingState.Present,
                other.Node.Get<FleetBook>().Read(state => state.HoldingsOf(item)
                    .First(h => h.Device == DeviceId.Of(box.Node.Id)).State)));
        Assert.InRange(home.Items.Sum(i => HouseholdOfFour.OnDisk(i, others)), before, int.MaxValue);
        Directory.Move(away, what);
        await box.Store.ScanAsync(Missing.Counts, Cancellation);
        await HouseholdOfFour.Probe(home.Boxes);
        Assert.DoesNotContain("nothing was removed", await Page(box));
        Assert.Equal(home.Items.Count, home.Items.Sum(i => HouseholdOfFour.OnDisk(i, [box])));
    }

    private static async Task<string> Page(MediaBox box)
    {
        using var http = await box.Owner();
        return await http.GetStringAsync(new Uri("/fleet", UriKind.Relative), Cancellation);
    }
}
