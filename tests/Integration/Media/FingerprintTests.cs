using Anarchive.Net;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Fingerprints of sound that others have taken the fingerprint of.</summary>
public sealed class FingerprintTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_known_fingerprint_comes_out_point_for_point()
    {
        await MediaPrograms.NeedFfmpeg();
        var expected = (await File.ReadAllLinesAsync(TestData.Need("bbb/expected_bbb_intro_fp.txt"), Cancellation))
            .Select(uint.Parse).ToArray();
        var points = await Listen(TestData.Need("bbb/big_buck_bunny_intro.mp3"));
        Assert.Equal(180, expected.Length);
        Assert.Equal(expected, points.Points.ToArray());
    }

    [Fact]
    public async Task Another_program_that_decodes_anew_differs_in_single_bits()
    {
        await MediaPrograms.NeedFfmpeg();
        var text = await File.ReadAllTextAsync(TestData.Need("chromaprint/test.mp3.fpcalc.out"), Cancellation);
        var expected = text.Split("FINGERPRINT=")[1].Trim().Split(',').Select(uint.Parse).ToArray();
        var points = (await Listen(TestData.Need("chromaprint/test.mp3"))).Points.ToArray();
        Assert.Equal(expected.Length, points.Length);
        var apart = expected.Zip(points, (e, p) => System.Numerics.BitOperations.PopCount(e ^ p)).ToArray();
        Assert.InRange(apart.Max(), 0, 1);
        Assert.InRange(apart.Sum(), 0, 4);
    }

    [Fact]
    public async Task A_clip_is_found_where_it_was_cut_out()
    {
        await MediaPrograms.NeedFfmpeg();
        var whole = await Listen(TestData.Need("bbb/big_buck_bunny_clip.mp3"));
        var cut = await Listen(TestData.Need("bbb/big_buck_bunny_intro.mp3"));
        var common = PairComparison.Compare(cut, whole, MarkerType.Intro)[0];
        Assert.InRange(whole.MsAt(common.Shift), 4_950, 5_080);
        Assert.InRange(SoundWindow.MsOf(common.First.Count), 20_000, 25_000);
        var located = new Theme(MarkerType.Intro, cut.Points).LocateIn(whole);
        Assert.Equal(common.Shift, located!.Value.Shift);
    }

    [Fact]
    public async Task What_was_listened_to_is_kept_until_the_file_changes()
    {
        await MediaPrograms.NeedFfmpeg();
        var (path, cache) = (_scratch.At("a.wav"), _scratch.At("cache"));
        await MediaPrograms.Tone(path, 12);
        var first = await Listen(path, cache);
        Assert.Equal((12_000L, 0), (first.Heard.MadeMs, first.Heard.Cached));
        var again = await Listen(path, cache);
        Assert.Equal((0L, 1), (again.Heard.MadeMs, again.Heard.Cached));
        Assert.Equal(first.Window.Points.ToArray(), again.Window.Points.ToArray());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Kept())));

        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(12_000, (await Listen(path, cache)).Heard.MadeMs);
        foreach (var file in Kept()) await File.WriteAllBytesAsync(file, [.. "AFP1"u8, 1, 2, 3], Cancellation);
        Assert.Equal(12_000, (await Listen(path, cache)).Heard.MadeMs);
        Assert.Equal(1, (await Listen(path, cache)).Heard.Cached);

        string[] Kept() => Directory.GetFiles(cache);
    }

    [Fact]
    public async Task Black_and_silence_are_found_near_a_place_alone()
    {
        await MediaPrograms.NeedFfmpeg();
        var path = _scratch.At("a.mkv");
        await MediaPrograms.Run(
            "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i",
            "color=c=teal:s=64x36:r=10:d=40,drawbox=color=black:t=fill:enable='between(t,20,21)'", "-f", "lavfi", "-i",
            "sine=d=40,volume=0:enable='between(t,20.3,20.9)'", "-c:v", "mpeg4", "-q:v", "2", path);
        var facts = await MediaProbe.AskAsync(path, Cancellation);
        Assert.True(facts is { HasPicture: true, HasSound: true });
        var near = await PauseFinder.AroundAsync(path, facts, 19_000, Cancellation);
        var (black, silent) = (Assert.Single(near.Black), Assert.Single(near.Silent));
        Assert.InRange(black.StartMs, 19_900, 20_100);
        Assert.InRange(black.EndMs, 20_900, 21_200);
        Assert.InRange(silent.StartMs, 20_250, 20_350);
        Assert.InRange(silent.EndMs, 20_850, 20_950);
        var far = await PauseFinder.AroundAsync(path, facts, 30_000, Cancellation);
        Assert.Empty(far.Black);
        Assert.Empty(far.Silent);
    }

    private static async Task<SoundWindow> Listen(string path) => (await Listen(path, null)).Window;

    private static async Task<(SoundWindow Window, Fingerprinter Heard)> Listen(string path, string? cache)
    {
        var fingerprinter = new Fingerprinter(cache is null ? null : new FingerprintCache(cache));
        var facts = await MediaProbe.AskAsync(path, Cancellation);
        var whole = new Stretch(0, facts.DurationMs);
        return (await fingerprinter.ListenAsync(path, facts, whole, Cancellation), fingerprinter);
    }
}
