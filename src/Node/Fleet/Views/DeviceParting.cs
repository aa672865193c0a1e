using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A step of parting from a device that is gone.</summary>
public enum PartingStep
{
    /// <summary>It is called dead: its copies count no more.</summary>
    Dead,

    /// <summary>In the fleet its key is revoked: it writes and reads nothing there any more.</summary>
    Revoke,

    /// <summary>This node forgets its addresses; not those of a member of a hive, which it needs.</summary>
    Forget,
}

/// <summary>What parting from a device does, or did.</summary>
/// <param name="Told">What it costs.</param>
/// <param name="Left">Steps that are left to do, in their order; others were done before, or it has nothing for them.
/// </param>
/// <param name="Hives">Where it stays a member: parting is from the fleet alone.</param>
public sealed record Parting(Consequence Told, IReadOnlyList<PartingStep> Left, IReadOnlyList<DeviceHive> Hives);

/// <summary>
/// A device that is gone for good: called dead, its key revoked in the fleet, its addresses forgotten, in this order
/// and as one decision. Each step is durable before the next, so that whoever is interrupted asks again and does what
/// is left.
/// </summary>
/// <remarks>
/// First its copies stop to count, for nothing depends on more than that; a key that was revoked first would leave a
/// device that may say nothing of copies on which others rely still.
/// </remarks>
public sealed class DeviceParting(
    FleetDesk desk, FleetBook book, FleetActs acts, PlanSight plans, PairingActs pairing, RingBook rings,
    PeerBook peers, PeerActs peerActs, DeviceHives hives, DeviceEar ear)
{
    private static Problem Self { get; } = new(
        "fleet_device_self", 409,
        "This is the device itself: do it at another one, or take this one out with anarchive pair leave.");

    /// <summary>Steps that are left for a device; none for this one, and none where it is gone altogether.</summary>
    /// <remarks>Who shares a hive with this node would be known again at its next call: it is not forgotten.</remarks>
    public IReadOnlyList<PartingStep> LeftOf(DeviceId device)
    {
        if (device == desk.Self || book.Read(state => state.Devices.GetValueOrDefault(device)) is not { } known)
            return [];
        var left = new List<PartingStep>();
        if (known.State != DeviceState.Dead) left.Add(PartingStep.Dead);
        if (NodeOf(known) is not { } node) return left;
        if (pairing.IsInFleet(node) || rings.Holds(node)) left.Add(PartingStep.Revoke);
        if (peers.Find(node) is not null && hives.Of(node).Count == 0) left.Add(PartingStep.Forget);
        return left;
    }

    /// <summary>Hives that a device stays a member of, whatever becomes of it in the fleet.</summary>
    public IReadOnlyList<DeviceHive> HivesOf(Device device) =>
        device.Id != desk.Self && NodeOf(device) is { } node ? hives.Of(node) : [];

    /// <summary>
    /// Told without <paramref name="apply"/>, and done with the id of the plan it was told with. Nothing is changed
    /// unless all of it may be done; where nothing is left there is nothing to ask for. Codes: fleet_unknown_device,
    /// fleet_device_self, those of <see cref="FleetActs.SetStateAsync"/> and of
    /// <see cref="PairingActs.RevokeAsync(NodeId, bool, CancellationToken)"/>.
    /// </summary>
    public async Task<(Parting? Parting, Problem? Problem)> PartAsync(
        DeviceId device, Hash256? apply, CancellationToken cancellation)
    {
        if (device == desk.Self) return (null, Self);
        if (book.Read(state => state.Devices.GetValueOrDefault(device)) is not { } known)
            return (null, FleetDesk.UnknownDevice);
        var left = LeftOf(device);
        if (await WhyNotAsync(known, left, cancellation) is { } problem) return (null, problem);
        var seen = plans.Now();
        var told = book.Read(state => Consequences.OfLosing(state, seen, device));
        if (apply is null || left.Count == 0)
            return (new Parting(told with { IsDone = apply is not null }, left, HivesOf(known)), null);
        if (plans.Check(apply.Value) is { } changed) return (null, changed);
        // What is begun is finished, whether or not its owner waits for it.
        return await DoAsync(known, left, apply.Value) is { } refused
            ? (null, refused)
            : (new Parting(told with { IsDone = true }, LeftOf(device), HivesOf(known)), null);
    }

    /// <summary>
    /// What the owner alone may do is asked for first, so that no half of it is done and the rest refused. What this
    /// node decides alone, whom it is paired with and whom it knows, needs no owner.
    /// </summary>
    private async Task<Problem?> WhyNotAsync(
        Device device, IReadOnlyList<PartingStep> left, CancellationToken cancellation)
    {
        var node = device.Id.AsNode();
        var revokes = left.Contains(PartingStep.Revoke);
        if (left.Contains(PartingStep.Dead) || (revokes && pairing.IsInFleet(node)))
        {
            var dead = new DeviceStateSet(device.Id, DeviceState.Dead);
            var (_, refused) = await desk.SayAsync(dead, dryRun: true, cancellation);
            if (refused is not null) return refused;
        }

        return revokes ? await pairing.RevokeAsync(node, dryRun: true, cancellation) : null;
    }

    private async Task<Problem?> DoAsync(
        Device device, IReadOnlyList<PartingStep> left, Hash256 plan)
    {
        if (left.Contains(PartingStep.Dead))
        {
            var (_, refused) = await acts.SetStateAsync(
                device.Id, DeviceState.Dead, plan, CancellationToken.None);
            if (refused is not null) return refused;
        }

        // Before its link ends, which knows that moment best.
        if (left.Contains(PartingStep.Forget)) await KeepLastWordAsync(device.Id);
        var node = device.Id.AsNode();
        if (left.Contains(PartingStep.Revoke)
            && await pairing.RevokeAsync(node, dryRun: false, CancellationToken.None) is { } problem)
            return problem;
        // It may have gone by itself meanwhile: then it is forgotten.
        if (left.Contains(PartingStep.Forget)) await peerActs.RemoveAsync(node, CancellationToken.None);
        return null;
    }

    /// <summary>
    /// When it was last heard goes with its addresses: what this node said of it in the log, once a day at least, is
    /// brought up to date before.
    /// </summary>
    private async Task KeepLastWordAsync(DeviceId device)
    {
        var said = book.Read(state => state.Probes.FirstOrDefault(
            p => p.Subject == device && p.Observer == desk.Self.AsNode()));
        if (said is null || ear.Of(device).HeardMs is not { } heardMs || heardMs <= said.LastOkMs) return;
        // Nothing of the parting depends on it: where it cannot be said, the moment is an older one.
        await desk.SayAsync(
            new ProbeReported(
                device, said.State, said.UptimePermille, said.Samples, heardMs,
                [.. said.FreeBytes.OrderBy(f => f.Key).Select(f => new FreeSpace(f.Key, f.Value))], said.Flags),
            dryRun: false, CancellationToken.None);
    }

    /// <summary>Null for one that runs no node: it has no key, and no address.</summary>
    private static NodeId? NodeOf(Device device) => device.Steward is null ? device.Id.AsNode() : null;
}
