using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A fleet as seen at an epoch: how it is counted, and what is planned for it.</summary>
/// <remarks>
/// Never changes, and any thread may read it. The plan is made when somebody asks for it: who only counts copies does
/// not wait for that, and it is the same whenever it is made.
/// </remarks>
public sealed class SeenPlan
{
    private readonly PolicyTable _policies;
    private readonly Lazy<FleetPlan> _plan;

    private SeenPlan(PlanningTable table, PolicyTable policies, Custody custody, SeenPlan? before)
    {
        (Table, Custody, _policies, Id) = (table, custody, policies, FleetPlan.IdOf(table, policies));
        _plan = before?.Id == Id ? before._plan : new(() => Planner.Plan(table, policies));
    }

    /// <summary>The id of the plan, made or not.</summary>
    public Hash256 Id { get; }

    public Epoch Epoch => Table.Epoch;

    public PlanningTable Table { get; }

    public Custody Custody { get; }

    public FleetPlan Plan => _plan.Value;

    /// <summary>Who looks after each of these items, as the plan says; those that nobody holds are left out.</summary>
    public IReadOnlyDictionary<ItemId, DeviceId> BatonsOf(IEnumerable<ItemId> items) =>
        Planner.BatonsOf(Table, _policies, items);

    internal static SeenPlan Of(FleetState state, Epoch epoch)
    {
        var table = PlanningTable.From(state, epoch);
        return new SeenPlan(table, PolicyTable.From(state), Custody.Of(state, table), null);
    }

    /// <summary>What <see cref="Of"/> gives for the same epoch by now; only what changed is read again.</summary>
    /// <param name="changes">Since this was made from that state.</param>
    internal SeenPlan After(FleetState state, FleetChanges changes)
    {
        var table = Table.After(state, changes);
        return new SeenPlan(
            table, PolicyTable.From(state), Custody.After(state, (Table, table), changes), this);
    }
}
