using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The programs that make and read test media, with no limit but the test's own.</summary>
internal static class MediaPrograms
{
    private const int OutputBytesMax = 1 << 28;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Skips the test where ffmpeg is absent; in CI that is a failure.</summary>
    public static async Task NeedFfmpeg()
    {
        if (!await MediaTool.IsHereAsync(Cancellation)) Absent("ffmpeg");
    }

    /// <summary>The same for everything that a made-up season needs.</summary>
    public static async Task NeedAll()
    {
        await NeedFfmpeg();
        if (!File.Exists("/usr/bin/espeak-ng")) Absent("espeak-ng");
    }

    public static Task<byte[]> Run(string program, params string[] arguments) =>
        MediaTool.RunAsync(program, arguments, 1L << 30, OutputBytesMax, Cancellation);

    /// <summary>Makes a file in which one tone sounds; further arguments stand before its name.</summary>
    public static Task Tone(string path, int seconds, params string[] arguments) => Run(
        "ffmpeg",
        ["-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", $"sine=d={seconds}", .. arguments, path]);

    public static void Absent(string package)
    {
        var sentence = $"SKIPPED: the {package} package is missing, so no media can be made or read.";
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(sentence);
        Assert.Skip(sentence);
    }
}
