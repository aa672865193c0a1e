using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>What people see of editions and subscriptions.</summary>
public sealed class NetJourney : Journey
{
    private const string Markers = "intro-markers";

    private const string Hostile = "<img src=x onerror=alert(1)> \u202eeman wwwwwwwwwwwwwwwwwwwwwwww";

    [Fact]
    public async Task A_friend_reads_an_edition_stays_with_it_and_sees_what_changed()
    {
        await using var first = await RunningNode.StartAsync(("Name", Hostile), ("Peers__HeartbeatSeconds", "1"));
        await using var second = await RunningNode.StartAsync(("Peers__HeartbeatSeconds", "1"));
        var file = await OpenAsync(first);
        var ines = await Person.AtAsync(Browser, first);
        var maru = await Person.AtAsync(Browser, second, new() { ColorScheme = ColorScheme.Dark });
        await PairAsync(ines, maru);
        await maru.GoAsync("/net/subscriptions");
        await maru.PressAsync($"Read what friends share {Markers}");
        await maru.SeeAsync("You read 1 part of friends");

        await ines.GoAsync("/net/editions");
        await ines.SeeAsync("No edition yet.");
        await PublishAsync(ines, first, file, "intro", "The first edition: 1 row came, 0 rows went.");
        await PublishAsync(ines, first, file, "outro", "Since edition 1: 1 row came, 0 rows went.");
        await LookAsync(ines, "net-edition");

        await Assertions.Expect(maru.Page.Locator("main")).ToBeVisibleAsync();
        await UntilAsync(maru, "/net/editions", "2 editions are in use.", "1 edition is in use.");
        await maru.SeeAsync("The newest that is here; what your friend said since counts as well.");
        await LookAsync(maru, "net-editions");
        await maru.Page.Locator("main td a.open").First.ClickAsync();
        await maru.SeeAsync("Since edition 1: 1 row came");
        await maru.Page.Locator("td[data-label=About] a").First.ClickAsync();
        await maru.SeeAsync("What is known of a file");

        await maru.GoAsync("/net/subscriptions");
        await maru.FillAsync("edition", "1");
        await maru.PressAsync("Stay with it");
        await maru.SeeAsync("stays with 1; the newest is 2");
        await LookAsync(maru, "net-subscriptions");
        await UntilAsync(maru, "/net/editions", "You stay with edition 1.", "You stay with this one.");
        Assert.Empty(ines.Alarms.Concat(maru.Alarms));
    }

    [Fact]
    public async Task Without_script_it_is_published_taken_back_and_refused_in_the_same_way()
    {
        await using var node = await RunningNode.StartAsync();
        var file = await OpenAsync(node);
        var person = await Person.AtAsync(Browser, node, new()
        {
            JavaScriptEnabled = false,
            ViewportSize = new() { Width = 390, Height = 900 },
        });
        await person.GoAsync("/net");
        await person.Page.GetByRole(AriaRole.Link, new() { Name = "Editions" }).ClickAsync();
        await person.PressAsync("Publish grouping");
        await person.SeeAsync("nothing_to_publish");
        await PublishAsync(person, node, file, "intro", "The first edition: 1 row came, 0 rows went.");
        var edition = new Uri(person.Page.Url).AbsolutePath;
        await person.Page.Locator("td[data-label=About] a").First.ClickAsync();
        await person.Page.GetByRole(AriaRole.Button, new() { Name = "Take back" }).ClickAsync();
        await person.GoAsync(edition);
        await person.SeeAsync("are not here any more");

        await person.GoAsync("/net/subscriptions");
        await person.PressAsync($"Let nobody read it {Markers}");
        await person.SeeAsync("friends may read no part of yours.");
        await person.PressAsync($"Read what friends share {Markers}");
        await person.FillAsync("edition", "the last");
        await person.PressAsync("Stay with it");
        await person.SeeAsync("bad_subscription");
        await person.FillAsync("edition", "3");
        await person.PressAsync("Stay with it");
        await person.SeeAsync("stays with 3");
        await person.PressAsync("Follow the latest");
        await person.SeeAsync("the latest");
        await person.PressAsync($"Read it no longer {Markers}");
        await person.SeeAsync("You read no part of friends");
        await person.FillAsync("aggregator", "nobody");
        await person.PressAsync("Read totals of signal");
        await person.SeeAsync("which begins with an1");
        using var key = JsonDocument.Parse(await node.RunAsync("key", "show", "--json"));
        await person.FillAsync("aggregator", key.RootElement.GetProperty("instanceId").GetString()!);
        await person.FillAsync("k", "4");
        await person.PressAsync("Read totals of signal");
        await person.SeeAsync("k is at least 5");
        await person.FillAsync("k", "5");
        await person.PressAsync("Read totals of signal");
        await person.SeeAsync("Counted by");
        await Shot(person, "net-subscriptions-totals");
        await person.PressAsync("Read it no longer signal");
        await person.SeeAsync("Nothing. An aggregator's owner");
        foreach (var nowhere in new[] { edition + "9", "/net/editions/x/1", "/net/editions?part=x" })
        {
            var answer = await person.Page.GotoAsync(nowhere);
            Assert.Equal(nowhere.Contains('?') ? 400 : 404, answer!.Status);
        }
    }

