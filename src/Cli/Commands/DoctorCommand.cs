using System.CommandLine;
using System.Text.Json.Nodes;
using Anarchive.Node;

namespace Anarchive.Cli;

/// <summary><c>anarchive doctor</c>: what could keep a node from working, with cause and fix.</summary>
internal static class DoctorCommand
{
    public static Command Build(Terminal terminal) =>
        new Command("doctor", "Check clock, ports, disk, keys, libraries and peers, each with cause and fix.")
            .Runs(terminal, RunAsync);

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        var home = invocation.Home;
        var (options, settings) = SettingChecks.Settings(home);
        List<Finding> findings =
        [
            MachineChecks.Clock(TimeProvider.System.GetUtcNow()), MachineChecks.Sodium(), MachineChecks.Sqlite(),
            MachineChecks.OpenSsl(),
            HomeChecks.Directory(home.Directory), MachineChecks.Disk(home.Directory),
            .. HomeChecks.Keys(home.Directory),
            HomeChecks.Backup(home.Directory, TimeProvider.System.GetUtcNow()), settings,
            .. options is null || NodeChecks.IsRunning(home) ? [] : PortChecks.All(options),
            .. await NodeChecks.AllAsync(home, cancellation),
        ];
        var bad = findings.Count(f => f.Grade == Grade.Problem);
        var document = new JsonObject
        {
            ["well"] = bad == 0,
            ["findings"] = new JsonArray([.. findings.Select(f => (JsonNode)Json(f))]),
        };
        var rows = findings.OrderByDescending(f => f.Grade)
            .Select(f => new[] { f.GradeName, $"{f.Check}", $"{f.Says}", $"{f.Fix}" });
        return new Answer(
            bad == 0 ? ExitCodes.Done : ExitCodes.Bad,
            document,
            [bad == 0
                ? "All checks passed."
                : $"{bad} of {Counted.Of(findings.Count, "check")} {(bad == 1 ? "needs" : "need")} you."],
            Terminal.Table(["State", "Check", "Finding", "Fix"], rows));
    }

    private static JsonObject Json(Finding finding) => new()
    {
        ["check"] = finding.Check.ToString(),
        ["grade"] = finding.GradeName,
        ["well"] = finding.Grade != Grade.Problem,
        ["says"] = finding.Says.ToString(),
        ["fix"] = finding.Fix?.ToString(),
    };
}
