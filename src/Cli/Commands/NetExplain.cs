using System.Globalization;
using System.Text.Json.Nodes;
using Anarchive.Net;
using Anarchive.Node;

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
        if (!merged.Array("records").Any() && !merged.Array("totals").Any())
            return Answer.Done(document, "Nothing is known of this key here.");
        var rows = merged.Array("markers").SelectMany(Rows).ToList();
        var lines = merged.Array("markers").Select(Verdict)
            .Concat(merged["grouping"] is JsonObject grouped ? [Grouped(grouped)] : [])
            .Concat(merged["quality"] is JsonObject quality ? Quality(quality, merged.Text("codec")) : [])
            .Concat(merged.Array("totals").Select(Total))
            .Concat(merged.Array("records").Select(Record))
            .ToArray();
        return Answer.Done(document, lines) with
        {
            Table = rows.Count == 0
                ? null
                : Terminal.Table(["Marker", "By", "Found by", "Weight", "From", "To", "File", "Counted"], rows),
        };
    }

    /// <summary>What a merged marker comes to, in one line.</summary>
    internal static string Verdict(JsonObject marker)
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
            $"{what}: {ClockTime.Show(marker.Number("start_ms"))} – {ClockTime.Show(marker.Number("end_ms"))}, "
                + $"{level} "
                + $"(score {marker.Number("score")}, {Counted.Of((int)sources, "source")}).");
    }

    private static string Grouped(JsonObject grouped) =>
        $"Fleets agree: {grouped.Text("work")}, season {grouped.Count("season")}, "
        + $"episode {string.Join(", ", (grouped["episodes"] as JsonArray ?? []).Select(e => e?.ToString()))}.";

    private static IEnumerable<string> Quality(JsonObject quality, string? codec)
    {
        if (quality["probe"] is JsonObject probe)
            yield return $"Quality: {Probe(probe, codec)} "
                + $"(read so by {quality.Count("agreeing")} of {quality.Count("probed", "fleet")}).";
        var defects = (quality["defects"] as JsonArray ?? []).Select(d => d?.ToString().Replace('-', ' ')).ToList();
        yield return defects.Count == 0
            ? "Defects: none that two fleets name."
            : $"Defects: {string.Join(", ", defects)}, each named by at least two fleets.";
        yield return quality["grade"] is null
            ? $"Grade: none; {quality.Count("graded", "fleet")} gave one, and it takes three."
            : $"Grade: {quality.Count("grade")} of 100, the median of {quality.Count("graded", "fleet")}.";
    }

    private static string Probe(JsonObject probe, string? codec)
    {
        var sound = probe.Array("audio").Select(a => $"{a.Text("codec")} of {a.Count("ch", "channel")}");
        string[] picture =
        [
            $"{probe.Count("width")} × {probe.Count("height")}",
            $"{codec ?? probe.Text("vcodec")} in {probe.Text("container")}",
            $"{probe.Count("bit_depth", "bit")}", probe.Text("hdr") is "none" or null ? "no HDR" : probe.Text("hdr")!,
            string.Create(CultureInfo.InvariantCulture, $"{probe.Number("fps_milli") / 1000.0:0.###} frames/s"),
            $"{probe.Count("bitrate_k")} kbit/s",
        ];
        return string.Join(", ", picture.Concat(sound));
    }

    private static string Total(JsonObject total) =>
        TotalView.Say(
            total.Text("what") ?? "", total.Text("week") ?? "", (int)total.Number("n"), total.Text("by") == "you")
        .ToString();

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
        vote.Flag("absent") ? "none" : ClockTime.Show(vote.Number("start_ms")),
        vote.Flag("absent") ? "" : ClockTime.Show(vote.Number("end_ms")),
        ClockTime.Show(vote.Number("duration_ms")), counted,
    ];

    private static string Name(JsonObject marker) =>
        marker.Number("n") > 0 ? $"{marker.Text("type")} {marker.Count("n")}" : marker.Text("type") ?? "";
}
