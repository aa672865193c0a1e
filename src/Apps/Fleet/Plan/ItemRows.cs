using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>The items of a planning table, by id, in arrays: a million of them fit into 80 MB.</summary>
internal sealed class ItemRows
{
    private const int BucketShift = 48;

    private readonly int[] _starts;
    private readonly int[] _holders;
    private readonly int[] _bucketStarts;
    private readonly Hash256[] _bucketDigests;

    /// <summary>Takes sorted rows; the holders of row i are those from starts[i] to starts[i + 1].</summary>
    public ItemRows(
        ItemId[] ids, long[] sizes, ushort[] policies, byte[] flags, (int[] Starts, int[] Holders) held)
    {
        (Ids, Sizes, Policies, Flags) = (ids, sizes, policies, flags);
        (_starts, _holders) = held;
        _bucketStarts = BucketsOf(ids);
        _bucketDigests = new Hash256[_bucketStarts.Length - 1];
        var bytes = new TableBytes([]);
        for (var bucket = 0; bucket < _bucketDigests.Length; bucket++)
            _bucketDigests[bucket] = DigestOf(bucket, bytes);
        Digest = DigestOfBuckets();
    }

    private ItemRows(ItemRows before, (int[] Starts, int[] Holders) held, IEnumerable<int> changed)
    {
        (Ids, Sizes, Policies, Flags) = (before.Ids, before.Sizes, before.Policies, before.Flags);
        (_starts, _holders) = held;
        _bucketStarts = before._bucketStarts;
        _bucketDigests = [.. before._bucketDigests];
        var bytes = new TableBytes([]);
        var last = -1;
        foreach (var row in changed)
        {
            var at = Array.BinarySearch(_bucketStarts, row);
            var bucket = at >= 0 ? at : ~at - 1;
            if (bucket == last) continue;
            _bucketDigests[bucket] = DigestOf(bucket, bytes);
            last = bucket;
        }

        Digest = DigestOfBuckets();
    }

    private ItemRows(ItemRows before, ItemRows changed)
    {
        var places = Array.ConvertAll(changed.Ids, before.NumberOf);
        var added = places.Count(at => at < 0);
        var count = before.Count + added;
        Ids = added == 0 ? before.Ids : new ItemId[count];
        (Sizes, Policies, Flags) = (new long[count], new ushort[count], new byte[count]);
        var held = before._holders.Length + changed._holders.Length;
        for (var row = 0; row < places.Length; row++)
            if (places[row] >= 0)
                held -= before.HoldersOf(places[row]).Length;
        (_starts, _holders) = (new int[count + 1], new int[held]);
        var (from, to) = (0, 0);
        for (var row = 0; row < places.Length; row++)
        {
            var isNew = places[row] < 0;
            var end = isNew ? ~places[row] : places[row];
            to = Take(before, (from, end), to, added > 0);
            to = Take(changed, (row, row + 1), to, added > 0);
            from = isNew ? end : end + 1;
        }

        Take(before, (from, before.Count), to, added > 0);
        _bucketStarts = added == 0 ? before._bucketStarts : BucketsOf(Ids);
        _bucketDigests = DigestsAfter(before, changed);
        Digest = DigestOfBuckets();
    }

    public ItemId[] Ids { get; }

    public long[] Sizes { get; }

    /// <summary>Numbers of the policy table.</summary>
    public ushort[] Policies { get; }

    /// <summary>Of <see cref="Starred"/> and <see cref="MayFace"/>.</summary>
    public byte[] Flags { get; }

    /// <summary>SHA-256 over all that the rows hold, whatever order they came in.</summary>
    public Hash256 Digest { get; }

    public int Count => Ids.Length;

    public const byte Starred = 1;
    public const byte MayFace = 2;

    /// <summary>Its holders, by device: each the device's number twice, plus one where the copy is verified.</summary>
    public ReadOnlySpan<int> HoldersOf(int row) => _holders.AsSpan(_starts[row].._starts[row + 1]);

    public int NumberOf(ItemId id) => Array.BinarySearch(Ids, id);

