namespace Anarchive.Fleet;

/// <summary>Quarters of an hour since 1970: what a plan is made for, so that devices ask the same question.</summary>
public readonly record struct Epoch(long Number) : IComparable<Epoch>
{
    public const long LengthMs = 15 * 60 * 1000;

    public static Epoch Of(long unixMs) => new(unixMs / LengthMs);

    /// <summary>Its first moment, in Unix milliseconds.</summary>
    public long StartMs => Number * LengthMs;

    public int CompareTo(Epoch other) => Number.CompareTo(other.Number);
}
