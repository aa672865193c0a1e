using Anarchive.Net;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class SignalCalendarTests
{
    private const string Week = "2026-W07";

    private static readonly long Monday = At(2026, 2, 16);

    [Fact]
    public void A_week_ends_on_monday_is_sent_within_two_days_and_counted_on_thursday()
    {
        Assert.Equal(Monday, SignalCalendar.EndOf(Week));
        Assert.Equal(At(2026, 2, 19), SignalCalendar.ClosesAt(Week));
        Assert.Equal(Week, SignalCalendar.WeekAt(Monday - 1));
        Assert.Equal("2026-W08", SignalCalendar.WeekAt(Monday));
    }

    [Fact]
    public void Reports_are_taken_from_monday_to_wednesday()
    {
        Assert.Null(SignalCalendar.OpenAt(Monday - 1));
        Assert.Equal(Week, SignalCalendar.OpenAt(Monday));
        Assert.Equal(Week, SignalCalendar.OpenAt(At(2026, 2, 19) - 1));
        Assert.Null(SignalCalendar.OpenAt(At(2026, 2, 19)));
        // A year of 53 weeks.
        Assert.Equal("2026-W53", SignalCalendar.OpenAt(At(2027, 1, 4)));
    }

    [Fact]
    public void Every_household_has_a_moment_of_its_own_and_the_same_whenever_it_asks() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), token =>
        {
            var due = SignalCalendar.DueAt(Week, token);
            return due >= Monday && due < At(2026, 2, 18) && due == SignalCalendar.DueAt(Week, token);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Moments_are_spread_over_the_two_days()
    {
        var days = Enumerable.Range(0, 200).Select(n => (SignalCalendar.DueAt(Week, [(byte)n]) - Monday) / 21_600_000)
            .CountBy(quarter => quarter).ToDictionary();
        Assert.Equal(8, days.Count);
        Assert.All(days.Values, count => Assert.InRange(count, 8, 60));
    }

    [Fact]
    public void An_edition_tells_of_52_weeks()
    {
        Assert.Equal("2025-W08", SignalCalendar.OldestTold(Week));
        var weeks = Enumerable.Range(0, 60).Select(n => SignalCalendar.WeekAt(Monday - 1 - n * 7L * 86_400_000));
        Assert.Equal(
            52, weeks.Count(w => string.CompareOrdinal(w, SignalCalendar.OldestTold(Week)) >= 0));
    }

    private static long At(int year, int month, int day) =>
        new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
}
