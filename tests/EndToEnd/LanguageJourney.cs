using System.Net;
using System.Net.Http.Json;
using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>A household that reads German.</summary>
public sealed class LanguageJourney : Journey
{
    [Fact]
    public async Task A_browser_that_asks_for_German_gets_it_live_parts_and_refusals_too()
    {
        await using var node = await RunningNode.StartAsync();
        var reader = await Person.AtAsync(Browser, node, new() { Locale = "de-DE" });
        var writer = await Person.AtAsync(Browser, node);
        await writer.FoundHiveAsync("slow-cinema", "Slow cinema");
        await reader.GoAsync("/h/slow-cinema");
        await Assertions.Expect(reader.Page.Locator("html")).ToHaveAttributeAsync("lang", "de");
        await reader.SeeAsync("Einstellungen");
        await reader.WaitUntilLiveAsync();
        await writer.PostAsync("slow-cinema", "Which scanner?", "One that is quiet.");
        await reader.SeeAsync("1 Beitrag");
        await reader.SeeAsync("Which scanner?");
        await Assertions.Expect(writer.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await Shot(reader, "hive-in-german");

        await reader.GoAsync("/hives/new");
        await reader.FillAsync("name", "slow-cinema");
        await reader.FillAsync("title", "Noch eines");
        await reader.Page.Locator("main form button.primary").ClickAsync();
        var refusal = reader.Page.Locator(".problem");
        await Assertions.Expect(refusal).ToContainTextAsync("name_taken");
        await Assertions.Expect(refusal).ToContainTextAsync("Hive");
        await Assertions.Expect(refusal).Not.ToContainTextAsync("already");
        Assert.Empty(reader.Alarms);
    }

    [Fact]
    public async Task The_language_chosen_in_the_settings_is_kept_for_this_browser_without_script_too()
    {
        await using var node = await RunningNode.StartAsync();
        var person = await Person.AtAsync(Browser, node, new() { JavaScriptEnabled = false });
        await person.GoAsync("/settings");
        await person.Page.Locator("[name=language]").SelectOptionAsync("de");
        await person.PressAsync("Save for this browser");
        await person.SeeAsync("Einstellungen");
        await person.GoAsync("/health");
        await Assertions.Expect(person.Page.Locator("h1")).ToHaveTextAsync("Zustand");
        await person.GoAsync("/settings");
        await person.Page.Locator("[name=language]").SelectOptionAsync("en");
        await person.Page.Locator("form[action='/settings/look'] button").ClickAsync();
        await person.SeeAsync("Save for this browser");
    }

    [Fact]
    public async Task Programs_get_English_whatever_they_ask_for()
    {
        await using var node = await RunningNode.StartAsync();
        using var api = node.OpenApi();
        api.DefaultRequestHeaders.AcceptLanguage.ParseAdd("de");
        using var answer = await api.GetAsync("hives/nowhere", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<Dictionary<string, object>>(
            TestContext.Current.CancellationToken);
        Assert.StartsWith("There is no such", problem!["title"].ToString(), StringComparison.Ordinal);
    }
}