    private static async Task PublishAsync(Person person, RunningNode node, string file, string type, string changed)
    {
        await node.RunAsync("net", "observe", file, "--type", type, "--start", "0:02", "--end", "0:14");
        await person.GoAsync("/net/editions");
        await person.PressAsync($"Publish {Markers}");
        await person.SeeAsync(changed);
    }

    /// <summary>Pictures on a desk and on a phone, and what axe says.</summary>
    private static async Task LookAsync(Person person, string name)
    {
        Assert.Empty(await Axe.ViolationsAsync(person.Page));
        await Shot(person, name);
        await person.Page.SetViewportSizeAsync(390, 900);
        var over = await person.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
        Assert.True(over <= 0, $"{name}: {over} px wider than a phone.");
        await Shot(person, name + "-390");
        await person.Page.SetViewportSizeAsync(1280, 720);
    }

    /// <summary>Reads a page anew until it says one of these: what it waits for happens on two nodes.</summary>
    private static async Task UntilAsync(Person person, string path, params string[] said)
    {
        for (var look = 0; look < 120; look++)
        {
            await person.GoAsync(path);
            var text = await person.Page.Locator("main").InnerTextAsync();
            if (said.Any(text.Contains)) return;
            await person.Page.WaitForTimeoutAsync(500);
        }

        Assert.Fail($"{path} does not say: {string.Join(" or ", said)}");
    }

    private static async Task PairAsync(Person first, Person second)
    {
        await first.GoAsync("/pair");
        await first.PressAsync("A friend");
        var text = await first.Page.Locator("#pairing-text").InputValueAsync();
        await second.GoAsync("/pair");
        await second.FillAsync("text", text);
        await second.PressAsync("Ask to be let in");
        await first.SeeAsync("asks to be let in");
        await first.PressAsync("They match");
        await first.SeeAsync("is let in");
        await second.PressAsync("They match");
        await second.SeeAsync("Let in as friend");
    }

    /// <summary>A folder that is open to Net, and half a minute of sound in it.</summary>
    private static async Task<string> OpenAsync(RunningNode node)
    {
        if (!File.Exists("/usr/bin/ffprobe"))
        {
            const string Sentence = "SKIPPED: the ffmpeg package is missing, so the node can look at no file.";
            if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(Sentence);
            Assert.Skip(Sentence);
        }

        var folder = Directory.CreateDirectory(Path.Combine(node.Folder, "media")).FullName;
        var file = Path.Combine(folder, "episode.wav");
        await File.WriteAllBytesAsync(file, Sound(30), TestContext.Current.CancellationToken);
        await node.RunAsync("net", "folder", "add", folder);
        return file;
    }

    /// <summary>A WAV file of 8-bit samples, 8,000 a second.</summary>
    private static byte[] Sound(int seconds)
    {
        const int Rate = 8_000;
        using var bytes = new MemoryStream();
        using (var wav = new BinaryWriter(bytes))
        {
            wav.Write("RIFF"u8);
            wav.Write(36 + seconds * Rate);
            wav.Write("WAVEfmt "u8);
            wav.Write(16);
            wav.Write((short)1);
            wav.Write((short)1);
            wav.Write(Rate);
            wav.Write(Rate);
            wav.Write((short)1);
            wav.Write((short)8);
            wav.Write("data"u8);
            wav.Write(seconds * Rate);
            for (var at = 0; at < seconds * Rate; at++) wav.Write((byte)(at * 31 % 251));
        }

        return bytes.ToArray();
    }
}
