using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Tests.Integration;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Benchmarks;

/// <summary>
/// A file from one node to another over loopback until it is checked and durable: by ranges, and by each torrent client
/// that is installed, which has it from its own node's web seed. Baseline: the same file by one HTTP request to a file,
/// unchecked.
/// </summary>
internal static class Transfer
{
    private static readonly (string Name, int Bytes)[] Sizes =
        [("64 KiB", 64 * 1024), ("20 MB", 20_000_000), ("200 MB", 200_000_000)];

    private static readonly string[] Clients =
        [RunningClient.Transmission, RunningClient.QBittorrent, RunningClient.Aria2];

    // A node gives one peer 128 MiB a second over time: what is measured is not that bound.
    private static readonly TimeSpan QuotaRefills = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan ClientStarts = TimeSpan.FromMinutes(2);

    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        using var scratch = new Scratch();
        await using var source = await NodeAsync(scratch.Path("source"), null, _ => { }, cancellation);
        using var http = new HttpClient();
        using var connections = new PeerHttp(new SocketsHttpHandler());
        var token = await TokenAsync(source, cancellation);
        var from = Source(source, connections, token);
        var files = new Dictionary<string, Metainfo>();
        var hashes = new Dictionary<Metainfo, Hash256>();
        foreach (var (name, bytes) in Sizes)
        {
            var (what, sha256) = await PutAsync(source, scratch, bytes, cancellation);
            (files[name], hashes[what]) = (what, sha256);
        }

        var seconds = files.Keys.ToDictionary(size => size, _ => new JsonObject());
        await using (var target = await NodeAsync(scratch.Path("target"), null, from, cancellation))
        {
            foreach (var (size, what) in files)
            {
                seconds[size]["copy"] = await MedianAsync(
                    settings.Runs, size,
                    () => CopyAsync(http, At(source, what), token, scratch.Path("copy"), cancellation),
                    cancellation);
                seconds[size]["ranges"] = await MedianAsync(
                    settings.Runs, size, () => FetchAsync(target, what, hashes[what], cancellation), cancellation);
            }
        }

        foreach (var client in Clients.Where(RunningClient.IsInstalled))
            await ByClientAsync(client);
        var document = new JsonObject { ["name"] = "transfer", ["runs"] = settings.Runs };
        foreach (var (size, figures) in seconds) document[size] = figures;
        return new Report(
            document,
            string.Join("; ", seconds.Select(s => $"{s.Key}: " + string.Join(
                ", ", s.Value.Select(f => $"{f.Key} {(double)f.Value!:F2} s")))));

        async Task ByClientAsync(string client)
        {
            settings.Log($"transfer: {client}");
            await using var running = client == RunningClient.Transmission
                ? null
                : await RunningClient.Start(client, scratch.Path(client), cancellation);
            await using var target = await NodeAsync(
                scratch.Path("by-" + client), running?.Setting ?? "transmission", from, cancellation);
            var host = target.Get<TorrentHost>();
            var clock = Stopwatch.StartNew();
            while (host.Client is null)
            {
                if (clock.Elapsed > ClientStarts) throw CliFailure.Refused("stalled", $"{client} does not start.");
                await Task.Delay(50, cancellation);
            }

            foreach (var (size, what) in files)
                seconds[size][client] = await MedianAsync(
                    1, size, () => TimedAsync(() => host.FetchAsync(what, hashes[what], null, cancellation)),
                    cancellation);
        }
    }

    private static async Task<JsonNode> MedianAsync(
        int runs, string size, Func<Task<double>> run, CancellationToken cancellation)
    {
        var samples = new List<double>();
        for (var n = 0; n < runs; n++)
        {
            samples.Add(await run());
            if (size == Sizes[^1].Name) await Task.Delay(QuotaRefills, cancellation);
        }

        return Math.Round(samples.Median(), 3);
    }

    private static async Task<double> CopyAsync(
        HttpClient http, Uri address, string token, string path, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await TimedAsync(async () =>
        {
            using var response = await http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            response.EnsureSuccessStatusCode();
            await using var file = File.Create(path);
            await response.Content.CopyToAsync(file, cancellation);
            file.Flush(flushToDisk: true);
        });
    }

    private static async Task<double> FetchAsync(
        Guest target, Metainfo what, Hash256 sha256, CancellationToken cancellation)
    {
        var sources = target.Get<BlobSourcesOf>()(what.InfoHash);
        await target.Get<BlobShelf>().DropAsync(what.InfoHash, cancellation);
        return await TimedAsync(() => target.Get<RangeFetch>().FetchAsync(
            what, sha256, sources, null, cancellation));
    }

    private static async Task<double> TimedAsync(Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>A node of this process, without peers' TLS, as the baseline has none.</summary>
    private static Task<Guest> NodeAsync(
        string home, string? client, Action<IServiceCollection> services, CancellationToken cancellation)
    {
        var options = new NodeOptions
        {
            DataDirectory = home,
            Listen = "http://127.0.0.1:0",
            TorrentClient = client,
            LogLevel = Microsoft.Extensions.Logging.LogLevel.Warning,
        };
        return Guest.StartAsync(
            options,
            builder =>
            {
                builder.Services.AddSingleton<MayReadBlob>((_, _) => true);
                services(builder.Services);
            },
            cancellation);
    }

    /// <summary>The one source of the other nodes, by a token of its own.</summary>
    private static Action<IServiceCollection> Source(Guest source, PeerHttp http, string token)
    {
        var address = $"{source.Address}net/v1";
        var self = source.Get<LogWriter>().Self;
        return services => services.AddSingleton<BlobSourcesOf>(
            _ => [new BlobSource(self, () => new BlobClient(http, address, token))]);
    }

    private static Uri At(Guest source, Metainfo what) =>
        new(source.Address, $"net/v1/blobs/{what.InfoHash}");

    private static async Task<string> TokenAsync(Guest source, CancellationToken cancellation)
    {
        var caller = new TokenHolder(new NodeId(Hash256.Sha256("a caller"u8)), default, default);
        return (await source.Get<TokenBook>().IssueAsync(caller, cancellation)).Token;
    }

    private static async Task<(Metainfo What, Hash256 Sha256)> PutAsync(
        Guest source, Scratch scratch, int bytes, CancellationToken cancellation)
    {
        var content = new byte[bytes];
        new Random(bytes).NextBytes(content);
        var what = Metainfo.Make($"benchmark-{bytes}.br", bytes, new MemoryStream(content), "anarchive:benchmark");
        var path = scratch.Path(what.Name);
        await File.WriteAllBytesAsync(path, content, cancellation);
        var sha256 = Hash256.Sha256(content);
        await source.Get<BlobShelf>().PutAsync(what, path, sha256, cancellation);
        File.Delete(path);
        return (what, sha256);
    }
}
