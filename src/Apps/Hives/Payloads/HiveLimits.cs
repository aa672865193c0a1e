namespace Anarchive.Hives;

/// <summary>Bounds of Hives payloads. Characters are Unicode scalar values.</summary>
public static class HiveLimits
{
    /// <summary>80 bits in base32: an agent id is random, and need only be unique within its node.</summary>
    public const int AgentIdLength = 16;

    /// <summary>A hash in base32.</summary>
    public const int PseudonymLength = 52;

    /// <summary>Fits a byline.</summary>
    public const int NameCharsMax = 64;

    /// <summary>Fits a line or three of a feed.</summary>
    public const int TitleCharsMax = 300;

    /// <summary>What browsers and servers commonly take; magnet links with many trackers included.</summary>
    public const int UrlCharsMax = 2_000;

    /// <summary>A sentence or two under a placeholder.</summary>
    public const int ReasonCharsMax = 500;

    /// <summary>A page of rules.</summary>
    public const int SettingCharsMax = 4_000;

    /// <summary>As long as a kind.</summary>
    public const int SettingKeyLengthMax = 48;

    /// <summary>A thousand times the people alive per origin would still sum without overflow.</summary>
    public const long TallyMax = 1_000_000_000;
}
