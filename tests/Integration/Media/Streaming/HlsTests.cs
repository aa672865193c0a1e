using System.Text;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Segments, as a player gets them, hold the film that they are made from.</summary>
public sealed class HlsTests : IDisposable
{
    private const double Offset = 10;
    private const double Millisecond = 0.0011;

    private readonly TemporaryDirectory _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("mkv", "aac", "remux")]
    [InlineData("mkv", "ac3", "transcode")]
    [InlineData("mp4", "ac3", "transcode")]
    public async Task A_picture_that_browsers_play_is_passed_on_frame_by_frame(
        string extension, string sound, string play)
    {
        await MediaPrograms.NeedFfmpeg();
        var film = await Films.Make(_scratch.At("a." + extension), 21, [.. Films.Modern, "-c:a", sound]);
        var (node, item) = await PlayingNode.Start(film);
        await using var _ = node;
        Assert.Equal(play, (await node.Info(item)).GetProperty("play").GetString());
        var whole = await Films.Join(_scratch.At("whole.mp4"), await node.Whole(item, "a"));
        Assert.Equal(["h264", "aac"], await Films.Codecs(whole));
        Assert.Equal(await Films.Pictures(film), await Films.Pictures(whole));
        AssertTimes(await Films.Times(film, "v:0"), await Films.Times(whole, "v:0"));
        var (heard, told) = (await Films.Times(film, "a:0"), await Films.Times(whole, "a:0"));
        Assert.InRange(told[^1] - Offset, heard[^1] - 0.1, heard[^1] + 0.1);
    }

    [Theory]
    [InlineData("avi", "mpeg4", "mp2")]
    [InlineData("ts", "libx264", "aac")]
    [InlineData("mpg", "mpeg2video", "mp2")]
    [InlineData("mkv", "ffv1", "flac")]
    public async Task What_browsers_do_not_play_is_coded_anew_and_no_frame_is_lost_or_doubled(
        string extension, string picture, string sound)
    {
        await MediaPrograms.NeedFfmpeg();
        var film = await Films.Make(_scratch.At("a." + extension), 21, "-c:v", picture, "-c:a", sound);
        var (node, item) = await PlayingNode.Start(film);
        await using var _ = node;
        Assert.Equal("transcode", (await node.Info(item)).GetProperty("play").GetString());
        var whole = await Films.Join(_scratch.At("whole.mp4"), await node.Whole(item, "a"));
        Assert.Equal(["h264", "aac"], await Films.Codecs(whole));
        var times = await Films.Times(whole, "v:0");
        Assert.InRange(times.Length, 21 * Films.Rate - 1, 21 * Films.Rate);
        Assert.InRange(times[0] - Offset, 0, 0.15);
        Assert.All(times.Zip(times.Skip(1)), t => Assert.Equal(1.0 / Films.Rate, t.Second - t.First, 0.0015));
    }

    [Theory]
    [InlineData("avi")]
    [InlineData("mkv")]
    public async Task A_film_is_the_same_in_whatever_order_its_segments_are_asked_for(string extension)
    {
        await MediaPrograms.NeedFfmpeg();
        var film = await Films.Make(
            _scratch.At("a." + extension), 41, extension == "avi" ? Films.Old : Films.Modern);
        var (node, item) = await PlayingNode.Start(film);
        await using var _ = node;
        var starts = await node.Starts(item, "a");
        var times = new List<double>();
        var init = await node.Init(item, "a");
        // To the end at once, to and fro, and what is left.
        var count = starts.Count - 1;
        foreach (var n in new[] { count - 1, 0, count / 2 }.Concat(Enumerable.Range(0, count)).Distinct())
        {
            var part = await Films.Join(
                _scratch.At("part.mp4"), init, await node.Segment(item, n % 2 == 0 ? "a" : "b", n));
            var seen = await Films.Times(part, "v:0");
            Assert.InRange(seen[0] - Offset, starts[n] - Millisecond, starts[n] + 0.05);
            Assert.True(seen[^1] - Offset < starts[n + 1] + 0.05, $"Segment {n} ends at {seen[^1]}.");
            times.AddRange(seen);
        }

        Assert.Equal(init, await node.Init(item, "b"));
        var source = await Films.Times(film, "v:0");
        AssertTimes(
            source.Length > 0 && extension == "avi"
                ? [.. Enumerable.Range(0, 41 * Films.Rate).Select(n => n / (double)Films.Rate)]
                : source,
            [.. times.Order()]);
    }

    [Fact]
    public async Task Sound_without_a_picture_is_played_to_its_end()
    {
        await MediaPrograms.NeedFfmpeg();
        await MediaPrograms.Tone(_scratch.At("a.mka"), 21, "-c:a", "ac3");
        var (node, item) = await PlayingNode.Start(_scratch.At("a.mka"));
        await using var _ = node;
        var whole = await Films.Join(_scratch.At("whole.mp4"), await node.Whole(item, "a"));
        var times = await Films.Times(whole, "a:0");
        Assert.InRange(times[0] - Offset, -0.05, 0.05);
        Assert.InRange(times[^1] - Offset, 20.9, 21.1);
        Assert.All(times.Zip(times.Skip(1)), t => Assert.InRange(t.Second - t.First, 0.01, 0.04));
    }

    [Fact]
    public async Task A_film_with_few_key_frames_is_coded_anew_so_that_nobody_waits()
    {
        await MediaPrograms.NeedFfmpeg();
        var (node, item) = await PlayingNode.Start(
            await Films.Make(_scratch.At("a.mkv"), 45, [.. Films.Modern, "-g", "900", "-sc_threshold", "0"]));
        await using var _ = node;
        Assert.Equal("transcode", (await node.Info(item)).GetProperty("play").GetString());
        Assert.Equal(4, (await node.Starts(item, "a"))[1]);
    }

    [Fact]
    public async Task Subtitles_and_chapters_are_told_as_pages_take_them()
    {
        await MediaPrograms.NeedFfmpeg();
        await File.WriteAllTextAsync(
            _scratch.At("a.srt"), "1\n00:00:01,000 --> 00:00:02,500\nWords <i>of</i> a river\n", Cancellation);
        await File.WriteAllTextAsync(
            _scratch.At("c"), ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1500\ntitle=Opening\n",
            Cancellation);
        await Films.Make(
            _scratch.At("a.mkv"), 4,
            [
                "-i", _scratch.At("a.srt"), "-i", _scratch.At("c"), "-map", "0", "-map", "1", "-map", "2", "-map", "2",
                "-map_chapters", "3", .. Films.Modern, "-c:s:0", "srt", "-c:s:1", "ass", "-metadata:s:s:0",
                "language=eng", "-metadata:s:s:1", "language=de-AT",
            ]);
        var (node, item) = await PlayingNode.Start(_scratch.At("a.mkv"));
        await using var _ = node;
        var info = await node.Info(item);
        var chapter = Assert.Single(info.GetProperty("chapters").EnumerateArray());
        Assert.Equal(
            ("Opening", 0, 1_500),
            (chapter.GetProperty("title").GetString(), chapter.GetProperty("start_ms").GetInt64(),
                chapter.GetProperty("end_ms").GetInt64()));
        Assert.Equal(
            ["eng", "de"],
            info.GetProperty("subtitles").EnumerateArray().Select(s => s.GetProperty("language").GetString()));
        foreach (var n in new[] { 0, 1 })
        {
            var (head, body) = await node.Ask($"{item}", $"/subtitles/{n}");
            Assert.Equal("text/vtt", head.Content.Headers.ContentType!.MediaType);
            var text = Encoding.UTF8.GetString(body);
            Assert.StartsWith("WEBVTT", text);
            // Matroska's clock begins with the sound, whose coder is a frame ahead.
            Assert.Matches(@"00:01\.0\d\d --> 00:02\.5\d\d\n", text);
            Assert.Contains("a river", text);
        }

        foreach (var n in new[] { 2, 65_536 })
            Assert.Equal((404, "not_found"), await node.Refused($"{item}", $"/subtitles/{n}"));
    }

    [Theory]
    [InlineData("/hls/a/9999.m4s")]
    [InlineData("/hls/a/1.m4s")]
    [InlineData("/hls/a.b/index.m3u8")]
    [InlineData("/hls/a%2fb/index.m3u8")]
    [InlineData("/hls/..%2f..%2fx/0.m4s")]
    [InlineData("/hls/abcdefghijklmnopqrstuvwxyz0123456/index.m3u8")]
    public async Task What_a_film_does_not_have_is_not_found(string rest)
    {
        await MediaPrograms.NeedFfmpeg();
        var (node, item) = await PlayingNode.Start(await Films.Make(_scratch.At("a.mkv"), 3, Films.Modern));
        await using var _ = node;
        Assert.Equal((404, "not_found"), await node.Refused($"{item}", rest));
    }

    /// <summary>Equal up to how exactly containers tell times.</summary>
    private static void AssertTimes(double[] expected, double[] shifted)
    {
        Assert.Equal(expected.Length, shifted.Length);
        Assert.All(expected.Zip(shifted), t => Assert.Equal(t.First, t.Second - Offset, Millisecond));
    }
}
