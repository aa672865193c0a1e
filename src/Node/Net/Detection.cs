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

/// <summary>What the owner asks to be looked at.</summary>
/// <param name="Path">A folder of one season or of films, or one file.</param>
/// <param name="AreFilms">None is an episode, whatever its name says.</param>
/// <param name="Works">What the files belong to; none where nobody said.</param>
public sealed record DetectionRequest(string Path, bool AreFilms, IReadOnlyList<WorkId> Works);

/// <summary>A detection as its owner sees it.</summary>
/// <param name="Progress">One line.</param>
/// <param name="Problem">Why it failed.</param>
/// <param name="Report">What was found; null until it is done.</param>
/// <param name="Recorded">Observations that are new, and wait to be written.</param>
/// <param name="Refused">What could not be said, and why.</param>
public sealed record DetectionView(
    string Id, DetectionState State, string Progress, Problem? Problem, SeasonReport? Report, int Recorded,
    IReadOnlyList<RefusedDraft> Refused);
