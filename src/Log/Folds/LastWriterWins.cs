namespace Anarchive.Log;

/// <summary>
/// The order of writes to one origin's own register: by clock, then seq, then incarnation. The larger wins.
/// </summary>
/// <remarks>Rank has no place here: losing a role never revives an old vote. The default precedes all.</remarks>
public readonly record struct LastWriterWins(Hlc Hlc, long Seq, Incarnation Incarnation) : IComparable<LastWriterWins>
{
    public static LastWriterWins Of(EventHeader write) => new(write.Hlc, write.Seq, write.Chain.Incarnation);

    /// <summary>True where something was written at all: a seq starts at 1.</summary>
    public bool IsSet => Seq != 0;

    public int CompareTo(LastWriterWins other)
    {
        if (Hlc != other.Hlc || SeededBugs.NoTieBreak) return Hlc.CompareTo(other.Hlc);
        return Seq != other.Seq ? Seq.CompareTo(other.Seq) : Incarnation.CompareTo(other.Incarnation);
    }

    public static bool operator <(LastWriterWins left, LastWriterWins right) => left.CompareTo(right) < 0;

    public static bool operator >(LastWriterWins left, LastWriterWins right) => left.CompareTo(right) > 0;

    public static bool operator <=(LastWriterWins left, LastWriterWins right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LastWriterWins left, LastWriterWins right) => left.CompareTo(right) >= 0;
}
