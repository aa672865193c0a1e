using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Cli;

/// <summary><c>anarchive net import aniskip FILE...</c>.</summary>
internal static class NetImportCommand
{
    private const int RefusedShown = 20;

    private static readonly Argument<string[]> Files = new("file")
    {
        Description = "Dumps, the oldest first.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> Editions = new("--editions")
    {
        Description = "Write weekly editions of each provider into this folder.",
        HelpName = "DIR",
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Judge every row, say what editions would be made, and write nothing.",
    };

    public static Command Build(Terminal terminal) =>
        new("import", "Read what others have collected about media.")
        {
            new Command("aniskip", "Judge dumps of AniSkip row by row, and make editions of them for this household.")
            {
                Files, Editions, DryRun,
            }.Runs(terminal, RunAsync),
        };

    private static Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var progress = new Progress(invocation.Terminal);
        var dumps = new List<AniSkipFile>();
        foreach (var path in invocation.Value(Files))
        {
            cancellation.ThrowIfCancellationRequested();
            dumps.Add(AniSkipFile.Read(path));
        }

        var documents = new JsonArray();
        var lines = new List<string>();
        foreach (var dump in dumps) documents.Add((JsonNode)Judged(dump, lines));
        var document = new JsonObject { ["dumps"] = documents };
        if (invocation.Value(Editions) is { Length: > 0 } directory)
            Follow(directory, !invocation.Value(DryRun), dumps, document, lines, progress, cancellation);
        return Task.FromResult(Answer.Done(document, [.. lines]));
    }

    private static JsonObject Judged(AniSkipFile file, List<string> lines)
    {
        var gates = new JsonObject();
        foreach (var gate in Enum.GetValues<AniSkipGate>()) gates[CodeOf(gate)] = file.Dump.CountAt(gate);
        var levels = file.Levels();
        var counts = string.Join(", ", Enum.GetValues<AniSkipGate>().Where(g => file.Dump.CountAt(g) > 0)
            .Select(g => $"{file.Dump.CountAt(g)} {Words(g)}"));
        lines.Add($"{file.Name}: {Counted.Of(file.Dump.Rows, "row")}: {(counts.Length > 0 ? counts : "none")}.");
        // What a person may want to look at; the other gates say all there is to say by their names.
        var odd = file.Refused.Where(r => r.Gate is AniSkipGate.Malformed or AniSkipGate.OutOfSchema).ToArray();
        foreach (var row in odd.Take(RefusedShown)) lines.Add($"  line {row.Line}: {Words(row.Gate)}: {row.Fault}");
        if (odd.Length > RefusedShown) lines.Add($"  and {odd.Length - RefusedShown} more; --json has them all");
        lines.Add(
            $"  merged alone: {Counted.Of(levels.Values.Sum(), "marker")}: {levels[MergeLevel.AutoSkip]} to skip, "
            + $"{levels[MergeLevel.Button]} with a button, {levels[MergeLevel.Hidden]} hidden.");
        return new JsonObject
        {
            ["file"] = file.Name,
            ["sha256"] = file.Sha256,
            ["rows"] = file.Dump.Rows,
            ["gates"] = gates,
            ["refused"] = new JsonArray(
            [
                .. file.Refused.Select(r => (JsonNode)new JsonObject
                {
                    ["line"] = r.Line,
                    ["gate"] = CodeOf(r.Gate),
                    ["fault"] = r.Fault,
                }),
            ]),
            ["merged"] = new JsonObject
            {
                ["autoSkip"] = levels[MergeLevel.AutoSkip],
                ["button"] = levels[MergeLevel.Button],
                ["hidden"] = levels[MergeLevel.Hidden],
            },
        };
    }

