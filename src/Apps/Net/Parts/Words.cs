using System.Text.Json.Serialization;

namespace Anarchive.Net;

// The closed word lists of the five parts. Adding a value is a new schema version: older nodes refuse it.

/// <summary>How an observation came to be.</summary>
[JsonConverter(typeof(EnumNames<Method>))]
public enum Method
{
    /// <summary>A person said so.</summary>
    Manual,
    Chromaprint,

    /// <summary>A theme known from elsewhere was found in the audio.</summary>
    Theme,
    Chapter,
    Blackframe,

    /// <summary>Read from the file by ffprobe.</summary>
    Probe,

    /// <summary>Taken over from somebody's collection.</summary>
    Import,
}

[JsonConverter(typeof(EnumNames<MarkerType>))]
public enum MarkerType
{
    Intro,
    Recap,
    Outro,
    Preview,
    Commercial,
}

[JsonConverter(typeof(EnumNames<GroupingKind>))]
public enum GroupingKind
{
    Episode,
    Movie,
    Extra,

    /// <summary>Several episodes in one file.</summary>
    Multi,
}

/// <summary>Where the picture was taken from.</summary>
[JsonConverter(typeof(EnumNames<SourceKind>))]
public enum SourceKind
{
    Unknown,

    /// <summary>Blu-ray, DVD, HD DVD, laser disc.</summary>
    Disc,

    /// <summary>The stream as the service sent it.</summary>
    Web,

    /// <summary>A stream encoded again.</summary>
    [JsonStringEnumMemberName("webrip")]
    WebRip,

    /// <summary>Broadcast.</summary>
    Tv,

    /// <summary>Filmed in a cinema.</summary>
    Cam,
}

[JsonConverter(typeof(EnumNames<Defect>))]
public enum Defect
{
    Desync,
    Hardsub,
    Upscale,
    Watermark,
    Truncated,
    Cam,
    WrongContent,
    Corrupt,
}

[JsonConverter(typeof(EnumNames<Container>))]
public enum Container
{
    Mkv,
    Mp4,
    Avi,
    Ts,
    Webm,
    Other,
}

[JsonConverter(typeof(EnumNames<VideoCodec>))]
public enum VideoCodec
{
    [JsonStringEnumMemberName("h264")]
    H264,
    Hevc,
    [JsonStringEnumMemberName("av1")]
    Av1,
    [JsonStringEnumMemberName("vp9")]
    Vp9,
    [JsonStringEnumMemberName("mpeg2")]
    Mpeg2,

    /// <summary>MPEG-4 part 2: XviD, DivX.</summary>
    [JsonStringEnumMemberName("mpeg4")]
    Mpeg4,
    Other,
}

[JsonConverter(typeof(EnumNames<AudioCodec>))]
public enum AudioCodec
{
    Aac,
    [JsonStringEnumMemberName("ac3")]
    Ac3,
    [JsonStringEnumMemberName("eac3")]
    Eac3,
    Dts,
    [JsonStringEnumMemberName("truehd")]
    TrueHd,
    Flac,
    Opus,
    [JsonStringEnumMemberName("mp3")]
    Mp3,
    Vorbis,
    Pcm,
    Other,
}

/// <summary>How brightness beyond the standard range is coded, from the least on.</summary>
[JsonConverter(typeof(EnumNames<DynamicRange>))]
public enum DynamicRange
{
    None,
    Hlg,
    [JsonStringEnumMemberName("hdr10")]
    Hdr10,
    [JsonStringEnumMemberName("hdr10plus")]
    Hdr10Plus,
    [JsonStringEnumMemberName("dv")]
    DolbyVision,
}

[JsonConverter(typeof(EnumNames<SwarmState>))]
public enum SwarmState
{
    Healthy,
    Stalled,
    Dead,
}

/// <summary>How many nodes offer all of a torrent, told only as coarsely as advice needs.</summary>
[JsonConverter(typeof(EnumNames<Seeders>))]
public enum Seeders
{
    [JsonStringEnumMemberName("0")]
    None,
    [JsonStringEnumMemberName("1")]
    One,
    [JsonStringEnumMemberName("2-5")]
    Few,
    [JsonStringEnumMemberName("6+")]
    Many,
}

/// <summary>What households did with a title, as aggregates count it.</summary>
[JsonConverter(typeof(EnumNames<SignalMetric>))]
public enum SignalMetric
{
    Finished,
    Dropped,
    Kept,
    Trashed,
    Starred,
    Rewatch,
}
