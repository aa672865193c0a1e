using System.Security.Cryptography;

namespace Anarchive.Net;

/// <summary>What became of a report.</summary>
public enum SignalGate
{
    Counted,

    /// <summary>No report, or one that breaks a rule.</summary>
    Malformed,

    /// <summary>Of another week.</summary>
    OtherWeek,

    /// <summary>Nobody that was enrolled.</summary>
    NotEnrolled,
}

/// <summary>One fleet's word on one title, as long as the aggregator has to keep it.</summary>
/// <param name="Fleet">Of the fleet's token the SHA-256.</param>
public readonly record struct SignalVote(string Fleet, SignalItem? Item, SignalHint? Hint);

/// <summary>What may be published of a week.</summary>
public sealed record SignalTotals(IReadOnlyList<SignalRow> Rows, IReadOnlyList<HintRow> Hints);

/// <summary>What a week's reports say together.</summary>
/// <remarks>
/// A row stands for at least five distinct fleets and says only which step their number reaches, so that one fleet more
/// or less seldom shows. Whoever keeps votes until the week is over deletes them then.
/// </remarks>
public static class SignalWeek
{
    /// <summary>The fewest fleets that a row may stand for.</summary>
    public const int FleetsMin = 5;

    private static readonly int[] Steps = [100, 50, 20, 10, FleetsMin];

    /// <summary>What is kept of a token: it cannot be spoken with.</summary>
    public static string FleetOf(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(token)));

    /// <summary>What a household's report says, as it was opened; nothing where it does not count.</summary>
    /// <param name="week">The only one whose reports are taken.</param>
    /// <param name="enrolled">Of the tokens that were given out the SHA-256, in hexadecimal digits.</param>
    public static SignalGate Take(
        ReadOnlySpan<byte> opened, string week, IReadOnlySet<string> enrolled, out IReadOnlyList<SignalVote> votes)
    {
        votes = [];
        if (SignalReport.Read(opened) is not { } report) return SignalGate.Malformed;
        if (report.Week != week) return SignalGate.OtherWeek;
        var fleet = FleetOf(report.Token);
        if (!enrolled.Contains(fleet)) return SignalGate.NotEnrolled;
        votes = VotesOf(fleet, report);
        return SignalGate.Counted;
    }

    /// <summary>The rows of a week's votes, in ordinal order; what fewer than five fleets said is in none.</summary>
    public static SignalTotals Count(string week, IEnumerable<SignalVote> votes)
    {
        var all = votes.Distinct().ToArray();
        var rows = all.Where(v => v.Item is not null).GroupBy(v => v.Item!)
            .Select(g => (g.Key, N: RoundedDown(Fleets(g)))).Where(g => g.N is not null)
            .Select(g => new SignalRow(g.Key.Key, g.Key.Metric, week, g.N!.Value))
            .OrderBy(r => r.Key, StringComparer.Ordinal).ThenBy(r => r.Metric);
        var hints = all.Where(v => v.Hint is not null).GroupBy(v => v.Hint!)
            .Select(g => (g.Key, N: RoundedDown(Fleets(g)))).Where(g => g.N is not null)
            .Select(g => new HintRow(g.Key.Key, g.Key.State, week, g.N!.Value))
            .OrderBy(h => h.Key, StringComparer.Ordinal).ThenBy(h => h.State);
        return new SignalTotals([.. rows], [.. hints]);
    }

    /// <summary>The step that a number of fleets reaches; null below five.</summary>
    public static int? RoundedDown(int fleets)
    {
        foreach (var step in Steps)
            if (fleets >= step) return step;
        return null;
    }

    /// <summary>
    /// Null where a subscriber takes a row in; otherwise the member at fault. One rounded below the subscriber's own k
    /// may stand for fewer.
    /// </summary>
    public static string? FaultOf(SignalRow row, int k) => NetRules.FaultOf(row) ?? (row.N < k ? "n" : null);

    /// <inheritdoc cref="FaultOf(SignalRow, int)"/>
    public static string? FaultOf(HintRow row, int k) => NetRules.FaultOf(row) ?? (row.N < k ? "n" : null);

    private static int Fleets(IEnumerable<SignalVote> votes) => votes.Select(v => v.Fleet).Distinct().Count();

    private static IReadOnlyList<SignalVote> VotesOf(string fleet, SignalReport report) =>
    [
        .. report.Items.Select(i => new SignalVote(fleet, i, null)),
        .. report.Hints.Select(h => new SignalVote(fleet, null, h)),
    ];
}
