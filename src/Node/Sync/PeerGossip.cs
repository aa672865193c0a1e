using System.Collections.Concurrent;
using Anarchive.Log;
using Anarchive.Rings;

namespace Anarchive.Node;

/// <summary>Passes on where nodes say they are, among members of a shared group only.</summary>
/// <remarks>
/// A record is signed by the node it describes, expires, and travels a bounded number of hops. It suggests an address;
/// the handshake there proves the key before anything is shared.
/// </remarks>
public sealed class PeerGossip(
    NodeKey key, IVerifier verifier, PeerBook peers, Sharing sharing, LogWriter writer, OwnEndpoint own,
    TimeProvider time)
{
    // Who was named last to whom was told less than all.
    private readonly ConcurrentDictionary<NodeId, NodeId> _last = new();
    private PeerRecord? _mine;

    /// <summary>Raised when a record names a new peer or a new address.</summary>
    public event Action<KnownPeer>? Learned;

    /// <summary>Raised when a peer says for the first time where it is, or that it is elsewhere now.</summary>
    public event Action<NodeId>? Introduced;

    /// <summary>False after a change of the key: a record names the first, and only that one could sign it.</summary>
    public bool HasRecord => key.PublicKey.AsNodeId() == key.NodeId;

    /// <summary>Our own record, and those of members of groups that this peer shares with us.</summary>
    public IReadOnlyList<WireKnownPeer> For(NodeId peer)
    {
        var isNear = IsOnThisMachine(peer);
        var records = new List<WireKnownPeer>();
        if (OwnRecord(isNear) is { } mine)
            records.Add(new WireKnownPeer(Base64UrlText.Encode(mine.Bytes.Span), PeerRecord.TtlManual));
        var groups = sharing.Introducing(peer);
        NodeId? last = _last.TryGetValue(peer, out var named) ? named : null;
        Passed[] told =
        [
            .. Disclosure.To(peer, isNear, Known(Now()), node => groups.Any(g => writer.IsMember(g, node)), last),
        ];
        if (told.Length < Disclosure.ToldMax) _last.TryRemove(peer, out _);
        else _last[peer] = told[^1].Node;
        records.AddRange(told.Select(p => new WireKnownPeer(Base64UrlText.Encode(p.Record.Span), p.Ttl)));
        return records;
    }

    /// <summary>Where this node says it is; null where that means nothing to the listener.</summary>
    internal PeerRecord? OwnRecord(bool isNear) =>
        Mine() is { } mine && (isNear || !mine.Endpoint.IsLoopback) ? mine : null;

    /// <summary>Takes records from a peer; those of strangers, of its own network or the past are dropped.</summary>
    public async Task TakeAsync(NodeId from, IReadOnlyList<WireKnownPeer> records, CancellationToken cancellation)
    {
        if (records.Count > PeerRecord.PerHeartbeatMax) return;
        var isNear = IsOnThisMachine(from);
        foreach (var wire in records)
        {
            if (!Disclosure.IsTtl(wire.Ttl) || Base64UrlText.Decode(wire.Record) is not { } bytes) continue;
            var before = PeerOf(bytes);
            if (before?.Record is { } kept && kept.AsSpan().SequenceEqual(bytes)) continue;
            if (PeerRecord.TryRead(bytes, Now(), verifier) is not { } record || record.Node == key.NodeId) continue;
            var told = Told(from, record);
            if (!MayTake(before, told, record.Node, isNear)) continue;
            // Of itself a node knows best; a copy of it may have signed a later record elsewhere.
            if (told.IsLearned && !IsNewer(before, record)) continue;
            var isNews = !told.IsLearned
                && (before?.Record is not { } last || PeerRecord.Reread(last, Now())?.Endpoint != record.Endpoint);
            if (await LearnAsync(told, record, wire.Ttl, cancellation) && isNews) Introduced?.Invoke(from);
        }
    }

    /// <summary>Takes a record that is newer than what is known; false where there is no room for it.</summary>
    internal async Task<bool> LearnAsync(
        PeerEntry told, PeerRecord record, int ttl, CancellationToken cancellation)
    {
        var before = peers.Find(record.Node)?.Endpoint;
        if (await peers.LearnAsync(told, record, ttl, cancellation) is not { } after) return false;
        if (before != after.Endpoint) Learned?.Invoke(after);
        return true;
    }

    internal bool IsOlder(KnownPeer? known, PeerRecord record) =>
        known?.Record is { } kept
        && PeerRecord.Reread(kept, Now()) is { } newer
        && newer.ExpiresMs > record.ExpiresMs;

    private bool IsNewer(KnownPeer? known, PeerRecord record) =>
        known?.Record is not { } kept
        || PeerRecord.Reread(kept, Now()) is not { } old
        || old.ExpiresMs < record.ExpiresMs;

    /// <summary>
    /// Members only. What a peer says of itself it has said in its handshake too, where its own network was allowed.
    /// </summary>
    private bool MayTake(KnownPeer? before, PeerEntry told, NodeId node, bool isNear)
    {
        if (told.IsLearned)
            return sharing.Introducing(node).Count > 0 && Disclosure.MayLead(told.Endpoint, isNear);
        return sharing.With(node).Count > 0
            && (Disclosure.MayLead(told.Endpoint, isNear)
                || before?.Entries.Any(e => e.Source == PeerSource.Self && e.Endpoint == told.Endpoint) == true);
    }

    private PeerEntry Told(NodeId from, PeerRecord record) => record.Node == from
        ? new PeerEntry(PeerSource.Self, record.Endpoint, Now(), PeerEntry.Never)
        : new PeerEntry(PeerSource.Gossip, record.Endpoint, Now(), record.ExpiresMs) { From = from };

    /// <summary>Loopback addresses mean something between two nodes that both use one.</summary>
    private bool IsOnThisMachine(NodeId peer) =>
        own.Current is { IsLoopback: true } && peers.Find(peer)?.Endpoint is { IsLoopback: true };

    private IEnumerable<Passed> Known(long nowMs)
    {
        foreach (var known in peers.All)
            if (known is { Record: { } bytes, Ttl: > 0 } && PeerRecord.Reread(bytes, nowMs) is { } record)
                yield return new Passed(known.Id, record.Endpoint, record.Bytes, known.Ttl);
    }

    private KnownPeer? PeerOf(byte[] record) =>
        record.Length > 33 ? peers.Find(new NodeId(new Hash256(record.AsSpan(1, 32)))) : null;

    /// <summary>Signed anew once half its time is over, or when this node listens elsewhere.</summary>
    private PeerRecord? Mine()
    {
        if (own.Current is not { } endpoint || !HasRecord) return null;
        var fresh = _mine is { } mine && mine.Endpoint == endpoint
            && mine.ExpiresMs > Now() + PeerRecord.LifetimeMs / 2;
        if (!fresh) _mine = PeerRecord.Sign(endpoint, Now() + PeerRecord.LifetimeMs, key);
        return _mine;
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
