using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary>What the commands about the fleet have in common: sizes, ids, and what a decision would do.</summary>
internal static class FleetTelling
{
    /// <summary>Enough digits of an id to tell it from others, and to name it by.</summary>
    public const int ShortDigits = 12;

    private const int RowsShown = 20;

    public static readonly Option<string?> Apply = new("--apply")
    {
        Description = "Do it, as the dry run that printed this plan id said it.",
        HelpName = "PLAN",
    };

    public static string Short(string? id) => id is { Length: > ShortDigits } ? id[..ShortDigits] : id ?? "";

    /// <summary>An item as a file of this device is called, and the digits it is named by.</summary>
    public static string Named(JsonObject item) => item.Text("name") is { } name
        ? $"{name} ({Short(item.Text("item"))})"
        : Short(item.Text("item"));

    /// <summary>Time to come, in its two largest units.</summary>
    public static string Left(long ms) => TimeSpan.FromMilliseconds(ms) switch
    {
        { Days: > 0 } left => $"{left.Days} d {left.Hours} h",
        { Hours: > 0 } left => $"{left.Hours} h {left.Minutes} min",
        var left => $"{left.Minutes} min {left.Seconds} s",
    };

    /// <summary>In the units in which <see cref="Sizes"/> reads them, with one decimal.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1_000 => Of(bytes, 1, "B", "0"),
        < 1_000_000 => Of(bytes, 1_000, "kB", "0.0"),
        < 1_000_000_000 => Of(bytes, 1_000_000, "MB", "0.0"),
        < 1_000_000_000_000 => Of(bytes, 1_000_000_000, "GB", "0.0"),
        _ => Of(bytes, 1_000_000_000_000, "TB", "0.0"),
    };

    /// <summary>A moment in UTC, to the minute.</summary>
    public static string Moment(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs)
        .ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>When a copy was proven, or that it never was.</summary>
    public static string Proven(JsonObject copy) =>
        copy["proven_ms"] is null ? "never proven" : "proven " + Moment(copy.Number("proven_ms"));

    /// <summary>The decision as carried out, or what it would do and how to carry it out.</summary>
    /// <param name="done">A sentence about the decision.</param>
    public static Answer Told(JsonObject told, string done, string ofDry)
    {
        var document = (JsonObject)Documents.Camel(told)!;
        if (told.Flag("done")) return Answer.Done(document, done);
        List<string> lines =
        [
            $"{ofDry} {Counted.Of(told.Number("items"), "item")}, {Size(told.Number("bytes"))}: "
                + $"{told.Count("below")} would fall below the floor, {told.Count("last_copies")} would lose the last "
                + "copy that counts.",
            $"Nothing was changed. To do it: --apply {told.Need("plan_id")}",
        ];
        var rows = told.Array("rows").Take(RowsShown).Select(r => new[]
        {
            Short(r.Text("item")), Size(r.Number("size")), Proven(r),
            $"{r.Count("before")} → {r.Count("after")} (floor {r.Count("floor")})", r.Text("reason") ?? "",
        }).ToList();
        var answer = Answer.Done(document, [.. lines]);
        return rows.Count == 0
            ? answer
            : answer with { Table = Terminal.Table(["Item", "Bytes", "Proof", "Copies", "Reason"], rows) };
    }

    private static string Of(long bytes, long unit, string name, string format) =>
        ((decimal)bytes / unit).ToString(format, CultureInfo.InvariantCulture) + " " + name;
}
