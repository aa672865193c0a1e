using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Anarchive.Fleet;

namespace Anarchive.Cli;

/// <summary><c>anarchive fleet wireguard</c>.</summary>
internal static class FleetWireGuardCommand
{
    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Write it there instead of printing it.",
        HelpName = "FILE",
    };

    private static readonly Option<int> Port = new("--port")
    {
        Description = "UDP port of every device, 51820 unless said otherwise.",
        HelpName = "N",
        DefaultValueFactory = _ => WireGuardPlan.UsualPort,
    };

    private static readonly Option<string?> KeyFile = new("--key-file")
    {
        Description = "Have WireGuard read this device's private key from there; otherwise you write it in.",
        HelpName = "FILE",
    };

    public static Command Build(Terminal terminal) =>
        new Command("wireguard", "Print a WireGuard configuration for this device; it is never applied.")
        {
            Out, Port, KeyFile,
        }.Runs(terminal, RunAsync);

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var query = string.Create(
            CultureInfo.InvariantCulture, $"/api/v1/fleet/wireguard?port={invocation.Value(Port)}");
        if (invocation.Value(KeyFile) is { } file) query += "&key_file=" + Uri.EscapeDataString(file);
        var made = (JsonObject)await node.GetAsync(query, cancellation);
        var document = (JsonObject)Documents.Camel(made)!;
        if (invocation.Value(Out) is { Length: > 0 } target)
        {
            NetExportCommand.Write(target, made.Need("text"));
            return Answer.Done(
                document, $"Written to {target}, with {made.Count("peers")} peers.", "Nothing was applied.");
        }

        if (invocation.Json) return Answer.Done(document);
        invocation.Terminal.Results.Write(made.Need("text"));
        return Answer.Silent;
    }
}
