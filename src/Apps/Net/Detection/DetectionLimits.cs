namespace Anarchive.Net;

/// <summary>The thresholds of detection. Lengths are points of a fingerprint, shares per mille.</summary>
/// <remarks>
/// Measured on generated seasons, not on broadcast ones. All are counted in whole points, so that every machine decides
/// alike.
/// </remarks>
public static class DetectionLimits
{
    /// <summary>Bits of 32 in which two points may differ and still mean the same sound.</summary>
    public const int BitsApartMax = 6;

    /// <summary>More positions of one value say nothing: silence and held tones repeat theirs.</summary>
    public const int PositionsPerValueMax = 16;

    /// <summary>How many shifts of one episode against another are looked at closely.</summary>
    public const int ShiftsMax = 24;

    /// <summary>3 s: a longer hole ends a run.</summary>
    public const int GapMax = 24;

    /// <summary>Fewer hits are chance.</summary>
    public const int RunHitsMin = 8;

    /// <summary>12 s: a voice or a jingle over the theme may cover that much.</summary>
    public const int HoleMax = 96;

    /// <summary>What two runs joined over a hole must still be alike.</summary>
    public const int BridgedDensityMin = 600;

    /// <summary>What a common range must be alike.</summary>
    public const int RangeDensityMin = 500;

    /// <summary>What a known theme must be alike where it is located.</summary>
    public const int ThemeDensityMin = 450;

    /// <summary>15 s: shorter ones are jingles.</summary>
    public const int RangeMin = 121;

    /// <summary>120 s.</summary>
    public const int IntroMax = 970;

    /// <summary>450 s.</summary>
    public const int OutroMax = 3_635;

    /// <summary>Of two ranges, what both cover as a share of what either does, for them to mean the same.</summary>
    public const int OverlapMin = 700;

    /// <summary>2 s: ranges of that difference are equally long.</summary>
    public const int SameLength = 16;

    /// <summary>How far a range's length must differ from the theme's to be another version of it.</summary>
    public const int OtherLengthMin = 200;

    /// <summary>A season changes its theme now and then; more are not sought.</summary>
    public const int ThemesMax = 4;

    /// <summary>5 min, over which two files are compared to see whether they are one episode.</summary>
    public const int VersionPoints = 2_423;

    /// <summary>5 s, by which one version may begin later than the other.</summary>
    public const int VersionShiftMax = 40;

    /// <summary>Bits of a thousand that differ between two versions of one episode: fewer than this.</summary>
    public const int VersionBitsApart = 250;

    /// <summary>The longest range of a kind, in points.</summary>
    public static int LongestOf(MarkerType type) => type == MarkerType.Outro ? OutroMax : IntroMax;
}
