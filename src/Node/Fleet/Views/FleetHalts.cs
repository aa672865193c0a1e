using System.Globalization;
using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>What stands still because much went at once, or because something is not there.</summary>
/// <remarks>Nothing is removed for any of it: that is said with it, so that nobody has to wonder.</remarks>
public sealed class FleetHalts(
    ReleaseBook releases, Reaper reaper, Volumes volumes, ItemStore store, FleetBook book, FleetDesk desk)
{
    /// <summary>Those of this device, and volumes of others that are absent as last heard.</summary>
    internal IReadOnlyList<FleetNeed> Needs(IReadOnlyList<DeviceStanding> devices)
    {
        var needs = new List<FleetNeed>();
        if (Opened() is { } opened)
            needs.Add(new FleetNeed("breaker_open", "Frozen", opened, "anarchive fleet release unfreeze"));
        if (reaper.Last.Tick is { IsFrozen: true } tick)
            needs.Add(new FleetNeed(
                "reaper_frozen", "torrents",
                $"{Number(tick.Stalling)} of {Number(tick.Judged)} torrents stall at once, so it is an outage here: "
                    + "none is judged, and nothing was removed.",
                "Look at this device's link and torrent client; it ends by itself."));
        needs.AddRange(Own());
        needs.AddRange(devices.Where(d => !d.IsSelf && d.Flags.Contains(OwnHealth.VolumeAbsent)).Select(Absent));
        return needs;
    }

    /// <summary>What opened the breaker, when and where; null while it is closed.</summary>
    public string? Opened()
    {
        if (!releases.Breaker.IsOpen) return null;
        var (lost, ledger) = (releases.Breaker.Lost, releases.Losses);
        var began = ledger.OpenedMs is { } ms
            ? $"At {Moment(ms)} {Copies(ledger.Counts.Sum(c => c.Copies))} had gone within a quarter of an hour"
            : $"{(lost == 1 ? "1 item" : Number(lost) + " items")} had gone within a quarter of an hour";
        var places = book.Read(state => ledger.Counts.Select(c => Place(state, c)).ToList());
        return began + (places.Count == 0 ? "" : ": " + string.Join("; ", places))
            + ". No copy is let go, no cache makes room, and nothing that lies aside is deleted.";
    }

    /// <summary>Volumes of this device, looked at just now.</summary>
    private IEnumerable<FleetNeed> Own()
    {
        var scans = store.Scans.ToDictionary(s => s.Volume, s => s.FolderAbsence);
        foreach (var sight in volumes.Sights())
        {
            var volume = sight.Volume;
            if ((sight.Absence ?? scans.GetValueOrDefault(volume.Id)) is not { } absence) continue;
            var id = volume.Id.ToString();
            var (cause, action) = absence switch
            {
                VolumeAbsence.RootMissing or VolumeAbsence.MarkerMissing =>
                    ("It is not there",
                        $"Connect it. Where it is elsewhere now: anarchive fleet volume move {id} FOLDER"),
                VolumeAbsence.MarkerOther => ("Another disk is in its place", "Put the right one back."),
                VolumeAbsence.FolderMissing or VolumeAbsence.FolderEmpty =>
                    ("A watched folder is missing or empty",
                        "Bring it back; where it was meant: anarchive fleet volume scan --let-go"),
                VolumeAbsence.Frozen =>
                    ("So many files are missing at once that something may be broken",
                        "Look at it; where it was meant: anarchive fleet volume scan --let-go"),
                _ => ("It cannot be read", "Look at the disk."),
            };
            yield return new FleetNeed("volume_absent", volume.Name, $"{cause}: nothing was removed.", action);
        }
    }

    private static FleetNeed Absent(DeviceStanding device)
    {
        var missing = device.Volumes.Where(v => v.FreeBytes is null).Select(v => v.Volume.Name).ToList();
        return new FleetNeed(
            "volume_absent", device.Device.Name,
            (missing.Count == 0 ? "A volume of it is not there" : $"{string.Join(", ", missing)} is not there")
                + ", as last heard: nothing was removed.",
            "Connect it there.");
    }

    private string Place(FleetState state, LossCount count)
    {
        var device = count.Device == desk.Self ? "this device"
            : state.Devices.GetValueOrDefault(count.Device)?.Name ?? count.Device.ToString()[..FleetQueries.PrefixMin];
        var volume = volumes.Find(count.Volume)?.Name ?? state.Volumes.GetValueOrDefault(count.Volume)?.Name;
        var verb = count.Kind switch
        {
            LossKind.DeviceOut => "went with their device,",
            LossKind.Released => "let go on",
            LossKind.Culled => "culled on",
            _ => "gone from",
        };
        return $"{Copies(count.Copies)} {verb} {device}" + (volume is null ? "" : $" ({volume})");
    }

    private static string Moment(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Copies(int count) => count == 1 ? "1 copy" : Number(count) + " copies";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
