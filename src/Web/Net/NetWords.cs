using Anarchive.Net;

namespace Anarchive.Web;

/// <summary>Words of closed lists and what observations say, as pages show them.</summary>
internal static class NetWords
{
    // The hole keeps it apart from the way to a place, which is another word elsewhere.
    /// <summary>When something ends.</summary>
    public static string To => T("To");

    public static string Of(Method method) => method switch
    {
        Method.Manual => T("manual"),
        Method.Chromaprint => T("chromaprint"),
        Method.Theme => T("theme"),
        Method.Chapter => T("chapter"),
        Method.Blackframe => T("blackframe"),
        Method.Probe => T("probe"),
        Method.Import => T("import"),
        _ => NetText.Of(method),
    };

    public static string Of(MarkerType type) => type switch
    {
        MarkerType.Intro => T("Intro"),
        MarkerType.Recap => T("Recap"),
        MarkerType.Outro => T("Outro"),
        MarkerType.Preview => T("Preview"),
        MarkerType.Commercial => T("Commercial"),
        _ => type.ToString(),
    };

    public static string Of(EditionKind kind) => kind == EditionKind.Full ? T("full") : T("delta");

    public static string Of(VideoCodec codec) => codec == VideoCodec.Other ? T("other") : NetText.Of(codec);

    public static string Of(DynamicRange range) => range == DynamicRange.None ? T("no HDR") : NetText.Of(range);

    public static string Of(Defect defect) => defect switch
    {
        Defect.Desync => T("desync"),
        Defect.Hardsub => T("hardsub"),
        Defect.Upscale => T("upscale"),
        Defect.Watermark => T("watermark"),
        Defect.Truncated => T("truncated"),
        Defect.Cam => T("cam"),
        Defect.WrongContent => T("wrong content"),
        Defect.Corrupt => T("corrupt"),
        _ => NetText.Of(defect),
    };

    /// <summary>What an observation says, for people; a total of the network, too.</summary>
    public static string Said(object content) => content switch
    {
        MarkerObserved { Absent: true } m => None(m.Type),
        MarkerObserved m => $"{Of(m.Type)}, {Text.Clock(m.StartMs)} – {Text.Clock(m.EndMs ?? m.DurationMs)}",
        ThemeObserved { Type: MarkerType.Outro } => T("Theme of an outro"),
        ThemeObserved => T("Theme of an intro"),
        GroupingObserved => T("Which episode it is"),
        QualityObserved => T("How good it is"),
        HintObserved => T("Whether the torrent was alive"),
        SignalRow s => Said(s),
        HintRow { State: SwarmState.Healthy } h => T($"Healthy, {h.Week}: {h.N} fleets or more"),
        HintRow { State: SwarmState.Stalled } h => T($"Stalled, {h.Week}: {h.N} fleets or more"),
        HintRow h => T($"Dead, {h.Week}: {h.N} fleets or more"),
        _ => T("Something was taken back"),
    };

    private static string Said(SignalRow s) => s.Metric switch
    {
        SignalMetric.Finished => T($"Finished, {s.Week}: {s.N} fleets or more"),
        SignalMetric.Dropped => T($"Dropped, {s.Week}: {s.N} fleets or more"),
        SignalMetric.Kept => T($"Kept, {s.Week}: {s.N} fleets or more"),
        SignalMetric.Trashed => T($"Trashed, {s.Week}: {s.N} fleets or more"),
        SignalMetric.Starred => T($"Starred, {s.Week}: {s.N} fleets or more"),
        _ => T($"Rewatch, {s.Week}: {s.N} fleets or more"),
    };

    private static string None(MarkerType type) => type switch
    {
        MarkerType.Intro => T("No intro"),
        MarkerType.Recap => T("No recap"),
        MarkerType.Outro => T("No outro"),
        MarkerType.Preview => T("No preview"),
        _ => T("No commercial"),
    };
}
