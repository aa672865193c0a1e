using System.Globalization;
using System.Text;
using Anarchive.Net;
using Anarchive.Rings;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class SignalTests
{
    private const string Week = "2026-W07";
    private const string Work = "work:tvdb:s81797/1/5";
    private const int Enrolled = 12;

    private static readonly string Bt2 = "bt2:" + new string('a', 64);

    [Theory]
    [InlineData(4, null)]
    [InlineData(5, 5)]
    [InlineData(9, 5)]
    [InlineData(10, 10)]
    [InlineData(19, 10)]
    [InlineData(20, 20)]
    [InlineData(49, 20)]
    [InlineData(50, 50)]
    [InlineData(99, 50)]
    [InlineData(100, 100)]
    [InlineData(100_000, 100)]
    [InlineData(0, null)]
    public void Fleets_are_told_by_the_step_that_they_reach(int fleets, int? n) =>
        Assert.Equal(n, SignalWeek.RoundedDown(fleets));

    [Fact]
    public void Five_fleets_make_a_row_and_four_none()
    {
        var votes = Enumerable.Range(0, 5).SelectMany(f => Votes(Report(f, (Work, SignalMetric.Finished))))
            .Concat(Enumerable.Range(5, 4).SelectMany(f => Votes(Report(f, (Work, SignalMetric.Dropped)))));
        var totals = SignalWeek.Count(Week, votes);
        Assert.Equal(new SignalRow(Work, SignalMetric.Finished, Week, 5), Assert.Single(totals.Rows));
        Assert.Null(NetRules.FaultOf(totals.Rows[0]));
    }

    [Fact]
    public void A_fleet_counts_once_in_a_row_however_often_it_speaks()
    {
        var votes = Enumerable.Range(0, 4).SelectMany(f => Votes(Report(f, (Work, SignalMetric.Starred)))).ToList();
        votes.AddRange(Votes(Report(0, (Work, SignalMetric.Starred))));
        Assert.Empty(SignalWeek.Count(Week, votes).Rows);
    }

    [Fact]
    public void Strangers_other_weeks_and_what_is_no_report_are_not_counted()
    {
        Assert.Equal(SignalGate.NotEnrolled, Take(Report(Enrolled, (Work, SignalMetric.Kept)).Write()));
        var late = Report(0, (Work, SignalMetric.Kept)) with { Week = "2026-W06" };
        Assert.Equal(SignalGate.OtherWeek, Take(late.Write()));
        Assert.Equal(SignalGate.Malformed, Take([]));
        var bytes = Report(0, (Work, SignalMetric.Kept)).Write();
        Assert.Equal(SignalGate.Counted, Take(bytes));
        Assert.Equal(SignalGate.Malformed, Take(bytes.AsSpan(1)));
        Assert.Equal(SignalGate.Malformed, Take([.. bytes, (byte)' ']));
        // What the disk of the aggregator holds does not speak for a fleet.
        var stolen = Report(0, (Work, SignalMetric.Kept)) with { Token = SignalWeek.FleetOf(Token(0)) };
        Assert.Equal(SignalGate.NotEnrolled, Take(stolen.Write()));
    }

    [Theory]
    [InlineData("\"v\":1", "\"v\":2")]
    [InlineData("finished", "watched")]
    [InlineData("finished", "Finished")]
    [InlineData("\"hints\":[]", "\"hints\":null")]
    [InlineData("\"hints\":[]", "\"hints\":[null]")]
    [InlineData("\"hints\":[]", "\"hints\":[{\"key\":\"work:mal:1/1/1\",\"state\":\"dead\"}]")]
    [InlineData("\"hints\":[]", "\"hints\":[],\"title\":\"x\"")]
    [InlineData("2026-W07", "2026-W54")]
    [InlineData("work:tvdb:s81797/1/5", "osh:8e245d9679d31e12:734003200")]
    [InlineData("work:tvdb:s81797/1/5", "work:tvdb:s081797/1/5")]
    [InlineData("{\"v\"", "{ \"v\"")]
    [InlineData("00000000", "0000000G")]
    public void A_report_that_breaks_a_rule_is_none(string part, string instead)
    {
        var text = Encoding.UTF8.GetString(Report(0, (Work, SignalMetric.Finished)).Write());
        Assert.NotNull(SignalReport.Read(Encoding.UTF8.GetBytes(text)));
        Assert.Contains(part, text);
        var broken = text.Replace(part, instead, StringComparison.Ordinal).TrimEnd().PadRight(SignalReport.Bytes);
        Assert.Null(SignalReport.Read(Encoding.UTF8.GetBytes(broken)));
    }

    [Fact]
    public void A_report_holds_fifty_items_at_most_of_works_and_public_files_alone()
    {
        var did = Enumerable.Range(1, 80).Select(n => (Key($"work:tvdb:s81797/1/{n}"), SignalMetric.Finished))
            .Append((Key("osh:8e245d9679d31e12:734003200"), SignalMetric.Finished)).ToArray();
        var report = SignalReport.Make(Token(0), Week, did, [(Key(Bt2), SwarmState.Dead)])!;
        Assert.Equal(50, report.Items.Count + report.Hints.Count);
        Assert.DoesNotContain(report.Items, i => i.Key.StartsWith("osh:", StringComparison.Ordinal));
        var again = SignalReport.Make(Token(0), Week, did.Reverse(), [(Key(Bt2), SwarmState.Dead)])!;
        Assert.Equal(report.Write(), again.Write());
        var next = SignalReport.Make(Token(0), "2026-W08", did, [])!;
        Assert.NotEmpty(next.Items.Except(report.Items));
        Assert.Null(SignalReport.Make(Token(0), Week, [(Key("thm:" + new string('0', 32)), SignalMetric.Kept)], []));
        var tooMany = report with { Items = [.. did.Take(51).Select(d => new SignalItem(d.Item1.Text, d.Item2))] };
        Assert.Throws<ArgumentException>(tooMany.Write);
    }

    [Fact]
    public void The_longest_report_has_room()
    {
        var keys = Enumerable.Range(0, 50).Select(n => Key("bt2:" + n.ToString("x64", CultureInfo.InvariantCulture)));
        var report = SignalReport.Make(Token(0), Week, keys.Select(k => (k, SignalMetric.Finished)), [])!;
        Assert.Equal(50, SignalReport.Read(report.Write())!.Items.Count);
        // Keys are at most 96 characters; these have 68.
        var length = Encoding.UTF8.GetString(report.Write()).TrimEnd().Length;
        Assert.InRange(length + 50 * (ContentKey.LengthMax - 68), 0, SignalReport.Bytes);
    }

    [Fact]
    public void Hints_are_counted_by_their_state()
    {
        var votes = Enumerable.Range(0, 12).SelectMany(fleet => Votes(SignalReport.Make(
            Token(fleet), Week, [], [(Key(Bt2), fleet < 10 ? SwarmState.Dead : SwarmState.Healthy)])!));
        var hint = Assert.Single(SignalWeek.Count(Week, votes).Hints);
        Assert.Equal(new HintRow(Bt2, SwarmState.Dead, Week, 10), hint);
        Assert.Null(SignalWeek.FaultOf(hint, 5));
        Assert.Equal("n", SignalWeek.FaultOf(hint, 11));
        Assert.Equal("n", SignalWeek.FaultOf(hint with { N = 4 }, 5));
    }

    [Fact]
    public void No_row_stands_for_fewer_than_five_fleets_whatever_is_said() =>
        Prop.ForAll<(byte Fleet, byte Title, byte Metric)[]>(said =>
        {
            var votes = said.Select(s => new SignalVote(
                $"F{s.Fleet % 12}", new SignalItem($"work:mal:{s.Title % 4 + 1}/1/1", (SignalMetric)(s.Metric % 3)),
                null)).ToArray();
            return SignalWeek.Count(Week, votes).Rows.All(r => NetRules.FaultOf(r) is null && r.N <= votes
                .Where(v => v.Item!.Key == r.Key && v.Item.Metric == r.Metric).Select(v => v.Fleet).Distinct().Count());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Theory]
    [InlineData(4, 5, "n")]
    [InlineData(5, 5, null)]
    [InlineData(5, 6, "n")]
    [InlineData(10, 6, null)]
    [InlineData(7, 5, "n")]
    [InlineData(1_000, 5, "n")]
    public void A_row_below_five_or_below_ones_own_k_is_refused(int n, int k, string? fault) =>
        Assert.Equal(fault, SignalWeek.FaultOf(new SignalRow(Work, SignalMetric.Kept, Week, n), k));

    [Theory]
    [InlineData("2026-01-01T00:00Z", "2026-W01")]
    [InlineData("2025-12-28T23:00Z", "2025-W52")]
    [InlineData("2025-12-29T00:00Z", "2026-W01")]
    [InlineData("2027-01-03T23:00Z", "2026-W53")]
    public void Weeks_are_those_of_ISO_8601(string date, string week)
    {
        var at = DateTimeOffset.Parse(date, CultureInfo.InvariantCulture).ToUnixTimeSeconds() / 3_600;
        Assert.Equal(week, SignalReport.WeekOf(at));
    }

    private static HashSet<string> Fleets { get; } =
        [.. Enumerable.Range(0, Enrolled).Select(f => SignalWeek.FleetOf(Token(f)))];

    private static SignalGate Take(ReadOnlySpan<byte> opened)
    {
        var gate = SignalWeek.Take(opened, Week, Fleets, out var votes);
        Assert.Equal(gate == SignalGate.Counted, votes.Count > 0);
        return gate;
    }

    private static IReadOnlyList<SignalVote> Votes(SignalReport report)
    {
        Assert.Equal(SignalGate.Counted, SignalWeek.Take(report.Write(), Week, Fleets, out var votes));
        return votes;
    }

    private static SignalReport Report(int fleet, params (string Key, SignalMetric Metric)[] did) =>
        SignalReport.Make(Token(fleet), Week, did.Select(d => (Key(d.Key), d.Metric)), [])!;

    private static string Token(int fleet) => fleet.ToString("x64", CultureInfo.InvariantCulture);

    private static DisclosableKey Key(string text) =>
        DisclosableKey.TryMake(text, new ItemScope(false, SourceAccess.Open))!;
}
