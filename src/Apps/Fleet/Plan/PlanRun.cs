namespace Anarchive.Fleet;

/// <summary>
/// A plan in steps, so that a caller with several threads can run disjoint ranges of <see cref="Classify"/> at once,
/// then <see cref="Order"/>, then ranges of <see cref="Rank"/>, then <see cref="Finish"/>.
/// </summary>
public sealed class PlanRun
{
    private readonly PolicyTable _policies;
    private readonly GivenDuties _given;
    private readonly Ranking _ranking;
    private int[] _deficits = [];

    public PlanRun(PlanningTable table, PolicyTable policies)
    {
        (Table, _policies) = (table, policies);
        (_given, _ranking) = (new GivenDuties(table), new Ranking(table));
        (States, Ranks) = (new RowStates(table.ItemCount), new RowRanks(table.ItemCount));
    }

    /// <summary>How many rows there are to classify.</summary>
    public int RowCount => Table.ItemCount;

    /// <summary>How many rows there are to rank; known after <see cref="Order"/>.</summary>
    public int DeficitCount => _deficits.Length;

    internal PlanningTable Table { get; }

    internal RowStates States { get; }

    internal RowRanks Ranks { get; }

    /// <summary>Reads what each of these rows needs.</summary>
    public void Classify(int from, int end)
    {
        for (var row = from; row < end; row++) States.Set(row, RowReading.Of(Table, _policies, _given, row));
    }

    /// <summary>Puts the rows that need copies in order.</summary>
    public void Order()
    {
        _deficits = States.Deficits(Table.Items);
        Ranks.Keep(_deficits);
    }

    /// <summary>Finds the first devices for each of these rows that need copies.</summary>
    public void Rank(int from, int end)
    {
        for (var i = from; i < end; i++) Ranks.Rank(Table, _ranking, _deficits[i]);
    }

    public FleetPlan Finish() => Assemble(Table, _policies, _given, _ranking, (States, Ranks, _deficits));

    internal static FleetPlan Assemble(
        PlanningTable table, PolicyTable policies, GivenDuties given, Ranking ranking,
        (RowStates States, RowRanks Ranks, int[] Deficits) rows)
    {
        var pass = new CapacityPass(table, policies, given, ranking, rows.Ranks);
        foreach (var row in rows.Deficits) pass.Place(row, rows.States.Need(row), rows.States.IsAsked(row));
        var planned = pass.End(Releases.Of(table, policies, given, rows.States));
        var duties = new DutyRoster(
            planned, [.. rows.States.Batons], [.. rows.States.Faces], new FleetDuties(table, given), given);
        return new FleetPlan(FleetPlan.IdOf(table, policies), planned, duties);
    }
}
