using System.Buffers.Binary;
using System.Text;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>Writes the bytes of register keys and values: integers big-endian, ids as their bytes.</summary>
internal sealed class ByteWriter
{
    private readonly List<byte> _bytes = [];

    public static ByteWriter Of(RegisterKind kind) => new ByteWriter().Add((byte)kind);

    public ByteWriter Add(byte value)
    {
        _bytes.Add(value);
        return this;
    }

    public ByteWriter Add(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return Add(bytes);
    }

    public ByteWriter Add(long value) => Add((ulong)value);

    public ByteWriter Add(Hash256 hash)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        hash.CopyTo(bytes);
        return Add(bytes);
    }

    public ByteWriter Add(VolumeId volume)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, volume.Value);
        return Add(bytes);
    }

    public ByteWriter Add(ChainId chain) => Add(chain.Origin.Value).Add(chain.Incarnation.Value);

    public ByteWriter Add(EventRef target) => Add(target.Chain).Add(target.Seq).Add(target.IdPrefix);

    /// <summary>Its length, one byte, and its bytes; a text that is not there is empty.</summary>
    public ByteWriter Add(string? text)
    {
        var bytes = Encoding.UTF8.GetBytes(text ?? "");
        return Add(checked((byte)bytes.Length)).Add(bytes);
    }

    public ByteWriter AddHex(string? text)
    {
        var bytes = Convert.FromHexString(text ?? "");
        return Add((byte)bytes.Length).Add(bytes);
    }

    public byte[] ToArray() => [.. _bytes];

    public ByteWriter Add(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }
}

/// <summary>Reads what <see cref="ByteWriter"/> wrote.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte Byte() => Take(1)[0];

    public long Number() => (long)Unsigned();

    public ulong Unsigned() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public Hash256 Hash() => new(Take(Hash256.Size));

    public NodeId Node() => new(Hash());

    public DeviceId Device() => new(Hash());

    public ItemId Item() => new(Hash());

    public VolumeId Volume() => new(BinaryPrimitives.ReadUInt128BigEndian(Take(16)));

    public ChainId Chain() => new(Node(), new Incarnation(Unsigned()));

    public EventRef Ref() => new(Chain(), Number(), Unsigned());

    public string? Text() => Byte() is > 0 and var length ? Encoding.UTF8.GetString(Take(length)) : null;

    public string? Hex() => Byte() is > 0 and var length ? Convert.ToHexStringLower(Take(length)) : null;

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
