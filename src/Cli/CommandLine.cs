using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary>The commands, and what all of them share: streams, the JSON document, exit codes.</summary>
internal static class CommandLine
{
    public const int SchemaVersion = 1;

    public static RootCommand Root(Terminal terminal) =>
        new("A self-hosted node: shared hives, intros and outros, and the devices that keep what you watch.")
        {
            Invocation.JsonOption,
            Invocation.HomeOption,
            InitCommand.Build(terminal),
            ServeCommand.Build(terminal),
            StatusCommand.Build(terminal),
            DoctorCommand.Build(terminal),
            PathsCommand.Build(terminal),
            ConfigCommand.Build(terminal),
            LogCommand.Build(terminal),
            InviteCommand.Build(terminal),
            JoinCommand.Build(terminal),
            PairCommand.Build(terminal),
            PeerCommand.Build(terminal),
            HubCommand.Build(terminal),
            GroupCommand.Build(terminal),
            HiveCommand.Build(terminal),
            NetCommand.Build(terminal),
            FleetCommand.Build(terminal),
            LibraryCommand.Build(terminal),
            CacheCommand.Build(terminal),
            ImportCommand.Build(terminal),
            ExportCommand.Build(terminal),
            DigestCommand.Build(terminal),
            BackupCommand.Build(terminal),
            BackupCommand.BuildRestore(terminal),
            AccessCommand.Build(terminal),
            AccessCommand.BuildSetupLink(terminal),
            KeyCommand.Build(terminal),
            ReindexCommand.Build(terminal),
            DemoCommand.Build(terminal),
            BenchCommand.Build(terminal),
            CompletionCommand.Build(terminal),
        };

    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellation)
    {
        var root = Root(terminal);
        var parsed = root.Parse(args);
        // A line that a shell wants completed has errors: it is not whole yet.
        var completes = root.Directives.OfType<SuggestDirective>().Any(d => parsed.GetResult(d) is not null);
        if (parsed.Errors.Count > 0 && !completes)
        {
            var json = parsed.GetValue(Invocation.JsonOption);
            return Report(terminal, json, CliFailure.CannotRun("usage", Usage(parsed)));
        }

        var configuration = new InvocationConfiguration
        {
            Output = terminal.Results,
            Error = terminal.Remarks,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return await parsed.InvokeAsync(configuration, cancellation);
    }

    /// <summary>Gives a command its body; the body's answer is printed, and its failure told in one sentence.</summary>
    public static Command Runs(
        this Command command, Terminal terminal, Func<Invocation, CancellationToken, Task<Answer>> body)
    {
        command.SetAction(async (parsed, cancellation) =>
        {
            var invocation = new Invocation(parsed, terminal);
            try
            {
                return Print(terminal, invocation.Json, await body(invocation, cancellation));
            }
            catch (CliFailure failure)
            {
                return Report(terminal, invocation.Json, failure);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return Report(terminal, invocation.Json, CliFailure.Refused("stopped", "Stopped before the end."));
            }
            catch (Exception exception) when (Failures.Translate(exception) is { } failure)
            {
                return Report(terminal, invocation.Json, failure);
            }
        });
        return command;
    }

    public static int Print(Terminal terminal, bool json, Answer answer)
    {
        if (ReferenceEquals(answer, Answer.Silent)) return answer.ExitCode;
        if (json)
        {
            terminal.Results.WriteLine(Versioned(answer.Document));
            return answer.ExitCode;
        }

        foreach (var line in answer.Lines) terminal.Result(line);
        if (answer.Table is { } table) terminal.Result(table);
        return answer.ExitCode;
    }

    private static int Report(Terminal terminal, bool json, CliFailure failure)
    {
        if (json)
        {
            var error = new JsonObject { ["code"] = failure.Code, ["sentence"] = failure.Message };
            foreach (var (name, detail) in failure.Details) error[name] = detail?.DeepClone();
            terminal.Results.WriteLine(Versioned(new JsonObject { ["error"] = error }));
        }
        else
        {
            terminal.Remark(failure.Message);
        }

        return failure.ExitCode;
    }

    public static string Versioned(JsonObject document)
    {
        var versioned = new JsonObject { ["schemaVersion"] = SchemaVersion };
        foreach (var (name, value) in document)
            if (name != "schemaVersion") versioned[name] = value?.DeepClone();
        return versioned.ToJsonString();
    }

    private static string Usage(ParseResult parsed)
    {
        var path = "";
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult command; at = at.Parent)
            if (command.Command is not RootCommand) path = $" {command.Command.Name}{path}";
        // What follows names a type of the program's, which tells nobody anything.
        var said = parsed.Errors[0].Message.Split(" as expected type")[0].TrimEnd('.');
        return $"{said}. See: anarchive{path} --help";
    }
}
