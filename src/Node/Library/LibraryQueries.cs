using Anarchive.Fleet;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Answers what pages and commands ask of the library. Any thread.</summary>
public sealed class LibraryQueries(
    LibraryBook book, Volumes volumes, WatchBook watched, LibraryMarkers markers)
{
    /// <summary>Of the row of what is gone on with.</summary>
    private const int NextMax = 12;

    private const int RecentMax = 200;

    /// <summary>Another, by <see cref="object.Equals(object)"/>, once files, copies or viewings are.</summary>
    public object Stamp() => (book.Look(), watched.Stamp());

    /// <summary>Works by title, those that match, from a place on.</summary>
    /// <param name="search">Every word of it stands in the title or in a file's name; empty for all.</param>
    public LibraryPage List(string search, LibraryFilter filter, int from, int limit)
    {
        var (shelf, present) = (book.Look(), Present(out var absent));
        string[] words = [.. TitleKey.Of(search).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var found = shelf.Works.Where(w => Passes(w, filter, present)
            && words.All(word => w.Haystack.Contains(word, StringComparison.Ordinal))).ToList();
        var shown = found.Skip(from).Take(limit).ToList();
        var viewings = watched.Of([.. shown.SelectMany(w => w.Files.Select(f => f.File.Item))]);
        return new LibraryPage(
            Standing(shelf, present, absent), [.. shown.Select(w => Line(w, present, viewings))], from, found.Count);
    }

    /// <summary>A work; of a show one season. Null where there is none of that id.</summary>
    /// <param name="season">Null for the first; what goes with a show stands with its last season.</param>
    public LibraryWorkPage? Work(string id, int? season, int from, int limit)
    {
        if (book.Look().Find(id) is not { } work) return null;
        var present = Present(out _);
        int? shown = !work.Shelf.IsShow ? null
            : season is { } asked && work.Seasons.Contains(asked) ? asked : work.Seasons[0];
        var files = shown is null ? work.Files : [.. work.Files.Where(f => IsOf(work, f.Place, shown.Value))];
        var page = files.Skip(from).Take(limit).ToList();
        var viewings = watched.Of([.. work.Files.Select(f => f.File.Item)]);
        var known = markers.Of([.. page.Select(f => f.File)]);
        return new LibraryWorkPage(
            Line(work, present, viewings), shown,
            [
                .. page.Select(f => new LibraryFileLine(
                    f.File, f.Place, f.File.IsHere(present), viewings.GetValueOrDefault(f.File.Item),
                    known.GetValueOrDefault(f.File.Item) ?? [])),
            ],
            from, files.Count);
    }

    /// <summary>What was begun, newest first, and of shows that were begun the episode that comes next.</summary>
    public IReadOnlyList<LibraryNext> Next()
    {
        var (shelf, present) = (book.Look(), Present(out _));
        var recent = watched.Recent(RecentMax);
        var seen = recent.ToDictionary(v => v.Item);
        var (next, shows) = (new List<LibraryNext>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var viewing in recent)
        {
            if (next.Count == NextMax) break;
            // What was opened by mistake says nothing of a show; what was watched before it does.
            if (!viewing.Place.IsUnderWay && !viewing.Place.IsWatched) continue;
            if (shelf.Find(viewing.Item) is not var (work, at) || !shows.Add(work.Id)) continue;
            var file = work.Files[at].File;
            // What other devices hold comes from them; what lies on a volume that is not there does not.
            if (viewing.Place.IsUnderWay && (file.IsHere(present) || file.Places.Count == 0))
                next.Add(new LibraryNext(
                    work, file, work.Files[at].Place, viewing.Place, viewing.AtMs, viewing.On));
            else if (viewing.Place.IsWatched && Following(work, at, present) is { } then
                && seen.GetValueOrDefault(then.File.Item) is not { Place.IsWatched: true })
                next.Add(new LibraryNext(work, then.File, then.Place, null, viewing.AtMs, viewing.On));
        }

        return next;
    }

    /// <summary>The next file of a show that is another episode and can be played here; null for none.</summary>
    internal static Shelved<LibraryFile>? Following(LibraryWork work, int at, IReadOnlySet<VolumeId> present)
    {
        var now = work.Files[at].Place;
        if (now.Kind != ShelfKind.Episode) return null;
        return work.Files.Skip(at + 1).Where(f => f.Place.Kind == ShelfKind.Episode && f.File.IsHere(present)
                && (f.Place.Season, f.Place.Number, f.Place.Part) != (now.Season, now.Number, now.Part))
            .Select(f => (Shelved<LibraryFile>?)f).FirstOrDefault();
    }

    /// <summary>The volumes that are there.</summary>
    internal IReadOnlySet<VolumeId> Present(out IReadOnlyList<string> absent)
    {
        var sights = volumes.All.Select(v => volumes.Look(v.Id)).OfType<VolumeSight>().ToList();
        absent = [.. sights.Where(s => !s.IsPresent).Select(s => s.Volume.Name).Order(StringComparer.Ordinal)];
        return sights.Where(s => s.IsPresent).Select(s => s.Volume.Id).ToHashSet();
    }

    private static LibraryStanding Standing(
        LibraryShelf shelf, IReadOnlySet<VolumeId> present, IReadOnlyList<string> absent)
    {
        var (films, shows, loose, elsewhere, here, below) = (0, 0, 0, 0, 0, 0);
        foreach (var work in shelf.Works)
        {
            if (Passes(work, LibraryFilter.Elsewhere, present)) elsewhere++;
            else if (work.Kind == ShelfKind.Film) films++;
            else if (work.Shelf.IsShow) shows++;
            else loose++;
            if (Passes(work, LibraryFilter.Here, present)) here++;
            if (work.IsBelow) below++;
        }

        return new LibraryStanding(films, shows, loose, elsewhere, here, below, absent, shelf.Unread);
    }

    private static LibraryLine Line(
        LibraryWork work, IReadOnlySet<VolumeId> present, IReadOnlyDictionary<ItemId, Viewing> viewings)
    {
        var first = work.Files.Select(f => f.File).FirstOrDefault(f => f.IsHere(present)) ?? work.Files[0].File;
        return new LibraryLine(
            work, work.Files.Count(f => f.File.IsHere(present)), work.Files.Min(f => f.File.Copies),
            work.Files.Count(f => viewings.GetValueOrDefault(f.File.Item) is { Place.IsWatched: true }), first,
            work.Shelf.IsShow ? null : viewings.GetValueOrDefault(first.Item));
    }

    private static bool Passes(LibraryWork work, LibraryFilter filter, IReadOnlySet<VolumeId> present) => filter switch
    {
        LibraryFilter.Here => work.Files.Any(f => f.File.IsHere(present)),
        LibraryFilter.Below => work.IsBelow,
        LibraryFilter.Ungrouped => !work.IsGrouped && work.Files.Any(f => f.File.Places.Count > 0),
        LibraryFilter.Elsewhere => work.Files.All(f => f.File.Places.Count == 0),
        _ => true,
    };

    private static bool IsOf(LibraryWork work, ShelfPlace place, int season) =>
        place.Kind == ShelfKind.Episode ? place.Season == season : season == work.Seasons[^1];
}
