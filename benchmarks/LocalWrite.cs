using System.Diagnostics;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Node;

namespace Anarchive.Benchmarks;

/// <summary>
/// Comments written to one node over its API, 200 a second whatever the answers take, so that waiting is measured and
/// not hidden. Baseline: one insert and commit of a row of that size at the same rate, in process.
/// </summary>
internal static class LocalWrite
{
    private const int PerSecond = 200;
    private const int Seconds = 20;
    private const int WarmUp = 2 * PerSecond;

    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        using var scratch = new Scratch();
        await using var node = await NodeProcess.StartAsync(
            new Home(scratch.Path("node")), "writer", settings.Log, cancellation);
        var post = await OpenAsync(node, cancellation);
        var body = new JsonObject { ["content"] = new string('w', 400) };
        var samples = await PaceAsync(async () =>
        {
            await node.Api.PostAsync($"/api/v1/posts/{post}/comments", (JsonObject)body.DeepClone(), cancellation);
        }, cancellation);

        using var baseline = new CommitBaseline(scratch.Path("baseline.db"));
        using var gate = new SemaphoreSlim(1);
        var bare = await PaceAsync(async () =>
        {
            await gate.WaitAsync(cancellation);
            baseline.Commit();
            gate.Release();
        }, cancellation);
        var document = new JsonObject
        {
            ["name"] = "write",
            ["perSecond"] = PerSecond,
            ["write"] = Samples.ToJson(samples),
            ["baseline"] = Samples.ToJson(bare),
        };
        return new Report(
            document,
            $"p50 {samples.At(0.5):F1} ms, p99 {samples.At(0.99):F1} ms at {PerSecond}/s; a bare commit: "
                + $"p50 {bare.At(0.5):F1} ms, p99 {bare.At(0.99):F1} ms");
    }

    /// <summary>Founds a hive with one post; answers the post's id.</summary>
    public static async Task<string> OpenAsync(NodeProcess node, CancellationToken cancellation)
    {
        await node.Api.PostAsync("/api/v1/hives", new JsonObject { ["name"] = Mix.Hive }, cancellation);
        var post = new JsonObject { ["hive"] = Mix.Hive, ["title"] = "Measured" };
        return ((JsonObject)await node.Api.PostAsync("/api/v1/posts", post, cancellation)).Need("id");
    }

    /// <summary>Starts the work at fixed times; a sample counts from its due time. Milliseconds.</summary>
    private static async Task<List<double>> PaceAsync(Func<Task> work, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var running = new List<Task<double>>();
        for (var n = 0; n < WarmUp + PerSecond * Seconds; n++)
        {
            var due = TimeSpan.FromSeconds((double)n / PerSecond);
            if (due - clock.Elapsed is { } wait && wait > TimeSpan.FromMilliseconds(1))
                await Task.Delay(wait, cancellation);
            running.Add(TimeAsync(due));
        }

        return [.. (await Task.WhenAll(running)).Skip(WarmUp)];

        async Task<double> TimeAsync(TimeSpan due)
        {
            // A timer that fires late is the measuring program's fault, not the node's.
            var started = clock.Elapsed > due ? clock.Elapsed : due;
            await Task.Yield();
            await work();
            return (clock.Elapsed - started).TotalMilliseconds;
        }
    }
}

/// <summary>One row and one durable commit, with a node's pragmas.</summary>
internal sealed class CommitBaseline : IDisposable
{
    private readonly Database _database;
    private readonly Statement _insert;

    public CommitBaseline(string path)
    {
        _database = Database.Open(path);
        _insert = _database.Prepare(
            "INSERT INTO meta (key, value) VALUES (lower(hex(randomblob(16))), hex(randomblob(300)))");
    }

    public void Commit()
    {
        _database.Begin();
        _insert.Run();
        _database.Commit();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _database.Dispose();
    }
}
