using Anarchive.Net;

namespace Anarchive.Tests.Unit;

/// <summary>Markers of one film, as a merge would say them.</summary>
internal static class Exported
{
    public const string Key = "osh:8e245d9679d31e12:734003200";
    public const long Duration = 1_420_100;

    public static ExportMarker Intro { get; } =
        new(MarkerType.Intro, 0, 68_300, 157_900, Duration, MergeLevel.AutoSkip, Key);

    public static ExportMarker Recap { get; } = Intro with { Type = MarkerType.Recap, StartMs = 0, EndMs = 42_000 };

    public static ExportMarker Outro { get; } =
        Intro with { Type = MarkerType.Outro, StartMs = 1_330_000, EndMs = null };

    public static ExportMarker Offered { get; } = Intro with
    {
        Type = MarkerType.Commercial,
        N = 2,
        StartMs = 600_000,
        EndMs = 660_500,
        Level = MergeLevel.Button,
    };

    public static ExportMarker Hidden { get; } =
        Intro with { Type = MarkerType.Preview, StartMs = 1_200_000, EndMs = 1_230_000, Level = MergeLevel.Hidden };

    /// <summary>One of each level and kind, in no order.</summary>
    public static ExportMarker[] All { get; } = [Hidden, Outro, Offered, Intro, Recap];
}
