using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>A machine broke: its node comes back on another one, from its backup and in the browser alone.</summary>
public sealed class RestoreJourney : Journey
{
    private const string Right = "harbour lights at noon";
    private const string OfFile = "correct horse battery";

    [Theory]
    [InlineData(true, ColorScheme.Light)]
    [InlineData(false, ColorScheme.Dark)]
    public async Task A_backup_is_restored_in_the_first_run_of_another_node(bool script, ColorScheme scheme)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("anarchive-backup-").FullName, "attic.backup");
        await using (var lost = await RunningNode.StartAsync()) await BackUpAsync(lost, file);
        await using var fresh = await RunningNode.StartAsync();
        var person = await Person.AtAsync(Browser, fresh, new()
        {
            JavaScriptEnabled = script,
            ColorScheme = scheme,
            ViewportSize = new() { Width = 1200, Height = 900 },
            ReducedMotion = ReducedMotion.Reduce,
        });
        await person.GoAsync("/");
        await person.ArriveAsync("/welcome");
        await person.FillAsync("name", "cellar-nas");
        await person.PressAsync("Save and go on");
        await person.ArriveAsync("/welcome/passphrase");
        await person.GoAsync("/welcome/fleet");
        await Fits(person, "restore-empty", scheme);

        await person.Page.Locator("[name=file]").SetInputFilesAsync(file);
        await person.FillAsync("passphrase", "wrong horse battery");
        await person.PressAsync("See what is in it");
        await person.SeeAsync("wrong_passphrase");
        await Fits(person, "restore-wrong", scheme);
        await person.GoAsync("/");
        await person.ArriveAsync("/welcome");

        // The file is here already: only its passphrase is asked for again.
        await person.GoAsync("/welcome/fleet");
        await person.FillAsync("passphrase", OfFile);
        await person.PressAsync("See what is in it");
        await person.SeeAsync("The backup is whole.");
        await person.SeeAsync("attic-nas");
        await person.SeeAsync("cinema");
        await Fits(person, "restore-found", scheme);
        await person.PressAsync("Restore it");
        await person.SeeAsync("Your node is being put back");
        await Shot(person, "restore-going-" + scheme);
        await person.SeeAsync("Your node is back");
        await Fits(person, "restore-back", scheme);

        await person.Page.GetByRole(AriaRole.Link, new() { Name = "To my node" }).ClickAsync();
        await person.GoAsync("/h/cinema");
        await person.SeeAsync("Restoring a 16 mm splicer");
        await Shot(person, "restore-hive-" + scheme);
        // It writes on, under an incarnation of its own.
        await person.PostAsync("cinema", "Back again", "With everything.");
        await person.SeeAsync("Back again");

        await person.GoAsync("/welcome");
        await Assertions.Expect(person.Page.Locator("[name=name]")).ToHaveValueAsync("cellar-nas");
        await person.GoAsync("/welcome/fleet");
        await person.SeeAsync("a running node is never overwritten");
        Assert.Empty(person.Alarms);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    /// <summary>Somebody founds a hive, writes, and downloads a backup at its page.</summary>
    private async Task BackUpAsync(RunningNode node, string file)
    {
        var owner = await Person.AtAsync(Browser, node);
        await owner.GoAsync("/welcome");
        await owner.FillAsync("name", "attic-nas");
        await owner.FillAsync("you", "Ines");
        await owner.PressAsync("Save and go on");
        await owner.ArriveAsync("/welcome/passphrase");
        await owner.FillAsync("passphrase", Right);
        await owner.FillAsync("again", Right);
        await owner.PressAsync("Set it and go on");
        await owner.ArriveAsync("/welcome/key");
        await WriteWordsDownAsync(owner);
        await owner.FoundHiveAsync("cinema", "Slow cinema");
        await owner.PostAsync("cinema", "Restoring a 16 mm splicer", "With pictures.");
        await owner.GoAsync("/backup");
        await owner.FillAsync("present", Right);
        await owner.FillAsync("passphrase", OfFile);
        await owner.FillAsync("again", OfFile);
        var saved = await owner.Page.RunAndWaitForDownloadAsync(() => owner.PressAsync("Download the backup"));
        await saved.SaveAsAsync(file);
        Assert.Empty(owner.Alarms);
    }

    private static async Task WriteWordsDownAsync(Person owner)
    {
        await owner.FillAsync("present", Right);
        await owner.PressAsync("Show it as 24 words");
        var words = await owner.Page.Locator(".key-words code").AllInnerTextsAsync();
        Assert.Equal(24, words.Count);
        await Fits(owner, "words-shown", ColorScheme.Light);
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "I wrote them down" }).ClickAsync();
        await Fits(owner, "words-asked", ColorScheme.Light);
        foreach (var label in await owner.Page.Locator("form.fields label").AllInnerTextsAsync())
        {
            var place = label.Trim();
            var at = int.Parse(place["Word ".Length..], System.Globalization.CultureInfo.InvariantCulture);
            await owner.Page.GetByLabel(place, new() { Exact = true }).FillAsync(words[at - 1]);
        }

        await owner.PressAsync("Check");
        await owner.SeeAsync("A copy of it was made.");
        await owner.Page.GetByRole(AriaRole.Link, new() { Name = "Go on with the first run" }).ClickAsync();
        await owner.ArriveAsync("/welcome/fleet");
    }
}
