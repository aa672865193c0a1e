using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>What comes to an open page puts no other act under the focus of whoever is about to press one.</summary>
public sealed class LivePatching : Journey
{
    private const string Focused = "(document.activeElement.value ?? '') + ' ' + document.activeElement.textContent";

    [Fact]
    public async Task Another_act_takes_no_focus_and_the_same_one_keeps_it()
    {
        await using var node = await RunningNode.StartAsync();
        var person = await Person.AtAsync(Browser, node);
        await person.GoAsync("/cache");
        await person.WaitUntilReadyAsync();
        await person.Page.EvaluateAsync(
            "document.querySelector('main').insertAdjacentHTML('beforeend', '<div id=\"probe\"></div>')");

        // A section that appears before the one in which somebody stands, with ids and without.
        await ReceiveAsync(person, Section("restore", "id", "12 rows"));
        await FocusAsync(person, "restore");
        await ReceiveAsync(person, Section("cull", "id", "2 rows") + Section("restore", "id", "13 rows"));
        Assert.Equal("restore 13 rows", await person.Page.EvaluateAsync<string>(Focused));
        await ReceiveAsync(person, Section("restore", "class", "12 rows"));
        await FocusAsync(person, "restore");
        await ReceiveAsync(person, Section("cull", "class", "2 rows") + Section("restore", "class", "13 rows"));
        Assert.Equal("restore 13 rows", await person.Page.EvaluateAsync<string>(Focused));

        // An act instead of another at the same place.
        await ReceiveAsync(person, "<p>" + Button("find", "Find") + "</p>");
        await FocusAsync(person, "find");
        await ReceiveAsync(person, "<p>" + Button("stop", "Stop") + "</p>");
        Assert.Equal(1, await person.Page.Locator("#probe button").CountAsync());
        Assert.True(await person.Page.EvaluateAsync<bool>("document.activeElement === document.body"));

        // A switch that somebody else turned is the one that it was.
        await ReceiveAsync(person, "<p>" + Button("star", "Star", "data-key='star'") + "</p>");
        await FocusAsync(person, "star");
        await ReceiveAsync(person, "<p>" + Button("unstar", "Starred", "data-key='star'") + "</p>");
        Assert.Equal("unstar Starred", await person.Page.EvaluateAsync<string>(Focused));
        Assert.Empty(person.Alarms);
    }

    private static string Section(string act, string called, string text) =>
        $"<section {called}='{act}' aria-labelledby='{act}-title'><h2>{act}</h2><p>{Button(act, text)}</p></section>";

    private static string Button(string act, string text, string more = "") =>
        $"<button form='act' formaction='/cache' name='do' value='{act}' {more}>{text}</button>";

    private static async Task ReceiveAsync(Person person, string html) =>
        await person.Page.EvaluateAsync("html => receive('probe', html)", $"<div id='probe'>{html}</div>");

    private static async Task FocusAsync(Person person, string act) =>
        await person.Page.Locator($"#probe button[value={act}]").FocusAsync();
}
