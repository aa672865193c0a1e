using Anarchive.Hives;
using Anarchive.Log;

namespace Anarchive.Tests.Unit;

/// <summary>A node's folded state of a hive, as its events came in.</summary>
internal sealed class FoldedHive
{
    private readonly Authority _authority = new();
    private readonly HiveFold _fold;
    private readonly Dictionary<Position, VerifiedEvent> _seen = [];
    private readonly HashSet<Position> _erased = [];

    public FoldedHive() => _fold = new HiveFold(Rows, _authority);

    public MemoryHiveRows Rows { get; } = new();

    public IReadOnlySet<Position> Erased => _erased;

    public Hash256 Digest => Rows.Digest();

    public static FoldedHive Of(IEnumerable<VerifiedEvent> events)
    {
        var hive = new FoldedHive();
        foreach (var e in events) hive.Take(e);
        return hive;
    }

    public FoldedHive Take(params IEnumerable<VerifiedEvent> batch)
    {
        foreach (var e in batch)
        {
            _authority.Apply(e);
            if (_seen.TryGetValue(e.Ref.Position, out var before) && before.IsHollow) _fold.Fill(e);
            else _fold.Apply(e);
            _seen[e.Ref.Position] = e;
        }

        _fold.Rejudge();
        _erased.UnionWith(_fold.TakeErasures());
        return this;
    }

    public ItemRow Item(VerifiedEvent e) =>
        Rows.FindItem(e.Ref) ?? throw new InvalidOperationException("There is no such row.");

    /// <summary>Fetches what is owed from members that still have it, as <c>only=</c> does.</summary>
    public FoldedHive FillOwed()
    {
        foreach (var item in Rows.Items.Where(item => !item.IsDeleted).ToArray())
        {
            var owed = Rows.Edits(item.Key).Where(edit => edit.Fields == EditFields.None).Select(edit => edit.Position);
            if (item is { Kind: not ItemKind.Unknown, HasText: false }) owed = owed.Append(item.Key.Position);
            foreach (var position in owed.ToArray()) _fold.Fill(_seen[position]);
        }

        return this;
    }

    /// <summary>Folds the same events anew, chain by chain, from a log in which the erased texts are gone.</summary>
    public FoldedHive Rebuilt(HiveLog log) => Of(
        _seen.OrderBy(entry => entry.Key)
            .Select(entry => _erased.Contains(entry.Key) ? log.Hollow(entry.Value) : entry.Value));
}

/// <summary>Every order, or a reproducible one.</summary>
internal static class Orders
{
    /// <summary>All permutations; for six elements or fewer.</summary>
    public static IEnumerable<T[]> All<T>(IReadOnlyList<T> elements)
    {
        if (elements.Count == 0)
        {
            yield return [];
            yield break;
        }

        for (var i = 0; i < elements.Count; i++)
            foreach (var rest in All(elements.Where((_, at) => at != i).ToArray()))
                yield return [elements[i], .. rest];
    }

    /// <summary>The order that a seed chooses.</summary>
    public static T[] Shuffled<T>(IEnumerable<T> elements, int seed)
    {
        var shuffled = elements.ToArray();
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }
}
