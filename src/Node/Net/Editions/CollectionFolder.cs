using System.Globalization;
using System.Text;
using System.Text.Json;
using Anarchive.Log;
using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>A folder of editions that is not what its list says.</summary>
public sealed class CollectionException(string message) : Exception(message);

/// <summary>What a dump says: accepted rows of each provider, by day of submission.</summary>
public sealed record CollectedRows(string Sha256, IReadOnlyList<AniSkipRow> Rows);

/// <summary>What became of a dump.</summary>
public enum CollectionOutcome
{
    /// <summary>Editions were made, or would be.</summary>
    Made,

    /// <summary>It is in the editions already.</summary>
    Known,

    /// <summary>A newer one is: going back would undo what it brought.</summary>
    Older,
}

/// <summary>Editions of somebody else's collection, one group for each provider, in a folder of their own.</summary>
/// <remarks>
/// For this household alone: no manifest is signed, and no row may enter an edition for friends. The first dump is
/// split by ISO week of submission, as if it had been read weekly; a later one makes one edition more. Files are
/// written before the list that names them, so what a killed process leaves is written again. One process at a time.
/// </remarks>
public sealed class CollectionFolder
{
    private readonly string _directory;
    private readonly PartEditionFiles _files;
    private readonly bool _writes;
    private readonly Dictionary<string, State> _providers = new(StringComparer.Ordinal);
    private CollectionIndex _index;

    private CollectionFolder(string directory, bool writes, CollectionIndex index)
    {
        (_directory, _writes, _index) = (directory, writes, index);
        _files = new PartEditionFiles(directory);
    }

    /// <summary>What the folder holds now, by provider.</summary>
    public IReadOnlyList<CollectionProvider> Providers => _index.Providers;

    /// <summary>Editions whose file, applied to the one before, was found to have the stated root.</summary>
    public int Verified { get; private set; }

    /// <summary>Reads the list and every edition behind it.</summary>
    /// <param name="writes">False: what would be made is told and nothing is written.</param>
    /// <exception cref="CollectionException">A file is missing, or is not what the list says.</exception>
    public static CollectionFolder Open(string directory, string collection, bool writes)
    {
        var path = Path.Combine(directory, "index.json");
        var index = CollectionIndex.Empty(collection);
        if (File.Exists(path))
        {
            try
            {
                index = JsonSerializer.Deserialize(File.ReadAllBytes(path), CollectionJson.Default.CollectionIndex)!;
            }
            catch (JsonException)
            {
                throw new CollectionException("Its index.json is not a list of editions.");
            }

            if (index is not { V: CollectionIndex.Version } || index.Collection != collection)
                throw new CollectionException("Its index.json is of another collection or version.");
        }

        var folder = new CollectionFolder(directory, writes, index);
        foreach (var provider in index.Providers) folder.Read(provider);
        return folder;
    }

    /// <summary>The group that stands for a provider: a hash of its name.</summary>
    public static GroupId GroupOf(string provider) =>
        new(Hash256.Sha256("anarchive/v1/collection\0"u8, Encoding.UTF8.GetBytes(provider)));

    /// <summary>Makes what follows from a dump. The list is written last, and durable when this returns.</summary>
    public CollectionOutcome Take(CollectedRows dump)
    {
        if (_index.Dumps.Any(d => d.Sha256 == dump.Sha256)) return CollectionOutcome.Known;
        var newest = Date(dump.Rows.Count > 0 ? dump.Rows.Max(r => r.Submitted) : 0);
        if (_index.Dumps.Any(d => string.CompareOrdinal(d.Newest, newest) > 0)) return CollectionOutcome.Older;
        var isFirst = _index.Dumps.Count == 0;
        var week = WeekOf(dump.Rows.Count > 0 ? dump.Rows.Max(r => r.Submitted) : 0);
        var byProvider = dump.Rows.GroupBy(r => r.Provider, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(Row.Of).ToArray(), StringComparer.Ordinal);
        // A provider that vanished has no rows left, which is an edition as well.
        foreach (var gone in _providers.Keys) byProvider.TryAdd(gone, []);
        foreach (var (provider, rows) in byProvider.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            var state = _providers.TryGetValue(provider, out var known) ? known : _providers[provider] = new State();
            if (isFirst) Weekly(provider, state, rows);
            else Follow(provider, state, week, Sorted(rows));
        }

        Save(new CollectedDump(dump.Sha256, newest));
        return CollectionOutcome.Made;
    }

    private void Weekly(string provider, State state, Row[] rows)
    {
        var known = new List<Row>();
        foreach (var week in rows.GroupBy(r => WeekOf(r.Day)).OrderBy(w => w.Key, StringComparer.Ordinal))
        {
            known.AddRange(week);
            Follow(provider, state, week.Key, Sorted(known));
        }
    }

    private void Follow(string provider, State state, string week, IReadOnlyList<byte[]> rows)
    {
        var (before, now) = (Lines(state.Rows), Lines(rows));
        var root = EditionState.RootOf(now).ToString();
        var last = state.Editions.Count > 0 ? state.Editions[^1] : null;
        if (last?.StateRoot == root || (last is null && rows.Count == 0)) return;
        if (last is not null && string.CompareOrdinal(week, last.Week) < 0) week = last.Week;
        var lastFull = state.Editions.LastOrDefault(e => e.Kind == EditionKind.Full)?.Week;
        var isFull = EditionCalendar.IsFullDue(lastFull, week)
            || EditionDelta.IsFullBetter(EditionDelta.Between(before, now).LongCount(), rows.Count);
        var seq = (last?.Seq ?? 0) + 1;
        var lines = isFull ? now : EditionDelta.Between(before, now);
        var blob = _writes
            ? _files.Save(GroupOf(provider), MarkerObserved.PartName, seq, lines).Blob
            : Unwritten(lines);
        var edition = new CollectionEdition(seq, week, isFull ? null : last!.Seq, rows.Count, root, blob);
        // Read back from disk, and compared with the root that a fresh full edition would have.
        if (_writes && !Verify(provider, edition, state.Rows))
            throw new IOException("An edition could not be read back as it was written.");
        state.Editions.Add(edition);
        state.Rows = rows;
    }

