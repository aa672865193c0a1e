using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Tests.Unit;

/// <summary>Histories of a fleet drawn as numbers: each is one act by one of its nodes, allowed or not.</summary>
internal sealed class RandomFleet
{
    private readonly FleetLog _log = new();
    private readonly List<FleetWriter> _writers = [];
    private readonly List<EventRef> _intents = [];
    private readonly List<DeviceId> _devices = [];
    private ulong _incarnation = 2;

    private RandomFleet()
    {
        _writers.AddRange([_log.Owner, _log.Node("nas"), _log.Node("desk"), _log.Node("shelf")]);
        _devices.AddRange(_writers.Select(writer => writer.Device));
    }

    public static FleetLog Write(IEnumerable<int> acts)
    {
        var fleet = new RandomFleet();
        foreach (var act in acts) fleet.Act(act);
        return fleet._log;
    }

    private void Act(int number)
    {
        // Every digit picks something else, so that a number that shrinks changes one thing at a time.
        int Pick(int of) => (number, number /= of) is var (now, _) ? now % of : 0;
        var kind = Pick(21);
        var writer = _writers[Pick(_writers.Count)];
        var device = _devices[Pick(_devices.Count)];
        var (item, volume, some) = (Pick(4), Sample.Volume(1 + Pick(3)), Pick(6));
        // Days go by, or milliseconds, and at times two events have one clock.
        _log.NowMs += Pick(3) switch { 0 => 11L * 24 * 3600 * 1000, 1 => 7, _ => -1 };
        if (kind < 10) ActOnRegistry(kind, writer, device, volume, some);
        else ActOnItems(kind, writer, device, (item, volume, some));
    }

    private void ActOnRegistry(int kind, FleetWriter writer, DeviceId device, VolumeId volume, int some)
    {
        var steward = _writers[some % _writers.Count].Node;
        switch (kind)
        {
            case 0 or 1:
                writer.Declare((DeviceClass)some, $"zone {some}");
                break;
            case 2:
                var founded = writer.Say(Sample.Device("box", DeviceClass.Seedbox, steward: writer.Node));
                _devices.Add(new DeviceId(founded.Header.Id.Value));
                break;
            case 3:
                writer.Say(Sample.Device($"box {some}", DeviceClass.Seedbox, device: device, steward: steward));
                break;
            case 4:
                writer.Say(new VolumeDeclared(device, volume, $"disk {some}", 1000, some));
                break;
            case 5:
                var over = some is 2 or 3;
                var cut = over ? new ChainCut(writer.Chain.Incarnation, 3) : null;
                writer.SetState(device, (DeviceState)(some % 4), cut);
                break;
            case 6:
                writer.Say(new PolicySet($"policy {some % 2}", 1 + some, 7, 1, 0, some == 2));
                break;
            case 7:
                var gate = (SourceGate)(some % 2);
                writer.Say(new SourceSet("src", SourceKind.Public, "example.org", gate, Isolation.Open));
                break;
            case 8:
                writer.Say(new DutyOverridden("research", "fleet", some, device));
                break;
            default:
                if (some < 2) Hand(_log.Owner, steward);
                else if (some < 4) _writers.Add(_log.Anew(writer, _incarnation++));
                break;
        }
    }

    private void ActOnItems(int kind, FleetWriter writer, DeviceId device, (int Item, VolumeId Volume, int Some) on)
    {
        var (number, volume, some) = on;
        var item = Sample.Item(number);
        switch (kind)
        {
            case 10:
                var source = some > 2 ? "src" : null;
                writer.Say(new ItemsDescribed(
                    [Sample.Described(number, (Privacy)(some % 3), $"policy {some % 2}", source: source)]));
                break;
            case 11 or 12 or 13:
                writer.HoldFor(some < 4 ? writer.Device : device, item, volume, 1 + some % 2, HoldingState.Present);
                break;
            case 14:
                writer.HoldFor(device, item, volume, 1 + some % 3, (HoldingState)(some % 4), (Evidence)(some % 3));
                break;
            case 15 or 16:
                writer.Say(new ChallengeAnswered(
                    [new ChallengeRow(device, volume, item, 1 + some / 4, 1 + some % 3, some != 5)]));
                break;
            case 17:
                writer.Say(some % 2 == 0
                    ? new PinSet(item, PinScope.Fleet, (PinKind)(some % 3))
                    : new PinSet(item, PinScope.Device, (PinKind)(some % 3), device));
                break;
            case 18:
                var seen = (Reachability)(some % 4);
                writer.Say(new ProbeReported(device, seen, some * 100, some, 5, [], ["client_down"]));
                writer.Say(new TorrentStateSet(new string('a', 40), "healthy", some, 1000, some > 2 ? device : null));
                break;
            case 19:
                writer.Say(some == 0
                    ? new ViewingSet(item)
                    : new ViewingSet(item, some * 1000, 9000, some > 3 ? _log.NowMs : null));
                break;
            default:
                Release(writer, item, volume, some);
                break;
        }
    }

    private void Release(FleetWriter writer, ItemId item, VolumeId volume, int some)
    {
        if (some < 2 || _intents.Count == 0)
            _intents.Add(writer.Say(new ReleaseIntended(item, volume, 1, Sample.Hash(some))).Ref);
        else if (some < 4) writer.Say(new LockGranted(3600), _intents[^1]);
        else if (some == 4) writer.Say(new ReleaseEnded(ReleaseOutcome.Aborted), _intents[^1]);
        else writer.Say(new BatonAccepted(item, some), _intents[^1]);
    }

    private void Hand(FleetWriter writer, NodeId to) => writer.Write(
        EngineKinds.OwnerTransferred,
        EngineKinds.Write(new OwnerTransferred(to.ToString(), [], [writer.Last], [], "")));
}
