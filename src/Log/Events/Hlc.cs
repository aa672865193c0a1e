using System.Globalization;

namespace Anarchive.Log;

/// <summary>
/// Hybrid logical clock: 48 bits of Unix milliseconds and 16 bits of counter, strictly increasing in a chain.
/// </summary>
/// <remarks>Kulkarni et al., "Logical Physical Clocks", OPODIS 2014, folded into one 64-bit number.</remarks>
public readonly record struct Hlc(ulong Value) : IComparable<Hlc>
{
    public static Hlc Max { get; } = new(ulong.MaxValue);

    public static Hlc FromUnixMs(long unixMs) => new((ulong)unixMs << 16);

    /// <summary>Unix milliseconds.</summary>
    public long UnixMs => (long)(Value >> 16);

    /// <summary>
    /// The next reading: the wall clock where it is ahead, otherwise one more than <paramref name="last"/>.
    /// </summary>
    public static Hlc Next(Hlc last, long nowUnixMs)
    {
        var wall = FromUnixMs(nowUnixMs);
        return wall.Value > last.Value ? wall : new Hlc(last.Value + 1);
    }

    public int CompareTo(Hlc other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    public static bool operator <(Hlc left, Hlc right) => left.Value < right.Value;

    public static bool operator >(Hlc left, Hlc right) => left.Value > right.Value;

    public static bool operator <=(Hlc left, Hlc right) => left.Value <= right.Value;

    public static bool operator >=(Hlc left, Hlc right) => left.Value >= right.Value;
}
