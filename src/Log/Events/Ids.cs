using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace Anarchive.Log;

/// <summary>
/// Who a node is: the hash of its first public key. It never changes. JSON calls it <c>instance_id</c>.
/// </summary>
public readonly record struct NodeId(Hash256 Value) : IComparable<NodeId>
{
    public static NodeId Of(ReadOnlySpan<byte> firstPublicKey) =>
        new(Hash256.Sha256(Domains.Node, firstPublicKey));

    public static bool TryParse([NotNullWhen(true)] string? text, out NodeId id)
    {
        var read = TextForm.TryRead("an1", text, out var value);
        id = new NodeId(value);
        return read;
    }

    public int CompareTo(NodeId other) => Value.CompareTo(other.Value);

    public override string ToString() => TextForm.Write("an1", Value);
}

/// <summary>Which group: the id of its genesis event.</summary>
public readonly record struct GroupId(Hash256 Value) : IComparable<GroupId>
{
    public static bool TryParse([NotNullWhen(true)] string? text, out GroupId id)
    {
        var read = TextForm.TryRead("ag1", text, out var value);
        id = new GroupId(value);
        return read;
    }

    public int CompareTo(GroupId other) => Value.CompareTo(other.Value);

    public override string ToString() => TextForm.Write("ag1", Value);
}

/// <summary>Which event: the hash of its header. Two events are equal when their ids are.</summary>
public readonly record struct EventId(Hash256 Value)
{
    public static EventId Of(ReadOnlySpan<byte> header) => new(Hash256.Sha256(Domains.EventId, header));

    public ulong Prefix => Value.Prefix;

    public override string ToString() => Value.ToString();
}

/// <summary>Random per created or restored database, so that a restored node never writes on an old chain.</summary>
public readonly record struct Incarnation(ulong Value) : IComparable<Incarnation>
{
    public static bool TryParse([NotNullWhen(true)] string? text, out Incarnation incarnation)
    {
        incarnation = default;
        if (text is not { Length: 16 }) return false;
        foreach (var c in text)
            if (!char.IsAsciiHexDigitLower(c)) return false;
        incarnation = new Incarnation(ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return true;
    }

    public int CompareTo(Incarnation other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}

/// <summary>One chain within a group: an origin and one of its incarnations.</summary>
public readonly record struct ChainId(NodeId Origin, Incarnation Incarnation) : IComparable<ChainId>
{
    /// <summary>
    /// The short name in post and comment ids: 16 base32 characters of SHA-256(group ‖ origin ‖ incarnation).
    /// </summary>
    /// <remarks>
    /// An incarnation belongs to a database, so a node's chains in two groups share origin and incarnation; without
    /// the group their ids would collide at every seq.
    /// </remarks>
    public string ShortName(GroupId group)
    {
        Span<byte> bytes = stackalloc byte[72];
        group.Value.CopyTo(bytes);
        Origin.Value.CopyTo(bytes[32..]);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[64..], Incarnation.Value);
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(bytes, digest);
        return Base32.Encode(digest[..10]);
    }

    public int CompareTo(ChainId other)
    {
        var byOrigin = Origin.CompareTo(other.Origin);
        return byOrigin != 0 ? byOrigin : Incarnation.CompareTo(other.Incarnation);
    }

    public override string ToString() => $"{Origin}.{Incarnation}";
}

/// <summary>A place in a group: a chain and a seq, from 1.</summary>
public readonly record struct Position(ChainId Chain, long Seq) : IComparable<Position>
{
    public int CompareTo(Position other)
    {
        var byChain = Chain.CompareTo(other.Chain);
        return byChain != 0 ? byChain : Seq.CompareTo(other.Seq);
    }
}

/// <summary>
/// A reference to an event: its position and the first 8 bytes of its id. A wrong id refers to nothing.
/// </summary>
public readonly record struct EventRef(ChainId Chain, long Seq, ulong IdPrefix) : IComparable<EventRef>
{
    public const int Size = 56;

    public Position Position => new(Chain, Seq);

    /// <summary>Post and comment id in URLs and JSON: chain short name, hyphen, seq.</summary>
    public string ShortId(GroupId group) =>
        string.Create(CultureInfo.InvariantCulture, $"{Chain.ShortName(group)}-{Seq}");

    public int CompareTo(EventRef other)
    {
        var byPosition = Position.CompareTo(other.Position);
        return byPosition != 0 ? byPosition : IdPrefix.CompareTo(other.IdPrefix);
    }
}

/// <summary>
/// Prefix, 52 base32 characters, 4 checksum characters (20 bits of SHA-256 over domain, prefix and value).
/// </summary>
internal static class TextForm
{
    private const int ValueLength = 52;
    private const int CheckLength = 4;

    public static string Write(string prefix, Hash256 value)
    {
        var body = Base32.Encode(value.ToArray());
        return prefix + body + Check(prefix, value);
    }

    public static bool TryRead(string prefix, string? text, out Hash256 value)
    {
        value = default;
        if (text is null || text.Length != prefix.Length + ValueLength + CheckLength) return false;
        if (!text.StartsWith(prefix, StringComparison.Ordinal)) return false;
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        if (!Base32.TryDecode(text.AsSpan(prefix.Length, ValueLength), bytes)) return false;
        value = new Hash256(bytes);
        return text.AsSpan(prefix.Length + ValueLength).SequenceEqual(Check(prefix, value));
    }

    private static string Check(string prefix, Hash256 value)
    {
        Span<byte> input = stackalloc byte[3 + Hash256.Size];
        System.Text.Encoding.ASCII.GetBytes(prefix, input);
        value.CopyTo(input[3..]);
        var digest = Hash256.Sha256(Domains.Text, input);
        return Base32.Encode(digest.ToArray().AsSpan(0, 3))[..CheckLength];
    }
}
