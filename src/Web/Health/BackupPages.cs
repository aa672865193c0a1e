using System.Globalization;
using System.Security.Cryptography;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>A backup of this node, to download.</summary>
internal static class BackupPages
{
    private const string Home = "/backup";

    /// <summary>Two at once would each need the database's size on the disk.</summary>
    private static readonly Problem Busy =
        new("backup_under_way", 409, "A backup is being made already. Wait until it is there.");

    private static readonly SemaphoreSlim OneAtATime = new(1);

    public static void MapBackupPages(this RouteGroupBuilder pages)
    {
        pages.MapGet(Home, (NodeOptions options) => Show(options, null));
        pages.MapPost(Home, MakeAsync);
    }

    private static IResult Show(NodeOptions options, Problem? problem) =>
        PageAnswers.Show<BackupPage>(new { Made = LastBackup.Of(options.DataDirectory), Problem = problem }, problem);

    private static async Task<IResult> MakeAsync(
        HttpContext context, NodeOptions options, NodeName name, TimeProvider time, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        // It has the keys: an open browser is not enough, and whoever else uses this machine gets none.
        if (await AccessPages.PresentAsync(context, sent["present"].ToString()) is { } notOwner)
            return Show(options, notOwner);
        var (passphrase, problem) = Passphrases.Take(sent["passphrase"].ToString(), sent["again"].ToString());
        if (passphrase is null) return Show(options, problem);
        if (!await OneAtATime.WaitAsync(0, cancellation)) return Show(options, Busy);
        try
        {
            var file = Path.Combine(
                options.DataDirectory, $"backup-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.sealed");
            var made = await Task.Run(
                () => BackupWriter.Write(
                    options.DataDirectory, file, passphrase, time, _ => cancellation.ThrowIfCancellationRequested(),
                    name.Current),
                cancellation);
            // The file is the browser's; here it goes once it was sent, or the sending broke off.
            var content = new FileStream(file, new FileStreamOptions { Options = FileOptions.DeleteOnClose });
            var day = DateTimeOffset.FromUnixTimeMilliseconds(made.MadeMs)
                .ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            return TypedResults.Stream(content, "application/octet-stream", $"anarchive-{day}.backup");
        }
        catch (BackupException failed)
        {
            return Show(options, new Problem(failed.Code, 503, failed.Says));
        }
        catch (IOException)
        {
            return Show(options, new Problem("disk_refused", 507, "The backup could not be written: make room first."));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(passphrase);
            OneAtATime.Release();
        }
    }
}
