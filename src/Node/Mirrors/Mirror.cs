using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A hive that is read here without being a member of it.</summary>
/// <param name="Link">Where it is read.</param>
/// <param name="SinceMs">Unix milliseconds.</param>
public sealed record Mirror(PublicLink Link, long SinceMs)
{
    public GroupId Group => Link.Group;

    /// <summary>Unix milliseconds of the last whole look since the start; null before one.</summary>
    public long? HeardMs { get; init; }

    /// <summary>Why the last look failed: a code; null where it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>Unix milliseconds since which every look has failed; null where the last one did not.</summary>
    public long? FailedSinceMs { get; init; }

    /// <summary>As whom events of the group come in: from no node, for whoever answers is not known.</summary>
    internal NodeId From => new(Group.Value);
}

/// <summary>How a followed hive is kept up to date; null for hives in which this node takes part.</summary>
public delegate Mirror? MirrorOf(GroupId group);
