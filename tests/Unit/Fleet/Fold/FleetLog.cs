using System.Security.Cryptography;
using System.Text;
using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Tests.Unit;

/// <summary>The log of one fleet, written by several nodes; the owner's first event founds it.</summary>
internal sealed class FleetLog
{
    private readonly List<VerifiedEvent> _events = [];

    public FleetLog()
    {
        Owner = new FleetWriter(this, "owner", 1);
        var genesis = new GroupCreated(
            FleetApp.GroupKind, FleetApp.GroupKind, "per_agent", ModeratorsAdmit: false, [], 1,
            new Dictionary<string, string>(StringComparer.Ordinal), []);
        Group = Owner.Write(EngineKinds.GroupCreated, EngineKinds.Write(genesis)).Header.EffectiveGroup;
    }

    public FleetWriter Owner { get; }

    public GroupId Group { get; }

    /// <summary>Unix milliseconds of the next event; every event takes one.</summary>
    public long NowMs { get; set; } = 1_800_000_000_000;

    /// <summary>In the order they were written.</summary>
    public IReadOnlyList<VerifiedEvent> Events => _events;

    /// <summary>A node that the owner lets in.</summary>
    public FleetWriter Node(string name)
    {
        var node = new FleetWriter(this, name, 1);
        Owner.Write(
            EngineKinds.NodeAdmitted,
            EngineKinds.Write(new NodeAdmitted(node.Node.ToString(), Base64UrlText.Encode(new byte[32]))));
        node.OpenChain(_events[^1].Ref);
        return node;
    }

    /// <summary>The same node with a database set up anew.</summary>
    public FleetWriter Anew(FleetWriter node, ulong incarnation)
    {
        var anew = new FleetWriter(this, node.Name, incarnation);
        anew.OpenChain();
        return anew;
    }

    public VerifiedEvent Remove(FleetWriter node) => Owner.Write(
        EngineKinds.NodeRemoved, EngineKinds.Write(new NodeRemoved(node.Node.ToString(), [node.Last])));

    public FoldedFleet Fold() => FoldedFleet.Of(Group, _events);

    internal VerifiedEvent Add(VerifiedEvent e)
    {
        _events.Add(e);
        return e;
    }
}

/// <summary>One chain of a <see cref="FleetLog"/>.</summary>
internal sealed class FleetWriter(FleetLog log, string name, ulong incarnation)
{
    private long _seq;
    private EventId _prev;

    public string Name => name;

    public NodeId Node { get; } = NodeId.Of(Encoding.UTF8.GetBytes(name));

    public DeviceId Device => DeviceId.Of(Node);

    public ChainId Chain => new(Node, new Incarnation(incarnation));

    public long Seq => _seq;

    public ChainSeq Last => new(Node.ToString(), Chain.Incarnation.ToString(), _seq);

    public void OpenChain(params IReadOnlyList<EventRef> refs) =>
        Write(EngineKinds.ChainOpened, EngineKinds.Write(new ChainOpened([])), refs);

    /// <summary>A payload that keeps the rules; any other throws.</summary>
    public VerifiedEvent Say(IFleetPayload payload, params IReadOnlyList<EventRef> refs) => Write(
        FleetPayloads.KindOf(payload),
        FleetPayloads.Write(payload, out var fault) ?? throw new InvalidOperationException(fault),
        refs);

    public VerifiedEvent Declare(DeviceClass @class = DeviceClass.AlwaysOn, string zone = "home") =>
        Say(Sample.Device(name, @class, zone));

    public VerifiedEvent Hold(ItemId item, VolumeId volume, long gen = 1, HoldingState state = HoldingState.Present,
        Evidence evidence = Evidence.Hash) => HoldFor(Device, item, volume, gen, state, evidence);

    public VerifiedEvent HoldFor(DeviceId device, ItemId item, VolumeId volume, long gen = 1,
        HoldingState state = HoldingState.Present, Evidence evidence = Evidence.Hash) =>
        Say(new HoldingsSet(device, volume, [new HoldingRow(item, gen, state, evidence)]));

    public VerifiedEvent Challenge(FleetWriter holder, ItemId item, VolumeId volume, int n, bool ok = true) =>
        Say(new ChallengeAnswered([new ChallengeRow(holder.Device, volume, item, 1, n, ok)]));

    public VerifiedEvent SetState(DeviceId device, DeviceState state, ChainCut? cut = null) =>
        Say(new DeviceStateSet(device, state, cut));

    public VerifiedEvent Write(Kind kind, byte[] payload, params IReadOnlyList<EventRef> refs)
    {
        var salt = SHA256.HashData(Encoding.UTF8.GetBytes($"{Chain}{_seq}")).AsMemory(0, Limits.SaltBytes);
        var content = new Payload(salt, payload);
        var header = EventHeader.Write(new EventFields
        {
            Kind = kind,
            Group = log.Group,
            Chain = Chain,
            Seq = ++_seq,
            Prev = _prev,
            Hlc = Hlc.FromUnixMs(log.NowMs++),
            PayloadLength = payload.Length,
            PayloadHash = content.Hash(),
            Refs = refs,
        });
        _prev = header.Id;
        var read = FleetPayloads.ReadPayload(kind, payload) ?? EngineKinds.Schema.Read(kind, payload);
        return log.Add(new VerifiedEvent(header.EffectiveGroup, new Event(header, content), read));
    }
}

/// <summary>What one node makes of a fleet's events, in the order they come to it.</summary>
internal sealed class FoldedFleet(GroupId group)
{
    private readonly Authority _authority = new();
    private readonly Dictionary<string, RegisterWrite> _stored = new(StringComparer.Ordinal);
    private readonly FleetRegisters _registers = new(group);

    /// <summary>As of the last <see cref="Settle"/>.</summary>
    public FleetState State => _registers.State;

    public static FoldedFleet Of(GroupId group, IEnumerable<VerifiedEvent> events)
    {
        var fleet = new FoldedFleet(group).Take(events);
        fleet.Settle();
        return fleet;
    }

    public FoldedFleet Take(params IEnumerable<VerifiedEvent> events)
    {
        foreach (var e in events)
        {
            _authority.Apply(e);
            foreach (var write in FleetFold.Writes(e)) Hear(write);
        }

        return this;
    }

    /// <summary>A node that has nothing but the registers of this one, and its authority.</summary>
    public FoldedFleet FromRegisters(IEnumerable<VerifiedEvent> authority, Func<int, int> order)
    {
        var other = new FoldedFleet(group);
        foreach (var e in authority) other._authority.Apply(e);
        foreach (var write in _stored.Values.Select((write, i) => (write, i)).OrderBy(w => order(w.i)))
            other.Hear(write.write);
        other.Settle();
        return other;
    }

    public FleetChanges Settle() => _registers.Settle(_authority);

    public Hash256 Digest()
    {
        using var digest = new FleetStateDigest();
        foreach (var (_, write) in _stored.OrderBy(w => w.Key, StringComparer.Ordinal))
            digest.Add(write.Key, write.OrderKey(), write.Value.Span);
        return digest.Finish();
    }

    /// <summary>All that the state says, in one text.</summary>
    public string Told() => Sample.Told(State);

    public void Hear(RegisterWrite write)
    {
        var key = Convert.ToHexString(write.Key);
        if (!_stored.TryGetValue(key, out var known)
            || write.OrderKey().AsSpan().SequenceCompareTo(known.OrderKey()) > 0) _stored[key] = write;
        _registers.Apply(write);
    }
}
