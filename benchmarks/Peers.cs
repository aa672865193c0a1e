using System.Diagnostics;
using System.Text.Json.Nodes;
using Anarchive.Cli;

namespace Anarchive.Benchmarks;

/// <summary>
/// One node with very many peers and hives: how long they take to join, how long until the last of a hive's peers shows
/// a post, and what memory the node held at most. The peers are whole nodes, all within this process. With
/// <c>--home</c> the node has that directory's events besides.
/// </summary>
internal static class Peers
{
    private const int PeerCount = 200;
    private const int HiveCount = 1_000;
    private const int HivesPerPeer = HiveCount / PeerCount;
    private const int JoinsAtOnce = 4;
    private const int StatusRuns = 9;

    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        // Each host would watch for changed settings, and the system bounds the watches of one user.
        Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
        using var scratch = new Scratch();
        var home = settings.Home ?? scratch.Path("node");
        if (settings.Events is { } events) await Mix.WriteAsync(home, events, settings.Log, cancellation);
        await using var node = await NodeProcess.StartAsync(new Home(home), "node", settings.Log, cancellation);
        var prefix = $"peers-{Stopwatch.GetTimestamp():x}";
        for (var n = 0; n < HiveCount; n++)
            await node.Api.PostAsync("/api/v1/hives", new JsonObject { ["name"] = $"{prefix}-{n}" }, cancellation);
        settings.Log($"peers: {HiveCount} hives, {node.PeakKilobytes() / 1024} MB");
        var clock = Stopwatch.StartNew();
        var guests = new Guest?[PeerCount];
        try
        {
            var atOnce = new ParallelOptions { MaxDegreeOfParallelism = JoinsAtOnce, CancellationToken = cancellation };
            await Parallel.ForAsync(0, PeerCount, atOnce, async (n, token) =>
            {
                var guest = guests[n] = await Guest.StartAsync(scratch.Path($"guest-{n}"), token);
                for (var hive = 0; hive < HivesPerPeer; hive++)
                    await guest.JoinAsync(node, $"{prefix}-{n * HivesPerPeer + hive}", token);
            });
            var joined = clock.Elapsed;
            settings.Log($"peers: all joined after {joined.TotalSeconds:F0} s, {node.PeakKilobytes() / 1024} MB");
            var status = await StatusAsync(home, cancellation);
            settings.Log($"peers: status answers after {status.At(0.5):F0} ms");
            var arrivals = await PostAsync(node, guests!, prefix, settings, cancellation);
            var document = new JsonObject
            {
                ["name"] = "peers",
                ["peers"] = PeerCount,
                ["hives"] = HiveCount,
                ["events"] = settings.Events ?? 0,
                ["joinSeconds"] = Math.Round(joined.TotalSeconds, 1),
                ["status"] = Samples.ToJson(status),
                ["arrivals"] = Samples.ToJson(arrivals),
                ["peakMegabytes"] = node.PeakKilobytes() / 1024,
            };
            return new Report(
                document,
                $"{PeerCount} peers in {HiveCount} hives: memory at most {node.PeakKilobytes() / 1024} MB; a post is "
                    + $"at its peer after p99 {arrivals.At(0.99):F0} ms; status answers after {status.At(0.5):F0} ms");
        }
        finally
        {
            foreach (var guest in guests)
                if (guest is not null) await guest.DisposeAsync();
        }
    }

    /// <summary>Milliseconds that the command takes, from its start to its end.</summary>
    private static async Task<List<double>> StatusAsync(string home, CancellationToken cancellation)
    {
        var times = new List<double>();
        for (var n = 0; n < StatusRuns; n++)
        {
            var clock = Stopwatch.StartNew();
            using var status = Process.Start(new ProcessStartInfo(
                "dotnet", [Path.Combine(AppContext.BaseDirectory, "anarchive.dll"), "status", "--json", "--home", home])
            {
                RedirectStandardOutput = true,
            })!;
            await status.StandardOutput.ReadToEndAsync(cancellation);
            await status.WaitForExitAsync(cancellation);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        return times;
    }

    /// <summary>For so many minutes, one hive's post after the other; milliseconds until its peer has it.</summary>
    private static async Task<List<double>> PostAsync(
        NodeProcess node, Guest[] guests, string prefix, Settings settings, CancellationToken cancellation)
    {
        var arrivals = new List<double>();
        var time = Stopwatch.StartNew();
        for (var n = 0; time.Elapsed.TotalMinutes < settings.Minutes; n = (n + 1) % HiveCount)
        {
            var clock = Stopwatch.StartNew();
            var post = new JsonObject { ["hive"] = $"{prefix}-{n}", ["title"] = "Measured" };
            var id = ((JsonObject)await node.Api.PostAsync("/api/v1/posts", post, cancellation)).Need("id");
            var queries = guests[n / HivesPerPeer].Get<Anarchive.Node.HiveQueries>();
            while (queries.Post(id, null) is null)
                await Task.Delay(TimeSpan.FromMilliseconds(2), cancellation);
            arrivals.Add(clock.Elapsed.TotalMilliseconds);
        }

        return arrivals;
    }
}
