using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Anarchive.Log;

/// <summary>
/// Byte strings in JSON: base64url (RFC 4648, section 5) without padding; only canonical spellings are read.
/// </summary>
public static class Base64UrlText
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>False unless the text is canonical and stands for exactly <paramref name="length"/> bytes.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, int length, out byte[] bytes)
    {
        bytes = [];
        if (text is null || text.Length != (length * 8 + 5) / 6) return false;
        var decoded = new byte[length];
        // The decoder's own Try form throws on characters outside its alphabet.
        if (Base64Url.DecodeFromChars(text, decoded, out _, out var written) != OperationStatus.Done) return false;
        if (written != length) return false;
        if (!Base64Url.EncodeToString(decoded).Equals(text, StringComparison.Ordinal)) return false;
        bytes = decoded;
        return true;
    }

    /// <summary>Bytes of any number; null unless the text is canonical.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        if (text.Length % 4 == 1) return null;
        var decoded = new byte[text.Length * 3 / 4];
        // The decoder skips white space, which the comparison below then refuses.
        if (Base64Url.DecodeFromChars(text, decoded, out _, out var written) != OperationStatus.Done) return null;
        return written == decoded.Length && text.SequenceEqual(Encode(decoded)) ? decoded : null;
    }

    public static bool TryDecode([NotNullWhen(true)] string? text, out Hash256 value)
    {
        var read = TryDecode(text, Hash256.Size, out var bytes);
        value = read ? new Hash256(bytes) : default;
        return read;
    }
}
