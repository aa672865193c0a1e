using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Writes admissions, and describes shared groups to a peer that proved its key.</summary>
public sealed class Admissions(LogWriter writer, HiveNames names, TakesNoPart takesNoPart)
{
    /// <summary>
    /// True when this node may admit others: the owner's, or a moderator's where genesis allows, and nobody's that has
    /// left, for whoever was admitted would get nothing.
    /// </summary>
    public bool MayAdmit(GroupId group)
    {
        if (writer.StandingIn(group) != Refusal.None || takesNoPart(group)) return false;
        var authority = writer.AuthorityOf(group);
        return authority.Owner == writer.Self
            || (authority.Genesis is { ModeratorsAdmit: true } && GrantHere(authority) is not null);
    }

    /// <summary>Why this node may make no invite; null where it may.</summary>
    public Problem? WhyNotAdmit(GroupId group) =>
        MayAdmit(group) ? null
        : takesNoPart(group) && writer.AuthorityOf(group).Owner == writer.Self ? GroupWrites.HiveLeft
        : new Problem("not_permitted", 403, "Only the hive's owner may invite nodes to it.");

    /// <summary>True where the group knows newer keys of that node.</summary>
    public bool IsOverruled(GroupId group, KeyChain keys) =>
        writer.AuthorityOf(group).IsOverruled(keys.Node, keys.Steps);

    /// <summary>Makes the node a member unless it is one; durable when it returns.</summary>
    public Task AdmitAsync(GroupId group, KeyChain node, CancellationToken cancellation) =>
        AdmitAsync(group, node.Node, node.Inception, cancellation);

    /// <summary>
    /// Makes a node that was admitted elsewhere a member here, too, under the same keys; durable when it returns.
    /// </summary>
    public Task AdmitAsync(GroupId group, GroupId elsewhere, NodeId node, CancellationToken cancellation)
    {
        var there = writer.AuthorityOf(elsewhere);
        return there.AdmissionOf(node) is { } admission && there.InceptionAdmitted(admission, node) is { } inception
            ? AdmitAsync(group, node, inception, cancellation)
            : Task.CompletedTask;
    }

    private async Task AdmitAsync(GroupId group, NodeId node, Hash256 inception, CancellationToken cancellation)
    {
        if (writer.IsMember(group, node)) return;
        var payload = EngineKinds.Write(new NodeAdmitted(
            node.ToString(), Base64UrlText.Encode(inception.ToArray())));
        var authority = writer.AuthorityOf(group);
        IReadOnlyList<EventRef> refs =
            authority.Owner != writer.Self && GrantHere(authority) is { } grant ? [grant] : [];
        await writer.WriteAsync(group, [new Draft(EngineKinds.NodeAdmitted, payload, refs)], cancellation);
    }

    /// <summary>
    /// Ends a node's membership; durable when it returns. What it wrote so far, as known here, stands; what comes
    /// later is refused by all who hear of it, and it is served nothing more. A dry run only says whether that could be
    /// done.
    /// </summary>
    public async Task<Problem?> RemoveAsync(
        string hive, string instanceId, bool dryRun, CancellationToken cancellation)
    {
        if (names.Find(hive) is not { } group || !writer.Holds(group)) return Problem.NotFound("hive");
        if (!NodeId.TryParse(instanceId, out var node))
            return new Problem("bad_instance_id", 400, "A node's id begins with an1 and has 59 characters.");
        // Nobody would hear of it, and whoever asked would take the node for shut out.
        if (takesNoPart(group) && writer.AuthorityOf(group).Owner == writer.Self) return GroupWrites.HiveLeft;
        return await RemoveAsync(group, node, dryRun, cancellation);
    }

