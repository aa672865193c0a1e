using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>This node's peers and the acts its owner has on them.</summary>
public sealed partial class Mesh
{
    public MeshView View() => throw new NotImplementedException();

    /// <summary>How far an event has travelled, by the durable vectors peers have told us.</summary>
    public ReachView Reach(GroupId group, Position position) => throw new NotImplementedException();

    public Task<(InviteView? Invite, Problem? Problem)> InviteAsync(string hive, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Redeems a pasted invite: dials its endpoint, proves its key, joins the group and starts the backfill.</summary>
    public Task<JoinOutcome> JoinAsync(string inviteText, string? localName, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Ends this node's part in a group: pushes its tail, tells peers; local data stays.</summary>
    public Task<Problem?> LeaveAsync(string hive, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Tries a peer at once.</summary>
    public Problem? Retry(NodeId peer) => throw new NotImplementedException();
}
