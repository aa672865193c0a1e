using System.Buffers.Binary;
using Anarchive.Log;

namespace Anarchive.Tests.Simulation;

/// <summary>The one source of chance in a run: everything that happens follows from its seed.</summary>
/// <remarks>SplitMix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.</remarks>
internal sealed class Dice(ulong seed) : IRandomSource
{
    private ulong _state = seed;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public int Below(int bound) => (int)(Next() % (ulong)bound);

    public int Between(int least, int most) => least + Below(most - least + 1);

    public bool Chance(int percent) => Below(100) < percent;

    public uint Throw() => (uint)(Next() >> 32);

    public T Of<T>(IReadOnlyList<T> some) => some[Below(some.Count)];

    public void Fill(Span<byte> destination)
    {
        Span<byte> word = stackalloc byte[8];
        for (var at = 0; at < destination.Length; at += word.Length)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, Next());
            word[..Math.Min(word.Length, destination.Length - at)].CopyTo(destination[at..]);
        }
    }
}
