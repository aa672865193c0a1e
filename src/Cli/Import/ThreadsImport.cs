using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary>What an import did.</summary>
internal sealed record ImportCount(int Posts, int Comments, int Known, IReadOnlyList<BadLine> Refused);

/// <summary>
/// Writes messages into one hive, each author's at one node. A reply goes out once its parent has been written, and
/// where the parent was written at another node, once it has arrived at this one: as a person would have replied.
/// </summary>
internal sealed class ThreadsImport(IReadOnlyList<ReadyMessage> messages, string hive, Action<string> progress)
{
    // A request stays far below the API's bound on bodies, and one flush of the log takes it whole.
    private const int BatchMessagesMax = 128;
    private const int BatchCharsMax = 96 * 1024;
    private const int AskAgainMs = 10;

    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, string> _placed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _refused = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<BadLine> _refusals = [];
    private readonly Stopwatch _sinceProgress = Stopwatch.StartNew();
    private int _posts;
    private int _comments;

    public async Task<ImportCount> RunAsync(IReadOnlyList<Home> homes, CancellationToken cancellation)
    {
        var lanes = new List<Lane>();
        try
        {
            foreach (var home in homes) lanes.Add(await OpenAsync(home, cancellation));
            var known = messages.Count(message => _placed.ContainsKey(message.Key));
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAll(lanes.Select(
                (lane, number) => RunLaneAsync(lane, Share(number, lanes.Count), stop)));
            return new ImportCount(_posts, _comments, known, [.. _refusals.OrderBy(r => r.Line)]);
        }
        finally
        {
            foreach (var lane in lanes) lane.Dispose();
        }
    }

    /// <summary>The same author lands on the same node in every run: FNV-1a over the name.</summary>
    internal static int NodeOf(string author, int nodes)
    {
        var hash = 2166136261u;
        foreach (var b in System.Text.Encoding.UTF8.GetBytes(author)) hash = (hash ^ b) * 16777619;
        return (int)(hash % (uint)nodes);
    }

    private List<ReadyMessage> Share(int number, int nodes) =>
        [.. messages.Where(d => NodeOf(d.Author, nodes) == number && !_placed.ContainsKey(d.Key))];

    private async Task<Lane> OpenAsync(Home home, CancellationToken cancellation)
    {
        var node = NodeApi.Open(home);
        var detail = (JsonObject)await node.GetAsync("/api/v1/hives/" + Uri.EscapeDataString(hive), cancellation);
        var group = (detail["hive"] as JsonObject)?.Need("group_id") ?? "";
        return new Lane(node, ImportLedger.Open(home, group, _placed));
    }

    private async Task RunLaneAsync(Lane lane, List<ReadyMessage> pending, CancellationTokenSource stop)
    {
        var ended = false;
        try
        {
            while (pending.Count > 0)
            {
                var batch = NextBatch(pending);
                var written = batch.Count > 0 && await SendAsync(lane, batch, pending, stop.Token);
                if (written) continue;
                if (_sinceProgress.Elapsed > PatienceMax)
                    throw CliFailure.Refused("parent_missing", "Replies wait for parents that do not arrive here.");
                await Task.Delay(AskAgainMs, stop.Token);
            }

            ended = true;
        }
        finally
        {
            // One failure ends the others too: they may wait for messages that will not be written.
            if (!ended) stop.Cancel();
        }
    }

    private List<ReadyMessage> NextBatch(List<ReadyMessage> pending)
    {
        var batch = new List<ReadyMessage>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var chars = 0;
        foreach (var message in pending)
        {
            if (message.Parent is { } parent && !_placed.ContainsKey(parent) && !keys.Contains(parent)
                && !_refused.ContainsKey(parent)) continue;
            chars += message.Content.Length;
            if (batch.Count == BatchMessagesMax || (batch.Count > 0 && chars > BatchCharsMax)) break;
            batch.Add(message);
            keys.Add(message.Key);
        }

        return batch;
    }

    /// <summary>True when something was settled.</summary>
    private async Task<bool> SendAsync(
        Lane lane, List<ReadyMessage> batch, List<ReadyMessage> pending, CancellationToken cancellation)
    {
        var body = new JsonObject { ["messages"] = new JsonArray([.. batch.Select(ToJson)]) };
        var path = $"/api/v1/hives/{Uri.EscapeDataString(hive)}/import";
        var report = (JsonObject)await lane.Node.PostAsync(path, body, cancellation);
        var sent = batch.ToDictionary(d => d.Key, StringComparer.Ordinal);
        var settled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var written in report.Array("written"))
        {
            var (key, id) = (written.Need("key"), written.Need("id"));
            _placed[key] = id;
            lane.Ledger.Add(key, id);
            settled.Add(key);
            Interlocked.Increment(ref sent[key].Parent is null ? ref _posts : ref _comments);
        }

        lane.Ledger.Flush();
        foreach (var refused in report.Array("refused"))
        {
            var key = refused.Need("key");
            _refused[key] = refused.Need("code");
            _refusals.Add(new BadLine(sent[key].Line, refused.Need("code")));
            settled.Add(key);
        }

        if (settled.Count == 0) return false;
        pending.RemoveAll(message => settled.Contains(message.Key));
        lock (_sinceProgress) _sinceProgress.Restart();
        progress($"{_posts + _comments} of {Counted.Of(messages.Count, "message")} written");
        return true;
    }

    private JsonNode ToJson(ReadyMessage message)
    {
        var json = new JsonObject
        {
            ["key"] = message.Key,
            ["author"] = message.Author,
            ["content"] = message.Content,
        };
        if (message.Parent is null) json["title"] = message.Title;
        else if (_placed.TryGetValue(message.Parent, out var id)) json["parent_id"] = id;
        else json["parent_key"] = message.Parent;
        return json;
    }

    /// <summary>One node and the authors who write there.</summary>
    private sealed record Lane(NodeApi Node, ImportLedger Ledger) : IDisposable
    {
        public void Dispose()
        {
            Node.Dispose();
            Ledger.Dispose();
        }
    }
}
