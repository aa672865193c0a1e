using System.Collections.Frozen;

namespace Anarchive.Net;

/// <summary>
/// The vocabulary of quality in release names, in lower case and without what parts the words: "WEB-DL", "WEB DL" and
/// "WEB.DL" are one. Collected from names in use; the standard behind the scene's share of it is the rule sets at
/// scenerules.org.
/// </summary>
internal static class QualityWords
{
    /// <summary>Longest entry with its channel digits.</summary>
    public const int CharsMax = 24;

    private static readonly FrozenDictionary<string, QualityMark> Known = Build();

    private static readonly FrozenDictionary<string, QualityMark>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The meaning of <paramref name="words"/> words written as one.</summary>
    public static bool TryFind(ReadOnlySpan<char> joined, int words, out QualityMark mark)
    {
        if (Lookup.TryGetValue(joined, out mark) || TryChannels(joined, out mark)) return true;
        // "5.1" without its codec.
        if (words == 2 && joined is "51" or "71" or "61" or "20" or "21" or "10")
        {
            mark = new QualityMark(QualityField.Noise, 0, false);
            return true;
        }

        // "Part 1 720p" holds no 1720p.
        return words == 1 && (TryPictureSize(joined, out mark) || TryRepack(joined, out mark));
    }

    /// <summary>"bd720p", "webdl1080p": a source and a picture written as one word.</summary>
    public static bool TryFindPair(ReadOnlySpan<char> word, out QualityMark source, out QualityMark lines)
    {
        (source, lines) = (default, default);
        var digits = word.IndexOfAnyInRange('0', '9');
        return digits > 0 && TryPictureSize(word[digits..], out lines)
            && Lookup.TryGetValue(word[..digits], out source) && source.Field is QualityField.Source
            && Strengthen(ref source);
    }

