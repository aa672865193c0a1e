using System.CommandLine;
using System.Text.Json.Nodes;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Cli;

/// <summary><c>anarchive key</c>: what this node signs with.</summary>
internal static class KeyCommand
{
    private static readonly Option<string?> RecoveryFile = new("--file")
    {
        Description = "The recovery key, where it is kept elsewhere.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> WordsFile = new("--words-file")
    {
        Description = "A file with the recovery key's 24 words; - reads them from standard input.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "Only say whether the key could be changed; nothing is.",
    };

    private static readonly Argument<string> Target = new("file")
    {
        Description = "Where to; a file that is there already is left alone.",
    };

    public static Command Build(Terminal terminal) =>
        new("key", "Look at this node's key, or change it.")
        {
            new Command("show", "Show the public key in force, and how often it was changed.")
                .Runs(terminal, ShowAsync),
            new Command("save", "Copy the recovery key to a file, to be kept away from this machine.") { Target }
                .Runs(terminal, SaveAsync),
            new Command("words", "Show the recovery key as 24 words, to be written down; on a terminal or with --json.")
                .Runs(terminal, WordsAsync),
            new Command("rotate", "Put the next key in force: what was signed stands, the old key signs no more.")
            {
                DryRun,
            }.Runs(terminal, RotateAsync),
            new Command("recover", "Put a new key in force with the recovery key: a thief of the old one is shut out.")
            {
                RecoveryFile, WordsFile, DryRun,
            }.Runs(terminal, RecoverAsync),
        };

    private static async Task<Answer> ShowAsync(Invocation invocation, CancellationToken cancellation)
    {
        var key = await AskAsync(invocation, HttpMethod.Get, "/api/v1/key", cancellation)
            ?? OnDisk(invocation.Home, KeyFile.OpenExisting);
        return Told(
            key,
            $"This node is {key.Need("instance_id")}",
            $"Its key is {key.Need("public_key")}, after {key.Count("rotations", "rotation")} and "
                + $"{Counted.Of(key.Number("recoveries"), "recovery", "recoveries")}.",
            key["recovery_key_here"]?.GetValue<bool>() == true
                ? "Its recovery key still lies beside it: move keys/recovery.key to a safe place."
                : "Its recovery key is kept elsewhere.");
    }

    private static async Task<Answer> SaveAsync(Invocation invocation, CancellationToken cancellation)
    {
        var from = DataDirectory.RecoveryKeyIn(invocation.Home.Directory);
        var to = Path.GetFullPath(invocation.Value(Target));
        if (!File.Exists(from))
            throw CliFailure.Refused("recovery_key_missing", "The recovery key does not lie in this data directory.");
        if (File.Exists(to) || Directory.Exists(to))
            throw CliFailure.Refused("file_exists", "That file is there already: choose another name.");
        await using (var copy = new FileStream(to, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            await copy.WriteAsync(await File.ReadAllBytesAsync(from, cancellation), cancellation);
            copy.Flush(flushToDisk: true);
        }

        var isNoted = await AskAsync(invocation, HttpMethod.Post, "/api/v1/key/saved", cancellation) is not null;
        return Answer.Done(
            new JsonObject { ["file"] = to, ["noted"] = isNoted },
            "Copied. Keep it away from this machine: whoever has it can take the node over.",
            isNoted ? "You are reminded of it no more." : "No node runs here, so its pages may remind you once more.");
    }

    private static Task<Answer> WordsAsync(Invocation invocation, CancellationToken cancellation)
    {
        // Into a pipe they would end in a log or a file that nobody meant to have.
        if (!invocation.Json && !invocation.Terminal.ShowsResults)
            throw CliFailure.CannotRun(
                "terminal_needed", "The words are shown on a terminal alone: run it there, or ask for --json.");
        var words = KeyFile.Words(invocation.Home.Directory);
        var table = Terminal.Table(
            ["", "", "", "", "", "", "", ""],
            words.Select((word, at) => (Number: $"{at + 1}.", Word: word)).Chunk(4)
                .Select(row => row.SelectMany(cell => new[] { cell.Number, cell.Word }).ToArray()));
        return Task.FromResult(Answer.Done(
            new JsonObject { ["words"] = new JsonArray([.. words.Select(word => (JsonNode)word)]) },
            "Write them down in this order, and keep them away from this machine: whoever has them can take the "
                + "node over, where its data or a backup of it is as well.",
            "The page Your key, under Settings, asks for three of them, and then reminds you no more.") with
        {
            Table = table,
        });
    }

    private static async Task<Answer> RotateAsync(Invocation invocation, CancellationToken cancellation)
    {
        if (invocation.Value(DryRun))
        {
            var now = await AskAsync(invocation, HttpMethod.Get, "/api/v1/key", cancellation)
                ?? OnDisk(invocation.Home, KeyFile.OpenExisting);
            if (now.Number("rotations") + now.Number("recoveries") + 1 >= KeyChain.StatementsMax)
                throw CliFailure.Refused(
                    "too_many_keys", "This node's key was changed 63 times; peers accept no more.");
            return Told(now, $"Nothing was changed. Without --dry-run {now.Need("public_key")} would sign no more.");
        }

        var key = await AskAsync(invocation, HttpMethod.Post, "/api/v1/key/rotate", cancellation);
        var runs = key is not null;
        key ??= OnDisk(invocation.Home, directory => KeyFile.Rotate(directory, new SystemRandom()));
        return Told(
            key,
            $"The key is now {key.Need("public_key")}.",
            runs ? "Every hive this node writes in is told." : "Hives are told when the node starts.");
    }

    private static Task<Answer> RecoverAsync(Invocation invocation, CancellationToken cancellation)
    {
        var file = invocation.Value(RecoveryFile);
        var seed = invocation.Value(WordsFile) is { } words ? Seed(invocation.Terminal, words) : null;
        if (file is not null && seed is not null)
            throw CliFailure.CannotRun("usage", "Give the recovery key's file or its words, not both.");
        cancellation.ThrowIfCancellationRequested();
        // First, so that a wrong file leaves no directory behind.
        var root = invocation.Home.Directory;
        var node = (seed is null ? KeyFile.CheckRecovery(root, file) : KeyFile.CheckSeed(root, seed)).ToString();
        if (invocation.Value(DryRun))
        {
            if (Directory.Exists(invocation.Home.Directory)) DataDirectory.Open(invocation.Home.Directory).Dispose();
            return Task.FromResult(Answer.Done(
                new JsonObject { ["instanceId"] = node, ["dryRun"] = true },
                $"Nothing was changed. Without --dry-run a new key of {node} would overrule those after the recovery "
                    + "key's."));
        }

        Directory.CreateDirectory(
            invocation.Home.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var key = OnDisk(invocation.Home, directory => seed is null
            ? KeyFile.Recover(directory, file, new SystemRandom())
            : KeyFile.RecoverBySeed(directory, seed, new SystemRandom()));
        return Task.FromResult(Told(
            key,
            $"The key is now {key.Need("public_key")}; hives are told when the node starts.",
            "A new recovery key is in keys/recovery.key: move it to a safe place. The old one is spent."));
    }

    /// <summary>Never from an argument, which other users could see.</summary>
    private static byte[] Seed(Terminal terminal, string file)
    {
        if (file != "-" && !File.Exists(file)) throw CliFailure.CannotRun("no_file", "There is no such file of words.");
        if (file == "-" && !Console.IsInputRedirected) terminal.Remarks.Write("The 24 words: ");
        using var reader = file == "-" ? Console.In : new StreamReader(file);
        var text = "";
        // A person's input does not end by itself: it is enough once it could be.
        while (RecoveryWords.Split(text).Count < RecoveryWords.Count && reader.ReadLine() is { } line)
            text += line + '\n';
        var (seed, problem) = RecoveryWords.Read(text);
        return seed ?? throw CliFailure.Refused(problem!.Code, problem.Sentence);
    }

    /// <summary>The running node's answer; null where none runs on this data directory.</summary>
    private static async Task<JsonObject?> AskAsync(
        Invocation invocation, HttpMethod method, string path, CancellationToken cancellation)
    {
        try
        {
            using var node = NodeApi.Open(invocation.Home);
            return (JsonObject)await node.SendAsync(method, path, null, cancellation);
        }
        catch (CliFailure failure) when (failure.Code == NodeApi.NoNode().Code)
        {
            return null;
        }
    }

    private static JsonObject OnDisk(Home home, Func<DataDirectory, NodeKey> act)
    {
        if (!Directory.Exists(home.Directory))
            throw CliFailure.CannotRun("key_file_missing", "There is no node in this data directory.");
        using var directory = DataDirectory.Open(home.Directory);
        var facts = KeyFacts.Of(directory, act(directory));
        return new JsonObject
        {
            ["instance_id"] = facts.Node.ToString(),
            ["public_key"] = Base64UrlText.Encode(facts.Key.Value.ToArray()),
            ["rotations"] = facts.Rotations,
            ["recoveries"] = facts.Recoveries,
            ["recovery_key_here"] = facts.HasRecoveryKey,
        };
    }

    private static Answer Told(JsonObject key, params string[] lines) =>
        Answer.Done((JsonObject)Documents.Camel(key)!, lines);
}
