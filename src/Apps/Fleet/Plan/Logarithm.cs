using System.Numerics;

namespace Anarchive.Fleet;

/// <summary>−log2 of a 64-bit fraction in whole numbers, so that every processor gives the same answer.</summary>
/// <remarks>
/// log2(1 + i / 4096) for 4,097 values of i, each found digit by digit: a square at or above 2 is a one and is halved
/// (Knuth, The Art of Computer Programming, volume 1, section 1.2.2, exercise 25). Between them, straight lines.
/// </remarks>
internal static class Logarithm
{
    /// <summary>Digits after the point.</summary>
    public const int Bits = 32;

    private const int IndexBits = 12;
    private const int RestBits = 63 - IndexBits;

    /// <summary>ln 2 with 32 digits after the point, rounded up.</summary>
    private const ulong Ln2 = 2_977_044_472;

    private static readonly ulong[] Table = MakeTable();

    /// <summary>−log2(u / 2^64) with 32 digits after the point; at most 64, which 0 has as well.</summary>
    public static ulong Negative(ulong u)
    {
        if (u == 0) return 64UL << Bits;
        var zeros = BitOperations.LeadingZeroCount(u);
        var fraction = (u << zeros) & (ulong.MaxValue >> 1);
        var index = (int)(fraction >> RestBits);
        var rest = (fraction >> (RestBits - Bits)) & uint.MaxValue;
        var low = Table[index];
        return ((ulong)(zeros + 1) << Bits) - low - (((Table[index + 1] - low) * rest) >> Bits);
    }

    /// <summary>A number that no u lies below whose <see cref="Negative"/> is at most the limit.</summary>
    /// <remarks>
    /// 1 − x is at most −ln x. The straight lines lie below the curve, so the table says too much, never too little,
    /// except by the rounding of its last digit: 2 more than covers it.
    /// </remarks>
    public static ulong Least(ulong limit)
    {
        return Math.BigMul(limit + 2, Ln2, out var below) != 0 ? 0 : 0 - below;
    }

    private static ulong[] MakeTable()
    {
        var table = new ulong[(1 << IndexBits) + 1];
        for (var i = 0; i < table.Length; i++) table[i] = Log2((UInt128)((1 << IndexBits) + i) << (63 - IndexBits));
        return table;
    }

    /// <summary>Of a number from 1 to 2 that has 63 digits after the point.</summary>
    private static ulong Log2(UInt128 number)
    {
        const int Spare = 4;
        if (number >> 64 != 0) return 1UL << Bits;
        var digits = 0UL;
        for (var digit = 0; digit < Bits + Spare; digit++)
        {
            number = (number * number) >> 63;
            var one = number >> 64 != 0;
            if (one) number >>= 1;
            digits = (digits << 1) | (one ? 1UL : 0);
        }

        return (digits + (1 << (Spare - 1))) >> Spare;
    }
}
