using System.Collections.Concurrent;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>How many reports each friend may have passed on here, and hand in.</summary>
/// <remarks>Safe from any thread.</remarks>
public sealed class SignalQuotas(TimeProvider time)
{
    // A household has one report a week; the rest are attempts whose answer was lost.
    private const double RelaysPerSecond = 1 / 600.0;
    private const double RelaysBurst = 8;

    // A friend hands in those of its own friends.
    private const double ReportsPerSecond = 1 / 10.0;
    private const double ReportsBurst = 128;

    private readonly ConcurrentDictionary<NodeId, TokenBucket> _relays = new();
    private readonly ConcurrentDictionary<NodeId, TokenBucket> _reports = new();

    /// <summary>Null when that friend's report may be passed on; otherwise seconds to wait.</summary>
    public int? TakeRelay(NodeId peer) =>
        Take(_relays.GetOrAdd(peer, _ => new TokenBucket(RelaysPerSecond, RelaysBurst)));

    /// <summary>Null when that friend may hand a report in; otherwise seconds to wait.</summary>
    public int? TakeReport(NodeId peer) =>
        Take(_reports.GetOrAdd(peer, _ => new TokenBucket(ReportsPerSecond, ReportsBurst)));

    private int? Take(TokenBucket bucket)
    {
        lock (bucket)
        {
            var now = (long)time.GetElapsedTime(0).TotalMilliseconds + 1;
            return bucket.TryTake(1, now) ? null : bucket.RetrySeconds;
        }
    }
}
