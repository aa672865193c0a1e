using System.Buffers.Binary;
using System.Globalization;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>
/// Which device: its node's id; where it runs no node, the id of the event that declared it first. 64 hex digits.
/// </summary>
public readonly record struct DeviceId(Hash256 Value) : IComparable<DeviceId>
{
    public static DeviceId Of(NodeId node) => new(node.Value);

    /// <summary>The node of that id, if the device runs one.</summary>
    public NodeId AsNode() => new(Value);

    public static bool TryParse(string? text, out DeviceId id)
    {
        var read = HexId.TryRead(text, out var value);
        id = new DeviceId(value);
        return read;
    }

    public int CompareTo(DeviceId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString();
}

/// <summary>Which volume: the UUID in its marker file, as 32 hex digits.</summary>
public readonly record struct VolumeId(UInt128 Value) : IComparable<VolumeId>
{
    public static bool TryParse(string? text, out VolumeId id)
    {
        id = default;
        if (text is not { Length: 32 } || !text.All(char.IsAsciiHexDigitLower)) return false;
        id = new VolumeId(UInt128.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return true;
    }

    public int CompareTo(VolumeId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>
/// Which item: SHA-256 over domain, size and the root of the file's SHA-256 tree (BEP 52, "pieces root"). Equal bytes
/// are one item on every device, and no two descriptions of an item can differ in what it is. 64 hex digits.
/// </summary>
public readonly record struct ItemId(Hash256 Value) : IComparable<ItemId>
{
    private static ReadOnlySpan<byte> Domain => "anarchive/v1/item\0"u8;

    public static ItemId Of(long sizeBytes, Hash256 pieceRoot)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long) + Hash256.Size];
        BinaryPrimitives.WriteInt64BigEndian(bytes, sizeBytes);
        pieceRoot.CopyTo(bytes[sizeof(long)..]);
        return new ItemId(Hash256.Sha256(Domain, bytes));
    }

    public static bool TryParse(string? text, out ItemId id)
    {
        var read = HexId.TryRead(text, out var value);
        id = new ItemId(value);
        return read;
    }

    public int CompareTo(ItemId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString();
}

/// <summary>64 lowercase hex digits.</summary>
internal static class HexId
{
    public static bool TryRead(string? text, out Hash256 value)
    {
        value = default;
        if (text is not { Length: 2 * Hash256.Size } || !text.All(char.IsAsciiHexDigitLower)) return false;
        value = new Hash256(Convert.FromHexString(text));
        return true;
    }
}
