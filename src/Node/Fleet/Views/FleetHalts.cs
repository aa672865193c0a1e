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
            needs.Add(new FleetNeed(
                "breaker_open", "Frozen", opened, FleetNeed.AsIs("anarchive fleet release unfreeze")));
        if (reaper.Last.Tick is { IsFrozen: true } tick)
            needs.Add(new FleetNeed(
                "reaper_frozen", "torrents",
                $"{Number(tick.Stalling)} of {Number(tick.Judged)} torrents stall at once, so it is an outage here: "
                    + $"none is judged, and nothing was removed.",
                "Look at this device's link and torrent client; it ends by itself."));
        needs.AddRange(Own());
        needs.AddRange(devices.Where(d => !d.IsSelf && d.Flags.Contains(OwnHealth.VolumeAbsent)).Select(Absent));
        return needs;
    }

    /// <summary>What opened the breaker, when and where; null while it is closed.</summary>
    public Sentence? Opened()
    {
        if (!releases.Breaker.IsOpen) return null;
        var (lost, ledger) = (releases.Breaker.Lost, releases.Losses);
        var began = Began(ledger.OpenedMs, ledger.Counts.Sum(c => c.Copies), lost);
        var places = book.Read(state => ledger.Counts.Select(c => Place(state, c)).ToList());
        if (places.Count == 0)
            return $"{began}. No copy is let go, no cache makes room, and nothing that lies aside is deleted.";
        var listed = places.Aggregate(Listed);
        return $"{began}: {listed}. No copy is let go, no cache makes room, and nothing that lies aside is deleted.";
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
            yield return absence switch
            {
                VolumeAbsence.RootMissing or VolumeAbsence.MarkerMissing => Gone(
                    volume.Name, "It is not there: nothing was removed.",
                    $"Connect it. Where it is elsewhere now: anarchive fleet volume move {id} FOLDER"),
                VolumeAbsence.MarkerOther => Gone(
                    volume.Name, "Another disk is in its place: nothing was removed.", "Put the right one back."),
                VolumeAbsence.FolderMissing or VolumeAbsence.FolderEmpty => Gone(
                    volume.Name, "A watched folder is missing or empty: nothing was removed.",
                    "Bring it back; where it was meant: anarchive fleet volume scan --let-go"),
                VolumeAbsence.Frozen => Gone(
                    volume.Name,
                    "So many files are missing at once that something may be broken: nothing was removed.",
                    "Look at it; where it was meant: anarchive fleet volume scan --let-go"),
                _ => Gone(volume.Name, "It cannot be read: nothing was removed.", "Look at the disk."),
            };
        }
    }

    private static FleetNeed Gone(string name, Sentence cause, Sentence action) =>
        new("volume_absent", FleetNeed.AsIs(name), cause, action);

    private static FleetNeed Absent(DeviceStanding device)
    {
        var missing = device.Volumes.Where(v => v.FreeBytes is null).Select(v => v.Volume.Name).ToList();
        return missing.Count == 0
            ? Gone(device.Device.Name, "A volume of it is not there, as last heard: nothing was removed.",
                "Connect it there.")
            : Gone(device.Device.Name,
                $"{string.Join(", ", missing)} is not there, as last heard: nothing was removed.", "Connect it there.");
    }

    private Sentence Place(FleetState state, LossCount count)
    {
        var (copies, device) = (Copies(count.Copies), NameOf(state, count.Device));
        var place = Place(count.Kind, copies, device);
        return (volumes.Find(count.Volume)?.Name ?? state.Volumes.GetValueOrDefault(count.Volume)?.Name) is { } volume
            ? $"{place} ({volume})"
            : place;
    }

    private static Sentence Place(LossKind kind, Sentence copies, Sentence device)
    {
        switch (kind)
        {
            case LossKind.DeviceOut: return $"{copies} went with their device, {device}";
            case LossKind.Released: return $"{copies} let go on {device}";
            case LossKind.Culled: return $"{copies} culled on {device}";
            default: return $"{copies} gone from {device}";
        }
    }

    private Sentence NameOf(FleetState state, DeviceId device)
    {
        if (device == desk.Self) return "this device";
        return FleetNeed.AsIs(
            state.Devices.GetValueOrDefault(device)?.Name ?? device.ToString()[..FleetQueries.PrefixMin]);
    }

    private static Sentence Began(long? openedMs, int copies, int lost)
    {
        if (openedMs is { } ms) return $"At {Moment(ms)} {Copies(copies)} had gone within a quarter of an hour";
        if (lost == 1) return "1 item had gone within a quarter of an hour";
        return $"{Number(lost)} items had gone within a quarter of an hour";
    }

    private static Sentence Listed(Sentence first, Sentence second) => $"{first}; {second}";

    private static string Moment(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static Sentence Copies(int count)
    {
        if (count == 1) return $"{count} copy";
        return $"{Number(count)} copies";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
