using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>A season's episodes on this device, and what is known of their intros.</summary>
/// <param name="Here">Whole paths of episodes on volumes that are there.</param>
/// <param name="Away">Episodes of which this device has no file now.</param>
/// <param name="Known">Of those that are here, how many have an intro that players are told of.</param>
/// <param name="Closed">Of those that are here, how many others may not hear of: nothing is recorded of them.</param>
/// <param name="About">How long listening to them takes, roughly.</param>
/// <param name="Shared">Parts that friends read in which something is recorded.</param>
/// <param name="Found">Observations of detections, which can be taken back; none while one runs.</param>
/// <param name="Last">The detection that runs, or ran last; null where none did since the start.</param>
public sealed record SeasonIntros(
    LibraryWork Work, int Season, IReadOnlyList<string> Here, int Away, int Known, int Closed, TimeSpan About,
    IReadOnlyList<string> Shared, int Found, DetectionView? Last)
{
    /// <summary>Parts that a detection records something in.</summary>
    public static IReadOnlyList<string> Parts { get; } = [MarkerObserved.PartName, QualityObserved.PartName];

    public bool IsRunning => Last?.State == DetectionState.Running;

    public int Lacking => Here.Count - Known;

    /// <summary>Of those that are here, how many the last detection listened to, and found an intro in.</summary>
    public (int Heard, int Found) LastFound { get; init; }

    public bool HasFoundAll => LastFound.Heard > 0 && LastFound.Found == LastFound.Heard;

    /// <summary>Those that are here without an intro though the last detection listened to them, and why.</summary>
    public IReadOnlyList<SeasonMiss> Missed { get; init; } = [];
}

/// <summary>An episode in which no intro was found.</summary>
/// <param name="Why">What the detection says of it.</param>
/// <param name="Failure">Why the file could not be read.</param>
public sealed record SeasonMiss(Shelved<LibraryFile> File, NoMarker Why, MediaException? Failure);
