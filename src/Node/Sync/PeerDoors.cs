using System.Collections.Concurrent;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>The doors to peers: one each, made anew where its address or its certificate changes.</summary>
public sealed class PeerDoors(DialGuard guard, RequestSigning signing, NodeCertificate own) : IDisposable
{
    private readonly ConcurrentDictionary<NodeId, PeerDoor> _doors = new();

    /// <summary>A door for one handshake, which finds out who answers there. The caller disposes it.</summary>
    /// <exception cref="PeerException"><c>endpoint_not_allowed</c>: plain HTTP to another machine.</exception>
    public PeerDoor Strange(Endpoint endpoint, DialScope scope) => Open(endpoint, scope, null);

    /// <summary>
    /// A door to whoever answers there, who learns nothing of who calls: no certificate is shown. The caller disposes
    /// it.
    /// </summary>
    /// <exception cref="PeerException"><c>endpoint_not_allowed</c>: plain HTTP to another machine.</exception>
    public PeerDoor Unnamed(Endpoint endpoint, DialScope scope) => Open(endpoint, scope, null, isNamed: false);

    /// <summary>The door to a peer that has proved its key.</summary>
    /// <exception cref="PeerException"><c>endpoint_not_allowed</c>: plain HTTP to another machine.</exception>
    public PeerDoor To(NodeId peer, Endpoint endpoint, DialScope scope, PeerIdentity identity)
    {
        if (_doors.TryGetValue(peer, out var known) && known.Serves(endpoint, scope, identity)) return known;
        var door = Open(endpoint, scope, identity);
        _doors[peer] = door;
        known?.Dispose();
        return door;
    }

    public void Dispose()
    {
        foreach (var door in _doors.Values) door.Dispose();
    }

    private PeerDoor Open(Endpoint endpoint, DialScope scope, PeerIdentity? expected, bool isNamed = true)
    {
        if (!endpoint.IsEncrypted && !endpoint.IsLoopback)
            throw new PeerException(Failure.Unreachable, "endpoint_not_allowed");
        var shown = endpoint.IsEncrypted && isNamed ? own : null;
        return new PeerDoor(guard, signing, endpoint, scope, expected, shown);
    }
}
