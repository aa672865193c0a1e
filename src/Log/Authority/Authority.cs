namespace Anarchive.Log;

/// <summary>Who may do what in a group: owner 2, moderator 1, otherwise 0, at a (chain, seq). Order-free.</summary>
public sealed partial class Authority
{
    /// <summary>Grows with every change, so that a fold knows when to judge earlier acts again.</summary>
    public long Version { get; private set; }

    public NodeId Owner { get; private set; }

    public GroupCreated? Genesis { get; private set; }

    /// <summary>
    /// The rank of an act: 2 where its origin owns the group at that seq; 1 where <paramref name="grant"/> refers to a
    /// valid <c>moderator_changed</c> that adds (origin, <paramref name="agentId"/>) and no later removal ended it
    /// before this seq; otherwise 0. Uses the header only, so it still evaluates after erasure.
    /// </summary>
    public int RankAt(EventHeader act, string agentId, EventRef? grant) => throw new NotImplementedException();

    /// <summary>The grant an agent would cite now; null where it has none in force.</summary>
    public EventRef? GrantOf(NodeId origin, string agentId) => throw new NotImplementedException();
}
