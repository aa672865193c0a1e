using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>Somebody makes a node their own, leaves, comes back, and lets a program in.</summary>
public sealed class AccessJourney : Journey
{
    private const string Right = "harbour lights at noon";

    [Theory]
    [InlineData(true, ColorScheme.Light)]
    [InlineData(false, ColorScheme.Dark)]
    public async Task The_owner_sets_a_passphrase_signs_out_and_comes_back(bool script, ColorScheme scheme)
    {
        await using var node = await RunningNode.StartAsync();
        var owner = await At(node, script, scheme);
        await owner.GoAsync("/settings");
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Passphrase, browsers and programs" }).ClickAsync();
        await owner.SeeAsync("No passphrase is set");
        await Set(owner, Right, "harbour lights at moon");
        await owner.SeeAsync("passphrases_differ");
        await Fits(owner, "access-refused", scheme);
        await Set(owner, Right, Right);
        await owner.SeeAsync("this one");
        await Fits(owner, "access-owner", scheme);

        var program = await ProgramAsync(owner, scheme);
        var feed = await owner.Context.APIRequest.GetAsync(
            node.Url + "/api/v1/feed", new() { Headers = [new("Authorization", "Bearer " + program)] });
        Assert.Equal(200, feed.Status);

        await owner.GoAsync("/mesh");
        await owner.GoAsync("/settings");
        await owner.PressAsync("Sign out");
        await owner.ArriveAsync("/sign-in");
        await owner.GoAsync("/mesh?x=1");
        await owner.ArriveAsync("/sign-in\\?to=%2Fmesh%3Fx%3D1");
        await Assertions.Expect(owner.Page.Locator("nav.sections")).ToHaveCountAsync(0);
        await owner.FillAsync("passphrase", "something else entirely");
        await owner.PressAsync("Sign in");
        await owner.SeeAsync("wrong_passphrase");
        await Assertions.Expect(owner.Page.Locator("[name=passphrase]")).ToHaveValueAsync("");
        await Fits(owner, "sign-in", scheme);
        // By keyboard alone: the field is where one begins.
        await owner.Page.Keyboard.TypeAsync(Right);
        await owner.Page.Keyboard.PressAsync("Enter");
        await owner.ArriveAsync("/mesh\\?x=1");
        Assert.Empty(owner.Alarms);
    }

    [Theory]
    [InlineData(true, ColorScheme.Light)]
    [InlineData(false, ColorScheme.Dark)]
    public async Task The_first_run_leads_from_a_name_to_a_passphrase_the_key_and_back_in(
        bool script, ColorScheme scheme)
    {
        await using var node = await RunningNode.StartAsync();
        var owner = await At(node, script, scheme);
        await owner.GoAsync("/");
        await owner.ArriveAsync("/welcome");
        await Fits(owner, "welcome-name", scheme);
        await owner.FillAsync("name", "attic-nas");
        await owner.FillAsync("you", "Ines");
        await owner.PressAsync("Save and go on");
        await owner.ArriveAsync("/welcome/passphrase");
        await Fits(owner, "welcome-passphrase", scheme);
        await owner.FillAsync("passphrase", Right);
        await owner.FillAsync("again", Right);
        await owner.PressAsync("Set it and go on");
        await owner.ArriveAsync("/welcome/key");
        await Fits(owner, "welcome-key", scheme);
        await owner.FillAsync("present", Right);
        var saved = await owner.Page.RunAndWaitForDownloadAsync(() => owner.PressAsync("Save the recovery file"));
        Assert.Equal("anarchive-recovery-attic-nas.key", saved.SuggestedFilename);
        var file = await File.ReadAllTextAsync(await saved.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Contains("statements", file, StringComparison.Ordinal);
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Go on", Exact = true }).ClickAsync();
        await owner.ArriveAsync("/welcome/fleet");
        await Fits(owner, "welcome-fleet", scheme);
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Go on with a new node" }).ClickAsync();
        await owner.ArriveAsync("/welcome/peer");
        await Fits(owner, "welcome-peer", scheme);
        await owner.PressAsync("Done: to my node");
        await owner.SeeAsync("attic-nas");
        await owner.GoAsync("/settings");
        await owner.PressAsync("Sign out");
        await owner.ArriveAsync("/sign-in");
        await owner.FillAsync("passphrase", Right);
        await owner.PressAsync("Sign in");
        await owner.SeeAsync("Your node is running");
        Assert.Empty(owner.Alarms);
    }

    [Fact]
    public async Task An_open_page_that_is_signed_out_elsewhere_asks_to_sign_in()
    {
        await using var node = await RunningNode.StartAsync();
        var owner = await At(node, script: true, ColorScheme.Light);
        await owner.GoAsync("/settings/access");
        await Set(owner, Right, Right);
        await owner.SeeAsync("this one");
        await owner.GoAsync("/mesh");
        await owner.WaitUntilLiveAsync();
        await node.RunAsync("access", "reset");
        await node.RunAsync("status");
        // There is no owner now, so its socket opens again and the page stays.
        await owner.WaitUntilLiveAsync();
        await owner.GoAsync("/settings/access");
        await Set(owner, Right, Right);
        await owner.SeeAsync("this one");
        var other = await At(node, script: true, ColorScheme.Light);
        await other.GoAsync("/sign-in?to=/mesh");
        await other.FillAsync("passphrase", Right);
        await other.PressAsync("Sign in");
        await other.WaitUntilLiveAsync();
        await owner.GoAsync("/settings/access");
        await owner.PressAsync("Sign out all others");
        await other.ArriveAsync("/sign-in\\?to=%2Fmesh");
    }

    [Fact]
    public async Task A_setup_link_makes_its_browser_the_owner_and_then_says_when_it_was_used()
    {
        await using var node = await RunningNode.StartAsync();
        using var made = JsonDocument.Parse(await node.RunAsync("setup-link", "--json"));
        var link = new Uri(made.RootElement.GetProperty("links")[0].GetString()!).AbsolutePath;
        var owner = await At(node, script: false, ColorScheme.Dark);
        await owner.GoAsync(link);
        await Fits(owner, "setup", ColorScheme.Dark);
        await Set(owner, Right, Right);
        await owner.GoAsync("/settings/access");
        await owner.SeeAsync("this one");
        var late = await At(node, script: true, ColorScheme.Light);
        await late.GoAsync(link);
        await late.SeeAsync("It was used at");
        await Fits(late, "setup-used", ColorScheme.Light);
    }

    private async Task<Person> At(RunningNode node, bool script, ColorScheme scheme) =>
        await Person.AtAsync(Browser, node, new()
        {
            JavaScriptEnabled = script,
            ColorScheme = scheme,
            ViewportSize = new() { Width = 1200, Height = 900 },
            ReducedMotion = ReducedMotion.Reduce,
        });

    private static async Task Set(Person person, string passphrase, string again)
    {
        await person.FillAsync("passphrase", passphrase);
        await person.FillAsync("again", again);
        await person.PressAsync("Set it and sign in");
    }

    private static async Task<string> ProgramAsync(Person owner, ColorScheme scheme)
    {
        await owner.FillAsync("name", "television");
        await owner.Page.GetByLabel("read: what members read").CheckAsync();
        await owner.PressAsync("Make a token");
        var text = await owner.Page.Locator("#token").InputValueAsync();
        await Fits(owner, "access-token", scheme);
        await owner.GoAsync("/settings/access");
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Revoke television" }).ClickAsync();
        await Fits(owner, "access-revoke", scheme);
        return text;
    }
}
