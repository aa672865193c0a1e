using System.Text.Json;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Films that ffmpeg makes for a test, and what it reads back of segments.</summary>
internal static class Films
{
    /// <summary>Frames in a second, each different from the one before.</summary>
    public const int Rate = 25;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A moving picture with a tone, coded as the arguments say.</summary>
    public static async Task<string> Make(string path, int seconds, params string[] coding)
    {
        await MediaPrograms.Run(
            "ffmpeg",
            [
                "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", $"testsrc=s=128x72:r={Rate}:d={seconds}",
                "-f", "lavfi", "-i", $"sine=d={seconds}", .. coding, path,
            ]);
        return path;
    }

    /// <summary>H.264 with a key frame every 37 frames, and AAC.</summary>
    public static string[] Modern { get; } =
        ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "37", "-pix_fmt", "yuv420p", "-c:a", "aac"];

    /// <summary>What no browser plays.</summary>
    public static string[] Old { get; } = ["-c:v", "mpeg4", "-c:a", "mp2"];

    /// <summary>Times of all frames of a stream, in order, less what segments' clocks are ahead.</summary>
    public static async Task<double[]> Times(string path, string stream)
    {
        var json = await MediaPrograms.Run(
            "ffprobe", "-loglevel", "error", "-of", "json", "-select_streams", stream, "-show_entries",
            "packet=pts_time", path);
        return
        [
            .. JsonDocument.Parse(json).RootElement.GetProperty("packets").EnumerateArray()
                .Select(p => double.Parse(
                    p.GetProperty("pts_time").GetString()!, System.Globalization.CultureInfo.InvariantCulture))
                .Order(),
        ];
    }

    public static async Task<string[]> Codecs(string path)
    {
        var json = await MediaPrograms.Run(
            "ffprobe", "-loglevel", "error", "-of", "json", "-show_entries", "stream=codec_name", path);
        return
        [
            .. JsonDocument.Parse(json).RootElement.GetProperty("streams").EnumerateArray()
                .Select(s => s.GetProperty("codec_name").GetString()!),
        ];
    }

    /// <summary>Checksums of decoded pictures, in order.</summary>
    public static async Task<string[]> Pictures(string path)
    {
        var text = System.Text.Encoding.ASCII.GetString(await MediaPrograms.Run(
            "ffmpeg", "-nostdin", "-loglevel", "error", "-i", path, "-map", "0:v:0", "-fps_mode", "passthrough", "-f",
            "framemd5", "pipe:1"));
        return [.. text.Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split(',')[^1].Trim())];
    }

    public static async Task<string> Join(string path, params byte[][] parts)
    {
        await File.WriteAllBytesAsync(path, [.. parts.SelectMany(p => p)], Cancellation);
        return path;
    }
}
