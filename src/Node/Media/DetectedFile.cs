using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>One file on its way through detection.</summary>
internal sealed class DetectedFile(string path, bool isFilm)
{
    public string Path => path;

    public bool IsFilm => isFilm;

    public MediaFacts? Facts { get; set; }

    public string? Key { get; set; }

    public SoundWindow Head { get; set; } = SoundWindow.Empty;

    public SoundWindow Tail { get; set; } = SoundWindow.Empty;

    public Dictionary<MarkerType, FoundRange?> Found { get; } = [];

    public Dictionary<MarkerType, MarkerReport> Markers { get; } = [];

    public List<FoundMarker> Others { get; } = [];

    public MediaException? Failure { get; set; }

    public bool IsToldByChapters =>
        ChapterNames.Find(Facts!.Chapters, MarkerType.Intro) is not null
        && ChapterNames.Find(Facts.Chapters, MarkerType.Outro) is not null;

    /// <param name="groups">Different episodes among the files.</param>
    public NoMarker WhyNone(MarkerType type, int groups)
    {
        if (!Facts!.HasSound) return NoMarker.NoSound;
        if (isFilm) return NoMarker.Film;
        var window = type == MarkerType.Intro ? Head : Tail;
        if (window.Points.Length < DetectionLimits.RangeMin) return NoMarker.TooShort;
        return groups < 2 ? NoMarker.OnlyEpisode : NoMarker.NothingInCommon;
    }

    public EpisodeReport Report() => Failure is null
        ? new EpisodeReport(
            Name, Key is null ? [] : [Key], Facts!.DurationMs, Markers[MarkerType.Intro], Markers[MarkerType.Outro],
            Others, null)
        : new EpisodeReport(
            Name, [], Facts?.DurationMs ?? 0, MarkerReport.None(NoMarker.Failed), MarkerReport.None(NoMarker.Failed),
            [], Failure);

    private string Name => System.IO.Path.GetFileName(path);
}
