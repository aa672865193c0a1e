using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>Releases as they were begun, locked and ended; what has ended is forgotten but for that.</summary>
internal sealed class ReleaseWords
{
    private readonly Slots<EventRef, ReleaseIntended> _intended = new();
    private readonly Slots<(EventRef Intent, NodeId By), LockGranted> _locks = new();
    private readonly HashSet<EventRef> _ended = [];

    /// <summary>Since <see cref="Settle"/>.</summary>
    public bool Changed { get; private set; }

    public void Apply(RegisterWrite write)
    {
        var key = new ByteReader(write.Key);
        var kind = (RegisterKind)key.Byte();
        var intent = key.Ref();
        if (kind == RegisterKind.ReleaseEnd)
        {
            Changed |= _ended.Add(intent);
            _intended.Remove(intent);
        }
        else if (_ended.Contains(intent))
        {
            return;
        }
        else if (kind == RegisterKind.Release)
        {
            Changed |= _intended.Offer(
                intent, write.Order,
                FleetRegisters.Read<ReleaseIntended>(FleetApp.ReleaseIntended, write.Value.Span));
        }
        else
        {
            Changed |= _locks.Offer(
                (intent, write.Order.Origin), write.Order,
                FleetRegisters.Read<LockGranted>(FleetApp.LockGranted, write.Value.Span));
        }
    }

    /// <summary>Shows what has not ended, of volumes that the writer speaks for.</summary>
    public void Settle(FleetState state, Func<DeviceId, Standing> standingOf)
    {
        foreach (var past in _locks.All.Select(said => said.Key).Where(key => _ended.Contains(key.Intent)).ToList())
            _locks.Remove(past);
        var shown =
            from said in _intended.All
            let release = said.Value.Content
            where state.Volumes.ContainsKey(release.Volume)
            let device = state.Volumes[release.Volume].Device
            where standingOf(device).Believes(said.Value.Order)
            select new Release(
                said.Key, release.Item, device, release.Volume, release.Gen, release.PlanId, said.Value.By,
                said.Value.AtMs);
        state.SetReleases(
            [.. shown],
            _locks.All.Select(said => new LockGrant(
                said.Key.Intent, said.Key.By, said.Value.Content.TtlS, said.Value.AtMs)));
        Changed = false;
    }
}
