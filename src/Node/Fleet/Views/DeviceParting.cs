using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A step of parting from a device that is gone.</summary>
public enum PartingStep
{
    /// <summary>It is called dead: its copies count no more.</summary>
    Dead,

    /// <summary>Its key is revoked: it writes and reads nothing of the fleet any more.</summary>
    Revoke,

    /// <summary>This node forgets its addresses.</summary>
    Forget,
}

/// <summary>What parting from a device does, or did.</summary>
/// <param name="Told">What it costs.</param>
/// <param name="Left">Steps that are left to do, in their order; others were done before, or it has nothing for them.
/// </param>
public sealed record Parting(Consequence Told, IReadOnlyList<PartingStep> Left);

/// <summary>
/// A device that is gone for good: called dead, its key revoked, its addresses forgotten, in this order and as one
/// decision. Each step is durable before the next, so that whoever is interrupted asks again and does what is left.
/// </summary>
/// <remarks>
/// First its copies stop to count, for nothing depends on more than that; a key that was revoked first would leave a
/// device that may say nothing of copies on which others rely still.
/// </remarks>
public sealed class DeviceParting(
    FleetDesk desk, FleetBook book, FleetActs acts, PlanSight plans, PairingActs pairing, RingBook rings,
    PeerBook peers, PeerActs peerActs)
{
    private static Problem Self { get; } = new(
        "fleet_device_self", 409,
        "This is the device itself: do it at another one, or take this one out with anarchive pair leave.");

    /// <summary>Steps that are left for a device; none for this one, and none where it is gone altogether.</summary>
    public IReadOnlyList<PartingStep> LeftOf(DeviceId device)
    {
        if (device == desk.Self || book.Read(state => state.Devices.GetValueOrDefault(device)) is not { } known)
            return [];
        var left = new List<PartingStep>();
        if (known.State != DeviceState.Dead) left.Add(PartingStep.Dead);
        if (NodeOf(known) is not { } node) return left;
        if (IsIn(node)) left.Add(PartingStep.Revoke);
        if (peers.Find(node) is not null) left.Add(PartingStep.Forget);
        return left;
    }

    /// <summary>
    /// Told without <paramref name="apply"/>, and done with the id of the plan it was told with. Nothing is changed
    /// unless all of it may be done. Codes: fleet_unknown_device, fleet_device_self, those of
    /// <see cref="FleetActs.SetStateAsync"/> and of <see cref="PairingActs.RevokeAsync"/>.
    /// </summary>
    public async Task<(Parting? Parting, Problem? Problem)> PartAsync(
        DeviceId device, Hash256? apply, CancellationToken cancellation)
    {
        if (device == desk.Self) return (null, Self);
        if (book.Read(state => state.Devices.GetValueOrDefault(device)) is not { } known)
            return (null, FleetDesk.UnknownDevice);
        var left = LeftOf(device);
        if (await WhyNotAsync(known, left, cancellation) is { } problem) return (null, problem);
        if (apply is null)
        {
            var (told, _) = await acts.SetStateAsync(device, DeviceState.Dead, null, cancellation);
            return (new Parting(told!, left), null);
        }

        if (plans.Check(apply.Value) is { } changed) return (null, changed);
        return await DoAsync(known, left, apply.Value, cancellation);
    }

    /// <summary>
    /// What the owner alone may do is asked for first, so that no half of it is done and the rest refused.
    /// </summary>
    private async Task<Problem?> WhyNotAsync(
        Device device, IReadOnlyList<PartingStep> left, CancellationToken cancellation)
    {
        var (_, refused) = await acts.SetStateAsync(device.Id, DeviceState.Dead, null, cancellation);
        if (refused is not null || !left.Contains(PartingStep.Revoke)) return refused;
        var (isIn, problem) = await pairing.RevokeAsync(
            device.Id.AsNode().ToString(), dryRun: true, cancellation);
        return problem ?? (isIn
            ? new Problem("not_permitted", 403, "Only the device that began this fleet may revoke another's key.")
            : null);
    }

    private async Task<(Parting? Parting, Problem? Problem)> DoAsync(
        Device device, IReadOnlyList<PartingStep> left, Hash256 plan, CancellationToken cancellation)
    {
        Consequence? told = null;
        if (left.Contains(PartingStep.Dead))
        {
            (told, var refused) = await acts.SetStateAsync(device.Id, DeviceState.Dead, plan, cancellation);
            if (refused is not null) return (null, refused);
        }

        // What is begun is finished, whether or not its owner waits for it.
        var node = device.Id.AsNode();
        if (left.Contains(PartingStep.Revoke))
        {
            var (_, refused) = await pairing.RevokeAsync(node.ToString(), dryRun: false, CancellationToken.None);
            if (refused is not null) return (null, refused);
        }

        // It may have gone by itself meanwhile: then it is forgotten.
        if (left.Contains(PartingStep.Forget)) await peerActs.RemoveAsync(node, CancellationToken.None);
        told ??= Consequence.Of(plan, []);
        return (new Parting(told with { IsDone = true }, LeftOf(device.Id)), null);
    }

    /// <summary>Its key still lets it in, by the fleet's log or as one that was paired.</summary>
    private bool IsIn(NodeId node) => pairing.IsInFleet(node) || rings.Holds(node);

    /// <summary>Null for one that runs no node: it has no key, and no address.</summary>
    private static NodeId? NodeOf(Device device) => device.Steward is null ? device.Id.AsNode() : null;
}
