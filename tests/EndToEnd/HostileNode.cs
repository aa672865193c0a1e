using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>A node on which whatever takes text holds text that was made to do harm.</summary>
internal static class HostileNode
{
    /// <summary>These two stand around such text, so that a page can be searched for what it became.</summary>
    public const char Begin = '⟁';
    public const char End = '⟂';

    /// <summary>Markup, letters from right to left, and a mark that turns the direction of all that follows.</summary>
    public const string Line = "⟁\u202e\u05d0\u05d1\u05d2\"><img src=x onerror=alert(1)><b>wwwwwwwwwwww⟂";

    /// <summary>The same where no mark that turns the direction is taken.</summary>
    public const string Name = "⟁\u05d0\u05d1\u05d2\"><img src=x onerror=alert(1)><b>wwwwwwwwwwww⟂";

    /// <summary>With links and addresses, for fields that take some length.</summary>
    public const string Text =
        "⟁\u05d0\u05d1\u05d2\"><img src=https://evil.example/x onerror=alert(1)><script>alert(2)</script>"
        + "[x](javascript:alert(3)) ![i](https://evil.example/i.png)⟂";

    /// <summary>Longer than any row is wide, as long as file systems take it.</summary>
    private static readonly string Long = new string('w', 251) + ".mkv";

