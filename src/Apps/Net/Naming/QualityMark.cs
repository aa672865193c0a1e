namespace Anarchive.Net;

internal enum QualityField : byte
{
    /// <summary>Says nothing that is kept, but stands among those that do.</summary>
    Noise,
    Source,
    Video,
    Audio,
    Hdr,
    Container,
    Lines,
    InterlacedLines,

    /// <summary>Lines by a name of the class, "4K": where none are counted.</summary>
    NamedLines,
    Remux,
    Proper,
    Repack,
    Fansub,
    Language,
}

/// <summary>The meaning of a quality word.</summary>
/// <param name="Value">Of the field's enumeration, or a number of lines, or of the repack.</param>
/// <param name="IsStrong">Means this wherever it stands; a weak word only among others, for it may be title.</param>
internal readonly record struct QualityMark(QualityField Field, int Value, bool IsStrong, string Language = "")
{
    public static QualityMark Of(SourceKind source, bool strong = true) =>
        new(QualityField.Source, (int)source, strong);

    public static QualityMark Of(VideoCodec codec, bool strong = true) => new(QualityField.Video, (int)codec, strong);

    public static QualityMark Of(AudioCodec codec, bool strong = true) => new(QualityField.Audio, (int)codec, strong);

    public static QualityMark Of(DynamicRange hdr, bool strong = true) => new(QualityField.Hdr, (int)hdr, strong);

    public static QualityMark Of(Container container) => new(QualityField.Container, (int)container, false);

    public static QualityMark Of(string language, bool strong = false) =>
        new(QualityField.Language, 0, strong, language);

    public void AddTo(QualityFindings findings)
    {
        switch (Field)
        {
            case QualityField.Source:
                // "BluRay ... WEB": the first that was said; remux alone only hints at a disc.
                if (findings.Source == SourceKind.Unknown) findings.Source = (SourceKind)Value;
                break;
            case QualityField.Video:
                findings.Video ??= (VideoCodec)Value;
                break;
            case QualityField.Audio:
                if (!findings.Audio.Contains((AudioCodec)Value)) findings.Audio.Add((AudioCodec)Value);
                break;
            case QualityField.Hdr:
                if (Value > (int)findings.Hdr) findings.Hdr = (DynamicRange)Value;
                break;
            case QualityField.Container:
                findings.Container ??= (Container)Value;
                break;
            case QualityField.Lines or QualityField.InterlacedLines:
                if (findings.Lines is not null) break;
                findings.Lines = Value;
                findings.IsInterlaced = Field == QualityField.InterlacedLines;
                break;
            case QualityField.NamedLines:
                findings.NamedLines ??= Value;
                break;
            case QualityField.Remux:
                findings.IsRemux = true;
                break;
            case QualityField.Proper:
                findings.IsProper = true;
                break;
            case QualityField.Repack:
                findings.IsRepack = true;
                break;
            case QualityField.Fansub:
                findings.IsFansub = true;
                AddLanguage(findings);
                break;
            case QualityField.Language:
                AddLanguage(findings);
                break;
        }
    }

    private void AddLanguage(QualityFindings findings)
    {
        if (Language.Length > 0 && !findings.Languages.Contains(Language)) findings.Languages.Add(Language);
    }
}
