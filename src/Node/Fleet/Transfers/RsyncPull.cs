using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>
/// Fetches an item's bytes by rsync over ssh, where a device is better reached so. Transfer and hashes are still asked
/// of the device itself; the bytes are checked as those of any other way.
/// </summary>
public sealed class RsyncPull(CopyPull pull, SshBook ways, ItemStore store, Traffic traffic, NodeOptions options)
{
    private const int TimeoutSeconds = 60;

    /// <summary>Returns once the item is on the volume, checked and durable; where it is already, at once.</summary>
    /// <exception cref="CarrierException">
    /// <c>no_ssh_way</c>, <c>rsync_missing</c>, <c>no_source</c>, <c>no_room</c>, <c>daily_cap</c>, or why the volume
    /// is absent. What came so far stays.
    /// </exception>
    /// <exception cref="PeerException">The device does not give the item.</exception>
    public async Task<StoredCopy> FetchAsync(
        ItemId item, VolumeId volume, ItemSource source, CancellationToken cancellation)
    {
        if (store.Find(item, volume) is { } here) return here;
        if (ways.Find(source.Node) is not { IsSafe: true } way)
            throw new CarrierException("no_ssh_way", "The owner has not said how that device is reached by ssh.");
        var client = source.Client();
        var offer = await client.OfferAsync(item, cancellation);
        var layer = await client.LayerAsync(item, offer, cancellation);
        var path = await PrepareAsync(layer, volume, cancellation);
        var status = await RunAsync(
            [
                "--partial", "--inplace", $"--timeout={TimeoutSeconds}",
                string.Create(CultureInfo.InvariantCulture, $"--bwlimit={options.FleetCopyBytesPerSecond / 1024}"),
                "-e", way.Command, way.Source($"{item}.{offer.Token}"), path,
            ],
            cancellation);
        // What came is checked, whatever rsync says of it; and without it, too, all of it may be here.
        using var draft = await CopyDraft.OpenAsync(pull.Room(volume, 0).Volume, layer, cancellation);
        if (!await draft.SettleAsync(cancellation))
            throw status == 0
                ? new CarrierException("blob_mismatch", "What came by rsync is not the item; it is fetched again.")
                : CopyFailures.NoSource();
        return await pull.KeepAsync(draft, volume, offer.Name, cancellation);
    }

    /// <summary>What is here already counts, and what is to come needs room.</summary>
    private async Task<string> PrepareAsync(PieceLayer layer, VolumeId volume, CancellationToken cancellation)
    {
        using var draft = await CopyDraft.OpenAsync(pull.Room(volume, 0).Volume, layer, cancellation);
        var missing = layer.SizeBytes - draft.HaveBytes;
        pull.Room(volume, missing);
        if (traffic.LeftBytes() < missing) throw CopyFailures.Capped();
        await traffic.NoteAsync(missing, cancellation);
        return draft.Path;
    }

    /// <summary>Its exit status. It is killed, with what it started, when it is told to stop.</summary>
    private static async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        using var process = Start(arguments);
        try
        {
            // What it says may name files: it is read, so that it never waits to be heard, and dropped.
            await Task.WhenAll(
                process.StandardError.BaseStream.CopyToAsync(Stream.Null, cancellation),
                process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellation));
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static Process Start(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("rsync", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception)
        {
            throw new CarrierException("rsync_missing", "rsync does not run: install rsync and openssh-client.");
        }
    }
}
