using System.Globalization;
using System.Text.Json.Nodes;

namespace Anarchive.Cli;

/// <summary><c>anarchive net explain KEY</c>: records, clusters, weights and the gate, in words.</summary>
internal static class NetExplain
{
    public static async Task<Answer> RunAsync(Invocation invocation, CancellationToken cancellation)
    {
        using var node = NodeApi.Open(invocation.Home);
        var path = "/api/v1/net/merged?key=" + Uri.EscapeDataString(NetPartsCommands.KeyOf(invocation));
        if (NetPartsCommands.DurationOf(invocation) is { } ms)
            path += string.Create(CultureInfo.InvariantCulture, $"&duration_ms={ms}");
        var merged = (JsonObject)await node.GetAsync(path, cancellation);
        var document = (JsonObject)Documents.Camel(merged)!;
        if (!merged.Array("records").Any())
            return Answer.Done(document, "Nothing is known of this key here.");
        var rows = merged.Array("markers").SelectMany(Rows).ToList();
        var lines = merged.Array("markers").Select(Verdict)
            .Concat(merged["grouping"] is JsonObject grouped ? [Grouped(grouped)] : [])
            .Concat(merged.Array("records").Select(Record))
            .ToArray();
        return Answer.Done(document, lines) with
        {
            Table = rows.Count == 0
                ? null
                : Terminal.Table(["Marker", "By", "Found by", "Weight", "From", "To", "File", "Counted"], rows),
        };
    }

    private static string Verdict(JsonObject marker)
    {
        var what = Name(marker);
        if (marker["start_ms"] is null) return $"{what}: none to skip.";
        var sources = marker.Array("clusters").Select(c => c.Number("sources")).FirstOrDefault();
        var level = marker.Text("level") switch
        {
            "auto_skip" => "skipped by itself",
            "button" => "a button to skip",
            _ => "not shown: too few or too weak sources",
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {Time(marker.Number("start_ms"))} – {Time(marker.Number("end_ms"))}, {level} "
                + $"(score {marker.Number("score")}, {Counted.Of((int)sources, "source")}).");
    }

    private static string Grouped(JsonObject grouped) =>
        $"Fleets agree: {grouped.Text("work")}, season {grouped.Count("season")}, "
        + $"episode {string.Join(", ", (grouped["episodes"] as JsonArray ?? []).Select(e => e?.ToString()))}.";

    private static string Record(JsonObject record) =>
        $"{record.Text("id")}: {record.Text("kind")} by {record.Text("by")}"
        + (record.Flag("waiting") ? ", written with the next hour" : "");

    private static IEnumerable<string[]> Rows(JsonObject marker)
    {
        var number = 0;
        foreach (var cluster in marker.Array("clusters"))
        {
            number++;
            var score = cluster.Count("score");
            var said = cluster.Flag("contradicted") ? "no: the file's own sound differs"
                : string.Create(CultureInfo.InvariantCulture, $"cluster {number}, score {score}");
            foreach (var vote in cluster.Array("votes")) yield return Row(marker, vote, said);
        }

        foreach (var vote in marker.Array("left"))
            yield return Row(
                marker, vote, vote.Text("set_aside") == "unsure" ? "no: confidence too low" : "no: another cut");
    }

    private static string[] Row(JsonObject marker, JsonObject vote, string counted) =>
    [
        Name(marker), vote.Text("by") ?? "", vote.Text("method") ?? "", vote.Count("weight"),
        vote.Flag("absent") ? "none" : Time(vote.Number("start_ms")),
        vote.Flag("absent") ? "" : Time(vote.Number("end_ms")), Time(vote.Number("duration_ms")), counted,
    ];

    private static string Name(JsonObject marker) =>
        marker.Number("n") > 0 ? $"{marker.Text("type")} {marker.Count("n")}" : marker.Text("type") ?? "";

    private static string Time(long ms) => string.Create(
        CultureInfo.InvariantCulture, $"{ms / 60_000}:{ms / 1_000 % 60:00}.{ms / 100 % 10}");
}
