using System.Text.Json;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>A moving picture as a player needs to know it.</summary>
/// <param name="Index">Among all streams of the file.</param>
/// <param name="Codec">As ffmpeg names it: <c>h264</c>.</param>
/// <param name="Pixels">ffmpeg's name of the pixel format; empty where it is unknown.</param>
public sealed record PictureTrack(int Index, string Codec, string Pixels, int Width, int Height);

/// <param name="Language">Two or three letters, or <c>und</c>.</param>
public sealed record SoundTrack(int Index, string Codec, int Channels, string Language);

/// <summary>Subtitles that are text and not pictures of it.</summary>
public sealed record TextTrack(int Index, string Codec, string Language);

/// <summary>What a file is made of, as far as playing it goes.</summary>
/// <param name="Format">ffmpeg's names of the container, divided by commas.</param>
/// <param name="StartMs">The time of its first moment by its own clock.</param>
/// <param name="Picture">The first one; a cover is none.</param>
/// <param name="Sound">The one it prefers.</param>
/// <param name="Chapters">In the order in which the file lists them; without a name an empty one.</param>
public sealed record StreamFacts(
    string Format, long DurationMs, long StartMs, PictureTrack? Picture, SoundTrack? Sound,
    IReadOnlyList<SoundTrack> Sounds, IReadOnlyList<TextTrack> Texts, IReadOnlyList<Chapter> Chapters)
{
    /// <summary>Which stream is a still picture that comes with the film; null for none.</summary>
    public int? Cover { get; init; }
}

/// <summary>Asks ffprobe what a file is made of.</summary>
internal static class StreamProbe
{
    private const int ChaptersMax = 1_000;
    private const int TracksMax = 64;
    private const int TitleLengthMax = 200;

    /// <summary>Formats that may be opened: none that lists other files (HLS, DASH, concat, SDP).</summary>
    private const string Formats =
        "matroska,mov,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,wav,w64,mp3,flac,aac,ac3,eac3,dts,truehd,aiff,h264,hevc,"
        + "m4v,ivf,nut,wv,ape,tta,mpc,mpc8,dv,mxf,rm,amr,caf,au,vc1,obu";

    /// <summary>What both programs are told of any file before it is named.</summary>
    public static IReadOnlyList<string> Carefully { get; } =
        ["-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file", "-format_whitelist", Formats];

    private static readonly string[] Question =
    [
        .. Carefully, "-of", "json", "-show_entries",
        "format=format_name,duration,start_time:stream=index,codec_type,codec_name,pix_fmt,width,height,channels:"
            + "stream_disposition=attached_pic,default:stream_tags=language:chapter=start_time,end_time:chapter_tags",
    ];

    /// <summary>Subtitles that ffmpeg can turn into WebVTT.</summary>
    private static readonly string[] TextCodecs = ["subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"];

    /// <exception cref="MediaException">As <see cref="MediaTool.RunAsync"/>, and for what plays nothing.</exception>
    public static Task<StreamFacts> AskAsync(OpenedMedia file, CancellationToken cancellation) =>
        ProbeJson.AskAsync(Question, file.Path, file.Bytes, Read, cancellation);

    internal static StreamFacts Read(JsonElement answer)
    {
        var format = answer.TryGetProperty("format", out var stated) ? stated : default;
        var duration = format.ValueKind == JsonValueKind.Object ? ProbeJson.Milliseconds(format, "duration") : null;
        if (duration is not (> 0 and <= NetRules.MediaMsMax))
            throw new MediaException("media_unreadable", "The file does not say how long it is.");
        var streams = ProbeJson.Array(answer, "streams").Take(TracksMax).ToArray();
        var picture = streams.Where(s => Is(s, "video") && !ProbeJson.IsCover(s)).Select(PictureOf).FirstOrDefault();
        var heard = streams.Where(s => Is(s, "audio") && Codec(s).Length > 0).ToArray();
        if (picture is null && heard.Length == 0)
            throw new MediaException("media_unreadable", "There is neither picture nor sound in the file.");
        var preferred = heard.OrderByDescending(IsDefault).Take(1).Select(SoundOf).FirstOrDefault();
        return new StreamFacts(
            ProbeJson.Text(format, "format_name") ?? "", duration.Value,
            ProbeJson.Milliseconds(format, "start_time") ?? 0, picture,
            preferred, [.. heard.Select(SoundOf)],
            [
                .. streams.Where(s => Is(s, "subtitle") && TextCodecs.Contains(Codec(s)))
                    .Select(s => new TextTrack(Index(s), Codec(s), Language(s))),
            ],
            [.. ProbeJson.Array(answer, "chapters").Take(ChaptersMax).Select(ChapterOf).OfType<Chapter>()])
        {
            Cover = streams.Where(s => Is(s, "video") && ProbeJson.IsCover(s)).Select(s => (int?)Index(s))
                .FirstOrDefault(),
        };
    }

    private static PictureTrack PictureOf(JsonElement s) => new(
        Index(s), Codec(s), ProbeJson.Text(s, "pix_fmt") ?? "", Size(s, "width"), Size(s, "height"));

    private static SoundTrack SoundOf(JsonElement s) => new(Index(s), Codec(s), Size(s, "channels"), Language(s));

    private static Chapter? ChapterOf(JsonElement chapter)
    {
        var title = ProbeJson.Tag(chapter, "title") ?? "";
        return ProbeJson.Milliseconds(chapter, "start_time") is { } start
            && ProbeJson.Milliseconds(chapter, "end_time") is { } end
            ? new Chapter(title[..Math.Min(title.Length, TitleLengthMax)], start, end)
            : null;
    }

    private static bool Is(JsonElement stream, string kind) => ProbeJson.Text(stream, "codec_type") == kind;

    private static string Codec(JsonElement stream) => ProbeJson.Text(stream, "codec_name") ?? "";

    private static string Language(JsonElement stream) => QualityProbe.Language(ProbeJson.Tag(stream, "language"));

    private static int Index(JsonElement stream) => Size(stream, "index");

    private static int Size(JsonElement stream, string side) =>
        (int)Math.Clamp(ProbeJson.Number(stream, side) ?? 0, 0, ushort.MaxValue);

    private static bool IsDefault(JsonElement stream) =>
        stream.TryGetProperty("disposition", out var disposition)
        && disposition.ValueKind == JsonValueKind.Object && ProbeJson.Number(disposition, "default") == 1;
}
