namespace Anarchive.Log;

/// <summary>
/// The order of acts that need a rank: by rank, then clock, origin, seq and incarnation. The larger wins, so an
/// owner's value stands until the owner changes it.
/// </summary>
public readonly record struct OwnerFirst(int Rank, Hlc Hlc, NodeId Origin, long Seq, Incarnation Incarnation)
    : IComparable<OwnerFirst>
{
    public static OwnerFirst Of(EventHeader act, int rank) =>
        new(rank, act.Hlc, act.Origin, act.Seq, act.Chain.Incarnation);

    /// <summary>The event that wrote it.</summary>
    public Position Position => new(new ChainId(Origin, Incarnation), Seq);

    public int CompareTo(OwnerFirst other)
    {
        if (Rank != other.Rank && !SeededBugs.NoOwnerPreference) return Rank.CompareTo(other.Rank);
        if (Hlc != other.Hlc || SeededBugs.NoTieBreak) return Hlc.CompareTo(other.Hlc);
        if (Origin != other.Origin) return Origin.CompareTo(other.Origin);
        return Seq != other.Seq ? Seq.CompareTo(other.Seq) : Incarnation.CompareTo(other.Incarnation);
    }

    public static bool operator <(OwnerFirst left, OwnerFirst right) => left.CompareTo(right) < 0;

    public static bool operator >(OwnerFirst left, OwnerFirst right) => left.CompareTo(right) > 0;

    public static bool operator <=(OwnerFirst left, OwnerFirst right) => left.CompareTo(right) <= 0;

    public static bool operator >=(OwnerFirst left, OwnerFirst right) => left.CompareTo(right) >= 0;
}
