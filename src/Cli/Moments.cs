using System.Globalization;

namespace Anarchive.Cli;

/// <summary>Moments as people read them who sit at this machine.</summary>
internal static class Moments
{
    /// <summary>By this machine's clock and zone, to the minute.</summary>
    public static string Local(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs).LocalDateTime
        .ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
