namespace Anarchive.Net;

/// <summary>What a player does where a show has something to skip.</summary>
public enum SkipChoice
{
    /// <summary>Offers it.</summary>
    Ask,

    /// <summary>Skips what is certain, and offers the rest.</summary>
    Skip,

    /// <summary>Does nothing.</summary>
    Off,
}

/// <summary>Whose word a marker is: counted, and never named.</summary>
/// <param name="IsOwn">This fleet's, too.</param>
/// <param name="Friends">Friends' fleets.</param>
/// <param name="IsHeard">The file's own sound bears it out.</param>
public readonly record struct MarkerSources(bool IsOwn, int Friends, bool IsHeard);

/// <summary>Something in a film that its viewer may skip.</summary>
/// <param name="EndMs">Where a skip goes to.</param>
/// <param name="IsCertain">It may be skipped without a question, where that was chosen.</param>
public sealed record SkipOffer(
    MarkerType Type, int N, long StartMs, long EndMs, bool IsCertain, MarkerSources Sources)
{
    /// <summary>So long the button stands over the picture; then it stays in the controls alone.</summary>
    public const long ShownMs = 8_000;

    /// <summary>What is over sooner is not worth a skip.</summary>
    public const long LeftMinMs = 3_000;

    /// <summary>From here on there is no button.</summary>
    public long LastMs => EndMs - LeftMinMs;

    /// <summary>From here on it stands in the controls alone.</summary>
    public long HideAtMs => Math.Min(StartMs + ShownMs, LastMs);

    /// <summary>Null where it is hidden, where there is none, and where too little would be skipped.</summary>
    /// <param name="durationMs">Of the file that is played.</param>
    public static SkipOffer? Of(MarkerType type, int n, MergedMarker merged, long durationMs)
    {
        if (merged is not { StartMs: { } start, EndMs: { } end, Clusters: [var best, ..] }) return null;
        if (merged.Level == MergeLevel.Hidden || best.Absent) return null;
        var offer = new SkipOffer(
            type, n, start, Math.Min(end, durationMs), merged.Level == MergeLevel.AutoSkip,
            new MarkerSources(
                best.Votes.Any(v => v.Ring == VoterRing.Own), best.Votes.Count(v => v.Ring == VoterRing.Friend),
                best.IsVerified));
        return offer.StartMs >= 0 && offer.StartMs < offer.LastMs ? offer : null;
    }

    /// <summary>The offer that holds at a place; of several the one that began last. Null for none.</summary>
    public static SkipOffer? At(IEnumerable<SkipOffer> offers, long positionMs) => offers
        .Where(o => positionMs >= o.StartMs && positionMs < o.LastMs).MaxBy(o => o.StartMs);

    /// <summary>What becomes of it by what was chosen for the show: skipped by itself, offered, or null.</summary>
    public bool? IsSkipped(SkipChoice choice) => choice switch
    {
        SkipChoice.Off => null,
        SkipChoice.Skip => IsCertain,
        _ => false,
    };
}
