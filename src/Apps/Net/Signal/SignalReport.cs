using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Anarchive.Rings;

namespace Anarchive.Net;

/// <summary>What a household did with one title.</summary>
/// <param name="Key">A work's, or a public file's <c>bt2</c>.</param>
public sealed record SignalItem(string Key, SignalMetric Metric);

/// <summary>How one public file's swarm is.</summary>
/// <param name="Key">A public file's <c>bt2</c>.</param>
public sealed record SignalHint(string Key, SwarmState State);

/// <summary>One fleet's week, readable by the aggregator that the fleet chose and by nobody on the way.</summary>
/// <param name="V">The form's version: 1.</param>
/// <param name="Token">32 bytes in hexadecimal digits, by which the aggregator knows a fleet that it enrolled.</param>
/// <param name="Week">ISO 8601, <c>2026-W07</c>.</param>
/// <param name="Items">With the hints at most <see cref="ItemsMax"/>, none of them twice.</param>
public sealed record SignalReport(
    int V, string Token, string Week, IReadOnlyList<SignalItem> Items, IReadOnlyList<SignalHint> Hints)
{
    /// <summary>
    /// What has to stand beside every place where this can be turned on: no cryptography keeps what it says.
    /// </summary>
    public const string Label =
        "The aggregator can read your report. You trust it to publish totals only and delete the rest.";

    /// <summary>Items and hints of one fleet in one week.</summary>
    public const int ItemsMax = 50;

    /// <summary>Every report is as long, so that its length tells nothing.</summary>
    public const int Bytes = 8 * 1024;

    private const int TokenDigits = 64;

    /// <summary>Makes a report; null where there is nothing to say.</summary>
    /// <param name="did">
    /// Keys that may leave this node; those that are neither a work's nor a public file's are left out. Of more than
    /// <see cref="ItemsMax"/> the week decides which stay, so that no title is favoured in every week.
    /// </param>
    public static SignalReport? Make(
        string token, string week, IEnumerable<(DisclosableKey Key, SignalMetric Metric)> did,
        IEnumerable<(DisclosableKey Key, SwarmState State)> swarms)
    {
        var items = did.Select(d => new SignalItem(d.Key.Text, d.Metric)).Where(i => MayName(i.Key)).Distinct();
        var hints = swarms.Select(s => new SignalHint(s.Key.Text, s.State)).Where(h => MayHint(h.Key))
            .DistinctBy(h => h.Key);
        var kept = items.Select(i => (Item: (object)i, Lot: Lot(week, $"{i.Key} {i.Metric}")))
            .Concat(hints.Select(h => (Item: (object)h, Lot: Lot(week, $"{h.Key} swarm"))))
            .OrderBy(k => k.Lot, StringComparer.Ordinal).Take(ItemsMax).Select(k => k.Item).ToArray();
        return kept.Length == 0
            ? null
            : new SignalReport(1, token, week, [.. kept.OfType<SignalItem>()], [.. kept.OfType<SignalHint>()]);
    }

    /// <summary>The report as it is sealed: JSON, and blanks up to <see cref="Bytes"/>.</summary>
    /// <exception cref="ArgumentException">It breaks a rule.</exception>
    public byte[] Write()
    {
        if (!IsSound(this)) throw new ArgumentException("Such a report is refused.");
        var json = JsonSerializer.SerializeToUtf8Bytes(this, SignalJson.Default.SignalReport);
        var bytes = new byte[Bytes];
        bytes.AsSpan(json.Length).Fill((byte)' ');
        json.CopyTo(bytes, 0);
        return bytes;
    }

    /// <summary>The report; null for anything but what <see cref="Write"/> makes.</summary>
    public static SignalReport? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Bytes) return null;
        try
        {
            var report = JsonSerializer.Deserialize(bytes, SignalJson.Default.SignalReport);
            if (report is null || !IsSound(report)) return null;
            return report.Write().AsSpan().SequenceEqual(bytes) ? report : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: text that is no UTF-8, or half of a surrogate pair.
            return null;
        }
    }

    /// <summary>The week of a date, as reports and rows name it.</summary>
    /// <param name="at">Unix hours.</param>
    public static string WeekOf(long at)
    {
        var date = DateTime.UnixEpoch.AddHours(at);
        return string.Create(
            CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(date):0000}-W{ISOWeek.GetWeekOfYear(date):00}");
    }

    private static bool IsSound(SignalReport report) =>
        report.V == 1 && report.Token.Length == TokenDigits && report.Token.All(char.IsAsciiHexDigitLower)
        && report.Items.Count + report.Hints.Count is > 0 and <= ItemsMax
        && report.Items.All(i => i is not null && MayName(i.Key))
        && report.Hints.All(h => h is not null && MayHint(h.Key))
        && report.Items.Distinct().Count() == report.Items.Count
        && report.Hints.DistinctBy(h => h.Key).Count() == report.Hints.Count
        && NetRules.IsWeek(report.Week);

    private static bool MayName(string key) =>
        ContentKey.TryParse(key, out var known) && known.Form is KeyForm.Work or KeyForm.Bt2;

    private static bool MayHint(string key) => ContentKey.TryParse(key, out var known) && known.Form == KeyForm.Bt2;

    private static string Lot(string week, string item) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"anarchive/signal\n{week}\n{item}")));
}

/// <summary>The JSON of reports: unknown, missing and duplicate members are refused.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 8)]
[JsonSerializable(typeof(SignalReport))]
internal sealed partial class SignalJson : JsonSerializerContext;
