using System.Text.Json.Serialization;

namespace Anarchive.Net;

/// <summary>What every observation says of itself.</summary>
/// <remarks>
/// Every observation is one fleet's word about one to four keys of one file, theme or work. Times within media are
/// milliseconds, dates hours since 1970.
/// </remarks>
public interface IObservation
{
    /// <summary>Which of the five parts it belongs to.</summary>
    string Part { get; }

    /// <summary>The schema's version: 1.</summary>
    int V { get; }

    /// <summary>One to four keys that mean the same.</summary>
    IReadOnlyList<string> Key { get; }

    Method Method { get; }

    /// <summary>The program that found it out; at most 32 ASCII characters.</summary>
    string Tool { get; }

    /// <summary>0 to 100: for audio methods the density of hits in percent, else 100.</summary>
    int Conf { get; }

    /// <summary>Unix hours.</summary>
    long At { get; }
}

/// <summary>Where an intro, an outro or the like lies in a file. Payload of <c>marker_observed</c>.</summary>
/// <param name="N">0, or which of several commercials.</param>
/// <param name="EndMs">Null: the end of the file.</param>
/// <param name="DurationMs">Of the whole file.</param>
/// <param name="Absent">True: there is none, and both bounds are 0; otherwise left out.</param>
public sealed record MarkerObserved(
    string Part, int V, IReadOnlyList<string> Key, Method Method, string Tool, int Conf, long At,
    MarkerType Type, int N, long StartMs, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? EndMs,
    long DurationMs, bool? Absent = null) : IObservation
{
    public static string PartName => "intro-markers";
}

/// <summary>What a season's intro or outro sounds like. Payload of <c>theme_observed</c>.</summary>
/// <param name="Season">Opaque: 1 to 64 of <c>[a-z0-9]</c>, equal for the episodes of one season.</param>
/// <param name="Points">Base64 of 80 to 1,000 little-endian 32-bit fingerprint points.</param>
/// <param name="Algo">Chromaprint's algorithm: 1.</param>
/// <param name="HopUs">Microseconds per point: 123,810.</param>
/// <param name="LengthMs">Of the theme, which may be longer than its points.</param>
public sealed record ThemeObserved(
    string Part, int V, IReadOnlyList<string> Key, Method Method, string Tool, int Conf, long At,
    string Season, MarkerType Type, string Points, int Algo, int HopUs, long LengthMs) : IObservation
{
    public const int AlgoChromaprint = 1;
    public const int HopMicroseconds = 123_810;
}

/// <summary>Which episode or film a file is. Payload of <c>grouping_observed</c>.</summary>
/// <param name="Work">One to six series or films, each without season and episode.</param>
/// <param name="Absolute">The episode counted over all seasons.</param>
/// <param name="FilePart">1 to 99 where a film or episode comes in several files.</param>
public sealed record GroupingObserved(
    string Part, int V, IReadOnlyList<string> Key, Method Method, string Tool, int Conf, long At,
    IReadOnlyList<string> Work, GroupingKind Kind, int Season, IReadOnlyList<int> Episodes, int? Absolute = null,
    int? FilePart = null) : IObservation
{
    public static string PartName => "grouping";
}

/// <summary>How good a file is. Payload of <c>quality_observed</c>.</summary>
/// <param name="Defects">At most eight.</param>
/// <param name="Grade">0 to 100, a person's.</param>
public sealed record QualityObserved(
    string Part, int V, IReadOnlyList<string> Key, Method Method, string Tool, int Conf, long At,
    SourceKind Source, IReadOnlyList<Defect> Defects, ProbedFile? Probe = null, int? Grade = null) : IObservation
{
    public static string PartName => "quality";
}

/// <summary>What ffprobe says of a file.</summary>
/// <param name="FpsMilli">Frames in a thousand seconds.</param>
/// <param name="BitrateK">Thousand bits a second, all streams together.</param>
/// <param name="Subs">At most 64 languages of two or three letters.</param>
/// <param name="Audio">At most 16 tracks.</param>
public sealed record ProbedFile(
    Container Container, VideoCodec Vcodec, DynamicRange Hdr, int Width, int Height, int BitDepth, int FpsMilli,
    int BitrateK, IReadOnlyList<string> Subs, IReadOnlyList<AudioTrack> Audio);

/// <summary>A sound track: its coding, number of channels and language.</summary>
public sealed record AudioTrack(AudioCodec Codec, int Ch, string Lang);

/// <summary>Whether a torrent was alive. Payload of <c>hint_observed</c>; it names no address.</summary>
/// <param name="TtlH">Hours after which it is shown no more: 1 to 72.</param>
public sealed record HintObserved(
    string Part, int V, IReadOnlyList<string> Key, Method Method, string Tool, int Conf, long At,
    SwarmState State, Seeders Seeders, int TtlH) : IObservation
{
    public static string PartName => "peers-hints";
}

/// <summary>Takes back the observation that the event refers to. Payload of <c>observation_retracted</c>.</summary>
public sealed record ObservationRetracted(string Part, int V);

/// <summary>A row of the network's watch signal: an aggregate, never one household's.</summary>
/// <param name="Week">ISO 8601, <c>2026-W07</c>.</param>
/// <param name="N">Fleets, rounded down to 5, 10, 20, 50 or 100.</param>
public sealed record SignalRow(string Key, SignalMetric Metric, string Week, int N)
{
    public static string PartName => "signal";
}
