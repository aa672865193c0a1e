using System.CommandLine;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive import threads FILE --hive NAME</c>.</summary>
internal static class ImportCommand
{
    private const int BadLinesShown = 20;

    private static readonly Argument<string> File = new("file")
    {
        Description = "The threads file: one message per line.",
    };

    private static readonly Option<string> Hive = new("--hive")
    {
        Description = "The hive to write into.",
        HelpName = "NAME",
        Required = true,
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Judge every line and write nothing.",
    };

    private static readonly Option<string[]> Also = new("--also")
    {
        Description = "Spread the authors over this node too; may be given several times.",
        HelpName = "DIR",
    };

    public static Command Build(Terminal terminal) =>
        new("import", "Bring discussions from elsewhere into a hive.")
        {
            new Command("threads", "Import mailing-list threads: messages become posts and replies, authors agents.")
            {
                File, Hive, DryRun, Also,
            }.Runs(terminal, RunAsync),
        };

    private static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        var messages = Read(invocation.Value(File), invocation.Terminal);
        var document = new JsonObject
        {
            ["messages"] = messages.Count,
            ["authors"] = messages.Select(d => d.Author).Distinct().Count(),
        };
        if (invocation.Value(DryRun))
            return Answer.Done(
                document, $"{Counted.Of(messages.Count, "message")} can be imported. Nothing was written.");

        var hive = invocation.Value(Hive)!;
        Home[] homes = [invocation.Home, .. (invocation.Value(Also) ?? []).Select(Home.Resolve)];
        using var progress = new Progress(invocation.Terminal);
        var count = await new ThreadsImport(messages, hive, progress.Tell).RunAsync(homes, cancellation);
        progress.Dispose();
        document["posts"] = count.Posts;
        document["comments"] = count.Comments;
        document["known"] = count.Known;
        document["refused"] = new JsonArray([.. count.Refused.Select(r => (JsonNode)r.ToJson())]);
        var answer = Answer.Done(
            document,
            $"{Counted.Of(count.Posts, "post")} and {Counted.Of(count.Comments, "comment")} written; "
                + $"{count.Known} {(count.Known == 1 ? "was" : "were")} here already.");
        if (count.Refused.Count == 0) return answer;
        Tell(count.Refused, invocation.Terminal);
        return answer with { ExitCode = ExitCodes.Bad };
    }

    /// <summary>Every line is judged before anything is written.</summary>
    internal static IReadOnlyList<ReadyMessage> Read(string path, Terminal terminal)
    {
        if (!System.IO.File.Exists(path)) throw CliFailure.CannotRun("no_file", "There is no such file.");
        using var reader = new StreamReader(path);
        var (messages, bad) = ThreadsFile.Read(reader);
        if (bad.Count == 0) return messages;
        Tell(bad, terminal);
        throw CliFailure.Refused(
            "bad_lines", $"{Counted.Of(bad.Count, "line")} cannot be imported. Nothing was written.")
            .With("lines", new JsonArray([.. bad.Take(BadLinesShown).Select(b => (JsonNode)b.ToJson())]));
    }

    private static void Tell(IReadOnlyList<BadLine> lines, Terminal terminal)
    {
        foreach (var line in lines.Take(BadLinesShown)) terminal.Remark($"line {line.Line}: {line.Code}");
        if (lines.Count > BadLinesShown) terminal.Remark($"and {lines.Count - BadLinesShown} more");
    }
}
