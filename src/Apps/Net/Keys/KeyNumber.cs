using System.Globalization;

namespace Anarchive.Net;

/// <summary>Numbers in keys: decimal digits without leading zeros.</summary>
internal static class KeyNumber
{
    /// <summary>Null for anything else, and above <paramref name="max"/>.</summary>
    public static long? TryRead(ReadOnlySpan<char> text, long max)
    {
        if (text.Length is 0 or > 19 || (text[0] == '0' && text.Length > 1)) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= max
            ? value
            : null;
    }
}
