using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Inviting, joining and leaving.</summary>
internal sealed class MeshActs(
    LogWriter writer, HiveNames names, Admissions admissions, InviteBook invites, Sharing sharing, PeerBook peers,
    PeerClient client, PeerExchange exchange, PeerLoop loop, HubLoop hubs, OwnEndpoint own, MirrorBook mirrors,
    TimeProvider time)
{
    public async Task<(InviteView? Invite, Problem? Problem)> InviteAsync(string hive, CancellationToken cancellation)
    {
        if (names.Find(hive) is not { } group || !writer.Holds(group)) return (null, Problem.NotFound("hive"));
        if (admissions.WhyNotAdmit(group) is { } refused) return (null, refused);
        if (own.Current is not { } endpoint) return (null, OwnEndpoint.Nowhere);
        var (invite, expires) = await invites.CreateAsync(group, endpoint, cancellation);
        return (new InviteView(invite.Write(), group, expires), null);
    }

    public bool MayInvite(GroupId group) => writer.Holds(group) && admissions.MayAdmit(group);

    public async Task<JoinOutcome> JoinAsync(string inviteText, string? localName, CancellationToken cancellation)
    {
        if (InviteText.TryParse(inviteText, out var code) is not { } invite) return Refused(code!, null);
        if (invite.Endpoint is { IsLoopback: false, IsEncrypted: false })
            return Refused("endpoint_not_allowed", invite);
        if (invite.Kind != InviteKind.Member)
            return new JoinOutcome(null, null, new Problem(
                "invite_of_pairing", 400,
                "This text pairs two nodes: paste it under Friends and devices, on the page Mesh."));
        if (invite.Issuer == writer.Self) return Refused("own_invite", invite);
        if (writer.IsMember(invite.Group, writer.Self) && !sharing.HasLeft(invite.Group)
            && !mirrors.Holds(invite.Group)
            && !sharing.IsToldRemoved(invite.Group))
            return Refused("already_joined", invite);
        WelcomeMessage welcome;
        try
        {
            welcome = await client.GreetAsync(
                invite.Endpoint, KnownPeer.ScopeOfTyped(invite.Endpoint), invite.Issuer, [],
                Introduction.ToHive(invite), cancellation);
        }
        catch (PeerException refused)
        {
            return Refused(refused.Code, invite);
        }

        await peers.TypedAsync(invite.Issuer, invite.Endpoint, cancellation);
        await writer.FollowAsync(invite.Group, HivesApp.GroupKind, HivesApp.DefaultRing, cancellation);
        await sharing.FollowAsync(invite.Group, invite.Issuer, cancellation);
        await mirrors.RemoveAsync(invite.Group, cancellation);
        var theirName = welcome.Groups.FirstOrDefault(g => g.Id == invite.Group.ToString())?.Name;
        var name = await names.TakeAsync(invite.Group, localName ?? theirName ?? HivesApp.GroupKind, cancellation);
        await loop.GreetedAsync(invite.Issuer, welcome, cancellation);
        hubs.LookAt(invite.Group);
        return new JoinOutcome(invite.Group, name, null);
    }

    public async Task<Problem?> LeaveAsync(string hive, CancellationToken cancellation)
    {
        if (names.Find(hive) is not { } group || !writer.Holds(group)) return Problem.NotFound("hive");
        if (sharing.HasLeft(group) && !mirrors.Holds(group)) return null;
        await LeaveAsync(group, cancellation);
        return null;
    }

    public async Task<Problem?> RejoinAsync(string hive, CancellationToken cancellation)
    {
        if (names.Find(hive) is not { } group || !writer.Holds(group)) return Problem.NotFound("hive");
        if (!sharing.HasLeft(group))
            return new Problem("not_left", 409, "This node has not left that hive: there is nothing to take back.");
        if (!sharing.MayRejoin(group))
            return new Problem(
                "not_a_member", 403, "This node is no member of that hive any more: ask its owner for an invite.");
        // Both or neither: one alone would be neither taking part nor following.
        await sharing.RejoinAsync(group, CancellationToken.None);
        await mirrors.RemoveAsync(group, CancellationToken.None);
        hubs.LookAt(group);
        foreach (var peer in peers.All) await loop.TryAsync(peer.Id, cancellation);
        return null;
    }

    public async Task LeaveAsync(GroupId group, CancellationToken cancellation)
    {
        foreach (var peer in peers.All)
        {
            if (!sharing.Permits(group, peer.Id)) continue;
            try
            {
                var reply = await client.LeaveAsync(peer.Id, group, cancellation);
                await exchange.PushTailAsync(peer.Id, group, reply, cancellation);
            }
            catch (PeerException)
            {
                // A peer that is away keeps us as a member until it hears otherwise; nothing is sent to it any more.
            }
        }

        await sharing.LeaveAsync(group, time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation);
        await mirrors.RemoveAsync(group, cancellation);
        hubs.LookAt(group);
        foreach (var peer in peers.All) await loop.TryAsync(peer.Id, cancellation);
    }

    private static JoinOutcome Refused(string code, InviteText? invite) => new(null, null, Refusal(code, invite));

    /// <summary>Why a pasted text came to nothing, and what to do.</summary>
    internal static Problem Refusal(string code, InviteText? invite) => code switch
    {
        "not_an_invite" => new Problem(code, 400, "This text is not an invite: an invite begins with ai1, af1 or ad1."),
        "invite_damaged" => new Problem(code, 400, "This invite was cut or changed on the way: copy it again, whole."),
        "invite_malformed" => new Problem(code, 400, "This invite was made by something else than a node."),
        "endpoint_not_allowed" => new Problem(
            code, 400, "This invite leads to another machine without encryption: ask for one that begins at https."),
        "own_invite" => new Problem(code, 409, "This node issued the invite itself: paste it on the other node."),
        "already_joined" => new Problem(code, 409, "This node is a member of that hive already."),
        "invite_used" => new Problem(code, 409, "Another node has used this invite: ask the owner for a new one."),
        "invite_lapsed" => new Problem(code, 409, "The time of this invite is over: ask the owner for a new one."),
        "not_found" => new Problem(
            "invite_unknown", 409, $"No node at {invite?.Endpoint} knows this invite: ask the owner for a new one."),
        "wrong_node" => new Problem(
            code, 502, $"Another node than the invite names answers at {invite?.Endpoint}; nothing was shared."),
        "not_listening" => OwnEndpoint.Nowhere,
        "rate_limited" => new Problem(code, 502, "The other node asks for patience: try again in a minute."),
        _ => new Problem("peer_unreachable", 502, $"No node answers at {invite?.Endpoint}: is it running?"),
    };
}
