using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What an edition changed, for the pages, the API and the command line.</summary>
public sealed class EditionChangesTests : IAsyncLifetime
{
    private const string Markers = "intro-markers";

    private LiveNode _node = null!;
    private HttpClient _http = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private GroupId Group => _node.Get<OwnParts>().Find(Markers)!.Value;

    public async ValueTask InitializeAsync()
    {
        // What is taken back is followed by an edition without it only with the next heartbeat: none comes here.
        _node = await LiveNode.Start(with: options => options with { HeartbeatSeconds = 3_600 });
        var home = new Home(_node.Home);
        await File.WriteAllTextAsync(home.UrlFile, _node.Address.ToString(), Cancellation);
        var token = (await File.ReadAllTextAsync(home.TokenFile, Cancellation)).Trim();
        _http = new HttpClient { BaseAddress = _node.Address };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Rows_that_came_and_went_are_told_as_long_as_they_are_here()
    {
        for (var at = 0; at < 30; at++) await Observe(MarkerType.Commercial, 1 + at);
        Assert.Equal(EditionKind.Full, (await Publish()).Kind);
        await Observe(MarkerType.Intro, 0);
        Assert.Equal(EditionKind.Delta, (await Publish()).Kind);

        // The first: all came, a page at a time.
        var pages = new List<JsonObject>();
        for (var cursor = ""; ;)
        {
            var page = await Json($"/api/v1/net/editions/{Group}/1/changes?limit=12{cursor}");
            pages.Add(page);
            if (page["next"] is not { } next) break;
            cursor = "&cursor=" + (string)next!;
        }

        Assert.Equal([12, 12, 6], pages.Select(p => ((JsonArray)p["items"]!).Count));
        Assert.All(pages, p => Assert.Equal((30, 0, null), ((int)p["added"]!, (int)p["removed"]!, p["before"])));
        var rows = pages.SelectMany(p => (JsonArray)p["items"]!).ToList();
        Assert.Equal(30, rows.Select(r => (int)r!["observation"]!["n"]!).Distinct().Count());
        Assert.All(rows, r => Assert.Equal(NetSamples.Key, (string?)r!["keys"]![0]));

        var run = await CommandRun.Of(_node.Home, "net", "editions", "--changes", "2", "--part", Markers);
        Assert.Equal(0, run.Exit);
        Assert.StartsWith($"Edition 2 of {Markers}, against edition 1: 1 row came, 0 rows went.", run.Results);
        Assert.Contains(NetSamples.Key, run.Results);
        Assert.Contains("intro 1:07.7 – 2:38.2 (chromaprint)", run.Results);

        // The page links the key.
        var html = await _http.GetStringAsync($"/net/editions/{Group}/2", Cancellation);
        Assert.Contains("Since edition 1: 1 row came, 0 rows went.", html);
        Assert.Contains("/net/key?key=" + Uri.EscapeDataString(NetSamples.Key), html);
        html = await _http.GetStringAsync($"/net/editions/{Group}/1?after=10", Cancellation);
        Assert.Equal(20, html.Split("data-item").Length - 1);
    }

    [Fact]
    public async Task What_was_taken_back_is_shown_no_more_and_the_next_edition_says_so()
    {
        await Observe(MarkerType.Intro, 0);
        await Observe(MarkerType.Outro, 0);
        await Publish();
        var id = _node.Get<PartRecords>().Of(NetSamples.Key)[0].Id;
        Assert.Null(await _node.Get<Retractions>().RetractAsync(id, Cancellation));
        foreach (var what in new[] { "1", "1?after=0" })
            Assert.Contains(
                "are not here any more", await _http.GetStringAsync($"/net/editions/{Group}/{what}", Cancellation));
        var gone = await CommandRun.Of(_node.Home, "net", "editions", "--changes", "1", "--part", Markers, "--json");
        Assert.Equal((1, "net_edition_absent"), (gone.Exit, gone.Code));
        await Publish();
        // Nor is the difference to it, in which it would stand as well.
        Assert.Contains(
            "are not here any more", await _http.GetStringAsync($"/net/editions/{Group}/2", Cancellation));
        var list = await _http.GetStringAsync("/net/editions", Cancellation);
        Assert.Contains("A newer one says everything.", list);
        Assert.Contains("1 edition is in use.", list);
    }

    [Fact]
    public async Task A_long_list_comes_in_pages()
    {
        for (var at = 0; at < 51; at++)
        {
            await Observe(MarkerType.Commercial, at % 31 + 1, 60_000 + 100 * at);
            await Publish();
        }

        var first = await _http.GetStringAsync("/net/editions", Cancellation);
        Assert.Equal(50, first.Split("data-item").Length - 1);
        Assert.Contains("href=\"/net/editions?after=50\"", first);
        var second = await _http.GetStringAsync($"/net/editions?after=50&part={Markers}", Cancellation);
        Assert.Contains($"/net/editions/{Group}/1\"", second);
        Assert.Equal(1, second.Split("data-item").Length - 1);
        Assert.DoesNotContain("after=100", second);
    }

    [Fact]
    public async Task What_names_no_edition_is_not_found_and_a_wrong_page_is_refused()
    {
        await Observe(MarkerType.Intro, 0);
        await Publish();
        foreach (var (code, path) in new[]
        {
            ("not_found", $"{Group}/2/changes"), ("not_found", $"{Group}/x/changes"),
            ("not_found", $"{Group}/-1/changes"),
            ("not_found", "x/1/changes"), ("not_found", $"{new GroupId(Hash256.Zero)}/1/changes"),
            ("bad_limit", $"{Group}/1/changes?limit=0"), ("bad_limit", $"{Group}/1/changes?limit=101"),
            ("bad_cursor", $"{Group}/1/changes?cursor=x"), ("bad_cursor", $"{Group}/1/changes?cursor=-1"),
        })
            Assert.Equal((path, code), (path, (string?)(await Json("/api/v1/net/editions/" + path))["code"]));
        Assert.Empty((JsonArray)(await Json($"/api/v1/net/editions/{Group}/1/changes?cursor=99"))["items"]!);
        foreach (var (exit, code, more) in new[]
        {
            (1, "not_found", "--changes|7|--part|grouping"), (2, "usage", "--changes|1"),
            (2, "usage", "--changes|x|--part|grouping"), (1, "not_found", $"{Markers}|--changes|1|--group|x"),
            (1, "unknown_part", "--changes|1|--part|x"),
        })
        {
            var run = await CommandRun.Of(_node.Home, ["net", "editions", .. more.Split('|'), "--json"]);
            Assert.Equal((more, exit, code), (more, run.Exit, run.Code));
        }
    }

    private async Task<JsonObject> Json(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        return (JsonObject)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
    }

    private async Task<PartEdition> Publish()
    {
        var (made, problem) = await _node.Get<EditionDesk>().PublishAsync(Markers, true, Cancellation);
        Assert.Null(problem);
        return made!;
    }

    private async Task Observe(MarkerType type, int n, long startMs = 67_700)
    {
        await _node.See();
        var marker = NetSamples.Intro(startMs, 158_200) with { Type = type, N = n };
        Assert.Null((await _node.Get<PartActs>().ObserveAsync([marker], isOpen: true, Cancellation)).Problem);
    }
}
