namespace Anarchive.Net;

/// <summary>When a place in a film is worth a word in the fleet's log, which grows with every one.</summary>
public static class ViewingNews
{
    /// <summary>A player notes its place every ten seconds: whoever notes none has stopped.</summary>
    public const long QuietMs = 15_000;

    /// <summary>While somebody watches.</summary>
    public const long BetweenMs = 5 * 60_000;

    /// <summary>Between two stops.</summary>
    public const long ApartMs = 60_000;

    /// <summary>What waited longer, as while this device was in no fleet, is nobody's evening any more.</summary>
    public const long AgeMaxMs = 24 * 3600_000;

    /// <summary>True where the fleet is to hear of it now.</summary>
    /// <param name="here">How far somebody came on this device, noted at <paramref name="atMs"/>.</param>
    /// <param name="told">What the fleet was told last; null where nothing, or that it was forgotten.</param>
    public static bool IsDue(ViewingPlace here, long atMs, (ViewingPlace Place, long AtMs)? told, long nowMs)
    {
        if (nowMs - atMs >= AgeMaxMs) return false;
        // What was opened by mistake is nobody's news.
        if (told is not var (place, toldMs)) return here.IsUnderWay || here.IsWatched;
        if (atMs <= toldMs || here == place) return false;
        var since = nowMs - toldMs;
        if (since >= BetweenMs) return true;
        var hasStopped = nowMs - atMs >= QuietMs || (here.IsWatched && !place.IsWatched);
        return hasStopped && since >= ApartMs;
    }
}
