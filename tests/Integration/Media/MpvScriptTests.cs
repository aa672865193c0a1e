using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The mpv script in mpv: what it skips, what it offers, what it leaves alone.</summary>
/// <remarks>
/// The player is paused throughout, and has ten frames a second: a position changes by a step, by a seek, or by the
/// script.
/// </remarks>
public sealed class MpvScriptTests : IDisposable
{
    private const long Duration = 60_000;

    private static readonly ExportMarker Intro =
        new(MarkerType.Intro, 0, 10_000, 30_000, Duration, MergeLevel.AutoSkip, "osh:8e245d9679d31e12:734003200");

    private readonly TemporaryDirectory _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Film => _scratch.At("film.mkv");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task What_is_certain_is_skipped_at_its_bounds_and_once()
    {
        await using var player = await Playing(Intro);
        await player.Seek(9.8);
        await player.Step();
        await player.IsAt(9.9);
        await player.Step();
        await player.IsAt(30);
        // Who goes back wants to see it: a step later the player is a step further, not at the end of it.
        await player.Seek(15);
        await player.Step();
        await player.IsAt(15.1);
    }

    [Fact]
    public async Task What_begins_with_the_file_is_skipped_too()
    {
        await using var player = await Playing(Intro with { StartMs = 0 });
        await player.IsAt(30);
    }

    [Fact]
    public async Task What_ends_with_the_file_is_skipped_to_its_last_frame()
    {
        await using var player = await Playing(Intro with { Type = MarkerType.Outro, StartMs = 40_000, EndMs = null });
        await player.Seek(39.9);
        await player.Step();
        await player.IsAt(59.9);
    }

    [Fact]
    public async Task What_is_likely_is_offered_and_skipped_by_its_key_alone()
    {
        await using var player = await Playing(Intro with { Level = MergeLevel.Button });
        await player.Ask("keypress", "y");
        await player.Seek(12);
        await player.Until(async () => await HasKey(player), "Nothing is offered.");
        await player.Step();
        await player.IsAt(12.1);
        await player.Ask("keypress", "y");
        await player.IsAt(30);
        await player.Until(async () => !await HasKey(player), "It is offered still.");
        // Before the marker the key is the user's own.
        await player.Seek(5);
        Assert.False(await HasKey(player));
    }

    [Fact]
    public async Task A_sidecar_that_is_none_or_of_another_cut_moves_nothing()
    {
        const string Skips = """{"anarchive":1,"duration_ms":60000,"markers":[MARKER]}""";
        const string Marker = """{"type":"intro","start_ms":0,"end_ms":30000,"level":"auto-skip"}""";
        var whole = Skips.Replace("MARKER", Marker);
        await using var player = await Playing(whole);
        await player.IsAt(30);
        foreach (var sidecar in new[]
        {
            "", "no JSON", "[]", "null", Skips.Replace("MARKER", ""), whole.Replace("e\":1", "e\":2"),
            whole.Replace("60000", "62500"), whole.Replace("60000", "\"60000\""), whole.Replace("intro", "x"),
            whole.Replace("auto-skip", "hidden"), whole.Replace("30000", "0"), whole.Replace(":0", ":-1"),
            whole.Replace(":0", ":0.5"), whole + new string(' ', 1024 * 1024), Skips.Replace("MARKER", Marker + ",1"),
        })
        {
            await File.WriteAllTextAsync(MpvSidecar.NameFor(Film), sidecar, Cancellation);
            await player.Reopen(Film);
            await player.Step();
            await player.IsAt(0.1);
        }
    }

    [Fact]
    public async Task The_command_prints_the_script_that_these_tests_play_with()
    {
        var run = await CommandRun.Of(_scratch.At("home"), "net", "export", "--format", "mpv-script");
        Assert.Equal((0, MpvSidecar.Script()), (run.Exit, run.Results));
        Assert.False(Directory.Exists(_scratch.At("home")));
    }

    private static async Task<bool> HasKey(MpvPlayer player) =>
        (await player.Get("input-bindings"))!.AsArray()
            .Any(b => (string?)b!["key"] == "y" && ((string?)b["cmd"])!.Contains("anarchive"));

    private Task<MpvPlayer> Playing(ExportMarker marker) => Playing(MpvSidecar.Write([marker], Duration));

    private async Task<MpvPlayer> Playing(string sidecar)
    {
        MpvPlayer.Need();
        await MediaPrograms.NeedFfmpeg();
        await MediaPrograms.Run(
            "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=s=64x36:r=10:d=60", "-c:v",
            "mpeg4", "-g", "50", Film);
        await File.WriteAllTextAsync(MpvSidecar.NameFor(Film), sidecar, Cancellation);
        await File.WriteAllTextAsync(_scratch.At("anarchive.lua"), MpvSidecar.Script(), Cancellation);
        return await MpvPlayer.Open(_scratch.At("mpv.sock"), _scratch.At("anarchive.lua"), Film);
    }
}
