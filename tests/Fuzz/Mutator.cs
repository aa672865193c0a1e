using System.Buffers.Binary;
using System.Text;

namespace Anarchive.Tests.Fuzz;

/// <summary>Makes inputs that are nearly right: a known one with up to eight pieces changed.</summary>
internal sealed class Mutator(SplitMix64 random, IReadOnlyList<string> tokens)
{
    /// <summary>Longer inputs only repeat themselves.</summary>
    private const int LengthMax = 128 * 1024;

    private static readonly ulong[] Edges =
    [
        0, 1, 2, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 511, 512, 32767, 32768, 65535, 65536, int.MaxValue,
        1UL << 31, uint.MaxValue, 1UL << 32, (1UL << 53) - 1, 1UL << 53, long.MaxValue, 1UL << 63, ulong.MaxValue,
    ];

    private readonly byte[][] _tokens = [.. tokens.Select(Encoding.UTF8.GetBytes)];

    public byte[] Next(IReadOnlyList<byte[]> known)
    {
        var bytes = new List<byte>(random.Of(known));
        for (var edits = 1 << random.Below(4); edits > 0; edits--) Edit(bytes, known);
        if (bytes.Count > LengthMax) bytes.RemoveRange(LengthMax, bytes.Count - LengthMax);
        return [.. bytes];
    }

    private void Edit(List<byte> bytes, IReadOnlyList<byte[]> known)
    {
        var at = random.Below(bytes.Count + 1);
        switch (random.Below(10))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Below(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next();
                break;
            case 2:
                bytes.Insert(at, (byte)random.Next());
                break;
            case 3:
                bytes.RemoveRange(at, Math.Min(bytes.Count - at, 1 + random.Below(16)));
                break;
            case 4:
                bytes.InsertRange(at, Piece(bytes));
                break;
            case 5:
                bytes.InsertRange(at, Piece(random.Of(known)));
                break;
            case 6:
                Repeat(bytes, at);
                break;
            case 7:
                Number(bytes, at);
                break;
            default:
                if (_tokens.Length > 0) Token(bytes, at);
                break;
        }
    }

    private byte[] Piece(IReadOnlyList<byte> from)
    {
        if (from.Count == 0) return [];
        var start = random.Below(from.Count);
        return [.. from.Skip(start).Take(1 + random.Below(Math.Min(256, from.Count - start)))];
    }

    // What is cheap once and dear a thousand times: nesting, quotes, lists.
    private void Repeat(List<byte> bytes, int at)
    {
        var piece = _tokens.Length > 0 && random.Below(2) == 0 ? random.Of(_tokens) : Piece(bytes);
        if (piece.Length == 0) return;
        for (var times = 1 << random.Below(12); times > 0 && bytes.Count < LengthMax; times--)
            bytes.InsertRange(Math.Min(at, bytes.Count), piece);
    }

    private void Number(List<byte> bytes, int at)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, random.Of(Edges));
        var width = 1 << random.Below(4);
        for (var n = 0; n < width && at + n < bytes.Count; n++) bytes[at + n] = number[8 - width + n];
    }

    private void Token(List<byte> bytes, int at)
    {
        var token = random.Of(_tokens);
        if (random.Below(2) == 0) bytes.RemoveRange(at, Math.Min(bytes.Count - at, token.Length));
        bytes.InsertRange(at, token);
    }
}
