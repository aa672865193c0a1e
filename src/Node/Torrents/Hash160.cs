using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Anarchive.Node;

/// <summary>A SHA-1 value (FIPS 180-4), as torrents of version 1 are named and checked by.</summary>
/// <remarks>Two files with one value can be made. Whoever needs certainty compares SHA-256 besides.</remarks>
public readonly record struct Hash160
{
    public const int Size = 20;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly uint _c;

    /// <summary>Reads exactly 20 bytes.</summary>
    public Hash160(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException("A SHA-1 value has 20 bytes.", nameof(bytes));
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    [SuppressMessage("Security", "CA5350", Justification = "BEP 3 asks for SHA-1.")]
    public static Hash160 Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[Size];
        SHA1.HashData(bytes, digest);
        return new Hash160(digest);
    }

    /// <summary>False for anything but 40 digits in lower case.</summary>
    public static bool TryParse([NotNullWhen(true)] string? hex, out Hash160 hash)
    {
        hash = default;
        if (hex is not { Length: 2 * Size } || !hex.All(char.IsAsciiHexDigitLower)) return false;
        hash = new Hash160(Convert.FromHexString(hex));
        return true;
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _a);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), _b);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(16), _c);
        return bytes;
    }

    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
