using System.Net;
using System.Text.RegularExpressions;
using Anarchive.Node;
using Anarchive.Tests.Integration.Web;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A household's first folder, from the page alone.</summary>
public sealed partial class FolderPageTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _disk = new();
    private WebNode _node = null!;
    private HttpClient _http = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await WebNode.StartAsync();
        _http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _node.Address };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
        _disk.Dispose();
    }

    [Fact]
    public async Task A_folder_becomes_a_volume_is_read_and_is_left_without_losing_a_file()
    {
        var films = _disk.At("films & <shows>");
        Directory.CreateDirectory(films);
        var film = Path.Combine(films, "Orchard (1999).mkv");
        await File.WriteAllBytesAsync(film, MediaBox.Bytes(70_000, 1), Cancellation);
        File.SetLastWriteTimeUtc(film, DateTime.UtcNow.AddMinutes(-10));
        Assert.Equal(HttpStatusCode.SeeOther, (await Post("/fleet/folders", ("path", films))).Status);
        await Eventually.True(
            async () => (await Page()).Contains("1 file is known.", StringComparison.Ordinal), () => "It is not read.");
        var page = await Page();
        Assert.Contains("films &amp; &lt;shows&gt;", page);
        Assert.DoesNotContain("<shows>", page);
        Assert.Contains("Orchard", await _http.GetStringAsync("/library", Cancellation));

        var leave = Unwatch().Match(page).Groups[1].Value;
        var (told, sentence) = await Post(leave, ("folder", ""));
        Assert.Equal(HttpStatusCode.OK, told);
        Assert.Contains("No file is deleted.", sentence);
        Assert.Contains("1 file is known.", await Page());
        var stale = await Post(leave, ("folder", ""), ("apply", new string('0', 64)));
        Assert.Equal(HttpStatusCode.Conflict, stale.Status);
        // Told anew, and refused where it was pressed.
        Assert.Matches("(?s)No file is deleted.*class=\"problem\".*Watch it no more.*Its whole path", stale.Text);
        // While the fleet is still told of the file, the plan changes.
        await Eventually.True(
            async () =>
            {
                var plan = Plan().Match((await Post(leave, ("folder", ""))).Text).Groups[1].Value;
                (told, sentence) = await Post(leave, ("folder", ""), ("apply", plan));
                return told != HttpStatusCode.Conflict;
            },
            () => sentence);
        Assert.Equal(HttpStatusCode.SeeOther, told);
        Assert.Contains("No folder is watched yet.", await Page());
        Assert.True(File.Exists(film));
        Assert.Equal(HttpStatusCode.NotFound, (await Post(leave, ("folder", ""))).Status);
    }

    [Fact]
    public async Task What_came_since_is_found_by_looking_now()
    {
        var films = _disk.At("films");
        await Put("Orchard (1999).mkv", 1);
        Assert.DoesNotContain("Look now", await Page());
        Assert.Equal(HttpStatusCode.SeeOther, (await Post("/fleet/folders", ("path", films))).Status);
        await Eventually.True(
            async () => (await Page()).Contains("1 file is known.", StringComparison.Ordinal), () => "It is not read.");
        await Put("Night Ferries (2011).mkv", 2);
        Assert.Equal(HttpStatusCode.SeeOther, (await Post("/fleet/folders/look")).Status);
        await Eventually.True(
            async () => (await Page()).Contains("2 files are known.", StringComparison.Ordinal), () => "Not found.");

        async Task Put(string name, int seed)
        {
            Directory.CreateDirectory(films);
            await File.WriteAllBytesAsync(Path.Combine(films, name), MediaBox.Bytes(70_000, seed), Cancellation);
            File.SetLastWriteTimeUtc(Path.Combine(films, name), DateTime.UtcNow.AddMinutes(-10));
        }
    }

    [Fact]
    public async Task The_whole_system_and_the_nodes_own_data_are_neither_watched_nor_marked()
    {
        var home = _node.Directory;
        Directory.CreateDirectory(Path.Combine(home, "within"));
        foreach (var path in new[] { "/", home, Path.Combine(home, "within"), Path.GetDirectoryName(home)! })
        {
            var (status, page) = await Post("/fleet/folders", ("path", path));
            Assert.Equal((path, HttpStatusCode.BadRequest), (path, status));
            Assert.Contains("bad_folder", page);
            Assert.False(Directory.Exists(Path.Combine(path, VolumeMarker.Folder)), path);
        }

        Assert.Empty(_node.Get<Volumes>().All);
        var (_, problem) = await _node.Get<Volumes>().AddAsync("/", "all", null, Cancellation);
        Assert.Equal("bad_folder", problem!.Code);
    }

    [Fact]
    public async Task The_nodes_own_data_is_not_watched_either_where_it_lies_in_a_volume()
    {
        foreach (var name in new[] { "all/node", "all/films" }) Directory.CreateDirectory(_disk.At(name));
        await using var node = await LiveNode.Start(directory: _disk.At("all/node"));
        var (volume, problem) = await node.Get<Volumes>().AddAsync(_disk.At("all"), "all", 0, Cancellation);
        Assert.Null(problem);
        var store = node.Get<ItemStore>();
        foreach (var folder in new[] { "", "node" })
            Assert.Equal("bad_folder", (await store.WatchAsync(volume!.Id, folder, Cancellation))?.Code);
        Assert.Empty(store.Folders());
        Assert.Null(await store.WatchAsync(volume!.Id, "films", Cancellation));
    }

    [Fact]
    public async Task A_folder_within_a_volume_is_watched_as_one_of_it_and_a_volume_holds_no_other()
    {
        foreach (var name in new[] { "disk/films", "disk/shows", "disk/shows/deep" })
            Directory.CreateDirectory(_disk.At(name));
        await Post("/fleet/folders", ("path", _disk.At("disk/shows")));
        await Post("/fleet/folders", ("path", _disk.At("disk/shows/deep/")));
        var (status, page) = await Post("/fleet/folders", ("path", _disk.At("disk")));
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("volume_nested", page);
        Assert.Equal(2, Unwatch().Count(await Page()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("films")]
    [InlineData("/no/such/folder/<b>here")]
    public async Task What_is_no_folder_of_this_machine_is_refused_and_stays_in_the_field(string path)
    {
        var (status, page) = await Post("/fleet/folders", ("path", path));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("bad_folder", page);
        Assert.Contains($"value=\"{WebUtility.HtmlEncode(path)}\"", page);
        Assert.Contains("No folder is watched yet.", await Page());
    }

    private Task<string> Page() => _http.GetStringAsync("/fleet/folders", Cancellation);

    private async Task<(HttpStatusCode Status, string Text)> Post(
        string path, params (string Name, string Value)[] fields) => await _http.Send(await Page(), path, fields);

    [GeneratedRegex("action=\"(/fleet/folders/[^\"]+/unwatch)\"")]
    private static partial Regex Unwatch();

    [GeneratedRegex("name=\"apply\" value=\"([0-9a-f]{64})\"")]
    private static partial Regex Plan();
}
