namespace Anarchive.Net;

/// <summary>Where the picture was taken from.</summary>
public enum MediaSource
{
    Unknown,

    /// <summary>Blu-ray, DVD, HD DVD, laser disc.</summary>
    Disc,

    /// <summary>The stream as the service sent it.</summary>
    Web,

    /// <summary>A stream encoded again.</summary>
    WebRip,

    /// <summary>Broadcast.</summary>
    Tv,

    /// <summary>Filmed in a cinema.</summary>
    Cam,
}

public enum VideoCodec
{
    Unknown,
    H264,
    Hevc,
    Av1,
    Vp9,
    Mpeg2,

    /// <summary>MPEG-4 part 2: XviD, DivX.</summary>
    Mpeg4,
    Other,
}

/// <summary>High dynamic range; where a name says several, the last of these.</summary>
public enum HdrFormat
{
    None,
    Hlg,
    Hdr10,
    Hdr10Plus,
    DolbyVision,
}

public enum AudioCodec
{
    Unknown,
    Aac,
    Ac3,
    Eac3,
    Dts,
    TrueHd,
    Flac,
    Opus,
    Mp3,
    Vorbis,
    Pcm,
    Other,
}

public enum MediaContainer
{
    Unknown,
    Mkv,
    Mp4,
    Avi,
    Ts,
    Webm,
    Other,
}

/// <summary>What a name says about the recording; a probe of the file knows better.</summary>
public sealed record ReleaseQuality
{
    /// <summary>Lines of the picture's class: 480 to 4320. 1920x800 is 1080. Null where the name says none.</summary>
    public int? Lines { get; init; }

    public bool IsInterlaced { get; init; }

    public MediaSource Source { get; init; }

    /// <summary>Streams of the source, not encoded again.</summary>
    public bool IsRemux { get; init; }

    public VideoCodec Video { get; init; }

    public HdrFormat Hdr { get; init; }

    /// <summary>In the order of the name.</summary>
    public required IReadOnlyList<AudioCodec> Audio { get; init; }

    public MediaContainer Container { get; init; }

    /// <summary>
    /// ISO 639-1 where there is a code of two letters, else 639-3, of audio or subtitles, in the order of the name;
    /// "mul" where it only says several.
    /// </summary>
    public required IReadOnlyList<string> Languages { get; init; }

    /// <summary>Mends another group's release.</summary>
    public bool IsProper { get; init; }

    /// <summary>Mends the group's own.</summary>
    public bool IsRepack { get; init; }
}
