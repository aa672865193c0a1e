using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>What became of the copies of a plan that this device is to make.</summary>
/// <param name="Asked">Asked for now.</param>
/// <param name="Elsewhere">For other devices to make: they do so by themselves where the policy says so.</param>
/// <param name="Problem">Why one could not be asked for.</param>
public sealed record OrderedCopies(
    IReadOnlyList<PlannedCopy> Asked, IReadOnlyList<PlannedCopy> Elsewhere, Problem? Problem);

/// <summary>Asks for the copies that a plan has this device make.</summary>
public sealed class CopyOrders(FleetBook book, FleetDesk desk, CopyDesk copies, ItemStore store)
{
    /// <summary>All of them, as the owner said.</summary>
    public async Task<OrderedCopies> ApplyAsync(FleetPlan plan, CancellationToken cancellation)
    {
        var (own, elsewhere) = (Own(plan), plan.Copies.Where(c => c.Target != desk.Self).ToList());
        var asked = new List<PlannedCopy>(own.Count);
        Problem? problem = null;
        foreach (var copy in own)
        {
            var (_, refused) = await AskAsync(copy, cancellation);
            if (refused is null) asked.Add(copy);
            else problem ??= refused;
        }

        return new OrderedCopies(asked, elsewhere, problem);
    }

    /// <summary>Those whose policy wants them made; one that the owner cancelled is not asked for again.</summary>
    public async Task KeepUpAsync(FleetPlan plan, CancellationToken cancellation)
    {
        var automatic = book.Read(state => Own(plan)
            .Where(c => state.Items.TryGetValue(c.Item, out var item) && state.PolicyOf(item).AutoCopy).ToList());
        if (automatic.Count == 0) return;
        var known = copies.All().Where(c => c.State != CopyStates.Done).Select(c => c.Item).ToHashSet();
        foreach (var copy in automatic.Where(c => !known.Contains(c.Item) && store.Find(c.Item) is null))
            await AskAsync(copy, cancellation);
    }

    private List<PlannedCopy> Own(FleetPlan plan) => [.. plan.Copies.Where(c => c.Target == desk.Self)];

    private Task<(CopyView? Copy, Problem? Problem)> AskAsync(PlannedCopy copy, CancellationToken cancellation) =>
        copies.AskAsync(copy.Item, copy.Volume, source: null, cancellation);
}
