using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>Why a node's word would fold as nothing.</summary>
public enum NoRight
{
    None,

    /// <summary>The owner's node alone may say so.</summary>
    NotOwner,

    /// <summary>Only the device's own node or its steward may say so.</summary>
    NotSigner,

    /// <summary>No such device was declared.</summary>
    UnknownDevice,
}

/// <summary>Who may say what, as the fold will judge it; asked before anything is written.</summary>
public static class FleetRights
{
    /// <summary>Whether the fold would take that word from that node, as things stand.</summary>
    public static NoRight Check(FleetState state, IFleetPayload payload, NodeId by, bool isOwner) => payload switch
    {
        PolicySet or SourceSet or DutyOverridden => isOwner ? NoRight.None : NoRight.NotOwner,
        DeviceStateSet set => OfState(state, set, by, isOwner),
        DeviceDeclared declared => OfDeclaration(state, declared, by, isOwner),
        VolumeDeclared volume => OfSigner(state, volume.Device, by),
        HoldingsSet holdings => OfSigner(state, holdings.Device, by),
        TorrentStateSet { Device: { } device } => OfSigner(state, device, by),
        ReleaseIntended release => state.Volumes.TryGetValue(release.Volume, out var volume)
            ? OfSigner(state, volume.Device, by)
            : NoRight.NotSigner,
        ChallengeAnswered answered => answered.Rows.Any(row => row.Ok && SignerOf(state, row.Device) == by)
            ? NoRight.NotSigner
            : NoRight.None,
        _ => NoRight.None,
    };

    private static NodeId SignerOf(FleetState state, DeviceId device) =>
        state.Devices.TryGetValue(device, out var known) ? known.Signer : device.AsNode();

    private static NoRight OfSigner(FleetState state, DeviceId device, NodeId by) =>
        SignerOf(state, device) == by ? NoRight.None
            : state.Devices.ContainsKey(device) ? NoRight.NotSigner
            : NoRight.UnknownDevice;

    private static NoRight OfState(FleetState state, DeviceStateSet set, NodeId by, bool isOwner)
    {
        if (!state.Devices.TryGetValue(set.Device, out var device)) return NoRight.UnknownDevice;
        return isOwner || (set.State == DeviceState.Draining && device.Signer == by) ? NoRight.None : NoRight.NotOwner;
    }

    private static NoRight OfDeclaration(FleetState state, DeviceDeclared declared, NodeId by, bool isOwner)
    {
        if (declared.Device is not { } device)
            return declared.Steward is { } steward && steward != by ? NoRight.NotSigner : NoRight.None;
        if (device == DeviceId.Of(by)) return declared.Steward is null ? NoRight.None : NoRight.NotSigner;
        if (!state.Devices.TryGetValue(device, out var known)) return NoRight.UnknownDevice;
        if (declared.Steward is null || known.Steward is null) return NoRight.NotSigner;
        return isOwner || known.Signer == by ? NoRight.None : NoRight.NotSigner;
    }
}
