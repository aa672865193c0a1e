using System.Diagnostics;
using System.Text.Json.Nodes;
using Anarchive.Cli;

namespace Anarchive.Benchmarks;

/// <summary>Two node processes; the second joins a hive of the first.</summary>
internal sealed class Pair(NodeProcess source, NodeProcess target) : IAsyncDisposable
{
    public NodeProcess Source => source;

    public NodeProcess Target => target;

    public static async Task<Pair> StartAsync(
        string sourceHome, string targetHome, Settings settings, CancellationToken cancellation)
    {
        var source = await NodeProcess.StartAsync(new Home(sourceHome), "source", settings.Log, cancellation);
        try
        {
            var target = await NodeProcess.StartAsync(new Home(targetHome), "target", settings.Log, cancellation);
            return new Pair(source, target);
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    /// <summary>Two fresh nodes that share the hive of <see cref="Mix"/>, open and empty.</summary>
    public static async Task<Pair> SharingAsync(Scratch scratch, Settings settings, CancellationToken cancellation)
    {
        var pair = await StartAsync(scratch.Path("source"), scratch.Path("target"), settings, cancellation);
        try
        {
            await LocalWrite.OpenAsync(pair.Source, cancellation);
            await pair.JoinAsync(Mix.Hive, cancellation);
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    public async Task JoinAsync(string hive, CancellationToken cancellation)
    {
        var invite = await InviteAsync(Source, hive, cancellation);
        var join = new JsonObject { ["invite"] = invite, ["name"] = hive };
        await Target.Api.PostAsync("/api/v1/sync/join", join, cancellation);
    }

    public static async Task<string> InviteAsync(NodeProcess node, string hive, CancellationToken cancellation)
    {
        var request = new JsonObject { ["hive"] = hive };
        return ((JsonObject)await node.Api.PostAsync("/api/v1/sync/invites", request, cancellation)).Need("invite");
    }

    /// <summary>Waits until both nodes rest: compiled, and done with what follows behind, such as search.</summary>
    public async Task RestAsync(CancellationToken cancellation)
    {
        var patience = Stopwatch.StartNew();
        var step = TimeSpan.FromMilliseconds(500);
        TimeSpan used;
        do
        {
            var before = Source.ProcessorTime() + Target.ProcessorTime();
            await Task.Delay(step, cancellation);
            used = Source.ProcessorTime() + Target.ProcessorTime() - before;
        }
        while (used > step / 20 && patience.Elapsed < TimeSpan.FromMinutes(2));
    }

    /// <summary>Waits until the target has that many events durable and folded.</summary>
    public async Task HoldsAsync(string hive, long events, CancellationToken cancellation)
    {
        var patience = Stopwatch.StartNew();
        var (held, since) = (-1L, patience.Elapsed);
        while (held < events)
        {
            var detail = (JsonObject)await Target.Api.GetAsync("/api/v1/hives/" + hive, cancellation);
            var now = ((JsonObject)detail["hive"]!).Number("events");
            if (now > held) (held, since) = (now, patience.Elapsed);
            else if (patience.Elapsed - since > TimeSpan.FromMinutes(2))
                throw CliFailure.Refused("stalled", $"The target stands still at {held} of {events} events.");
            await Task.Delay(10, cancellation);
        }
    }

    public static async Task<string> StateDigestAsync(NodeProcess node, string hive, CancellationToken cancellation) =>
        ((JsonArray)await node.Api.GetAsync("/api/v1/sync/groups", cancellation)).OfType<JsonObject>()
            .First(group => group.Text("hive") == hive).Need("state_digest");

    public async ValueTask DisposeAsync()
    {
        await target.DisposeAsync();
        await source.DisposeAsync();
    }
}
