using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Benchmarks;

/// <summary>
/// Three times the comments a node can take: how many of them it still takes, and how long a peer's heartbeat waits
/// meanwhile. Baseline: as many as <see cref="Fewer"/> writers get done who each wait for their answer.
/// </summary>
internal static class Overload
{
    private const int Times = 3;
    private const int Fewer = 256;
    private const int Many = 1_000;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BeatEvery = TimeSpan.FromMilliseconds(100);

    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        using var scratch = new Scratch();
        await using var node = await NodeProcess.StartAsync(
            new Home(scratch.Path("node")), "node", settings.Log, cancellation);
        var comments = $"/api/v1/posts/{await LocalWrite.OpenAsync(node, cancellation)}/comments";
        await using var guest = await Guest.StartAsync(scratch.Path("guest"), cancellation);
        await guest.JoinAsync(node, Mix.Hive, cancellation);
        // More than can be done: whoever has an answer writes on.
        const double unbounded = 1_000_000;
        await WriteAsync(Fewer, unbounded, Time / 4);
        var peak = await WriteAsync(Fewer, unbounded, Time);
        settings.Log($"overload: at most {peak.PerSecond:F0} comments a second");
        var over = await WriteAsync(Many, Times * peak.PerSecond, Time);
        var document = new JsonObject
        {
            ["name"] = "overload",
            ["peakPerSecond"] = Math.Round(peak.PerSecond),
            ["peakHeartbeats"] = Samples.ToJson(peak.Beats),
            ["offeredPerSecond"] = Math.Round(Times * peak.PerSecond),
            ["overload"] = over.Document(),
            ["goodput"] = Math.Round(over.PerSecond / peak.PerSecond, 2),
        };
        return new Report(
            document,
            $"{over.PerSecond:F0} comments a second of {Times} times {peak.PerSecond:F0}, "
                + $"{over.PerSecond / peak.PerSecond:P0}; heartbeats p99 {over.Beats.At(0.99):F0} ms");

        async Task<Outcome> WriteAsync(int writers, double perSecond, TimeSpan time)
        {
            var pace = new Pace(writers, perSecond, time);
            var body = new JsonObject { ["content"] = new string('o', 400) }.ToJsonString();
            var beats = new List<double>();
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            // A thread of its own: it must not wait for the writers' turns in this process.
            var beating = new Thread(() => Beat(node, guest, beats, ended.Token));
            beating.Start();
            var clock = Stopwatch.StartNew();
            await pace.RunAsync(
                (_, _) => node.Api.PostAsync(comments, (JsonObject)JsonNode.Parse(body)!, cancellation), cancellation);
            var seconds = clock.Elapsed.TotalSeconds;
            await ended.CancelAsync();
            beating.Join();
            return new Outcome(pace.Samples.Count / seconds, pace, beats);
        }
    }

    private static void Beat(NodeProcess node, Guest guest, List<double> beats, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = new Uri(node.Url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", guest.Host.Token);
        while (!cancellation.WaitHandle.WaitOne(BeatEvery))
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            var beat = new HeartbeatMessage(guest.Writer.Self.ToString(), now, [], [], []);
            using var request = PeerHttp.Post(
                new Uri("/sync/v1/heartbeat", UriKind.Relative), beat, SyncJson.Default.HeartbeatMessage);
            var clock = Stopwatch.StartNew();
            using var response = http.Send(request, CancellationToken.None);
            response.EnsureSuccessStatusCode();
            beats.Add(clock.Elapsed.TotalMilliseconds);
        }
    }

    private sealed record Outcome(double PerSecond, Pace Pace, List<double> Beats)
    {
        public JsonObject Document() => new()
        {
            ["perSecond"] = Math.Round(PerSecond),
            ["writes"] = Samples.ToJson(Pace.Samples),
            ["failures"] = new JsonObject(
                Pace.Failures.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value))),
            ["heartbeats"] = Samples.ToJson(Beats),
        };
    }
}
