using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>An item, and how many of its copies count.</summary>
/// <param name="SizeBytes">Null where nobody described it yet.</param>
public readonly record struct CustodyLine(ItemId Item, long? SizeBytes, int Counted, int Floor)
{
    public bool IsBelow => Counted < Floor;
}

/// <summary>The copies of every item that the fleet keeps, counted once for all who look.</summary>
/// <param name="Lines">Fewest counted copies first, then by id.</param>
/// <param name="Below">How many of them are below their floor.</param>
/// <param name="Unproven">How many have no copy that counts.</param>
public sealed record Custody(
    IReadOnlyList<CustodyLine> Lines, int Below, int Unproven, IReadOnlyDictionary<DeviceId, DeviceLoad> Loads)
{
    // By id, so that an item, or those whose ids begin alike, are found without looking at all of them.
    private readonly Lazy<int[]> _byId = new(() =>
    {
        var order = Enumerable.Range(0, Lines.Count).ToArray();
        Array.Sort(order, (a, b) => Lines[a].Item.CompareTo(Lines[b].Item));
        return order;
    });

    /// <summary>An item's line; null where the fleet keeps none.</summary>
    public CustodyLine? Find(ItemId item)
    {
        var at = FirstFrom(item);
        return at < Lines.Count && Lines[_byId.Value[at]] is var line && line.Item == item ? line : null;
    }

    /// <summary>The first items whose ids begin with these lowercase hex digits, in order.</summary>
    public IReadOnlyList<ItemId> BeginningWith(string digits, int most)
    {
        var found = new List<ItemId>();
        if (!ItemId.TryParse(digits.PadRight(2 * Hash256.Size, '0'), out var first)) return found;
        for (var at = FirstFrom(first); at < Lines.Count && found.Count < most; at++)
        {
            var item = Lines[_byId.Value[at]].Item;
            if (!item.ToString().StartsWith(digits, StringComparison.Ordinal)) break;
            found.Add(item);
        }

        return found;
    }

    private int FirstFrom(ItemId item)
    {
        var (low, high, order) = (0, Lines.Count, _byId.Value);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Lines[order[middle]].Item.CompareTo(item) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    internal static Custody Of(FleetState state, PlanningTable table) =>
        From(LinesOf(state, table, state.Items.Keys.Union(state.HeldItems)), state);

    /// <summary>What <see cref="Of"/> gives by now; only what changed is counted again.</summary>
    /// <param name="tables">What it was counted by, and is by now.</param>
    /// <param name="changes">Since this was counted.</param>
    internal Custody After(
        FleetState state, (PlanningTable Before, PlanningTable Now) tables, FleetChanges changes)
    {
        if (changes.Registry || changes.Everything || !CopyCount.IsAlike(tables.Before, tables.Now))
            return Of(state, tables.Now);
        var changed = LinesOf(state, tables.Now, changes.Items);
        var lines = new List<CustodyLine>(Lines.Count + changed.Count);
        var next = 0;
        foreach (var line in Lines)
        {
            if (changes.Items.Contains(line.Item)) continue;
            while (next < changed.Count && Order(changed[next], line) < 0) lines.Add(changed[next++]);
            lines.Add(line);
        }

        while (next < changed.Count) lines.Add(changed[next++]);
        return From(lines, state);
    }

    private static Custody From(List<CustodyLine> lines, FleetState state) => new(
        lines, lines.Count(l => l.IsBelow), lines.Count(l => l.Counted == 0),
        new Dictionary<DeviceId, DeviceLoad>(state.Loads));

    /// <summary>Of those of these items that the fleet keeps, in order.</summary>
    private static List<CustodyLine> LinesOf(FleetState state, PlanningTable table, IEnumerable<ItemId> items)
    {
        var (count, lines) = (new CopyCount(table), new List<CustodyLine>());
        foreach (var item in items)
        {
            var (holdings, known) = (state.HoldingsOf(item), state.Items.GetValueOrDefault(item));
            if ((known is null && holdings.Count == 0) || IsGivenUp(state, item, holdings)) continue;
            var policy = known is null ? state.DefaultPolicy : state.PolicyOf(known);
            lines.Add(new CustodyLine(item, known?.SizeBytes, count.Of(holdings), policy.Floor));
        }

        lines.Sort(Order);
        return lines;
    }

    private static int Order(CustodyLine a, CustodyLine b) =>
        a.Counted != b.Counted ? a.Counted.CompareTo(b.Counted) : a.Item.CompareTo(b.Item);

    /// <summary>The owner threw it away, and nobody has it any more: it is not missed.</summary>
    private static bool IsGivenUp(FleetState state, ItemId item, IReadOnlyList<Holding> holdings) =>
        holdings.All(h => h.State == HoldingState.Gone) && state.PinOf(item) == PinKind.Trash;
}
