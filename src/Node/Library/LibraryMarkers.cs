using System.Collections.Concurrent;
using Anarchive.Fleet;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>What is known of intros and the like of files, as their viewer may skip them.</summary>
/// <remarks>
/// Any thread. For lists it is looked up anew twice a minute, and once a detection is over; for who watches, at once.
/// </remarks>
public sealed class LibraryMarkers(
    Database database, PartQueries parts, Volumes volumes, Detections detections, TimeProvider time)
{
    private static readonly TimeSpan OldAfter = TimeSpan.FromSeconds(30);

    private const int KnownMax = 5_000;

    private readonly ConcurrentDictionary<string, Kept> _known = new();

    /// <summary>Of files that detection has seen; of others nothing is known.</summary>
    public IReadOnlyDictionary<ItemId, IReadOnlyList<SkipOffer>> Of(IReadOnlyCollection<LibraryFile> files)
    {
        // A file that lies in several places may have been listened to in any of them.
        var paths = files.ToDictionary(f => f.Item, f => f.Places.Select(FullPath).OfType<string>().ToList());
        ILookup<string, string> keys;
        using (var db = database.OpenReader())
            keys = LibraryRows.Keys(db, [.. paths.Values.SelectMany(p => p).Distinct()]);
        if (_known.Count > KnownMax) _known.Clear();
        var offers = new Dictionary<ItemId, IReadOnlyList<SkipOffer>>();
        foreach (var (item, at) in paths)
            if (at.SelectMany(path => keys[path]).FirstOrDefault() is { } key) offers[item] = Recently(key);
        return offers;
    }

    /// <summary>Of one key, now, in the order of the film.</summary>
    /// <param name="durationMs">Of the file; null for that of the one seen here.</param>
    public IReadOnlyList<SkipOffer> Of(string key, long? durationMs) =>
        parts.Explain(key, durationMs) is { } view && (durationMs ?? view.DurationMs) is { } duration
            ?
            [
                .. view.Markers.Select(m => SkipOffer.Of(m.Type, m.N, m.Merged, duration)).OfType<SkipOffer>()
                    .OrderBy(o => o.StartMs).ThenBy(o => o.Type),
            ]
            : [];

    private IReadOnlyList<SkipOffer> Recently(string key)
    {
        var ended = detections.Ended;
        if (_known.TryGetValue(key, out var known) && known.Ended == ended
            && time.GetElapsedTime(known.At) < OldAfter) return known.Offers;
        var offers = Of(key, null);
        _known[key] = new Kept(offers, time.GetTimestamp(), ended);
        return offers;
    }

    private string? FullPath(LibraryPlace place) =>
        volumes.Find(place.Volume) is { } volume ? Path.Combine(volume.Root, place.Path) : null;

    /// <param name="Ended">Detections that were over by then.</param>
    private sealed record Kept(IReadOnlyList<SkipOffer> Offers, long At, long Ended);
}
