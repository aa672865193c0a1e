using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>How far a detection has come.</summary>
public enum DetectionState
{
    Running,
    Done,
    Failed,
    Cancelled,
}

/// <summary>What a detection does now, or did last.</summary>
public enum DetectionStep
{
    /// <summary>Another one is at work: one season after the other is listened to.</summary>
    Waiting,
    Listening,

    /// <summary>All was heard; what the files have in common is sought, and written down.</summary>
    Comparing,
}

/// <summary>What files are.</summary>
public enum FilesAre
{
    /// <summary>A name with a year and no number is a film's, any other an episode's.</summary>
    AsNamed,
    Films,
    Episodes,
}

/// <summary>How far it is.</summary>
/// <param name="Line">The same in one line.</param>
/// <param name="Listened">Files that were read.</param>
public readonly record struct DetectionProgress(DetectionStep Step, string Line, int Listened);

/// <summary>What the owner asks to be looked at.</summary>
/// <param name="Path">A folder of one season or of films, or one file.</param>
/// <param name="AreFilms">None is an episode, whatever its name says.</param>
/// <param name="Works">What the files belong to; none where nobody said.</param>
public sealed record DetectionRequest(string Path, bool AreFilms, IReadOnlyList<WorkId> Works);

/// <summary>A season as its page named it when its detection began.</summary>
public sealed record DetectedSeason(string Work, int Season);

/// <summary>A detection as its owner sees it.</summary>
/// <param name="Progress">One line.</param>
/// <param name="Problem">Why it failed.</param>
/// <param name="Report">What was found; null until it is done.</param>
/// <param name="Recorded">Observations that are new, and wait to be written.</param>
/// <param name="Refused">What could not be said, and why.</param>
public sealed record DetectionView(
    string Id, DetectionState State, string Progress, Problem? Problem, SeasonReport? Report, int Recorded,
    IReadOnlyList<RefusedDraft> Refused)
{
    /// <summary>Whole paths, in the order of the report; for this node's owner alone.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Null where a folder was named, and no season.</summary>
    public DetectedSeason? Season { get; init; }

    public DetectionStep Step { get; init; }

    /// <summary>Files that were read so far.</summary>
    public int Listened { get; init; }
}
