using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Anarchive.Node;

namespace Anarchive.Cli;

/// <summary><c>anarchive backup</c> and <c>restore</c>: a whole node in one encrypted file, and back.</summary>
internal static class BackupCommand
{
    private static readonly Argument<string> Into = new("file")
    {
        Description = "Where to write the backup.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "",
    };

    private static readonly Argument<string> From = new("file") { Description = "The backup." };

    public static Command Build(Terminal terminal) =>
        new Command("backup", "Write keys, database and editions to one encrypted file; the node may run meanwhile.")
        {
            Into,
            Passphrase.FileOption,
            new Command("verify", "See that a backup is whole and its passphrase known; changes nothing.")
            {
                From, Passphrase.FileOption,
            }.Runs(terminal, VerifyAsync),
        }.Runs(terminal, WriteAsync);

    public static Command BuildRestore(Terminal terminal) =>
        new Command("restore", "Put a node back from a backup, into a data directory that is empty.")
        {
            From, Passphrase.FileOption,
        }.Runs(terminal, RestoreAsync);

    private static Task<Answer> WriteAsync(Invocation invocation, CancellationToken cancellation)
    {
        if (invocation.Value(Into) is not { Length: > 0 } file)
            throw CliFailure.CannotRun("usage", "Name the file to write. See: anarchive backup --help");
        var manifest = With(
            invocation,
            isNew: true,
            "Written",
            (passphrase, progress) => BackupWriter.Write(
                invocation.Home.Directory, file, passphrase, TimeProvider.System, progress, Name(invocation.Home)),
            cancellation);
        return Task.FromResult(Told(
            manifest,
            $"{Events(manifest)} and the keys of {manifest.InstanceId[..9]} are in {file}.",
            "Without the passphrase nobody can read it, you included."));
    }

    /// <summary>
    /// As its settings and this command's environment give it; one that only an option of serve gave is not known here.
    /// </summary>
    private static string Name(Home home)
    {
        try
        {
            return ServeCommand.Settings(home, []).Apply(ServeCommand.Options(home)).Name ?? Environment.MachineName;
        }
        catch (StartRefusedException)
        {
            // Settings that a start would refuse are no reason to have no backup.
            return Environment.MachineName;
        }
    }

    private static Task<Answer> VerifyAsync(Invocation invocation, CancellationToken cancellation)
    {
        var file = invocation.Value(From);
        var manifest = With(
            invocation,
            isNew: false,
            "Read",
            (passphrase, progress) => BackupReader.Verify(file, passphrase, progress),
            cancellation);
        return Task.FromResult(Told(
            manifest,
            $"Whole: {Events(manifest)} and the keys of {manifest.InstanceId[..9]}, made {Date(manifest)}."));
    }

    private static Task<Answer> RestoreAsync(Invocation invocation, CancellationToken cancellation)
    {
        var (file, home) = (invocation.Value(From), invocation.Home.Directory);
        var manifest = With(
            invocation,
            isNew: false,
            "Read",
            (passphrase, progress) => BackupReader.Restore(file, passphrase, home, progress),
            cancellation);
        return Task.FromResult(Told(
            manifest,
            $"{manifest.InstanceId[..9]} is back as of {Date(manifest)}, with {Events(manifest)}.",
            "Start it with: anarchive serve. What it wrote since then comes back from its peers."));
    }

    private static BackupManifest With(
        Invocation invocation, bool isNew, string verb, Func<byte[], Action<long>, BackupManifest> body,
        CancellationToken cancellation)
    {
        var passphrase = Passphrase.Ask(invocation, isNew);
        using var progress = new Progress(invocation.Terminal);
        try
        {
            return body(passphrase, bytes =>
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Tell(string.Create(CultureInfo.InvariantCulture, $"{verb}: {bytes / 1048576.0:0.0} MiB"));
            });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(passphrase);
        }
    }

    private static Answer Told(BackupManifest manifest, params string[] lines) => Answer.Done(
        new JsonObject
        {
            ["instanceId"] = manifest.InstanceId,
            ["events"] = manifest.Events,
            ["madeMs"] = manifest.MadeMs,
        },
        lines);

    private static string Events(BackupManifest manifest) => Counted.Of(manifest.Events, "event");

    private static string Date(BackupManifest manifest) => DateTimeOffset.FromUnixTimeMilliseconds(manifest.MadeMs)
        .ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
