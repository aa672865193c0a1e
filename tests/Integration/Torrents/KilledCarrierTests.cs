using System.Diagnostics;
using System.Globalization;
using Anarchive.Node;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Transfers go on where they were, and nothing stays behind, whoever was killed.</summary>
public sealed class KilledCarrierTests : IDisposable
{
    public const string Name = "killed-carrier";

    private const string Place = "KILLED_CARRIER_PLACE";

    private readonly TemporaryDirectory _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_client_that_is_killed_is_started_again_and_goes_on()
    {
        RealClients.Need(RunningClient.Transmission);
        var content = new Content();
        var source = new BentSource(content, 1);
        var killed = new TaskCompletionSource();
        source.Bend = async (piece, bytes, cancellation) =>
        {
            if (piece >= 2) await killed.Task.WaitAsync(cancellation);
            return bytes;
        };
        await using var node = await LiveNode.Start(
            with: o => o with { TorrentClient = "transmission" },
            services: s => s.AddSingleton<BlobSourcesOf>(_ => [source.Source]));
        var host = node.Get<TorrentHost>();
        await Eventually.True(() => host.Client is not null, "The client does not start.");
        var fetch = host.FetchAsync(content.Metainfo, content.Sha256, null, Cancellation);
        await Eventually.True(() => source.Asked.Any(piece => piece >= 2), "Nothing was asked for.");
        var first = host.ProcessId!.Value;
        using (var process = Process.GetProcessById(first)) process.Kill();
        await Eventually.True(() => host.ProcessId is { } now && now != first, "It is not started again.");
        killed.SetResult();
        await fetch.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        var path = node.Get<BlobShelf>().PathOf(content.Ih)!;
        Assert.Equal(content.Bytes, await File.ReadAllBytesAsync(path, Cancellation));
        var last = host.ProcessId!.Value;
        await node.Stop();
        Assert.False(RealClients.Runs(first) || RealClients.Runs(last), "A client still runs.");
    }

    [Fact]
    public async Task A_killed_node_takes_its_client_along_and_fetches_only_what_it_lacks()
    {
        RealClients.Need(RunningClient.Transmission);
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "Anarchive.Tests.Integration"), [Program.Watched, Name])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[Place] = _scratch.Root;
        using var node = Process.Start(start)!;
        var said = await node.StandardOutput.ReadLineAsync(Cancellation);
        var client = int.Parse(said!, CultureInfo.InvariantCulture);
        Assert.Equal("3", await node.StandardOutput.ReadLineAsync(Cancellation));
        Assert.True(RealClients.Runs(client));
        var second = await Assert.ThrowsAsync<CarrierException>(
            () => TransmissionDaemon.StartAsync(_scratch.At("client"), Cancellation));
        Assert.Equal("client_in_use", second.Code);
        node.Kill();
        await node.WaitForExitAsync(Cancellation);
        await Eventually.True(() => !RealClients.Runs(client), "The client outlives its node.");
        await using (var again = await TransmissionDaemon.StartAsync(_scratch.At("client"), Cancellation))
            Assert.Empty(await again.Client.ListAsync(Cancellation));

        var content = new Content();
        var source = new BentSource(content, 1);
        using var carrier = new Carrier(_scratch.At("blobs"), TimeProvider.System);
        await carrier.Fetch.FetchAsync(content.Metainfo, content.Sha256, [source.Source], null, Cancellation);
        Assert.Equal(
            content.Bytes, await File.ReadAllBytesAsync(carrier.Shelf.PathOf(content.Ih)!, Cancellation));
        Assert.Equal([3, 4], source.Asked.Order());
    }

    /// <summary>The program that is killed: it has a client, and three of five pieces.</summary>
    internal static async Task Run()
    {
        var root = Environment.GetEnvironmentVariable(Place)!;
        var daemon = await TransmissionDaemon.StartAsync(Path.Combine(root, "client"), CancellationToken.None);
        Console.WriteLine(daemon.ProcessId);
        var content = new Content();
        var source = new BentSource(content, 1);
        source.Bend = async (piece, bytes, cancellation) =>
        {
            if (piece >= 3) await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return bytes;
        };
        using var carrier = new Carrier(Path.Combine(root, "blobs"), TimeProvider.System);
        await carrier.Fetch.FetchAsync(
            content.Metainfo, content.Sha256, [source.Source], new Third(), CancellationToken.None);
    }

    private sealed class Third : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value)
        {
            if (value.Pieces == 3) Console.WriteLine(3);
        }
    }
}
