using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Clients of two nodes that reach each other through a tunnel and by no other way.</summary>
public sealed class WireTunnelTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _scratch = new();
    private readonly Content _content = new();
    private readonly HashSet<NodeId> _readers = [];
    private RunningClient? _client;
    private LiveNode _seed = null!;
    private LiveNode? _other;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        RealClients.Need(RunningClient.Transmission);
        _seed = await Started("transmission");
        await Seed(_seed);
    }

    public async ValueTask DisposeAsync()
    {
        if (_other is not null) await _other.DisposeAsync();
        if (_seed is not null) await _seed.DisposeAsync();
        if (_client is not null) await _client.DisposeAsync();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    public async Task A_file_passes_from_client_to_client(string program)
    {
        RealClients.Need(program);
        if (program != RunningClient.Transmission)
            _client = await RunningClient.Start(program, _scratch.At("client"), Cancellation);
        _other = await Started(_client?.Setting ?? "transmission");
        var group = await _seed.Found("films");
        await _other.Join(_seed, "films");
        await Eventually.InStep(group, _seed, _other);
        var (mine, tunnels) = (_other.Get<TorrentHost>(), _other.Get<WireTunnels>());
        var fetch = mine.FetchAsync(_content.Metainfo, _content.Sha256, null, Cancellation);
        await Eventually.True(
            async () => await mine.Client!.FindAsync(_content.Ih, Cancellation) is not null, () => "Not added.");
        await Eventually.True(
            async () =>
            {
                try
                {
                    // The client takes no connections for a torrent that it is still looking at.
                    Assert.False(await tunnels.RunAsync(_seed.Id, _content.Ih, Cancellation));
                    return false;
                }
                catch (PeerException refused)
                {
                    return refused.Failure == Failure.NotFound;
                }
            },
            () => "Who may not read it is not refused.");

        _readers.Add(_other.Id);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var tunnel = tunnels.RunAsync(_seed.Id, _content.Ih, stop.Token);
        await fetch.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        var path = _other.Get<BlobShelf>().PathOf(_content.Ih)!;
        Assert.Equal(_content.Bytes, await File.ReadAllBytesAsync(path, Cancellation));
        await stop.CancelAsync();
        Assert.True(await tunnel);
    }

    [Fact]
    public async Task By_way_of_a_proxy_a_tunnel_opens_for_a_signed_request_alone()
    {
        var proxied = _other = await Started("transmission", "http://127.0.0.1:0");
        await Seed(proxied);
        _readers.Add(_seed.Id);
        var (caller, address) = (_seed.Get<NodeKey>(), proxied.PeerAddress);
        var token = (await proxied.Get<TokenBook>().IssueAsync(
            new TokenHolder(_seed.Id, caller.PublicKey, TokenHolder.Proxied), Cancellation)).Token;
        using var signed = new PeerHttp(new SigningHandler(
            _seed.Get<RequestSigning>(), proxied.Get<NodeKey>().PublicKey, new SocketsHttpHandler()));
        using var bare = new PeerHttp(new SocketsHttpHandler());
        var wire = new Uri(address, $"/net/v1/wire/{_content.Ih}");
        using (var socket = await signed.OpenSocketAsync(wire, token, Cancellation))
        {
            var said = await socket.ReceiveAsync(new byte[100].AsMemory(), Cancellation);
            Assert.Equal((WireHandshake.ReservedBytes, true), (said.Count, said.EndOfMessage));
        }

        var source = new BlobClient(signed, $"{address}net/v1", token);
        Assert.Equal(
            _content.Piece(0), await source.PieceAsync(_content.Metainfo, 0, BlobClient.StallAfter, Cancellation));
        foreach (var (http, shown) in new[] { (bare, token), (signed, null) })
        {
            var refused = await Assert.ThrowsAsync<PeerException>(
                () => http.OpenSocketAsync(wire, shown, Cancellation));
            Assert.Equal(Failure.NotFound, refused.Failure);
        }
    }

    private async Task Seed(LiveNode node)
    {
        await node.Get<BlobShelf>().PutAsync(
            _content.Metainfo, await _content.Save(_scratch.At("file"), Cancellation), _content.Sha256, Cancellation);
        var host = node.Get<TorrentHost>();
        Assert.True(await host.SeedAsync(_content.Ih, Cancellation));
        await Eventually.True(
            async () => (await host.Client!.FindAsync(_content.Ih, Cancellation))?.State == TorrentState.Seeding,
            () => "Not seeded.");
    }

    private async Task<LiveNode> Started(string client, string peerListen = "https://127.0.0.1:0")
    {
        var node = await LiveNode.Start(
            peerListen: peerListen,
            with: o => o with { TorrentClient = client },
            services: s => s.AddSingleton<MayReadBlob>((peer, _) => _readers.Contains(peer)));
        await Eventually.True(() => node.Get<TorrentHost>().Client is not null, "The client does not start.");
        return node;
    }
}