    /// <summary>The same items with other holders, as in <see cref="HoldersOf"/>; -1 - device for none.</summary>
    /// <param name="changes">By row.</param>
    public ItemRows With(IReadOnlyList<(int Row, int Holder)> changes)
    {
        var starts = new int[_starts.Length];
        var holders = new int[_holders.Length + changes.Count];
        var (to, from) = (0, 0);
        var moved = 0;
        foreach (var (row, holder) in changes)
        {
            Copy(_starts[row]);
            var device = holder < 0 ? -1 - holder : holder >> 1;
            for (; moved <= row; moved++) starts[moved] = _starts[moved] + to - from;
            var end = _starts[row + 1];
            while (from < end && _holders[from] >> 1 < device) holders[to++] = _holders[from++];
            if (from < end && _holders[from] >> 1 == device) from++;
            if (holder >= 0) holders[to++] = holder;
            while (from < end) holders[to++] = _holders[from++];
        }

        Copy(_holders.Length);
        for (; moved < starts.Length; moved++) starts[moved] = _starts[moved] + to - from;
        Array.Resize(ref holders, to);
        return new ItemRows(this, (starts, holders), changes.Select(c => c.Row));

        void Copy(int end)
        {
            _holders.AsSpan(from..end).CopyTo(holders.AsSpan(to));
            to += end - from;
            from = end;
        }
    }

    /// <summary>The same items, those of the others as they are there, and what only they have besides.</summary>
    public ItemRows With(ItemRows others) => others.Count == 0 ? this : new ItemRows(this, others);

    /// <summary>Copies rows to a place behind those that are there; where the next belong.</summary>
    private int Take(ItemRows rows, (int From, int End) range, int to, bool withIds)
    {
        var (from, end) = range;
        var count = end - from;
        if (withIds) Array.Copy(rows.Ids, from, Ids, to, count);
        Array.Copy(rows.Sizes, from, Sizes, to, count);
        Array.Copy(rows.Policies, from, Policies, to, count);
        Array.Copy(rows.Flags, from, Flags, to, count);
        var (first, start) = (rows._starts[from], _starts[to]);
        Array.Copy(rows._holders, first, _holders, start, rows._starts[end] - first);
        for (var row = 1; row <= count; row++) _starts[to + row] = start + rows._starts[from + row] - first;
        return to + count;
    }

    /// <summary>Those of before, but for buckets that a changed row is in.</summary>
    private Hash256[] DigestsAfter(ItemRows before, ItemRows changed)
    {
        var bytes = new TableBytes([]);
        var digests = new Hash256[_bucketStarts.Length - 1];
        var (old, next) = (0, 0);
        for (var bucket = 0; bucket < digests.Length; bucket++)
        {
            var key = BucketOf(Ids[_bucketStarts[bucket]]);
            var isKept = true;
            for (; next < changed.Count && BucketOf(changed.Ids[next]) == key; next++) isKept = false;
            // No item ever goes, and so no bucket.
            var wasThere = old < before._bucketDigests.Length && BucketOf(before.Ids[before._bucketStarts[old]]) == key;
            digests[bucket] = isKept ? before._bucketDigests[old] : DigestOf(bucket, bytes);
            if (wasThere) old++;
        }

        return digests;
    }

    private static ulong BucketOf(ItemId id) => id.Value.Prefix >> BucketShift;

    /// <summary>Rows whose ids begin with the same 16 bits share a digest, so that one change costs few rows.</summary>
    private static int[] BucketsOf(ItemId[] ids)
    {
        var starts = new List<int>();
        for (var i = 0; i < ids.Length; i++)
            if (i == 0 || BucketOf(ids[i]) != BucketOf(ids[i - 1]))
                starts.Add(i);
        return [.. starts, ids.Length];
    }

    private Hash256 DigestOfBuckets()
    {
        var bytes = new TableBytes(
            "anarchive/v1/plan-items\0"u8, sizeof(long) + (_bucketDigests.Length * Hash256.Size));
        bytes.Number(Count);
        foreach (var digest in _bucketDigests) bytes.Id(digest);
        return bytes.Hash();
    }

    private Hash256 DigestOf(int bucket, TableBytes bytes)
    {
        bytes.Restart("anarchive/v1/plan-rows\0"u8);
        for (var row = _bucketStarts[bucket]; row < _bucketStarts[bucket + 1]; row++)
        {
            var holders = HoldersOf(row);
            bytes.Id(Ids[row].Value);
            bytes.Number(Sizes[row]);
            bytes.Small((Policies[row] << 8) | Flags[row]);
            bytes.Small(holders.Length);
            foreach (var holder in holders) bytes.Small(holder);
        }

        return bytes.Hash();
    }
}
