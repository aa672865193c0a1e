using System.Collections.Concurrent;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Asks peers for texts that are announced here and whose bytes are missing.</summary>
/// <remarks>
/// Bounded and unhurried: a few places per request, on after each heartbeat. A peer that serves none of them is asked
/// about the next ones, ever less often.
/// </remarks>
internal sealed class OwedPayloads(HiveQueries hives, LogWriter writer, TimeProvider time)
{
    private readonly ConcurrentDictionary<(NodeId, GroupId), Round> _rounds = new();

    public async Task FetchAsync(NodeId peer, GroupClient client, CancellationToken cancellation)
    {
        var group = client.Group;
        var round = _rounds.GetValueOrDefault((peer, group)) ?? new Round(null, 0, 0);
        if (time.GetElapsedTime(round.AskedAt).TotalMilliseconds < round.WaitMs) return;
        while (hives.OwedAfter(group, round.After, Limits.WantsMax) is { Count: > 0 } places)
        {
            var batches = await client.OwedAsync(places, cancellation);
            var filled = await writer.FillAsync(group, Payloads(batches, places), cancellation);
            round = new Round(places[^1], time.GetTimestamp(), filled > 0 ? 0 : round.NextWaitMs);
            _rounds[(peer, group)] = round;
            if (filled == 0) return;
        }

        // From the beginning at the next heartbeat, or later where this peer had nothing for us.
        _rounds[(peer, group)] = round with { After = null };
    }

    private static List<(Position, Payload)> Payloads(IReadOnlyList<Batch> batches, IReadOnlyList<Position> places)
    {
        var asked = places.ToHashSet();
        var found = new List<(Position, Payload)>();
        foreach (var e in batches.SelectMany(b => b.Events))
        {
            var place = new Position(e.Header.Chain, e.Header.Seq);
            if (e.Payload is { } payload && asked.Remove(place)) found.Add((place, payload));
        }

        return found;
    }

    /// <summary>Where to go on with a peer, and how long after the last question.</summary>
    private sealed record Round(Position? After, long AskedAt, long WaitMs)
    {
        public long NextWaitMs => Math.Clamp(WaitMs * 2, Limits.HeartbeatMs, Limits.ErrorRetryMs);
    }
}
