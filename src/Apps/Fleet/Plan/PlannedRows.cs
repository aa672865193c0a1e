using System.Collections;

namespace Anarchive.Fleet;

/// <summary>A copy by the numbers of the table.</summary>
internal readonly record struct CopyRow(int Row, int Device, int Volume, int Source);

/// <summary>What the capacity pass found, by the numbers of its table.</summary>
internal sealed record PlannedRows(
    PlanningTable Table, Room Room, CopyRow[] Copies, IReadOnlyList<Infeasible> Infeasible,
    IReadOnlyList<ProposedRelease> Releases, long SurplusBytes)
{
    /// <summary>The copies of one item, which lie side by side.</summary>
    public ReadOnlySpan<CopyRow> CopiesOf(int row)
    {
        var (low, high) = (0, Copies.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Copies[middle].Row < row) low = middle + 1;
            else high = middle;
        }

        var end = low;
        while (end < Copies.Length && Copies[end].Row == row) end++;
        return Copies.AsSpan(low..end);
    }
}

/// <summary>The copies of a plan, written out as they are read: a million of them take 16 MB.</summary>
internal sealed class PlannedCopies(PlannedRows rows) : IReadOnlyList<PlannedCopy>
{
    public int Count => rows.Copies.Length;

    public PlannedCopy this[int index]
    {
        get
        {
            var copy = rows.Copies[index];
            var (items, devices) = (rows.Table.Items, rows.Table.Devices);
            return new PlannedCopy(
                items.Ids[copy.Row], items.Sizes[copy.Row], devices[copy.Device].Id,
                rows.Room.VolumeOf(copy.Device, copy.Volume), devices[copy.Source].Id);
        }
    }

    public IEnumerator<PlannedCopy> GetEnumerator()
    {
        for (var i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
