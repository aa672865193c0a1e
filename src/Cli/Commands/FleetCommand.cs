using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive fleet</c>: your devices, and what each keeps.</summary>
internal static class FleetCommand
{
    /// <summary>Where the running node answers of its fleet.</summary>
    public const string Path = "/api/v1/fleet";

    public static Command Build(Terminal terminal)
    {
        var fleet = new Command("fleet", "Your devices, and what each keeps.")
        {
            new Command("status", "Say whether every item has its copies: exit code 0 is well, 1 below the floor.")
                .Runs(terminal, StatusAsync),
            FleetDeviceCommands.Build(terminal),
            FleetDeviceCommands.BuildProbe(terminal),
            FleetSimCommand.Build(terminal),
            FleetRepinCommand.Build(terminal),
            FleetWireGuardCommand.Build(terminal),
            FleetStoreCommands.BuildVolume(terminal),
            FleetStoreCommands.BuildCopy(terminal),
            FleetStoreCommands.BuildServeCopy(terminal),
            FleetReleaseCommand.Build(terminal),
            FleetFriendCommand.Build(terminal),
        };
        foreach (var command in FleetRuleCommands.Build(terminal)) fleet.Add(command);
        foreach (var command in FleetReaperCommands.Build(terminal)) fleet.Add(command);
        foreach (var command in FleetCustodyCommands.Build(terminal)) fleet.Add(command);
        return fleet;
    }

    private static async Task<Answer> StatusAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var fleet = (JsonObject)await node.GetAsync(Path, cancellation);
        List<string> lines = [$"{(fleet.Flag("well") ? "well" : "below the floor")}: {fleet.Need("verdict")}"];
        foreach (var need in fleet.Array("needs"))
            lines.Add($"{need.Need("subject")}: {need.Need("cause")} {need.Need("action")}");
        var answer = Answer.Done((JsonObject)Documents.Camel(fleet)!, [.. lines]);
        var rows = fleet.Array("devices").Select(FleetDeviceCommands.Row).ToList();
        if (rows.Count > 0) answer = answer with { Table = Terminal.Table(FleetDeviceCommands.Columns, rows) };
        return fleet.Flag("well") ? answer : answer with { ExitCode = ExitCodes.Bad };
    }
}
