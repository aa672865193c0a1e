using System.CommandLine;
using System.Text.Json.Nodes;
using Anarchive.Net;

namespace Anarchive.Cli;

/// <summary><c>anarchive net export --format FORMAT</c>.</summary>
internal static class NetExportCommand
{
    private const string MpvScript = "mpv-script";

    private static readonly Option<string> Format = new("--format")
    {
        Description = "mpv-script: the script that skips in mpv what the file beside a film names.",
        HelpName = "FORMAT",
        Required = true,
    };

    static NetExportCommand() => Format.AcceptOnlyFromAmong(MpvScript);

    public static Command Build(Terminal terminal) =>
        new Command("export", "Print what players need to skip intros and credits.") { Format }
            .Runs(terminal, RunAsync);

    private static Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        var script = MpvSidecar.Script();
        if (invocation.Json) return Task.FromResult(Answer.Done(new JsonObject { [MpvScript] = script }));
        invocation.Terminal.Results.Write(script);
        return Task.FromResult(Answer.Silent);
    }
}
