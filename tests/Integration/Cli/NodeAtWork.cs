using System.Text.Json.Nodes;
using Anarchive.Cli;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A node as people run it: a process of its own, and commands on its data directory.</summary>
internal sealed class NodeAtWork(string home) : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private NodeProcess? _process;
    private string _listen = "http://127.0.0.1:0";

    public string Home => home;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>On a free port, and from then on at the same: peers look for it there.</summary>
    public async Task<NodeAtWork> Start()
    {
        _process = await NodeProcess.StartAsync(new Home(home), "node", _ => { }, Cancellation, _listen);
        _listen = _process.Url;
        return this;
    }

    public async Task Stop()
    {
        if (_process is { } running) await running.DisposeAsync();
        _process = null;
    }

    /// <summary>Ends it as the system's kill -9 does, in whatever it was doing.</summary>
    public async Task Kill()
    {
        if (_process is { } running) await running.KillAsync(Cancellation);
        await Stop();
    }

    public Task<CommandRun> Run(params string[] command) => CommandRun.Of(home, command);

    /// <summary>Runs a command that must succeed, and reads its document.</summary>
    public async Task<JsonObject> Done(params string[] command)
    {
        var run = await Run([.. command, "--json"]);
        Assert.True(run.Exit == 0, $"{string.Join(' ', command)}: {run.Results}");
        return Assert.IsType<JsonObject>(JsonNode.Parse(run.Results));
    }

    public async Task<string> Id() => (string)(await Done("key", "show"))["instanceId"]!;

    public async Task Join(NodeAtWork issuer, string hive) =>
        await Done("join", (string)(await issuer.Done("invite", hive))["invite"]!);

    /// <summary>Writes a post; null, or the code with which it was refused.</summary>
    public async Task<string?> Post(string hive, string title)
    {
        try
        {
            await Api.PostAsync("/api/v1/posts", new JsonObject { ["hive"] = hive, ["title"] = title }, Cancellation);
            return null;
        }
        catch (CliFailure refused)
        {
            return refused.Code;
        }
    }

    public async Task<string[]> Titles(string hive)
    {
        var feed = (JsonObject)await Api.GetAsync($"/api/v1/hives/{hive}/feed?sort=new&limit=100", Cancellation);
        return [.. ((JsonArray)feed["items"]!).Select(p => (string?)p?["title"] ?? "").Order()];
    }

    /// <summary>The exit code and the verdict of <c>anarchive status</c>.</summary>
    public async Task<(int Exit, string Verdict)> Status()
    {
        var run = await Run("status", "--json");
        return (run.Exit, run.Read("verdict") ?? "");
    }

    public async Task<string> Digests()
    {
        var groups = (JsonArray)(await Done("digest"))["groups"]!;
        return string.Join('\n', groups.Select(g => $"{g!["stateDigest"]} {g["vectorDigest"]}"));
    }

    /// <summary>Waits until nodes agree, and has them speak meanwhile instead of waiting for a heartbeat.</summary>
    public static Task Agree(params NodeAtWork[] nodes) => Eventually(
        async () => (await Task.WhenAll(nodes.Select(n => n.Digests()))).Distinct().Count() == 1,
        "The digests differ.",
        nodes);

    public static async Task Eventually(Func<Task<bool>> condition, string what, params NodeAtWork[] nodes)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Deadline);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (!await condition())
        {
            try
            {
                foreach (var node in nodes) await node.Nudge();
                await looks.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{what}\n{string.Join('\n', await Task.WhenAll(nodes.Select(n => n.Status())))}");
            }
        }
    }

    public ValueTask DisposeAsync() => new(Stop());

    private NodeApi Api => (_process ?? throw new InvalidOperationException("Stopped.")).Api;

    private async Task Nudge()
    {
        foreach (var peer in (JsonArray)await Api.GetAsync("/api/v1/sync/peers", Cancellation))
            await Api.PostAsync($"/api/v1/sync/peers/{peer!["instance_id"]}/retry", [], Cancellation);
    }
}
