using System.Net;
using System.Net.Http.Headers;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a node serves of its files, to whom, and what everybody else hears.</summary>
public sealed class BlobRouteTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private readonly Content _content = new();
    private readonly TemporaryDirectory _scratch = new();
    private LiveNode _server = null!;
    private LiveNode _friend = null!;
    private LiveNode _stranger = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _friend = await LiveNode.Start();
        _stranger = await LiveNode.Start();
        _server = await LiveNode.Start(services: s => s.AddSingleton<MayReadBlob>((peer, _) => peer == _friend.Id));
        await _server.Get<BlobShelf>().PutAsync(
            _content.Metainfo, await _content.Save(_scratch.At("file"), Cancellation), _content.Sha256, Cancellation);
        var group = await _server.Found("films");
        await _friend.Join(_server, "films");
        await _stranger.Join(_server, "films");
        await Eventually.InStep(group, _server, _friend, _stranger);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _scratch.Dispose();
        foreach (var node in new[] { _server, _friend, _stranger }) await node.DisposeAsync();
    }

    [Fact]
    public async Task A_node_fetches_from_another_what_it_may_read_there()
    {
        var client = _friend.Get<PeerClient>();
        var source = new BlobSource(_server.Id, () => client.Blobs(_server.Id));
        var what = await source.Client().TorrentAsync(_content.Ih, Cancellation);
        Assert.Equal(_content.Metainfo.Bare(), what!.Bare());
        await _friend.Get<RangeFetch>().FetchAsync(what, _content.Sha256, [source], null, Cancellation);
        var path = _friend.Get<BlobShelf>().PathOf(_content.Ih)!;
        Assert.Equal(_content.Bytes, await File.ReadAllBytesAsync(path, Cancellation));
        var refused = await Assert.ThrowsAsync<PeerException>(
            () => _stranger.Get<PeerClient>().Blobs(_server.Id).TorrentAsync(_content.Ih, Cancellation));
        Assert.Equal(Failure.NotFound, refused.Failure);
    }

    [Fact]
    public async Task An_unknown_file_and_a_forbidden_one_answer_alike()
    {
        var (friend, stranger) = (await _server.TokenFor(_friend.Id), await _server.TokenFor(_stranger.Id));
        var unknown = new Content(seed: 2).Ih;
        foreach (var path in new[] { "blobs/{0}", "blobs/{0}/have", "torrents/{0}" })
        {
            var here = string.Format(null, path, _content.Ih);
            Assert.Equal(HttpStatusCode.OK, (await Ask(HttpMethod.Get, here, friend)).Status);
            var forbidden = await Ask(HttpMethod.Get, here, stranger);
            Assert.Equal(HttpStatusCode.NotFound, forbidden.Status);
            foreach (var (other, token) in new[]
            {
                (string.Format(null, path, unknown), friend),
                (string.Format(null, path, unknown), stranger),
                (string.Format(null, path, "x"), friend),
                (here.ToUpperInvariant().Replace("BLOBS", "blobs").Replace("TORRENTS", "torrents"), friend),
                (here, null),
                (here, Base64UrlText.Encode(new byte[32])),
            })
                Assert.Equal(forbidden, await Ask(HttpMethod.Get, other, token));
        }
    }

    [Fact]
    public async Task Ranges_and_heads_are_answered_as_the_standard_says()
    {
        var token = await _server.TokenFor(_friend.Id);
        var path = $"blobs/{_content.Ih}";
        Assert.Equal(_content.Bytes, (await Bytes(path, token, null)).Body);
        var (part, from, body) = await Bytes(path, token, new RangeHeaderValue(1000, 1_100_000));
        Assert.Equal((HttpStatusCode.PartialContent, 1000L), (part, from));
        Assert.Equal(_content.Bytes.AsMemory(1000, 1_099_001), body);
        Assert.Equal(_content.Bytes[^5..], (await Bytes(path, token, new RangeHeaderValue(null, 5))).Body);
        var outside = await Bytes(path, token, new RangeHeaderValue(_content.Bytes.Length, null));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, outside.Status);
        var head = await Ask(HttpMethod.Head, path, token);
        Assert.Equal((HttpStatusCode.OK, _content.Bytes.Length, ""), (head.Status, head.Length, head.Body));
    }

    [Fact]
    public async Task Of_a_file_that_is_still_coming_the_pieces_that_came_are_served()
    {
        var other = new Content(seed: 2);
        var token = await _server.TokenFor(_friend.Id);
        using var draft = (await _server.Get<BlobShelf>().BeginAsync(other.Metainfo, Cancellation))!;
        draft.Take(1, other.Piece(1).Span);
        Assert.Equal([0x40], (await Bytes($"blobs/{other.Ih}/have", token, null)).Body);
        var at = other.Metainfo.PieceLength;
        var inside = await Bytes($"blobs/{other.Ih}", token, new RangeHeaderValue(at + 10, at + 99));
        Assert.Equal(other.Bytes.AsMemory(at + 10, 90), inside.Body);
        var served = Served();
        var beyond = await Bytes($"blobs/{other.Ih}", token, new RangeHeaderValue(at - 1, at + 99));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.Status);
        // Nothing was sent, so nothing counts.
        Assert.Equal(served, Served());
        await Bytes($"blobs/{other.Ih}", token, new RangeHeaderValue(at, at + 99));
        Assert.NotEqual(served, Served());

        string Served() => _server.Get<PrometheusText>().Write().Split('\n').Single(
            line => line.StartsWith("anarchive_carriers_served", StringComparison.Ordinal));
    }

    private async Task<(HttpStatusCode Status, long? From, byte[] Body)> Bytes(
        string path, string token, RangeHeaderValue? range)
    {
        using var request = Request(HttpMethod.Get, path, token);
        request.Headers.Range = range;
        using var response = await _http.SendAsync(request, Cancellation);
        var body = await response.Content.ReadAsByteArrayAsync(Cancellation);
        return (response.StatusCode, response.Content.Headers.ContentRange?.From, body);
    }

    private async Task<(HttpStatusCode Status, long? Length, string Body)> Ask(
        HttpMethod method, string path, string? token)
    {
        using var request = Request(method, path, token);
        using var response = await _http.SendAsync(request, Cancellation);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        return (response.StatusCode, response.Content.Headers.ContentLength, body);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, string? token)
    {
        var request = new HttpRequestMessage(method, new Uri(_server.Address, "/net/v1/" + path));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }
}