    private void Read(CollectionProvider provider)
    {
        if (provider.Group != GroupOf(provider.Provider).ToString() || _providers.ContainsKey(provider.Provider))
            throw new CollectionException("Its index.json names a provider wrongly.");
        var state = _providers[provider.Provider] = new State();
        foreach (var edition in provider.Editions)
        {
            if (edition.Seq != state.Editions.Count + 1 || (edition.From ?? edition.Seq - 1) != edition.Seq - 1)
                throw new CollectionException("Its index.json lacks an edition.");
            if (edition.File.Name != EditionName.Of(MarkerObserved.PartName, edition.Seq, edition.File.Sha256)
                || !Verify(provider.Provider, edition, state.Rows))
                throw new CollectionException($"The edition {edition.File.Name} is missing or damaged.");
            state.Rows = [.. RowsOf(provider.Provider, edition, state.Rows).Select(r => r.ToArray())];
            state.Editions.Add(edition);
        }
    }

    /// <summary>The gates on bytes, expansion, rows and root.</summary>
    private bool Verify(string provider, CollectionEdition edition, IReadOnlyList<byte[]> before)
    {
        var path = _files.PathOf(GroupOf(provider), edition.File.Name);
        if (!File.Exists(path)) return false;
        using (var from = File.OpenRead(path))
        {
            if (EditionDigest.Of(from, from.Length) is not { } digest) return false;
            if (digest.Bytes != edition.File.Bytes || digest.Sha256.ToString() != edition.File.Sha256) return false;
            if (digest.PiecesRoot.ToString() != edition.File.PiecesRoot) return false;
        }

        if (edition.File.RawBytes > EditionLimits.RawBytesMax(EditionRing.Friends)) return false;
        if (!BrotliLines.ExpandsTo(path, edition.File.RawBytes)) return false;
        // Of the state, only what this file brings is new.
        foreach (var line in LinesOf(path, edition))
        {
            if (edition.Kind == EditionKind.Delta && line.Span is [EditionDelta.Minus, ..]) continue;
            var row = edition.Kind == EditionKind.Delta ? line[Math.Min(1, line.Length)..] : line;
            if (EditionReader.TryRead(RowRules.Collection, row.Span) is null) return false;
        }

        using var state = new EditionState();
        var count = 0L;
        foreach (var row in RowsOf(provider, edition, before))
        {
            state.Add(row.Span);
            count++;
        }

        if (count != edition.Rows || state.Root().ToString() != edition.StateRoot) return false;
        Verified++;
        return true;
    }

    private IEnumerable<ReadOnlyMemory<byte>> RowsOf(
        string provider, CollectionEdition edition, IReadOnlyList<byte[]> before)
    {
        var lines = LinesOf(_files.PathOf(GroupOf(provider), edition.File.Name), edition);
        return edition.Kind == EditionKind.Full ? lines : EditionDelta.Apply(Lines(before), lines);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> LinesOf(string path, CollectionEdition edition) =>
        BrotliLines.Read(path, edition.File.RawBytes, EditionLimits.RowBytesMax + 1);

    private void Save(CollectedDump dump)
    {
        _index = _index with
        {
            Dumps = [.. _index.Dumps, dump],
            Providers =
            [
                .. _providers.Where(p => p.Value.Editions.Count > 0).OrderBy(p => p.Key, StringComparer.Ordinal)
                    .Select(p => new CollectionProvider(p.Key, GroupOf(p.Key).ToString(), [.. p.Value.Editions])),
            ],
        };
        if (!_writes) return;
        Directory.CreateDirectory(_directory);
        DurableFile.Replace(
            Path.Combine(_directory, "index.json"),
            [.. JsonSerializer.SerializeToUtf8Bytes(_index, CollectionJson.Default.CollectionIndex), (byte)'\n']);
    }

    private static EditionBlob Unwritten(IEnumerable<ReadOnlyMemory<byte>> lines)
    {
        var (raw, rows) = (0L, 0L);
        foreach (var line in lines) (raw, rows) = (raw + line.Length + 1, rows + 1);
        return new EditionBlob("", 0, raw, rows, EditionBlob.Brotli, "", "", 0, "");
    }

    private static IReadOnlyList<byte[]> Sorted(IEnumerable<Row> rows) =>
        EditionRows.Collection(rows.Select(r => r.Bytes));

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(IReadOnlyList<byte[]> rows) =>
        rows.Select(r => (ReadOnlyMemory<byte>)r);

    private static string WeekOf(int day) => EditionCalendar.WeekOf(24L * day);

    private static string Date(int day) =>
        DateTime.UnixEpoch.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private readonly record struct Row(int Day, byte[] Bytes)
    {
        public static Row Of(AniSkipRow row) => new(row.Submitted, EditionRows.Collected(row.Marker));
    }

    private sealed class State
    {
        public IReadOnlyList<byte[]> Rows { get; set; } = [];

        public List<CollectionEdition> Editions { get; } = [];
    }
}
