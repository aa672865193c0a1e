using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>An item's own bytes, for players that go to and fro in them.</summary>
public sealed class RangeTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Every_range_is_answered_by_exactly_its_bytes()
    {
        var bytes = await Bytes(300_000);
        var (node, item) = await PlayingNode.Start(_scratch.At("a"));
        await using var _ = node;
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var from = random.Next(bytes.Length);
            var to = random.Next(from, bytes.Length + 1_000);
            long? first = random.Next(3) == 0 ? null : from;
            long? last = first is null ? random.Next(1, bytes.Length + 1_000) : random.Next(3) == 0 ? null : to;
            var (head, body) = await node.Ask($"{item}", with: h => h.Range = new RangeHeaderValue(first, last));
            var begin = (int)(first ?? Math.Max(0, bytes.Length - last!.Value));
            var end = (int)Math.Min(bytes.Length - 1, first is null ? bytes.Length - 1 : last ?? bytes.Length - 1);
            Assert.Equal(HttpStatusCode.PartialContent, head.StatusCode);
            Assert.Equal(bytes[begin..(end + 1)], body);
            Assert.Equal($"bytes {begin}-{end}/{bytes.Length}", head.Content.Headers.ContentRange!.ToString());
        }
    }

    [Theory]
    [InlineData("bytes=300000-")]
    [InlineData("bytes=300000-300001")]
    [InlineData("bytes=999999999999-")]
    [InlineData("bytes=-0")]
    public async Task A_range_outside_the_file_is_refused_and_its_length_told(string range)
    {
        await Bytes(300_000);
        var (node, item) = await PlayingNode.Start(_scratch.At("a"));
        await using var _ = node;
        var (head, body) = await node.Ask($"{item}", with: h => h.TryAddWithoutValidation("Range", range));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, head.StatusCode);
        Assert.Equal("bytes */300000", head.Content.Headers.ContentRange!.ToString());
        Assert.True(body.Length < 1_000);
    }

    [Theory]
    [InlineData("bytes=5-2")]
    [InlineData("lines=1-2")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=0-1,5-6")]
    public async Task A_range_that_cannot_be_read_is_answered_by_the_whole(string range)
    {
        var bytes = await Bytes(5_000);
        var (node, item) = await PlayingNode.Start(_scratch.At("a"));
        await using var _ = node;
        var (head, body) = await node.Ask($"{item}", with: h => h.TryAddWithoutValidation("Range", range));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(bytes, body);
    }

    [Fact]
    public async Task A_player_that_only_looks_is_told_length_and_tag_without_a_byte()
    {
        await Bytes(5_000);
        var (node, item) = await PlayingNode.Start(_scratch.At("a"));
        await using var _ = node;
        var (head, body) = await node.Ask($"{item}", method: "HEAD");
        Assert.Equal(
            (HttpStatusCode.OK, 5_000, $"\"{item}\"", "bytes"),
            (head.StatusCode, head.Content.Headers.ContentLength, head.Headers.ETag!.Tag,
                head.Headers.AcceptRanges.ToString()));
        Assert.Empty(body);
    }

    [Fact]
    public async Task A_range_counts_only_for_the_file_it_was_meant_for()
    {
        var bytes = await Bytes(5_000);
        var (node, item) = await PlayingNode.Start(_scratch.At("a"));
        await using var _ = node;
        var (same, part) = await node.Ask($"{item}", with: With($"\"{item}\""));
        var (other, whole) = await node.Ask($"{item}", with: With("\"another\""));
        Assert.Equal((HttpStatusCode.PartialContent, HttpStatusCode.OK), (same.StatusCode, other.StatusCode));
        Assert.Equal(bytes[10..20], part);
        Assert.Equal(bytes, whole);

        static Action<HttpRequestHeaders> With(string tag) => h =>
        {
            h.Range = new RangeHeaderValue(10, 19);
            h.IfRange = new RangeConditionHeaderValue(tag);
        };
    }

    [Fact]
    public async Task Only_regular_files_are_items_and_all_else_looks_like_nothing_at_all()
    {
        await Bytes(5_000);
        await MediaPrograms.Run("mkfifo", _scratch.At("pipe"));
        Directory.CreateDirectory(_scratch.At("folder"));
        File.CreateSymbolicLink(_scratch.At("link"), _scratch.At("a"));
        await File.WriteAllBytesAsync(_scratch.At("empty"), [], Cancellation);
        string[] paths =
        [
            _scratch.At("pipe"), _scratch.At("folder"), _scratch.At("link"), _scratch.At("empty"), "/dev/zero",
            "/dev/full", "/proc/self/environ", _scratch.At("absent"), "", "\0",
        ];
        var items = paths.Select((path, n) => (Id(n), path)).ToDictionary();
        await using var node = await PlayingNode.Start(items);
        string[] asked = [.. items.Keys.Select(i => $"{i}"), $"{Id(99)}", "short", new string('G', 64), "..%2f..%2fa"];
        foreach (var item in asked)
            foreach (var rest in new[] { "", "/info", "/subtitles/0", "/hls/a/index.m3u8", "/hls/a/init.mp4" })
                Assert.Contains(
                    await node.Refused(item, rest),
                    new (int, string?)[] { (404, "not_found"), (404, rest.Length > 0 ? "media_gone" : "not_found") });
    }

    [Fact]
    public async Task Whatever_is_no_media_is_bytes_and_never_a_page()
    {
        await File.WriteAllTextAsync(_scratch.At("a.html"), "<html><script>alert(1)</script>", Cancellation);
        var (node, item) = await PlayingNode.Start(_scratch.At("a.html"));
        await using var _ = node;
        var (head, body) = await node.Ask($"{item}");
        Assert.Equal("application/octet-stream", head.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", Assert.Single(head.Headers.GetValues("X-Content-Type-Options")));
        Assert.StartsWith("<html>", Encoding.UTF8.GetString(body));
    }

    [Theory]
    [InlineData("mp4", "video/mp4", "direct", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac")]
    [InlineData("mov", "video/mp4", "direct", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac")]
    [InlineData("webm", "video/webm", "direct", "-c:v libvpx -deadline realtime -c:a libopus")]
    [InlineData("mkv", "video/x-matroska", "remux", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac")]
    [InlineData("mkv", "video/x-matroska", "transcode", "-c:v libx264 -preset ultrafast -pix_fmt yuv444p -c:a aac")]
    [InlineData("avi", "video/x-msvideo", "transcode", "-c:v mpeg4 -c:a mp2")]
    [InlineData("mpg", "video/mpeg", "transcode", "-c:v mpeg2video -c:a mp2")]
    [InlineData("mp3", "audio/mpeg", "direct", "-vn -c:a libmp3lame")]
    [InlineData("flac", "audio/flac", "direct", "-vn -c:a flac")]
    [InlineData("ogg", "audio/ogg", "direct", "-vn -c:a libvorbis")]
    [InlineData("wav", "audio/wav", "direct", "-vn -c:a pcm_s16le")]
    [InlineData("mka", "audio/x-matroska", "remux", "-vn -c:a aac")]
    [InlineData("mka", "audio/x-matroska", "transcode", "-vn -c:a ac3")]
    public async Task A_file_is_answered_as_what_it_is_and_it_is_known_whether_browsers_play_it(
        string extension, string type, string play, string coding)
    {
        await MediaPrograms.NeedFfmpeg();
        var (node, item) = await PlayingNode.Start(
            await Films.Make(_scratch.At("a." + extension), 2, coding.Split(' ')));
        await using var _ = node;
        var info = await node.Info(item);
        Assert.Equal(
            (type, play), (info.GetProperty("content_type").GetString(), info.GetProperty("play").GetString()));
        Assert.Equal(type, (await node.Ask($"{item}", method: "HEAD")).Head.Content.Headers.ContentType!.MediaType);
    }

    private async Task<byte[]> Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        await File.WriteAllBytesAsync(_scratch.At("a"), bytes, Cancellation);
        return bytes;
    }

    private static ItemId Id(int number) => new(Anarchive.Log.Hash256.Sha256([(byte)number]));
}
