using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>Rules that hold for each page: accessible in both themes, no sideways scroll on a phone.</summary>
public sealed class EveryPage : Journey
{
    /// <summary>A node that there is not, at an address that leads nowhere.</summary>
    private const string Peer = "an1aqvlqa46hu75fxuynovrrjzqrwpsl73uxb7uahywaoeaiyp6krlqwk5o";

    private static readonly string[] Absent = ["watch-nowhere", "not-here"];

    private RunningNode? _node;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _node = await RunningNode.StartAsync(("Styleguide", "true"));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_node is not null) await _node.DisposeAsync();
    }

    [Fact]
    public async Task Is_accessible_in_light_and_dark_and_fits_a_phone()
    {
        var empty = await VisitAsync(
            1440, [("mesh-empty", "/mesh"), ("fleet-empty", "/fleet"), ("library-empty", "/library")]);
        var pages = await FurnishAsync();
        var visits = await Task.WhenAll(
            VisitAsync(1440, pages), VisitAsync(390, pages), VisitInPseudoLocaleAsync(pages));
        List<string> faults = [.. empty, .. visits.SelectMany(visit => visit)];
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    private async Task<(string Name, string Path)[]> FurnishAsync()
    {
        var person = await Person.AtAsync(Browser, _node!);
        await person.FoundHiveAsync("slow-cinema", "Slow cinema");
        await person.PostAsync("slow-cinema", "Restoring a 16 mm splicer", "The blade guide was **bent**.");
        var thread = await person.PostAsync(
            "slow-cinema", "Which scanner? " + new string('w', 120),
            $"See <https://a.example/{new string('x', 200)}>\n\n```\n{new string('y', 200)}\n```\n\n> quoted");
        await person.FillAsync("content", "A reply with a list:\n\n1. one\n2. two");
        await person.PressAsync("Reply");
        await person.SeeAsync("A reply with a list:");
        var link = person.Page.Locator(".comment").First.GetByRole(AriaRole.Link, new() { Name = "Link" });
        var comment = await link.GetAttributeAsync("href");
        var device = await FurnishFleetAsync();
        var item = await FurnishVolumeAsync();
        await person.GoAsync("/library");
        var season = await person.Page.GetByRole(AriaRole.Link, new() { Name = "Salt and Wire" }).First
            .GetAttributeAsync("href");
        await _node!.RunAsync("hive", "settings", "slow-cinema", "--set", "description=Films, and what they run on");
        await _node.RunAsync("peer", "add", "https://127.0.0.1:9", Peer);
        return
        [
            .. new Furnished("slow-cinema", thread, comment!, device, item).Pages, ("peer", "/mesh/" + Peer),
            ("season", season!),
        ];
    }

    /// <summary>Two devices, a source and a duty that cannot be followed; the device without a node.</summary>
    private async Task<string> FurnishFleetAsync()
    {
        await _node!.RunAsync("fleet", "device", "declare", "--class", "always_on", "--name", "attic-nas");
        var declared = await _node.RunAsync(
            "fleet", "device", "declare", "--other", "--class", "archive", "--zone", "the far cellar", "--offsite",
            "--name", "A disk on a shelf with a name of nearly sixty-four characters", "--json");
        await _node.RunAsync("fleet", "source", "set", "films", "tracker.example", "--kind", "private");
        await _node.RunAsync("fleet", "duty", "set", "research", "fleet", "--device", "attic-nas");
        using var answer = JsonDocument.Parse(declared);
        return answer.RootElement.GetProperty("device").GetString()!;
    }

    /// <summary>A volume with films and episodes, one of them with a long name, and a star on one; that one.</summary>
    private async Task<string> FurnishVolumeAsync()
    {
        var disk = Path.Combine(_node!.Folder, "disk");
        Directory.CreateDirectory(Path.Combine(disk, "films"));
        string[] names =
        [
            "Night Ferries.mkv", "Orchard.mkv", new string('w', 120) + ".mkv", "Salt and Wire S01E01.mkv",
            "Salt and Wire S01E02.mkv",
        ];
        foreach (var (at, name) in names.Index())
        {
            var file = Path.Combine(disk, "films", name);
            byte[] bytes = [.. Enumerable.Range(0, 90_000).Select(n => (byte)(n + at))];
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-10));
        }

        var added = await _node.RunAsync(
            "fleet", "volume", "add", disk, "--name", "disks", "--reserve", "0", "--json");
        using var volumes = JsonDocument.Parse(added);
        var volume = volumes.RootElement.GetProperty("volumes")[0].GetProperty("volume").GetString()!;
        await _node.RunAsync("fleet", "volume", "watch", volume, "films");
        await _node.RunAsync("fleet", "volume", "scan");
        for (var looks = 0; ; looks++)
        {
            using var custody = JsonDocument.Parse(await _node.RunAsync("fleet", "custody", "--json"));
            var lines = custody.RootElement.GetProperty("lines");
            if (lines.GetArrayLength() == names.Length)
            {
                var item = lines[0].GetProperty("item").GetString()!;
                await _node.RunAsync("cache", "star", item);
                return item;
            }

            Assert.True(looks < 60, "The files did not become items.");
            await Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>On a phone, with texts a third longer: what is past the catalog, and what is too wide.</summary>
    private async Task<List<string>> VisitInPseudoLocaleAsync((string Name, string Path)[] pages)
    {
        var faults = new List<string>();
        var person = await Person.AtAsync(
            Browser, _node!, new() { ViewportSize = new() { Width = 390, Height = 900 } });
        await person.Context.AddCookiesAsync([Unwritten.CookieFor(_node!)]);
        foreach (var (name, path) in pages.Where(page => page.Name != "styleguide"))
        {
            await person.GoAsync(path);
            await person.WaitUntilReadyAsync();
            await Shot(person, $"{name}-pseudo");
            faults.AddRange((await Unwritten.OnAsync(person.Page)).Select(text => $"{name}: not in a catalog: {text}"));
            var over = await person.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
            if (over > 0) faults.Add($"{name}: {over} px wider than the window in a longer language");
        }

        return faults;
    }

    private async Task<List<string>> VisitAsync(int width, (string Name, string Path)[] pages)
    {
        var faults = new List<string>();
        var person = await Person.AtAsync(Browser, _node!, new()
        {
            ColorScheme = ColorScheme.Light,
            ViewportSize = new() { Width = width, Height = 900 },
            HasTouch = width < 500,
            ReducedMotion = ReducedMotion.Reduce,
        });
        foreach (var (name, path) in pages)
        {
            // The page that says "There is no such page here." is a good one, too.
            if (await person.GoAsync(path) == 404 && !Absent.Contains(name)) faults.Add($"{name}: there is none");
            await person.WaitUntilReadyAsync();
            faults.AddRange(await LookAsync(person, $"{name}-{width}-light", rules: null));
            if (width < 500) continue;
            await person.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
            faults.AddRange(await LookAsync(person, $"{name}-{width}-dark", Axe.Colours));
            await person.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        }

        faults.AddRange(person.Alarms);
        return faults;
    }

    private static async Task<List<string>> LookAsync(Person person, string name, string[]? rules)
    {
        await Shot(person, name);
        List<string> faults = [.. (await Axe.ViolationsAsync(person.Page, rules)).Select(v => $"{name}: {v}")];
        var over = await person.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
        if (over > 0) faults.Add($"{name}: {over} px wider than the window");
        return faults;
    }
}
