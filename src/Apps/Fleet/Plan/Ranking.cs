using System.Numerics;

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
    private const int Block = 64;

    private readonly int[] _devices;
    private readonly ulong[] _keys;
    private readonly ulong[] _weights;
    private readonly PlanningTable _table;

    public Ranking(PlanningTable table)
    {
        _table = table;
        // Heavy ones first: they are likely first for an item, and what cannot be is left out by one comparison.
        _devices = [.. Enumerable.Range(0, table.Devices.Count).Where(d => table.DeviceAt(d).Weight > 0)
            .OrderByDescending(d => table.DeviceAt(d).Weight).ThenBy(d => d)];
        _keys = [.. _devices.Select(table.KeyOf)];
        _weights = [.. _devices.Select(d => (ulong)table.DeviceAt(d).Weight)];
    }

    /// <summary>Devices that may get copies.</summary>
    public int Count => _devices.Length;

    /// <summary>These, heaviest first.</summary>
    public ReadOnlySpan<int> Devices => _devices;

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
        var best = new Best(stackalloc ulong[Kept], into);
        var (keys, lanes) = (_keys, Vector<ulong>.Count);
        var wide = new Vector<ulong>(x);
        for (var start = 0; start < keys.Length; start += Block)
        {
            // No device of the block is heavier than its first, so none can do with less than that one.
            var least = best.Least(_weights[start]);
            var end = Math.Min(start + Block, keys.Length);
            var i = start;
            for (; i <= end - lanes; i += lanes)
            {
                var u = Mix(new Vector<ulong>(keys, i) ^ wide);
                if (!Vector.GreaterThanOrEqualAny(u, new Vector<ulong>(least))) continue;
                for (var lane = 0; lane < lanes; lane++)
                    if (u[lane] >= least && best.Offer(u[lane], _weights[i + lane], _devices[i + lane]))
                        least = best.Least(_weights[start]);
            }

            for (; i < end; i++)
                if (Mix(x ^ keys[i]) is var u && u >= least && best.Offer(u, _weights[i], _devices[i]))
                    least = best.Least(_weights[start]);
        }

        return best.Count;
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
        (Score(x, _table.KeyOf(device), _table.DeviceAt(device).Weight), device);

    private static Vector<ulong> Mix(Vector<ulong> z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    private static bool Precedes(ulong score, int device, ulong thanScore, int thanDevice) =>
        score != thanScore ? score < thanScore : device < thanDevice;

    /// <summary>The first few of those offered so far.</summary>
    private ref struct Best(Span<ulong> scores, Span<int> devices)
    {
        private readonly Span<ulong> _scores = scores;
        private readonly Span<int> _devices = devices;

        public int Count { get; private set; }

        /// <summary>A number that the u of a device of that weight, or of a lighter one, must reach.</summary>
        public readonly ulong Least(ulong weight) => Count < Kept
            ? 0
            : Logarithm.Least((((_scores[Kept - 1] + 1) * weight) - 1) >> ScoreShift);

        /// <summary>False where all places are taken by better ones.</summary>
        public bool Offer(ulong u, ulong weight, int device)
        {
            var score = (Logarithm.Negative(u) << ScoreShift) / weight;
            if (Count == Kept && !Precedes(score, device, _scores[Kept - 1], _devices[Kept - 1])) return false;
            var at = Math.Min(Count, Kept - 1);
            for (; at > 0 && Precedes(score, device, _scores[at - 1], _devices[at - 1]); at--)
                (_scores[at], _devices[at]) = (_scores[at - 1], _devices[at - 1]);
            (_scores[at], _devices[at]) = (score, device);
            Count = Math.Min(Count + 1, Kept);
            return true;
        }
    }

    private sealed class OrderOfScores : IComparer<(ulong Score, int Device)>
    {
        public static readonly OrderOfScores Instance = new();

        public int Compare((ulong Score, int Device) a, (ulong Score, int Device) b) =>
            a.Score != b.Score ? a.Score.CompareTo(b.Score) : a.Device.CompareTo(b.Device);
    }
}
