using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Asks ffprobe how a file is coded.</summary>
/// <remarks>
/// What it says is taken as it is; whether an observation may say so, <see cref="NetRules"/> decides. Of several moving
/// pictures the first counts.
/// </remarks>
public static class QualityProbe
{
    private const string UnknownLanguage = "und";

    private static readonly string[] Question =
    [
        .. MediaTool.Quietly, "-of", "json", "-show_entries",
        "format=format_name,duration,bit_rate:stream=index,codec_type,codec_name,width,height,pix_fmt,avg_frame_rate,"
            + "r_frame_rate,color_transfer,channels:stream_disposition=attached_pic:stream_tags=language:"
            + "stream_side_data=side_data_type",
    ];

    // Brightness that changes from frame to frame is told by the frames alone.
    private static readonly string[] FrameQuestion =
    [
        .. MediaTool.Quietly, "-of", "json", "-select_streams", "V:0", "-read_intervals", "%+#1", "-show_entries",
        "frame=pict_type:frame_side_data=side_data_type",
    ];

    private static readonly string[] CodecQuestion =
    [
        .. MediaTool.Quietly, "-of", "json", "-show_entries",
        "stream=codec_type,codec_name:stream_disposition=attached_pic",
    ];

    private static readonly FrozenDictionary<string, VideoCodec> Videos = new Dictionary<string, VideoCodec>
    {
        ["h264"] = VideoCodec.H264,
        ["hevc"] = VideoCodec.Hevc,
        ["av1"] = VideoCodec.Av1,
        ["vp9"] = VideoCodec.Vp9,
        ["mpeg2video"] = VideoCodec.Mpeg2,
        ["mpeg4"] = VideoCodec.Mpeg4,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, AudioCodec> Sounds = new Dictionary<string, AudioCodec>
    {
        ["aac"] = AudioCodec.Aac,
        ["ac3"] = AudioCodec.Ac3,
        ["eac3"] = AudioCodec.Eac3,
        ["dts"] = AudioCodec.Dts,
        ["truehd"] = AudioCodec.TrueHd,
        ["flac"] = AudioCodec.Flac,
        ["opus"] = AudioCodec.Opus,
        ["mp3"] = AudioCodec.Mp3,
        ["vorbis"] = AudioCodec.Vorbis,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What the file is; null where it has no moving picture.</summary>
    /// <exception cref="MediaException">As <see cref="MediaTool.RunAsync"/>.</exception>
    /// <exception cref="IOException">The file is gone, or the disk refuses.</exception>
    public static async Task<ProbedFile?> AskAsync(string path, CancellationToken cancellation)
    {
        var bytes = new FileInfo(path).Length;
        var probed = await ProbeJson.AskAsync(Question, path, bytes, a => Read(a, path, bytes), cancellation);
        if (probed is not { Hdr: DynamicRange.Hdr10 }) return probed;
        return await ProbeJson.AskAsync(FrameQuestion, path, bytes, IsHdr10Plus, cancellation)
            ? probed with { Hdr = DynamicRange.Hdr10Plus }
            : probed;
    }

    /// <summary>
    /// What ffprobe calls the coding of a file's picture; null where it has none. The parts' word for what is rare is
    /// "other".
    /// </summary>
    /// <exception cref="MediaException">As <see cref="MediaTool.RunAsync"/>.</exception>
    /// <exception cref="IOException">The file is gone, or the disk refuses.</exception>
    public static Task<string?> CodecAsync(string path, CancellationToken cancellation) => ProbeJson.AskAsync(
        CodecQuestion, path, new FileInfo(path).Length,
        answer => ProbeJson.Array(answer, "streams").Where(s => Is(s, "video") && !ProbeJson.IsCover(s))
            .Select(s => ProbeJson.Text(s, "codec_name")).FirstOrDefault(),
        cancellation);

    internal static ProbedFile? Read(JsonElement answer, string path, long bytes)
    {
        var streams = ProbeJson.Array(answer, "streams").ToArray();
        var picture = streams.FirstOrDefault(s => Is(s, "video") && !ProbeJson.IsCover(s));
        if (picture.ValueKind != JsonValueKind.Object) return null;
        var format = answer.TryGetProperty("format", out var stated) ? stated : default;
        return new ProbedFile(
            ContainerOf(format, path), Videos.GetValueOrDefault(Codec(picture), VideoCodec.Other), RangeOf(picture),
            Size(picture, "width"), Size(picture, "height"), DepthOf(ProbeJson.Text(picture, "pix_fmt")),
            FpsMilli(picture), BitrateK(format, bytes),
            [.. streams.Where(s => Is(s, "subtitle")).Select(LanguageOf)],
            [.. streams.Where(s => Is(s, "audio")).Select(Track)]);
    }

    internal static bool IsHdr10Plus(JsonElement answer) =>
        ProbeJson.Array(answer, "frames").Any(f => HasSideData(f, "HDR10+"));

    /// <summary>8 bits where the pixel format names no other depth: "yuv420p10le", "p010le", "gray12be".</summary>
    internal static int DepthOf(string? pixels)
    {
        if (pixels is null || !(pixels.EndsWith("le", StringComparison.Ordinal)
            || pixels.EndsWith("be", StringComparison.Ordinal))) return 8;
        var name = pixels.AsSpan(0, pixels.Length - 2);
        var digits = name.Length - name.TrimEnd("0123456789").Length;
        return int.TryParse(name[^digits..], NumberStyles.None, CultureInfo.InvariantCulture, out var bits) ? bits : 8;
    }

    /// <summary>Two or three letters in lower case, "und" for everything else: "pt-BR" is "pt".</summary>
    internal static string Language(string? tag)
    {
        var word = (tag ?? "").Split('-', '_')[0].ToLowerInvariant();
        return word.Length is 2 or 3 && word.All(char.IsAsciiLetterLower) ? word : UnknownLanguage;
    }

    /// <summary>Frames in a thousand seconds from "24000/1001"; 0 for what is no rate.</summary>
    internal static int FpsMilli(string? rate)
    {
        if (rate?.Split('/') is not [var frames, var seconds]) return 0;
        if (!long.TryParse(frames, NumberStyles.None, CultureInfo.InvariantCulture, out var n)) return 0;
        if (!long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var d) || d == 0) return 0;
        return (int)Int128.Min(int.MaxValue, ((Int128)n * 1_000 + d / 2) / d);
    }

    private static bool Is(JsonElement stream, string kind) => ProbeJson.Text(stream, "codec_type") == kind;

    private static string Codec(JsonElement stream) => ProbeJson.Text(stream, "codec_name") ?? "";

    private static bool HasSideData(JsonElement holder, string part) =>
        ProbeJson.Array(holder, "side_data_list").Any(d =>
            ProbeJson.Text(d, "side_data_type")?.Contains(part, StringComparison.Ordinal) == true);

    /// <summary>Dolby Vision is a record of the stream, whatever its base layer is coded for.</summary>
    private static DynamicRange RangeOf(JsonElement picture)
    {
        if (HasSideData(picture, "DOVI")) return DynamicRange.DolbyVision;
        return ProbeJson.Text(picture, "color_transfer") switch
        {
            "smpte2084" => DynamicRange.Hdr10,
            "arib-std-b67" => DynamicRange.Hlg,
            _ => DynamicRange.None,
        };
    }

    /// <summary>Matroska and WebM are one format to ffprobe; the extension tells them apart.</summary>
    private static Container ContainerOf(JsonElement format, string path)
    {
        var names = format.ValueKind == JsonValueKind.Object ? ProbeJson.Text(format, "format_name") : null;
        return names switch
        {
            null => Container.Other,
            _ when names.StartsWith("matroska", StringComparison.Ordinal) =>
                Path.GetExtension(path).Equals(".webm", StringComparison.OrdinalIgnoreCase)
                    ? Container.Webm
                    : Container.Mkv,
            _ when names.Split(',').Contains("mp4") => Container.Mp4,
            "avi" => Container.Avi,
            "mpegts" => Container.Ts,
            _ => Container.Other,
        };
    }

    private static int Size(JsonElement picture, string side) =>
        (int)Math.Clamp(ProbeJson.Number(picture, side) ?? 0, 0, int.MaxValue);

    private static int FpsMilli(JsonElement picture)
    {
        var average = FpsMilli(ProbeJson.Text(picture, "avg_frame_rate"));
        return average > 0 ? average : FpsMilli(ProbeJson.Text(picture, "r_frame_rate"));
    }

    private static int BitrateK(JsonElement format, long bytes)
    {
        if (format.ValueKind != JsonValueKind.Object) return 0;
        var rate = ProbeJson.Number(format, "bit_rate");
        if (rate is null && ProbeJson.Milliseconds(format, "duration") is > 0 and var ms)
            rate = (long)((Int128)bytes * 8_000 / ms);
        return (int)Math.Clamp((rate ?? 0) / 1_000, 0, int.MaxValue);
    }

    private static string LanguageOf(JsonElement stream) => Language(ProbeJson.Tag(stream, "language"));

    private static AudioTrack Track(JsonElement stream)
    {
        var codec = Codec(stream);
        var known = codec.StartsWith("pcm_", StringComparison.Ordinal)
            ? AudioCodec.Pcm
            : Sounds.GetValueOrDefault(codec, AudioCodec.Other);
        return new AudioTrack(known, Size(stream, "channels"), LanguageOf(stream));
    }
}
