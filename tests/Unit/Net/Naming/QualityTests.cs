using Anarchive.Net;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class QualityTests
{
    [Theory]
    [InlineData("720p", 720)]
    [InlineData("1080P", 1080)]
    [InlineData("1080p60", 1080)]
    [InlineData("1280x720", 720)]
    [InlineData("1920x800", 1080)]
    [InlineData("4K", 2160)]
    [InlineData("UHD.BluRay", 2160)]
    [InlineData("1080p.UHD.BluRay", 1080)]
    [InlineData("4Kto1080p", 1080)]
    [InlineData("BD720p", 720)]
    public void Lines(string words, int lines)
    {
        var quality = Read(words);
        Assert.Equal((lines, false), (quality.Lines, quality.IsInterlaced));
    }

    [Fact]
    public void Interlaced_lines() => Assert.True(Read("1080i.HDTV") is { Lines: 1080, IsInterlaced: true });

    [Theory]
    [InlineData("BluRay", SourceKind.Disc)]
    [InlineData("Blu-ray", SourceKind.Disc)]
    [InlineData("BDRip.x264", SourceKind.Disc)]
    [InlineData("DVD.x264", SourceKind.Disc)]
    [InlineData("1080p.REMUX", SourceKind.Disc)]
    [InlineData("WEB-DL.720p", SourceKind.Web)]
    [InlineData("WEB DL", SourceKind.Web)]
    [InlineData("WEB.h264", SourceKind.Web)]
    [InlineData("AMZN.WEBRip", SourceKind.WebRip)]
    [InlineData("WEB-Rip", SourceKind.WebRip)]
    [InlineData("HDTV", SourceKind.Tv)]
    [InlineData("HD.TV", SourceKind.Tv)]
    [InlineData("PDTV", SourceKind.Tv)]
    [InlineData("HDCAM.x264", SourceKind.Cam)]
    [InlineData("TS.x264", SourceKind.Cam)]
    [InlineData("x264", SourceKind.Unknown)]
    public void Source(string words, SourceKind source) => Assert.Equal(source, Read(words).Source);

    [Theory]
    [InlineData("x264", VideoCodec.H264)]
    [InlineData("H.264", VideoCodec.H264)]
    [InlineData("h 264", VideoCodec.H264)]
    [InlineData("1080p.AVC", VideoCodec.H264)]
    [InlineData("HEVC", VideoCodec.Hevc)]
    [InlineData("x265", VideoCodec.Hevc)]
    [InlineData("AV1", VideoCodec.Av1)]
    [InlineData("VP9", VideoCodec.Vp9)]
    [InlineData("MPEG-2", VideoCodec.Mpeg2)]
    [InlineData("XviD", VideoCodec.Mpeg4)]
    [InlineData("VC-1", VideoCodec.Other)]
    public void Video(string words, VideoCodec codec) => Assert.Equal(codec, Read(words).Video);

    [Theory]
    [InlineData("2160p.HDR", DynamicRange.Hdr10)]
    [InlineData("2160p.HDR10+", DynamicRange.Hdr10Plus)]
    [InlineData("2160p.HDR10Plus.HDR", DynamicRange.Hdr10Plus)]
    [InlineData("2160p.DV.HDR", DynamicRange.DolbyVision)]
    [InlineData("2160p.Dolby.Vision", DynamicRange.DolbyVision)]
    [InlineData("2160p.HLG", DynamicRange.Hlg)]
    [InlineData("2160p.SDR", DynamicRange.None)]
    public void Range(string words, DynamicRange hdr) => Assert.Equal(hdr, Read(words).Hdr);

    [Theory]
    [InlineData("AAC2.0", AudioCodec.Aac)]
    [InlineData("DD5.1", AudioCodec.Ac3)]
    [InlineData("DD 5 1", AudioCodec.Ac3)]
    [InlineData("DDP5.1", AudioCodec.Eac3)]
    [InlineData("DD+5.1", AudioCodec.Eac3)]
    [InlineData("E-AC-3", AudioCodec.Eac3)]
    [InlineData("DTS-HD.MA.7.1", AudioCodec.Dts)]
    [InlineData("TrueHD.7.1.Atmos", AudioCodec.TrueHd)]
    [InlineData("FLAC", AudioCodec.Flac)]
    [InlineData("1080p.Opus", AudioCodec.Opus)]
    [InlineData("LPCM", AudioCodec.Pcm)]
    public void Audio(string words, AudioCodec codec) => Assert.Equal([codec], Read(words).Audio);

    [Fact]
    public void Several_tracks_stand_in_the_order_of_the_name() =>
        Assert.Equal([AudioCodec.TrueHd, AudioCodec.Ac3], Read("1080p.TrueHD.5.1.AC3").Audio);

    [Theory]
    [InlineData("Harbour Lights - 05.mkv", Container.Mkv)]
    [InlineData("Harbour Lights - 05.M2TS", Container.Ts)]
    [InlineData("Harbour Lights - 05.wmv", Container.Other)]
    [InlineData("[Group] Harbour Lights - 05 [720p][MP4]", Container.Mp4)]
    [InlineData("Harbour Lights - 05", null)]
    public void What_the_file_is(string name, Container? container) =>
        Assert.Equal(container, NameParser.Parse(name).Quality.Container);

    [Theory]
    [InlineData("PROPER.720p.HDTV", true, false, 2)]
    [InlineData("720p.REPACK.HDTV", false, true, 2)]
    [InlineData("720p.REPACK2.HDTV", false, true, 3)]
    [InlineData("RERIP.720p.HDTV", false, true, 2)]
    [InlineData("720p.v3.HDTV", false, false, 3)]
    [InlineData("720p.HDTV", false, false, 1)]
    public void Mended_releases(string words, bool isProper, bool isRepack, int version)
    {
        var read = NameParser.Parse($"Harbour.Lights.S01E01.{words}-GRP");
        Assert.Equal((isProper, isRepack, version), (read.Quality.IsProper, read.Quality.IsRepack, read.Version));
        Assert.Equal("GRP", read.Group);
    }

    [Theory]
    [InlineData("S01E01.German.DL.1080p", "de")]
    [InlineData("S01E01.ITA.ENG.720p", "it,en")]
    [InlineData("S01E01 [ENG+FRA] 720p", "en,fr")]
    [InlineData("S01.MULTi.1080p", "mul")]
    [InlineData("S01E01 (CZ)[720p]", "cs")]
    [InlineData("S01E01.The.French.Sailor.1080p", "")]
    [InlineData("S01E01", "")]
    public void Languages(string words, string languages) =>
        Assert.Equal(languages, string.Join(',', NameParser.Parse("Harbour Lights " + words).Quality.Languages));

    [Theory]
    [InlineData("Harbour Lights - S01E01.en.srt", "en")]
    [InlineData("Harbour Lights - S01E01.fra.forced.ass", "fr")]
    [InlineData("Harbour Lights - S01E01.forced.fra.Signs only.ass", "fr")]
    [InlineData("Harbour Lights - S01E01.pt-BR.srt", "pt")]
    [InlineData("Harbour Lights - S01E01.srt", "")]
    public void Subtitles_name_their_language_before_the_extension(string name, string languages)
    {
        var read = NameParser.Parse(name);
        Assert.Equal(languages, string.Join(',', read.Quality.Languages));
        Assert.Equal([1], read.Episodes);
    }

    [Theory]
    [InlineData("The.Web.S01E01.Dual.Natures", "The Web")]
    [InlineData("Cat.Proper.S01E01.Opus", "Cat Proper")]
    [InlineData("Spanish Sailor S01E01 720p", "Spanish Sailor")]
    public void Words_of_titles_are_no_quality(string name, string title)
    {
        var read = NameParser.Parse(name);
        Assert.Equal(title, read.Title);
        Assert.True(read.Quality is { Source: SourceKind.Unknown, IsProper: false, Audio: [], Languages: [] });
    }

    [Theory]
    [InlineData("Harbour Lights - 20 [1080p]", 1080)]
    [InlineData("Harbour Lights Part 1 720p", 720)]
    public void A_number_before_the_lines_is_not_theirs(string name, int lines)
    {
        var read = NameParser.Parse(name);
        Assert.Equal(lines, read.Quality.Lines);
        Assert.Single(read.Absolute);
    }

    private static ReleaseQuality Read(string words) =>
        NameParser.Parse($"Harbour.Lights.S01E01.{words}-GRP").Quality;
}
