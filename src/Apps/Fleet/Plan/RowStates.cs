namespace Anarchive.Fleet;

/// <summary>What was read of every row, in arrays.</summary>
internal sealed class RowStates
{
    private const byte Asked = 1;
    private const byte Excess = 2;

    private readonly byte[] _counted;
    private readonly byte[] _need;
    private readonly byte[] _marks;
    private readonly int[] _batons;
    private readonly int[] _faces;

    public RowStates(int rows)
    {
        (_counted, _need, _marks) = (new byte[rows], new byte[rows], new byte[rows]);
        (_batons, _faces) = (new int[rows], new int[rows]);
    }

    public int Need(int row) => _need[row];

    public bool IsAsked(int row) => (_marks[row] & Asked) != 0;

    /// <summary>Devices by row; -1 for none.</summary>
    public int[] Batons => _batons;

    public int[] Faces => _faces;

    /// <summary>No more than 255 copies are told apart.</summary>
    public void Set(int row, RowReading read)
    {
        _counted[row] = (byte)Math.Min(read.Counted, byte.MaxValue);
        _need[row] = (byte)Math.Min(read.Need, byte.MaxValue);
        _marks[row] = (byte)((read.IsAsked ? Asked : 0) | (read.IsExcess ? Excess : 0));
        (_batons[row], _faces[row]) = (read.Baton, read.Face);
    }

    /// <summary>Rows that need copies: fewest counted first, then what the fleet starred, then by id.</summary>
    public int[] Deficits(ItemRows items)
    {
        // One pass counts, one puts in place: rows come by id already.
        var starts = new int[(2 * (byte.MaxValue + 1)) + 1];
        for (var row = NextNeedy(0); row < _need.Length; row = NextNeedy(row + 1)) starts[Key(row) + 1]++;
        for (var key = 1; key < starts.Length; key++) starts[key] += starts[key - 1];
        var rows = new int[starts[^1]];
        for (var row = NextNeedy(0); row < _need.Length; row = NextNeedy(row + 1)) rows[starts[Key(row)]++] = row;
        return rows;

        int Key(int row) => (_counted[row] << 1) | ((items.Flags[row] & ItemRows.Starred) == 0 ? 1 : 0);
    }

    private int NextNeedy(int from)
    {
        var next = _need.AsSpan(from).IndexOfAnyExcept((byte)0);
        return next < 0 ? _need.Length : from + next;
    }

    /// <summary>Rows with more copies than their ceiling, by id.</summary>
    public IEnumerable<int> Excesses()
    {
        for (var row = 0; row < _marks.Length; row++)
            if ((_marks[row] & Excess) != 0)
                yield return row;
    }
}
