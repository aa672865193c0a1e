using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Real clients fetch a file from other nodes through their own node, one of which lies.</summary>
public sealed class WebSeedTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _scratch = new();
    private readonly Content _content = new();
    private readonly BentSource _bad;
    private readonly BentSource _good;
    private RunningClient? _client;
    private LiveNode? _node;

    public WebSeedTests()
    {
        (_bad, _good) = (new BentSource(_content, 1), new BentSource(_content, 2));
        _bad.Bend = (_, bytes, _) =>
        {
            bytes[^1] ^= 1;
            return Task.FromResult(bytes);
        };
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
        if (_client is not null) await _client.DisposeAsync();
        _scratch.Dispose();
    }

    [Theory]
    [InlineData(RunningClient.Transmission)]
    [InlineData(RunningClient.QBittorrent)]
    [InlineData(RunningClient.Aria2)]
    public async Task A_client_gets_the_right_bytes_although_one_source_lies(string program)
    {
        RealClients.Need(program);
        if (program != RunningClient.Transmission)
            _client = await RunningClient.Start(program, _scratch.At("client"), Cancellation);
        _node = await LiveNode.Start(
            with: o => o with { TorrentClient = _client?.Setting ?? "transmission" },
            services: s => s.AddSingleton<BlobSourcesOf>(_ => [_bad.Source, _good.Source]));
        var host = _node.Get<TorrentHost>();
        await Eventually.True(() => host.Client is not null, "The client does not start.");
        await host.FetchAsync(_content.Metainfo, _content.Sha256, null, Cancellation);
        var path = _node.Get<BlobShelf>().PathOf(_content.Ih)!;
        Assert.Equal(_content.Bytes, await File.ReadAllBytesAsync(path, Cancellation));
        Assert.True(_node.Get<SourceBans>().IsBanned(_bad.Node));
        Assert.Equal(5, _good.Asked.Distinct().Count());

        // What the client seeds from the shelf it has to have checked, and takes away no file of it.
        Assert.Empty(await host.Client!.ListAsync(Cancellation));
        Assert.True(await host.SeedAsync(_content.Ih, Cancellation));
        await Eventually.True(
            async () => (await host.Client!.FindAsync(_content.Ih, Cancellation))?.State == TorrentState.Seeding,
            () => "It does not seed.");
        Assert.True(await host.Client.RemoveAsync(_content.Ih, Cancellation));
        Assert.Null(await host.Client.FindAsync(_content.Ih, Cancellation));
        Assert.False(await host.Client.RemoveAsync(_content.Ih, Cancellation));
        Assert.Equal(_content.Bytes, await File.ReadAllBytesAsync(path, Cancellation));
    }
}
