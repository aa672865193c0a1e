using System.Buffers.Binary;
using System.Numerics;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>
/// One fleet drawn from a trace, and what the product's rules make of it: devices are probed every 5 minutes, and every
/// epoch each item that too few counted holders keep gets a copy on the best-ranked device that is up.
/// </summary>
/// <remarks>
/// A device counts as the plan counts it: it answered within the grace and its average is at least 500 ‰. One that
/// comes back counts again, and no copy is deleted. A copy takes an hour and needs its target and a holder to be up at
/// both ends of it; an item gets one at a time. Averages begin at what the whole trace says, as if the
/// devices had been known for long. Copies are placed after the first day, when the trace's measurement only began.
/// </remarks>
public sealed class FleetSim
{
    private const long StepSeconds = Epoch.LengthMs / 1000;
    private const long ProbeSeconds = ReachabilityTrack.ProbeMs / 1000;
    private const int ProbesPerStep = (int)(StepSeconds / ProbeSeconds);
    private const long BeginSeconds = 24 * 3600;

    /// <summary>An hour: some ten gigabytes at 25 megabits a second.</summary>
    private const int CopySteps = 4;

    /// <summary>Probes of about a month: an average of so many moves as slowly as one ever does.</summary>
    private const int SamplesBefore = 8_640;

    private readonly SimPolicy _policy;
    private readonly IReadOnlyList<TracedDevice> _devices;
    private readonly int _steps;
    private readonly ulong[] _up;
    private readonly ReachabilityTrack[][] _tracks;
    private readonly ulong[] _itemKeys;
    private readonly ulong[] _deviceKeys;

    private FleetSim(SimPolicy policy, IReadOnlyList<TracedDevice> devices, long lengthSeconds, Hash256 group)
    {
        _policy = policy;
        _devices = devices;
        _steps = (int)Math.Max(0, (lengthSeconds - BeginSeconds) / StepSeconds);
        _up = new ulong[_steps];
        _tracks = [.. devices.Select((d, index) => Watch(d, index, lengthSeconds))];
        _deviceKeys = [.. devices.Select((_, device) => Prefix(Numbered(group, device)))];
        var ofItems = Numbered(group, int.MinValue);
        _itemKeys = [.. Enumerable.Range(0, policy.Items).Select(item => Prefix(Numbered(ofItems, item)))];
    }

    /// <summary>A fleet drawn from the trace; null where it has too few devices that were up for long enough.</summary>
    /// <remarks>One from each of as many equal layers of uptime: every fleet is a small copy of all of them.</remarks>
    public static FleetSim? Draw(AvailabilityTrace trace, SimPolicy policy, int seed)
    {
        var pool = trace.UpFor(policy.UptimeMinPermille).ToList();
        if (pool.Count < policy.Devices) return null;
        var group = Numbered(Hash256.Zero, seed);
        pool.Sort((one, other) => one.UpSeconds.CompareTo(other.UpSeconds));
        var drawn = Enumerable.Range(0, policy.Devices).Select(at =>
        {
            var from = at * pool.Count / policy.Devices;
            var count = ((at + 1) * pool.Count / policy.Devices) - from;
            return pool[from + (int)(Prefix(Numbered(group, -1 - at)) % (ulong)count)];
        });
        return new FleetSim(policy, [.. drawn], trace.LengthSeconds, group);
    }

    /// <summary>The whole trace under one grace.</summary>
    public SimFigures Run(int graceHours)
    {
        var rules = ReachabilitySteps.Default with { LostMs = graceHours * 3_600_000L, AwayMs = long.MaxValue };
        var weights = new int[_devices.Count];
        var items = new SimItem[_policy.Items];
        long repairs = 0, dark = 0;
        for (var step = 0; step < _steps; step++)
        {
            var counted = Counted(step, rules, weights);
            for (var item = 0; item < items.Length; item++)
            {
                if (step == 0) items[item] = new SimItem(First(item, _up[0], weights), 0, -1);
                var (after, copied) = Next(items[item], item, step, counted, weights);
                items[item] = after;
                if (copied) repairs++;
                if ((after.Holders & _up[step]) == 0) dark++;
            }
        }

        return new SimFigures(
            graceHours, items.Length, repairs, (long)_steps * items.Length, dark,
            items.Sum(i => (long)BitOperations.PopCount(i.Holders)));
    }