    private static readonly string[] Files =
    [
        "<img src=x onerror=alert(1)>.mkv", "⟁\u202e\u05d0\u05d1\u05d2\"><script>alert(2)<⟂.mkv", Long,
        "\U0001f3ac \U0001f469\u200d\U0001f467 (2001).mkv", "⟁two\nlines \u202e⟂.mkv",
        "⟁\u05d0\u05d1\u05d2<svg onload=alert(3)>⟂ S01E01.mkv",
        "⟁\u05d0\u05d1\u05d2<svg onload=alert(3)>⟂ S01E02.mkv", "⟁\u05d0\u05d1\u05d2 <iframe src=x>⟂ (2011).mkv",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Fills it, with what another node of that sort calls itself; every page that shows some of it.</summary>
    public static async Task<(string Name, string Path)[]> FurnishAsync(RunningNode node, RunningNode other)
    {
        using var api = node.OpenApi();
        using var elsewhere = other.OpenApi();
        var peer = await PairAsync(api, elsewhere);
        var asked = await AskAsync(api, elsewhere);
        var thread = await WriteAsync(api, elsewhere);
        var device = await FurnishFleetAsync(api);
        var works = await FurnishDiskAsync(node, api);
        var film = works.First(w => w.GetProperty("title").GetString()!.Contains("boat", StringComparison.Ordinal));
        var show = works.First(w => w.GetProperty("kind").GetString() == "show").GetProperty("work").GetString();
        var item = works.First(w => w.GetProperty("title").GetString()!.StartsWith("www", StringComparison.Ordinal));
        var token = await SendAsync(api, "access/tokens", new { name = Line, scope = "read" });
        var comments = await api.GetFromJsonAsync<JsonElement>($"posts/{thread}/comments", Cancellation);
        var comment = comments.GetProperty("items")[0].GetProperty("id").GetString();
        await SendAsync(api, $"fleet/cache/items/{Member(item, "item")}/acts", new { act = "star" });
        await SendAsync(api, "fleet/cache/budget", new { bytes = 1000, culls_manual = true });
        return
        [
            .. new Furnished("hostile", "/p/" + thread, "/c/" + comment, device, Member(item, "item")).Pages,
            ("watch", "/watch/" + Member(film, "item")), ("show", "/library/" + show), ("peer", "/mesh/" + peer),
            ("hub-node", "/hub/nodes/" + peer), ("pair-asked", "/pair/" + asked),
            ("pair-revoke", "/pair/revoke/" + peer),
            ("token", "/settings/access/tokens/" + token.GetProperty("token").GetProperty("id").GetString()),
            .. Asked.Select((path, n) => ($"asked-{n}", path)),
        ];
    }

    /// <summary>What an address says is shown again, or refused in a sentence.</summary>
    private static IEnumerable<string> Asked => new[]
    {
        "/search?q={0}", "/library?q={0}", "/library?filter={0}", "/library?q={0}&from={0}", "/library/{0}",
        "/watch/{0}", "/net/key?key={0}", "/net/editions?part={0}", "/net/parts/{0}",
        "/net/parts/intro-markers?after={0}",
        "/activity?area={0}&level={0}", "/fleet/items/{0}", "/fleet/devices/{0}", "/fleet/custody?from={0}", "/h/{0}",
        "/h/hostile?sort={0}&cursor={0}", "/h/hostile/settings?cursor={0}", "/p/{0}", "/c/{0}", "/mesh/{0}",
        "/pair/{0}",
        "/hub/nodes/{0}", "/settings/access/tokens/{0}", "/sign-in?to={0}", "/setup/{0}", "/{0}",
    }.Select(path => path.Replace("{0}", Uri.EscapeDataString(Text), StringComparison.Ordinal));

    private static async Task<string> FurnishFleetAsync(HttpClient api)
    {
        // Where a name reaches other devices, no mark that turns the direction is taken.
        using (var refused = await api.PostAsJsonAsync("fleet/devices", new { name = Line }, Cancellation))
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        await SendAsync(api, "fleet/devices", new { name = Name, zone = Name, @class = "always_on" });
        var made = await SendAsync(
            api, "fleet/devices", new { device = "new", name = Name + "2", zone = Name, @class = "archive" });
        await SendAsync(api, "fleet/policies", new { policy = Name, floor = 2, ceil = 3 });
        var host = string.Join('.', Enumerable.Repeat(new string('w', 60), 4));
        await SendAsync(api, "fleet/sources", new { source = Name, kind = "private", host });
        await SendAsync(api, "fleet/duties", new { duty = "research", subject = "fleet", device = Name });
        return made.GetProperty("device").GetString()!;
    }

    /// <summary>A disk with such folders and files, and a film in which everything is so; its works.</summary>
    private static async Task<JsonElement[]> FurnishDiskAsync(RunningNode node, HttpClient api)
    {
        const string Watched = "⟁\u202e<b>films\n\u05d0\u05d1\u05d2⟂";
        var disk = Path.Combine(node.Folder, "disk");
        var folder = Directory.CreateDirectory(Path.Combine(disk, Watched)).FullName;
        foreach (var (at, name) in Files.Index())
        {
            byte[] bytes = [.. Enumerable.Range(0, 90_000).Select(n => (byte)(n * (at + 1)))];
            await File.WriteAllBytesAsync(Path.Combine(folder, name), bytes, Cancellation);
            File.SetLastWriteTimeUtc(Path.Combine(folder, name), DateTime.UtcNow.AddMinutes(-10));
        }

        var film = Path.Combine(folder, "⟁\u202e\u05d0\u05d1\u05d2 <b>boat⟂ (1999).mkv");
        await MakeFilmAsync(node.Folder, film);
        var added = await SendAsync(api, "fleet/store/volumes", new { folder = disk, name = Name, reserve = 0 });
        var volume = added.GetProperty("volumes")[0].GetProperty("volume").GetString();
        await SendAsync(api, $"fleet/store/volumes/{volume}/watch", new { folder = Watched });
        await SendAsync(api, "fleet/store/scan", new { let_go = false });
        await node.RunAsync("net", "folder", "add", folder);
        await node.RunAsync("net", "observe", film, "--type", "intro", "--start", "0:02", "--end", "0:20");
        return await Films.UntilListedAsync(node, Files.Length + 1);
    }

    /// <summary>A film with a hostile title, chapters and subtitles.</summary>
    private static async Task MakeFilmAsync(string folder, string path)
    {
        var (said, told) = (Path.Combine(folder, "said.srt"), Path.Combine(folder, "told.txt"));
        await File.WriteAllTextAsync(said, $"1\n00:00:00,000 --> 00:00:30,000\n{Text}\n", Cancellation);
        var title = Text.Replace("=", "\\=", StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            told,
            $";FFMETADATA1\ntitle={title}\nartist={title}\n[CHAPTER]\nTIMEBASE=1/1\nSTART=0\nEND=20\ntitle={title}\n"
                + $"[CHAPTER]\nTIMEBASE=1/1\nSTART=20\nEND=40\ntitle=⟁\u202e{title}\n",
            Cancellation);
        await Films.MakeAsync(
            path, 0,
            [
                "-i", said, "-f", "ffmetadata", "-i", told, "-map", "0", "-map", "1", "-map", "2", "-map_metadata", "3",
                "-map_chapters", "3", "-c:s", "srt", "-metadata:s:s:0", "title=" + Text, "-metadata:s:s:0",
                "language=<b>", .. Films.Webm,
            ]);
    }

    /// <summary>A hive, a thread of both nodes' words, and rules of the hive; the thread's id.</summary>
    private static async Task<string> WriteAsync(HttpClient api, HttpClient elsewhere)
    {
        await SendAsync(api, "hives", new { name = "hostile", title = Name, description = Text });
        using (var refused = await api.PostAsJsonAsync("hives", new { name = "turned", title = Line }, Cancellation))
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var invite = await SendAsync(api, "sync/invites", new { hive = "hostile" });
        await SendAsync(elsewhere, "sync/join", new { invite = invite.GetProperty("invite").GetString() });
        await UntilAsync(
            elsewhere, "hives", hives => hives.EnumerateArray().Any(h => h.GetProperty("events").GetInt64() > 0));
        var imported = await SendAsync(elsewhere, "hives/hostile/import", new
        {
            messages = new[]
            {
                Message("1", null, Text + "\u202e", Name), Message("2", "1", Text + "\u202e"), Message("3", "1", Text),
            },
        });
        var thread = imported.GetProperty("written")[0].GetProperty("id").GetString()!;
        var found = await UntilAsync(
            api, $"posts/{thread}/comments", comments => comments.GetProperty("items").GetArrayLength() > 1);
        var last = Member(found.GetProperty("items")[1], "id");
        using var removed = await api.DeleteAsync($"comments/{last}?reason={Uri.EscapeDataString(Text)}", Cancellation);
        Assert.Equal(HttpStatusCode.OK, removed.StatusCode);
        return thread;
    }

    /// <summary>A thread of replies to replies, and one of many; the paths of both.</summary>
    public static async Task<(string Deep, string Huge)> FurnishThreadsAsync(RunningNode node, int depth, int replies)
    {
        const int AtOnce = 250;
        using var api = node.OpenApi();
        await SendAsync(api, "hives", new { name = "threads" });
        var chain = Enumerable.Range(1, depth).Select(n => Message($"{n}", $"{n - 1}", $"Reply {n}"));
        var deep = await ImportAsync([Message("0", null, "", "Deep"), .. chain]);
        var huge = await ImportAsync([Message("0", null, "", "Huge")]);
        for (var from = 0; from < replies; from += AtOnce)
            await ImportAsync([.. Enumerable.Range(from, AtOnce).Select(n =>
                new { key = $"{n}", author = $"Ines {n % 9}", content = $"Reply {n}", parent_id = huge })]);
        return ("/p/" + deep, "/p/" + huge);

        async Task<string> ImportAsync(object[] messages)
        {
            var report = await SendAsync(api, "hives/threads/import", new { messages });
            Assert.Equal(messages.Length, report.GetProperty("written").GetArrayLength());
            return Member(report.GetProperty("written")[0], "id");
        }
    }

    private static object Message(string key, string? parent, string content, string? title = null) =>
        new { key, author = Name, content, title, parent_key = parent };

    /// <summary>Makes friends of both; the other's id.</summary>
    private static async Task<string> PairAsync(HttpClient api, HttpClient elsewhere)
    {
        var asked = await AskAsync(api, elsewhere);
        await SendAsync(api, $"pairings/{asked}/accept", null);
        var called = await elsewhere.GetFromJsonAsync<JsonElement>("pairings", Cancellation);
        var call = called.GetProperty("asked")[0].GetProperty("id").GetString();
        await SendAsync(elsewhere, $"pairings/asked/{call}/accept", null);
        var paired = await UntilAsync(api, "pairings", p => p.GetProperty("paired").GetArrayLength() > 0);
        return Member(paired.GetProperty("paired")[0], "instance_id");
    }

    /// <summary>The other asks to be let in; the pairing's id.</summary>
    private static async Task<string> AskAsync(HttpClient api, HttpClient elsewhere)
    {
        var offer = await SendAsync(api, "pairings", new { kind = "friend" });
        await SendAsync(elsewhere, "pairings/ask", new { text = offer.GetProperty("text").GetString() });
        return Member(offer, "id");
    }

    private static async Task<JsonElement> UntilAsync(HttpClient api, string path, Func<JsonElement, bool> isThere)
    {
        for (var looks = 0; ; looks++)
        {
            using var answer = await api.GetAsync(path, Cancellation);
            if (answer.IsSuccessStatusCode
                && await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation) is var found && isThere(found))
                return found;
            Assert.True(looks < 150, path + " does not say what it should.");
            await Task.Delay(TimeSpan.FromMilliseconds(200), Cancellation);
        }
    }

    private static async Task<JsonElement> SendAsync(HttpClient api, string path, object? body)
    {
        using var answer = await api.PostAsJsonAsync(path, body, Cancellation);
        var said = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {said}");
        return said.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(said);
    }

    private static string Member(JsonElement of, string member) => of.GetProperty(member).GetString()!;
}
