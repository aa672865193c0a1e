using System.Text.Json;
using Anarchive.Fleet;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>Takes down what the owner says that files are, and takes it back.</summary>
/// <remarks>
/// A word counts on this device at once. With a catalogue's key, and of a file that others may hear of, it is an
/// observation of this fleet as well: no title is part of that.
/// </remarks>
public sealed class GroupingDesk(
    Database database, LogWriter writer, LibraryBook library, ItemStore store, PartActs acts, PartRecords records,
    Retractions retractions, TimeProvider time)
{
    private static Problem NothingToUndo { get; } = new("nothing_to_undo", 409, "Nothing was said that can be undone.");

    /// <summary>Says what one file is. Durable when it returns. Codes: not_found, bad_grouping.</summary>
    public async Task<Problem?> SayAsync(ItemId item, ShelfWord word, CancellationToken cancellation)
    {
        if (library.Look().Find(item) is not var (work, at)) return Problem.NotFound("item");
        if (word.Fault() is { } fault) return Bad(fault);
        cancellation.ThrowIfCancellationRequested();
        // Broken off in between, an observation would be left that no undo knows.
        var said = await ObserveAsync(item, word.Apply(work.Files[at].Place), looksAtFile: true);
        await WriteAsync([(item, word, said)]);
        library.Renew();
        return null;
    }

    /// <summary>
    /// Says what a whole film or show is called, and which one it is: the id that it has then. Durable when it
    /// returns. Codes: as above.
    /// </summary>
    public async Task<(string? Work, Problem? Problem)> SayAsync(
        string work, string title, int? year, string? catalogue, CancellationToken cancellation)
    {
        if (library.Look().Find(work) is not { } known) return (null, Problem.NotFound("film or show"));
        var word = new ShelfWord(null, title, year, 0, 0, 0, catalogue);
        if (word.Fault() is { } fault) return (null, Bad(fault));
        cancellation.ThrowIfCancellationRequested();
        var words = new List<(ItemId, ShelfWord, string?)>(known.Files.Count);
        var before = LastWords();
        foreach (var (file, place) in known.Files)
        {
            // Which episode a file is stays as it was said: the last word on a file is the only one that counts.
            var said = before.GetValueOrDefault(file.Item) is { Kind: not null } own
                ? own with { Title = title, Year = year, Work = catalogue }
                : word;
            words.Add((file.Item, said, await ObserveAsync(file.Item, said.Apply(place), looksAtFile: false)));
        }

        await WriteAsync(words);
        return (library.Renew().Find(known.Files[0].File.Item)?.Work.Id, null);
    }

    /// <summary>
    /// Takes the last word on a file back; the one before counts again. Durable when it returns. Codes:
    /// nothing_to_undo, and why the log refuses.
    /// </summary>
    public async Task<Problem?> UndoAsync(ItemId item, CancellationToken cancellation)
    {
        using var db = database.OpenReader();
        return LibraryWords.Of(db, item) is [var last, ..]
            ? await TakeBackAsync([last], cancellation)
            : NothingToUndo;
    }

    /// <summary>The same of all that was said last of a film or show: the id that it has then.</summary>
    public async Task<(string? Work, Problem? Problem)> UndoAsync(string work, CancellationToken cancellation)
    {
        if (library.Look().Find(work) is not { } known) return (null, Problem.NotFound("film or show"));
        using var db = database.OpenReader();
        if (known.Files.SelectMany(f => LibraryWords.Of(db, f.File.Item).Take(1)).MaxBy(w => w.No) is not { } last)
            return (null, NothingToUndo);
        var problem = await TakeBackAsync(LibraryWords.OfBatch(db, last.Batch), cancellation);
        return (library.Look().Find(last.Item)?.Work.Id, problem);
    }

    /// <summary>True where the owner said something of one of them.</summary>
    public bool HasWord(IEnumerable<ItemId> items)
    {
        using var db = database.OpenReader();
        return items.Chunk(200).Any(some => LibraryWords.HasAny(db, some));
    }

    private async Task<Problem?> TakeBackAsync(IReadOnlyList<NotedWord> words, CancellationToken cancellation)
    {
        // From here on it is not stopped: half of it would be neither what was said nor what was said before.
        cancellation.ThrowIfCancellationRequested();
        foreach (var said in words.Select(w => w.Said).OfType<string>())
        {
            using var observed = JsonDocument.Parse(said);
            var written = records.Of(observed.RootElement.GetProperty("key")[0].GetString()!)
                .FirstOrDefault(r => r.IsOwn && NetPayloads.Element(r.Observed).GetRawText() == said);
            if (written is not null
                && await retractions.RetractAsync(written.Id, CancellationToken.None) is { } problem) return problem;
        }

        await writer.OnWriterAsync(
            db =>
            {
                LibraryWords.Remove(db, words);
                return true;
            },
            CancellationToken.None);
        library.Renew();
        return null;
    }

    /// <summary>The observation that was made of it, as JSON; null where none may be.</summary>
    /// <param name="looksAtFile">Else only what Net saw before is told: a show has hundreds of files.</param>
    private async Task<string?> ObserveAsync(
        ItemId item, ShelfPlace place, bool looksAtFile)
    {
        if (place.Work is null || store.Find(item) is not { } copy || await KeyAsync(copy) is not { } key) return null;
        var hour = time.GetUtcNow().ToUnixTimeSeconds() / 3_600;
        if (ShelfWord.Observation(place, key, hour) is not { } said) return null;
        if (looksAtFile && await acts.SeeAsync(copy.FullPath, [said], CancellationToken.None) is not null) return null;
        var (_, problem) = await acts.ObserveAsync([said], isOpen: false, CancellationToken.None);
        return problem is null ? NetPayloads.Element(said).GetRawText() : null;
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

    private async Task WriteAsync(IReadOnlyList<(ItemId Item, ShelfWord Word, string? Said)> words) =>
        await writer.OnWriterAsync(
            db =>
            {
                LibraryWords.Add(db, words);
                return true;
            },
            CancellationToken.None);

    private IReadOnlyDictionary<ItemId, ShelfWord> LastWords()
    {
        using var db = database.OpenReader();
        return LibraryWords.Last(db);
    }

    private static Problem Bad(string member) => new(
        "bad_grouping", 400,
        member switch
        {
            "title" => (Sentence)"A title is one line of 1 to 200 characters.",
            "year" => "A year is a number from 1870 to 2999, or left out.",
            "catalogue" => "A catalogue's key looks like work:tvdb:s81189 or work:imdb:tt0083658, or is left out.",
            "kind" => "A file is a film, an episode or an extra.",
            "season" => "A season is a number from 0, the specials, to 999.",
            _ => "An episode is a number from 0 to 9999; of several in one file give the first and the last.",
        });
}
