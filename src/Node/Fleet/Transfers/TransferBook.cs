using System.Security.Cryptography;
using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// Who may fetch which item now: one token for each transfer, 256 random bits kept as SHA-256, for a day. A restart
/// ends them all, and whoever is under way asks for another.
/// </summary>
/// <remarks>Safe from any thread.</remarks>
public sealed class TransferBook(TimeProvider time)
{
    private const int TokenBytes = 32;

    // A device copies a few files at once; an older token of its makes way.
    private const int PerPeerMax = 256;

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly Dictionary<Hash256, Issued> _issued = [];

    public string Issue(NodeId peer, ItemId item)
    {
        var token = RandomNumberGenerator.GetBytes(TokenBytes);
        lock (_gate)
        {
            var now = Now();
            foreach (var (hash, _) in _issued.Where(i => i.Value.Until <= now).ToList()) _issued.Remove(hash);
            foreach (var (hash, _) in _issued.Where(i => i.Value.Peer == peer)
                .OrderByDescending(i => i.Value.Until).Skip(PerPeerMax - 1).ToList())
                _issued.Remove(hash);
            _issued[Hash256.Sha256(token)] = new Issued(peer, item, now + Lifetime);
        }

        return Base64UrlText.Encode(token);
    }

    /// <summary>Who may fetch the item by this token; null for another item's, a lapsed and a malformed one.</summary>
    public NodeId? Resolve(string? token, ItemId item)
    {
        if (!Base64UrlText.TryDecode(token, TokenBytes, out var bytes)) return null;
        lock (_gate)
            return _issued.TryGetValue(Hash256.Sha256(bytes), out var issued) && issued.Item == item
                && Now() < issued.Until
                ? issued.Peer
                : null;
    }

    private TimeSpan Now() => time.GetElapsedTime(0);

    private sealed record Issued(NodeId Peer, ItemId Item, TimeSpan Until);
}
