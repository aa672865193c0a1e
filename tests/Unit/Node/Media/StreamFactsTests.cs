using System.Text;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>What is made of ffprobe's words.</summary>
public sealed class StreamFactsTests
{
    private const string Film = """
        {"format":{"format_name":"matroska,webm","duration":"21.023","start_time":"0.000"},"streams":[
         {"index":0,"codec_type":"video","codec_name":"mjpeg","disposition":{"attached_pic":1}},
         {"index":1,"codec_type":"video","codec_name":"h264","pix_fmt":"yuv420p","width":128,"height":72},
         {"index":2,"codec_type":"audio","codec_name":"ac3","channels":6,"disposition":{"default":0}},
         {"index":3,"codec_type":"audio","codec_name":"aac","channels":2,"disposition":{"default":1},
          "tags":{"LANGUAGE":"eng"}},
         {"index":4,"codec_type":"subtitle","codec_name":"hdmv_pgs_subtitle"},
         {"index":5,"codec_type":"subtitle","codec_name":"ass","tags":{"language":"pt-BR"}}]}
        """;

    [Fact]
    public void The_sound_a_file_prefers_is_played_and_a_cover_is_no_picture()
    {
        var facts = Read(Film);
        Assert.Equal((1, 3, "eng"), (facts.Picture!.Index, facts.Sound!.Index, facts.Sound.Language));
        Assert.Equal(["ac3", "aac"], facts.Sounds.Select(s => s.Codec));
        Assert.Equal(new TextTrack(5, "ass", "pt"), Assert.Single(facts.Texts));
        Assert.Equal(PlayMode.Remux, Playback.Of(facts).Mode);
    }

    [Theory]
    [InlineData("\"yuv420p\"", "\"yuv420p10le\"")]
    [InlineData("\"yuv420p\"", "\"yuv444p\"")]
    [InlineData("\"h264\"", "\"hevc\"")]
    [InlineData("\"aac\"", "\"dts\"")]
    [InlineData("\"matroska,webm\"", "\"mpegts\"")]
    [InlineData("\"matroska,webm\"", "\"\"")]
    public void What_browsers_do_not_decode_is_coded_anew(string from, string to) =>
        Assert.Equal(
            PlayMode.Transcode, Playback.Of(Read(Film.Replace(from, to, StringComparison.Ordinal))).Mode);

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"format":{"duration":"-1"},"streams":[]}""")]
    [InlineData("""{"format":{"duration":"1e3"}}""")]
    [InlineData("""{"format":{"duration":"999999999999"}}""")]
    [InlineData("""{"format":{"duration":"5"},"streams":[{"codec_type":"audio"}]}""")]
    [InlineData("""{"format":{"duration":"5"},"streams":{"codec_type":"audio"}}""")]
    [InlineData("""{"format":5,"streams":[]}""")]
    [InlineData("no json")]
    public void What_tells_of_no_film_is_unreadable(string json) =>
        Assert.Equal("media_unreadable", Assert.Throws<MediaException>(() => Read(json)).Code);

    [Fact]
    public void Key_frames_are_relied_upon_only_where_every_place_has_one_near()
    {
        Assert.Equal([0L, 2_960, 7_400, 14_800, 20_000], Keys("0", "2.96", "2.96", "7.4", "14.8", "20"));
        // Nothing before 1 s, a gap of more than 20 s, no time, and nothing at all.
        Assert.Null(Keys("1.5", "4"));
        Assert.Null(Read("""{"packets":[{"pts_time":"0","flags":"K_"},{"pts_time":"4","flags":"__"}]}""", 21_000));
        Assert.Null(Read("""{"packets":[{"pts_time":"0","flags":"K_"}]}""", 20_001));
        Assert.Null(Read("""{"packets":[{"flags":"K_"}]}""", 5_000));
        Assert.Null(Read("""{"packets":[]}""", 5_000));
        Assert.Null(Read("{}", 5_000));
    }

    private static StreamFacts Read(string json) => ProbeJson.Read(Encoding.UTF8.GetBytes(json), StreamProbe.Read);

    private static IReadOnlyList<long>? Keys(params string[] times) => Read(
        $$"""{"packets":[{{string.Join(',', times.Select(t => $$"""{"pts_time":"{{t}}","flags":"K__"}"""))}}]}""",
        21_000);

    private static IReadOnlyList<long>? Read(string json, long durationMs) => ProbeJson.Read(
        Encoding.UTF8.GetBytes(json), a => KeyFrames.Read(a, Read(Film) with { DurationMs = durationMs }));
}
