using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>
/// A household from its first evening to a broken device: Ines with three devices, and Maru, a friend. Its pictures are
/// those of the guide.
/// </summary>
public sealed class HouseholdJourney : Journey
{
    private const string Passphrase = "harbour lights at noon";
    private const string Markers = "/net/parts/intro-markers";

    private readonly Tour _tour = new(Root());

    private Device _study = null!;
    private Device _attic = null!;
    private Device _bedroom = null!;
    private Device _maru = null!;

    private Person Ines => _study.Person;

    private Person Maru => _maru.Person;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var started = await Task.WhenAll(
            Household.StartAsync(Browser, "study-pc", isNamed: false), Household.StartAsync(Browser, "attic-nas"),
            Household.StartAsync(Browser, "bedroom-pi"), Household.StartAsync(Browser, "maru-desk"));
        (_study, _attic, _bedroom, _maru) = (started[0], started[1], started[2], started[3]);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var device in new[] { _study, _attic, _bedroom, _maru })
            if (device is not null)
                await device.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_household_begins_shares_watches_and_outlives_a_device()
    {
        var making = Season.MakeAsync(_study.Media);
        await BeginAsync();
        await LetAFriendInAsync();
        await TalkAsync();
        var season = await making;
        await FindTheSeasonAsync(season);
        await MergeAsync();
        await StarAsync();
        await SkipAsync();
        await KeepTwiceAsync();
        await OutliveAsync();
        await PartAsync();
        await _tour.TakeAsync(_study, "health");
        Assert.Empty(new[] { _study, _attic, _bedroom, _maru }.SelectMany(d => d.Person.Alarms));
        _tour.Check();
    }

    /// <summary>A name, an owner, a copy of the recovery key.</summary>
    private async Task BeginAsync()
    {
        await Ines.GoAsync("/");
        await Ines.ArriveAsync("/welcome");
        await Ines.FillAsync("name", "study-pc");
        await Ines.FillAsync("you", "Ines");
        await _tour.TakeAsync(_study, "first-run");
        await Ines.PressAsync("Save and go on");
        await Ines.ArriveAsync("/welcome/passphrase");
        await Ines.FillAsync("passphrase", Passphrase);
        await Ines.FillAsync("again", Passphrase);
        await Ines.PressAsync("Set it and go on");
        await Ines.ArriveAsync("/welcome/key");
        await Ines.SeeAsync("No copy of it was made yet.");
        await Ines.FillAsync("present", Passphrase);
        var saved = await Ines.Page.RunAndWaitForDownloadAsync(() => Ines.PressAsync("Save the recovery file"));
        Assert.NotEqual(0, new FileInfo((await saved.PathAsync())!).Length);
        await Ines.GoAsync("/welcome/key");
        await Ines.SeeAsync("A copy of it was made.");
        await _tour.TakeAsync(_study, "recovery-key");
    }

    private async Task LetAFriendInAsync()
    {
        await Ines.GoAsync("/welcome/peer");
        await Ines.PressAsync("Let a friend in");
        await Ines.SeeAsync("Send this to one person");
        Assert.Matches("^M.{500}", await Ines.Page.Locator(".qr path").GetAttributeAsync("d"));
        await _tour.TakeAsync(_study, "pair");
        await Household.CompareAsync(Ines, Maru, () => _tour.TakeAsync(_study, "words"));
    }

    /// <summary>A post is at the friend's, and answered, and nobody loaded a page anew.</summary>
    private async Task TalkAsync()
    {
        await Ines.FoundHiveAsync("slow-cinema", "Slow cinema");
        await Ines.GoAsync("/h/slow-cinema/settings");
        await Ines.PressAsync("Make an invite");
        var invite = await Ines.Page.Locator("#invite-text").InputValueAsync();
        await Maru.GoAsync("/hives/join");
        await Maru.FillAsync("invite", invite);
        await Maru.PressAsync("Join this hive");
        await Maru.ArriveAsync("/h/[^/]+");
        await Maru.WaitUntilLiveAsync();
        await Ines.PostAsync(
            "slow-cinema", "Restoring a 16 mm splicer",
            "The spring is gone and the blade is blunt. Does anybody have a drawing, or *a photograph* of the inside?");
        await Ines.SeeAsync("reached your peer");
        await Maru.Page.GetByRole(AriaRole.Link, new() { Name = "Restoring a 16 mm splicer" }).ClickAsync();
        await Maru.FillAsync("content", "I have one in a box. Pictures tonight.");
        await Maru.PressAsync("Reply");
        await Ines.SeeAsync("I have one in a box.");
        await _tour.TakeAsync(_study, "post");
    }

    private async Task FindTheSeasonAsync(string season)
    {
        await Household.WatchFolderAsync(_study, Season.Count);
        await _tour.TakeAsync(_study, "folders");
        await Ines.GoAsync("/library");
        await Ines.SeeAsync("All 4 works can be played here.");
        await Assertions.Expect(Ines.Page.Locator(".work img.art")).ToHaveCountAsync(4);
        await Ines.UntilAsync("[...document.querySelectorAll('img.art')].every(i => i.naturalWidth > 0)");
        await _tour.TakeAsync(_study, "library");

        await Ines.GoAsync("/net");
        await Ines.FillAsync("path", season);
        await Ines.PressAsync("Open it");
        await Ines.SeeAsync("yes");
        await Ines.GoAsync("/library");
        await Ines.Page.GetByRole(AriaRole.Link, new() { Name = Season.Show }).First.ClickAsync();
        await Ines.SeeAsync("No intro is known of the 3 episodes that are here.");
        await Ines.WaitUntilLiveAsync();
        // Pressed as whoever has no mouse does; what comes of it shows without a reload.
        await Ines.Page.GetByRole(AriaRole.Button, new() { Name = "Find intros" }).FocusAsync();
        await Ines.Page.Keyboard.PressAsync("Enter");
        await Ines.SeeAsync("An intro was found in all 3 episodes.");
        await Assertions.Expect(Ines.Page.Locator(".files .work").GetByText("intro from you")).ToHaveCountAsync(3);
        await _tour.TakeAsync(_study, "season", "#season-intros");
        await OpenEpisodeAsync(_study, 0);
        await Ines.SeeAsync("from you");
        var (from, to) = await BoundsAsync(Ines);
        var (begun, ended) = (Season.ThemeAt[0], Season.ThemeAt[0] + Season.ThemeSeconds);
        Assert.InRange(from, begun - 1.5, begun + 1.5);
        Assert.InRange(to, ended - 1.5, ended + 1.5);
        await Ines.Page.GetByRole(AriaRole.Link, new() { Name = "Everything that is known" }).ClickAsync();
        await Ines.SeeAsync("cluster 1");
        await Ines.SeeAsync("vp8");
        await _tour.TakeAsync(_study, "detected");
    }

    /// <summary>Maru, who has the same files, says by hand where the intro is; Ines reads it beside her own.</summary>
    private async Task MergeAsync()
    {
        var season = Path.Combine(_maru.Media, Season.Show);
        Directory.CreateDirectory(season);
        for (var at = 0; at < Season.ThemeAt.Length; at++)
        {
            var copy = Path.Combine(season, Season.File(at));
            File.Copy(Path.Combine(_study.Media, Season.Show, Season.File(at)), copy);
            File.SetLastWriteTimeUtc(copy, DateTime.UtcNow.AddMinutes(-10));
        }

        var key = Ines.Page.Url;
        await Ines.GoAsync(Markers);
        await Ines.PressAsync("Read what friends share");
        await Maru.GoAsync("/net");
        await Maru.FillAsync("path", season);
        await Maru.PressAsync("Open it");
        await Household.WatchFolderAsync(_maru, Season.ThemeAt.Length);
        await OpenEpisodeAsync(_maru, 0);
        await Maru.Page.Locator("summary").Filter(new() { HasText = "Say where something is" }).ClickAsync();
        var form = Maru.Page.Locator("form").Filter(new() { Has = Maru.Page.Locator("select[name=type]") });
        await form.Locator("[name=type]").SelectOptionAsync("intro");
        await form.Locator("[name=start]").FillAsync("0:06.2");
        await form.Locator("[name=end]").FillAsync("0:27.8");
        await Maru.PressAsync("Note it");
        await Maru.SeeAsync("Noted.");
        await Maru.GoAsync(Markers);
        await Maru.PressAsync("Let friends read it");
        await Maru.GoAsync("/net/editions");
        await Maru.PressAsync("Publish intro-markers");
        await Maru.SeeAsync("The first edition: 1 row came");

        await Household.UntilAsync(Ines, key, "a friend");
        var votes = Ines.Page.Locator("section[aria-label=Intro] tbody tr");
        await Assertions.Expect(votes).ToHaveCountAsync(2);
        foreach (var counted in await votes.Locator("td[data-label=Counted]").AllInnerTextsAsync())
            Assert.StartsWith("cluster 1, score ", counted);
        await Ines.SeeAsync("players skip it by themselves.");
        await _tour.TakeAsync(_study, "merged");
    }

    private async Task StarAsync()
    {
        await Ines.GoAsync("/cache");
        var row = Ines.Page.Locator("tr").Filter(new() { HasText = "S01E01" });
        await row.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("Star") }).ClickAsync();
        await Assertions.Expect(row.Locator("button[aria-pressed=true]")).ToContainTextAsync("Starred");
        await _tour.TakeAsync(_study, "starred", "section[aria-labelledby=rows-title]");
    }

    private async Task SkipAsync()
    {
        await OpenEpisodeAsync(_study, 0);
        await Ines.SeeAsync("from you and 1 friend");
        var (_, to) = await BoundsAsync(Ines);
        await Ines.PlayAsync();
        var skip = Ines.Page.Locator("#skip");
        await Assertions.Expect(skip).ToBeVisibleAsync();
        await Assertions.Expect(skip).ToContainTextAsync("Skip intro");
        await Ines.Page.EvaluateAsync("film.pause()");
        await _tour.TakeAsync(_study, "watch", "section[aria-labelledby=markers-title]");
        await Ines.PlayAsync();
        await skip.ClickAsync();
        await Ines.UntilAsync(string.Create(CultureInfo.InvariantCulture, $"film.currentTime >= {to}"));
        Assert.InRange(await Ines.Page.EvaluateAsync<double>("film.currentTime"), to, to + 10);
        await Assertions.Expect(skip).ToBeHiddenAsync();
        await Ines.Page.EvaluateAsync("film.pause()");
    }

    /// <summary>Three devices; the second has a copy of all that the first has.</summary>
    private async Task KeepTwiceAsync()
    {
        await Household.DeclareAsync(_study, "desktop", "study");
        await Household.JoinAsync(_study, _attic, "always_on", "attic");
        await Household.JoinAsync(_study, _bedroom, "always_on", "bedroom");
        await Household.WatchFolderAsync(_attic, 0);
        await MakeCopiesAsync(_attic, null);
        await Ines.GoAsync("/fleet");
        await Ines.WaitUntilLiveAsync();
        await Ines.SeeAsync($"All {Season.Count} items have the copies you asked for.");
        await Assertions.Expect(Ines.Page.Locator("#fleet-devices tbody tr")).ToHaveCountAsync(3);
        await _tour.TakeAsync(_study, "fleet", "#fleet-devices");
        await Ines.GoAsync("/fleet/custody");
        var items = Ines.Page.Locator("main tbody tr");
        await Assertions.Expect(items).ToHaveCountAsync(Season.Count);
        await Assertions.Expect(items.GetByText("counts")).ToHaveCountAsync(2 * Season.Count);
    }

    /// <summary>The attic's plug is pulled: its copies are made anew in the bedroom.</summary>
    private async Task OutliveAsync()
    {
        await Household.WatchFolderAsync(_bedroom, 0);
        await Ines.GoAsync("/mesh");
        await Ines.WaitUntilLiveAsync();
        var attic = Ines.Page.Locator("#peers tr").Filter(new() { HasText = _attic.Name });
        await Assertions.Expect(attic).ToContainTextAsync("In step");
        await _attic.Node.KillAsync();
        await Assertions.Expect(attic).ToContainTextAsync("Out of reach");
        await _tour.TakeAsync(_study, "unplugged", "#peers");

        for (var looks = 1; !await CallAtticDeadAsync(isFirst: looks == 1); looks++)
            Assert.True(looks < 5, "What is told is never what is planned.");
        await Ines.GoAsync("/fleet");
        await Ines.SeeAsync($"Of {Season.Count} items, {Season.Count} items have fewer copies than you asked for");
        await Ines.SeeAsync($"{Season.Count} copies would be made, by other devices.");
        await Ines.WaitUntilLiveAsync();
        await MakeCopiesAsync(_bedroom, "plan");
        await Ines.SeeAsync($"All {Season.Count} items have the copies you asked for.");
        // Its last word stays where it was, and grows old on the page.
        var last = Ines.Page.Locator("#fleet-devices tr").Filter(new() { HasText = _attic.Name })
            .Locator("td[data-label='Last heard']");
        await Assertions.Expect(last).ToHaveTextAsync(new Regex(@"\d"), new() { Timeout = 30_000 });
        await _tour.TakeAsync(_study, "repaired", "#fleet-devices");
        Assert.Equal(Sums(_study), Sums(_bedroom));
        await Ines.GoAsync("/fleet/custody");
        await _tour.TakeAsync(_study, "custody");
        await Assertions.Expect(Ines.Page.Locator("td[data-label=bedroom-pi]").GetByText("counts"))
            .ToHaveCountAsync(Season.Count);
    }

    /// <summary>False where what was told is not what would happen any more: then it is looked at once more.</summary>
    private async Task<bool> CallAtticDeadAsync(bool isFirst)
    {
        await Ines.GoAsync("/fleet");
        await Ines.Page.GetByRole(AriaRole.Link, new() { Name = _attic.Name }).ClickAsync();
        await Ines.PressAsync("It is dead …");
        await Ines.SeeAsync($"{Season.Count} items would fall below the floor");
        await Ines.SeeAsync(Season.File(0));
        if (isFirst) await _tour.TakeAsync(_study, "dead", "section[aria-labelledby=told-title]");
        await Ines.PressAsync("Call it dead");
        var refused = Ines.Page.Locator("#problem");
        var said = Ines.Page.Locator("#device-facts").GetByText("Dead", new() { Exact = true });
        await Assertions.Expect(said.Or(refused).First).ToBeVisibleAsync();
        if (await refused.CountAsync() == 0) return true;
        await Assertions.Expect(refused).ToContainTextAsync("plan_changed");
        return false;
    }

    /// <summary>What is dead for good is let into nothing any more, and nobody is asked to look at it.</summary>
    private async Task PartAsync()
    {
        await Ines.GoAsync("/fleet");
        await Ines.Page.GetByRole(AriaRole.Link, new() { Name = _attic.Name }).ClickAsync();
        await Ines.PressAsync("Finish what is left of parting …");
        await Ines.SeeAsync("Its key is revoked");
        await Assertions.Expect(Ines.Page.Locator("main")).Not.ToContainTextAsync("It is called dead:");
        await Fits(Ines, "fleet-gone", ColorScheme.Light);
        await Ines.Page.SetViewportSizeAsync(1280, 760);
        await Ines.PressAsync("It is gone: do all of this");
        await Ines.GoAsync("/pair");
        var row = Ines.Page.Locator("tr").Filter(new() { HasText = _attic.Name });
        await Assertions.Expect(row).ToContainTextAsync("revoked");
        await Ines.GoAsync("/mesh");
        await Ines.SeeAsync("Nothing needs you");
        await Ines.GoAsync("/fleet");
        await Ines.SeeAsync($"All {Season.Count} items have the copies you asked for.");
        await Ines.GoAsync("/health");
        await Ines.SeeAsync("This node is well");
        await Assertions.Expect(Ines.Page.Locator("main")).Not.ToContainTextAsync(_attic.Name);
    }

    /// <summary>Sees at a device's page what it is to fetch, and has it do so.</summary>
    /// <param name="picture">The name of a picture of the plan; null for none.</param>
    private async Task MakeCopiesAsync(Device device, string? picture)
    {
        var make = $"Make the {Season.Count} copies that fall to this device";
        await Household.UntilAsync(device.Person, "/fleet/plan", make);
        if (picture is not null) await _tour.TakeAsync(device, picture);
        await device.Person.PressAsync(make);
        await device.Person.SeeAsync($"{Season.Count} copies are fetched to this device.");
    }

    private static async Task OpenEpisodeAsync(Device device, int at)
    {
        await device.Person.GoAsync("/library");
        await device.Person.Page.GetByRole(AriaRole.Link, new() { Name = Season.Show }).First.ClickAsync();
        await device.Person.Page.GetByRole(AriaRole.Link, new() { Name = $"S01 E0{at + 1} of" }).ClickAsync();
        await device.Person.WaitUntilReadyAsync();
    }

    /// <summary>Where the player's page says that the intro is, in seconds.</summary>
    private static async Task<(double From, double To)> BoundsAsync(Person person)
    {
        var intro = person.Page.Locator(".markers li[data-skip='Skip intro']");
        return (await SecondsAsync("data-from"), await SecondsAsync("data-to"));

        async Task<double> SecondsAsync(string attribute) =>
            int.Parse((await intro.GetAttributeAsync(attribute))!, CultureInfo.InvariantCulture) / 1000.0;
    }

    /// <summary>The sums of all films on a device's disk.</summary>
    private static List<string> Sums(Device device) =>
    [
        .. Directory.EnumerateFiles(device.Media, "*.webm", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/.anarchive/", StringComparison.Ordinal))
            .Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))))
            .Order(StringComparer.Ordinal),
    ];
}
