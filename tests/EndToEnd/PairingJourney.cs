using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>Two people who let each other in, each at a browser of their own.</summary>
public sealed class PairingJourney : Journey
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Equal_words_make_friends_with_and_without_script(bool script)
    {
        await using var first = await RunningNode.StartAsync();
        await using var second = await RunningNode.StartAsync();
        var ines = await Person.AtAsync(Browser, first, new() { JavaScriptEnabled = script });
        var maru = await Person.AtAsync(Browser, second, new() { JavaScriptEnabled = script });
        await ines.GoAsync("/pair");
        await ines.PressAsync("A friend");
        await ines.SeeAsync("Send this to one person");
        if (script) Assert.Empty(await Axe.ViolationsAsync(ines.Page));
        await Shot(ines, "pair-offer");
        var text = await ines.Page.Locator("#pairing-text").InputValueAsync();

        await maru.GoAsync("/pair");
        await maru.FillAsync("text", text);
        await maru.PressAsync("Ask to be let in");
        var words = await maru.Page.Locator(".words").InnerTextAsync();
        await Shot(maru, "pair-ask");
        // Either page finds out by itself what the other did.
        await ines.SeeAsync("asks to be let in");
        Assert.Equal(words, await ines.Page.Locator(".words").InnerTextAsync());
        if (script) Assert.Empty(await Axe.ViolationsAsync(ines.Page));
        await Shot(ines, "pair-words");
        await ines.PressAsync("They match");
        await ines.SeeAsync("is let in");
        if (script) Assert.Empty(await Axe.ViolationsAsync(maru.Page));
        await maru.PressAsync("They match");
        await maru.SeeAsync("Let in as friend");

        await ines.GoAsync("/pair");
        await ines.Page.GetByRole(AriaRole.Link, new() { Name = "Revoke" }).ClickAsync();
        await ines.SeeAsync("You are no longer friends");
        await Shot(ines, "pair-revoke");
        await ines.PressAsync("Revoke");
        await ines.SeeAsync("revoked");
    }

    [Fact]
    public async Task Words_that_differ_share_nothing()
    {
        await using var first = await RunningNode.StartAsync();
        await using var second = await RunningNode.StartAsync();
        var ines = await Person.AtAsync(Browser, first);
        var maru = await Person.AtAsync(Browser, second);
        await ines.GoAsync("/pair");
        await ines.PressAsync("A device of mine");
        var text = await ines.Page.Locator("#pairing-text").InputValueAsync();
        await maru.GoAsync("/pair");
        await maru.FillAsync("text", text[..^3]);
        await maru.PressAsync("Ask to be let in");
        await maru.SeeAsync("invite_damaged");
        // Whoever left the page finds the way back to it.
        await ines.GoAsync("/pair");
        await ines.SeeAsync("nobody came with it yet");
        await maru.FillAsync("text", text);
        await maru.PressAsync("Ask to be let in");
        await maru.GoAsync("/pair");
        await maru.SeeAsync("A text that I was sent");
        Assert.Empty(await Axe.ViolationsAsync(maru.Page));
        await maru.Page.GetByRole(AriaRole.Link, new() { Name = "Compare the words" }).ClickAsync();
        await ines.GoAsync("/mesh");
        await ines.SeeAsync("It asks to be let in.");
        await ines.Page.GetByRole(AriaRole.Link, new() { Name = "Compare the words" }).ClickAsync();
        await Shot(ines, "pair-waiting");
        await ines.Page.GetByRole(AriaRole.Link, new() { Name = "Compare the words" }).ClickAsync();
        await ines.SeeAsync("asks to be let in");
        await ines.PressAsync("The words differ");
        await ines.SeeAsync("Turned away");
        await maru.SeeAsync("Nothing was shared");
        await maru.GoAsync("/pair");
        await maru.SeeAsync("Nobody yet.");
    }
}
