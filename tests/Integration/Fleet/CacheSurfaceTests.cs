using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Anarchive.Fleet;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The cache by its API and its page, on a laptop that holds two files, with right and wrong input.</summary>
public sealed class CacheSurfaceTests : IAsyncLifetime
{
    private const int Size = 100_000;
    private const string Route = "/api/v1/fleet/cache";

    private MediaBox _box = null!;
    private HttpClient _http = null!;
    private ItemId _item;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _box = await MediaBox.Start(tellsFleet: true);
        var device = new DeviceDeclared("Laptop", DeviceClass.Laptop, "bag", false, [], ["http"]);
        await _box.Say(device);
        _item = await _box.Hold("secret & name.mkv", Size, 1);
        await _box.Reachable();
        _http = await _box.Owner();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _box.DisposeAsync();
    }

    [Fact]
    public async Task Rows_say_what_is_to_become_of_them_and_where_no_file_is()
    {
        var text = await _http.GetStringAsync(Route, Cancellation);
        var row = Assert.Single(JsonNode.Parse(text)!["rows"]!.AsArray())!;
        Assert.Equal(_item.ToString(), (string?)row["item"]);
        Assert.Equal("secret & name.mkv", (string?)row["title"]);
        Assert.Equal(("here", "custody"), ((string?)row["state"], (string?)row["keep"]));
        Assert.DoesNotContain(_box.Root, text);
        Assert.DoesNotContain("films/", text);
        Assert.DoesNotContain(
            _box.Node.Get<LogMemory>().After(0), e => e.Message.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Acts_by_the_api_are_done_and_undone()
    {
        Assert.Equal(HttpStatusCode.NoContent, await Act("star"));
        Assert.Equal(HttpStatusCode.Conflict, await Act("trash"));
        Assert.Equal(HttpStatusCode.NoContent, await Act("unstar"));
        Assert.Equal(HttpStatusCode.NoContent, await Act("trash"));
        Assert.Equal(PinKind.Trash, Pin());
        Assert.Equal(HttpStatusCode.OK, await Post("undo", """{"item":null}"""));
        Assert.Equal(PinKind.None, Pin());
        Assert.Equal(HttpStatusCode.OK, await Post("undo", $$"""{"item":"{{_item}}"}"""));
        Assert.Equal(PinKind.Star, Pin());
        Assert.Equal(HttpStatusCode.NoContent, await Post($"items/{_item}/played", """{"to_its_end":true}"""));
        Assert.NotNull(_box.Node.Get<CacheBook>().Look().Lines.Single().Row.WatchedMs);
    }

    [Theory]
    [InlineData("items/nonsense/acts", """{"act":"star"}""", "bad_item", 400)]
    [InlineData("items/ITEM/acts", """{"act":"eat"}""", "bad_request", 400)]
    [InlineData("items/ITEM/acts", """{"act":"Star"}""", "bad_request", 400)]
    [InlineData("items/ITEM/acts", """{"act":"star","scope":"moon"}""", "bad_request", 400)]
    [InlineData("items/ITEM/acts", """{"act":"trash","scope":"fleet"}""", "bad_scope", 400)]
    [InlineData("items/ITEM/acts", """{"act":"star","more":1}""", "bad_json", 400)]
    [InlineData("items/NOWHERE/acts", """{"act":"star"}""", "not_found", 404)]
    [InlineData("items/NOWHERE/played", """{"to_its_end":false}""", "not_found", 404)]
    [InlineData("undo", """{"item":"../.."}""", "bad_item", 400)]
    [InlineData("undo", """{"item":null}""", "nothing_to_undo", 409)]
    [InlineData("budget", """{"bytes":-1}""", "bad_budget", 400)]
    [InlineData("budget", """{"bytes":1000000000000001}""", "bad_budget", 400)]
    [InlineData("budget", """{"bytes":"much"}""", "bad_json", 400)]
    [InlineData("cull", """{"apply":true}""", "bad_json", 400)]
    [InlineData("cull", """{"apply":"these"}""", "bad_plan_id", 400)]
    [InlineData("cull", """{"apply":"NOPLAN"}""", "plan_changed", 409)]
    public async Task Wrong_input_is_refused_by_its_code(string path, string body, string code, int status)
    {
        var at = path.Replace("ITEM", _item.ToString()).Replace("NOWHERE", new string('a', 64));
        var sent = body.Replace("NOPLAN", new string('0', 64));
        using var content = new StringContent(sent, new MediaTypeHeaderValue("application/json"));
        using var answer = await _http.PostAsync($"{Route}/{at}", content, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal((code, status), ((string?)JsonNode.Parse(text)!["code"], (int)answer.StatusCode));
        Assert.Equal(PinKind.None, Pin());
    }

    [Fact]
    public async Task A_part_of_the_rows_is_given_to_whoever_asks_for_one()
    {
        await _box.Hold("other.mkv", Size, 2);
        Assert.Equal(HttpStatusCode.NoContent, await Act("star"));
        var all = JsonNode.Parse(await _http.GetStringAsync(Route, Cancellation))!;
        Assert.Equal((2, 2), (all["rows"]!.AsArray().Count, (int?)all["total"]));
        Assert.Equal((2, 1), ((int?)all["tally"]!["all"], (int?)all["tally"]!["starred"]));
        Assert.Equal(["other.mkv"], await Titles("?limit=1"));
        Assert.Equal(["secret & name.mkv"], await Titles("?from=1&limit=1"));
        Assert.Equal(["secret & name.mkv"], await Titles("?q=NAME"));
        Assert.Equal(["secret & name.mkv"], await Titles("?filter=starred"));
        Assert.Empty(await Titles("?filter=missing"));
        Assert.Empty(await Titles("?from=2"));
    }

    [Theory]
    [InlineData("?filter=nice", "bad_filter")]
    [InlineData("?limit=0", "bad_page")]
    [InlineData("?limit=501", "bad_page")]
    [InlineData("?from=-1", "bad_page")]
    public async Task A_part_that_is_none_is_refused(string query, string code)
    {
        using var answer = await _http.GetAsync(Route + query, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal((code, 400), ((string?)JsonNode.Parse(text)!["code"], (int)answer.StatusCode));
    }

    [Fact]
    public async Task The_page_searches_filters_and_comes_back_to_where_an_act_was_done()
    {
        await _box.Hold("other.mkv", Size, 2);
        var found = await _http.GetStringAsync("/cache?q=secret", Cancellation);
        Assert.Contains("secret &amp; name.mkv", found);
        Assert.DoesNotContain("other.mkv", found);
        Assert.Contains($"action=\"/cache/items/{_item}?q=secret\"", found);
        var done = await _http.Send(found, $"/cache/items/{_item}?q=secret", ("do", "star"));
        Assert.Equal(HttpStatusCode.SeeOther, done.Status);
        var starred = await _http.GetStringAsync("/cache?filter=starred", Cancellation);
        Assert.Contains("secret &amp; name.mkv", starred);
        Assert.DoesNotContain("other.mkv", starred);
        Assert.Contains("No row here is called so", await _http.GetStringAsync("/cache?q=nowhere", Cancellation));
        // Behind the end stands the last page.
        Assert.Contains("other.mkv", await _http.GetStringAsync("/cache?from=5000", Cancellation));
        using var bad = await _http.GetAsync("/cache?filter=nice", Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
    }

    [Fact]
    public async Task Without_the_owners_key_nothing_is_told()
    {
        using var stranger = new HttpClient { BaseAddress = _box.Node.Address };
        using var answer = await stranger.GetAsync(new Uri(Route, UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task The_page_stars_trashes_and_undoes_without_script()
    {
        var (page, row) = (await _http.GetStringAsync("/cache", Cancellation), $"/cache/items/{_item}");
        Assert.Contains("secret &amp; name.mkv", page);
        Assert.DoesNotContain(_box.Root, page);
        Assert.Equal(HttpStatusCode.SeeOther, (await _http.Send(page, row, ("do", "star"))).Status);
        Assert.Equal(PinKind.Star, Pin());
        var refused = await _http.Send(page, row, ("do", "trash"));
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Matches($"id=\"row-{_item}\"[^§]*role=\"alert\"[^§]*take the star off first", refused.Text);
        Assert.Equal(HttpStatusCode.SeeOther, (await _http.Send(page, row, ("do", "unstar"))).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await _http.Send(page, row, ("do", "trash"))).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await _http.Send(page, row, ("do", "undo"))).Status);
        Assert.Equal(PinKind.None, Pin());
        Assert.Equal(HttpStatusCode.NotFound, (await _http.Send(page, "/cache/items/nonsense", ("do", "undo"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.Send("", row, ("do", "star"))).Status);
        Assert.Equal(PinKind.None, Pin());
    }

    [Fact]
    public async Task The_page_keeps_a_refused_budget_in_its_field_and_says_why()
    {
        var page = await _http.GetStringAsync("/cache", Cancellation);
        var refused = await _http.Send(page, "/cache", ("do", "budget"), ("gigabytes", "lots"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("value=\"lots\"", refused.Text);
        Assert.Contains("bad_budget", refused.Text);
        Assert.Equal(
            HttpStatusCode.SeeOther,
            (await _http.Send(page, "/cache", ("do", "budget"), ("gigabytes", "2,5"), ("manual", "yes"))).Status);
        Assert.Equal(
            new CacheSettings(2_500_000_000, CullsManual: true, IsAgreed: false),
            _box.Node.Get<CacheBook>().Look().Settings);
    }

    [Fact]
    public async Task The_command_line_does_all_of_it()
    {
        var home = _box.Node.Home;
        await Command("star", "secret & name.mkv");
        Assert.Equal(PinKind.Star, Pin());
        Assert.Equal(
            CacheActs.Starred, (await CommandRun.Of(home, "cache", "trash", _item.ToString()[..8], "--json")).Code);
        await Command("unstar", _item.ToString());
        var trashed = await CommandRun.Of(home, "cache", "trash", _item.ToString()[..12]);
        // The only copy: no cull takes it, and none is announced.
        Assert.Equal(0, trashed.Exit);
        Assert.Contains("Trashed: it stays for now (custody).", trashed.Results + trashed.Remarks);
        await Command("undo", _item.ToString()[..12]);
        Assert.Equal(PinKind.None, Pin());
        await Command("restore");
        var told = await Command("cull");
        Assert.Equal("false", told.Read("applied"));
        Assert.Equal("true", (await Command("cull", "--apply", told.Read("planId")!)).Read("applied"));
        Assert.Equal("40000000000", (await Command("budget", "40GB", "--manual")).Read("budgetBytes"));
        Assert.Null((await Command("budget", "off")).Read("budgetBytes"));
        Assert.Equal("usage", (await CommandRun.Of(home, "cache", "budget", "much", "--json")).Code);
        Assert.Equal("not_found", (await CommandRun.Of(home, "cache", "star", "nothing", "--json")).Code);
        Assert.Equal("bad_item", (await CommandRun.Of(home, "cache", "star", new string('x', 64), "--json")).Code);
        var listed = await CommandRun.Of(home, "cache", "list");
        Assert.Contains("secret & name.mkv", listed.Results);
        Assert.Contains("stays: custody", listed.Results);
        Assert.DoesNotContain(_box.Root, listed.Results);
        Assert.DoesNotContain("secret", (await CommandRun.Of(home, "cache", "list", "other")).Results);
        var starred = await CommandRun.Of(home, "cache", "list", "secret", "--filter", "starred", "--json");
        Assert.Equal("0", starred.Read("total"));
        Assert.Equal(2, (await CommandRun.Of(home, "cache", "list", "--filter", "nice", "--json")).Exit);
    }

    private async Task<IEnumerable<string?>> Titles(string query) =>
        JsonNode.Parse(await _http.GetStringAsync(Route + query, Cancellation))!["rows"]!.AsArray()
            .Select(r => (string?)r!["title"]);

    private async Task<CommandRun> Command(params string[] command)
    {
        var run = await CommandRun.Of(_box.Node.Home, ["cache", .. command, "--json"]);
        Assert.True(run.Exit == 0, run.Results);
        return run;
    }

    private Task<HttpStatusCode> Act(string act) => Post($"items/{_item}/acts", $$"""{"act":"{{act}}"}""");

    private async Task<HttpStatusCode> Post(string path, string body)
    {
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        using var answer = await _http.PostAsync($"{Route}/{path}", content, Cancellation);
        return answer.StatusCode;
    }

    private PinKind Pin() => _box.Node.Get<FleetBook>().Read(state => state.PinOf(_item, DeviceId.Of(_box.Node.Id)));
}
