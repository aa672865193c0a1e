using System.CommandLine;

namespace Anarchive.Cli;

/// <summary><c>anarchive serve</c>: runs a node until it is told to stop.</summary>
internal static class ServeCommand
{
    public static Command Build(Terminal terminal) =>
        new Command("serve", "Run the node until it is told to stop.").Runs(terminal, RunAsync);

    private static Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation) =>
        throw CliFailure.CannotRun("not_ready", "This build cannot serve yet.");
}
