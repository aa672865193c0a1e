namespace Anarchive.Node;

/// <summary>How a file gets onto a page.</summary>
public enum PlayMode
{
    /// <summary>As it is, by ranges.</summary>
    Direct,

    /// <summary>Picture and sound as they are, in another container.</summary>
    Remux,

    /// <summary>Sound or picture, or both, coded anew.</summary>
    Transcode,
}

/// <summary>What is done with a file so that Chromium plays it, and as what its own bytes are answered.</summary>
/// <param name="CopiesPicture">It goes into segments as it is; only with key frames that can be found.</param>
public sealed record Playback(PlayMode Mode, string ContentType, bool CopiesPicture, bool CopiesSound)
{
    /// <summary>For a file of which nothing is known.</summary>
    public const string UnknownType = "application/octet-stream";

    // Chromium's own list (media/base/supported_types.cc), less what only some machines decode, such as HEVC.
    private static readonly string[] Mp4Pictures = ["av1", "vp9"];
    private static readonly string[] Mp4Sounds = ["aac", "mp3", "opus", "flac"];
    private static readonly string[] WebmPictures = ["vp8", "vp9", "av1"];
    private static readonly string[] WebmSounds = ["opus", "vorbis"];
    private static readonly string[] OggSounds = ["opus", "vorbis", "flac"];
    private static readonly string[] WavSounds = ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"];

    public static Playback Of(StreamFacts facts)
    {
        var (type, direct) = AsItIs(facts);
        if (direct) return new Playback(PlayMode.Direct, type, CopiesPicture: true, CopiesSound: true);
        var picture = facts.Picture is not { } seen || (IsPlainH264(seen) && IsIndexed(facts.Format));
        var sound = facts.Sound is not { } heard
            || (heard.Codec == "aac" && IsIndexed(facts.Format));
        return new Playback(picture && sound ? PlayMode.Remux : PlayMode.Transcode, type, picture, sound);
    }

    /// <summary>By the extension alone, for a file that lies on another device.</summary>
    public static string TypeOfName(string name) => Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".mp4" or ".m4v" or ".mov" => "video/mp4",
        ".webm" => "video/webm",
        ".mkv" => "video/x-matroska",
        ".avi" => "video/x-msvideo",
        ".m4a" => "audio/mp4",
        ".mp3" => "audio/mpeg",
        ".flac" => "audio/flac",
        ".ogg" or ".opus" => "audio/ogg",
        ".wav" => "audio/wav",
        _ => UnknownType,
    };

    /// <summary>Decoders of browsers take 8 bits at 4:2:0, and nothing else of H.264.</summary>
    private static bool IsPlainH264(PictureTrack picture) =>
        picture is { Codec: "h264", Pixels: "yuv420p" or "yuvj420p" };

    /// <summary>Containers that list key frames, and keep apart what decoders have to know first.</summary>
    private static bool IsIndexed(string format) => IsOf(format, "matroska") || IsOf(format, "mp4");

    private static (string Type, bool IsDirect) AsItIs(StreamFacts facts)
    {
        var (picture, sound) = (facts.Picture, facts.Sound?.Codec);
        if (IsOf(facts.Format, "mp4"))
            return (
                picture is null ? "audio/mp4" : "video/mp4",
                (picture is null || IsPlainH264(picture) || IsBaseline(picture, Mp4Pictures))
                    && IsOneOf(sound, Mp4Sounds));
        if (IsOf(facts.Format, "matroska"))
        {
            // WebM is Matroska with these codecs and no others.
            var isWebm = (picture is null || IsBaseline(picture, WebmPictures)) && IsOneOf(sound, WebmSounds);
            return ((picture is null ? "audio/" : "video/") + (isWebm ? "webm" : "x-matroska"), isWebm);
        }

        if (picture is not null) return (PictureType(facts.Format), false);
        if (IsOf(facts.Format, "mp3")) return ("audio/mpeg", sound == "mp3");
        if (IsOf(facts.Format, "flac")) return ("audio/flac", sound == "flac");
        if (IsOf(facts.Format, "ogg")) return ("audio/ogg", IsOneOf(sound, OggSounds));
        if (IsOf(facts.Format, "wav")) return ("audio/wav", IsOneOf(sound, WavSounds));
        return IsOf(facts.Format, "aac") ? ("audio/aac", true) : (UnknownType, false);
    }

    private static string PictureType(string format) =>
        IsOf(format, "avi") ? "video/x-msvideo"
        : IsOf(format, "mpegts") ? "video/mp2t"
        : IsOf(format, "mpeg") ? "video/mpeg"
        : IsOf(format, "ogg") ? "video/ogg"
        : UnknownType;

    private static bool IsBaseline(PictureTrack picture, string[] codecs) =>
        picture.Pixels is "yuv420p" or "yuv420p10le" && codecs.Contains(picture.Codec);

    private static bool IsOneOf(string? sound, string[] codecs) => sound is null || codecs.Contains(sound);

    private static bool IsOf(string format, string name) => format.Split(',').Contains(name);
}
