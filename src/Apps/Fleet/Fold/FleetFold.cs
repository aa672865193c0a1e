using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>Turns the events of a fleet into writes of registers; pure, one event at a time.</summary>
/// <remarks>
/// A write says who said what, and depends on its event alone. Whether the writer may say so (a steward, an owner)
/// hangs on other events that may come later, so <see cref="FleetRegisters"/> judges that. What no later event can
/// make right is dropped here.
/// </remarks>
public static class FleetFold
{
    /// <summary>None for another application's kind, and for what folds as nothing.</summary>
    public static IEnumerable<RegisterWrite> Writes(VerifiedEvent e)
    {
        var header = e.Header;
        if (EngineKinds.IsOpening(header.Kind))
            return [Write(header, ByteWriter.Of(RegisterKind.Chain).Add(header.Origin.Value), default)];
        if (e.Content is not IFleetPayload content || e.Payload is not { } payload) return [];
        if (header.Refs.Count != RefsOf(content)) return [];
        return content switch
        {
            DeviceDeclared declared => Declared(header, declared, payload.Bytes),
            VolumeDeclared volume =>
            [
                Write(
                    header,
                    ByteWriter.Of(RegisterKind.Volume).Add(volume.Volume).Add(volume.Device.Value)
                        .Add(header.Origin.Value),
                    payload.Bytes),
            ],
            DeviceStateSet or PolicySet or SourceSet or DutyOverridden => [Act(header, payload.Bytes)],
            ItemsDescribed described => described.Rows.Select(row => Write(
                header,
                ByteWriter.Of(RegisterKind.Described).Add(row.Item.Value).Add(header.Origin.Value),
                RegisterForms.Write(row))),
            HoldingsSet holdings => holdings.Rows.Select(row => Holding(header, holdings, row)),
            ChallengeAnswered answered => answered.Rows.Select(row => Challenge(header, row)),
            // Only who began a release ends it.
            ReleaseEnded when header.Refs[0].Chain.Origin != header.Origin => [],
            _ => [Single(header, content, payload.Bytes)],
        };
    }

    private static int RefsOf(IFleetPayload content) =>
        content is ReleaseEnded or LockGranted or BatonAccepted ? 1 : 0;

    private static IEnumerable<RegisterWrite> Declared(
        EventHeader header, DeviceDeclared declared, ReadOnlyMemory<byte> payload)
    {
        var device = declared switch
        {
            { Device: null, Steward: null } => DeviceId.Of(header.Origin),
            { Device: null, Steward: { } steward } when steward == header.Origin => new DeviceId(header.Id.Value),
            { Device: { } named, Steward: null } when named == DeviceId.Of(header.Origin) => named,
            { Device: { } named, Steward: not null } => named,
            _ => default(DeviceId?),
        };
        if (device is not { } id) yield break;
        if (declared is { Device: null, Steward: not null })
            yield return Write(header, ByteWriter.Of(RegisterKind.Founded).Add(id.Value), default);
        yield return Write(
            header, ByteWriter.Of(RegisterKind.Declared).Add(id.Value).Add(header.Origin.Value), payload);
    }

    private static RegisterWrite Act(EventHeader header, ReadOnlyMemory<byte> payload) => Write(
        header,
        ByteWriter.Of(RegisterKind.Act).Add(header.Chain).Add(header.Seq),
        new ByteWriter().Add(header.Kind.Name).Add(payload.Span).ToArray());

    private static RegisterWrite Holding(EventHeader header, HoldingsSet said, HoldingRow row)
    {
        var key = ByteWriter.Of(RegisterKind.Holding)
            .Add(row.Item.Value).Add(said.Device.Value).Add(said.Volume).Add(row.Gen);
        // A device's own word is by far the most common: its key is shorter.
        if (said.Device != DeviceId.Of(header.Origin)) key.Add(header.Origin.Value);
        return Write(header, key, new[] { (byte)row.State, (byte)row.Evidence });
    }

    private static RegisterWrite Challenge(EventHeader header, ChallengeRow row)
    {
        var key = ByteWriter.Of(row.Ok ? RegisterKind.Challenge : RegisterKind.Failure)
            .Add(row.Item.Value).Add(row.Device.Value).Add(row.Volume).Add(row.Gen);
        if (row.Ok) key.Add((byte)row.N).Add(header.Origin.Value);
        return Write(header, key, default);
    }

    private static RegisterWrite Single(EventHeader header, IFleetPayload content, ReadOnlyMemory<byte> payload)
    {
        var origin = header.Origin.Value;
        var key = content switch
        {
            PinSet { Device: { } device } pin => ByteWriter.Of(RegisterKind.Pin).Add(pin.Item.Value).Add(device.Value),
            PinSet pin => ByteWriter.Of(RegisterKind.Pin).Add(pin.Item.Value),
            ProbeReported probe => ByteWriter.Of(RegisterKind.Probe).Add(probe.Subject.Value).Add(origin),
            ReleaseIntended => ByteWriter.Of(RegisterKind.Release).Add(header.Ref),
            ReleaseEnded => ByteWriter.Of(RegisterKind.ReleaseEnd).Add(header.Refs[0]),
            LockGranted => ByteWriter.Of(RegisterKind.Lock).Add(header.Refs[0]).Add(origin),
            BatonAccepted baton => ByteWriter.Of(RegisterKind.Baton).Add(baton.Item.Value),
            ViewingSet viewing => ByteWriter.Of(RegisterKind.Viewing).Add(viewing.Item.Value),
            TorrentStateSet torrent => ByteWriter.Of(RegisterKind.Torrent)
                .Add((torrent.Device ?? DeviceId.Of(header.Origin)).Value).Add(origin).AddHex(torrent.Infohash),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return content is BatonAccepted
            ? Write(header, key, new ByteWriter().Add(header.Refs[0]).Add(payload.Span).ToArray())
            : Write(header, key, payload);
    }

    private static RegisterWrite Write(EventHeader header, ByteWriter key, ReadOnlyMemory<byte> value) =>
        new(key.ToArray(), OwnerFirst.Of(header, 0), value);
}
