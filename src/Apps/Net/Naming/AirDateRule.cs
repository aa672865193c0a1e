using System.Collections.Frozen;

namespace Anarchive.Net;

/// <summary>
/// The day a programme was broadcast: "2011.04.18", "04.28.2014", "30-04-2024", "20201013", "140722",
/// "5th Mar 2025", "May 23, 2014". Where day and month could change places, nothing is claimed to be known.
/// </summary>
internal static class AirDateRule
{
    private static readonly string[] Months =
    [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ];

    private static readonly FrozenSet<string> DaySuffix =
        new[] { "st", "nd", "rd", "th" }.ToFrozenSet(StringComparer.Ordinal);

    public static void Apply(NameReading reading)
    {
        for (var at = 0; at < reading.Count; at++)
        {
            var end = reading.IsFree(at) && reading.StartsWord(at) ? Any(reading, at) : -1;
            if (end < 0) continue;
            reading.Claim(at, end, NameRole.Date);
            at = end - 1;
        }
    }

    private static int Any(NameReading reading, int at)
    {
        var end = Parted(reading, at);
        if (end < 0) end = Compact(reading, at);
        if (end < 0) end = Worded(reading, at);
        return end;
    }

    private static int Parted(NameReading reading, int at)
    {
        if (!reading.IsNumber(at, 1, 4) || !reading.IsNumber(at + 2, 1, 2) || !reading.IsNumber(at + 4, 1, 4))
            return -1;
        if (!IsSeparator(reading, at + 1) || !IsSeparator(reading, at + 3) || !reading.EndsWord(at + 5)) return -1;
        if (reading.Text[reading.Tokens[at + 1].Start] != reading.Text[reading.Tokens[at + 3].Start]) return -1;
        var (first, second, third) = (reading.ValueOf(at), reading.ValueOf(at + 2), reading.ValueOf(at + 4));
        DateOnly? day;
        if (reading.IsYear(at) && reading.LengthOf(at + 4) <= 2)
            day = second > 12 ? Day(first, third, second) : Day(first, second, third);
        else if (reading.IsYear(at + 4) && reading.LengthOf(at) == 2 && reading.LengthOf(at + 2) == 2)
        {
            if (first <= 12 && second <= 12 && first != second && Day(third, first, second) is not null)
                return at + 5; // a date, but whose?
            day = first > 12 ? Day(third, second, first) : Day(third, first, second);
        }
        else return -1;

        return Take(reading, day, at + 5);
    }

    // Eight digits anywhere; six, which are rarer than other numbers, only first or before quality and end.
    private static int Compact(NameReading reading, int at)
    {
        if (!reading.EndsWord(at + 1)) return -1;
        var value = reading.IsDigits(at) ? reading.ValueOf(at) : 0;
        if (reading.IsNumber(at, 8, 8))
            return Take(reading, Day(value / 10000, value / 100 % 100, value % 100), at + 1);
        if (!reading.IsNumber(at, 6, 6)) return -1;
        var next = reading.SkipSpace(at + 1);
        var isFirst = at == 0 && next > 1 && next < reading.Count;
        if (!isFirst && next < reading.Count && reading.IsFree(next)) return -1;
        var (year, month, day) = (value / 10000, value / 100 % 100, value % 100);
        // "010910" is rather the ninth and tenth episode.
        if (year < 10 && day == month + 1 && !isFirst) return -1;
        return Take(reading, Day(year < 70 ? 2000 + year : 1900 + year, month, day), at + 1);
    }

    // "22 October 2016", "5th Mar 2025", "May 23, 2014".
    private static int Worded(NameReading reading, int at)
    {
        if (reading.IsNumber(at, 1, 2))
        {
            var month = at + 1;
            if (reading.IsWord(month, DaySuffix)) month++;
            if (!reading.IsSpace(month) || Month(reading, month + 1) is not { } number) return -1;
            var year = month + 3;
            return reading.IsSpace(month + 2) && reading.IsYear(year) && reading.IsFree(year)
                ? Take(reading, Day(reading.ValueOf(year), number, reading.ValueOf(at)), year + 1)
                : -1;
        }

        if (Month(reading, at) is not { } first || !reading.IsSpace(at + 1)
            || !reading.IsNumber(at + 2, 1, 2)) return -1;
        var last = at + 3;
        if (reading.IsWord(last, DaySuffix)) last++;
        if (reading.IsMark(last, ',')) last++;
        last = reading.SkipSpace(last);
        return last > at + 3 && reading.IsYear(last) && reading.IsFree(last)
            ? Take(reading, Day(reading.ValueOf(last), first, reading.ValueOf(at + 2)), last + 1)
            : -1;
    }

    private static int? Month(NameReading reading, int at)
    {
        if (!reading.IsLetters(at) || reading.LengthOf(at) < 3) return null;
        for (var month = 0; month < Months.Length; month++)
            if (reading.IsWord(at, Months[month]) || reading.IsWord(at, Months[month][..3])) return month + 1;
        return null;
    }

    private static bool IsSeparator(NameReading reading, int at) =>
        reading.IsSingleSpace(at) || reading.IsSingleDash(at);

    private static DateOnly? Day(int year, int month, int day) =>
        year is >= 1900 and < 2100 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : null;

    private static int Take(NameReading reading, DateOnly? day, int end)
    {
        if (day is null) return -1;
        reading.AirDate ??= day;
        return end;
    }
}
