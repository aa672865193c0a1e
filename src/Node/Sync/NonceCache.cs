using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Which signed requests were seen, for as long as they would still be believed.</summary>
/// <remarks>
/// Nothing is forgotten before its time, so nobody can flush out what another sent: where there is no room, a new
/// request is refused. From half its size on that meets whoever has more than an equal share of the half. Safe to call
/// from several threads.
/// </remarks>
public sealed class NonceCache(int perNodeMax, int totalMax)
{
    private readonly Dictionary<NodeId, Seen> _seen = [];
    private readonly PriorityQueue<(NodeId Node, UInt128 Nonce), long> _lapsing = new();

    /// <summary>How a request stands to those seen before.</summary>
    public enum Outcome
    {
        Fresh,
        Seen,

        /// <summary>Too many of that node are remembered already.</summary>
        Full,
    }

    public int Count
    {
        get
        {
            lock (_seen) return _lapsing.Count;
        }
    }

    /// <summary>Remembers a nonce until the time after which its request is stale.</summary>
    public Outcome Add(NodeId node, UInt128 nonce, long staleMs, long nowMs)
    {
        lock (_seen)
        {
            Forget(nowMs);
            if (_seen.TryGetValue(node, out var seen) && seen.Nonces.Contains(nonce)) return Outcome.Seen;
            var held = seen?.Nonces.Count ?? 0;
            var nodes = _seen.Count + (seen is null ? 1 : 0);
            if (held >= perNodeMax || _lapsing.Count >= totalMax) return Outcome.Full;
            if (_lapsing.Count >= totalMax / 2 && held >= totalMax / 2 / nodes) return Outcome.Full;
            if (seen is null) _seen[node] = seen = new Seen();
            seen.Nonces.Add(nonce);
            _lapsing.Enqueue((node, nonce), staleMs);
            return Outcome.Fresh;
        }
    }

    private void Forget(long nowMs)
    {
        while (_lapsing.TryPeek(out var oldest, out var staleMs) && staleMs < nowMs)
        {
            _lapsing.Dequeue();
            var seen = _seen[oldest.Node];
            seen.Nonces.Remove(oldest.Nonce);
            if (seen.Nonces.Count == 0) _seen.Remove(oldest.Node);
        }
    }

    private sealed class Seen
    {
        public HashSet<UInt128> Nonces { get; } = [];
    }
}
