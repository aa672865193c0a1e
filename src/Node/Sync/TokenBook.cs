using System.Collections.Concurrent;
using System.Security.Cryptography;
using Anarchive.Log;
using Dapper;

namespace Anarchive.Node;

/// <summary>Who holds a token: the node, the key it proved, and by what way it comes.</summary>
/// <param name="Binding">
/// The key of the certificate it showed; zeros on plain connections of this machine, <see cref="Proxied"/> behind a
/// reverse proxy.
/// </param>
public sealed record TokenHolder(NodeId Peer, PublicKey Key, Hash256 Binding)
{
    /// <summary>No certificate's key: what a proxy has read must not serve where requests need no signature.</summary>
    public static Hash256 Proxied { get; } = Hash256.Sha256("anarchive/v1/proxied\0"u8);
}

/// <summary>How a peer comes without a handshake, Unix milliseconds.</summary>
/// <param name="ProvedMs">Its last handshake.</param>
/// <param name="EndsMs">When it has to prove itself again, which it does by itself.</param>
/// <param name="KeyProvedMs">When it last proved the key in force; null where no handshake that holds did.</param>
/// <param name="CertificateProvedMs">The same of its certificate.</param>
public sealed record PeerSession(long ProvedMs, long EndsMs, long? KeyProvedMs, long? CertificateProvedMs);

/// <summary>
/// Tokens issued to peers: 256 random bits, kept as SHA-256, bound to a node and its certificate, valid 30 days.
/// </summary>
/// <remarks>A token says who calls and nothing more; what the caller may see is checked on every request.</remarks>
public sealed class TokenBook
{
    public const int TokenBytes = 32;

    // A peer's older tokens stay valid for requests already under way; more than this are forgotten.
    private const int PerPeerMax = 4;

    private readonly ConcurrentDictionary<ulong, Issued> _byPrefix = new();
    private readonly LogWriter _writer;
    private readonly TimeProvider _time;

    public TokenBook(Database database, LogWriter writer, TimeProvider time)
    {
        (_writer, _time) = (writer, time);
        using var db = database.OpenReader();
        // Tokens of earlier versions name no key; their holders shake hands again.
        foreach (var row in db.Query<(byte[] Hash, byte[] Peer, long ExpiresMs, byte[] Key, byte[] Certificate)>(
            "SELECT hash, peer, expires_ms, key, certificate FROM peer_tokens WHERE key IS NOT NULL"))
        {
            var holder = new TokenHolder(
                new NodeId(new Hash256(row.Peer)),
                new PublicKey(new Hash256(row.Key)),
                new Hash256(row.Certificate));
            Add(new Issued(row.Hash, holder, row.ExpiresMs));
        }
    }

    /// <summary>A fresh token for a peer that has just proved its key; durable when it returns.</summary>
    public async Task<(string Token, long ExpiresMs)> IssueAsync(TokenHolder holder, CancellationToken cancellation)
    {
        var token = RandomNumberGenerator.GetBytes(TokenBytes);
        var issued = new Issued(
            SHA256.HashData(token), holder, _time.GetUtcNow().ToUnixTimeMilliseconds() + Limits.TokenLifetimeMs);
        var surplus = _byPrefix.Values.Where(i => i.Holder.Peer == holder.Peer)
            .OrderByDescending(i => i.ExpiresMs).Skip(PerPeerMax - 1).ToList();
        await _writer.OnWriterAsync(
            db =>
            {
                foreach (var old in surplus)
                    db.Execute("DELETE FROM peer_tokens WHERE hash = @Hash", new { old.Hash });
                return db.Execute(
                    """
                    INSERT INTO peer_tokens (hash, peer, expires_ms, key, certificate)
                    VALUES (@Hash, @Node, @ExpiresMs, @Key, @Certificate)
                    """,
                    new
                    {
                        issued.Hash,
                        Node = holder.Peer.Value.ToArray(),
                        issued.ExpiresMs,
                        Key = holder.Key.Value.ToArray(),
                        Certificate = holder.Binding.ToArray(),
                    });
            },
            cancellation);
        foreach (var old in surplus) _byPrefix.TryRemove(Prefix(old.Hash), out _);
        Add(issued);
        return (Base64UrlText.Encode(token), issued.ExpiresMs);
    }

    /// <summary>Who holds this token; null for an unknown, lapsed or malformed one.</summary>
    public TokenHolder? Resolve(string? token)
    {
        if (!Base64UrlText.TryDecode(token, TokenBytes, out var bytes)) return null;
        var hash = SHA256.HashData(bytes);
        if (!_byPrefix.TryGetValue(Prefix(hash), out var issued)) return null;
        if (!CryptographicOperations.FixedTimeEquals(issued.Hash, hash)) return null;
        return issued.ExpiresMs > _time.GetUtcNow().ToUnixTimeMilliseconds() ? issued.Holder : null;
    }

    /// <summary>
    /// When a peer last proved what it is known by here, and until when it may come without doing so again; null where
    /// it has to.
    /// </summary>
    /// <param name="known">By what it is known where it answers; null where it answered nowhere.</param>
    public PeerSession? SessionOf(NodeId peer, PeerIdentity? known)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var held = _byPrefix.Values.Where(i => i.Holder.Peer == peer && i.ExpiresMs > now).ToList();
        if (held.Count == 0) return null;
        return new PeerSession(
            ProvedMs(_ => true)!.Value, held.Max(i => i.ExpiresMs), ProvedMs(h => h.Key == known?.Key),
            ProvedMs(h => h.Binding == known?.Certificate && !h.Binding.IsZero));

        long? ProvedMs(Predicate<TokenHolder> of) =>
            held.Where(i => of(i.Holder)).Max(i => (long?)i.ExpiresMs) - Limits.TokenLifetimeMs;
    }

    /// <summary>Ends a token that came to nothing; durable when it returns.</summary>
    public async Task RevokeAsync(string token, CancellationToken cancellation)
    {
        if (!Base64UrlText.TryDecode(token, TokenBytes, out var bytes)) return;
        var hash = SHA256.HashData(bytes);
        _byPrefix.TryRemove(Prefix(hash), out _);
        await _writer.OnWriterAsync(
            db => db.Execute("DELETE FROM peer_tokens WHERE hash = @hash", new { hash }), cancellation);
    }

    /// <summary>Ends every token of a peer; durable when it returns.</summary>
    public async Task RevokeAsync(NodeId peer, CancellationToken cancellation)
    {
        Forget(peer);
        await _writer.OnWriterAsync(
            db => db.Execute("DELETE FROM peer_tokens WHERE peer = @Node", new { Node = peer.Value.ToArray() }),
            cancellation);
    }

    /// <summary>Ends every token of a peer for as long as this process runs: it shakes hands again.</summary>
    public void Forget(NodeId peer)
    {
        foreach (var (prefix, issued) in _byPrefix)
            if (issued.Holder.Peer == peer) _byPrefix.TryRemove(prefix, out _);
    }

    private void Add(Issued issued) => _byPrefix[Prefix(issued.Hash)] = issued;

    private static ulong Prefix(byte[] hash) => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(hash);

    private sealed record Issued(byte[] Hash, TokenHolder Holder, long ExpiresMs);
}
