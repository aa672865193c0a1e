using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>How a device's word is taken.</summary>
/// <param name="Signer">Who speaks for it.</param>
/// <param name="Newest">The signer's newest chain, if known: proofs by an older one count no more.</param>
/// <param name="Cut">The last event believed, as of that clock; null where nothing is cut off.</param>
internal sealed record Standing(
    NodeId Signer, DeviceClass Class, Incarnation? Newest, (ChainCut Cut, Hlc At)? Cut)
{
    /// <summary>True for a word by the signer that nothing cuts off.</summary>
    public bool Believes(OwnerFirst word)
    {
        if (word.Origin != Signer) return false;
        if (Cut is not var (cut, at)) return true;
        return word.Incarnation == cut.Incarnation ? word.Seq <= cut.Seq : word.Hlc <= at;
    }
}

/// <summary>Devices, volumes, policies, sources and overrides as they were said, and who of them may say so.</summary>
internal sealed class RegistryWords
{
    private readonly Slots<NodeId, byte> _chains = new();
    private readonly Slots<DeviceId, byte> _founded = new();
    private readonly Slots<(DeviceId Device, NodeId By), DeviceDeclared> _declared = new();
    private readonly Slots<(VolumeId Volume, DeviceId Device, NodeId By), VolumeDeclared> _volumes = new();
    private readonly Slots<Position, IFleetPayload> _acts = new();

    public bool AddChain(NodeId node, OwnerFirst order) => _chains.Offer(node, order, 0);

    public bool AddFounding(DeviceId device, OwnerFirst order) => _founded.Offer(device, order, 0);

    public bool Add(DeviceId device, OwnerFirst order, DeviceDeclared said) =>
        _declared.Offer((device, order.Origin), order, said);

    public bool Add(OwnerFirst order, VolumeDeclared said) =>
        _volumes.Offer((said.Volume, said.Device, order.Origin), order, said);

    public bool AddAct(OwnerFirst order, IFleetPayload said) => _acts.Offer(order.Position, order, said);

    /// <summary>The devices that anybody who may has declared.</summary>
    public IReadOnlyList<(Device Device, Standing Standing)> Devices(Authority authority)
    {
        var states = _acts.All.Where(act => act.Value.Content is DeviceStateSet)
            .ToLookup(act => ((DeviceStateSet)act.Value.Content).Device, act => act.Value);
        var devices = new List<(Device, Standing)>();
        foreach (var id in _declared.All.Select(said => said.Key.Device).Distinct().Order())
        {
            if (Declaration(id, authority) is not var (signer, shown)) continue;
            var state = State(states[id], signer, authority);
            var isOut = authority.Genesis is not null && !authority.IsMember(signer);
            var now = isOut && state.State != DeviceState.Dead ? DeviceState.Retired : state.State;
            devices.Add((Shown(id, shown, now), StandingOf(signer, shown.Class, state.Cut)));
        }

        return devices;
    }

    /// <summary>How a device is taken that nobody declared: its own node speaks for it.</summary>
    public Standing Undeclared(DeviceId device) => StandingOf(device.AsNode(), DeviceClass.AlwaysOn, null);

    /// <summary>Each volume as the last of its devices' signers declared it.</summary>
    public IEnumerable<Volume> Volumes(Func<DeviceId, Standing> standingOf) =>
        from said in _volumes.All
        where standingOf(said.Key.Device).Signer == said.Key.By
        group said.Value by said.Key.Volume into one
        let last = one.MaxBy(said => said.Order).Content
        select new Volume(last.Volume, last.Device, last.Name, last.Capacity, last.Reserve);

    public IEnumerable<Policy> Policies(Authority authority) =>
        Last<PolicySet, string>(authority, set => set.Policy).Select(set => new Policy(
            set.Policy, set.Floor, set.Ceil, set.MinZones, set.MinOffsite, set.AutoCopy));

    public IEnumerable<Source> Sources(Authority authority) =>
        Last<SourceSet, string>(authority, set => set.Source).Select(set => new Source(
            set.Source,
            set.Kind switch
            {
                SourceKind.Public => Privacy.No,
                SourceKind.Private => Privacy.Yes,
                _ => Privacy.Unknown,
            },
            set.Host, set.Gate, set.Isolation));

    public IEnumerable<DutyOverride> Overrides(Authority authority) =>
        Last<DutyOverridden, (string, string)>(authority, set => (set.Duty, set.Subject)).Select(set =>
            new DutyOverride(set.Duty, set.Subject, set.Device, new Epoch(set.UntilEpoch)));

    private IEnumerable<T> Last<T, TKey>(Authority authority, Func<T, TKey> key)
        where T : IFleetPayload =>
        from act in _acts.All
        where act.Value.Content is T && authority.Rules(act.Key)
        group act.Value by key((T)act.Value.Content) into one
        select (T)one.MaxBy(said => said.Order).Content;

    private Standing StandingOf(NodeId signer, DeviceClass @class, (ChainCut, Hlc)? cut) =>
        new(signer, @class, _chains.Find(signer)?.Order.Incarnation, cut);

    /// <summary>
    /// A node declares itself. For a device without one the owner names the steward, else who declared it first; a
    /// steward may name the next, in a word later than the one that named it.
    /// </summary>
    private (NodeId Signer, DeviceDeclared Shown)? Declaration(DeviceId id, Authority authority)
    {
        if (_founded.Find(id) is not { } founding)
        {
            return _declared.Find((id, id.AsNode())) is { Content: { Steward: null } own } ? (id.AsNode(), own) : null;
        }

        var naming = _declared.All
            .Where(said => said.Key.Device == id && said.Value.Content.Steward is not null
                && authority.Rules(said.Value.Order.Position))
            .Select(said => (Said<DeviceDeclared>?)said.Value).MaxBy(said => said?.Order);
        naming ??= _declared.Find((id, founding.By));
        // The register of the founder's declarations is written by the founding one too.
        if (naming is not { Content.Steward: { } steward } last) return null;
        while (_declared.Find((id, steward)) is { Content.Steward: { } next } word && word.Order > last.Order)
            (last, steward) = (word, next);
        return (steward, last.Content);
    }

    private static (DeviceState State, (ChainCut, Hlc)? Cut) State(
        IEnumerable<Said<IFleetPayload>> acts, NodeId signer, Authority authority)
    {
        Said<IFleetPayload>? last = null;
        foreach (var act in acts)
        {
            var rank = authority.Rules(act.Order.Position) ? 2 : 0;
            var isOwnDraining = act.By == signer && act.Content is DeviceStateSet { State: DeviceState.Draining };
            if (rank == 0 && !isOwnDraining) continue;
            var ranked = act with { Order = act.Order with { Rank = rank } };
            if (last is not { } known || ranked.Order > known.Order) last = ranked;
        }

        return last is { Content: DeviceStateSet set } said
            ? (set.State, set.Cut is { } cut ? (cut, said.Order.Hlc) : null)
            : (DeviceState.Active, null);
    }

    private static Device Shown(DeviceId id, DeviceDeclared said, DeviceState state) =>
        new(id, said.Name, said.Class, said.Zone, said.Offsite, said.Services, said.Transports, said.Steward, state)
        {
            WgKey = said.WgKey,
            Replaces = said.Replaces,
        };
}
