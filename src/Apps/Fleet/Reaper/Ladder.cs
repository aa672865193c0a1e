namespace Anarchive.Fleet;

/// <summary>What is tried for a torrent that gets no bytes, gentlest first.</summary>
public enum Rung
{
    Reannounce,
    Verify,
    CopyFromFleet,
    CopyFromSeedbox,
    AskFriends,
    PublicPeers,
    Research,

    /// <summary>Stopped in its client; its data stays.</summary>
    Park,

    /// <summary>Taken out of its client, where the owner says so; its data stays.</summary>
    ProposePurge,
}

/// <summary>Why a rung is passed over, or nothing is done at all.</summary>
public enum RungSkip
{
    None,

    /// <summary>It lacks the label <c>anarchive</c>: it is shown and never touched.</summary>
    NotLabelled,

    /// <summary>No item of the fleet belongs to it.</summary>
    NotKnown,

    /// <summary>Private, or not known to be public.</summary>
    Private,

    /// <summary>Nobody there has a verified copy of it.</summary>
    NoCopy,

    /// <summary>The source's gate is closed.</summary>
    SearchOnly,

    /// <summary>The owner has not opened it to public peers.</summary>
    NotOptedIn,

    /// <summary>No device offers the service <c>torznab</c>.</summary>
    NoIndexer,

    /// <summary>That hash was searched for in the last 30 days.</summary>
    Blocked,

    /// <summary>It is not dead.</summary>
    NotDead,
}

/// <summary>What could be done for a torrent.</summary>
/// <param name="Privacy">Joined over all that is known of it.</param>
/// <param name="IsKnown">An item of the fleet belongs to it.</param>
public sealed record LadderCase(string InfoHash, HealthState State, Privacy Privacy, bool IsLabelled, bool IsKnown)
{
    /// <summary>It is paused, queued, checked or moved, and so not judged.</summary>
    public bool IsNeutral { get; init; }

    /// <summary>Of its source: whether friends may hear of it.</summary>
    public SourceGate Gate { get; init; }

    public bool HasFleetCopy { get; init; }

    public bool HasSeedboxCopy { get; init; }

    public bool HasFriend { get; init; }

    /// <summary>The DHT may be asked for it.</summary>
    public bool MayWalk { get; init; }

    public bool HasIndexer { get; init; }
}

/// <summary>When each rung was last tried for a torrent; Unix milliseconds. Kept durably.</summary>
public sealed record LadderMemory(IReadOnlyDictionary<Rung, long> Tried)
{
    public static LadderMemory Empty { get; } = new(new Dictionary<Rung, long>());

    public LadderMemory With(Rung rung, long atMs) =>
        new(new Dictionary<Rung, long>(Tried) { [rung] = atMs });

    /// <summary>What is seen to run again was parked no longer: its owner wants it.</summary>
    public LadderMemory Seen(TorrentActivity activity) => activity == TorrentActivity.Paused
        ? this
        : new LadderMemory(Tried.Where(t => t.Key < Rung.Park).ToDictionary());

    /// <summary>A byte came: the climb is over, and what limits a rung by time stays.</summary>
    public LadderMemory Climbed() => new(
        Tried.Where(t => t.Key is Rung.Reannounce or Rung.Research).ToDictionary());
}

/// <summary>What comes next for a torrent.</summary>
/// <param name="Rung">Null where there is nothing more, or <paramref name="UntilMs"/> is waited for.</param>
/// <param name="IsLive">Done without being asked; everything else is proposed and waits for its owner's word.</param>
/// <param name="UntilMs">The rung tried last has until then to help; Unix milliseconds.</param>
/// <param name="Skipped">Rungs before it that do not apply, and why.</param>
public sealed record LadderStep(
    Rung? Rung, bool IsLive, long? UntilMs, IReadOnlyList<(Rung Rung, RungSkip Why)> Skipped);

