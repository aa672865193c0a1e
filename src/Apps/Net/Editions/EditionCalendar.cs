using System.Globalization;

namespace Anarchive.Net;

/// <summary>When editions are made: one a week where something changed, a full one each month.</summary>
public static class EditionCalendar
{
    /// <summary>The ISO 8601 week of that hour in UTC, <c>2026-W07</c>.</summary>
    public static string WeekOf(long unixHours)
    {
        var day = DateTime.UnixEpoch.AddHours(unixHours);
        return string.Create(
            CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(day):D4}-W{ISOWeek.GetWeekOfYear(day):D2}");
    }

    /// <summary>True where a week lies in another month than the last full edition's; its Thursday decides.</summary>
    public static bool IsFullDue(string? lastFullWeek, string week) =>
        lastFullWeek is null || MonthOf(lastFullWeek) != MonthOf(week);

    private static (int Year, int Month) MonthOf(string week)
    {
        var thursday = ISOWeek.ToDateTime(
            int.Parse(week.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture),
            int.Parse(week.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture), DayOfWeek.Thursday);
        return (thursday.Year, thursday.Month);
    }
}
