using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>The intros of a season: found on a phone without a script, seen on a desktop, and taken back.</summary>
public sealed class SeasonJourney : Journey
{
    [Fact]
    public async Task A_season_is_listened_to_without_a_script_and_another_screen_sees_it()
    {
        await using var study = await Household.StartAsync(Browser, "study-pc");
        var season = await Season.MakeAsync(study.Media);
        await Household.WatchFolderAsync(study, Season.Count);
        var large = await Person.AtAsync(
            Browser, study.Node, new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        await large.GoAsync("/library");
        await large.Page.GetByRole(AriaRole.Link, new() { Name = Season.Show }).First.ClickAsync();
        await large.SeeAsync("Their folder is not open to Net");
        await Shot(large, "season-closed-1440");
        await study.Node.RunAsync("net", "folder", "add", season);
        var address = new Uri(large.Page.Url).PathAndQuery;
        await large.GoAsync(address);
        await large.WaitUntilLiveAsync();
        Assert.Empty(await Axe.ViolationsAsync(large.Page));
        await Shot(large, "season-before-1440");

        var phone = await Person.AtAsync(
            Browser, study.Node,
            new() { ViewportSize = new() { Width = 390, Height = 844 }, JavaScriptEnabled = false });
        await phone.GoAsync(address);
        await Shot(phone, "season-before-390");
        var beside = await Person.AtAsync(
            Browser, study.Node, new() { ViewportSize = new() { Width = 1440, Height = 900 } });
        await phone.PressAsync("Find intros");
        await Shot(phone, "season-running-390");
        await beside.GoAsync("/activity");
        await Shot(beside, "season-activity-1440");
        // Without a script whoever wants to know asks; the other screen is told.
        await large.SeeAsync("An intro was found in all 3 episodes.");
        await phone.Page.GetByRole(AriaRole.Link, new() { Name = "See how far it is" }).ClickAsync();
        await phone.SeeAsync("An intro was found in all 3 episodes.");
        await Assertions.Expect(large.Page.Locator(".files").GetByText("intro from you")).ToHaveCountAsync(3);
        await phone.Page.Locator("summary").Filter(new() { HasText = "Take back what was found" }).ClickAsync();
        await Shot(phone, "season-found-390");
        await large.Page.Locator("summary").Filter(new() { HasText = "Take back what was found" }).ClickAsync();
        Assert.Empty(await Axe.ViolationsAsync(large.Page));
        await Shot(large, "season-found-1440");
        await phone.Page.Locator("button[value=undo]").ClickAsync();
        await phone.SeeAsync("No intro is known of the 3 episodes that are here.");
        await large.GoAsync(address);
        await large.SeeAsync("No intro is known of the 3 episodes that are here.");
        Assert.Empty(large.Alarms.Concat(phone.Alarms));
    }
}