/// <summary>The reaper's ladder (design: reaper). It never removes, parks or announces what may be private.</summary>
public static class Ladder
{
    private const long MinuteMs = 60 * 1000;
    private const long DayMs = 24 * 60 * MinuteMs;

    public const long ReannounceEveryMs = 30 * MinuteMs;
    public const long ResearchEveryMs = 30 * DayMs;
    public const long ParkedMs = 30 * DayMs;

    private static readonly Rung[] All = Enum.GetValues<Rung>();

    /// <summary>How long a rung has to help before the next is tried.</summary>
    public static long PatienceMs(Rung rung) => rung switch
    {
        Rung.Reannounce => ReannounceEveryMs,
        Rung.Verify => 2 * 60 * MinuteMs,
        Rung.Park => ParkedMs,
        _ => DayMs,
    };

    /// <summary>The next rung for a torrent; none for one that fares well or is not ours.</summary>
    public static LadderStep Next(LadderCase of, LadderMemory memory, long nowMs)
    {
        var skipped = new List<(Rung, RungSkip)>();
        if (!IsClimbing(of, memory)) return new LadderStep(null, false, null, skipped);
        foreach (var rung in All)
        {
            var why = SkipOf(rung, of);
            long? sinceMs = memory.Tried.TryGetValue(rung, out var atMs) ? nowMs - atMs : null;
            // A hash is searched for once in 30 days, even where it recovered meanwhile.
            if (why == RungSkip.None && rung == Rung.Research
                && sinceMs >= PatienceMs(rung) && sinceMs < ResearchEveryMs)
                why = RungSkip.Blocked;
            if (why != RungSkip.None)
            {
                skipped.Add((rung, why));
                continue;
            }

            if (sinceMs < PatienceMs(rung))
                return new LadderStep(null, false, atMs + PatienceMs(rung), skipped);
            if (sinceMs is null || rung is Rung.Research or Rung.ProposePurge)
                return new LadderStep(rung, IsLive(rung, of), null, skipped);
        }

        return new LadderStep(null, false, null, skipped);
    }

    /// <summary>Why a rung is not for this torrent; <c>None</c> where it is.</summary>
    public static RungSkip SkipOf(Rung rung, LadderCase of)
    {
        if (!of.IsLabelled) return RungSkip.NotLabelled;
        if (!of.IsKnown) return RungSkip.NotKnown;
        // A check makes clients announce anew, too.
        if (rung <= Rung.Verify && of.Privacy == Privacy.Yes) return RungSkip.Private;
        if (rung >= Rung.PublicPeers && !Gates.MayRemove(of.Privacy)) return RungSkip.Private;
        return rung switch
        {
            Rung.CopyFromFleet when !of.HasFleetCopy => RungSkip.NoCopy,
            Rung.CopyFromSeedbox when !of.HasSeedboxCopy => RungSkip.NoCopy,
            Rung.AskFriends when of.Gate != SourceGate.Open => RungSkip.SearchOnly,
            Rung.AskFriends when !of.HasFriend => RungSkip.NoCopy,
            Rung.PublicPeers when !of.MayWalk => RungSkip.NotOptedIn,
            >= Rung.Research when of.State != HealthState.Dead => RungSkip.NotDead,
            Rung.Research when !of.HasIndexer => RungSkip.NoIndexer,
            _ => RungSkip.None,
        };
    }

    /// <summary>What its owner paused is left alone; what was parked here goes on.</summary>
    private static bool IsClimbing(LadderCase of, LadderMemory memory) =>
        of.State != HealthState.Healthy && (!of.IsNeutral || memory.Tried.ContainsKey(Rung.Park));

    /// <summary>Re-announcing and verifying public torrents needs nobody's word.</summary>
    private static bool IsLive(Rung rung, LadderCase of) =>
        rung is Rung.Reannounce or Rung.Verify && of.Privacy == Privacy.No;
}