    private static void Follow(
        string directory, bool writes, IReadOnlyList<AniSkipFile> dumps, JsonObject document, List<string> lines,
        Progress progress, CancellationToken cancellation)
    {
        try
        {
            var folder = CollectionFolder.Open(directory, "aniskip", writes);
            var before = folder.Providers.ToDictionary(p => p.Provider, p => p.Editions.Count, StringComparer.Ordinal);
            foreach (var dump in dumps)
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Tell($"Making editions of {dump.Name}");
                lines.Add(Sentence(dump.Name, folder.Take(new CollectedRows(dump.Sha256, dump.Accepted))));
            }

            document["written"] = writes;
            document["verified"] = folder.Verified;
            document["providers"] = new JsonArray([.. folder.Providers.Select(p => (JsonNode)Document(p, before))]);
            Summarise(folder, before, writes, document, lines);
        }
        catch (CollectionException damaged)
        {
            throw CliFailure.Refused(
                "editions_damaged", $"{damaged.Message} Name another folder, or an empty one. Nothing was written.");
        }
    }

    private static void Summarise(
        CollectionFolder folder, Dictionary<string, int> before, bool writes, JsonObject document, List<string> lines)
    {
        var made = folder.Providers
            .SelectMany(p => p.Editions.Skip(before.GetValueOrDefault(p.Provider))).ToArray();
        document["changed"] = made.Length > 0;
        if (made.Length == 0)
        {
            lines.Add("Nothing changed.");
            return;
        }

        var full = made.Count(e => e.Kind == EditionKind.Full);
        var raw = made.Sum(e => e.File.RawBytes);
        lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{Counted.Of(made.Length, "edition")} of {Counted.Of(folder.Providers.Count, "provider")} "
                + $"{(writes ? "made" : "would be made; nothing was written")}: "
                + $"{full} full, {made.Length - full} deltas; {raw:N0} bytes, compressed "
                + $"{made.Sum(e => e.File.Bytes):N0}."));
        foreach (var provider in folder.Providers)
        {
            if (provider.Editions.Count == before.GetValueOrDefault(provider.Provider)) continue;
            var last = provider.Editions[^1];
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"  {(provider.Provider.Length > 0 ? provider.Provider : "(no name)")}: edition {last.Seq} of "
                    + $"{last.Week}, {Counted.Of(last.Rows, "row")}, state {last.StateRoot[..16]}"));
        }

        if (writes)
            lines.Add(
                $"{Counted.Of(folder.Verified, "edition")} read back: each, on the one before, has the state of a "
                + "fresh full one. They are for this household alone and are never published.");
    }

    private static string Sentence(string file, CollectionOutcome outcome) => outcome switch
    {
        CollectionOutcome.Known => $"{file}: its rows are in the editions already.",
        CollectionOutcome.Older => $"{file}: a newer dump is in the editions; passed over.",
        _ => $"{file}: taken into the editions.",
    };

    private static JsonObject Document(CollectionProvider provider, Dictionary<string, int> before) => new()
    {
        ["provider"] = provider.Provider,
        ["group"] = provider.Group,
        ["made"] = provider.Editions.Count - before.GetValueOrDefault(provider.Provider),
        ["editions"] = new JsonArray(
        [
            .. provider.Editions.Select(e => (JsonNode)new JsonObject
            {
                ["seq"] = e.Seq,
                ["week"] = e.Week,
                ["kind"] = e.Kind == EditionKind.Full ? "full" : "delta",
                ["rows"] = e.Rows,
                ["lines"] = e.File.Rows,
                ["rawBytes"] = e.File.RawBytes,
                ["bytes"] = e.File.Bytes,
                ["file"] = e.File.Name,
                ["stateRoot"] = e.StateRoot,
            }),
        ]),
    };

    private static string CodeOf(AniSkipGate gate) => gate switch
    {
        AniSkipGate.Accepted => "accepted",
        AniSkipGate.Malformed => "malformed",
        AniSkipGate.Duplicate => "duplicate",
        AniSkipGate.MixedType => "mixed_type",
        AniSkipGate.BadEpisode => "bad_episode",
        AniSkipGate.Short => "short",
        AniSkipGate.Long => "long",
        AniSkipGate.VotedDown => "voted_down",
        _ => "out_of_schema",
    };

    private static string Words(AniSkipGate gate) => CodeOf(gate).Replace('_', ' ');
}
