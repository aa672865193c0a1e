using System.Collections.Concurrent;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// How much each peer may send, and how much of each origin may arrive, so that one that floods costs a bounded share.
/// </summary>
public sealed class Quotas(TimeProvider time)
{
    // Twice the ingest a node must sustain, and a burst of a few full pushes.
    private const double EventsPerSecond = 10_000;
    private const double EventsBurst = 20_000;
    private const double BytesPerSecond = 16 * 1024 * 1024;
    private const double BytesBurst = 32 * 1024 * 1024;

    // A heartbeat costs a digest of every shared vector.
    private const double RequestsPerSecond = 200;
    private const double RequestsBurst = 400;

    // A refused batch has cost a verification and brought nothing.
    private const double RefusalEvents = 500;

    // Strangers share one bucket: a handshake costs two signatures.
    private const double HandshakesPerSecond = 20;
    private const double HandshakesBurst = 100;

    private readonly ConcurrentDictionary<NodeId, Share> _shares = new();
    private readonly ConcurrentDictionary<NodeId, Share> _origins = new();
    private readonly TokenBucket _handshakes = new(HandshakesPerSecond, HandshakesBurst);

    /// <summary>Null when a push may be read; otherwise seconds to wait. Nothing is taken yet.</summary>
    public int? WaitBeforePush(NodeId peer)
    {
        var share = _shares.GetOrAdd(peer, _ => new Share());
        lock (share)
        {
            var now = Now();
            if (!share.Events.HasLevel(now)) return share.Events.RetrySeconds;
            return share.Bytes.HasLevel(now) ? null : share.Bytes.RetrySeconds;
        }
    }

    /// <summary>Null when the push may pass; otherwise seconds to wait.</summary>
    public int? TakePush(NodeId peer, int events, long bytes)
    {
        var share = _shares.GetOrAdd(peer, _ => new Share());
        lock (share)
        {
            var now = Now();
            if (!share.Events.TryTake(events, now)) return share.Events.RetrySeconds;
            return share.Bytes.TryTake(bytes, now) ? null : share.Bytes.RetrySeconds;
        }
    }

    /// <summary>
    /// False when too much of that origin has been pushed lately, by whatever peers. Ask for members only: each costs
    /// memory.
    /// </summary>
    public bool TakeOrigin(NodeId origin, int events, long bytes)
    {
        var share = _origins.GetOrAdd(origin, _ => new Share());
        lock (share)
        {
            var now = Now();
            return share.Events.TryTake(events, now) && share.Bytes.TryTake(bytes, now);
        }
    }

    /// <summary>What a peer may push next: all or nothing, for a signed run cannot be divided.</summary>
    public WireCredit CreditOf(NodeId peer, long backlog)
    {
        if (backlog >= Limits.BacklogMax) return WireCredit.None;
        var share = _shares.GetOrAdd(peer, _ => new Share());
        lock (share)
        {
            var now = Now();
            return share.Events.HasLevel(now) && share.Bytes.HasLevel(now) ? WireCredit.Full : WireCredit.None;
        }
    }

    /// <summary>Makes refused batches dearer than accepted ones.</summary>
    public void ChargeRefusals(NodeId peer, int batches)
    {
        var share = _shares.GetOrAdd(peer, _ => new Share());
        lock (share) share.Events.Charge(batches * RefusalEvents, Now());
    }

    /// <summary>Null when a heartbeat, status or pull may pass; otherwise seconds to wait.</summary>
    public int? TakeRequest(NodeId peer)
    {
        var share = _shares.GetOrAdd(peer, _ => new Share());
        lock (share) return share.Requests.TryTake(1, Now()) ? null : share.Requests.RetrySeconds;
    }

    /// <summary>Null when a handshake may begin; otherwise seconds to wait.</summary>
    public int? TakeHandshake()
    {
        lock (_handshakes) return _handshakes.TryTake(1, Now()) ? null : _handshakes.RetrySeconds;
    }

    private long Now() => (long)time.GetElapsedTime(0).TotalMilliseconds + 1;

    private sealed class Share
    {
        public TokenBucket Events { get; } = new(EventsPerSecond, EventsBurst);

        public TokenBucket Bytes { get; } = new(BytesPerSecond, BytesBurst);

        public TokenBucket Requests { get; } = new(RequestsPerSecond, RequestsBurst);
    }
}
