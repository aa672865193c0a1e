using System.Globalization;

namespace Anarchive.Tests.Integration;

/// <summary>Short episodes that begin with the same theme.</summary>
internal static class ThemedShow
{
    public const double ThemeSeconds = 22;

    private const double Seconds = 70;

    private static readonly double[] At = [6, 9.4, 13.1];

    public static string Name(int at) => $"Salt and Wire S01E0{at + 1}.mkv";

    /// <summary>Makes up to three in the folder of films, written ten minutes ago, and has them read.</summary>
    public static async Task MakeAsync(MediaBox box, int episodes)
    {
        var theme = new Band(7).Play(ThemeSeconds);
        for (var at = 0; at < episodes; at++)
        {
            var sound = new Band(100 + at).Play(Seconds);
            Pcm.Replace(sound, theme, At[at]);
            var path = box.At(Name(at));
            await File.WriteAllBytesAsync(path + ".raw", Pcm.Bytes(sound));
            await MediaPrograms.Run(
                "ffmpeg", "-nostdin", "-y", "-loglevel", "error", "-f", "s16le", "-ar",
                Pcm.Rate.ToString(CultureInfo.InvariantCulture), "-ac", "1", "-i", path + ".raw", "-c:a", "libopus",
                path);
            File.Delete(path + ".raw");
            box.Age(path, 10);
        }

        await box.Look();
    }
}