    private static FrozenDictionary<string, QualityMark> Build()
    {
        var words = new Dictionary<string, QualityMark>(StringComparer.Ordinal);
        AddSources(words);
        AddCodecs(words);
        AddPicture(words);
        Add(words, new QualityMark(QualityField.Remux, 0, true), "remux bdremux remuxbd dvdremux uhdremux");
        Add(words, new QualityMark(QualityField.Proper, 0, false), "proper realproper");
        Add(words, new QualityMark(QualityField.Noise, 0, false),
            "internal limited retail uncut unrated extended remastered restored hybrid complete batch readnfo nfofix"
            + " dual dualaudio audio multisub multisubs multiplesubtitle softsubs softsub hardsub hardsubs subbed"
            + " dubbed dub sub subs esub esubs subpack subtitles synced upscale upscaled ws fs oar hr ntsc pal raw"
            + " uncensored hd sd md ma dl ml anime doc hsbs imax atmos 2ch 6ch 8ch dubs"
            + " nf netflix amzn amazon dsnp dsny dsnyp disney atvp hmax hbomax hulu crav pcok pmtp stan itunes cr"
            + " all4 bbc ip aius bkpl baha bilibili viutv bglobal abema vrv funi hidive adn ds4k"
            + " mkvonly");
        Add(words, new QualityMark(QualityField.Fansub, 0, true, "fr"), "vostfr vostf");
        Add(words, new QualityMark(QualityField.Fansub, 0, false), "fansub fansubs hc");
        Containers(words);
        foreach (var (word, mark) in LanguageWords.All) words.TryAdd(word, mark);
        return words.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void AddSources(Dictionary<string, QualityMark> words)
    {
        Add(words, QualityMark.Of(SourceKind.Disc),
            "bluray blurayrip bdrip brrip bdmux bdlight bdmv dvd dvdrip dvdr dvd5 dvd9 dvdmux hddvd"
            + " hddvdrip ldrip laserdisc bd25 bd50 bd66 bd100 dbox vhsrip jpbd usbd xvidvd");
        Add(words, QualityMark.Of(SourceKind.Disc, false), "bd br uhdbdrip ld vhs");
        Add(words, QualityMark.Of(SourceKind.Web),
            "webdl webdlmux webhd amazonhd amazonsd amazonuhd netflixhd netflixuhd netflixsd maxdomehd disneyhd"
            + " disneyuhd hbomaxhd itunesuhd ituneshd itunessd webdlhd");
        Add(words, QualityMark.Of(SourceKind.Web, false), "web");
        Add(words, QualityMark.Of(SourceKind.WebRip),
            "webrip webmux webcap webdlrip vodrip hdrip ppvrip webripmux");
        Add(words, QualityMark.Of(SourceKind.Tv),
            "hdtv hdtvrip sdtv pdtv dsr dsrip tvrip dvbrip dvbs dvbt satrip dtvrip dthrip ahdtv uhdtv uhdtvrip rawhd"
            + " iptvrip htdv");
        Add(words, QualityMark.Of(SourceKind.Tv, false), "tv dvb dtv iptv");
        Add(words, QualityMark.Of(SourceKind.Cam), "camrip hdcam telesync hdts tsrip telecine hdtc");
        Add(words, QualityMark.Of(SourceKind.Cam, false), "cam ts tc");
    }

    private static void AddCodecs(Dictionary<string, QualityMark> words)
    {
        Add(words, QualityMark.Of(VideoCodec.H264), "x264 h264 avc");
        Add(words, QualityMark.Of(VideoCodec.Hevc), "x265 h265 hevc");
        Add(words, QualityMark.Of(VideoCodec.Av1), "av1 svtav1");
        Add(words, QualityMark.Of(VideoCodec.Vp9), "vp9");
        Add(words, QualityMark.Of(VideoCodec.Mpeg2), "mpeg2 h262");
        Add(words, QualityMark.Of(VideoCodec.Mpeg4), "xvid divx mpeg4 divx5 divx6");
        Add(words, QualityMark.Of(VideoCodec.Other), "x266 h266 vvc vc1 wmv h263");
        Add(words, QualityMark.Of(AudioCodec.Aac), "aac heaac qaac aaclc");
        Add(words, QualityMark.Of(AudioCodec.Ac3), "ac3 dolbydigital");
        Add(words, QualityMark.Of(AudioCodec.Ac3, false), "dd");
        Add(words, QualityMark.Of(AudioCodec.Eac3), "eac3 ddp ddpa ddplus dolbydigitalplus ddpatmos eac3atmos");
        Add(words, QualityMark.Of(AudioCodec.Dts), "dts dtshd dtsma dtshdma dtshdhra dtsx dtsxma dtses");
        Add(words, QualityMark.Of(AudioCodec.TrueHd), "truehd dolbytruehd truehdatmos");
        Add(words, QualityMark.Of(AudioCodec.Flac), "flac 2xflac");
        Add(words, QualityMark.Of(AudioCodec.Opus, false), "opus");
        Add(words, QualityMark.Of(AudioCodec.Mp3), "mp3");
        Add(words, QualityMark.Of(AudioCodec.Vorbis), "vorbis");
        Add(words, QualityMark.Of(AudioCodec.Pcm), "pcm lpcm");
        Add(words, QualityMark.Of(AudioCodec.Other), "mp2 wma alac mpa");
    }

    private static void AddPicture(Dictionary<string, QualityMark> words)
    {
        Add(words, QualityMark.Of(DynamicRange.Hdr10), "hdr hdr10");
        Add(words, QualityMark.Of(DynamicRange.Hdr10Plus), "hdr10plus hdr10p");
        Add(words, QualityMark.Of(DynamicRange.DolbyVision), "dolbyvision dovi dvhdr dvhdr10");
        Add(words, QualityMark.Of(DynamicRange.DolbyVision, false), "dv");
        Add(words, QualityMark.Of(DynamicRange.Hlg), "hlg");
        Add(words, QualityMark.Of(DynamicRange.None), "sdr");
        Add(words, new QualityMark(QualityField.Noise, 0, true), "10bit 8bit 10bits 8bits 12bit hi10p hi10 10b 8b");
        Add(words, new QualityMark(QualityField.NamedLines, 2160, true), "4k uhd 4kuhd uhd4k");
        Add(words, new QualityMark(QualityField.NamedLines, 4320, true), "8k");
        Add(words, new QualityMark(QualityField.NamedLines, 1080, false), "fhd fullhd");
        // What was shrunk is as large as it became.
        Add(words, new QualityMark(QualityField.Lines, 1080, true), "4kto1080p");
    }

    private static void Containers(Dictionary<string, QualityMark> words)
    {
        Add(words, QualityMark.Of(Container.Mkv), "mkv");
        Add(words, QualityMark.Of(Container.Mp4), "mp4 m4v");
        Add(words, QualityMark.Of(Container.Avi), "avi");
        Add(words, QualityMark.Of(Container.Ts), "m2ts");
        Add(words, QualityMark.Of(Container.Webm), "webm");
    }

    private static void Add(Dictionary<string, QualityMark> words, QualityMark mark, string spellings)
    {
        foreach (var word in spellings.Split(' ', StringSplitOptions.RemoveEmptyEntries)) words.TryAdd(word, mark);
    }

    // 720p, 1080i, 1080p60, 1920x1080.
    private static bool TryPictureSize(ReadOnlySpan<char> word, out QualityMark mark)
    {
        mark = default;
        var digits = word.IndexOfAnyExceptInRange('0', '9');
        if (digits is not (3 or 4)) return false;
        var first = Number(word[..digits]);
        var rest = word[(digits + 1)..];
        switch (word[digits])
        {
            case 'p' or 'i' when first is >= 144 and <= 4320 && rest.Length <= 3 && IsDigits(rest):
                var field = word[digits] == 'i' ? QualityField.InterlacedLines : QualityField.Lines;
                mark = new QualityMark(field, first, true);
                return true;
            case 'x' when rest.Length is 3 or 4 && IsDigits(rest) && first >= 320 && Number(rest) is >= 240 and <= 4320:
                mark = new QualityMark(QualityField.Lines, Class(first, Number(rest)), true);
                return true;
            default:
                return false;
        }
    }

    // Letterboxed pictures are lower than their class.
    private static int Class(int width, int height) => width switch
    {
        >= 7000 => 4320,
        >= 3400 => 2160,
        >= 2400 => 1440,
        >= 1800 => 1080,
        >= 1200 => 720,
        _ => height,
    };

    // "dd51", "aac20", "truehd71": an audio codec and its channels.
    private static bool TryChannels(ReadOnlySpan<char> joined, out QualityMark mark)
    {
        mark = default;
        return joined.Length > 3 && joined[^2] is >= '1' and <= '9' && joined[^1] is '0' or '1'
            && Lookup.TryGetValue(joined[..^2], out mark)
            && (mark.Field == QualityField.Audio || joined[..^2] is "atmos" or "ch") && Strengthen(ref mark);
    }

    // With channels or lines glued to them "dd" and "bd" are no title.
    private static bool Strengthen(ref QualityMark mark)
    {
        mark = mark with { IsStrong = true };
        return true;
    }

    private static bool TryRepack(ReadOnlySpan<char> word, out QualityMark mark)
    {
        mark = default;
        var stem = word.TrimEnd("0123456789");
        if (stem is not ("repack" or "rerip") || word.Length - stem.Length > 1) return false;
        var again = word.Length > stem.Length ? word[^1] - '0' : 1;
        mark = new QualityMark(QualityField.Repack, again, true);
        return true;
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('0', '9') < 0;

    private static int Number(ReadOnlySpan<char> digits)
    {
        var value = 0;
        foreach (var digit in digits) value = value * 10 + (digit - '0');
        return value;
    }
}
