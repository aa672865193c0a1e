namespace Anarchive.Fleet;

/// <summary>Rules for the text in Fleet's payloads: short, shown as what it is, and never a path.</summary>
public static class FleetText
{
    /// <summary>
    /// One line of 1 to 64 UTF-16 units without slashes, control characters, or blanks at its ends; nothing that
    /// breaks the line or reorders the text around it (UAX #9).
    /// </summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= FleetLimits.NameCharsMax
        && text.Trim().Length == text.Length && !text.Any(IsBarred);

    /// <summary>1 to 32 of <c>[a-z0-9_]</c>.</summary>
    public static bool IsWord(string? text) =>
        text?.Length is > 0 and <= FleetLimits.WordCharsMax
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    /// <summary>A DNS name in lower case (RFC 1035, 2.3.1): labels of letters, digits and inner hyphens.</summary>
    public static bool IsHost(string text) =>
        text.Length is > 0 and <= FleetLimits.HostCharsMax && text.Split('.').All(IsLabel);

    /// <summary>So many bytes in lowercase hex.</summary>
    public static bool IsHex(string text, int bytes) =>
        text.Length == 2 * bytes && text.All(char.IsAsciiHexDigitLower);

    /// <summary>32 bytes in canonical base64, as WireGuard writes keys.</summary>
    public static bool IsWireGuardKey(string text)
    {
        Span<byte> key = stackalloc byte[33];
        return text.Length == 44 && Convert.TryFromBase64String(text, key, out var bytes) && bytes == 32
            && Convert.ToBase64String(key[..32]) == text;
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
        && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static bool IsBarred(char c) =>
        c is '/' or '\\' || char.IsControl(c) || char.IsSurrogate(c)
        || c is >= '\u2028' and <= '\u202e' or >= '\u2066' and <= '\u2069';
}
