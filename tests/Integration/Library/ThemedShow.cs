using System.Globalization;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Short episodes that begin with the same theme.</summary>
internal static class ThemedShow
{
    public const double ThemeSeconds = 22;

    private const double Seconds = 70;

    private static readonly double[] At = [6, 9.4, 13.1];
    private static readonly SemaphoreSlim Making = new(1);
    private static readonly byte[]?[] Made = new byte[At.Length][];

    public static string Name(int at) => $"Salt and Wire S01E0{at + 1}.mkv";

    /// <summary>Puts up to three into the folder of films, written ten minutes ago, and has them read.</summary>
    public static async Task MakeAsync(MediaBox box, int episodes)
    {
        for (var at = 0; at < episodes; at++)
        {
            await File.WriteAllBytesAsync(box.At(Name(at)), await MadeAsync(at));
            box.Age(box.At(Name(at)), 10);
        }

        await box.Look();
    }

    /// <summary>Coded once: many tests need the same.</summary>
    private static async Task<byte[]> MadeAsync(int at)
    {
        await Making.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return Made[at] ??= await CodedAsync(at);
        }
        finally
        {
            Making.Release();
        }
    }

    private static async Task<byte[]> CodedAsync(int at)
    {
        var sound = new Band(100 + at).Play(Seconds);
        Pcm.Replace(sound, new Band(7).Play(ThemeSeconds), At[at]);
        using var folder = new TemporaryDirectory();
        var (raw, coded) = (folder.At("raw"), folder.At("a.mkv"));
        await File.WriteAllBytesAsync(raw, Pcm.Bytes(sound));
        await MediaPrograms.Run(
            "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "s16le", "-ar",
            Pcm.Rate.ToString(CultureInfo.InvariantCulture), "-ac", "1", "-i", raw, "-c:a", "libopus", coded);
        return await File.ReadAllBytesAsync(coded);
    }
}
