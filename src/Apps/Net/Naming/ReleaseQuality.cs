namespace Anarchive.Net;

/// <summary>What a name says about the recording; a probe of the file knows better.</summary>
public sealed record ReleaseQuality
{
    /// <summary>Lines of the picture's class: 480 to 4320. 1920x800 is 1080. Null where the name says none.</summary>
    public int? Lines { get; init; }

    public bool IsInterlaced { get; init; }

    public SourceKind Source { get; init; }

    /// <summary>Streams of the source, not encoded again.</summary>
    public bool IsRemux { get; init; }

    /// <summary>Null where the name says none.</summary>
    public VideoCodec? Video { get; init; }

    /// <summary>Where a name says several, the last of the list.</summary>
    public DynamicRange Hdr { get; init; }

    /// <summary>In the order of the name.</summary>
    public required IReadOnlyList<AudioCodec> Audio { get; init; }

    /// <summary>Null where the name says none.</summary>
    public Container? Container { get; init; }

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
