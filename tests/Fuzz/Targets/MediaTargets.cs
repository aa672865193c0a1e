using System.Text;
using Anarchive.Net;
using Anarchive.Node;
using Anarchive.Rings;

namespace Anarchive.Tests.Fuzz;

/// <summary>What media files and players say, and what fleets report of a week.</summary>
internal static class MediaTargets
{
    private const string Key = "osh:8e245d9679d31e12:734003200";

    private static readonly DraftFile File = new([Key], new ItemScope(false, SourceAccess.Open));

    private static readonly WorkId[] Works = [Work("work:tvdb:s81797"), Work("work:mal:21")];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        FuzzTarget.Of("media-probe", [Examples.Utf8("""
            {"format":{"format_name":"matroska,webm","bit_rate":"4200999","duration":"1420.1"},"streams":[
             {"codec_type":"video","codec_name":"hevc","width":3840,"height":1600,"pix_fmt":"yuv420p10le",
              "avg_frame_rate":"24000/1001","color_transfer":"smpte2084","disposition":{"attached_pic":0},
              "side_data_list":[{"side_data_type":"DOVI configuration record"}]},
             {"codec_type":"audio","codec_name":"truehd","channels":8,"tags":{"LANGUAGE":"eng"}},
             {"codec_type":"subtitle","tags":{"language":"pt-BR"}}]}
            """)],
            [.. Examples.JsonTokens, "\"streams\"", "\"tags\"", "\"width\"", "0/0", "p12le", "-1", "1e9", "\"und\""],
            Probed),
        FuzzTarget.Of("stream-probe", [Examples.Utf8("""
            {"format":{"format_name":"matroska,webm","duration":"21.02","start_time":"1.4"},"streams":[
             {"index":0,"codec_type":"video","codec_name":"h264","pix_fmt":"yuv420p","width":128,"height":72},
             {"index":1,"codec_type":"audio","codec_name":"aac","channels":2,"disposition":{"default":1}},
             {"index":2,"codec_type":"subtitle","codec_name":"ass","tags":{"language":"pt-BR"}}],
             "packets":[{"pts_time":"1.4","flags":"K_"},{"pts_time":"5.4","flags":"K_"}],
             "chapters":[{"start_time":"0.0","end_time":"9.5","tags":{"title":"Opening"}}]}
            """)],
            [.. Examples.JsonTokens, "\"mp4\"", "\"duration\"", "-1", "1e9", "\"K\"", "65536", "\"avi\""],
            Streamed),
        FuzzTarget.Of("grouping-name",
            new[] { "Show.S02E05E06.mkv", "[G] Show - 117.mkv", "Film (2010) CD2.avi", "Show.2021.03.14.mkv" }
                .Select(Examples.Utf8),
            ["S01", "E02", "1x02", " - ", "05", "12.5", "2010", "CD3", "Part ", "NCOP", "OVA", "S0E", "9999", "[", "]"],
            Grouped),
        FuzzTarget.Of("signal-report",
            [
                new SignalReport(
                    1, new string('a', 64), "2026-W07", [new SignalItem("work:mal:21/1/5", SignalMetric.Finished)],
                    [new SignalHint("bt2:" + new string('b', 64), SwarmState.Stalled)]).Write(),
            ],
            [.. Examples.JsonTokens, "\"kept\"", "bt2:", "2026-W53", "{\"key\":\"", "\"state\":\"dead\""],
            Reported),
        FuzzTarget.Of("player-question", [Examples.Utf8("1420.1\n[\"intro\",\"outro\"]\nabcd")],
            [.. Examples.JsonTokens, "\n", "0", ".", "e5", "\"sponsor\"", "ffff"], Asked),
    ];

    private static string Probed(byte[] bytes)
    {
        try
        {
            if (ProbeJson.Read(bytes, a => QualityProbe.Read(a, "a.mkv", bytes.Length)) is not { } probed)
                return "no picture";
            var drafts = new ObservationDrafts(1);
            drafts.AddQuality(0, File, probed, SourceKind.Unknown);
            return drafts.Made.Count == 0 ? drafts.Refused[0].Fault : Written(drafts);
        }
        catch (MediaException refused)
        {
            return refused.Code;
        }
    }

    private static string Streamed(byte[] bytes)
    {
        try
        {
            var facts = ProbeJson.Read(bytes, StreamProbe.Read);
            var keys = ProbeJson.Read(bytes, a => KeyFrames.Read(a, facts));
            var timeline = keys is null
                ? HlsTimeline.Even(facts.DurationMs)
                : HlsTimeline.At(keys, facts.DurationMs);
            for (var n = 0; n < timeline.Count; n++)
                FuzzTarget.Holds(timeline.SegmentAt(timeline.StartMs(n) * 1_000) == n, "A segment is not its own.");
            return $"{Playback.Of(facts).Mode} {keys is null}";
        }
        catch (MediaException refused)
        {
            return refused.Code;
        }
    }

    private static string Grouped(byte[] bytes)
    {
        var name = NameParser.Parse(Encoding.UTF8.GetString(bytes));
        var outcome = "";
        foreach (var work in Works)
        {
            var drafts = new ObservationDrafts(1);
            drafts.AddGrouping(0, File, name, [work]);
            outcome += drafts.Made.Count == 0 ? drafts.Refused[0].Fault : Written(drafts);
        }

        return outcome;
    }

    /// <summary>What is drafted, others read.</summary>
    private static string Written(ObservationDrafts drafts)
    {
        var (observed, keys) = drafts.Made[0];
        var payload = NetPayloads.Write(observed, keys, out var fault);
        FuzzTarget.Holds(payload is not null, $"Drafted, and refused for {fault}.");
        var read = NetPayloads.ReadPayload(NetPayloads.KindOf(observed), payload);
        FuzzTarget.Holds(read is not null, "Drafted, and read by nobody.");
        return observed is GroupingObserved grouping ? grouping.Kind.ToString() : "written";
    }

    private static string Reported(byte[] bytes)
    {
        var padded = new byte[Math.Max(SignalReport.Bytes, bytes.Length)];
        padded.AsSpan().Fill((byte)' ');
        bytes.CopyTo(padded, 0);
        if (SignalReport.Read(padded) is not { } report) return FuzzTarget.Refused;
        FuzzTarget.Holds(report.Items.Count + report.Hints.Count <= SignalReport.ItemsMax, "More than a report holds.");
        return FuzzTarget.Same(padded, report.Write(), $"{report.Items.Count} and {report.Hints.Count}");
    }

    private static string Asked(byte[] bytes)
    {
        var lines = Encoding.UTF8.GetString(bytes).Split('\n', 3);
        if (lines.Length < 3) return FuzzTarget.Refused;
        var marker = new ExportMarker(MarkerType.Intro, 0, 0, 90_000, 1_420_100, MergeLevel.AutoSkip, Key);
        var answer = AniSkipAnswer.Of([marker], ["op"], lines[0]);
        FuzzTarget.Holds(answer.Found == (answer.StatusCode == 200), "Found, and not found.");
        var categories = SponsorBlockAnswer.CategoriesOf(lines[1], []);
        var prefix = SponsorBlockAnswer.Prefix(lines[2]);
        if (categories is null || prefix is null) return $"{answer.StatusCode} refused";
        return $"{answer.StatusCode} {SponsorBlockAnswer.Of(prefix, [marker], categories).Length}";
    }

    private static WorkId Work(string text) => WorkId.TryParse(text, out var work)
        ? work!
        : throw new ArgumentException("No work.", nameof(text));
}
