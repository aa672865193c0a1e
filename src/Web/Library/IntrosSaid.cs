using System.Globalization;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Sentences about the intros of a season, and about looking for them.</summary>
internal static class IntrosSaid
{
    /// <summary>A season's page.</summary>
    public static string Link(string work, int season) =>
        $"/library/{work}?season={season.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Where a season's page sends what is pressed on it.</summary>
    public static string Act(SeasonIntros intros) =>
        $"/library/{intros.Work.Id}/intros?season={intros.Season.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Whether it is all right, in one sentence.</summary>
    public static string Verdict(SeasonIntros intros) => intros switch
    {
        { Here.Count: 0 } => T("None of its episodes is on this device now."),
        { IsRunning: true } => N(
            intros.Last!.Files.Count, "1 episode is being listened to.",
            $"{Text.Number(intros.Last!.Files.Count)} episodes are being listened to."),
        // Whatever became of the last detection, nothing is left to do.
        { Lacking: 0, HasFoundAll: false } => Known(intros),
        { Last.State: DetectionState.Done } => Found(intros),
        { Last: { State: DetectionState.Failed, Problem: { } why } } => T($"Listening to it failed: {T(why.Says)}"),
        { Last.State: DetectionState.Cancelled } => T("Listening to it was stopped: nothing was recorded."),
        _ => Known(intros),
    };

    /// <summary>How many of its episodes players are told an intro of.</summary>
    public static string Known(SeasonIntros intros) => Known(intros, Text.Number(intros.Here.Count));

    /// <summary>What one does now.</summary>
    public static string Step(DetectionView job) => job.Step switch
    {
        DetectionStep.Waiting => T("waits for its turn"),
        DetectionStep.Listening => T($"{Text.Number(job.Listened)} of {Text.Number(job.Files.Count)} listened to"),
        _ => T("all listened to; what they have in common is sought"),
    };

    /// <summary>What was recorded.</summary>
    public static string Recorded(DetectionView job) => job.Recorded == 0
        ? T("Nothing new was recorded.")
        : N(
            job.Recorded, "1 observation was recorded; it counts here at once.",
            $"{Text.Number(job.Recorded)} observations were recorded; they count here at once.");

    /// <summary>Why an episode has none.</summary>
    public static string Why(SeasonMiss miss) => miss switch
    {
        { Failure: { } failure } => T(failure.Says),
        { Why: NoMarker.NoSound } => T("it has no sound"),
        { Why: NoMarker.TooShort } => T("it is too short"),
        { Why: NoMarker.OnlyEpisode } => T("all the files sound like one episode"),
        { Why: NoMarker.NothingInCommon } => T("too few other episodes begin with the same sound"),
        _ => T("it could not be read"),
    };

    private static string Known(SeasonIntros intros, string all) => intros switch
    {
        { Lacking: 0 } => N(
            intros.Here.Count, "An intro is known of the 1 episode that is here.",
            $"An intro is known of all {all} episodes that are here."),
        { Known: 0 } => N(
            intros.Here.Count, "No intro is known of the 1 episode that is here.",
            $"No intro is known of the {all} episodes that are here."),
        _ => N(
            intros.Known, $"An intro is known of 1 of the {all} episodes that are here.",
            $"An intro is known of {Text.Number(intros.Known)} of the {all} episodes that are here."),
    };

    /// <summary>Somebody may have had a part of the season listened to: that is not all of it.</summary>
    private static string Found(SeasonIntros intros) => intros.LastFound switch
    {
        (1, 1) => T("An intro was found in the one episode that was listened to."),
        (1, _) => T("No intro was found in the one episode that was listened to."),
        var (heard, found) when heard < intros.Here.Count => T(
            $"An intro was found in {Text.Number(found)} of the {Text.Number(heard)} episodes that were listened to."),
        var (heard, found) when found == heard => T($"An intro was found in all {LibrarySaid.Episodes(heard)}."),
        var (heard, found) => T($"An intro was found in {Text.Number(found)} of {LibrarySaid.Episodes(heard)}."),
    };
}
