using System.Security.Cryptography;
using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// Has other devices prove that they can still read what they hold, by ranges that nobody could foresee, and says in
/// the fleet's log what came of it.
/// </summary>
public sealed class Challenger(ItemStore store, FleetBook book, FleetDesk desk, PeerClient client)
{
    // A holder that lost one piece in a hundred passes one time in two.
    private const int Ranges = 64;
    private const int RangeBytes = 64 * 1024;

    /// <summary>
    /// Challenges a device's copy. True or false, which the log then says, where it answered; null, and nothing is
    /// said, where it did not, where this device has no copy to compare with, or where the row of challenges is at its
    /// end.
    /// </summary>
    public async Task<bool?> AskAsync(
        ItemId item, DeviceId device, VolumeId volume, CancellationToken cancellation)
    {
        var holding = book.Read(state => state.HoldingsOf(item)
            .FirstOrDefault(h => h.Device == device && h.Volume == volume));
        if (holding is not { State: HoldingState.Present, HashedMs: not null, Challenges: < FleetLimits.ChallengesMax }
            || store.Find(item) is not { } own)
            return null;
        if (await CompareAsync(device.AsNode(), own, cancellation) is not { } isRight) return null;
        var row = new ChallengeRow(device, volume, item, holding.Gen, holding.Challenges + 1, isRight);
        return (await desk.SayAsync(new ChallengeAnswered([row]), dryRun: false, cancellation)).Problem is null
            ? isRight
            : null;
    }

    /// <summary>
    /// Whether a node can read the same bytes now that this device holds. Null where it did not answer, or where this
    /// device's own are not to be relied on.
    /// </summary>
    internal async Task<bool?> CompareAsync(NodeId node, StoredCopy own, CancellationToken cancellation)
    {
        var nonce = new Hash256(RandomNumberGenerator.GetBytes(Hash256.Size));
        var ranges = Pick(own.SizeBytes);
        var expected = await FileBytes.DigestAsync(own.FullPath, nonce, ranges, cancellation);
        if (expected is null) return null;
        Hash256 answer;
        try
        {
            answer = await client.Items(node).ChallengeAsync(own.Item, nonce, ranges, cancellation);
        }
        catch (PeerException)
        {
            // Out of reach is no proof of loss.
            return null;
        }

        if (answer == expected) return true;
        // Whose bytes are wrong is not known before its own are: what does not hold itself accuses nobody.
        return await IsSoundAsync(own, ranges, cancellation) ? false : null;
    }

    /// <summary>True where the pieces in which the ranges lie are those of the item.</summary>
    private async Task<bool> IsSoundAsync(
        StoredCopy own, IReadOnlyList<ByteRange> ranges, CancellationToken cancellation)
    {
        if (store.LayerOf(own.Item) is not { } layer) return false;
        using var file = File.OpenHandle(own.FullPath, share: FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[Math.Min(layer.PieceLength, layer.SizeBytes)];
        var pieces = ranges
            .SelectMany(r => new[] { r.From, r.From + r.Length - 1 })
            .Select(at => (int)(at / layer.PieceLength)).Distinct();
        foreach (var piece in pieces)
        {
            var bytes = buffer.AsMemory(0, layer.LengthOf(piece));
            if (!await FileBytes.FillAsync(file, bytes, (long)piece * layer.PieceLength, cancellation)
                || !layer.Matches(piece, bytes.Span))
                return false;
        }

        return true;
    }

    private static List<ByteRange> Pick(long size)
    {
        if (size <= (long)Ranges * RangeBytes) return [new ByteRange(0, size)];
        var picked = new List<ByteRange>(Ranges);
        Span<byte> random = stackalloc byte[sizeof(ulong)];
        for (var i = 0; i < Ranges; i++)
        {
            RandomNumberGenerator.Fill(random);
            var at = (long)(BitConverter.ToUInt64(random) % (ulong)(size - RangeBytes + 1));
            picked.Add(new ByteRange(at, RangeBytes));
        }

        return picked;
    }
}
