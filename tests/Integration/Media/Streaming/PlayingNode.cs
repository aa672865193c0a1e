using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A node with some items on its disk, and what a player asks of it.</summary>
internal sealed class PlayingNode : IAsyncDisposable
{
    private readonly LiveNode _node;
    private readonly HttpClient _http;

    private PlayingNode(LiveNode node) =>
        (_node, _http) = (node, new HttpClient { BaseAddress = node.Address });

    public HlsSessions Sessions => _node.Get<HlsSessions>();

    /// <summary>Where segments are kept while somebody watches.</summary>
    public string Folder => FolderIn(_node.Home);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static string FolderIn(string home) => Path.Combine(home, "streams");

    public static async Task<PlayingNode> Start(
        IReadOnlyDictionary<ItemId, string> items, TimeProvider? time = null, string? home = null) =>
        new(await LiveNode.Start(
            time, home,
            services: s => s.AddSingleton<PathOfItem>(_ => item => items.GetValueOrDefault(item))));

    /// <summary>The same with one file, and the id that its bytes have.</summary>
    public static async Task<(PlayingNode Node, ItemId Item)> Start(string file, TimeProvider? time = null)
    {
        var item = IdOf(file);
        return (await Start(new Dictionary<ItemId, string> { [item] = file }, time), item);
    }

    public static ItemId IdOf(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var root = new PiecesRoot();
        root.Add(bytes);
        return ItemId.Of(bytes.Length, root.Root());
    }

    /// <summary>An answer with its body read, as a player would get it.</summary>
    public async Task<(HttpResponseMessage Head, byte[] Body)> Ask(
        string item, string rest = "", string method = "GET", Action<HttpRequestHeaders>? with = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/v1/media/{item}{rest}");
        with?.Invoke(request.Headers);
        var response = await _http.SendAsync(request, Cancellation);
        return (response, await response.Content.ReadAsByteArrayAsync(Cancellation));
    }

    public async Task<byte[]> Get(ItemId item, string rest)
    {
        var (head, body) = await Ask($"{item}", rest);
        Assert.True(head.StatusCode == HttpStatusCode.OK, $"{rest}: {head.StatusCode} {Encoding.UTF8.GetString(body)}");
        return body;
    }

    public async Task<JsonElement> Info(ItemId item) => JsonDocument.Parse(await Get(item, "/info")).RootElement;

    /// <summary>The status and the code with which a request is refused.</summary>
    public async Task<(int Status, string? Code)> Refused(string item, string rest)
    {
        var (head, body) = await Ask(item, rest);
        var text = Encoding.UTF8.GetString(body);
        Assert.True(text.StartsWith('{'), $"{rest}: {head.StatusCode}");
        return ((int)head.StatusCode, JsonDocument.Parse(text).RootElement.GetProperty("code").GetString());
    }

    /// <summary>Seconds at which segments begin and the last ends, as the playlist says.</summary>
    public async Task<IReadOnlyList<double>> Starts(ItemId item, string viewing)
    {
        var lines = Encoding.ASCII.GetString(await Get(item, $"/hls/{viewing}/index.m3u8")).Split('\n');
        Assert.Equal("#EXTM3U", lines[0]);
        Assert.Contains("#EXT-X-ENDLIST", lines);
        var starts = new List<double> { 0 };
        foreach (var line in lines.Where(l => l.StartsWith("#EXTINF:", StringComparison.Ordinal)))
            starts.Add(starts[^1] + double.Parse(line[8..].TrimEnd(','), CultureInfo.InvariantCulture));
        Assert.Equal(starts.Count - 1, lines.Count(l => l.EndsWith(".m4s", StringComparison.Ordinal)));
        return starts;
    }

    public Task<byte[]> Init(ItemId item, string viewing) => Get(item, $"/hls/{viewing}/init.mp4");

    public Task<byte[]> Segment(ItemId item, string viewing, int n) => Get(item, $"/hls/{viewing}/{n}.m4s");

    /// <summary>Init and every segment, asked for in order.</summary>
    public async Task<byte[][]> Whole(ItemId item, string viewing)
    {
        var parts = new List<byte[]> { await Init(item, viewing) };
        var count = (await Starts(item, viewing)).Count - 1;
        for (var n = 0; n < count; n++) parts.Add(await Segment(item, viewing, n));
        return [.. parts];
    }

    public Task Stop() => _node.Stop();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }
}
