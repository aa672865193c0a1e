using System.Numerics;

namespace Anarchive.Fleet;

/// <summary>What the members of Fleet's payloads may hold, beyond their JSON types. Docs: docs/events.md.</summary>
public static class FleetRules
{
    /// <summary>The member that breaks a rule, as the payload spells it; null where none does.</summary>
    public static string? FaultOf(IFleetPayload payload) => payload switch
    {
        DeviceDeclared d => Device(d),
        VolumeDeclared v => Volume(v),
        DeviceStateSet s => s.Cut is { } cut && (!IsOver(s.State) || !IsNumber(cut.Seq)) ? "cut" : null,
        ItemsDescribed d => Rows(d.Rows, row => row.Item) ?? First(d.Rows, Item),
        PolicySet p => Policy(p),
        SourceSet s => Source(s),
        HoldingsSet h => Rows(h.Rows, row => (row.Item, row.Gen)) ?? First(h.Rows, Holding),
        ChallengeAnswered c => Rows(c.Rows, row => row with { Ok = true }) ?? First(c.Rows, Challenge),
        PinSet p => p.Device is null == (p.Scope == PinScope.Device) ? "device" : null,
        ProbeReported p => Probe(p),
        ReleaseIntended r => IsGen(r.Gen) ? null : "gen",
        ReleaseEnded => null,
        LockGranted l => l.TtlS is > 0 and <= FleetLimits.LockSecondsMax ? null : "ttl_s",
        BatonAccepted b => IsNumber(b.Week) ? null : "week",
        DutyOverridden d => Duty(d),
        TorrentStateSet t => Torrent(t),
        ViewingSet v => Viewing(v),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static bool IsOver(DeviceState state) => state is DeviceState.Retired or DeviceState.Dead;

    private static bool IsNumber(long value) => value is >= 0 and <= FleetLimits.NumberMax;

    private static bool IsGen(long gen) => gen is >= 1 and <= FleetLimits.NumberMax;

    private static bool AreWords(IReadOnlyList<string> words) =>
        words.Count <= FleetLimits.WordsMax && words.All(FleetText.IsWord) && IsInOrder(words);

    private static bool IsInOrder(IReadOnlyList<string> words) =>
        words.Zip(words.Skip(1)).All(pair => string.CompareOrdinal(pair.First, pair.Second) < 0);

    /// <remarks>The serializer lets a null stand in a list.</remarks>
    private static string? Rows<T, TKey>(IReadOnlyList<T> rows, Func<T, TKey> key)
        where T : class =>
        rows.Count is 0 or > FleetLimits.RowsMax || rows.Any(row => row is null)
            || rows.Select(key).Distinct().Count() != rows.Count
            ? "rows"
            : null;

    private static string? First<T>(IReadOnlyList<T> rows, Func<T, string?> faultOf) =>
        rows.Select(faultOf).FirstOrDefault(fault => fault is not null);

    private static string? Device(DeviceDeclared device)
    {
        if (!FleetText.IsName(device.Name)) return "name";
        if (!FleetText.IsName(device.Zone)) return "zone";
        if (!AreWords(device.Services)) return "services";
        if (!AreWords(device.Transports) || !device.Transports.All(FleetLimits.Transports.Contains))
            return "transports";
        if (device.Replaces is { } replaced && replaced == device.Device) return "replaces";
        return device.WgKey is { } key && !FleetText.IsWireGuardKey(key) ? "wg_key" : null;
    }

    private static string? Volume(VolumeDeclared volume)
    {
        if (!FleetText.IsName(volume.Name)) return "name";
        if (!IsNumber(volume.Capacity)) return "capacity";
        return volume.Reserve < 0 || volume.Reserve > volume.Capacity ? "reserve" : null;
    }

    private static string? Item(DescribedItem item)
    {
        if (item.Size < 1 || !IsNumber(item.Size)) return "size";
        if (item.PieceLength < FleetLimits.PieceLengthMin || !BitOperations.IsPow2(item.PieceLength))
            return "piece_length";
        // A size or root that is not the item's own would let two devices mean different bytes by one id.
        if (item.Item != ItemId.Of(item.Size, item.PieceRoot)) return "item";
        if (!FleetText.IsName(item.Policy)) return "policy";
        if (item.InfohashV1 is { } v1 && !FleetText.IsHex(v1, 20)) return "infohash_v1";
        if (item.InfohashV2 is { } v2 && !FleetText.IsHex(v2, 32)) return "infohash_v2";
        return item.Source is { } source && !FleetText.IsName(source) ? "source" : null;
    }

    private static string? Policy(PolicySet policy)
    {
        if (!FleetText.IsName(policy.Policy)) return "policy";
        if (policy.Floor is < 1 or > FleetLimits.CopiesMax) return "floor";
        if (policy.Ceil < policy.Floor || policy.Ceil > FleetLimits.CopiesMax) return "ceil";
        if (policy.MinZones < 0 || policy.MinZones > policy.Floor) return "min_zones";
        return policy.MinOffsite < 0 || policy.MinOffsite > policy.Floor ? "min_offsite" : null;
    }

    private static string? Source(SourceSet source)
    {
        if (!FleetText.IsName(source.Source)) return "source";
        if (!FleetText.IsHost(source.Host)) return "host";
        return source is { Isolation: Isolation.Open, Kind: not SourceKind.Public } ? "isolation" : null;
    }

    private static string? Holding(HoldingRow row)
    {
        if (!IsGen(row.Gen)) return "gen";
        return row.Evidence == Evidence.Challenge ? "evidence" : null;
    }

    private static string? Challenge(ChallengeRow row)
    {
        if (!IsGen(row.Gen)) return "gen";
        return row.N is < 1 or > FleetLimits.ChallengesMax ? "n" : null;
    }

    private static string? Probe(ProbeReported probe)
    {
        if (probe.Uptime is < 0 or > 1000) return "uptime";
        if (probe.Samples < 0) return "samples";
        if (!IsNumber(probe.LastOk)) return "last_ok";
        if (probe.Free.Count > FleetLimits.VolumesMax || probe.Free.Any(free => free is null || !IsNumber(free.Bytes)))
            return "free";
        if (probe.Free.Zip(probe.Free.Skip(1)).Any(pair => pair.First.Volume.CompareTo(pair.Second.Volume) >= 0))
            return "free";
        return AreWords(probe.Flags) ? null : "flags";
    }

    private static string? Duty(DutyOverridden duty)
    {
        if (!FleetLimits.Duties.Contains(duty.Duty)) return "duty";
        if (!FleetText.IsName(duty.Subject)) return "subject";
        return IsNumber(duty.UntilEpoch) ? null : "until_epoch";
    }

    private static string? Viewing(ViewingSet viewing)
    {
        if (viewing.PositionMs is not { } position)
            return viewing.DurationMs is not null ? "duration_ms" : viewing.WatchedMs is null ? null : "watched_ms";
        if (viewing.DurationMs is not (> 0 and <= FleetLimits.FilmMsMax)) return "duration_ms";
        if (position < 0 || position > viewing.DurationMs) return "position_ms";
        return viewing.WatchedMs is { } watched && !IsNumber(watched) ? "watched_ms" : null;
    }

    private static string? Torrent(TorrentStateSet torrent)
    {
        if (!FleetText.IsHex(torrent.Infohash, 20) && !FleetText.IsHex(torrent.Infohash, 32)) return "infohash";
        if (!FleetText.IsWord(torrent.State)) return "state";
        if (!IsNumber(torrent.SinceEpoch)) return "since_epoch";
        return torrent.Complete is < 0 or > 1000 ? "complete" : null;
    }
}
