using System.Text;
using Anarchive.Fleet;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Files that are broken, or were made to be read by somebody else's machine.</summary>
public sealed class HostileMediaTests : IDisposable
{
    private readonly TemporaryDirectory _scratch = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXTINF:20,\n{0}\n#EXT-X-ENDLIST\n")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXTINF:20,\nfile://{0}\n#EXT-X-ENDLIST\n")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXTINF:20,\nconcat:{0}|{0}\n#EXT-X-ENDLIST\n")]
    [InlineData("ffconcat version 1.0\nfile '{0}'\nduration 20\n")]
    [InlineData("ffconcat version 1.0\nfile {0}\n")]
    [InlineData("v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 9 RTP/AVP 0\n")]
    [InlineData("<?xml version=\"1.0\"?><MPD type=\"static\" mediaPresentationDuration=\"PT20S\"><Period>"
        + "<AdaptationSet mimeType=\"video/mp4\"><Representation id=\"0\" bandwidth=\"1\"><BaseURL>{0}</BaseURL>"
        + "</Representation></AdaptationSet></Period></MPD>")]
    [InlineData("[Script Info]\nScriptType: v4.00+\n[Events]\nDialogue: 0,0:00:00.00,0:00:20.00,,,,,,,secret\n")]
    public async Task A_text_that_names_other_files_makes_nobody_read_them(string list)
    {
        await MediaPrograms.NeedFfmpeg();
        await Films.Make(_scratch.At("secret.mp4"), 20, Films.Modern);
        foreach (var name in new[] { "a.m3u8", "a.mp4", "a" })
        {
            var path = _scratch.At(name);
            await File.WriteAllTextAsync(
                path, list.Replace("{0}", _scratch.At("secret.mp4"), StringComparison.Ordinal), Cancellation);
            var (node, item) = await PlayingNode.Start(path);
            await using var _ = node;
            string[] all = ["/info", "/subtitles/0", "/hls/a/index.m3u8", "/hls/a/init.mp4", "/hls/a/0.m4s"];
            foreach (var rest in all)
                Assert.Equal((409, "media_unreadable"), await node.Refused($"{item}", rest));
            Assert.Empty(node.Sessions.Coding);
        }
    }

    [Fact]
    public async Task Noise_and_a_film_without_its_table_are_said_to_be_unreadable()
    {
        await MediaPrograms.NeedFfmpeg();
        var film = await File.ReadAllBytesAsync(await Films.Make(_scratch.At("a.mp4"), 5, Films.Modern), Cancellation);
        var noise = new byte[100_000];
        new Random(3).NextBytes(noise);
        foreach (var content in new[] { noise, film[..(film.Length / 2)], film[..32], new byte[100_000] })
        {
            await File.WriteAllBytesAsync(_scratch.At("broken"), content, Cancellation);
            var (node, item) = await PlayingNode.Start(_scratch.At("broken"));
            await using var _ = node;
            Assert.Equal((409, "media_unreadable"), await node.Refused($"{item}", "/info"));
            Assert.Equal((409, "media_unreadable"), await node.Refused($"{item}", "/hls/a/0.m4s"));
        }
    }

    [Fact]
    public async Task A_film_that_was_cut_off_plays_as_far_as_it_goes()
    {
        await MediaPrograms.NeedFfmpeg();
        var film = await File.ReadAllBytesAsync(await Films.Make(_scratch.At("a.avi"), 60, Films.Old), Cancellation);
        await File.WriteAllBytesAsync(_scratch.At("cut"), film[..(film.Length / 2)], Cancellation);
        var (node, item) = await PlayingNode.Start(_scratch.At("cut"));
        await using var _ = node;
        var count = (await node.Starts(item, "a")).Count - 1;
        Assert.NotEmpty(await node.Segment(item, "a", 0));
        // What it says of its length decides whether the rest is missing or never was.
        if (count > 10)
        {
            var (status, code) = await node.Refused($"{item}", $"/hls/a/{count - 1}.m4s");
            Assert.Contains((status, code), new (int, string?)[] { (404, "media_gap"), (409, "media_unreadable") });
        }

        Assert.NotEmpty(await node.Segment(item, "a", 1));
    }

    [Fact]
    public async Task A_film_with_holes_shot_into_it_is_answered_all_the_same()
    {
        await MediaPrograms.NeedFfmpeg();
        var film = await File.ReadAllBytesAsync(
            await Films.Make(_scratch.At("a.mkv"), 30, Films.Modern), Cancellation);
        for (var seed = 0; seed < 6; seed++)
        {
            var random = new Random(seed);
            var shot = film.ToArray();
            for (var hole = 0; hole < 40; hole++) random.NextBytes(shot.AsSpan(random.Next(400, shot.Length - 64), 64));
            await File.WriteAllBytesAsync(_scratch.At("shot"), shot, Cancellation);
            var (node, item) = await PlayingNode.Start(_scratch.At("shot"));
            await using var _ = node;
            foreach (var rest in new[] { "/info", "/hls/a/index.m3u8", "/hls/a/0.m4s", "/hls/a/3.m4s", "/hls/a/6.m4s" })
            {
                var (head, body) = await node.Ask($"{item}", rest);
                if ((int)head.StatusCode == 200) continue;
                var text = Encoding.UTF8.GetString(body);
                Assert.True(
                    text.Contains("\"media_", StringComparison.Ordinal)
                        || text.Contains("\"not_found\"", StringComparison.Ordinal),
                    $"{seed} {rest}: {text}");
            }
        }
    }

    [Fact]
    public async Task No_answer_and_no_list_of_processes_tells_where_a_film_lies()
    {
        await MediaPrograms.NeedFfmpeg();
        const string secret = "quiet-otter-folder";
        Directory.CreateDirectory(_scratch.At(secret));
        var good = await Films.Make(_scratch.At(secret + "/good.avi"), 90, Films.Old);
        var bad = _scratch.At(secret + "/bad.avi");
        await File.WriteAllTextAsync(bad, "no film", Cancellation);
        var items = new Dictionary<ItemId, string>
        {
            [PlayingNode.IdOf(good)] = good,
            [PlayingNode.IdOf(bad)] = bad,
        };
        await using var node = await PlayingNode.Start(items);
        foreach (var item in items.Keys)
            foreach (var rest in new[] { "", "/info", "/hls/a/index.m3u8", "/hls/a/0.m4s" })
            {
                var (head, body) = await node.Ask($"{item}", rest);
                Assert.DoesNotContain(secret, Encoding.Latin1.GetString(body));
                Assert.DoesNotContain(secret, head.Headers.ToString() + head.Content.Headers);
            }

        var coding = Assert.Single(node.Sessions.Coding);
        var line = await File.ReadAllTextAsync($"/proc/{coding}/cmdline", Cancellation);
        Assert.Contains("ffmpeg", line);
        Assert.DoesNotContain(secret, line);
    }
}
