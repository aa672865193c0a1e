namespace Anarchive.Fleet;

/// <summary>The first devices for each row that needs copies; dear to find, and so kept.</summary>
internal sealed class RowRanks
{
    private const int Absent = 0;

    // One more than the slot, so that new memory says "absent".
    private readonly int[] _slots;
    private int[] _devices = [];
    private byte[] _counts = [];
    private ulong[] _keys = [];
    private int _used;

    public RowRanks(int rows) => _slots = new int[rows];

    /// <summary>Gives each of these rows a place, for <see cref="Rank"/> to fill; the others lose theirs.</summary>
    /// <returns>The rows that have to be ranked.</returns>
    public int[] Keep(int[] rows)
    {
        var (devices, counts, keys) = (_devices, _counts, _keys);
        var old = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++) old[i] = _slots[rows[i]];
        Array.Clear(_slots);
        _devices = new int[rows.Length * Ranking.Kept];
        (_counts, _keys) = (new byte[rows.Length], new ulong[rows.Length]);
        _used = rows.Length;
        var missing = new List<int>();
        for (var i = 0; i < rows.Length; i++)
        {
            _slots[rows[i]] = i + 1;
            if (old[i] == Absent)
            {
                missing.Add(rows[i]);
                continue;
            }

            var from = old[i] - 1;
            devices.AsSpan(from * Ranking.Kept, Ranking.Kept).CopyTo(_devices.AsSpan(i * Ranking.Kept));
            (_counts[i], _keys[i]) = (counts[from], keys[from]);
        }

        return [.. missing];
    }

    /// <summary>Two threads may rank different rows.</summary>
    public void Rank(PlanningTable table, Ranking ranking, int row)
    {
        var slot = _slots[row] - 1;
        _keys[slot] = table.KeyOf(table.Items.Ids[row].Value);
        Fill(slot, ranking);
    }

    /// <summary>After a device's weight changed: only lists it is in, was in or belongs into are made anew.</summary>
    public void Change(Ranking ranking, int device)
    {
        for (var slot = 0; slot < _used; slot++)
        {
            var known = _devices.AsSpan(slot * Ranking.Kept, _counts[slot]);
            if (known.Contains(device) || known.Length < Ranking.Kept
                || ranking.Place(_keys[slot], device).CompareTo(ranking.Place(_keys[slot], known[^1])) < 0)
                Fill(slot, ranking);
        }
    }

    public ulong KeyOf(int row) => _keys[_slots[row] - 1];

    public ReadOnlySpan<int> Of(int row)
    {
        var slot = _slots[row] - 1;
        return _devices.AsSpan(slot * Ranking.Kept, _counts[slot]);
    }

    private void Fill(int slot, Ranking ranking) =>
        _counts[slot] = (byte)ranking.First(_keys[slot], _devices.AsSpan(slot * Ranking.Kept, Ranking.Kept));
}
