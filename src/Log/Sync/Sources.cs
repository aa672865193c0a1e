namespace Anarchive.Log;

/// <summary>Which peer a group is being pulled from, so that no event is fetched twice. One per node.</summary>
public sealed class Sources
{
    private readonly Dictionary<GroupId, NodeId> _holders = [];

    /// <summary>True when the peer is, or becomes, the group's source.</summary>
    public bool TryTake(GroupId group, NodeId peer) =>
        _holders.TryAdd(group, peer) || _holders[group] == peer;

    /// <summary>True when the peer was the source.</summary>
    public bool Free(GroupId group, NodeId peer) =>
        _holders.TryGetValue(group, out var holder) && holder == peer && _holders.Remove(group);
}
