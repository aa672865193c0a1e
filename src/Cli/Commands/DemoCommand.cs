using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive demo</c>: three paired nodes on this machine.</summary>
internal static class DemoCommand
{
    private static readonly Option<bool> Once = new("--once")
    {
        Description = "Wait until all three are in step, say so, and stop them.",
    };

    private static readonly Option<string?> File = new("--file")
    {
        Description = "The threads to import; otherwise a file beside the checkout, or the sample.",
        HelpName = "FILE",
    };

    public static Command Build(Terminal terminal) =>
        new Command("demo", "Run three paired nodes on loopback with threads in them.") { Once, File }
            .Runs(terminal, RunAsync);

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        var terminal = invocation.Terminal;
        var messages = Messages(invocation.Value(File), terminal);
        var given = invocation.GivenHome;
        var directory = given?.Directory ?? Directory.CreateTempSubdirectory("anarchive-demo-").FullName;
        try
        {
            await using var demo = new Demo(terminal, directory);
            await demo.StartAsync(cancellation);
            var document = await demo.ImportAsync(messages, cancellation);
            var answer = Tell(document);
            if (invocation.Value(Once)) return answer;
            CommandLine.Print(terminal, invocation.Json, answer);
            terminal.Remark("Ctrl-C stops all three.");
            await WaitAsync(cancellation);
            return Answer.Silent;
        }
        finally
        {
            if (given is null) Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task WaitAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Told to stop, which is how a demo ends well.
        }
    }

    private static IReadOnlyList<ReadyMessage> Messages(string? file, Terminal terminal)
    {
        file ??= BesideTheCheckout();
        if (file is not null)
        {
            terminal.Remark($"Threads from {Path.GetFileName(file)}.");
            return ImportCommand.Read(file, terminal);
        }

        terminal.Remark("No threads file given or beside the checkout: a made-up sample stands in.");
        using var sample = typeof(DemoCommand).Assembly.GetManifestResourceStream("sample.jsonl")!;
        using var reader = new StreamReader(sample);
        return ThreadsFile.Read(reader).Messages;
    }

    private static string? BesideTheCheckout()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (!System.IO.File.Exists(Path.Combine(at.FullName, "Anarchive.slnx"))) continue;
            var threads = Path.Combine(at.FullName, "..", "shared", "data", "threads");
            return Directory.Exists(threads)
                ? Directory.EnumerateFiles(threads, "*.jsonl").Order(StringComparer.Ordinal).FirstOrDefault()
                : null;
        }

        return null;
    }

    private static Answer Tell(JsonObject document)
    {
        var nodes = document.Array("nodes").ToArray();
        var well = document["inStep"]!.GetValue<bool>() && document.Number("lost") == 0;
        var verdict = well
            ? $"All three nodes are in step: {document.Count("messages", "message")} in, none lost, "
                + $"{document.Count("millisecondsToStep")} ms after the last was written."
            : $"The nodes are not in step: {document.Count("lost")} of "
                + $"{document.Count("messages", "message")} missing.";
        var rows = nodes.Select(n => new[]
        {
            n.Need("url"), n.Count("events"), n.Count("posts"), n.Count("comments"), n.Count("deepestReply"),
            n.Need("stateDigest")[..16],
        });
        var table = Terminal.Table(["URL", "Events", "Posts", "Comments", "Deepest", "State digest"], rows);
        return new Answer(well ? ExitCodes.Done : ExitCodes.Bad, document, [verdict], table);
    }
}
