using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary>
/// People's work on a node and its peers: of twenty writes one is a post, seven are comments, twelve are votes; pages
/// are read meanwhile. Every post is watched until all nodes show it.
/// </summary>
internal sealed class LoadTest(LoadPlan plan, IReadOnlyList<NodeApi> nodes, string prefix, Action<string> tell)
{
    private const int RecentMax = 256;

    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    private readonly Pace _writes = new(plan.Writers, plan.WritesPerSecond, plan.Time);
    private readonly Pace _reads = new(plan.Readers, plan.ReadsPerSecond, plan.Time);
    private readonly ConcurrentQueue<double> _arrivals = new();
    private readonly ConcurrentQueue<Task> _watched = new();
    private readonly ConcurrentQueue<string>[] _posts = [.. nodes.Select(_ => new ConcurrentQueue<string>())];
    private int _missing;

    public async Task<JsonObject> RunAsync(CancellationToken cancellation)
    {
        await PrepareAsync(cancellation);
        var clock = Stopwatch.StartNew();
        using (new Timer(_ => Tell(clock.Elapsed), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)))
            await Task.WhenAll(
                _writes.RunAsync((lane, n) => WriteAsync(lane, n, cancellation), cancellation),
                _reads.RunAsync((lane, n) => ReadAsync(lane, n, cancellation), cancellation));
        var worked = clock.Elapsed;
        await Task.WhenAll(_watched);
        var inStep = await StepAsync(cancellation);
        var failures = _writes.Failures.Concat(_reads.Failures).GroupBy(f => f.Key)
            .Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Sum(one => one.Value)));
        return new JsonObject
        {
            ["seconds"] = Math.Round(worked.TotalSeconds, 1),
            ["nodes"] = nodes.Count,
            ["hives"] = plan.Hives,
            ["writesPerSecond"] = Math.Round(_writes.Samples.Count / worked.TotalSeconds, 1),
            ["writes"] = Samples.ToJson(_writes.Samples),
            ["readsPerSecond"] = Math.Round(_reads.Samples.Count / worked.TotalSeconds, 1),
            ["reads"] = Samples.ToJson(_reads.Samples),
            ["arrivals"] = Samples.ToJson(_arrivals),
            ["notArrived"] = _missing,
            ["failures"] = new JsonObject(failures),
            ["inStep"] = inStep,
            ["secondsToStep"] = Math.Round((clock.Elapsed - worked).TotalSeconds, 1),
        };
    }

    private string HiveOf(int number) => $"{prefix}-{number % plan.Hives}";

    /// <summary>Makes hives of its own, and never uses one that was there; each gets a post to be answered.</summary>
    private async Task PrepareAsync(CancellationToken cancellation)
    {
        for (var n = 0; n < plan.Hives; n++)
        {
            tell($"Preparing hive {n + 1} of {plan.Hives}");
            var hive = new JsonObject { ["name"] = HiveOf(n), ["title"] = "Load test" };
            await nodes[0].PostAsync("/api/v1/hives", hive, cancellation);
            foreach (var peer in nodes.Skip(1))
            {
                var request = new JsonObject { ["hive"] = HiveOf(n) };
                var invite = (JsonObject)await nodes[0].PostAsync("/api/v1/sync/invites", request, cancellation);
                var join = new JsonObject { ["invite"] = invite.Need("invite"), ["name"] = HiveOf(n) };
                await peer.PostAsync("/api/v1/sync/join", join, cancellation);
            }
        }

        if (!await StepAsync(cancellation)) throw CliFailure.Refused("not_in_step", "The peers did not join in time.");
        for (var at = 0; at < nodes.Count; at++)
            for (var n = 0; n < plan.Hives; n++) await PostAsync(at, n, isWatched: false, cancellation);
    }

    private async Task WriteAsync(int lane, int number, CancellationToken cancellation)
    {
        var at = lane % nodes.Count;
        var kind = (number + lane * 7) % 20;
        if (kind == 0)
        {
            await PostAsync(at, number + lane, isWatched: true, cancellation);
            return;
        }

        var target = "/api/v1/posts/" + Recent(at, number);
        var (path, body) = kind < 8
            ? ("/comments", new JsonObject { ["content"] = $"Comment {number} " + new string('c', 400) })
            : ("/vote", new JsonObject { ["value"] = number % 3 - 1 });
        await nodes[at].PostAsync(target + path, body, cancellation);
    }

    private async Task PostAsync(int at, int number, bool isWatched, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var post = new JsonObject
        {
            ["hive"] = HiveOf(number),
            ["title"] = $"Post {number}",
            ["content"] = new string('p', 400),
        };
        var id = ((JsonObject)await nodes[at].PostAsync("/api/v1/posts", post, cancellation)).Need("id");
        _posts[at].Enqueue(id);
        while (_posts[at].Count > RecentMax) _posts[at].TryDequeue(out _);
        if (isWatched && nodes.Count > 1) _watched.Enqueue(WatchAsync(at, id, clock, cancellation));
    }

    private async Task ReadAsync(int lane, int number, CancellationToken cancellation)
    {
        var at = lane % nodes.Count;
        var page = (number % 5) switch
        {
            0 => $"/api/v1/hives/{HiveOf(number)}/feed?sort=new",
            1 => $"/api/v1/hives/{HiveOf(number)}/feed?sort=hot",
            2 => "/api/v1/hives",
            3 => "/api/v1/posts/" + Recent(at, number),
            _ => $"/api/v1/posts/{Recent(at, number)}/comments",
        };
        await nodes[at].GetAsync(page, cancellation);
    }

    private string Recent(int at, int number)
    {
        var posts = _posts[at].ToArray();
        return posts[number % posts.Length];
    }

    private async Task WatchAsync(int from, string post, Stopwatch clock, CancellationToken cancellation)
    {
        for (var at = 0; at < nodes.Count; at++)
        {
            while (at != from && !await ShowsAsync(nodes[at], post, cancellation))
            {
                if (clock.Elapsed > PatienceMax)
                {
                    Interlocked.Increment(ref _missing);
                    return;
                }

                await Task.Delay(LookAgain, cancellation);
            }
        }

        _arrivals.Enqueue(clock.Elapsed.TotalMilliseconds);
    }

    private static async Task<bool> ShowsAsync(NodeApi node, string post, CancellationToken cancellation)
    {
        try
        {
            await node.GetAsync("/api/v1/posts/" + post, cancellation);
            return true;
        }
        catch (CliFailure notYet) when (notYet.Code == "not_found")
        {
            return false;
        }
    }

    /// <summary>True once all nodes show equal digests of every hive of this test.</summary>
    private async Task<bool> StepAsync(CancellationToken cancellation)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < PatienceMax;)
        {
            var states = await Task.WhenAll(nodes.Select(node => StateAsync(node, cancellation)));
            if (states.Distinct().Count() == 1) return true;
            await Task.Delay(LookAgain * 10, cancellation);
        }

        return false;
    }

    private async Task<string> StateAsync(NodeApi node, CancellationToken cancellation)
    {
        var groups = (JsonArray)await node.GetAsync("/api/v1/sync/groups", cancellation);
        return string.Join('\n', groups.OfType<JsonObject>()
            .Where(g => g.Text("hive")?.StartsWith(prefix + "-", StringComparison.Ordinal) == true)
            .Select(g => $"{g.Text("hive")} {g.Need("vector_digest")} {g.Need("state_digest")}")
            .Order(StringComparer.Ordinal));
    }

    private void Tell(TimeSpan elapsed) => tell(
        $"{elapsed.TotalSeconds:F0} of {plan.Time.TotalSeconds:F0} s: "
        + $"{Counted.Of(_writes.Samples.Count, "write")}, {Counted.Of(_reads.Samples.Count, "read")}");
}
