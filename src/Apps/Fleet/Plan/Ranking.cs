namespace Anarchive.Fleet;

/// <summary>Which device is first for an item: rendezvous hashing by weight, in whole numbers.</summary>
/// <remarks>
/// Highest random weight (Thaler and Ravishankar, 1998), weighted by −log2(u) / w as by Schindelhauer and Schomaker
/// (Weighted Distributed Hash Tables, 2005): a device's share of the items is its share of the weight, and when a
/// weight changes, only items go to or from that device.
/// </remarks>
internal sealed class Ranking
{
    /// <summary>How many of the first devices a row keeps; who needs the ninth asks for all.</summary>
    public const int Kept = 8;

    private const int ScoreShift = 16;

    private readonly int[] _devices;
    private readonly ulong[] _keys;
    private readonly ulong[] _weights;
    private readonly PlanningTable _table;

    public Ranking(PlanningTable table)
    {
        _table = table;
        // Heavy ones first: they are likely first for an item, and what cannot be is left out by one comparison.
        _devices = [.. Enumerable.Range(0, table.Devices.Count).Where(d => table.Devices[d].Weight > 0)
            .OrderByDescending(d => table.Devices[d].Weight).ThenBy(d => d)];
        _keys = [.. _devices.Select(table.KeyOf)];
        _weights = [.. _devices.Select(d => (ulong)table.Devices[d].Weight)];
    }

    /// <summary>Devices that may get copies.</summary>
    public int Count => _devices.Length;

    /// <summary>An even spread over 64 bits: Stafford's mix 13 (as in SplitMix64, Steele and others, 2014).</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>The lower, the sooner; the highest there is for a weight of 0.</summary>
    public static ulong Score(ulong x, ulong y, long weight) =>
        weight == 0 ? ulong.MaxValue : (Logarithm.Negative(Mix(x ^ y)) << ScoreShift) / (ulong)weight;

    /// <summary>The first devices for an item in order; how many there are, <see cref="Kept"/> at most.</summary>
    public int First(ulong x, Span<int> into)
    {
        Span<ulong> scores = stackalloc ulong[Kept];
        var (devices, keys, weights) = (_devices, _keys, _weights);
        var count = 0;
        var (weight, least) = (0UL, 0UL);
        for (var i = 0; i < keys.Length && i < weights.Length; i++)
        {
            if (weights[i] != weight)
            {
                weight = weights[i];
                least = count < Kept ? 0 : LeastFor(scores[Kept - 1], weight);
            }

            var u = Mix(x ^ keys[i]);
            if (u < least) continue;
            var score = (Logarithm.Negative(u) << ScoreShift) / weight;
            if (count == Kept && !Precedes(score, devices[i], scores[Kept - 1], into[Kept - 1])) continue;
            count = Insert(scores, into, count, score, devices[i]);
            if (count == Kept) least = LeastFor(scores[Kept - 1], weight);
        }

        return count;
    }

    /// <summary>All devices that may get copies, in order for an item.</summary>
    public int[] All(ulong x)
    {
        var order = (int[])_devices.Clone();
        var scores = new (ulong Score, int Device)[order.Length];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = ((Logarithm.Negative(Mix(x ^ _keys[i])) << ScoreShift) / _weights[i], _devices[i]);
        Array.Sort(scores, order, OrderOfScores.Instance);
        return order;
    }

    /// <summary>Where a device with this weight stands for an item.</summary>
    public (ulong Score, int Device) Place(ulong x, int device) =>
        (Score(x, _table.KeyOf(device), _table.Devices[device].Weight), device);

    /// <summary>A number that no u lies below which would give a score up to this one.</summary>
    private static ulong LeastFor(ulong score, ulong weight) =>
        Logarithm.Least((((score + 1) * weight) - 1) >> ScoreShift);

    private static bool Precedes(ulong score, int device, ulong thanScore, int thanDevice) =>
        score != thanScore ? score < thanScore : device < thanDevice;

    private static int Insert(Span<ulong> scores, Span<int> devices, int count, ulong score, int device)
    {
        var at = Math.Min(count, Kept - 1);
        for (; at > 0 && Precedes(score, device, scores[at - 1], devices[at - 1]); at--)
            (scores[at], devices[at]) = (scores[at - 1], devices[at - 1]);
        (scores[at], devices[at]) = (score, device);
        return Math.Min(count + 1, Kept);
    }

    private sealed class OrderOfScores : IComparer<(ulong Score, int Device)>
    {
        public static readonly OrderOfScores Instance = new();

        public int Compare((ulong Score, int Device) a, (ulong Score, int Device) b) =>
            a.Score != b.Score ? a.Score.CompareTo(b.Score) : a.Device.CompareTo(b.Device);
    }
}
