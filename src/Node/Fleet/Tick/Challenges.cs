using System.Security.Cryptography;
using Anarchive.Fleet;
using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>
/// Has the holders of items whose baton this device has prove that they can read them still, before their proof ends.
/// </summary>
/// <remarks>
/// A holder reads its own copies anew in time; whoever did not get to it is asked for a few ranges instead, which this
/// device compares with its own copy. No answer says nothing: silence is for the probes to judge.
/// </remarks>
public sealed class Challenges(
    FleetBook book, FleetDesk desk, PlanSight plans, ItemStore store, PeerClient client, TimeProvider time,
    ILogger<Challenges> log)
{
    private const int AtOnceMax = 64;
    private const int RangesPerItem = 8;
    private const int RangeBytesMax = 256 * 1024;

    /// <summary>So long before its proof ends a copy is asked for another.</summary>
    private const long AheadMs = 3L * 24 * 3600 * 1000;

    /// <summary>Challenges what is due; durable when it returns.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var duties = plans.Now().Plan.Duties;
        var due = book.Read(state => Due(state, duties, nowMs));
        var rows = new List<ChallengeRow>(due.Count);
        foreach (var holding in due)
            if (await AskAsync(holding, cancellation) is { } ok)
                rows.Add(new ChallengeRow(
                    holding.Device, holding.Volume, holding.Item, holding.Gen, holding.Challenges + 1, ok));
        if (rows.Count == 0) return;
        var (_, problem) = await desk.SayAsync(new ChallengeAnswered(rows), dryRun: false, cancellation);
        if (problem is not null) NodeLog.ChallengesNotSaid(log, problem.Code);
    }

    private List<Holding> Due(FleetState state, DutyRoster duties, long nowMs) =>
    [
        .. store.Held().Where(h => h.State == HoldingState.Present).Select(h => h.Item).Distinct()
            .Where(item => duties.BatonOf(item) == desk.Self)
            .SelectMany(item => state.HoldingsOf(item)).Where(h => IsDue(state, h, nowMs)).Take(AtOnceMax),
    ];

    private bool IsDue(FleetState state, Holding holding, long nowMs) =>
        holding.State == HoldingState.Present && holding.Device != desk.Self
        && holding.Challenges < FleetLimits.ChallengesMax && holding.ProvenMs is { } proven
        && nowMs - proven is > Holding.WindowMs - AheadMs and <= Holding.WindowMs
        && state.Devices.TryGetValue(holding.Device, out var device)
        && device is { Steward: null, Class: not DeviceClass.Archive };

    /// <summary>Whether it could read the ranges; null where it said nothing, or this device's own copy is not good.</summary>
    private async Task<bool?> AskAsync(Holding holding, CancellationToken cancellation)
    {
        if (store.Find(holding.Item) is not { } own) return null;
        var nonce = new Hash256(RandomNumberGenerator.GetBytes(Hash256.Size));
        var ranges = Ranges(own.SizeBytes);
        try
        {
            if (await FileBytes.DigestAsync(own.FullPath, nonce, ranges, cancellation) is not { } expected) return null;
            var answer = await client.Items(holding.Device.AsNode())
                .ChallengeAsync(holding.Item, nonce, ranges, cancellation);
            return answer == expected;
        }
        catch (PeerException silent)
        {
            NodeLog.ChallengeNotAnswered(log, holding.Device.AsNode(), silent.Code);
            return null;
        }
    }

    private static List<ByteRange> Ranges(long sizeBytes)
    {
        var length = Math.Min(RangeBytesMax, sizeBytes);
        var ranges = new List<ByteRange>(RangesPerItem);
        for (var i = 0; i < RangesPerItem; i++)
            ranges.Add(new ByteRange(RandomBelow(sizeBytes - length + 1), length));
        return ranges;
    }

    private static long RandomBelow(long end) =>
        (long)(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) % (ulong)end);
}
