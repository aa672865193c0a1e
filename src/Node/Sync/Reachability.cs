using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>What one peer said that was asked to call this node; the code says what went wrong.</summary>
public sealed record ReachAnswer(NodeId Peer, bool Reached, string? Code);

/// <summary>Asks peers that are there whether they can call this node.</summary>
public sealed class Reachability(PeerLoop loop, PeerClient client)
{
    // One of them may itself be behind a wall; three of them hardly all are.
    private const int PeersMax = 3;

    // A code is a short word, whatever a peer calls one.
    private const int CodeLengthMax = 40;

    public async Task<IReadOnlyList<ReachAnswer>> AskAsync(CancellationToken cancellation)
    {
        var there = loop.Links.Where(l => l.Look(s => s.Contact) == Contact.Up)
            .OrderByDescending(l => l.Look(s => s.HeardMs)).Take(PeersMax);
        return await Task.WhenAll(there.Select(l => AskAsync(l.Peer, cancellation)));
    }

    private async Task<ReachAnswer> AskAsync(NodeId peer, CancellationToken cancellation)
    {
        try
        {
            var reply = await client.ReachAsync(peer, cancellation);
            // A code is a short word, whatever the peer calls one.
            var isOdd = reply.Code is { } code && !IsCode(code);
            return new ReachAnswer(peer, reply.Reached, isOdd ? "malformed" : reply.Code);
        }
        catch (PeerException failed)
        {
            return new ReachAnswer(peer, false, failed.Code);
        }
    }

    private static bool IsCode(string text) =>
        text.Length is > 0 and <= CodeLengthMax && text.All(c => char.IsAsciiLetterLower(c) || c == '_');
}
