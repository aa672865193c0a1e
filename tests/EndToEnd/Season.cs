using System.Diagnostics;
using System.Globalization;
using Anarchive.Tests.Integration;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>Three episodes that begin with the same theme, and a shelf of films.</summary>
internal static class Season
{
    public const string Show = "Salt and Wire";

    /// <summary>How long the theme is.</summary>
    public const double ThemeSeconds = 22;

    private const double EpisodeSeconds = 70;
    private const double FilmSeconds = 8;

    private static readonly (string Dark, string Light)[] Colours =
        [("102a43", "f0b429"), ("1f2933", "62b0e8"), ("3d0e61", "f7a8b8")];

    private static readonly (string Name, string Dark, string Light)[] Shelf =
    [
        ("Harbour Lights (2004)", "0b0b45", "6fb1d6"), ("Night Ferries (2011)", "16324f", "e8a040"),
        ("The Long Orchard (1999)", "2d6a4f", "e0f0e4"),
    ];

    /// <summary>Where the theme begins in each episode, in seconds.</summary>
    public static double[] ThemeAt { get; } = [6, 9.4, 13.1];

    /// <summary>How many files <see cref="MakeAsync(string)"/> makes.</summary>
    public static int Count => ThemeAt.Length + Shelf.Length;

    /// <summary>An episode's name in the season's folder, counted from 0.</summary>
    public static string File(int at) => $"{Show} S01E0{at + 1}.webm";

    /// <summary>Makes a folder of the season, and the films beside it.</summary>
    /// <returns>The season's folder.</returns>
    public static async Task<string> MakeAsync(string media)
    {
        Films.NeedFfmpeg();
        var season = Directory.CreateDirectory(Path.Combine(media, Show)).FullName;
        var theme = new Band(7).Play(ThemeSeconds);
        foreach (var (at, start) in ThemeAt.Index())
        {
            var sound = new Band(100 + at).Play(EpisodeSeconds);
            Pcm.Replace(sound, theme, start);
            await MakeAsync(Path.Combine(season, File(at)), sound, Colours[at].Dark, Colours[at].Light);
        }

        foreach (var (at, film) in Shelf.Index())
            await MakeAsync(
                Path.Combine(media, film.Name + ".webm"), new Band(200 + at).Play(FilmSeconds), film.Dark, film.Light);
        return season;
    }

    private static async Task MakeAsync(string path, float[] sound, string dark, string light)
    {
        var raw = path + ".raw";
        await System.IO.File.WriteAllBytesAsync(raw, Pcm.Bytes(sound), TestContext.Current.CancellationToken);
        var seconds = ((double)sound.Length / Pcm.Rate).ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(
            "ffmpeg",
            [
                "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i",
                $"gradients=s=640x360:r=10:d={seconds}:c0=0x{dark}:c1=0x{light}"
                    + ":x0=0:y0=0:x1=640:y1=360:speed=0.01:seed=7",
                "-f", "s16le", "-ar", $"{Pcm.Rate}", "-ac", "1", "-i", raw, "-pix_fmt", "yuv420p", "-c:v", "libvpx",
                "-deadline", "realtime", "-cpu-used", "8", "-b:v", "300k", "-g", "20", "-c:a", "libopus", path,
            ]);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        System.IO.File.Delete(raw);
        System.IO.File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-10));
    }
}
