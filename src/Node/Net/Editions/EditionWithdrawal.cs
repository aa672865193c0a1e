using Anarchive.Log;
using Anarchive.Net;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Takes the files of a group's editions away, before something that they hold is taken back.</summary>
/// <remarks>Whoever fetched one keeps it. The next is a full one: what a delta changes is gone.</remarks>
public sealed class EditionWithdrawal(
    Database database, BlobShelf shelf, TorrentHost host, DataDirectory directory, ILogger<EditionWithdrawal> log)
    : IDisposable
{
    /// <summary>Held while an edition is made, and while one is withdrawn until what it held is taken back.</summary>
    internal SemaphoreSlim Gate { get; } = new(1);

    internal static PartEditionFiles FilesIn(DataDirectory directory) =>
        new(Path.Combine(directory.Root, "part-editions"));

    /// <summary>Gone when it returns, from this node's client as well.</summary>
    public async Task WithdrawAsync(GroupId group, CancellationToken cancellation)
    {
        foreach (var manifest in Manifests(group))
        {
            if (EditionBooks.InfoHash(manifest) is not { } ih || shelf.PathOf(ih) is null) continue;
            try
            {
                await host.ForgetAsync(ih, cancellation);
            }
            catch (CarrierException failed)
            {
                // Without its file it has nothing to give.
                NodeLog.ClientFailed(log, failed.Code);
            }

            await shelf.DropAsync(ih, cancellation);
        }

        var files = FilesIn(directory);
        foreach (var name in files.Names(group)) files.Delete(group, name);
    }

    public void Dispose() => Gate.Dispose();

    private IReadOnlyList<PartEdition> Manifests(GroupId group)
    {
        using var db = database.OpenReader();
        return [.. NetEditionRows.Manifests(db, group).Values];
    }
}
