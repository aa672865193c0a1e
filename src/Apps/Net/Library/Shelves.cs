using System.Security.Cryptography;
using System.Text;

namespace Anarchive.Net;

/// <summary>A film, a show, or a file that belongs to neither.</summary>
/// <param name="Id">16 hex digits; the same as long as its title is, and telling none.</param>
/// <param name="Kind">Film, Episode for a show, Loose or Nameless.</param>
/// <param name="Title">As most of its files spell it.</param>
/// <param name="Files">In the order in which they are watched.</param>
public sealed record ShelfWork<T>(
    string Id, ShelfKind Kind, string Title, int? Year, string SortKey, IReadOnlyList<Shelved<T>> Files)
{
    public bool IsShow => Kind == ShelfKind.Episode;
}

/// <summary>A file and its place.</summary>
public readonly record struct Shelved<T>(T File, ShelfPlace Place);

/// <summary>Puts files together that are of one film or show.</summary>
/// <remarks>
/// What a catalogue's key says goes first, and files whose title is that of one such work join it, unless their year is
/// another: a remake is a work of its own. Otherwise equal titles are one: of films with equal years, of shows whatever
/// their year, unless several years stand beside one title. The result does not depend on the order of the files.
/// </remarks>
public static class Shelves
{
    private const int IdBytes = 8;

    /// <param name="identity">Tells files apart; also the last that decides their order.</param>
    public static IReadOnlyList<ShelfWork<T>> Group<T>(IEnumerable<Shelved<T>> files, Func<T, string> identity)
    {
        var all = files.Select(f => (f.File, f.Place, Title: TitleKey.Of(f.Place.Title))).ToList();
        var shows = all.Where(f => f.Place.Kind == ShelfKind.Episode).GroupBy(f => f.Title, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => new Spelled(g.Select(f => f.Place)), StringComparer.Ordinal);
        var films = all.Where(f => f.Place.Kind == ShelfKind.Film).GroupBy(f => f.Title, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => new Spelled(g.Select(f => f.Place)), StringComparer.Ordinal);
        var works = all.GroupBy(f => KeyOf(f.Place, f.Title, identity(f.File), shows, films), StringComparer.Ordinal)
            .Select(g => Work(g.Key, [.. g.Select(f => new Shelved<T>(f.File, f.Place))], identity));
        return
        [
            .. works.OrderBy(w => w.Kind == ShelfKind.Nameless).ThenBy(w => w.SortKey, StringComparer.Ordinal)
                .ThenBy(w => w.Year).ThenBy(w => w.Id, StringComparer.Ordinal),
        ];
    }

    private static string KeyOf(
        ShelfPlace place, string title, string file, Dictionary<string, Spelled> shows,
        Dictionary<string, Spelled> films) => place.Kind switch
        {
            _ when place.Work is { } work && place.Kind != ShelfKind.Extra => work,
            ShelfKind.Episode => Show(place, title, shows[title]),
            ShelfKind.Film => Film(place, title, films[title]),
            ShelfKind.Extra when shows.TryGetValue(title, out var show) => Show(place, title, show),
            ShelfKind.Extra when films.TryGetValue(title, out var film) => Film(place, title, film),
            _ => "file\0" + file,
        };

    private static string Show(ShelfPlace place, string title, Spelled all) =>
        all.WorkOf(place.Year) ?? $"show\0{title}\0{(all.HasYears ? place.Year : null)}";

    private static string Film(ShelfPlace place, string title, Spelled all) =>
        all.WorkOf(place.Year) ?? $"film\0{title}\0{place.Year ?? all.Year}";

    private static ShelfWork<T> Work<T>(string key, List<Shelved<T>> files, Func<T, string> identity)
    {
        // An extra that stands alone has nothing to go with.
        var main = files.Where(f => f.Place.Kind != ShelfKind.Extra).DefaultIfEmpty(files[0]).ToList();
        var kind = main[0].Place.Kind == ShelfKind.Extra ? ShelfKind.Loose : main.Max(f => f.Place.Kind);
        if (main.Exists(f => f.Place.Kind == ShelfKind.Episode)) kind = ShelfKind.Episode;
        var title = main.GroupBy(f => f.Place.Title, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).First().Key;
        files.Sort((a, b) => Order(a, b, identity));
        return new ShelfWork<T>(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("anarchive/work\0" + key)), 0, IdBytes),
            kind, title, main.Select(f => f.Place.Year).FirstOrDefault(y => y is not null),
            TitleKey.ToSort(TitleKey.Of(title)), files);
    }

    private static int Order<T>(Shelved<T> a, Shelved<T> b, Func<T, string> identity)
    {
        var by = (a.Place.Kind == ShelfKind.Extra).CompareTo(b.Place.Kind == ShelfKind.Extra);
        // Specials come after what they belong to.
        if (by == 0) by = (a.Place.Season == 0).CompareTo(b.Place.Season == 0);
        if (by == 0) by = a.Place.Season.CompareTo(b.Place.Season);
        if (by == 0) by = a.Place.Number.CompareTo(b.Place.Number);
        if (by == 0) by = (a.Place.Part ?? 0).CompareTo(b.Place.Part ?? 0);
        return by != 0 ? by : string.CompareOrdinal(identity(a.File), identity(b.File));
    }

    /// <summary>What stands beside one title.</summary>
    private sealed class Spelled
    {
        /// <summary>Works that are called so, and the years of those of their files that say one.</summary>
        private readonly Dictionary<string, HashSet<int>> _works = new(StringComparer.Ordinal);

        private readonly SortedSet<int> _years = [];

        public Spelled(IEnumerable<ShelfPlace> places)
        {
            foreach (var place in places)
            {
                if (place.Work is { } work && !_works.ContainsKey(work)) _works[work] = [];
                if (place.Year is not { } year) continue;
                _years.Add(year);
                if (place.Work is { } of) _works[of].Add(year);
            }
        }

        /// <summary>Several, which tell works apart.</summary>
        public bool HasYears => _years.Count > 1;

        /// <summary>The only one.</summary>
        public int? Year => _years.Count == 1 ? _years.Min : null;

        /// <summary>The one work that a file of that title and year can be of; null for none and for several.</summary>
        public string? WorkOf(int? year)
        {
            var those = year is { } one ? _works.Where(w => w.Value.Contains(one)).ToList() : [];
            if (those.Count == 0 && !HasYears) those = [.. _works];
            return those.Count == 1 ? those[0].Key : null;
        }
    }
}
