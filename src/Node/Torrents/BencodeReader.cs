using System.Globalization;
using System.Text;

namespace Anarchive.Node;

/// <summary>A place in bencoded bytes, from which values are read one after the other.</summary>
internal struct BencodeReader(ReadOnlyMemory<byte> bytes)
{
    private int _at;
    private int _values;

    public readonly bool IsAtEnd => _at == bytes.Length;

    private readonly int Next => IsAtEnd ? -1 : bytes.Span[_at];

    public BencodeValue? Value(int depth)
    {
        if (depth > Bencode.DepthMax || ++_values > Bencode.ValuesMax) return null;
        return Next switch
        {
            'i' => Number(),
            'l' => List(depth),
            'd' => Dictionary(depth),
            >= '0' and <= '9' => Text(),
            _ => null,
        };
    }

    private BencodeValue.Number? Number()
    {
        var from = _at++;
        if (Digits('e', signed: true) is not { } value) return null;
        return new BencodeValue.Number(value, bytes[from.._at]);
    }

    private BencodeValue.Text? Text()
    {
        var from = _at;
        if (Digits(':', signed: false) is not { } length || length > bytes.Length - _at) return null;
        var text = bytes.Slice(_at, (int)length);
        _at += (int)length;
        return new BencodeValue.Text(text, bytes[from.._at]);
    }

    private BencodeValue.List? List(int depth)
    {
        var from = _at++;
        var items = new List<BencodeValue>();
        while (Next is not ('e' or -1))
        {
            if (Value(depth + 1) is not { } item) return null;
            items.Add(item);
        }

        return Close() ? new BencodeValue.List(items, bytes[from.._at]) : null;
    }

    private BencodeValue.Dictionary? Dictionary(int depth)
    {
        var from = _at++;
        var entries = new List<KeyValuePair<string, BencodeValue>>();
        ReadOnlyMemory<byte> last = default;
        while (Next is not ('e' or -1))
        {
            if (Text() is not { Bytes: var key } || key.Length > Bencode.KeyBytesMax || !Ascii(key.Span)) return null;
            if (entries.Count > 0 && last.Span.SequenceCompareTo(key.Span) >= 0) return null;
            last = key;
            if (Value(depth + 1) is not { } value) return null;
            entries.Add(new(Encoding.ASCII.GetString(key.Span), value));
        }

        return Close() ? new BencodeValue.Dictionary(entries, bytes[from.._at]) : null;

        static bool Ascii(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)' ', (byte)'~');
    }

    private bool Close()
    {
        if (Next != 'e') return false;
        _at++;
        return true;
    }

    /// <summary>A number in its shortest form and the mark behind it.</summary>
    private long? Digits(char mark, bool signed)
    {
        var length = bytes.Span[_at..].IndexOf((byte)mark);
        // A 64-bit number has at most 19 digits and a sign.
        if (length is < 1 or > 20) return null;
        var text = bytes.Span.Slice(_at, length);
        var style = signed ? NumberStyles.AllowLeadingSign : NumberStyles.None;
        if (!long.TryParse(text, style, CultureInfo.InvariantCulture, out var value)) return null;
        Span<byte> shortest = stackalloc byte[20];
        value.TryFormat(shortest, out var written, default, CultureInfo.InvariantCulture);
        if (!text.SequenceEqual(shortest[..written])) return null;
        _at += length + 1;
        return value;
    }
}
