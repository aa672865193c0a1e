using System.Collections.Concurrent;
using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>What friends said of torrents, for a quarter of an hour.</summary>
/// <remarks>
/// Asking tells a friend that somebody here wants the torrent: only what the owner opened to friends may be asked for.
/// </remarks>
public sealed class FriendPeers(RingBook rings, PeerClient client, TimeProvider time)
{
    private static readonly TimeSpan AnswerFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Heard> _heard = new();

    /// <summary>Their broadcast hosts that have it, as far as asked lately.</summary>
    public IReadOnlyList<OutsidePeer> Known(string infoHash) =>
        _heard.TryGetValue(infoHash, out var heard) && IsFresh(heard) ? heard.Peers : [];

    /// <summary>The friends who said so, as far as asked lately.</summary>
    internal IReadOnlyList<NodeId> Givers(string infoHash) =>
        _heard.TryGetValue(infoHash, out var heard) && IsFresh(heard) ? heard.Givers : [];

    /// <summary>Asks every friend at once, unless they were asked lately; silence says nothing.</summary>
    public async Task AskAsync(string infoHash, CancellationToken cancellation)
    {
        if (_heard.TryGetValue(infoHash, out var heard) && IsFresh(heard)) return;
        var friends = rings.All.Where(p => p is { EndedMs: null, Kind: InviteKind.Friend }).ToList();
        var said = await Task.WhenAll(friends.Select(f => AskAsync(f.Node, infoHash, cancellation)));
        var givers = friends.Zip(said).Where(f => f.Second is not null).Select(f => f.First.Node).ToList();
        // Torrents that nobody asks for any more.
        foreach (var (hash, old) in _heard)
            if (!IsFresh(old)) _heard.TryRemove(hash, out _);
        _heard[infoHash] = new Heard(Current(), [.. said.OfType<OutsidePeer>()], givers);
    }

    /// <summary>Null where that friend says nothing of it.</summary>
    private async Task<OutsidePeer?> AskAsync(
        NodeId friend, string infoHash, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerFor);
        try
        {
            var reply = await client.PeersForAsync(friend, infoHash, limit.Token);
            // One of a friend's own: its broadcast host is all that it names.
            return reply.Peers is [{ Addr: { } address }] && Endpoint.TryParse(address) is not null
                ? new OutsidePeer(PeerVia.Friend, address, $"{friend}:0")
                : null;
        }
        catch (PeerException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private bool IsFresh(Heard heard) => heard.At == Current();

    private Epoch Current() => Epoch.Of(time.GetUtcNow().ToUnixTimeMilliseconds());

    private sealed record Heard(Epoch At, IReadOnlyList<OutsidePeer> Peers, IReadOnlyList<NodeId> Givers);
}
