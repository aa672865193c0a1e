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

    /// <summary>A film has nothing in common with another: only chapters and known themes tell.</summary>
    Film,

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
/// <param name="Keys">Content keys that mean it; none for a short one, and for one that could not be read.</param>
/// <param name="Others">Recaps, previews and commercials, by their chapters' names.</param>
/// <param name="Failure">Null, or why the file could not be read.</param>
public sealed record EpisodeReport(
    string File, IReadOnlyList<string> Keys, long DurationMs, MarkerReport Intro, MarkerReport Outro,
    IReadOnlyList<FoundMarker> Others, MediaException? Failure)
{
    /// <summary>All that was found, whatever its kind.</summary>
    public IReadOnlyList<FoundMarker> Markers =>
    [
        .. new[] { (Type: MarkerType.Intro, Report: Intro), (Type: MarkerType.Outro, Report: Outro) }
            .Where(m => m.Report.Bounds is not null)
            .Select(m => new FoundMarker(m.Type, 0, m.Report.Bounds!.Value, m.Report.Method, m.Report.Conf)),
        .. Others,
    ];
}

/// <summary>What was found in a season, and what that took.</summary>
/// <param name="Themes">What the season's intros and outros sound like.</param>
/// <param name="SoundMs">Listened to; what the cache had is not in it.</param>
/// <param name="Cached">Stretches that the cache had.</param>
/// <param name="Listening">By the clock on the wall.</param>
/// <param name="Comparing">Everything after the fingerprints.</param>
public sealed record SeasonReport(
    IReadOnlyList<EpisodeReport> Episodes, IReadOnlyList<FoundTheme> Themes, long SoundMs, int Cached,
    TimeSpan Listening, TimeSpan Comparing)
{
    /// <summary>Drafts all of it as observations.</summary>
    /// <param name="files">One for each episode, in their order, with the scope of where it lies.</param>
    /// <param name="at">Unix hours.</param>
    /// <exception cref="ArgumentException">Not one file for each episode.</exception>
    public ObservationDrafts Draft(IReadOnlyList<DraftFile> files, long at)
    {
        if (files.Count != Episodes.Count) throw new ArgumentException("One file for each episode.", nameof(files));
        var drafts = new ObservationDrafts(at);
        for (var place = 0; place < files.Count; place++)
            foreach (var marker in Episodes[place].Markers)
                drafts.AddMarker(place, files[place], Episodes[place].DurationMs, marker);
        drafts.AddThemes([.. files.Where((_, place) => Episodes[place].Failure is null)], Themes);
        return drafts;
    }
}
