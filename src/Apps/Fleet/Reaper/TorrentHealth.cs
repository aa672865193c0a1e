namespace Anarchive.Fleet;

public enum HealthState
{
    Healthy,
    Stalled,
    Dead,
}

/// <summary>What holds for all torrents of a client in one tick.</summary>
/// <param name="AtMs">Unix milliseconds.</param>
/// <param name="IsLinkUp">This machine's own connection works; where it does not, nobody is judged.</param>
/// <param name="ClientSinceMs">Since when the client answers without a break.</param>
public sealed record ReaperTick(long AtMs, bool IsLinkUp, long ClientSinceMs)
{
    /// <summary>A client that has just started knows few peers and checks its files.</summary>
    public const long WarmUpMs = 30 * 60 * 1000;

    public bool IsWarm => AtMs - ClientSinceMs >= WarmUpMs;
}

/// <summary>How a torrent fares, by what was seen of it. Kept durably between ticks.</summary>
/// <param name="SinceMs">When it came into this state.</param>
/// <param name="DoneBytes">At the last look.</param>
/// <param name="DownloadedBytes">At the last look.</param>
/// <param name="WasChecking">At the last look: bytes that a check found were not received.</param>
/// <param name="Samples">In a row without a byte, each of them judged.</param>
/// <param name="StillMs">Time without a byte that was watched: not while it was neutral or nobody looked.</param>
/// <param name="JudgedMs">The last judged look; null where the one before this was neutral.</param>
/// <param name="SeedlessScrapes">At least 8 hours apart.</param>
/// <param name="EmptyWalks">Of the DHT, without a peer, at least 8 hours apart.</param>
public sealed record TorrentHealth(
    HealthState State, long SinceMs, long DoneBytes, long DownloadedBytes, bool WasChecking, int Samples,
    long StillMs, long? JudgedMs, int SeedlessScrapes, long? ScrapeMs, int EmptyWalks, long? WalkMs)
{
    private const long HourMs = 60 * 60 * 1000;

    public const int StalledSamples = 6;
    public const long StalledMs = 2 * HourMs;
    public const long DeadMs = 72 * HourMs;
    public const int Confirmations = 3;
    public const long ConfirmationGapMs = 8 * HourMs;
    public const long MetadataMs = 30 * 60 * 1000;

    /// <summary>More between two looks is not counted: nobody knows what was meanwhile.</summary>
    public const long WatchedMaxMs = HourMs;

    /// <summary>A torrent that is seen for the first time.</summary>
    public static TorrentHealth First(TorrentSample seen) => new(
        HealthState.Healthy, seen.AtMs, seen.DoneBytes, seen.DownloadedBytes,
        seen.Activity == TorrentActivity.Checking, 0, 0, null, 0, null, 0, null);

    /// <summary>True where its state says nothing of the swarm.</summary>
    public static bool IsNeutral(TorrentSample seen, ReaperTick tick) => !tick.IsLinkUp || !tick.IsWarm
        || seen.Activity switch
        {
            TorrentActivity.Fetching or TorrentActivity.Failed or TorrentActivity.Seeding => false,
            TorrentActivity.Metadata => seen.AtMs - seen.AddedMs < MetadataMs,
            _ => true,
        };

    /// <summary>True where it wants bytes and may be judged by whether they come.</summary>
    public static bool IsJudged(TorrentSample seen, ReaperTick tick) => !IsNeutral(seen, tick) && !seen.IsComplete
        && seen.Activity != TorrentActivity.Seeding;

    /// <summary>What follows from one more look; its state follows by <see cref="Judge"/>.</summary>
    /// <param name="walk">Peers that a walk of the DHT found in this tick; null where none was made.</param>
    public TorrentHealth Look(TorrentSample seen, ReaperTick tick, int? walk)
    {
        var next = this with
        {
            DoneBytes = seen.DoneBytes,
            DownloadedBytes = seen.DownloadedBytes,
            WasChecking = seen.Activity == TorrentActivity.Checking,
        };
        if (Received(seen) || seen.IsComplete) return next.Cleared(seen.AtMs);
        if (!IsJudged(seen, tick)) return next with { JudgedMs = null };
        var watched = JudgedMs is { } last ? Math.Clamp(seen.AtMs - last, 0, WatchedMaxMs) : 0;
        return next.Confirmed(seen, walk) with
        {
            Samples = Samples + 1,
            StillMs = StillMs + watched,
            JudgedMs = seen.AtMs,
        };
    }

    /// <summary>The state that what was seen amounts to.</summary>
    /// <param name="mayWalk">The DHT may be asked for this torrent; else its walks are not waited for.</param>
    public HealthState Judge(TorrentSample seen, bool mayWalk)
    {
        if (Samples < StalledSamples || StillMs < StalledMs) return HealthState.Healthy;
        if (State == HealthState.Healthy) return HealthState.Stalled;
        if (State == HealthState.Dead) return HealthState.Dead;
        var (scrapes, walks) = (SeedlessScrapes >= Confirmations, EmptyWalks >= Confirmations);
        // Without a tracker or a walk there is nobody to confirm that no seed is left.
        var isConfirmed = (seen.HasTracker, mayWalk) switch
        {
            (true, true) => scrapes && walks,
            (true, false) => scrapes,
            (false, true) => walks,
            (false, false) => false,
        };
        return isConfirmed && StillMs >= DeadMs && seen.AvailablePermille < 1000
            ? HealthState.Dead
            : HealthState.Stalled;
    }

    /// <summary>The same facts in another state.</summary>
    public TorrentHealth Become(HealthState state, long atMs) =>
        state == State ? this : this with { State = state, SinceMs = atMs };

    private bool Received(TorrentSample seen) =>
        seen.DownloadedBytes > DownloadedBytes
        || (seen.DoneBytes > DoneBytes && !WasChecking && seen.Activity != TorrentActivity.Checking);

    private TorrentHealth Cleared(long atMs) => Become(HealthState.Healthy, atMs) with
    {
        Samples = 0,
        StillMs = 0,
        JudgedMs = null,
        SeedlessScrapes = 0,
        ScrapeMs = null,
        EmptyWalks = 0,
        WalkMs = null,
    };

    private TorrentHealth Confirmed(TorrentSample seen, int? walk)
    {
        var next = this;
        if (seen.Seeds is > 0) next = next with { SeedlessScrapes = 0, ScrapeMs = null };
        else if (seen.Seeds == 0 && IsDue(ScrapeMs, seen.AtMs))
            next = next with { SeedlessScrapes = Math.Min(Confirmations, SeedlessScrapes + 1), ScrapeMs = seen.AtMs };
        if (walk is > 0) return next with { EmptyWalks = 0, WalkMs = null };
        return walk == 0 && IsDue(WalkMs, seen.AtMs)
            ? next with { EmptyWalks = Math.Min(Confirmations, EmptyWalks + 1), WalkMs = seen.AtMs }
            : next;

        static bool IsDue(long? lastMs, long nowMs) => lastMs is not { } last || nowMs - last >= ConfirmationGapMs;
    }
}
