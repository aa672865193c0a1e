using System.Diagnostics;
using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Tests.Integration;

namespace Anarchive.Benchmarks;

/// <summary>A node of a soak: written to while it runs, killed, suspended, cut off, and measured.</summary>
internal sealed class SoakNode(string name, Home home, Action<string> log) : IAsyncDisposable
{
    // Its own for good: a node must come up again where its peers know it.
    private readonly int _port = Loopback.FreePort();
    private readonly List<(double Seconds, double Megabytes, double Handles, double WalMegabytes)> _samples = [];
    private readonly HashSet<string> _acknowledged = [];
    private NodeProcess? _process;
    private Relay? _relay;

    public string Name => name;

    public NodeApi Api => Running.Api;

    /// <summary>Posts it promised to keep.</summary>
    public IReadOnlyCollection<string> Acknowledged => _acknowledged;

    public int Writes { get; private set; }

    private NodeProcess Running => _process ?? throw new InvalidOperationException("The node is down.");

    public async Task StartAsync(CancellationToken cancellation)
    {
        _relay ??= new Relay(_port);
        _process = await NodeProcess.StartAsync(
            home, name, log, cancellation, $"http://127.0.0.1:{_port}", _relay.Url);
    }

    public async Task StopAsync()
    {
        // Nobody may ask a process that is going away.
        var process = Running;
        _process = null;
        await process.DisposeAsync();
    }

    public async Task KillAsync(CancellationToken cancellation)
    {
        var process = Running;
        _process = null;
        await process.KillAsync(cancellation);
        await process.DisposeAsync();
    }

    public Task SuspendAsync(CancellationToken cancellation) => Running.SignalAsync("STOP", cancellation);

    public Task ContinueAsync(CancellationToken cancellation) => Running.SignalAsync("CONT", cancellation);

    public void Cut() => _relay!.Cut();

    public void Mend() => _relay!.Mend();

    /// <summary>Writes one post, and comments on and votes for those before; a node that is down takes none.</summary>
    public async Task WriteAsync(string hive, int number, CancellationToken cancellation)
    {
        if (_process is not { } process) return;
        try
        {
            if (number % 5 == 0 || _acknowledged.Count == 0)
            {
                var post = new JsonObject { ["hive"] = hive, ["title"] = $"Post {number} of {name}" };
                var written = (JsonObject)await process.Api.PostAsync("/api/v1/posts", post, cancellation);
                _acknowledged.Add(written.Need("id"));
            }
            else
            {
                var target = "/api/v1/posts/" + _acknowledged.ElementAt(number % _acknowledged.Count);
                if (number % 5 < 3)
                    await process.Api.PostAsync(
                        target + "/comments", new JsonObject { ["content"] = new string('c', 300) }, cancellation);
                else await process.Api.PostAsync(target + "/vote", new JsonObject { ["value"] = 1 }, cancellation);
            }

            Writes++;
        }
        catch (Exception gone) when (gone is CliFailure or HttpRequestException or ObjectDisposedException)
        {
            // Killed or stopped meanwhile: what it did not answer it did not promise.
        }
    }

    public void Measure(double seconds)
    {
        if (_process is not { } process || !File.Exists($"/proc/{process.Id}/status")) return;
        using var seen = Process.GetProcessById(process.Id);
        var resident = seen.WorkingSet64 / 1048576.0;
        var handles = Directory.EnumerateFileSystemEntries($"/proc/{process.Id}/fd").Count();
        var wal = new FileInfo(Path.Combine(home.Directory, "node.db-wal"));
        _samples.Add((seconds, resident, handles, wal.Exists ? wal.Length / 1048576.0 : 0));
    }

    /// <summary>Growth an hour, by least squares over the second half, when caches are full.</summary>
    public JsonObject Slopes()
    {
        var late = _samples.Skip(_samples.Count / 2).ToArray();
        return new JsonObject
        {
            ["megabytes"] = Math.Round(late.Length == 0 ? 0 : late[^1].Megabytes, 1),
            ["megabytesPerHour"] = Slope(late.Select(s => (s.Seconds, s.Megabytes))),
            ["handles"] = late.Length == 0 ? 0 : late[^1].Handles,
            ["handlesPerHour"] = Slope(late.Select(s => (s.Seconds, s.Handles))),
            ["walMegabytesMax"] = Math.Round(_samples.Select(s => s.WalMegabytes).DefaultIfEmpty().Max(), 1),
            ["walMegabytesPerHour"] = Slope(late.Select(s => (s.Seconds, s.WalMegabytes))),
        };
    }

    public async Task<IReadOnlySet<string>> PostsAsync(string hive, CancellationToken cancellation)
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var post in Api.PagesAsync($"/api/v1/hives/{hive}/feed?sort=new", cancellation))
            shown.Add(post.Need("id"));
        return shown;
    }

    public async Task<string> StateAsync(string hive, CancellationToken cancellation) =>
        ((JsonArray)await Api.GetAsync("/api/v1/sync/groups", cancellation)).OfType<JsonObject>()
            .Where(g => g.Text("hive") == hive)
            .Select(g => $"{g.Need("vector_digest")} {g.Need("state_digest")}").FirstOrDefault() ?? "";

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await StopAsync();
        if (_relay is not null) await _relay.DisposeAsync();
    }

    private static double Slope(IEnumerable<(double X, double Y)> points)
    {
        var all = points.ToArray();
        if (all.Length < 3) return 0;
        var (meanX, meanY) = (all.Average(p => p.X), all.Average(p => p.Y));
        var spread = all.Sum(p => (p.X - meanX) * (p.X - meanX));
        return Math.Round(all.Sum(p => (p.X - meanX) * (p.Y - meanY)) / spread * 3600, 2);
    }
}
