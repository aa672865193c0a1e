using System.Text.Json;
using Anarchive.Net;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>What ffprobe says, in the words of the parts; its answers are made up here.</summary>
public sealed class QualityProbeTests
{
    [Theory]
    [InlineData("smpte2084", "", DynamicRange.Hdr10)]
    [InlineData("arib-std-b67", "", DynamicRange.Hlg)]
    [InlineData("bt709", "", DynamicRange.None)]
    [InlineData("smpte2084", "DOVI configuration record", DynamicRange.DolbyVision)]
    [InlineData("arib-std-b67", "DOVI configuration record", DynamicRange.DolbyVision)]
    [InlineData("unknown", "DOVI configuration record", DynamicRange.DolbyVision)]
    [InlineData("smpte2084", "Mastering display metadata", DynamicRange.Hdr10)]
    public void The_range_is_read_from_the_transfer_and_from_side_data(
        string transfer, string side, DynamicRange expected) =>
        Assert.Equal(expected, Read($$"""
            {"streams":[{"codec_type":"video","color_transfer":"{{transfer}}",
             "side_data_list":[{"side_data_type":"{{side}}"}]}]}
            """)!.Hdr);

    [Fact]
    public void Brightness_by_the_frame_is_told_by_a_frame()
    {
        Assert.True(IsPlus("""
            {"frames":[{"side_data_list":[{"side_data_type":"HDR Dynamic Metadata SMPTE2094-40 (HDR10+)"}]}]}
            """));
        Assert.False(IsPlus("""{"frames":[{"side_data_list":[{"side_data_type":"Content light level metadata"}]}]}"""));
        Assert.False(IsPlus("{}"));

        static bool IsPlus(string json) => QualityProbe.IsHdr10Plus(Root(json));
    }

    [Fact]
    public void A_cover_is_no_picture_and_a_file_without_one_has_no_quality()
    {
        Assert.Null(Read("""
            {"streams":[{"codec_type":"audio"},{"codec_type":"video","disposition":{"attached_pic":1}}]}
            """));
        Assert.Null(Read("{}"));
        Assert.Null(Read("""{"streams":7}"""));
    }

    [Fact]
    public void Everything_that_is_said_is_read()
    {
        var probed = Read("""
            {"format":{"format_name":"mov,mp4,m4a,3gp,3g2,mj2","bit_rate":"4200999"},"streams":[
             {"codec_type":"video","codec_name":"hevc","width":3840,"height":1600,"pix_fmt":"yuv420p10le",
              "avg_frame_rate":"24000/1001","r_frame_rate":"25/1","disposition":{"attached_pic":0}},
             {"codec_type":"audio","codec_name":"truehd","channels":8,"tags":{"LANGUAGE":"eng"}},
             {"codec_type":"audio","codec_name":"pcm_s24le","channels":2},
             {"codec_type":"subtitle","codec_name":"subrip","tags":{"language":"pt-BR"}},
             {"codec_type":"data"}]}
            """)!;
        Assert.Equal(
            (Container.Mp4, VideoCodec.Hevc, 3840, 1600, 10, 23_976, 4_200),
            (probed.Container, probed.Vcodec, probed.Width, probed.Height, probed.BitDepth, probed.FpsMilli,
                probed.BitrateK));
        Assert.Equal([new(AudioCodec.TrueHd, 8, "eng"), new(AudioCodec.Pcm, 2, "und")], probed.Audio);
        Assert.Equal("pt", Assert.Single(probed.Subs));
    }

    [Theory]
    [InlineData("matroska,webm", "a.mkv", Container.Mkv)]
    [InlineData("matroska,webm", "a.WEBM", Container.Webm)]
    [InlineData("avi", "a.mkv", Container.Avi)]
    [InlineData("mpegts", "a", Container.Ts)]
    [InlineData("flv", "a.mp4", Container.Other)]
    public void The_container_is_what_it_is_and_not_what_it_is_called(string format, string name, Container expected)
    {
        var json = $$"""{"format":{"format_name":"{{format}}"},"streams":[{"codec_type":"video"}]}""";
        Assert.Equal(expected, QualityProbe.Read(Root(json), name, 1)!.Container);
    }

    [Theory]
    [InlineData("yuv420p", 8)]
    [InlineData("yuv420p10le", 10)]
    [InlineData("p010le", 10)]
    [InlineData("gbrp12be", 12)]
    [InlineData("yuvj420p", 8)]
    [InlineData("yuv444p9le", 9)]
    [InlineData("le", 8)]
    [InlineData(null, 8)]
    public void The_depth_is_read_from_the_pixel_format(string? pixels, int depth) =>
        Assert.Equal(depth, QualityProbe.DepthOf(pixels));

    [Theory]
    [InlineData("25/1", 25_000)]
    [InlineData("30000/1001", 29_970)]
    [InlineData("0/0", 0)]
    [InlineData("1/0", 0)]
    [InlineData("9999999999999/1", int.MaxValue)]
    [InlineData("-25/1", 0)]
    [InlineData("25", 0)]
    [InlineData(null, 0)]
    public void Rates_are_fractions(string? rate, int milli) => Assert.Equal(milli, QualityProbe.FpsMilli(rate));

    [Theory]
    [InlineData("eng", "eng")]
    [InlineData("EN", "en")]
    [InlineData("zh_Hant", "zh")]
    [InlineData("english", "und")]
    [InlineData("e1", "und")]
    [InlineData("", "und")]
    [InlineData(null, "und")]
    public void Languages_are_two_or_three_letters(string? tag, string expected) =>
        Assert.Equal(expected, QualityProbe.Language(tag));

    [Fact]
    public void Nonsense_becomes_a_value_that_the_rules_refuse()
    {
        var probed = Read("""
            {"format":{"bit_rate":"N/A"},"streams":[{"codec_type":"video","width":-5,"height":"x"},
             {"codec_type":"audio","channels":null}]}
            """)!;
        var observed = new QualityObserved(
            QualityObserved.PartName, 1, ["osh:8e245d9679d31e12:734003200"], Method.Probe, "t", 100, 1,
            SourceKind.Unknown, [], probed);
        Assert.Equal("width", NetRules.FaultOf(observed));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("""{"streams":[{"codec_type":"\ud800"}]}""")]
    [InlineData("""{"streams":[7]}""")]
    public void An_answer_that_is_none_makes_the_file_unreadable(string json)
    {
        var refused = Assert.Throws<MediaException>(() => ProbeJson.Read(
            System.Text.Encoding.UTF8.GetBytes(json), a => QualityProbe.Read(a, "a.mkv", 1)));
        Assert.Equal("media_unreadable", refused.Code);
    }

    private static ProbedFile? Read(string json) => QualityProbe.Read(Root(json), "a.mkv", 1_000_000);

    private static JsonElement Root(string json) => JsonDocument.Parse(json).RootElement;
}
