using System.Runtime.InteropServices;
using Anarchive.Log;

namespace Anarchive.Fleet;

/// <summary>What a planning table is made from; the order in which items come is the caller's.</summary>
/// <param name="policies">Give the numbers that rows name policies by.</param>
public sealed class PlanningRows(GroupId group, IEnumerable<PlanDevice> devices, PolicyTable policies)
{
    private readonly PlanDevice[] _devices = Distinct(devices);
    private readonly List<ItemId> _ids = [];
    private readonly List<(long Size, ushort Policy, byte Flags)> _facts = [];
    private readonly List<int> _starts = [0];
    private readonly List<int> _holders = [];
    private readonly List<DutyOverride> _overrides = [];
    private readonly List<EditionToSeed> _editions = [];
    private Dictionary<DeviceId, int>? _numbers;

    /// <summary>Makes room for that many items.</summary>
    public void Expect(int items)
    {
        _ids.EnsureCapacity(items);
        _facts.EnsureCapacity(items);
        _starts.EnsureCapacity(items + 1);
        _holders.EnsureCapacity(2 * items);
    }

    public void Add(PlanItem item)
    {
        _numbers ??= _devices.Select((device, at) => (device.Id, at)).ToDictionary(d => d.Id, d => d.at);
        _ids.Add(item.Id);
        var flags = (item.IsStarred ? ItemRows.Starred : 0) | (item.MayFace ? ItemRows.MayFace : 0);
        _facts.Add((item.SizeBytes, checked((ushort)policies.NumberOf(item.Policy)), (byte)flags));
        var first = _holders.Count;
        foreach (var holder in item.Holders)
            if (_numbers.TryGetValue(holder.Device, out var number))
                _holders.Add((number << 1) | (holder.IsVerified ? 1 : 0));
        SortHolders(first);
        _starts.Add(_holders.Count);
    }

    public void Add(DutyOverride given) => _overrides.Add(given);

    public void Add(EditionToSeed edition) => _editions.Add(edition);

    /// <exception cref="ArgumentException">An item came twice.</exception>
    public PlanningTable Build(Epoch epoch)
    {
        var rows = Items();
        // "Until" is the first epoch that the owner's word no longer counts in.
        var valid = _overrides.Where(o => o.Until.CompareTo(epoch) > 0)
            .OrderBy(o => o.Duty, StringComparer.Ordinal).ThenBy(o => o.Subject, StringComparer.Ordinal);
        var editions = _editions.Distinct().OrderBy(e => e.Subject, StringComparer.Ordinal)
            .ThenBy(e => e.IsForFriends);
        return new PlanningTable(group, epoch, _devices, rows, [.. valid], [.. editions]);
    }

    /// <exception cref="ArgumentException">An item came twice.</exception>
    internal ItemRows Items()
    {
        var order = Order();
        var count = order.Length;
        var (ids, sizes) = (new ItemId[count], new long[count]);
        var (named, flags) = (new ushort[count], new byte[count]);
        var (starts, holders) = (new int[count + 1], new int[_holders.Count]);
        var all = CollectionsMarshal.AsSpan(_holders);
        for (var row = 0; row < count; row++)
        {
            var from = order[row];
            ids[row] = _ids[from];
            (sizes[row], named[row], flags[row]) = _facts[from];
            var held = all[_starts[from].._starts[from + 1]];
            held.CopyTo(holders.AsSpan(starts[row]));
            starts[row + 1] = starts[row] + held.Length;
        }

        return new ItemRows(ids, sizes, named, flags, (starts, holders));
    }

    /// <summary>By id. The first 8 bytes nearly always tell, and compare faster.</summary>
    private int[] Order()
    {
        var (prefixes, order) = (new ulong[_ids.Count], new int[_ids.Count]);
        for (var i = 0; i < order.Length; i++) (prefixes[i], order[i]) = (_ids[i].Value.Prefix, i);
        Array.Sort(prefixes, order);
        for (var i = 0; i < order.Length;)
        {
            var end = i + 1;
            while (end < order.Length && prefixes[end] == prefixes[i]) end++;
            if (end - i > 1) order.AsSpan(i..end).Sort((a, b) => _ids[a].CompareTo(_ids[b]));
            for (i++; i < end; i++)
                if (_ids[order[i]] == _ids[order[i - 1]])
                    throw new ArgumentException("An item came twice.");
        }

        return order;
    }

    /// <summary>By device; one that holds an item on two volumes is one holder, verified if either copy is.</summary>
    private void SortHolders(int first)
    {
        if (_holders.Count - first < 2) return;
        CollectionsMarshal.AsSpan(_holders)[first..].Sort();
        var kept = first;
        for (var i = first + 1; i < _holders.Count; i++)
        {
            if (_holders[i] >> 1 != _holders[kept] >> 1) kept++;
            _holders[kept] = _holders[i];
        }

        _holders.RemoveRange(kept + 1, _holders.Count - kept - 1);
    }

    private static PlanDevice[] Distinct(IEnumerable<PlanDevice> devices)
    {
        PlanDevice[] sorted = [.. devices.OrderBy(d => d.Id)];
        for (var i = 1; i < sorted.Length; i++)
            if (sorted[i].Id == sorted[i - 1].Id)
                throw new ArgumentException("A device came twice.", nameof(devices));
        return sorted;
    }
}
