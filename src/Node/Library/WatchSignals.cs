using Anarchive.Fleet;
using Anarchive.Net;
using Anarchive.Rings;

namespace Anarchive.Node;

/// <summary>Notes for the weekly report what was watched to its end, where the owner turned that on.</summary>
/// <remarks>
/// Only what a catalogue's key is known of, and lies in a folder that is open to Net, is noted: a title that was read
/// from a file's name is told nobody.
/// </remarks>
public sealed class WatchSignals(LibraryBook library, ItemStore store, ItemScopes scopes, ReportBook reports)
{
    /// <summary>What may not be reported is passed over. Durable when it returns.</summary>
    public async Task FinishedAsync(ItemId item, bool isAgain, CancellationToken cancellation)
    {
        if (!reports.CountsWatched() || store.Find(item) is not { } copy) return;
        if (library.Look().Find(item) is not var (work, at)) return;
        foreach (var key in KeysOf(work.Files[at].Place))
        {
            if (DisclosableKey.TryMake(key, scopes.Of(copy.FullPath)) is null) return;
            // As of a file that was detected: where it lies then decides, too, as its report is sealed.
            await scopes.SeenAsync([new LocalItem(key, copy.FullPath, 0)], cancellation);
            _ = await reports.AddAsync(
                key, isAgain ? SignalMetric.Rewatch : SignalMetric.Finished, isOpen: false, cancellation);
        }
    }

    /// <summary>Of a film its own, of several episodes each one's; none where nobody said what it is.</summary>
    private static IEnumerable<string> KeysOf(ShelfPlace place)
    {
        if (!WorkId.TryParse(place.Work, out var work) || work is null) return [];
        if (place.Kind == ShelfKind.Film) return [work.ToString()];
        if (place.Kind != ShelfKind.Episode) return [];
        return place.EpisodesIn(work)
            .Select(number => (work with { Season = place.Season, Episode = number }).ToString())
            .Where(key => ContentKey.TryParse(key, out _));
    }
}
