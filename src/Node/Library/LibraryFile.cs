using Anarchive.Fleet;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>An item that can be watched, as this device knows it. For its owner: none of it leaves the node.</summary>
/// <param name="Name">Of its file; empty where nobody here knows one.</param>
/// <param name="Places">Where it lies on this device, from its volume's root; none where only others have it.</param>
/// <param name="Lines">The picture's class as the name says, such as 1080; null where it says none.</param>
/// <param name="Copies">Those that count; null where this device is in no fleet.</param>
public sealed record LibraryFile(
    ItemId Item, string Name, long? SizeBytes, IReadOnlyList<LibraryPlace> Places, int? Lines, int? Copies, int? Floor)
{
    public bool IsBelow => Copies < Floor;

    /// <summary>On a volume that is there.</summary>
    public bool IsHere(IReadOnlySet<VolumeId> present) => Places.Any(p => present.Contains(p.Volume));
}

/// <param name="Path">From the volume's root.</param>
public readonly record struct LibraryPlace(VolumeId Volume, string Path);

/// <summary>What a film or show is, and what a search looks at.</summary>
public sealed record LibraryWork(ShelfWork<LibraryFile> Shelf, string Haystack)
{
    public string Id => Shelf.Id;

    public ShelfKind Kind => Shelf.Kind;

    public string Title => Shelf.Title;

    public int? Year => Shelf.Year;

    public IReadOnlyList<Shelved<LibraryFile>> Files => Shelf.Files;

    /// <summary>Different episodes; several files may be one.</summary>
    public int Episodes { get; } = Shelf.Files.Where(f => f.Place.Kind == ShelfKind.Episode)
        .Select(f => (f.Place.Season, f.Place.Number, f.Place.Part)).Distinct().Count();

    /// <summary>In order; specials last.</summary>
    public IReadOnlyList<int> Seasons { get; } = [.. Shelf.Files.Where(f => f.Place.Kind == ShelfKind.Episode)
        .Select(f => f.Place.Season).Distinct()];

    public bool IsBelow { get; } = Shelf.Files.Any(f => f.File.IsBelow);

    public bool IsGrouped => Kind is ShelfKind.Film or ShelfKind.Episode;
}

/// <summary>Everything that can be watched, as it was read at one time.</summary>
public sealed class LibraryShelf
{
    private readonly Dictionary<string, LibraryWork> _works;
    private readonly Dictionary<ItemId, (LibraryWork Work, int At)> _files = [];

    internal LibraryShelf(IReadOnlyList<LibraryWork> works, long unread)
    {
        (Works, Unread) = (works, unread);
        _works = works.ToDictionary(w => w.Id, StringComparer.Ordinal);
        foreach (var work in works)
            for (var at = 0; at < work.Files.Count; at++) _files[work.Files[at].File.Item] = (work, at);
    }

    /// <summary>By title; those without a name last.</summary>
    public IReadOnlyList<LibraryWork> Works { get; }

    public int Files => _files.Count;

    /// <summary>Files that were not read whole yet, and are no items so far.</summary>
    public long Unread { get; }

    public LibraryWork? Find(string work) => _works.GetValueOrDefault(work);

    /// <summary>The film or show of an item, and its place among the files of that.</summary>
    public (LibraryWork Work, int At)? Find(ItemId item) => _files.TryGetValue(item, out var found) ? found : null;
}
