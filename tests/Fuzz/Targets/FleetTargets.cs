using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Tests.Unit;

namespace Anarchive.Tests.Fuzz;

/// <summary>
/// Payloads of a fleet, read, folded and judged. An input is a byte that chooses the kind, and the payload.
/// </summary>
internal static class FleetTargets
{
    private static readonly Kind[] Kinds = [.. FleetApp.Kinds.OrderBy(kind => kind.Name, StringComparer.Ordinal)];

    private static readonly string[] Members =
    [
        .. Examples.JsonTokens, "\"device\"", "\"volume\"", "\"item\"", "\"rows\"", "\"steward\"", "\"cut\"",
        "\"gen\":0", "\"name\":\"/mnt\"",
        "\"name\":\"..\\\\x\"", "\"evidence\":\"challenge\"", "\"private\":\"yes\"", "\"dead\"",
        "\"free\"", "9007199254740992", "\"https://tracker/announce\"",
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        FuzzTarget.Of("fleet-payload", Payloads().Select(Input), Members, Fold),
    ];

    private static IEnumerable<IFleetPayload> Payloads()
    {
        var (device, volume, item) = (new DeviceId(Sample.Hash(1)), Sample.Volume(1), Sample.Item(1));
        yield return Sample.Device("NAS") with { WgKey = Convert.ToBase64String(new byte[32]) };
        yield return Sample.Device("box", DeviceClass.Seedbox, steward: Examples.Node);
        yield return new VolumeDeclared(device, volume, "disks", 1000, 1);
        yield return new DeviceStateSet(device, DeviceState.Dead, new ChainCut(new Incarnation(1), 3));
        yield return new ItemsDescribed([Sample.Described(1, Privacy.No, v1: new string('a', 40), source: "src")]);
        yield return new PolicySet("films", 2, 3, 1, 0, AutoCopy: true);
        yield return new SourceSet("src", SourceKind.Public, "example.org", SourceGate.Open, Isolation.Open);
        yield return new HoldingsSet(
            device, volume, [new HoldingRow(item, 1, HoldingState.Present, Evidence.Hash)]);
        yield return new ChallengeAnswered([new ChallengeRow(device, volume, item, 1, 1, Ok: true)]);
        yield return new PinSet(item, PinScope.Device, PinKind.Star, device);
        yield return new ProbeReported(
            device, Reachability.Away, 990, 9, 7, [new FreeSpace(volume, 7)], ["client_down"]);
        yield return new ReleaseIntended(item, volume, 1, Sample.Hash(2));
        yield return new ReleaseEnded(ReleaseOutcome.Purged);
        yield return new LockGranted(3600);
        yield return new BatonAccepted(item, 7);
        yield return new DutyOverridden("research", "fleet", 9, device);
        yield return new TorrentStateSet(new string('a', 40), "stalled", 9, 1000, device);
        yield return new ViewingSet(item, 5, 9, 7);
        yield return new ViewingSet(item);
    }

    private static byte[] Input(IFleetPayload payload) =>
    [
        (byte)Array.IndexOf(Kinds, FleetPayloads.KindOf(payload)),
        .. FleetPayloads.Write(payload, out _) ?? throw new InvalidOperationException("An example is refused."),
    ];

    private static string Fold(byte[] input)
    {
        if (input.Length == 0) return FuzzTarget.Refused;
        var (kind, payload) = (Kinds[input[0] % Kinds.Length], input[1..]);
        if (FleetPayloads.ReadPayload(kind, payload) is not { } read) return FuzzTarget.Refused;
        // A key is base64, which has slashes; nothing else may.
        FuzzTarget.Holds(
            read is DeviceDeclared { WgKey: not null } || !payload.Contains((byte)'/'), "Room for a path.");
        var log = new FleetLog();
        var opening = log.Events[0].Ref;
        foreach (var writer in new[] { log.Owner, log.Node("nas") })
        {
            writer.Write(kind, payload);
            writer.Write(kind, payload, opening);
        }

        var fleet = log.Fold();
        FuzzTarget.Holds(
            fleet.Digest() == FoldedFleet.Of(log.Group, log.Events.Reverse()).Digest(), "The order counts.");
        return FuzzTarget.Same(payload, FleetPayloads.Write(read, out _), $"{kind} {fleet.Told().Length / 64}");
    }
}
