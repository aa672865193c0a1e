namespace Anarchive.Tests.Fuzz;

/// <summary>Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.</summary>
internal sealed class SplitMix64(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        var z = _state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>From 0, below <paramref name="bound"/>.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    public T Of<T>(IReadOnlyList<T> list) => list[Below(list.Count)];
}
