using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Writes admissions, and describes shared groups to a peer that proved its key.</summary>
public sealed class Admissions(LogWriter writer, HiveNames names)
{
    /// <summary>True when this node may admit others: the owner's, or a moderator's where genesis allows.</summary>
    public bool MayAdmit(GroupId group)
    {
        if (writer.StandingIn(group) != Refusal.None) return false;
        var authority = writer.AuthorityOf(group);
        return authority.Owner == writer.Self
            || (authority.Genesis is { ModeratorsAdmit: true } && GrantHere(authority) is not null);
    }

    /// <summary>Makes the node a member unless it is one; durable when it returns.</summary>
    public async Task AdmitAsync(GroupId group, KeyChain node, CancellationToken cancellation)
    {
        if (writer.IsMember(group, node.Node)) return;
        var payload = EngineKinds.Write(new NodeAdmitted(
            node.Node.ToString(), Base64UrlText.Encode(node.Inception.ToArray())));
        var authority = writer.AuthorityOf(group);
        IReadOnlyList<EventRef> refs =
            authority.Owner != writer.Self && GrantHere(authority) is { } grant ? [grant] : [];
        await writer.WriteAsync(group, [new Draft(EngineKinds.NodeAdmitted, payload, refs)], cancellation);
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
