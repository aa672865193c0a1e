using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a node says of a hive.</summary>
internal sealed record HiveState(long Events, long Posts, string State, string Vector);

/// <summary>A node served by a process of its own, which a test kills, suspends and starts again.</summary>
internal sealed class ServedNode : IAsyncDisposable
{
    public const string Hive = "cats";

    private readonly Home _home;
    private NodeProcess? _process;
    private string? _address;

    private ServedNode(string directory) => _home = new Home(directory);

    public NodeProcess Process => _process ?? throw new InvalidOperationException("Not running.");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ServedNode> Start(string directory)
    {
        var node = new ServedNode(directory);
        await node.Start();
        return node;
    }

    /// <summary>On the same data directory and the same port.</summary>
    public async Task Start()
    {
        var name = Path.GetFileName(_home.Directory);
        _process = _address is { } known
            ? await NodeProcess.StartAsync(_home, name, _ => { }, Cancellation, known)
            : await NodeProcess.StartAsync(_home, name, _ => { }, Cancellation);
        _address = new Uri(_process.Url).GetLeftPart(UriPartial.Authority);
    }

    public async Task Kill()
    {
        await Process.KillAsync(Cancellation);
        await DisposeAsync();
    }

    /// <summary>Its connections stay open and nobody answers on them, as behind a pulled cable.</summary>
    public Task Suspend() => Signal("STOP");

    public Task Continue() => Signal("CONT");

    public Task CreateHive() =>
        Process.Api.PostAsync("/api/v1/hives", new JsonObject { ["name"] = Hive }, Cancellation);

    public async Task Join(ServedNode issuer)
    {
        var request = new JsonObject { ["hive"] = Hive };
        var invite = await issuer.Process.Api.PostAsync("/api/v1/sync/invites", request, Cancellation);
        var join = new JsonObject { ["invite"] = (string?)invite["invite"], ["name"] = Hive };
        await Process.Api.PostAsync("/api/v1/sync/join", join, Cancellation);
    }

    /// <summary>The id of the post: once it is here, the node has acknowledged it.</summary>
    public async Task<string> Post(string title, string? content = null)
    {
        var request = new JsonObject { ["hive"] = Hive, ["title"] = title, ["content"] = content };
        return (string)(await Process.Api.PostAsync("/api/v1/posts", request, Cancellation))["id"]!;
    }

    public async Task<IReadOnlyList<string>> Post(int count)
    {
        var ids = new List<string>();
        while (ids.Count < count) ids.Add(await Post($"post {ids.Count}"));
        return ids;
    }

    /// <summary>Posts one after the other until the node no longer answers.</summary>
    public async Task PostUntilGone(List<string> acknowledged)
    {
        try
        {
            while (true)
            {
                var id = await Post($"post {acknowledged.Count}");
                lock (acknowledged) acknowledged.Add(id);
            }
        }
        catch (CliFailure)
        {
            // Killed: what it did not answer it did not promise.
        }
        catch (HttpRequestException)
        {
            // Killed while it answered.
        }
    }

    public async Task<HiveState> Look()
    {
        var groups = (JsonArray)await Process.Api.GetAsync("/api/v1/sync/groups", Cancellation);
        var group = groups.FirstOrDefault(g => (string?)g!["hive"] == Hive);
        return group is null
            ? new HiveState(0, 0, "", "")
            : new HiveState(
                (long)group["events"]!,
                (long)group["posts"]!,
                (string)group["state_digest"]!,
                (string)group["vector_digest"]!);
    }

    /// <summary>The most events it ever showed before it was gone.</summary>
    public async Task<long> LookUntilGone()
    {
        long most = 0;
        try
        {
            while (true) most = Math.Max(most, (await Look()).Events);
        }
        catch (Exception gone) when (gone is CliFailure or HttpRequestException or InvalidOperationException)
        {
            return most;
        }
    }

    /// <summary>Grows while it stores events.</summary>
    public long DiskBytes() => Directory.EnumerateFiles(_home.Directory, "node.db*").Sum(f => new FileInfo(f).Length);

    /// <summary>What a killed node left behind.</summary>
    public long EventsOnDisk()
    {
        using var database = Database.Open(Path.Combine(_home.Directory, "node.db"));
        using var events = database.Prepare("SELECT coalesce(sum(seq), 0) FROM chains");
        events.Step();
        return events.Int64(0);
    }

    public async Task<int> Peers() => (int)(await Process.Api.GetAsync("/api/v1/status", Cancellation))["peers"]!;

    public async Task<IReadOnlyList<string>> PostIds()
    {
        var ids = new List<string>();
        await foreach (var post in Process.Api.PagesAsync($"/api/v1/hives/{Hive}/feed?sort=new", Cancellation))
            ids.Add((string)post["id"]!);
        return ids;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        await process.DisposeAsync();
    }

    /// <summary>Waits until all hold and show the same, and as much as the first.</summary>
    public static Task InStep(params ServedNode[] nodes)
    {
        IReadOnlyList<HiveState> seen = [];
        return Eventually.True(
            async () =>
            {
                seen = await Task.WhenAll(nodes.Select(n => n.Look()));
                return seen.Distinct().Count() == 1;
            },
            () => "Not in step: " + string.Join(", ", seen));
    }

    private async Task Signal(string name)
    {
        using var kill = System.Diagnostics.Process.Start("kill", [$"-{name}", $"{Process.Id}"]);
        await kill.WaitForExitAsync(Cancellation);
        Assert.Equal(0, kill.ExitCode);
    }
}
