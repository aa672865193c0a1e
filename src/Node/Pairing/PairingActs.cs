using Anarchive.Log;
using Microsoft.Extensions.Logging;

namespace Anarchive.Node;

/// <summary>Letting friends and devices in, and out again.</summary>
public sealed class PairingActs(
    PairingDesk desk, PairingCalls calls, RingBook rings, Admissions admissions, TokenBook tokens,
    PeerLoop loop, LogWriter writer, OwnFleet fleet, OwnParts parts, Mesh mesh, OwnEndpoint own,
    ILogger<PairingActs> log)
{
    /// <summary>Those that nobody has answered yet: of texts made here, and of texts that were brought here.</summary>
    public (IReadOnlyList<PairingView> Offered, IReadOnlyList<PairingCall> Asked) Waiting() => (
        [.. desk.All.Where(o => o.State is PairingState.Open or PairingState.Asked)],
        [.. calls.All.Where(c => c.State == PairingState.Asked)]);

    /// <summary>Makes a text for one friend or device.</summary>
    public async Task<(PairingView? Offer, Problem? Problem)> OfferAsync(
        InviteKind kind, CancellationToken cancellation)
    {
        if (own.Current is not { } endpoint) return (null, OwnEndpoint.Nowhere);
        var group = default(GroupId);
        if (kind == InviteKind.Device)
        {
            group = await fleet.PlanAsync(cancellation);
            if (fleet.Group is not null && !admissions.MayAdmit(group))
                return (null, new Problem(
                    "not_permitted", 403, "Only the device that began this fleet may let others in: pair from there."));
        }

        return (desk.Offer(kind, endpoint, writer.Self, group), null);
    }

    /// <summary>Lets the node in that asks; durable before it is told.</summary>
    public async Task<(PairingView? Done, Problem? Problem)> AcceptAsync(string id)
    {
        if (desk.Find(id) is null) return (null, Problem.NotFound("pairing"));
        if (desk.BeginAccepting(id) is not var (asker, offer, group)) return (null, NothingAsked);
        var isIn = false;
        try
        {
            // What is begun is finished, whether or not its owner waits for it.
            if (await AdmitAsync(asker, offer, group, CancellationToken.None) is { } problem) return (null, problem);
            isIn = true;
        }
        finally
        {
            offer = desk.EndAccepting(id, isIn);
        }

        NodeLog.NodePaired(log, asker.Node, offer.Kind);
        return (offer, null);
    }

    /// <summary>Brings a text that was pasted here, and asks the node that made it.</summary>
    public async Task<(PairingCall? Call, Problem? Problem)> AskAsync(string text, CancellationToken cancellation)
    {
        if (InviteText.TryParse(text, out var code) is not { } invite) return (null, MeshActs.Refusal(code!, null));
        if (invite.Kind == InviteKind.Member)
            return (null, new Problem("invite_of_hive", 400, "This is an invite to a hive: join with it."));
        if (invite.Issuer == writer.Self) return (null, MeshActs.Refusal("own_invite", invite));
        // Made up to stand beside one of ours: an id would then mean two pairings.
        if (desk.Find(PairingDesk.IdOf(invite)) is not null)
            return (null, MeshActs.Refusal("invite_malformed", invite));
        if (invite.Endpoint is { IsLoopback: false, IsEncrypted: false })
            return (null, MeshActs.Refusal("endpoint_not_allowed", invite));
        if (rings.Find(invite.Issuer) is { EndedMs: null } known && known.Kind == invite.Kind)
            return (null, new Problem("already_paired", 409, "This node is paired with that one already."));
        if (IsInAnotherFleet(invite.Kind, invite.Group)) return (null, InAnotherFleet);
        try
        {
            return await calls.AskAsync(invite, cancellation) is { } call
                ? (call, null)
                : (null, new Problem(
                    "too_many_pairings", 409, $"{PairingCalls.Max} pairings wait already: answer one of them first."));
        }
        catch (PeerException refused)
        {
            return (null, MeshActs.Refusal(refused.Code, invite));
        }
    }

    /// <summary>
    /// The owner's word on a pairing that this node asked for: the words match, or they differ and nothing is shared.
    /// </summary>
    public async Task<(PairingCall? Call, Problem? Problem)> AnswerAsync(
        string id, bool accepts, CancellationToken cancellation)
    {
        if (calls.Find(id) is not { } asked) return (null, Problem.NotFound("pairing"));
        // It may have begun a fleet of its own since it asked.
        if (accepts && IsInAnotherFleet(asked.Kind, asked.Group)) return (null, InAnotherFleet);
        var call = accepts
            ? await calls.MatchAsync(id, cancellation)
            : await calls.WithdrawAsync(id, cancellation);
        return call is null ? (null, NothingAsked) : (call, null);
    }

    private bool IsInAnotherFleet(InviteKind kind, GroupId ofText) =>
        kind == InviteKind.Device && fleet.Group is { } group && group != ofText;

    /// <summary>Turns the node away that asks, or takes the text back.</summary>
    public (PairingView? Done, Problem? Problem) Deny(string id)
    {
        if (desk.Find(id) is null) return (null, Problem.NotFound("pairing"));
        return desk.Deny(id) is { } done ? (done, null) : (null, NothingAsked);
    }

    /// <summary>True for a device that is a member of this one's fleet, whatever it was paired as.</summary>
    public bool IsInFleet(NodeId node) => fleet.Group is { } group && writer.IsMember(group, node);

    /// <summary>
    /// Ends a friendship and takes a device out of the fleet: its next request is refused. What this node may not do it
    /// says: then the device is none of this node's, and <c>InFleet</c> still. A dry run changes nothing.
    /// </summary>
    public async Task<(bool InFleet, Problem? Problem)> RevokeAsync(
        string instanceId, bool dryRun, CancellationToken cancellation)
    {
        if (!NodeId.TryParse(instanceId, out var node))
            return (false, new Problem("bad_instance_id", 400, "A node's id begins with an1 and has 59 characters."));
        var isPaired = rings.Holds(node);
        if (!isPaired && (node == writer.Self || !IsInFleet(node)))
            return (false, Problem.NotFound("friend or device"));
        var problem = await RevokeAsync(node, dryRun, cancellation);
        return (problem is not null, isPaired ? null : problem);
    }

    /// <summary>
    /// As above, of a node that is paired or in the fleet: why it is in the fleet still; null where it is in neither
    /// any more.
    /// </summary>
    public async Task<Problem?> RevokeAsync(NodeId node, bool dryRun, CancellationToken cancellation)
    {
        var isPaired = rings.Holds(node);
        // First what this node decides alone.
        if (!dryRun) await EndAsync(node, cancellation);
        var problem = fleet.Group is { } group && writer.IsMember(group, node)
            ? await admissions.RemoveAsync(group, node, dryRun, cancellation)
            : null;
        if (dryRun || (!isPaired && problem is not null)) return problem;
        await loop.TryAsync(node, cancellation);
        NodeLog.NodeRevoked(log, node);
        return problem;
    }

    /// <summary>
    /// Takes this device out of its fleet, whose other devices are none of this one's any more. A dry run changes
    /// nothing.
    /// </summary>
    public async Task<Problem?> LeaveFleetAsync(bool dryRun, CancellationToken cancellation)
    {
        if (fleet.Group is not { } group) return Problem.NotFound("fleet");
        if (dryRun) return null;
        await mesh.LeaveAsync(group, cancellation);
        foreach (var device in rings.All.Where(p => p is { Kind: InviteKind.Device, EndedMs: null }))
            await EndAsync(device.Node, cancellation);
        // Its parts are another owner's from now on, or this device's alone.
        await parts.MatchAsync(cancellation);
        return null;
    }

    private async Task EndAsync(NodeId node, CancellationToken cancellation)
    {
        await rings.RevokeAsync(node, cancellation);
        await tokens.RevokeAsync(node, cancellation);
    }

    private async Task<Problem?> AdmitAsync(
        KeyChain asker, PairingView offer, GroupId group, CancellationToken cancellation)
    {
        if (offer.Kind == InviteKind.Device)
        {
            try
            {
                if (!await fleet.BeginAsync(group, cancellation))
                    return new Problem(
                        "fleet_changed", 409, "This device's fleet is another one by now: make a new text.");
                await admissions.AdmitAsync(group, asker, cancellation);
            }
            catch (LogRefusedException refused)
            {
                return GroupWrites.Refused(refused.Refusal);
            }
        }

        await rings.AddAsync(asker.Node, offer.Kind, offer.Name ?? "", cancellation);
        return null;
    }

    private static Problem InAnotherFleet => new(
        "in_another_fleet", 409, "This device is in another fleet: leave that with anarchive pair leave.");

    private static Problem NothingAsked =>
        new("nothing_asked", 409, "Nothing waits for an answer on this pairing: it was answered, or its time is over.");
}
