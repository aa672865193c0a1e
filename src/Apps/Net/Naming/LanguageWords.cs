namespace Anarchive.Net;

/// <summary>How release names spell languages, to codes of ISO 639-1 where there is one, else of ISO 639-3.</summary>
internal static class LanguageWords
{
    // Only what no title is likely to hold beside a quality word; "it" and "no" are left out.
    private static readonly (string Code, string Words)[] Table =
    [
        ("en", "english eng en ingles engsub engsubs engdub vo"),
        ("fr", "french fra fre fr truefrench subfrench vf vff vfq vfi vf2 francais"),
        ("de", "german ger deu de deutsch gerdub swissgerman"),
        ("es", "spanish spa esp espanol español castellano latino"),
        ("it", "italian ita subita"),
        ("ja", "japanese jpn jap ja jp"),
        ("ko", "korean kor"),
        ("zh", "chinese chi zho chs cht mandarin cantonese big5 gb gbbig5 chscht 简体 繁体 繁體 繁中 简中 简繁 簡繁 国语 國語"
            + " 简日双语 简日内嵌 简繁外挂 简繁内封字幕 简繁日内封字幕 简繁日外挂 简繁日语字幕 简日双语字幕 中日双语字幕 国语音轨 繁日 繁体外挂"),
        ("ru", "russian rus ru"),
        ("uk", "ukrainian ukr"),
        ("pl", "polish pol pl pldub plsub lektor pllek lekpl dubpl"),
        ("pt", "portuguese por pt dublado brazilian ptbr"),
        ("nl", "dutch dut nld nl flemish nlsub nlsubs"),
        ("sv", "swedish swe sv"),
        ("nb", "norwegian nor nb"),
        ("da", "danish dan"),
        ("fi", "finnish fin"),
        ("is", "icelandic isl"),
        ("cs", "czech cze ces cz"),
        ("sk", "slovak slk slo sk"),
        ("hu", "hungarian hun hundub"),
        ("ro", "romanian ron rum rodubbed"),
        ("bg", "bulgarian bul bgaudio"),
        ("el", "greek gre ell"),
        ("tr", "turkish tur"),
        ("he", "hebrew heb hebdub"),
        ("ar", "arabic ara"),
        ("hi", "hindi hin"),
        ("ml", "malayalam"),
        ("ta", "tamil"),
        ("te", "telugu"),
        ("ur", "urdu"),
        ("th", "thai tha"),
        ("vi", "vietnamese vie"),
        ("id", "indonesian"),
        ("lt", "lithuanian lit lt"),
        ("lv", "latvian lav lv"),
        ("et", "estonian est"),
        ("ca", "catalan cat català catalán"),
        ("ka", "georgian geo kat"),
        ("az", "azerbaijan azerbaijani"),
        ("uz", "uzbek uzbekistan"),
        ("rm", "romansh romansch rumantsch"),
        ("mul", "multi multiaudio multilang"),
    ];

    public static IEnumerable<KeyValuePair<string, QualityMark>> All =>
        from entry in Table
        from word in entry.Words.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        select KeyValuePair.Create(word, QualityMark.Of(entry.Code));

    /// <summary>The code for a spelling that stands alone; null for none.</summary>
    public static string? CodeOf(string lower) =>
        Table.FirstOrDefault(entry => entry.Words.Split(' ').Contains(lower)).Code;
}
