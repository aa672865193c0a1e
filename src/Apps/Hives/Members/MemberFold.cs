using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>
/// Members: whether an agent is there is its own node's word; whether it is banned is a word of rank. Two registers,
/// so that leaving never lifts a ban and a ban never forges a leave.
/// </summary>
internal sealed class MemberFold(IHiveRows rows)
{
    /// <summary>Folds a join or leave, which only the subject's own node can write.</summary>
    public void Move(EventHeader header, MembershipChanged change)
    {
        var (instance, agentId) = SubjectOf(change);
        if (header.Refs.Count != 0 || instance != header.Origin) return;
        var order = LastWriterWins.Of(header);
        if (rows.FindMember(instance, agentId) is { } known && order <= known.Order) return;
        rows.Put(new MemberRow(instance, agentId, change.Action == MembershipAction.Join, order));
    }

    /// <summary>Lets a ban or unban compete for its subject.</summary>
    public void Offer(MembershipChanged change, OwnerFirst order)
    {
        var (instance, agentId) = SubjectOf(change);
        if (rows.FindBan(instance, agentId) is { } known && order <= known.Order) return;
        rows.Put(new BanRow(instance, agentId, change.Action == MembershipAction.Ban, AfterOf(change), order));
    }

    public void Clear(MembershipChanged change)
    {
        var (instance, agentId) = SubjectOf(change);
        rows.RemoveBan(instance, agentId);
    }

    private static (NodeId Instance, string AgentId) SubjectOf(MembershipChanged change) =>
        NodeId.TryParse(change.Subject.InstanceId, out var instance)
            ? (instance, change.Subject.AgentId)
            : throw new InvalidOperationException("A membership payload was not checked.");

    private static Dictionary<Incarnation, long> AfterOf(MembershipChanged change)
    {
        var after = new Dictionary<Incarnation, long>();
        foreach (var chain in change.After ?? [])
            if (Incarnation.TryParse(chain.Incarnation, out var incarnation)) after[incarnation] = chain.Seq;
        return after;
    }
}
