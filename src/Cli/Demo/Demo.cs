using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary>
/// Three nodes on loopback, joined by invites, with one discussion whose authors are spread over them: what two
/// people's machines would do, in one place.
/// </summary>
internal sealed class Demo(Terminal terminal, string directory) : IAsyncDisposable
{
    public const string Hive = "threads";

    private const int LookAgainMs = 20;

    private static readonly string[] Names = ["ash", "birch", "cedar"];
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(2);

    private readonly List<NodeProcess> _nodes = [];

    public IReadOnlyList<NodeProcess> Nodes => _nodes;

    public async Task StartAsync(CancellationToken cancellation)
    {
        foreach (var name in Names)
        {
            var home = new Home(Path.Combine(directory, name));
            _nodes.Add(await NodeProcess.StartAsync(home, name, terminal.Remark, cancellation));
        }

        var first = _nodes[0].Api;
        if (!await HoldsAsync(first, cancellation))
        {
            var hive = new JsonObject { ["name"] = Hive, ["title"] = "Threads from a mailing list" };
            await first.PostAsync("/api/v1/hives", hive, cancellation);
        }

        foreach (var node in _nodes.Skip(1))
        {
            if (await HoldsAsync(node.Api, cancellation)) continue;
            var request = new JsonObject { ["hive"] = Hive };
            var invite = (JsonObject)await first.PostAsync("/api/v1/sync/invites", request, cancellation);
            var join = new JsonObject { ["invite"] = invite.Need("invite"), ["name"] = Hive };
            await node.Api.PostAsync("/api/v1/sync/join", join, cancellation);
        }
    }

    /// <summary>Writes the drafts, then waits until the three nodes hold and show the same.</summary>
    public async Task<JsonObject> ImportAsync(IReadOnlyList<ReadyMessage> messages, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        ImportCount count;
        using (var progress = new Progress(terminal))
        {
            var import = new ThreadsImport(messages, Hive, progress.Tell);
            count = await import.RunAsync([.. _nodes.Select(n => n.Home)], cancellation);
        }

        var imported = clock.ElapsedMilliseconds;
        var groups = await StepAsync(clock, cancellation);
        var inStep = clock.ElapsedMilliseconds;
        var nodes = new JsonArray();
        foreach (var (node, group) in _nodes.Zip(groups)) nodes.Add(await DescribeAsync(node, group, cancellation));
        return new JsonObject
        {
            ["hive"] = Hive,
            ["messages"] = messages.Count,
            ["lost"] = messages.Count - groups.Min(g => g.Number("posts") + g.Number("comments")),
            ["refused"] = count.Refused.Count,
            ["deepestReply"] = Deepest(messages),
            ["inStep"] = AreEqual(groups),
            ["millisecondsImporting"] = imported,
            ["millisecondsToStep"] = inStep - imported,
            ["nodes"] = nodes,
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    private static async Task<bool> HoldsAsync(NodeApi node, CancellationToken cancellation) =>
        ((JsonArray)await node.GetAsync("/api/v1/hives", cancellation)).OfType<JsonObject>()
            .Any(hive => hive.Text("name") == Hive);

    private async Task<JsonObject[]> StepAsync(Stopwatch clock, CancellationToken cancellation)
    {
        var until = clock.Elapsed + PatienceMax;
        while (true)
        {
            var groups = await Task.WhenAll(_nodes.Select(node => GroupAsync(node.Api, cancellation)));
            if (AreEqual(groups) || clock.Elapsed > until) return groups;
            await Task.Delay(LookAgainMs, cancellation);
        }
    }

    private static bool AreEqual(JsonObject[] groups) =>
        groups.Select(g => (g.Need("vector_digest"), g.Need("state_digest"))).Distinct().Count() == 1;

    private static async Task<JsonObject> GroupAsync(NodeApi node, CancellationToken cancellation) =>
        ((JsonArray)await node.GetAsync("/api/v1/sync/groups", cancellation)).OfType<JsonObject>()
            .First(group => group.Text("hive") == Hive);

    private static async Task<JsonObject> DescribeAsync(
        NodeProcess node, JsonObject group, CancellationToken cancellation)
    {
        long deepest = 0;
        await foreach (var post in node.Api.PagesAsync($"/api/v1/hives/{Hive}/feed?sort=new", cancellation))
        {
            var comments = $"/api/v1/posts/{post.Need("id")}/comments";
            await foreach (var comment in node.Api.PagesAsync(comments, cancellation))
                deepest = Math.Max(deepest, comment.Number("depth") + 1);
        }

        return new JsonObject
        {
            ["url"] = node.Url,
            ["dataDirectory"] = node.Home.Directory,
            ["pid"] = node.Id,
            ["events"] = group.Number("events"),
            ["posts"] = group.Number("posts"),
            ["comments"] = group.Number("comments"),
            ["deepestReply"] = deepest,
            ["stateDigest"] = group.Need("state_digest"),
            ["vectorDigest"] = group.Need("vector_digest"),
        };
    }

    private static int Deepest(IReadOnlyList<ReadyMessage> messages)
    {
        var parents = messages.ToDictionary(m => m.Key, m => m.Parent, StringComparer.Ordinal);
        return messages.Select(Depth).DefaultIfEmpty(0).Max();

        int Depth(ReadyMessage message)
        {
            var depth = 0;
            for (var at = message.Parent; at is not null; at = parents[at]) depth++;
            return depth;
        }
    }
}
