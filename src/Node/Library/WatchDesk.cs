using Anarchive.Fleet;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>A film as whoever is about to watch it needs to know it.</summary>
/// <param name="Title">Of the film or show, or the file's name; the beginning of the id where nobody knows one.</param>
/// <param name="Work">Null for what stands on no shelf.</param>
/// <param name="At">Its place among the files of that.</param>
/// <param name="Stream">How it plays; null where it is not on this device, or cannot be read.</param>
/// <param name="RemoteType">What it plays as from another device; null for none.</param>
/// <param name="Problem">Why it cannot be played.</param>
/// <param name="Seen">Devices that have it, and when each was last heard, where none gives it now.</param>
/// <param name="Key">The content key of its file; null where it has none.</param>
public sealed record WatchView(
    ItemId Item, string Title, LibraryWork? Work, int At, StreamView? Stream, string? RemoteType, Problem? Problem,
    IReadOnlyList<(string Device, long? HeardMs)> Seen, string? Key, IReadOnlyList<SkipOffer> Markers,
    SkipChoice Choice, Viewing? Viewing, ItemId? Before, ItemId? After)
{
    /// <summary>Null for what stands on no shelf.</summary>
    public ShelfPlace? Place => Work?.Files[At].Place;

    public long? DurationMs => Stream?.Facts.DurationMs;
}

/// <summary>Puts together what is shown beside a film, and takes down what its viewer says of its markers.</summary>
public sealed class WatchDesk(
    LibraryBook library, LibraryQueries queries, LibraryMarkers markers, WatchBook watched, StreamDesk streams,
    RemoteShelf remote, ItemStore store, FleetQueries fleets, PartActs acts, TimeProvider time)
{
    /// <summary>Whoever opens a page does not wait longer for another device.</summary>
    private static readonly TimeSpan RemotePatience = TimeSpan.FromSeconds(4);

    private static Problem NoHolder { get; } = new(
        "no_holder", 404, "No device that has it can be reached now.");

    private static Problem Unknown { get; } = Problem.NotFound("item");

    /// <summary>Null, and <c>not_found</c>, where neither this device nor the fleet knows the item.</summary>
    public async Task<(WatchView? View, Problem? Problem)> LookAsync(ItemId item, CancellationToken cancellation)
    {
        var found = library.Look().Find(item);
        var copy = store.Find(item);
        if (found is null && copy is null && fleets.Item(item.ToString()).Item is null) return (null, Unknown);
        var (stream, problem) = copy is null ? (null, null)
            : await streams.LookAsync(item, asksKeys: false, cancellation);
        string? type = null;
        IReadOnlyList<(string, long?)> seen = [];
        if (copy is null)
        {
            type = await RemoteTypeAsync(item, cancellation);
            if (type is null) (problem, seen) = (NoHolder, Holders(item));
        }

        var key = copy is null ? null : await KeyAsync(copy);
        var present = queries.Present(out _);
        var after = found is var (work, at) ? LibraryQueries.Following(work, at, present)?.File.Item : null;
        var title = found?.Work.Title is { Length: > 0 } named ? named : copy?.Name ?? item.ToString()[..12];
        return (new WatchView(
            item, title, found?.Work, found?.At ?? 0, stream, type, problem, seen, key,
            key is null || stream is null ? [] : markers.Of(key, stream.Facts.DurationMs),
            found is var (choosing, _) ? watched.ChoiceOf(choosing.Id) : SkipChoice.Ask, watched.Of(item),
            found is var (w, a) ? Preceding(w, a, present) : null, after), null);
    }

    /// <summary>True where somebody may watch it, so that how far they came is worth keeping.</summary>
    /// <remarks>Asked every few seconds of a film: what is here is found without the rest of the library.</remarks>
    public bool Knows(ItemId item) =>
        store.Find(item) is not null || library.Look().Find(item) is not null
        || fleets.Item(item.ToString()).Item is not null;

    /// <summary>
    /// Takes down where a person saw a marker, or that there is none, as an observation of this fleet. Codes:
    /// <c>not_found</c>, <c>no_key</c>, <c>bad_time</c>, and those of <see cref="PartActs.ObserveAsync"/>.
    /// </summary>
    /// <param name="bounds">Null: the file has none.</param>
    public async Task<Problem?> CorrectAsync(
        ItemId item, MarkerType type, int n, (long StartMs, long EndMs)? bounds, CancellationToken cancellation)
    {
        if (store.Find(item) is not { } copy) return Unknown;
        var (stream, problem) = await streams.LookAsync(item, asksKeys: false, cancellation);
        if (stream is null) return problem;
        if (await KeyAsync(copy) is not { } key)
            return new Problem("no_key", 409, "A file below 128 KiB has no content key, so nothing is said of it.");
        var duration = stream.Facts.DurationMs;
        if (bounds is var (start, end) && (start >= end || start >= duration))
            return new Problem("bad_time", 400, "It begins before it ends, and before the film is over.");
        // Whole seconds are what a player shows: the last one is not over yet.
        if (bounds is var (_, ends) && ends > duration + 1_000)
            return new Problem("bad_time", 400, $"The film is over at {ClockTime.Show(duration)}: it ends by then.");
        var marker = new MarkerObserved(
            MarkerObserved.PartName, NetRules.Version, [key], Method.Manual, ObservationDrafts.Tool, 100,
            time.GetUtcNow().ToUnixTimeSeconds() / 3_600, type, n, bounds?.StartMs ?? 0,
            bounds is var (_, to) ? to >= duration ? null : to : 0, duration, bounds is null ? true : null);
        return await acts.SeeAsync(copy.FullPath, [marker], cancellation)
            ?? (await acts.ObserveAsync([marker], isOpen: false, cancellation)).Problem;
    }

    private static ItemId? Preceding(LibraryWork work, int at, IReadOnlySet<VolumeId> present)
    {
        for (var before = at - 1; before >= 0; before--)
            if (work.Files[before].Place is { Kind: ShelfKind.Episode } place && work.Files[before].File.IsHere(present)
                && (place.Season, place.Number) != (work.Files[at].Place.Season, work.Files[at].Place.Number))
                return work.Files[before].File.Item;
        return null;
    }

    private async Task<string?> RemoteTypeAsync(ItemId item, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(RemotePatience);
        try
        {
            if (await remote.OpenAsync(item, patience.Token) is not var (content, name)) return null;
            await content.DisposeAsync();
            return Playback.TypeOfName(name);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private List<(string, long?)> Holders(ItemId item)
    {
        if (fleets.Item(item.ToString()).Item is not { } known) return [];
        var standing = fleets.Standing();
        var heard = standing.Devices.ToDictionary(d => d.Device.Id, d => d.HeardMs);
        return
        [
            .. known.Holdings
                .Where(h => h.Holding.State == HoldingState.Present && h.Holding.Device != standing.Self)
                .Select(h => (h.DeviceName, heard.GetValueOrDefault(h.Holding.Device))).Distinct()
                .OrderByDescending(h => h.Item2),
        ];
    }

    private static async Task<string?> KeyAsync(StoredCopy copy)
    {
        try
        {
            return await MediaFile.OshKeyAsync(copy.FullPath, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
