using Anarchive.Net;

namespace Anarchive.Tests.Unit;

/// <summary>Made-up fingerprints: points of chance, and copies of them in which single bits are flipped.</summary>
internal sealed class NoisySound(int seed)
{
    private readonly Random _random = new(seed);

    public uint[] Points(int count)
    {
        var points = new uint[count];
        for (var at = 0; at < count; at++) points[at] = (uint)_random.NextInt64(1L << 32);
        return points;
    }

    /// <summary>The same sound recorded once more: so many bits of a thousand differ.</summary>
    public uint[] Again(ReadOnlySpan<uint> points, int flippedPerMille)
    {
        var copy = points.ToArray();
        for (var at = 0; at < copy.Length; at++)
            for (var bit = 0; bit < 32; bit++)
                if (_random.Next(1_000) < flippedPerMille) copy[at] ^= 1u << bit;
        return copy;
    }

    /// <summary>An episode of chance with the theme, recorded anew, at a point; nowhere for a negative one.</summary>
    public SoundWindow Episode(int count, uint[] theme, int at, int flippedPerMille = 60)
    {
        var points = Points(count);
        if (at >= 0)
            Again(theme, flippedPerMille).AsSpan(0, Math.Min(theme.Length, count - at)).CopyTo(points.AsSpan(at));
        return new SoundWindow(points, 0);
    }
}
