using System.Security.Cryptography;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>All that a manifest says of a file's bytes, read once.</summary>
internal sealed record EditionDigest(long Bytes, Hash256 Sha256, Hash256 PiecesRoot, byte[] Pieces)
{
    /// <summary>Reads all of the stream.</summary>
    /// <param name="length">Of the stream; decides the length of pieces.</param>
    /// <param name="accept">Asked for each piece in order; reading ends where it says no, and null is returned.</param>
    public static EditionDigest? Of(Stream from, long length, Func<int, Hash160, bool>? accept = null)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var root = new PiecesRoot();
        var pieces = new List<byte>();
        var buffer = new byte[Metainfo.PieceLengthOf(length)];
        var bytes = 0L;
        for (var index = 0; ; index++)
        {
            var read = from.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (read == 0) break;
            var piece = buffer.AsSpan(0, read);
            var hash = Hash160.Of(piece);
            if (accept?.Invoke(index, hash) == false) return null;
            pieces.AddRange(hash.ToArray());
            sha.AppendData(piece);
            root.Add(piece);
            bytes += read;
        }

        return bytes == length && bytes > 0
            ? new EditionDigest(bytes, new Hash256(sha.GetHashAndReset()), root.Root(), [.. pieces])
            : null;
    }
}
