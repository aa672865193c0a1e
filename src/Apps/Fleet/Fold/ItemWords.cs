using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>What was said of one item: what it is, who holds it, and how challenges went.</summary>
internal sealed class ItemWords
{
    // There are as many of these as items: most have one describer and two holders.
    private readonly List<Said<DescribedItem>> _described = new(1);
    private readonly List<Said<HoldingWord>> _holdings = new(2);
    private List<Said<ChallengeWord>>? _challenges;
    private List<Said<HoldingPlace>>? _failures;

    public bool IsContested => _described.Count > 1;

    public bool Add(OwnerFirst order, DescribedItem said) =>
        Offer(_described, new Said<DescribedItem>(order, said), (a, b) => a.By == b.By);

    public bool Add(OwnerFirst order, HoldingWord said) => Offer(
        _holdings, new Said<HoldingWord>(order, said), (a, b) => a.By == b.By && a.Content.Place == b.Content.Place);

    public bool Add(OwnerFirst order, ChallengeWord said) => Offer(
        _challenges ??= [], new Said<ChallengeWord>(order, said), (a, b) => a.By == b.By && a.Content == b.Content);

    public bool AddFailure(OwnerFirst order, HoldingPlace said) =>
        Offer(_failures ??= [], new Said<HoldingPlace>(order, said), (a, b) => a.Content == b.Content);

    public bool IsHeldBy(Func<DeviceId, bool> device) => _holdings.Exists(h => device(h.Content.Place.Device));

    /// <summary>
    /// What it is: by the owner's word, then the last; what only one device knows stands, and privacy is the highest
    /// that anybody said. Null where nobody described it.
    /// </summary>
    public Item? Describe(ItemId id, Authority authority)
    {
        if (_described.Count == 0) return null;
        var all = _described.Count == 1 ? _described : _described
            .OrderByDescending(said => said.Order with { Rank = authority.Rules(said.Order.Position) ? 2 : 0 })
            .ToList();
        var first = all[0].Content;
        return new Item(
            id, first.Size, first.PieceLength, first.PieceRoot,
            all.Select(said => said.Content.InfohashV1).FirstOrDefault(hash => hash is not null),
            all.Select(said => said.Content.InfohashV2).FirstOrDefault(hash => hash is not null),
            all.Max(said => said.Content.Private),
            all.Select(said => said.Content.Source).FirstOrDefault(source => source is not null),
            first.Policy);
    }

    /// <summary>The highest gen of each place that its device's signer speaks of, by device and volume.</summary>
    public List<Holding> Holdings(ItemId id, Func<DeviceId, Standing> standingOf)
    {
        var shown = new List<Said<HoldingWord>>();
        foreach (var said in _holdings)
        {
            if (!standingOf(said.Content.Place.Device).Believes(said.Order)) continue;
            var at = shown.FindIndex(h => h.Content.Place.IsBeside(said.Content.Place));
            if (at < 0) shown.Add(said);
            else if (shown[at].Content.Place.Gen < said.Content.Place.Gen) shown[at] = said;
        }

        shown.Sort((a, b) => a.Content.Place.CompareTo(b.Content.Place));
        return [.. shown.Select(said => Shown(id, said, standingOf(said.Content.Place.Device)))];
    }

    private Holding Shown(ItemId id, Said<HoldingWord> said, Standing standing)
    {
        var (place, state, evidence) = said.Content;
        long? hashed = evidence == Evidence.Hash && !IsOutdated(said, standing) && !Failed(said) ? said.AtMs : null;
        var (challenges, proven) = hashed is { } from ? Extended(place, from, standing) : (0, (long?)null);
        return new Holding(id, place.Device, place.Volume, place.Gen, state, hashed, challenges, proven);
    }

    /// <summary>A device that was restored or set up anew may hold other bytes than its older chain says.</summary>
    private static bool IsOutdated(Said<HoldingWord> said, Standing standing) =>
        standing.Newest is { } newest && newest != said.Order.Incarnation;

    private bool Failed(Said<HoldingWord> said) =>
        _failures?.Exists(f => f.Content == said.Content.Place && f.Order.Hlc > said.Order.Hlc) == true;

    /// <summary>
    /// How far challenges in a row extend a hash: the n-th counts within the window of one that counts as the one
    /// before. The holder's own never count.
    /// </summary>
    private (int Challenges, long? ProvenMs) Extended(HoldingPlace place, long hashedMs, Standing standing)
    {
        var window = standing.Class == DeviceClass.Archive ? Holding.ArchiveWindowMs : Holding.WindowMs;
        var (challenges, proven) = (0, hashedMs);
        List<long> before = [hashedMs];
        for (var n = 1; n <= FleetLimits.ChallengesMax && before.Count > 0; n++)
        {
            var counted = (_challenges ?? [])
                .Where(c => c.Content.Place == place && c.Content.N == n && c.By != standing.Signer
                    && before.Exists(at => c.AtMs > at && c.AtMs - at <= window))
                .Select(c => c.AtMs).ToList();
            foreach (var at in counted.Where(at => at > proven)) (challenges, proven) = (n, at);
            before = counted;
        }

        return (challenges, proven);
    }

    private static bool Offer<T>(List<Said<T>> all, Said<T> said, Func<Said<T>, Said<T>, bool> isSame)
    {
        var at = all.FindIndex(known => isSame(known, said));
        if (at >= 0 && said.Order <= all[at].Order) return false;
        if (at >= 0) all[at] = said;
        else all.Add(said);
        return true;
    }
}

/// <summary>Which bytes on which volume.</summary>
internal readonly record struct HoldingPlace(DeviceId Device, VolumeId Volume, long Gen) : IComparable<HoldingPlace>
{
    /// <summary>True where only the gen may differ.</summary>
    public bool IsBeside(HoldingPlace other) => Device == other.Device && Volume == other.Volume;

    public int CompareTo(HoldingPlace other)
    {
        var order = Device.CompareTo(other.Device);
        if (order == 0) order = Volume.CompareTo(other.Volume);
        return order != 0 ? order : Gen.CompareTo(other.Gen);
    }
}

internal readonly record struct HoldingWord(HoldingPlace Place, HoldingState State, Evidence Evidence);

internal readonly record struct ChallengeWord(HoldingPlace Place, int N);
