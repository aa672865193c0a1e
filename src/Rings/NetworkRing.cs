using Anarchive.Log;

namespace Anarchive.Rings;

/// <summary>Who is served a group of the network ring: an aggregator's totals. A rule, and no setting.</summary>
/// <remarks>
/// It says nothing of anybody in particular, so whoever subscribed to the aggregator passes it on, but to friends and
/// devices alone: a stranger gets nothing, in this ring as in the others.
/// </remarks>
public static class NetworkRing
{
    public const string Name = "network";

    /// <summary>True where this node may exchange such a group with another.</summary>
    /// <param name="self">This node.</param>
    /// <param name="aggregator">Who founded the group.</param>
    /// <param name="wanted">The aggregator of that part that this node's owner subscribed to; null for none.</param>
    /// <param name="isPaired">The owners of both have paired them, as friends or as devices of one.</param>
    public static bool Allows(NodeId self, NodeId aggregator, NodeId? wanted, bool isPaired) =>
        isPaired && Counts(self, aggregator, wanted);

    /// <summary>True where what the group says is read here: it is this node's own, or was asked for.</summary>
    public static bool Counts(NodeId self, NodeId aggregator, NodeId? wanted) =>
        aggregator == self || aggregator == wanted;
}
