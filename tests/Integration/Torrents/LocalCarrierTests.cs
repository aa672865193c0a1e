using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What programs of this machine hear of files: with the key of this install, and without.</summary>
public sealed class LocalCarrierTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private readonly Content _content = new();
    private readonly BentSource _source;
    private readonly List<BlobSource> _sources = [];
    private LiveNode _node = null!;

    public LocalCarrierTests() => _source = new BentSource(_content, 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Announce => _node.Get<LocalAddress>().Announce!;

    private string WebSeed => _node.Get<LocalAddress>().WebSeed(_content.Metainfo)!;

    private string Hash => string.Concat(_content.Ih.ToArray().Select(b => $"%{b:x2}"));

    public async ValueTask InitializeAsync()
    {
        _node = await LiveNode.Start(services: s => s.AddSingleton<BlobSourcesOf>(_ => [.. _sources]));
        _node.Get<BlobShelf>().Describe(_content.Metainfo);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Clients_of_this_machine_hear_of_each_other_and_of_no_address_they_name()
    {
        Assert.Equal("d8:completei1e10:incompletei0e8:intervali120e5:peers0:e", await Said(1000, "left=0"));
        var second = await Said(2000, "left=5&ip=203.0.113.9&compact=0");
        Assert.Equal("d8:completei1e10:incompletei1e8:intervali120e5:peers6:\u007f\0\0\u0001\u0003\u00e8e", second);
        Assert.EndsWith("5:peers0:e", await Said(2000, "left=5&numwant=0"));
        Assert.Equal(
            $"d5:filesd20:{Latin(_content.Ih.ToArray())}d8:completei1e10:downloadedi0e10:incompletei1eeee",
            await Text(Announce.Replace("/announce/", "/scrape/") + $"?info_hash={Hash}&info_hash={Other}"));
        Assert.EndsWith("5:peers6:\u007f\0\0\u0001\u0007\u00d0e", await Said(1000, "left=0&event=stopped"));
        Assert.EndsWith("5:peers0:e", await Said(2000, "left=5"));
    }

    [Fact]
    public async Task An_unknown_torrent_and_a_bent_request_are_told_a_reason_and_remembered_nowhere()
    {
        foreach (var query in new[] { $"info_hash={Other}&port=1", $"info_hash={Hash}", "port=1", "", "info_hash=%" })
            Assert.StartsWith("d14:failure reason", await Text($"{Announce}?{query}"));
        Assert.EndsWith("5:peers0:e", await Said(9, "left=0"));
    }

    [Fact]
    public async Task Without_the_key_every_path_is_not_found()
    {
        var key = Announce.Split('/')[^1];
        var other = (key[0] == 'A' ? 'B' : 'A') + key[1..];
        foreach (var address in new[] { Announce, Announce.Replace("/announce/", "/scrape/"), WebSeed })
        {
            using var right = await _http.GetAsync(
                new Uri(address), HttpCompletionOption.ResponseHeadersRead, Cancellation);
            Assert.NotEqual(HttpStatusCode.NotFound, right.StatusCode);
            using var wrong = await _http.GetAsync(new Uri(address.Replace(key, other)), Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
        }

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(_node.Home, "torrents.key")));
        await _node.Restart(stopFirst: true);
        Assert.EndsWith(key, Announce);
    }

    [Fact]
    public async Task A_web_seed_passes_verified_pieces_on_and_fetches_each_once()
    {
        _sources.Add(_source.Source);
        var (from, to) = (_content.Metainfo.PieceLength - 10, 3 * _content.Metainfo.PieceLength + 4);
        Assert.Equal(_content.Bytes.AsMemory(from, to - from + 1), await Range(from, to));
        Assert.Equal([0, 1, 2, 3], _source.Asked.Order());
        Assert.Equal(_content.Bytes.AsMemory(from, 3), await Range(from, from + 2));
        Assert.Equal(4, _source.Asked.Count);
        using var other = await _http.GetAsync(new Uri(WebSeed + "x"), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task A_piece_that_no_source_gives_right_is_not_passed_on()
    {
        _sources.Add(_source.Source);
        _source.Bend = (piece, bytes, _) =>
        {
            if (piece == 1) bytes[0] ^= 1;
            return Task.FromResult(bytes);
        };
        using var none = await _http.SendAsync(Asking(_content.Metainfo.PieceLength, null), Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, none.StatusCode);
        Assert.DoesNotContain(
            Latin(_content.Piece(1).ToArray()[1..100]), Latin(await none.Content.ReadAsByteArrayAsync(Cancellation)));
    }

    [Fact]
    public async Task A_transfer_that_began_ends_short_where_a_piece_is_wrong()
    {
        _sources.Add(_source.Source);
        // The end of a connection takes along what nobody has read yet.
        var isRead = new TaskCompletionSource();
        _source.Bend = async (piece, bytes, cancellation) =>
        {
            if (piece != 1) return bytes;
            await isRead.Task.WaitAsync(cancellation);
            bytes[0] ^= 1;
            return bytes;
        };
        using var begun = await _http.SendAsync(
            Asking(0, null), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        var read = await begun.Content.ReadAsStreamAsync(Cancellation);
        var first = new byte[_content.Metainfo.PieceLength];
        await read.ReadExactlyAsync(first, Cancellation);
        Assert.Equal(_content.Piece(0), first);
        isRead.SetResult();
        await Assert.ThrowsAnyAsync<IOException>(() => read.ReadExactlyAsync(first, Cancellation).AsTask());
    }

    private static string Other => string.Concat(Enumerable.Repeat("%01", 20));

    private static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    private Task<string> Said(int port, string more) =>
        Text($"{Announce}?info_hash={Hash}&peer_id=-XX0001-aaaaaaaaaaaa&port={port}&{more}");

    private async Task<string> Text(string address) =>
        Latin(await _http.GetByteArrayAsync(new Uri(address), Cancellation));

    private async Task<byte[]> Range(long from, long to)
    {
        using var response = await _http.SendAsync(Asking(from, to), Cancellation);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync(Cancellation);
    }

    private HttpRequestMessage Asking(long from, long? to)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, WebSeed);
        request.Headers.Range = new RangeHeaderValue(from, to);
        return request;
    }
}
