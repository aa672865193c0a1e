using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace Anarchive.Tests.EndToEnd;

/// <summary>Films made for a test, in a folder that its node watches.</summary>
internal static class Films
{
    /// <summary>How long each is.</summary>
    public const int Seconds = 40;

    /// <summary>Browsers cannot play it as it is.</summary>
    public static string[] Modern { get; } =
        ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-pix_fmt", "yuv420p", "-c:a", "aac"];

    public static string[] Webm { get; } =
        ["-c:v", "libvpx", "-deadline", "realtime", "-b:v", "300k", "-c:a", "libopus"];

    /// <summary>A watched folder with these films; until all of them are listed.</summary>
    public static async Task<string> FurnishAsync(RunningNode node, (string Name, string[] Coding)[] films)
    {
        var disk = Path.Combine(node.Folder, "disk");
        var folder = Directory.CreateDirectory(Path.Combine(disk, "films")).FullName;
        foreach (var (at, film) in films.Index()) await MakeAsync(Path.Combine(folder, film.Name), at, film.Coding);
        await node.RunAsync("fleet", "volume", "add", disk, "--name", "disk", "--reserve", "0");
        await node.RunAsync("fleet", "volume", "watch", "disk", "films");
        await node.RunAsync("fleet", "volume", "scan");
        await UntilListedAsync(node, films.Length);
        return folder;
    }

    /// <summary>Waits until so many files were read and stand in the library; its works.</summary>
    public static async Task<JsonElement[]> UntilListedAsync(RunningNode node, int count)
    {
        using var api = node.OpenApi();
        for (var looks = 0; ; looks++)
        {
            var listed = await api.GetFromJsonAsync<JsonElement>("library", TestContext.Current.CancellationToken);
            JsonElement[] works = [.. listed.GetProperty("works").EnumerateArray()];
            if (works.Sum(w => w.GetProperty("files").GetInt32()) == count) return works;
            Assert.True(looks < 150, "The films are not listed.");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A film of a test picture and a tone.</summary>
    /// <param name="coding">What ffmpeg is told of its result.</param>
    public static async Task MakeAsync(string path, int tone, string[] coding)
    {
        NeedFfmpeg();
        var start = new ProcessStartInfo(
            "ffmpeg",
            [
                "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", $"testsrc2=s=320x180:r=25:d={Seconds}", "-f",
                "lavfi", "-i", $"sine=f={300 + 100 * tone}:d={Seconds}", .. coding, path,
            ]);
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-10));
    }

    /// <summary>Without it the test is skipped by name, and fails in CI.</summary>
    public static void NeedFfmpeg()
    {
        if (File.Exists("/usr/bin/ffmpeg")) return;
        const string Sentence = "SKIPPED: the ffmpeg package is missing, so there is no film to watch.";
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(Sentence);
        Assert.Skip(Sentence);
    }
}
