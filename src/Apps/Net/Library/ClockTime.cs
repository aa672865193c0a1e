using System.Globalization;

namespace Anarchive.Net;

/// <summary>Places in a film as people write them: <c>67.9</c>, <c>1:07.9</c>, <c>1:02:03.4</c>.</summary>
public static class ClockTime
{
    private const decimal DayMs = 86_400_000;
    private const int GridMs = 100;
    private const int PartsMax = 3;
    private const int SixtyOf = 60;

    /// <summary>Milliseconds, rounded to tenths of a second; null for anything else, and above a day.</summary>
    public static long? TryRead(string text)
    {
        var parts = text.Split(':');
        if (parts.Length > PartsMax) return null;
        var ms = 0m;
        for (var at = 0; at < parts.Length; at++)
        {
            var style = at == parts.Length - 1 ? NumberStyles.AllowDecimalPoint : NumberStyles.None;
            if (!decimal.TryParse(parts[at], style, CultureInfo.InvariantCulture, out var number)) return null;
            // Only what stands first may be more than its clock shows: 75:00 is an hour and a quarter.
            if ((at > 0 && number >= SixtyOf) || number > DayMs) return null;
            ms = ms * SixtyOf + number * 1_000;
        }

        var rounded = Math.Round(ms / GridMs, MidpointRounding.AwayFromZero) * GridMs;
        return rounded <= DayMs ? (long)rounded : null;
    }

    /// <summary>Minutes, seconds, tenths.</summary>
    public static string Show(long ms) => string.Create(
        CultureInfo.InvariantCulture, $"{ms / 60_000}:{ms / 1_000 % 60:00}.{ms / 100 % 10}");
}
