using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Anarchive.Log;

/// <summary>Byte strings in JSON: base64url (RFC 4648, section 5) without padding; only canonical spellings are read.</summary>
public static class Base64UrlText
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>False unless the text is canonical and stands for exactly <paramref name="length"/> bytes.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, int length, out byte[] bytes)
    {
        bytes = [];
        if (text is null || text.Length != (length * 8 + 5) / 6) return false;
        var decoded = new byte[length];
        if (!Base64Url.TryDecodeFromChars(text, decoded, out var written) || written != length) return false;
        if (!Base64Url.EncodeToString(decoded).Equals(text, StringComparison.Ordinal)) return false;
        bytes = decoded;
        return true;
    }

    public static bool TryDecode([NotNullWhen(true)] string? text, out Hash256 value)
    {
        var read = TryDecode(text, Hash256.Size, out var bytes);
        value = read ? new Hash256(bytes) : default;
        return read;
    }
}
