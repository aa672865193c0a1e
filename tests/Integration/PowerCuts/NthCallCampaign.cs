using System.Text;
using Anarchive.Node;
using Microsoft.Data.Sqlite;

namespace Anarchive.Tests.Integration;

/// <summary>
/// The watched program of the campaign: does the same work again and again, and each time the disk refuses another
/// call, until each has been refused once. What went wrong goes to standard output, a line each.
/// </summary>
internal sealed class NthCallCampaign(string root, int? sample)
{
    public const string Name = "nth-calls";

    /// <summary>How many calls to refuse per work and error; all where absent.</summary>
    public const string Sample = "NTHCALLS_SAMPLE";

    private static readonly byte[] Passphrase = Encoding.UTF8.GetBytes("correct horse battery");

    // From errno.h. A disk that is full stays full; the others pass.
    private static readonly (string Name, int Error, bool Stays)[] Errors =
        [("EIO", 5, false), ("ENOSPC", 28, true), ("EMFILE", 24, false)];

    // Whoever waits longer waits for ever.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Acknowledged _prepared = new();
    private readonly SystemRandom _keys = new();
    private readonly Random _random = Recording.NewRandom();

    private byte[] _keyBefore = [];
    private bool _isInDoubt;

    private string Prepared => root + ".prepared";

    private string Home => Path.Combine(root, "home");

    private string BackupFile => Path.Combine(root, "node.backup");

    public static async Task Run()
    {
        var sample = int.TryParse(DiskWatch.Passed(Sample), out var some) ? some : (int?)null;
        await new NthCallCampaign(DiskWatch.Passed("DISKWATCH_ROOT"), sample).RunAll();
    }

    private async Task RunAll()
    {
        await Prepare();
        await Each("create", _ => { }, said => StoreWork.Do(Home, rounds: 1, said), Opens);
        await Each("write", TakePrepared, said => StoreWork.Do(Home, rounds: 4, said), Opens);
        await Each("upgrade", _ => KeptHome.Unpack(1, root), said => StoreWork.Do(Home, rounds: 0, said), Opens);
        await Each("rotate", TakePrepared, _ => OnKeys(keys => KeyFile.Rotate(keys, _keys)), KeyOpens);
        await Each("recover", TakePrepared, _ => OnKeys(keys => KeyFile.Recover(keys, null, _keys)), KeyOpens);
        await Each(
            "backup",
            TakePrepared,
            _ => Done(() => BackupWriter.Write(Home, BackupFile, Passphrase, TimeProvider.System, _ => { })),
            async (succeeded, said) => BackupFault(succeeded) ?? await Opens(succeeded, said));
        await Each(
            "restore",
            said =>
            {
                File.Copy(Path.Combine(Prepared, "node.backup"), BackupFile);
                said.Add(_prepared);
            },
            _ => Done(() => BackupReader.Restore(BackupFile, Passphrase, Home, _ => { })),
            async (succeeded, said) => Directory.Exists(Home) ? await Opens(succeeded, said)
                : succeeded ? "Restored, and nothing is there" : null);
    }

    /// <summary>Does a work once for each call of it, that call refused, and looks at what is left.</summary>
    private async Task Each(
        string work,
        Action<Acknowledged> begin,
        Func<Acknowledged, Task> act,
        Func<bool, Acknowledged, Task<string?>> check)
    {
        foreach (var (name, error, stays) in Errors)
        {
            var calls = await Once(0);
            var chosen = Enumerable.Range(1, calls).ToArray();
            if (sample is { } some)
            {
                _random.Shuffle(chosen);
                chosen = [.. chosen.Take(some).Order()];
            }

            foreach (var n in chosen) await Once(n);
            Console.WriteLine($"{work} {name}: {chosen.Length} of {calls} calls refused");

            async Task<int> Once(int n)
            {
                if (Directory.Exists(root)) Directory.Delete(root, recursive: true);
                Directory.CreateDirectory(root);
                var said = new Acknowledged();
                begin(said);
                DiskWatch.Fail(n, error, stays);
                var stopped = await Stopped(() => act(said));
                var made = (int)DiskWatch.Calls();
                DiskWatch.Fail(0, error, more: false);
                var fault = n == 0 ? stopped?.ToString() : IsClean(stopped) ? null : $"Not a clean stop: {stopped}";
                fault ??= await check(stopped is null, said);
                if (fault is not null) Console.WriteLine($"FAULT {work} {name} at call {n} of {made}: {fault}");
                return made;
            }
        }
    }

    /// <summary>What ended the work; null where it reached its end.</summary>
    private static async Task<Exception?> Stopped(Func<Task> work)
    {
        try
        {
            await work().WaitAsync(Deadline);
            return null;
        }
        catch (Exception stopped)
        {
            return stopped;
        }
    }

    /// <summary>The ways in which a disk may end a node's work; a broken invariant is none.</summary>
    public static bool IsClean(Exception? stopped) => stopped
        is null or StoreFailedException or StartRefusedException or BackupException or SqliteException
        or IOException or UnauthorizedAccessException or OperationCanceledException;

    private async Task<string?> Opens(bool succeeded, Acknowledged said) => await StoreCheck.FindFault(Home, said);

    /// <summary>A change of the key that was refused must not take effect, unless it was said to be in doubt.</summary>
    private async Task<string?> KeyOpens(bool succeeded, Acknowledged said)
    {
        var isOld = File.ReadAllBytes(Path.Combine(Home, "keys", "node.key")).AsSpan().SequenceEqual(_keyBefore);
        if (succeeded && isOld) return "The key has not changed";
        return !succeeded && !isOld && !_isInDoubt
            ? "A refused change of the key takes effect"
            : await Opens(succeeded, said);
    }

    private string? BackupFault(bool succeeded)
    {
        if (File.Exists(BackupFile + ".new") || Directory.EnumerateFiles(Home, "backup-*").Any())
            return succeeded ? "Something is left behind" : null;
        if (!File.Exists(BackupFile)) return succeeded ? "No backup is there" : null;
        // Under its name there is a whole backup, whatever became of the call.
        BackupReader.Verify(BackupFile, Passphrase, _ => { });
        return null;
    }

    private async Task Prepare()
    {
        Directory.CreateDirectory(Prepared);
        var home = Path.Combine(Prepared, "home");
        await StoreWork.Do(home, rounds: 3, _prepared);
        BackupWriter.Write(
            home, Path.Combine(Prepared, "node.backup"), Passphrase, TimeProvider.System, _ => { });
    }

    private void TakePrepared(Acknowledged said)
    {
        TemporaryDirectory.Copy(Path.Combine(Prepared, "home"), Home);
        said.Add(_prepared);
    }

    private Task OnKeys(Action<DataDirectory> change)
    {
        (_isInDoubt, _keyBefore) = (false, File.ReadAllBytes(Path.Combine(Home, "keys", "node.key")));
        using var directory = DataDirectory.Open(Home);
        try
        {
            change(directory);
        }
        catch (StoreFailedException)
        {
            _isInDoubt = true;
            throw;
        }

        return Task.CompletedTask;
    }

    private static Task Done(Action work)
    {
        work();
        return Task.CompletedTask;
    }
}
