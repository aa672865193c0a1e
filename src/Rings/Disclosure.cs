using System.Net;
using Anarchive.Log;

namespace Anarchive.Rings;

/// <summary>A record that could be passed on, and how many hops it may still travel.</summary>
public readonly record struct Passed(NodeId Node, Endpoint Endpoint, ReadOnlyMemory<byte> Record, int Ttl);

/// <summary>Who may be told where a peer is, and whose word about it is taken.</summary>
public static class Disclosure
{
    /// <summary>A hub's word travels one hop less than a peer's own.</summary>
    public const int TtlHub = 1;

    /// <summary>Records that one heartbeat passes on; with the sender's own it is full.</summary>
    public const int ToldMax = PeerRecord.PerHeartbeatMax - 1;

    /// <summary>
    /// True for groups whose members may learn of one another from others; friends are one's own, also where a group of
    /// the network passes through them.
    /// </summary>
    public static bool Introduces(string ring) => ring is not (FriendsRing.Name or NetworkRing.Name);

    /// <summary>
    /// What of it one peer is told. Addresses on this machine mean something on this machine only.
    /// </summary>
    /// <param name="sharesGroup">
    /// True for nodes in a group with the recipient and this node that introduces its members.
    /// </param>
    /// <param name="last">Named last the time before: those behind it come first, so that all have their turn.</param>
    public static IEnumerable<Passed> To(
        NodeId recipient, bool isOnThisMachine, IEnumerable<Passed> known, Func<NodeId, bool> sharesGroup,
        NodeId? last = null) => known
        .Where(p => p.Ttl > 0 && p.Node != recipient && MayLead(p.Endpoint, isOnThisMachine) && sharesGroup(p.Node))
        .OrderBy(p => p.Node.CompareTo(last ?? default) <= 0).ThenBy(p => p.Node)
        .Take(ToldMax)
        .Select(p => p with { Ttl = p.Ttl - 1 });

    /// <summary>True for hops that a record may still have: more than any honest node gives are refused.</summary>
    public static bool IsTtl(int ttl) => ttl is >= 0 and <= PeerRecord.TtlMax;

    /// <summary>
    /// True where somebody else's word may lead there: encrypted to a global unicast address, or within this machine
    /// where both are on it. Names are judged once they are resolved.
    /// </summary>
    public static bool MayLead(Endpoint endpoint, bool bothOnThisMachine)
    {
        if (endpoint.IsLoopback) return bothOnThisMachine;
        if (!endpoint.IsEncrypted) return false;
        return !IPAddress.TryParse(endpoint.Address.IdnHost, out var literal) || GlobalUnicast.Allows(literal);
    }

    /// <summary>
    /// True where a peer's own word about itself may lead: beyond the above, to the address that it calls from.
    /// </summary>
    public static bool MayLeadItself(Endpoint endpoint, IPAddress? callsFrom) =>
        MayLead(endpoint, bothOnThisMachine: callsFrom is not null && IPAddress.IsLoopback(callsFrom))
        || (endpoint.IsEncrypted && IPAddress.TryParse(endpoint.Address.IdnHost, out var literal)
            && literal.Equals(callsFrom));
}
