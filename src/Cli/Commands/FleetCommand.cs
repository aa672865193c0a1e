using System.CommandLine;

namespace Anarchive.Cli;

/// <summary><c>anarchive fleet</c>: your devices, and what each keeps.</summary>
internal static class FleetCommand
{
    public static Command Build(Terminal terminal) => new("fleet", "Your devices, and what each keeps.")
    {
        FleetSimCommand.Build(terminal),
        FleetWireGuardCommand.Build(terminal),
    };
}
