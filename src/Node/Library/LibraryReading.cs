using Anarchive.Fleet;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Makes shelves of what this device's files and the fleet's log say.</summary>
/// <remarks>One thread at a time. Names that were read once are not read again.</remarks>
internal sealed class LibraryReading(
    Database database, FleetBook fleet, FleetDesk desk, Volumes volumes, PartRecords records)
{
    /// <summary>Folders above a file whose names may say what it lacks.</summary>
    private const int FoldersMax = 3;

    private Dictionary<string, ReleaseName> _names = new(StringComparer.Ordinal);

    public static long StampOf(Database database)
    {
        using var db = database.OpenReader();
        return LibraryRows.Stamp(db);
    }

    public LibraryShelf Read(SeenPlan plan)
    {
        using var db = database.OpenReader();
        var folders = LibraryRows.Folders(db);
        var agreed = Agreed(db);
        var titles = LibraryRows.Titles(db);
        var words = LibraryWords.Last(db);
        var here = LibraryRows.Files(db).GroupBy(f => f.Item).ToDictionary(g => g.Key, g => g.ToList());
        // A device that was never declared counts no copies, and has none below a floor.
        var isDeclared = fleet.Read(state => state.Devices.ContainsKey(desk.Self));
        var count = plan.Custody.Lines.Where(_ => isDeclared).ToDictionary(l => l.Item);
        var names = new Dictionary<string, ReleaseName>(StringComparer.Ordinal);
        var files = new List<Shelved<LibraryFile>>(here.Count);
        foreach (var (item, places) in here)
        {
            var (_, place, size) = places[0];
            var name = NameOf(names, place.Path, folders[place.Volume]);
            files.Add(new Shelved<LibraryFile>(
                File(item, Path.GetFileName(place.Path), size, [.. places.Select(p => p.Place)], name, count),
                Said(item, ShelfPlace.Of(name, Path.GetFileName(place.Path), Agreed(agreed, place)))));
        }

        foreach (var (item, size) in Elsewhere(here.ContainsKey))
        {
            var title = titles.GetValueOrDefault(item);
            // What was here once and is no film is none elsewhere.
            if (title is not null && !SeasonFolder.IsVideo(title)) continue;
            var name = NameOf(names, title ?? "", []);
            files.Add(new Shelved<LibraryFile>(
                File(item, title ?? "", size, [], name, count),
                Said(item, title is null ? ShelfPlace.Nameless : ShelfPlace.Of(name, title, null))));
        }

        _names = names;
        return new LibraryShelf(
            [.. Shelves.Group(files, f => f.Item.ToString()).Select(w => new LibraryWork(w, Haystack(w)))],
            StoreRows.Unhashed(db).Files);

        ShelfPlace Said(ItemId item, ShelfPlace read) =>
            words.TryGetValue(item, out var word) ? word.Apply(read) : read;
    }

    private static LibraryFile File(
        ItemId item, string name, long? size, IReadOnlyList<LibraryPlace> places, ReleaseName read,
        Dictionary<ItemId, CustodyLine> count) =>
        count.TryGetValue(item, out var line)
            ? new LibraryFile(item, name, size ?? line.SizeBytes, places, read.Quality.Lines, line.Counted, line.Floor)
            : new LibraryFile(item, name, size, places, read.Quality.Lines, null, null);

    /// <summary>Whole copies of other devices, of what this one has not.</summary>
    private List<(ItemId Item, long? SizeBytes)> Elsewhere(Func<ItemId, bool> isHere) => fleet.Read(state =>
        state.HeldItems.Where(i => !isHere(i) && state.HoldingsOf(i).Any(h => IsThere(state, h)))
            .Select(i => (i, state.Items.GetValueOrDefault(i)?.SizeBytes)).ToList());

    private bool IsThere(FleetState state, Holding holding) =>
        holding.Device != desk.Self && holding.State == HoldingState.Present
        && state.Devices.TryGetValue(holding.Device, out var device)
        && device.State is DeviceState.Active or DeviceState.Draining;

    /// <summary>What enough fleets say of a file, else what this fleet does; by its whole path.</summary>
    private Dictionary<string, GroupingVote> Agreed(System.Data.IDbConnection db)
    {
        var said = records.Of(NetApp.GroupingObserved).Where(r => r.Observed is GroupingObserved).ToList();
        var votes = new Dictionary<string, GroupingVote>(StringComparer.Ordinal);
        foreach (var key in said.SelectMany(r => r.Observed.Key.Select(k => (Key: k, Record: r))).GroupBy(k => k.Key))
        {
            var newest = key.Select(k => k.Record).GroupBy(r => r.Fleet).Select(g => g.MaxBy(r => r.Order)!).ToList();
            GroupingVote[] all = [.. newest.Select(r => GroupingVote.Of((GroupingObserved)r.Observed))];
            if (GroupingMerge.Merge(all) is { } merged) votes[key.Key] = merged;
            else if (newest.Find(r => r.IsOwn) is { Observed: GroupingObserved own })
                votes[key.Key] = GroupingVote.Of(own);
        }

        return LibraryRows.PathsOf(db, votes.Keys)
            .ToDictionary(p => p.Key, p => votes[p.First()], StringComparer.Ordinal);
    }

    private GroupingVote? Agreed(Dictionary<string, GroupingVote> agreed, LibraryPlace place) =>
        agreed.Count > 0 && volumes.Find(place.Volume) is { } volume
        && agreed.TryGetValue(Path.Combine(volume.Root, place.Path), out var vote) ? vote : null;

    /// <summary>
    /// What a path says below its watched folder, and where that is not enough, what that folder's name adds.
    /// </summary>
    private ReleaseName NameOf(Dictionary<string, ReleaseName> names, string path, IEnumerable<string> folders)
    {
        var within = folders.Where(f => f.Length > 0 && path.StartsWith(f + "/", StringComparison.Ordinal))
            .MaxBy(f => f.Length) ?? "";
        var key = within.Length + " " + path;
        var known = names.GetValueOrDefault(key) ?? _names.GetValueOrDefault(key);
        if (known is null)
        {
            known = Parse(within.Length > 0 ? path[(within.Length + 1)..] : path);
            if (known.Title.Length == 0 && within.Length > 0) known = Parse(path);
        }

        return names[key] = known;
    }

    private static ReleaseName Parse(string path)
    {
        var parts = path.Split('/');
        return NameParser.Parse(parts[^1], [.. parts[..^1].TakeLast(FoldersMax)]);
    }

    private static string Haystack(ShelfWork<LibraryFile> work) => string.Join(
        '\n', work.Files.Select(f => TitleKey.Of(f.File.Name)).Prepend(TitleKey.Of(work.Title)));
}
