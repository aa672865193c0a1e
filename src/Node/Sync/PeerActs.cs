using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>What a dial to one address of a peer found.</summary>
/// <param name="Code">Null where that node answers and has proved its key.</param>
public sealed record PeerTest(PeerAddressView Address, string? Code, long Ms);

/// <summary>What the owner does about single peers: name one, test, pause and forget it.</summary>
public sealed class PeerActs(
    PeerBook peers, TokenBook tokens, PeerClient client, PeerLoop loop, LogWriter writer, Sharing sharing,
    RefusalBook refusals, TimeProvider time)
{
    // Asking each costs it a signature; whoever has more members names the node.
    private const int AskedMax = 64;

    /// <summary>
    /// Adds an address that the owner typed. Without an id, the members of this node's groups are sought there.
    /// </summary>
    public async Task<(NodeId Peer, Problem? Problem)> AddAsync(
        string endpoint, string? node, CancellationToken cancellation)
    {
        if (Endpoint.TryParse(endpoint) is not { } at)
            return (default, new Problem("bad_endpoint", 400, "An endpoint looks like https://host.example:7421."));
        if (at is { IsEncrypted: false, IsLoopback: false })
            return (default, new Problem(
                "endpoint_not_allowed", 400, "Plain HTTP reaches nodes on this machine only: begin with https://."));
        NodeId id = default;
        if (node is not null && !NodeId.TryParse(node, out id))
            return (default, new Problem("bad_node_id", 400, "A node's id begins with an1, as its status shows it."));
        if (node is null)
        {
            var (found, problem) = await AskAsync(at, cancellation);
            if (problem is not null) return (default, problem);
            id = found;
        }

        if (id == writer.Self)
            return (default, new Problem("own_endpoint", 409, "This is the id of this node itself."));
        await peers.TypedAsync(id, at, cancellation);
        await loop.TryAsync(id, cancellation);
        return (id, null);
    }

    /// <summary>Dials every address of a peer at once; null where it is not known. Nothing is shared.</summary>
    public async Task<IReadOnlyList<PeerTest>?> TestAsync(NodeId peer, CancellationToken cancellation)
    {
        if (peers.Find(peer) is not { } known) return null;
        var current = known.Current;
        var tests = known.Entries.DistinctBy(e => e.Endpoint).Select(async entry =>
        {
            var started = time.GetTimestamp();
            var code = await DialAsync(entry.Endpoint, KnownPeer.ScopeOf(entry), peer, cancellation);
            await peers.TriedAsync(peer, entry.Endpoint, code, cancellation);
            var address = PeerAddressView.Of(entry, entry == current);
            return new PeerTest(address, code, (long)time.GetElapsedTime(started).TotalMilliseconds);
        });
        return await Task.WhenAll(tests);
    }

    /// <summary>Ends the exchange with a peer until it is resumed, or takes it up again.</summary>
    public async Task<Problem?> PauseAsync(NodeId peer, bool isPaused, CancellationToken cancellation)
    {
        if (!await peers.PauseAsync(peer, isPaused, cancellation)) return Problem.NotFound("peer");
        await loop.TryAsync(peer, cancellation);
        return null;
    }

    /// <summary>Forgets a peer and its addresses. One that shares a group comes back when it calls.</summary>
    public async Task<Problem?> RemoveAsync(NodeId peer, CancellationToken cancellation)
    {
        if (!await peers.RemoveAsync(peer, cancellation)) return Problem.NotFound("peer");
        await tokens.RevokeAsync(peer, cancellation);
        refusals.Forget(peer);
        await loop.TryAsync(peer, cancellation);
        return null;
    }

    /// <summary>Nobody is told who is sought: a hello names its addressee by a hash, and others answer 404.</summary>
    private async Task<(NodeId Found, Problem? Problem)> AskAsync(Endpoint at, CancellationToken cancellation)
    {
        var members = writer.Groups().SelectMany(g => writer.Members(g.Id)).Distinct()
            .Where(n => sharing.With(n).Count > 0).Take(AskedMax);
        foreach (var member in members)
        {
            var code = await DialAsync(at, KnownPeer.ScopeOfTyped(at), member, cancellation);
            if (code is null) return (member, null);
            if (code is "unreachable" or "too_slow")
                return (default, new Problem("peer_unreachable", 502, $"No node answers at {at}: is it running?"));
        }

        return (default, new Problem(
            "peer_unknown", 409, $"No member of this node's groups answers at {at}: give the node's id too."));
    }

    /// <summary>Null where that node answers; otherwise why not.</summary>
    private async Task<string?> DialAsync(
        Endpoint endpoint, DialScope scope, NodeId expected, CancellationToken cancellation)
    {
        try
        {
            await client.ProbeAsync(endpoint, scope, expected, cancellation);
            return null;
        }
        catch (PeerException failed)
        {
            return failed.Code;
        }
    }
}