    /// <inheritdoc cref="RemoveAsync(string, string, bool, CancellationToken)"/>
    public async Task<Problem?> RemoveAsync(
        GroupId group, NodeId node, bool dryRun, CancellationToken cancellation)
    {
        if (writer.AuthorityOf(group).Owner != writer.Self)
            return new Problem("not_permitted", 403, "Only the owner may remove nodes.");
        if (node == writer.Self)
            return new Problem("owner_stays", 409, "The owner's node cannot be removed from its own hive.");
        if (!writer.IsMember(group, node)) return Problem.NotFound("member");
        var payload = EngineKinds.Write(new NodeRemoved(node.ToString(), writer.Durable(group).ReachOf(node)));
        return await GroupWrites.TryAsync(
            writer, group, new Draft(EngineKinds.NodeRemoved, payload, []), dryRun, cancellation);
    }

    /// <summary>
    /// Makes ready to go on after a fork: this node's next chain, by its incarnation, for the owner to endorse.
    /// </summary>
    public async Task<(string? Incarnation, Problem? Problem)> ResumeAsync(
        string hive, CancellationToken cancellation)
    {
        if (names.Find(hive) is not { } group || !writer.Holds(group)) return (null, Problem.NotFound("hive"));
        if (takesNoPart(group)) return (null, GroupWrites.HiveLeft);
        if (writer.StandingIn(group) != Refusal.ChainFrozen)
            return (null, new Problem("not_frozen", 409, "This node may write in the hive: nothing to resume."));
        if (writer.AuthorityOf(group).Owner == writer.Self)
            return (null, new Problem(
                "owner_frozen", 409, "Nobody can endorse the owner: stop every copy, and run key recover on one."));
        // Asked again, the same answer: the chain is not open before it is endorsed.
        if (writer.Durable(group).HeadOf(writer.OwnChain) is not null)
            await writer.RenewIncarnationAsync(cancellation);
        return (writer.OwnChain.Incarnation.ToString(), null);
    }

    /// <summary>Says which chain of a node whose chain forked goes on; durable when it returns.</summary>
    public async Task<Problem?> EndorseAsync(
        string hive, string instanceId, string incarnation, CancellationToken cancellation)
    {
        if (names.Find(hive) is not { } group || !writer.Holds(group)) return Problem.NotFound("hive");
        if (writer.AuthorityOf(group).Owner != writer.Self)
            return new Problem("not_permitted", 403, "Only the hive's owner may say which copy goes on.");
        if (takesNoPart(group)) return GroupWrites.HiveLeft;
        if (!NodeId.TryParse(instanceId, out var node))
            return new Problem("bad_instance_id", 400, "A node's id begins with an1 and has 59 characters.");
        if (!Incarnation.TryParse(incarnation, out _))
            return new Problem("bad_incarnation", 400, "An incarnation is 16 characters, as group resume prints them.");
        if (!writer.IsMember(group, node) || node == writer.Self) return Problem.NotFound("member");
        if (writer.Forks(group).All(f => f.Chain.Origin != node))
            return new Problem("not_frozen", 409, "No chain of that node is frozen here.");
        var payload = EngineKinds.Write(
            new IncarnationEndorsed(instanceId, incarnation, writer.Durable(group).ReachOf(node)));
        return await GroupWrites.TryAsync(
            writer, group, new Draft(EngineKinds.IncarnationEndorsed, payload, []), cancellation);
    }

    /// <summary>Shared groups with what is durable here; the name only of the one just joined.</summary>
    public IReadOnlyList<WelcomeGroup> Describe(IReadOnlyList<GroupId> shared, GroupId? invited) =>
    [
        .. shared.Select(g => new WelcomeGroup(
            g.ToString(), Wire.Heads(writer.Durable(g).Heads), g == invited ? names.Of(g) : null)),
    ];

    /// <summary>The grant of any moderator of this node: an admission cites it.</summary>
    private EventRef? GrantHere(Authority authority) =>
        authority.Moderators().Where(m => m.Origin == writer.Self)
            .Select(m => authority.GrantOf(m.Origin, m.AgentId)).FirstOrDefault(g => g is not null);
}
