using Anarchive.Log;

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
    private PeerRecord? _mine;

    /// <summary>Raised when a record names a new peer or a new address.</summary>
    public event Action<KnownPeer>? Learned;

    /// <summary>False after a change of the key: a record names the first, and only that one could sign it.</summary>
    public bool HasRecord => key.PublicKey.AsNodeId() == key.NodeId;

    /// <summary>Our own record, and those of members of groups that this peer shares with us.</summary>
    public IReadOnlyList<WireKnownPeer> For(NodeId peer)
    {
        var records = new List<WireKnownPeer>();
        if (Mine() is { } mine)
            records.Add(new WireKnownPeer(Base64UrlText.Encode(mine.Bytes.Span), PeerRecord.TtlManual));
        var groups = sharing.With(peer);
        foreach (var known in peers.All)
        {
            if (records.Count == PeerRecord.PerHeartbeatMax) break;
            if (known.Id == peer || known.Record is not { } record || known.Ttl == 0) continue;
            if (!groups.Any(g => writer.IsMember(g, known.Id))) continue;
            if (PeerRecord.TryRead(record, Now(), verifier) is null) continue;
            records.Add(new WireKnownPeer(Base64UrlText.Encode(record), known.Ttl - 1));
        }

        return records;
    }

    /// <summary>Takes records from a peer; those of strangers, other machines or the past are dropped.</summary>
    public async Task TakeAsync(NodeId from, IReadOnlyList<WireKnownPeer> records, CancellationToken cancellation)
    {
        if (records.Count > PeerRecord.PerHeartbeatMax) return;
        foreach (var wire in records)
        {
            if (wire.Ttl is < 0 or > PeerRecord.TtlMax || Base64UrlText.Decode(wire.Record) is not { } bytes) continue;
            var before = PeerOf(bytes);
            if (before?.Record is { } kept && kept.AsSpan().SequenceEqual(bytes)) continue;
            if (PeerRecord.TryRead(bytes, Now(), verifier) is not { } record) continue;
            if (record.Node == key.NodeId) continue;
            // Plain addresses are for nodes that have none but such themselves.
            if (!record.Endpoint.IsEncrypted && own.Current is not { IsEncrypted: false }) continue;
            // Of itself a node knows best; a copy of it may have signed a later record elsewhere.
            if (sharing.With(record.Node).Count == 0 || (record.Node != from && !IsNewer(before, record))) continue;
            if (before is null && !peers.HasRoom) continue;
            var source = record.Node == from ? KnownPeer.Manual : KnownPeer.Gossip;
            var after = await peers.UpdateAsync(
                record.Node,
                known => (known ?? KnownPeer.New(record.Node, record.Endpoint, source)) with
                {
                    Endpoint = record.Endpoint,
                    Record = bytes,
                    Ttl = wire.Ttl,
                },
                cancellation);
            if (before?.Endpoint != after.Endpoint) Learned?.Invoke(after);
        }
    }

    private KnownPeer? PeerOf(byte[] record) =>
        record.Length > 33 ? peers.Find(new NodeId(new Hash256(record.AsSpan(1, 32)))) : null;

    private bool IsNewer(KnownPeer? known, PeerRecord record) =>
        known?.Record is not { } kept
        || PeerRecord.TryRead(kept, Now(), verifier) is not { } old
        || old.ExpiresMs < record.ExpiresMs;

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
