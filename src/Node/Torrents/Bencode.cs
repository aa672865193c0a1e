using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Anarchive.Node;

/// <summary>A value of bencoding (BEP 3), with the bytes it was read from.</summary>
public abstract record BencodeValue
{
    private BencodeValue(ReadOnlyMemory<byte> raw) => Raw = raw;

    /// <summary>The value's own bytes: what an info hash is made of.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    public sealed record Number(long Value, ReadOnlyMemory<byte> Source) : BencodeValue(Source);

    public sealed record Text(ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> Source) : BencodeValue(Source);

    public sealed record List(IReadOnlyList<BencodeValue> Items, ReadOnlyMemory<byte> Source) : BencodeValue(Source);

    /// <param name="Entries">By keys that are ASCII, as all known ones are; in the order of their bytes.</param>
    public sealed record Dictionary(
        IReadOnlyList<KeyValuePair<string, BencodeValue>> Entries, ReadOnlyMemory<byte> Source) : BencodeValue(Source)
    {
        public BencodeValue? this[string key]
        {
            get
            {
                foreach (var (name, value) in Entries)
                    if (string.Equals(name, key, StringComparison.Ordinal)) return value;
                return null;
            }
        }
    }
}

/// <summary>Reads bencoding in its one canonical form, within bounds of depth and number.</summary>
/// <remarks>
/// Numbers have no plus, leading zero or negative zero and fit in 64 bits; lengths have no leading zero; keys ascend by
/// their bytes, so none comes twice; nothing follows the value. Whatever is read would be written as the same bytes.
/// </remarks>
public static class Bencode
{
    public const int DepthMax = 32;

    /// <summary>An empty list takes two bytes and an object: a small text must not make a large heap.</summary>
    public const int ValuesMax = 4_096;

    /// <summary>Bytes of a dictionary's key; known ones have about a dozen.</summary>
    public const int KeyBytesMax = 64;

    /// <summary>False for anything that is not canonical, too deep or of too many values.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out BencodeValue? value)
    {
        var reader = new BencodeReader(bytes);
        value = reader.Value(depth: 1);
        if (value is not null && !reader.IsAtEnd) value = null;
        return value is not null;
    }

    /// <summary>Writes <c>4:text</c>.</summary>
    public static void Write(IBufferWriter<byte> to, ReadOnlySpan<byte> text)
    {
        Ascii(to, string.Create(CultureInfo.InvariantCulture, $"{text.Length}:"));
        to.Write(text);
    }

    /// <summary>Writes <c>4:text</c> as UTF-8.</summary>
    public static void Write(IBufferWriter<byte> to, string text) => Write(to, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes <c>i42e</c>.</summary>
    public static void Write(IBufferWriter<byte> to, long number) =>
        Ascii(to, string.Create(CultureInfo.InvariantCulture, $"i{number}e"));

    /// <summary>Writes what frames lists and dictionaries: <c>l</c>, <c>d</c> and <c>e</c>.</summary>
    public static void Mark(IBufferWriter<byte> to, char mark) => to.Write([(byte)mark]);

    private static void Ascii(IBufferWriter<byte> to, string text) => to.Write(Encoding.ASCII.GetBytes(text));
}
