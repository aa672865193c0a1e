using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Why an episode has no intro or outro, as far as detection can tell.</summary>
public enum NoMarker
{
    /// <summary>Nothing but its chapters could tell, and it has no sound track.</summary>
    NoSound,

    /// <summary>It is too short for one, or for this place in it.</summary>
    TooShort,

    /// <summary>There is no other episode to compare it with.</summary>
    OnlyEpisode,

    /// <summary>Too few other episodes have anything long enough in common with it.</summary>
    NothingInCommon,

    /// <summary>The file could not be read.</summary>
    Failed,
}

/// <summary>One marker of one episode, or why there is none.</summary>
/// <param name="Bounds">Null where there is none.</param>
/// <param name="Conf">Percent, as observations say it.</param>
/// <param name="Support">Other episodes that have the same.</param>
public sealed record MarkerReport(MarkerBounds? Bounds, Method Method, int Conf, int Support, NoMarker? Why)
{
    public static MarkerReport None(NoMarker why) => new(null, Method.Chromaprint, 0, 0, why);
}

/// <summary>What was found in one file.</summary>
/// <param name="File">Its name without its folder.</param>
/// <param name="Failure">Null, or why the file could not be read.</param>
public sealed record EpisodeReport(
    string File, long DurationMs, MarkerReport Intro, MarkerReport Outro, MediaException? Failure);

/// <summary>What was found in a season, and what that took.</summary>
/// <param name="Themes">What the season's intros and outros sound like.</param>
/// <param name="SoundMs">Listened to; what the cache had is not in it.</param>
/// <param name="Cached">Stretches that the cache had.</param>
/// <param name="Listening">By the clock on the wall.</param>
/// <param name="Comparing">Everything after the fingerprints.</param>
public sealed record SeasonReport(
    IReadOnlyList<EpisodeReport> Episodes, IReadOnlyList<Theme> Themes, long SoundMs, int Cached, TimeSpan Listening,
    TimeSpan Comparing);
