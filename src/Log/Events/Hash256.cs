using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Anarchive.Log;

/// <summary>32 bytes, compared as a big-endian number.</summary>
public readonly record struct Hash256 : IComparable<Hash256>
{
    public const int Size = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>Reads exactly 32 bytes.</summary>
    public Hash256(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException("A hash has 32 bytes.", nameof(bytes));
        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    public static Hash256 Zero => default;

    public bool IsZero => this == default;

    /// <summary>The first 8 bytes, as a big-endian number.</summary>
    public ulong Prefix => _a;

    /// <summary>SHA-256 (FIPS 180-4) of the parts in order.</summary>
    public static Hash256 Sha256(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var total = first.Length + second.Length;
        Span<byte> digest = stackalloc byte[Size];
        if (total <= 1024)
        {
            Span<byte> joined = stackalloc byte[total];
            first.CopyTo(joined);
            second.CopyTo(joined[first.Length..]);
            SHA256.HashData(joined, digest);
        }
        else
        {
            var joined = System.Buffers.ArrayPool<byte>.Shared.Rent(total);
            first.CopyTo(joined);
            second.CopyTo(joined.AsSpan(first.Length));
            SHA256.HashData(joined.AsSpan(0, total), digest);
            System.Buffers.ArrayPool<byte>.Shared.Return(joined, clearArray: true);
        }

        return new Hash256(digest);
    }

    /// <summary>SHA-256 (FIPS 180-4) of the bytes.</summary>
    public static Hash256 Sha256(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[Size];
        SHA256.HashData(bytes, digest);
        return new Hash256(digest);
    }

    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _a);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _d);
    }

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    public int CompareTo(Hash256 other)
    {
        if (_a != other._a) return _a.CompareTo(other._a);
        if (_b != other._b) return _b.CompareTo(other._b);
        if (_c != other._c) return _c.CompareTo(other._c);
        return _d.CompareTo(other._d);
    }

    public override string ToString() => Convert.ToHexStringLower(ToArray());

    /// <summary>Already uniform, so the first bits serve; stable between processes.</summary>
    public override int GetHashCode() => (int)_a ^ (int)(_d >> 32);
}
