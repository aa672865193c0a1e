using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A node on a machine of its own, run and asked as its owner would.</summary>
internal sealed partial class LabNode(string space, string address, string home)
{
    private readonly ConcurrentDictionary<string, long> _met = new();
    private Process? _process;

    /// <summary>Its machine's network namespace.</summary>
    public string Space => space;

    public string Endpoint => $"https://{address}:7421";

    public string Id { get; private set; } = "";

    /// <summary>When it was first in contact with each other node since its start, by what it logs.</summary>
    public IReadOnlyDictionary<string, long> Met => _met;

    private static string Program => Path.Combine(AppContext.BaseDirectory, "anarchive.dll");

    /// <param name="isClosed">Calls to it are turned away at its address; it can call others.</param>
    public Task Start(bool isClosed = false) => Begin(
        "--listen", "http://127.0.0.1:7420", "--public-endpoint", Endpoint, "--peer-listen",
        isClosed ? "https://127.0.0.1:7421" : Endpoint);

    /// <summary>For peers on its own machine, as it believes, and without TLS.</summary>
    public Task StartOnLoopback(int port) => Begin(
        "--listen", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    private async Task Begin(params string[] listening)
    {
        // A round of heartbeats in a second: what takes two rounds need not take a minute.
        await CommandRun.Of(home, "config", "set", "peers.heartbeat_seconds", "1");
        _process = Process.Start(new ProcessStartInfo(
            "ip",
            [
                "netns", "exec", space, "dotnet", Program, "serve", "--json", "--attached", "--home", home,
                .. listening,
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _met.Clear();
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginErrorReadLine();
        var ready = await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Id = (string?)JsonNode.Parse(ready ?? "{}")?["instanceId"] ?? "";
        Assert.True(Id.Length > 0, $"The node did not start: {ready}");
    }

    public async Task Stop()
    {
        if (_process is not { } process) return;
        _process = null;
        process.StandardInput.Close();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    /// <summary>Changes a setting for its next start.</summary>
    public async Task Set(string key, string value)
    {
        var run = await CommandRun.Of(home, "config", "set", key, value);
        Assert.True(run.Exit == 0, run.Remarks);
    }

    /// <summary>Pulls the plug.</summary>
    public async Task Kill()
    {
        var process = _process!;
        _process = null;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    /// <summary>The document that a command prints, whatever its exit code.</summary>
    public async Task<JsonObject> Ask(params string[] command)
    {
        var (_, text) = await NetworkLab.Command(
            "ip", ["netns", "exec", space, "dotnet", Program, .. command, "--json", "--home", home]);
        return JsonNode.Parse(text) as JsonObject ?? [];
    }

    /// <summary>As <see cref="Ask"/>, and it must not be refused.</summary>
    public async Task<JsonObject> Done(params string[] command)
    {
        var answer = await Ask(command);
        Assert.True(answer["error"] is null, $"{string.Join(' ', command)}: {answer.ToJsonString()}");
        return answer;
    }

    public async Task Join(LabNode issuer, string hive) =>
        await Done("join", (string)(await issuer.Done("invite", hive))["invite"]!);

    /// <summary>State and vector digests of all its groups.</summary>
    public async Task<string> Digests() => string.Join('\n', ((JsonArray)(await Ask("digest"))["groups"]!)
        .Select(g => $"{g!["stateDigest"]} {g["vectorDigest"]} {g["events"]}"));

    /// <summary>Writes so many messages in one go.</summary>
    public async Task Write(string hive, string what, int count)
    {
        var file = Path.Combine(Path.GetDirectoryName(home)!, what + ".jsonl");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, count).Select(n => new JsonObject
        {
            ["id"] = $"{what}-{n}",
            ["parent"] = null,
            ["list"] = "lab",
            ["author"] = "Ada",
            ["ts"] = 1_258_848_660 + n,
            ["subject"] = $"{what} {n}",
            ["body"] = "text",
        }.ToJsonString()));
        await Done("import", "threads", file, "--hive", hive);
    }

    /// <summary>Peers in step, of all.</summary>
    public async Task<(int InStep, int Total)> Peers()
    {
        var peers = (JsonArray)(await Ask("status"))["peers"]!;
        return (peers.Count(p => (string?)p!["state"] == "in_step"), peers.Count);
    }

    private void Note(string? line)
    {
        if (line is not null && Contact().Match(line) is { Success: true } match)
            _met.TryAdd(match.Groups[1].Value, TimeProvider.System.GetTimestamp());
    }

    [GeneratedRegex("Contact with (an1[0-9a-z]+): Up")]
    private static partial Regex Contact();

    /// <summary>Forgets everybody it ever spoke to, and stays a member of what it joined; it must be stopped.</summary>
    public void ForgetPeers()
    {
        using var database = Database.Open(Path.Combine(home, "node.db"));
        foreach (var table in new[] { "peers", "peer_entries", "peer_tokens" })
        {
            using var delete = database.Prepare($"DELETE FROM {table}");
            database.Write(delete);
        }

        database.Commit();
    }
}
