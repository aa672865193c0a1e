using System.Text.Json;
using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>What a device of the fleet is told of it.</summary>
public sealed class FleetViews(FleetBook fleet, TimeProvider time)
{
    private const int ItemsMax = 1000;

    public RegistryReply Registry() => fleet.Read(state => new RegistryReply(
        [.. state.Devices.Values.OrderBy(d => d.Id).Select(d => new DeviceReply(
            d.Id.ToString(), d.Name, Word(d.Class), d.Zone, d.IsOffsite, d.Services, d.Transports,
            d.Steward?.ToString(), Word(d.State)))],
        [.. state.Volumes.Values.OrderBy(v => v.Id).Select(v => new VolumeReply(
            v.Id.ToString(), v.Device.ToString(), v.Name, v.CapacityBytes, v.ReserveBytes))]));

    /// <param name="after">The item before the first; null to begin.</param>
    public CustodyReply Custody(ItemId? after)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return fleet.Read(state =>
        {
            var items = state.Items.Values.Where(i => after is not { } from || i.Id.CompareTo(from) > 0)
                .OrderBy(i => i.Id).Take(ItemsMax + 1).ToList();
            var shown = items.Take(ItemsMax).Select(i => new CustodyRow(
                i.Id.ToString(), i.SizeBytes, state.PolicyOf(i).Floor,
                [.. PeersFor.Custodians([i], state, nowMs).Select(d => d.ToString())])).ToList();
            return new CustodyReply(shown, items.Count > ItemsMax ? shown[^1].Item : null);
        });
    }

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    public ReaperReply Torrents() => fleet.Read(state => new ReaperReply(
        [.. state.Torrents.OrderBy(t => t.InfoHash, StringComparer.Ordinal).ThenBy(t => t.Device)
            .Select(t => new TorrentReply(
                t.InfoHash, t.Device.ToString(), t.State, PeersReply.Utc(new Epoch(t.SinceEpoch).StartMs),
                t.CompletePermille))]));
}
