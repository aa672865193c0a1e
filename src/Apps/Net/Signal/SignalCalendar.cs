using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Anarchive.Net;

/// <summary>When a week's report is sent, taken and counted: Unix milliseconds; weeks are ISO 8601, in UTC.</summary>
public static class SignalCalendar
{
    /// <summary>Weeks that an edition tells of.</summary>
    public const int WeeksTold = 52;

    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;
    private const long SendingMs = 2 * DayMs;
    private const long TakingMs = 3 * DayMs;

    public static string WeekAt(long nowMs) => SignalReport.WeekOf(Math.DivRem(nowMs, HourMs).Quotient);

    /// <summary>The Monday, 00:00, after a week.</summary>
    public static long EndOf(string week)
    {
        var monday = ISOWeek.ToDateTime(
            int.Parse(week.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture),
            int.Parse(week.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture), DayOfWeek.Monday);
        return (long)(monday - DateTime.UnixEpoch).TotalMilliseconds + 7 * DayMs;
    }

    /// <summary>The Thursday, 00:00, after a week: what came by then is counted, and nothing later.</summary>
    public static long ClosesAt(string week) => EndOf(week) + TakingMs;

    /// <summary>The week whose reports are taken at that time; null from Thursday to Sunday.</summary>
    public static string? OpenAt(long nowMs)
    {
        var week = WeekAt(nowMs - 7 * DayMs);
        return nowMs < ClosesAt(week) ? week : null;
    }

    /// <summary>
    /// When a household sends its report: anywhen in the two days after the week, at a moment that its token draws and
    /// nobody on the way can tell.
    /// </summary>
    public static long DueAt(string week, ReadOnlySpan<byte> token)
    {
        Span<byte> drawn = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(token, Encoding.ASCII.GetBytes("anarchive/signal/due\n" + week), drawn);
        return EndOf(week) + (long)(BinaryPrimitives.ReadUInt64BigEndian(drawn) % SendingMs);
    }

    /// <summary>The oldest week that an edition of a week still tells of.</summary>
    public static string OldestTold(string week) => WeekAt(EndOf(week) - WeeksTold * 7 * DayMs);
}
