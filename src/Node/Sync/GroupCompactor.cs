using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Cuts a group's log at an edition, unless a member who still comes would be left behind.</summary>
internal sealed class GroupCompactor(
    LogWriter writer, HiveNames names, TakesNoPart takesNoPart, PeerBook peers, PeerLoop loop, NodeClock clock)
{
    /// <summary>
    /// A dry run refuses as the real one would and changes nothing; with <paramref name="force"/> members are not
    /// asked about.
    /// </summary>
    public async Task<(Compaction? Done, Problem? Problem)> CompactAsync(
        string hive, bool dryRun, bool force, CancellationToken cancellation)
    {
        if (names.Find(hive) is not { } group || !writer.Holds(group)) return (null, Problem.NotFound("hive"));
        if (writer.AuthorityOf(group).Owner != writer.Self)
            return (null, new Problem("not_permitted", 403, "Only the hive's owner may compact it."));
        if (takesNoPart(group)) return (null, GroupWrites.HiveLeft);
        if (!force && writer.Members(group).Where(m => IsBehind(group, m)).ToArray() is { Length: > 0 } behind)
            return (null, new Problem(
                "members_behind",
                409,
                $"{behind.Length} member(s) seen in the last 30 days may lack events, the first of them "
                    + $"{behind[0].ToString()[..9]}: wait until they are in step, or compact with force."));
        try
        {
            return (await writer.CompactAsync(group, dryRun, cancellation), null);
        }
        catch (LogRefusedException refused)
        {
            return (null, refused.Refusal == Refusal.TooLarge
                ? new Problem("too_large", 409, "The hive is too large for an edition; its log stays whole.")
                : new Problem(refused.Refusal.Code(), 409, "This node may not write in the hive now."));
        }
    }

    // A member never heard of by this node counts: whether it comes is not known.
    private bool IsBehind(GroupId group, NodeId member)
    {
        var link = loop.Find(member);
        var heard = loop.WallMs(link?.Look(s => s.HeardMs)) ?? peers.Find(member)?.HeardMs;
        if (heard is { } at && clock.NowMs() - at > Limits.MemberActiveMs) return false;
        return link?.Look(s => s.TheirsOf(group)) is not { } theirs
            || writer.Durable(group).EventsAheadOf(theirs) > 0;
    }
}
