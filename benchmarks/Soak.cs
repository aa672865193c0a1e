using System.Diagnostics;
using System.Text.Json.Nodes;
using Anarchive.Cli;

namespace Anarchive.Benchmarks;

/// <summary>
/// Four nodes that share a hive and are all written to, while one after the other is killed, restarted, suspended or
/// cut off. At the end all are whole again: they must agree, and show every post that any of them acknowledged.
/// </summary>
/// <remarks>The first node is suspended and cut off, and never restarted, so that its growth means something.</remarks>
internal static class Soak
{
    private const string Hive = "soak";
    private const int WritesPerSecond = 20;

    private static readonly string[] Names = ["ash", "birch", "cedar", "fir"];
    private static readonly TimeSpan StepMax = TimeSpan.FromMinutes(3);

    public static async Task<Report> RunAsync(Settings settings, CancellationToken cancellation)
    {
        using var scratch = new Scratch();
        var nodes = Names.Select(n => new SoakNode(n, new Home(scratch.Path(n)), _ => { })).ToArray();
        try
        {
            await JoinAsync(nodes, cancellation);
            var clock = Stopwatch.StartNew();
            var time = TimeSpan.FromMinutes(settings.Minutes);
            var faults = new SortedDictionary<string, int>(StringComparer.Ordinal);
            await Task.WhenAll(
                WriteAsync(nodes, clock, time, cancellation),
                MeasureAsync(nodes, clock, time, cancellation),
                BreakAsync(nodes, clock, time, faults, settings.Log, cancellation));
            clock.Restart();
            var inStep = await InStepAsync(nodes, cancellation);
            var toStep = clock.Elapsed.TotalSeconds;
            return await TellAsync(nodes, settings, faults, inStep, toStep, cancellation);
        }
        finally
        {
            foreach (var node in nodes) await node.DisposeAsync();
        }
    }

    private static async Task JoinAsync(SoakNode[] nodes, CancellationToken cancellation)
    {
        foreach (var node in nodes) await node.StartAsync(cancellation);
        await nodes[0].Api.PostAsync("/api/v1/hives", new JsonObject { ["name"] = Hive }, cancellation);
        foreach (var node in nodes.Skip(1))
        {
            var request = new JsonObject { ["hive"] = Hive };
            var invite = (JsonObject)await nodes[0].Api.PostAsync("/api/v1/sync/invites", request, cancellation);
            var join = new JsonObject { ["invite"] = invite.Need("invite"), ["name"] = Hive };
            await node.Api.PostAsync("/api/v1/sync/join", join, cancellation);
        }

        if (!await InStepAsync(nodes, cancellation))
            throw CliFailure.Refused("not_in_step", "The nodes did not join each other.");
    }

    private static Task WriteAsync(SoakNode[] nodes, Stopwatch clock, TimeSpan time, CancellationToken cancellation) =>
        Task.WhenAll(nodes.Select(async node =>
        {
            for (var n = 0; clock.Elapsed < time; n++)
            {
                await node.WriteAsync(Hive, n, cancellation);
                await Task.Delay(TimeSpan.FromSeconds((double)nodes.Length / WritesPerSecond), cancellation);
            }
        }));

    private static async Task MeasureAsync(
        SoakNode[] nodes, Stopwatch clock, TimeSpan time, CancellationToken cancellation)
    {
        while (clock.Elapsed < time)
        {
            foreach (var node in nodes) node.Measure(clock.Elapsed.TotalSeconds);
            await Task.Delay(TimeSpan.FromSeconds(2), cancellation);
        }
    }

    private static async Task BreakAsync(
        SoakNode[] nodes, Stopwatch clock, TimeSpan time, SortedDictionary<string, int> faults, Action<string> log,
        CancellationToken cancellation)
    {
        var random = new Random(20);
        while (clock.Elapsed < time)
        {
            var seconds = TimeSpan.FromSeconds(2 + random.Next(8));
            var node = nodes[random.Next(nodes.Length)];
            var isFirst = node == nodes[0];
            var fault = isFirst ? random.Next(2) : random.Next(4);
            var name = fault switch { 0 => "suspended", 1 => "cut off", 2 => "killed", _ => "stopped" };
            log($"soak: {clock.Elapsed.TotalSeconds:F0} s: {node.Name} is {name} for {seconds.TotalSeconds:F0} s");
            faults[name] = faults.GetValueOrDefault(name) + 1;
            switch (fault)
            {
                case 0:
                    await node.SuspendAsync(cancellation);
                    await Task.Delay(seconds, cancellation);
                    await node.ContinueAsync(cancellation);
                    break;
                case 1:
                    node.Cut();
                    await Task.Delay(seconds, cancellation);
                    node.Mend();
                    break;
                default:
                    if (fault == 2) await node.KillAsync(cancellation);
                    else await node.StopAsync();
                    await Task.Delay(seconds / 2, cancellation);
                    await node.StartAsync(cancellation);
                    break;
            }

            await Task.Delay(TimeSpan.FromSeconds(1 + random.Next(4)), cancellation);
        }
    }

    private static async Task<bool> InStepAsync(SoakNode[] nodes, CancellationToken cancellation)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < StepMax;)
        {
            var states = await Task.WhenAll(nodes.Select(n => n.StateAsync(Hive, cancellation)));
            if (states[0].Length > 0 && states.Distinct().Count() == 1) return true;
            await Task.Delay(200, cancellation);
        }

        return false;
    }

    private static async Task<Report> TellAsync(
        SoakNode[] nodes, Settings settings, SortedDictionary<string, int> faults, bool inStep, double toStep,
        CancellationToken cancellation)
    {
        var lost = 0;
        var acknowledged = nodes.SelectMany(n => n.Acknowledged).ToArray();
        foreach (var node in nodes)
        {
            var shown = await node.PostsAsync(Hive, cancellation);
            lost += acknowledged.Count(post => !shown.Contains(post));
        }

        var violations = lost + (inStep ? 0 : 1);
        var slopes = new JsonObject(nodes.Select(n => KeyValuePair.Create(n.Name, (JsonNode?)n.Slopes())));
        var document = new JsonObject
        {
            ["name"] = "soak",
            ["minutes"] = settings.Minutes,
            ["writes"] = nodes.Sum(n => n.Writes),
            ["posts"] = acknowledged.Length,
            ["faults"] = new JsonObject(faults.Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value))),
            ["lost"] = lost,
            ["inStep"] = inStep,
            ["secondsToStep"] = Math.Round(toStep, 1),
            ["violations"] = violations,
            ["nodes"] = slopes,
        };
        return new Report(
            document,
            $"{violations} violations after {faults.Values.Sum()} faults in {settings.Minutes} minutes and "
                + $"{nodes.Sum(n => n.Writes)} writes; in step {toStep:F1} s after the last; {slopes[Names[0]]}");
    }
}
