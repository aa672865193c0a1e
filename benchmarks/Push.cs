using System.Diagnostics;
using System.Text.Json.Nodes;
using Anarchive.Cli;

namespace Anarchive.Benchmarks;

/// <summary>
/// A post written on one node until the other shows it. Baseline: what cannot be avoided, two durable commits and two
/// requests over loopback, one after the other.
/// </summary>
internal static class Push
{
    private const int Posts = 300;
    private const int WarmUp = 30;

    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        using var scratch = new Scratch();
        await using var pair = await Pair.SharingAsync(scratch, settings, cancellation);
        using var baseline = new CommitBaseline(scratch.Path("baseline.db"));
        var (samples, bare) = (new List<double>(), new List<double>());
        for (var n = 0; n < Posts + WarmUp; n++)
        {
            // Not in step with any timer of the nodes.
            await Task.Delay(20 + n % 13, cancellation);
            var visible = await VisibleAsync(pair, n, cancellation);
            var least = await LeastAsync(pair, baseline, cancellation);
            if (n < WarmUp) continue;
            samples.Add(visible);
            bare.Add(least);
        }

        var document = new JsonObject
        {
            ["name"] = "push",
            ["push"] = Samples.ToJson(samples),
            ["baseline"] = Samples.ToJson(bare),
        };
        return new Report(
            document,
            $"visible at the peer after p50 {samples.At(0.5):F1} ms, p99 {samples.At(0.99):F1} ms; two commits and two "
                + $"requests: p50 {bare.At(0.5):F1} ms, p99 {bare.At(0.99):F1} ms");
    }

    /// <summary>Milliseconds from a post on the source until the target shows it.</summary>
    public static async Task<double> VisibleAsync(Pair pair, int number, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var post = new JsonObject { ["hive"] = Mix.Hive, ["title"] = $"Post {number}" };
        var id = ((JsonObject)await pair.Source.Api.PostAsync("/api/v1/posts", post, cancellation)).Need("id");
        while (!await ShowsAsync(pair.Target, id, cancellation))
            if (clock.Elapsed > TimeSpan.FromSeconds(60))
                throw CliFailure.Refused("stalled", "A post did not arrive within a minute.");
        return clock.Elapsed.TotalMilliseconds;
    }

    private static async Task<bool> ShowsAsync(NodeProcess node, string id, CancellationToken cancellation)
    {
        try
        {
            await node.Api.GetAsync("/api/v1/posts/" + id, cancellation);
            return true;
        }
        catch (CliFailure notYet) when (notYet.Code == "not_found")
        {
            return false;
        }
    }

    private static async Task<double> LeastAsync(Pair pair, CommitBaseline baseline, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        await pair.Source.Api.GetAsync("/api/v1/hives", cancellation);
        baseline.Commit();
        await pair.Target.Api.GetAsync("/api/v1/hives", cancellation);
        baseline.Commit();
        return clock.Elapsed.TotalMilliseconds;
    }
}
