using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace Anarchive.Log;

/// <summary>An edition's last line: its length, its pieces' hashes, and the owner's signature over its name.</summary>
/// <remarks>
/// The name is the hash of the list of pieces. So whoever knows the name can check the list, and with the list each
/// piece as it comes, from whomever.
/// </remarks>
public sealed class EditionSeal
{
    private const int SignatureBytes = 64;

    private EditionSeal(long bytes, IReadOnlyList<Hash256> pieces, byte[] signature)
    {
        (Bytes, Pieces, Signature) = (bytes, pieces, signature);
        Name = NameOf(bytes, pieces);
    }

    /// <summary>Length of the lines before this one.</summary>
    public long Bytes { get; }

    /// <summary>SHA-256 of every <see cref="Limits.EditionPieceBytes"/> of them; the last may be shorter.</summary>
    public IReadOnlyList<Hash256> Pieces { get; }

    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>What the edition is called: SHA-256 over a domain, the length and the pieces.</summary>
    public Hash256 Name { get; }

    /// <summary>The offset and length of a piece.</summary>
    public (long Offset, int Length) this[int piece]
    {
        get
        {
            var offset = (long)piece * Limits.EditionPieceBytes;
            return (offset, (int)Math.Min(Limits.EditionPieceBytes, Bytes - offset));
        }
    }

    /// <summary>Null unless the bytes are exactly one seal in its one spelling; no signature is checked.</summary>
    public static EditionSeal? TryRead(ReadOnlySpan<byte> line)
    {
        if (Wire.TryRead(line, EditionJson.Default.WrittenSeal) is not { } written) return null;
        var count = (written.Bytes + Limits.EditionPieceBytes - 1) / Limits.EditionPieceBytes;
        if (written.Bytes < 1 || count > Limits.EditionPiecesMax || written.Pieces.Count != count) return null;
        var pieces = new Hash256[count];
        for (var i = 0; i < pieces.Length; i++)
            if (!Base64UrlText.TryDecode(written.Pieces[i], out pieces[i])) return null;
        if (!Base64UrlText.TryDecode(written.Signature, SignatureBytes, out var signature)) return null;
        var seal = new EditionSeal(written.Bytes, pieces, signature);
        return seal.Write().AsSpan().SequenceEqual(line) ? seal : null;
    }

    /// <summary>The line, without its line feed.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(
        new WrittenSeal(
            Bytes,
            [.. Pieces.Select(piece => Base64UrlText.Encode(piece.ToArray()))],
            Base64UrlText.Encode(Signature.Span)),
        EditionJson.Default.WrittenSeal);

    /// <summary>
    /// The lines as they pass, and an empty one more at the end where they are not those that were sealed.
    /// </summary>
    public IEnumerable<ReadOnlyMemory<byte>> Verified(IEnumerable<ReadOnlyMemory<byte>> lines)
    {
        using var maker = new Maker();
        foreach (var line in lines)
        {
            maker.Add(line.Span);
            maker.Add("\n"u8);
            yield return line;
        }

        if (maker.Finish(_ => []).Name != Name) yield return default;
    }

    private static Hash256 NameOf(long bytes, IReadOnlyList<Hash256> pieces)
    {
        var hashed = new byte[Domains.EditionFile.Length + 8 + pieces.Count * Hash256.Size];
        Domains.EditionFile.CopyTo(hashed);
        var at = hashed.AsSpan(Domains.EditionFile.Length);
        BinaryPrimitives.WriteInt64BigEndian(at, bytes);
        for (var i = 0; i < pieces.Count; i++) pieces[i].CopyTo(at[(8 + i * Hash256.Size)..]);
        return Hash256.Sha256(hashed);
    }

    /// <summary>Hashes lines piece by piece as they pass.</summary>
    public sealed class Maker : IDisposable
    {
        private readonly IncrementalHash _piece = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly List<Hash256> _pieces = [];
        private long _bytes;
        private int _inPiece;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            _bytes += bytes.Length;
            while (!bytes.IsEmpty)
            {
                var some = bytes[..Math.Min(bytes.Length, Limits.EditionPieceBytes - _inPiece)];
                _piece.AppendData(some);
                _inPiece += some.Length;
                bytes = bytes[some.Length..];
                if (_inPiece == Limits.EditionPieceBytes) EndPiece();
            }
        }

        /// <summary>The seal, signed by <paramref name="sign"/>, which is given the name.</summary>
        public EditionSeal Finish(Func<Hash256, byte[]> sign)
        {
            if (_inPiece > 0) EndPiece();
            return new EditionSeal(_bytes, _pieces, sign(NameOf(_bytes, _pieces)));
        }

        public void Dispose() => _piece.Dispose();

        private void EndPiece()
        {
            _pieces.Add(new Hash256(_piece.GetHashAndReset()));
            _inPiece = 0;
        }
    }
}
