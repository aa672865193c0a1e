using System.Collections.Concurrent;
using System.Text;

namespace Anarchive.Log;

/// <summary>What an event says: 1 to 48 characters of <c>[a-z0-9_]</c>.</summary>
public readonly record struct Kind(string Name)
{
    // Names repeat millions of times; a bounded table keeps one string of each.
    private const int InternedMax = 256;

    private static readonly ConcurrentDictionary<string, string> Interned = new(StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> BySpan =
        Interned.GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool TryParse(ReadOnlySpan<byte> ascii, out Kind kind)
    {
        kind = default;
        if (ascii.Length is 0 or > Limits.KindLengthMax) return false;
        Span<char> text = stackalloc char[Limits.KindLengthMax];
        for (var i = 0; i < ascii.Length; i++)
        {
            var c = (char)ascii[i];
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '_')) return false;
            text[i] = c;
        }

        kind = new Kind(Intern(text[..ascii.Length]));
        return true;
    }

    public byte[] ToAscii() => Encoding.ASCII.GetBytes(Name);

    public override string ToString() => Name;

    private static string Intern(ReadOnlySpan<char> text)
    {
        if (BySpan.TryGetValue(text, out var known)) return known;
        var name = text.ToString();
        return Interned.Count < InternedMax ? Interned.GetOrAdd(name, name) : name;
    }
}
