using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Anarchive.Fleet;

namespace Anarchive.Cli;

/// <summary><c>anarchive fleet sim TRACE</c>: what the rules would have done while those machines ran.</summary>
internal static class FleetSimCommand
{
    private const int ItemsMax = 100_000;
    private const int FleetsMax = 100;
    private const int GraceMaxHours = 24 * 366;

    /// <summary>More lines than any trace that was published has.</summary>
    private const int LinesMax = 1_000_000;

    private static readonly Argument<string> Trace = new("trace")
    {
        Description = "A file with a line per machine: name, number of intervals, their starts and ends in seconds.",
    };

    private static readonly Option<int> Devices = Number(
        "--devices", "Machines in the fleet.", SimPolicy.Default.Devices);

    private static readonly Option<int> Uptime = Number(
        "--uptime", "Leave out machines that were up for fewer per cent of the trace.",
        SimPolicy.Default.UptimeMinPermille / 10);

    private static readonly Option<int> Copies = Number("--copies", "Copies of each item.", SimPolicy.Default.Copies);

    private static readonly Option<int> Items = Number("--items", "Items to keep.", SimPolicy.Default.Items);

    private static readonly Option<int> Fleets = Number("--fleets", "Fleets to draw; the figures are their mean.", 4);

    private static readonly Option<int[]> Graces = new("--grace")
    {
        Description = "Hours out of reach after which a copy counts no more; may be repeated.",
        HelpName = "HOURS",
        DefaultValueFactory = _ => [0, 6, 24, 72, 168],
        AllowMultipleArgumentsPerToken = true,
    };

    public static Command Build(Terminal terminal) =>
        new Command("sim", "Replay when machines were up, and count repairs and the time that nothing was in reach.")
        {
            Trace, Devices, Uptime, Copies, Items, Fleets, Graces,
        }.Runs(terminal, (invocation, cancellation) => Task.FromResult(Run(invocation, cancellation)));

    private static Answer Run(Invocation invocation, CancellationToken cancellation)
    {
        var policy = PolicyOf(invocation);
        int[] graces = [.. (invocation.Value(Graces) ?? []).Distinct().Order()];
        var trace = Read(invocation.Value(Trace), cancellation);
        var fleets = invocation.Value(Fleets);
        var sums = new SimFigures?[graces.Length];
        using (var progress = new Progress(invocation.Terminal))
        {
            for (var seed = 1; seed <= fleets; seed++)
            {
                var sim = FleetSim.Draw(trace, policy, seed) ?? throw TooFew(trace, policy);
                for (var at = 0; at < graces.Length; at++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    progress.Tell($"Fleet {seed} of {fleets}, grace {graces[at]} h");
                    var figures = sim.Run(graces[at]);
                    sums[at] = sums[at]?.And(figures) ?? figures;
                }
            }
        }

        return Tell(trace, policy, fleets, [.. sums.OfType<SimFigures>()]);
    }

    private static SimPolicy PolicyOf(Invocation invocation)
    {
        var policy = new SimPolicy(
            invocation.Value(Devices), 10 * Math.Clamp(invocation.Value(Uptime), -1, 101), invocation.Value(Copies),
            invocation.Value(Items));
        var isSane = policy is { Devices: >= 1 and <= SimPolicy.DevicesMax, UptimeMinPermille: >= 0 and <= 1000 }
            && policy.Copies >= 1 && policy.Copies <= policy.Devices && policy.Items is >= 1 and <= ItemsMax
            && invocation.Value(Fleets) is >= 1 and <= FleetsMax
            && (invocation.Value(Graces) ?? []) is { Length: > 0 } graces
            && graces.All(g => g is >= 0 and <= GraceMaxHours);
        return isSane ? policy : throw CliFailure.CannotRun(
            "usage",
            string.Create(
                CultureInfo.InvariantCulture,
                $"Give 1 to {SimPolicy.DevicesMax} devices and no more copies than that, 0 to 100 per cent, ")
            + $"1 to {ItemsMax} items, 1 to {FleetsMax} fleets, and graces of 0 to {GraceMaxHours} hours.");
    }

    private static AvailabilityTrace Read(string path, CancellationToken cancellation)
    {
        if (!File.Exists(path)) throw CliFailure.CannotRun("not_found", "There is no such file.");
        var devices = new List<TracedDevice>();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            cancellation.ThrowIfCancellationRequested();
            number++;
            if (line.Length == 0) continue;
            if (number > LinesMax) throw Bad(number, "the file has more lines than any trace");
            if (AvailabilityTrace.Read(line, out var device) is { } fault) throw Bad(number, Why(fault));
            devices.Add(device);
        }

        return devices.Count > 0 ? new AvailabilityTrace(devices) : throw Bad(1, "the file is empty");
    }

    private static CliFailure Bad(int line, string why) =>
        CliFailure.Refused("bad_trace", $"Line {line} of the trace: {why}.").With("line", line);

    private static string Why(TraceFault fault) => fault switch
    {
        TraceFault.Fields => "it needs a name and a number of intervals",
        TraceFault.Count => "it has more or fewer intervals than it says",
        TraceFault.Number => "a start or end is no whole number of seconds up to 366 days",
        TraceFault.Order => "an interval ends before it begins, or lies before another",
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    private static CliFailure TooFew(AvailabilityTrace trace, SimPolicy policy) => CliFailure.Refused(
        "too_few_devices",
        string.Create(
            CultureInfo.InvariantCulture,
            $"Only {trace.UpFor(policy.UptimeMinPermille).Count} machines were up for ")
        + $"{policy.UptimeMinPermille / 10} % of the trace; {policy.Devices} are wanted. "
        + "Ask for fewer with --devices, or for less with --uptime.");

    private static Answer Tell(
        AvailabilityTrace trace, SimPolicy policy, int fleets, IReadOnlyList<SimFigures> figures)
    {
        var document = new JsonObject
        {
            ["devicesInTrace"] = trace.Devices.Count,
            ["eligibleDevices"] = trace.UpFor(policy.UptimeMinPermille).Count,
            ["traceSeconds"] = trace.LengthSeconds,
            ["devices"] = policy.Devices,
            ["copies"] = policy.Copies,
            ["items"] = policy.Items,
            ["fleets"] = fleets,
            ["graces"] = new JsonArray([.. figures.Select(f => (JsonNode)new JsonObject
            {
                ["graceHours"] = f.Grace,
                ["repairsPerItem30Days"] = Thousandths(f.RepairsMilli),
                ["darkPercent"] = f.DarkPpm / 10_000m,
                ["copiesAtEnd"] = Thousandths(f.CopiesMilli),
            })]),
        };
        var table = Terminal.Table(
            ["Grace", "Repairs per item, 30 d", "Nothing in reach", "Copies at the end"],
            figures.Select(f => new[]
            {
                $"{f.Grace} h", Show(Thousandths(f.RepairsMilli), "0.00"), Show(f.DarkPpm / 10_000m, "0.000") + " %",
                Show(Thousandths(f.CopiesMilli), "0.0"),
            }));
        var said = $"{policy.Devices} of {Counted.Of(trace.Devices.Count, "machine")}, {policy.Copies} copies of each "
            + $"of {Counted.Of(policy.Items, "item")}, {Counted.Of(fleets, "fleet")} drawn.";
        return Answer.Done(document, said) with { Table = table };
    }

    private static decimal Thousandths(long milli) => milli / 1000m;

    private static string Show(decimal number, string form) => number.ToString(form, CultureInfo.InvariantCulture);

    private static Option<int> Number(string name, string description, int usually) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => usually,
    };
}
