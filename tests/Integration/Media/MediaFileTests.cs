using System.Buffers.Binary;
using Anarchive.Net;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What real files say of themselves.</summary>
public sealed class MediaFileTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_films_facts_are_read_from_itself_and_its_folders()
    {
        await MediaPrograms.NeedFfmpeg();
        var folder = _scratch.At("Show (2010)/Season 2");
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "05.1080p.BluRay.mkv");
        await File.WriteAllTextAsync(_scratch.At("a.srt"), "1\n00:00:01,000 --> 00:00:02,000\nWords\n", Cancellation);
        await MediaPrograms.Run(
            "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=s=320x180:r=24000/1001:d=20",
            "-f", "lavfi", "-i", "sine=d=20", "-f", "lavfi", "-i", "sine=d=20", "-i", _scratch.At("a.srt"),
            "-map", "0", "-map", "1", "-map", "2", "-map", "3",
            "-c:v", "ffv1", "-pix_fmt", "yuv420p10le", "-c:a:0", "flac", "-c:a:1",
            "libopus", "-ac:a:1", "2", "-c:s", "srt", "-metadata:s:a:0", "language=jpn", "-metadata:s:s:0",
            "language=eng", path);
        var file = await MediaFile.ReadAsync(path, Cancellation);
        var probe = file.Probe!;
        Assert.Equal(
            (Container.Mkv, VideoCodec.Other, DynamicRange.None, 320, 180, 10, 23_976),
            (probe.Container, probe.Vcodec, probe.Hdr, probe.Width, probe.Height, probe.BitDepth, probe.FpsMilli));
        Assert.Equal([new(AudioCodec.Flac, 1, "jpn"), new(AudioCodec.Opus, 2, "und")], probe.Audio);
        Assert.Equal("eng", Assert.Single(probe.Subs));
        Assert.InRange(probe.BitrateK, (int)(file.Facts.Bytes * 8 / 21_000), (int)(file.Facts.Bytes * 8 / 19_000));
        Assert.Equal(
            (2, 5, SourceKind.Disc),
            (file.Name.Season, Assert.Single(file.Name.Episodes), file.Name.Quality.Source));
        Assert.Equal(await Osh(path), file.OshKey);
    }

    [Theory]
    [InlineData("smpte2084", DynamicRange.Hdr10)]
    [InlineData("arib-std-b67", DynamicRange.Hlg)]
    public async Task Wide_brightness_is_told_by_the_transfer_that_a_file_states(string transfer, DynamicRange expected)
    {
        await MediaPrograms.NeedFfmpeg();
        var path = _scratch.At("a.mkv");
        await MediaPrograms.Run(
            "ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=s=64x36:r=25:d=1", "-c:v", "ffv1",
            "-pix_fmt", "yuv420p10le", "-color_trc", transfer, path);
        Assert.Equal(expected, (await QualityProbe.AskAsync(path, Cancellation))!.Hdr);
    }

    [Fact]
    public async Task Chapters_that_are_exported_are_found_again_once_ffmpeg_has_put_them_in()
    {
        await MediaPrograms.NeedFfmpeg();
        var intro = new ExportMarker(
            MarkerType.Intro, 0, 5_000, 20_000, 60_000, MergeLevel.AutoSkip, "osh:8e245d9679d31e12:734003200");
        var credits = intro with { Type = MarkerType.Outro, StartMs = 50_000, EndMs = null, Level = MergeLevel.Button };
        await File.WriteAllTextAsync(_scratch.At("chapters"), ChapterFile.Write([credits, intro]), Cancellation);
        await MediaPrograms.Tone(
            _scratch.At("a.mka"), 60, "-i", _scratch.At("chapters"), "-map_metadata", "1", "-c:a", "libmp3lame");
        var facts = await MediaProbe.AskAsync(_scratch.At("a.mka"), Cancellation);
        Assert.Equal(new Chapter("Intro", 5_000, 20_000), ChapterNames.Find(facts.Chapters, MarkerType.Intro));
        Assert.Equal(new Chapter("Credits", 50_000, 60_000), ChapterNames.Find(facts.Chapters, MarkerType.Outro));
    }

    [Fact]
    public async Task Sound_alone_has_no_picture_to_judge()
    {
        await MediaPrograms.NeedFfmpeg();
        await MediaPrograms.Tone(_scratch.At("a.mp3"), 5);
        Assert.Null((await MediaFile.ReadAsync(_scratch.At("a.mp3"), Cancellation)).Probe);
    }

    [Fact]
    public async Task Short_files_have_no_hash_and_longer_ones_that_of_both_ends()
    {
        var random = new Random(5);
        foreach (var bytes in new[] { 0, 131_071, 131_072, 131_073, 200_000 })
        {
            var content = new byte[bytes];
            random.NextBytes(content);
            await File.WriteAllBytesAsync(_scratch.At("a"), content, Cancellation);
            var key = await MediaFile.OshKeyAsync(_scratch.At("a"), Cancellation);
            Assert.Equal(bytes < 131_072 ? null : await Osh(_scratch.At("a")), key);
        }
    }

    [Fact]
    public async Task A_pipe_is_not_waited_on()
    {
        await MediaPrograms.Run("mkfifo", _scratch.At("pipe"));
        Assert.Null(await MediaFile.OshKeyAsync(_scratch.At("pipe"), Cancellation));
        var refused = await Assert.ThrowsAsync<MediaException>(
            () => MediaFile.ReadAsync(_scratch.At("pipe"), Cancellation));
        Assert.Equal("media_unreadable", refused.Code);
    }

    /// <summary>The same once more, over the whole file and without the product.</summary>
    private static async Task<string> Osh(string path)
    {
        var all = await File.ReadAllBytesAsync(path, Cancellation);
        UInt128 sum = (ulong)all.Length;
        for (var at = 0; at < 65_536; at += 8)
            sum += BinaryPrimitives.ReadUInt64LittleEndian(all.AsSpan(at))
                + (UInt128)BinaryPrimitives.ReadUInt64LittleEndian(all.AsSpan(all.Length - 65_536 + at));
        return $"osh:{(ulong)(sum & ulong.MaxValue):x16}:{all.Length}";
    }
}