    /// <summary>An item a step later, and whether a copy of it was finished.</summary>
    private (SimItem Item, bool Copied) Next(SimItem item, int number, int step, ulong counted, int[] weights)
    {
        if (item.DueStep > step) return (item, false);
        var copied = (item.Holders & _up[step]) == 0 ? 0 : item.Target & _up[step];
        var holders = item.Holders | copied;
        var next = new SimItem(holders, 0, -1);
        var isShort = BitOperations.PopCount(holders & counted) < _policy.Copies;
        // What nobody can send is not copied.
        if (isShort && (holders & _up[step]) != 0
            && Best(number, _up[step] & counted & ~holders, weights) is >= 0 and var target)
            next = new SimItem(holders, 1UL << target, step + CopySteps);
        return (next, copied != 0);
    }

    private ulong First(int item, ulong up, int[] weights)
    {
        var holders = 0UL;
        for (var copy = 0; copy < _policy.Copies; copy++)
            if (Best(item, up & ~holders, weights) is >= 0 and var target) holders |= 1UL << target;
        return holders;
    }

    /// <summary>The device with the lowest score: the plan's ranking, with capacities all alike.</summary>
    private int Best(int item, ulong among, int[] weights)
    {
        var best = -1;
        var lowest = ulong.MaxValue;
        for (; among != 0; among &= among - 1)
        {
            var device = BitOperations.TrailingZeroCount(among);
            var score = Ranking.Score(_itemKeys[item], _deviceKeys[device], weights[device]);
            if (score >= lowest) continue;
            (best, lowest) = (device, score);
        }

        return best;
    }

    /// <summary>The devices whose copies count in a step, and what each weighs in the ranking.</summary>
    private ulong Counted(int step, ReachabilitySteps rules, int[] weights)
    {
        var counted = 0UL;
        for (var device = 0; device < weights.Length; device++)
        {
            var track = _tracks[device][step];
            weights[device] = UptimeBucket.FloorOf(track.Bucket);
            if (track.Bucket > 0 && track.StateUnder(rules) != Reachability.Lost) counted |= 1UL << device;
        }

        return counted;
    }

    /// <summary>What its prober knows of a device at each step; sets the device's bit where it is up.</summary>
    private ReachabilityTrack[] Watch(TracedDevice device, int index, long lengthSeconds)
    {
        var q32 = (long)(((UInt128)device.UpSeconds << 32) / (ulong)lengthSeconds);
        var track = ReachabilityTrack.New with { UptimeQ32 = q32, Samples = SamplesBefore };
        track = track with { Bucket = UptimeBucket.Of((int)((q32 * 1000) >> 32)) };
        var tracks = new ReachabilityTrack[_steps];
        var edge = 0;
        var first = (int)(BeginSeconds / ProbeSeconds);
        for (var probe = 0; probe < first + (_steps * ProbesPerStep); probe++)
        {
            var second = probe * ProbeSeconds;
            while (edge < device.Edges.Count && device.Edges[edge] <= second) edge++;
            var up = edge % 2 == 1;
            track = track.Probed(up, ownLinkUp: true, second * 1000, ReachabilitySteps.Default);
            var (step, rest) = Math.DivRem(probe - first, ProbesPerStep);
            if (rest != 0 || step < 0) continue;
            tracks[step] = track;
            if (up) _up[step] |= 1UL << index;
        }

        return tracks;
    }

    private static ulong Prefix(Hash256 hash)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        hash.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    private static Hash256 Numbered(Hash256 of, int number)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size + sizeof(int)];
        of.CopyTo(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes[Hash256.Size..], number);
        return Hash256.Sha256(bytes);
    }

    /// <param name="Holders">A bit for each device that has a copy, whether it is up or not.</param>
    /// <param name="Target">The bit of the device that a copy is under way to; 0 where none is.</param>
    /// <param name="DueStep">When it is there.</param>
    private readonly record struct SimItem(ulong Holders, ulong Target, int DueStep);
}
