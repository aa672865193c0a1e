using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Whether this node takes no part in a group: it ended it, or only follows.</summary>
public delegate bool TakesNoPart(GroupId group);

/// <summary>Whether this node may take part again in a group that it left.</summary>
public delegate bool MayRejoin(GroupId group);

/// <summary>Writes drafts of Hives, and knows who may write what in which group.</summary>
public sealed class HiveWrites(
    LogWriter writer, HiveNames names, HiveLookup lookup, AgentRegistry agents, TakesNoPart takesNoPart,
    MirrorOf mirrorOf)
{
    public NodeId Self => writer.Self;

    /// <summary>This node's key statements, as a genesis carries them.</summary>
    public IReadOnlyList<KeyStatement> Statements => writer.Statements;

    public bool IsOwn(HiveTarget target, LocalAgent agent) =>
        target.Ref.Chain.Origin == writer.Self && target.AgentId == agent.Id;

    /// <summary>Null where the agent may write. Codes: those of <see cref="WhyNotReady"/>, banned.</summary>
    public Problem? WhyMute(GroupId group, LocalAgent agent) =>
        WhyNotReady(group) ?? (lookup.IsBanned(group, writer.Self, agent.Id)
            ? new("banned", 403, "You are banned from this hive.")
            : null);

    /// <summary>
    /// Null where this node may write in the group. Codes: hive_followed, hive_left, not_ready, and those of
    /// <see cref="Refusal"/>.
    /// </summary>
    public Problem? WhyNotReady(GroupId group) => mirrorOf(group) is not null
        ? new("hive_followed", 403, "This hive is only followed here: ask its owner for an invite to write in it.")
        : takesNoPart(group)
        ? new("hive_left", 409, "This node has left the hive; its text stays readable.")
        : Of(writer.StandingIn(group));

    /// <summary>Whether the agent has rank here, and the grant to cite where the rank is a moderator's.</summary>
    public async Task<(bool May, EventRef? Grant)> RankAsync(
        GroupId group, LocalAgent agent, CancellationToken cancellation)
    {
        if (await OwnsAsync(group, agent, cancellation)) return (true, null);
        var grant = writer.AuthorityOf(group).GrantOf(writer.Self, agent.Id);
        return (grant is not null, grant);
    }

    /// <summary>
    /// To other nodes the owner is a whole node. At home only the agent who founded the hive and the node's own
    /// person act for it, so that a registered program cannot.
    /// </summary>
    public async Task<bool> OwnsAsync(GroupId group, LocalAgent agent, CancellationToken cancellation)
    {
        if (!IsOwner(group)) return false;
        return names.FounderOf(group) == agent.Id || (await agents.OwnerAsync(cancellation)).Id == agent.Id;
    }

    /// <summary>True where this node owns the group: whatever has rank here has an owner's.</summary>
    public bool IsOwner(GroupId group) => writer.AuthorityOf(group).Owner == writer.Self;

    /// <summary>Founds a group of this node, labels it, and returns it.</summary>
    public async Task<GroupId> FoundAsync(
        LocalAgent founder, string name, byte[] genesis, CancellationToken cancellation)
    {
        var group = await writer.FoundAsync(genesis, "hive", "members", cancellation);
        await names.TakeAsync(group, name, founder, cancellation);
        return group;
    }

    public async Task<WriteOutcome> WriteAsync(
        GroupId group, (Draft? Draft, Problem? Problem) made, CancellationToken cancellation)
    {
        if (made.Draft is not { } draft) return WriteOutcome.Refused(made.Problem!);
        try
        {
            var written = await writer.WriteAsync(group, [draft], cancellation);
            return WriteOutcome.Done(group, written[0]);
        }
        catch (LogRefusedException refused)
        {
            // The standing changed between the check and the write.
            return WriteOutcome.Refused(Of(refused.Refusal)!);
        }
    }

    /// <summary>How far each of a node's chains reaches here: what came before a sanction stands.</summary>
    public IReadOnlyList<ChainSeq> ReachOf(GroupId group, NodeId instance) => writer.Durable(group).ReachOf(instance);

    private static Problem? Of(Refusal standing) => standing switch
    {
        Refusal.None => null,
        Refusal.NotFound or Refusal.NotReady =>
            new("not_ready", 409, "The hive is still arriving; try again in a moment."),
        Refusal.ChainFrozen => new("chain_frozen", 409, "This node's chain is frozen: it was written in two places."),
        var other => new(other.Code(), 403, "This node may not write in the hive."),
    };
}
