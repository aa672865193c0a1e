namespace Anarchive.Fleet;

/// <summary>What gates know of a torrent, joined over everything that is known of it.</summary>
public readonly record struct TorrentScope(Privacy Privacy, SourceGate Gate, Isolation Isolation);

/// <summary>Who asks; fixed by how it came, never by what it says.</summary>
public enum CallerRing
{
    Stranger,
    Friend,

    /// <summary>A device of this fleet, or its owner.</summary>
    Fleet,
}

/// <summary>By what way a peer is known. In the order of an answer.</summary>
public enum PeerVia
{
    Fleet,
    Seedbox,
    Friend,
    Dht,
}

/// <summary>What may be private never leaves the fleet: rules P1 to P6, as constants of this program.</summary>
public static class Gates
{
    /// <summary>The strictest of the items that a torrent holds; of none, nothing is known.</summary>
    /// <param name="sources">The owner's word on each source, by name.</param>
    public static TorrentScope ScopeOf(IEnumerable<Item> items, IReadOnlyDictionary<string, Source> sources)
    {
        TorrentScope? joined = null;
        foreach (var item in items)
        {
            var one = item.Source is { } name
                ? ScopeOf(item.Privacy, sources.GetValueOrDefault(name) ?? Undeclared(name))
                : ScopeOf(item.Privacy, null);
            joined = joined is { } so ? Join(so, one) : one;
        }

        return joined ?? ScopeOf(Privacy.Unknown, null);
    }

    /// <summary>
    /// P1 and P2. What is unknown is treated as private; only a source can be opened to friends, and a source that was
    /// not opened as a private one opens nothing that is known to be private.
    /// </summary>
    /// <param name="source">Null where nobody said where it came from: its own description decides alone.</param>
    public static TorrentScope ScopeOf(Privacy privacy, Source? source)
    {
        var joined = source is null ? privacy : Join(privacy, source.Privacy);
        return new TorrentScope(
            joined,
            privacy == Privacy.Yes && source is not { Privacy: Privacy.Yes }
                ? SourceGate.SearchOnly
                : source?.Gate ?? SourceGate.SearchOnly,
            joined == Privacy.No && (source is null or { Isolation: Isolation.Open })
                ? Isolation.Open
                : Isolation.F2fOnly);
    }

    /// <summary>As strict as what a torrent's own description says besides; an unknown one says nothing.</summary>
    public static TorrentScope Closed(TorrentScope of, Privacy described) => described == Privacy.Yes
        ? new TorrentScope(
            Privacy.Yes, of.Privacy == Privacy.Yes ? of.Gate : SourceGate.SearchOnly, Isolation.F2fOnly)
        : of;

    /// <summary>P2 and P3: whether a caller hears that the torrent exists at all.</summary>
    public static bool MayHear(CallerRing caller, TorrentScope of) => caller switch
    {
        CallerRing.Fleet => true,
        CallerRing.Friend => of.Gate == SourceGate.Open,
        _ => false,
    };

    /// <summary>Why peers by that way are not named; null where they are.</summary>
    public static string? WithheldFor(PeerVia via, TorrentScope of) => via switch
    {
        PeerVia.Friend when of.Gate != SourceGate.Open => "search_only",
        PeerVia.Dht when of.Isolation != Isolation.Open => "f2f_only",
        _ => null,
    };

    /// <summary>P3: whether the DHT may be asked. It tells strangers that somebody here wants the torrent.</summary>
    /// <param name="optedIn">The owner agreed to it.</param>
    public static bool MayWalk(TorrentScope of, bool optedIn) => optedIn && of.Isolation == Isolation.Open;

    /// <summary>Whether peers are named that a torrent client would connect to (BEP 27).</summary>
    public static bool MayInject(TorrentScope of) => of.Privacy == Privacy.No;

    /// <summary>
    /// P1 and P2: whether a friend may keep the item's bytes. What came from a source goes by that source's gate;
    /// what came from none has to be known to be public, or the owner's own.
    /// </summary>
    /// <param name="isOwn">
    /// The owner says of this item that it is their own. Counts where no torrent and no source says otherwise.
    /// </param>
    public static bool MayLend(Item item, IReadOnlyDictionary<string, Source> sources, bool isOwn) =>
        item.Source is not null ? ScopeOf([item], sources).Gate == SourceGate.Open
            : item.Privacy == Privacy.No
            || (isOwn && item is { Privacy: Privacy.Unknown, InfoHashV1: null, InfoHashV2: null });

    /// <summary>P5: whether the reaper may park a torrent or take it out of its client.</summary>
    public static bool MayRemove(Privacy privacy) => privacy == Privacy.No;

    /// <summary>P5: whether a human is to look at it; nothing else ever follows from a tracker's words.</summary>
    public static bool NeedsHuman(TrackerWord word) => word == TrackerWord.Unregistered;

    /// <summary>
    /// Orders sources by how little of what came from them leaves the fleet: first whether friends hear of it, then
    /// whether anybody else does.
    /// </summary>
    internal static int StrictnessOf(string source, IReadOnlyDictionary<string, Source> sources)
    {
        var of = ScopeOf(Privacy.No, sources.GetValueOrDefault(source) ?? Undeclared(source));
        return (of.Gate == SourceGate.Open ? 0 : 8) + (of.Isolation == Isolation.Open ? 0 : 4)
            + of.Privacy switch { Privacy.Yes => 2, Privacy.Unknown => 1, _ => 0 };
    }

    private static Source Undeclared(string name) =>
        new(name, Privacy.Unknown, "", SourceGate.SearchOnly, Isolation.F2fOnly);

    /// <summary>Yes absorbs; and no is only what both say.</summary>
    private static Privacy Join(Privacy one, Privacy other) => (one, other) switch
    {
        (Privacy.Yes, _) or (_, Privacy.Yes) => Privacy.Yes,
        (Privacy.No, Privacy.No) => Privacy.No,
        _ => Privacy.Unknown,
    };

    private static TorrentScope Join(TorrentScope one, TorrentScope other) => new(
        Join(one.Privacy, other.Privacy),
        one.Gate == SourceGate.Open && other.Gate == SourceGate.Open ? SourceGate.Open : SourceGate.SearchOnly,
        one.Isolation == Isolation.Open && other.Isolation == Isolation.Open ? Isolation.Open : Isolation.F2fOnly);
}
