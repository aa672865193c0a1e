using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>The plan that pages and commands show, and that a decision rests on.</summary>
/// <remarks>
/// Any thread. Brought up to date where the fleet changed, made anew where the epoch did, and only when somebody looks.
/// </remarks>
public sealed class PlanSight(FleetBook book, TimeProvider time) : IDisposable
{
    /// <summary>A plan may be carried out for so many epochs after its own.</summary>
    public const int EpochsMax = 4;

    private const int Remembered = 4;

    private readonly Lock _planning = new();
    private readonly FleetFollower _follower = book.Follow();
    private readonly Queue<SeenPlan> _shown = new();
    private SeenPlan? _last;

    /// <summary>The plan of this epoch.</summary>
    public SeenPlan Now()
    {
        lock (_planning)
        {
            var epoch = EpochNow;
            return _follower.Read((state, changes) =>
            {
                if (_last is { } last && last.Epoch == epoch && IsNothing(changes)) return last;
                // What changed is told once: where it cannot be read, the next look begins from nothing.
                var before = _last;
                _last = null;
                _last = before?.Epoch == epoch ? before.After(state, changes) : SeenPlan.Of(state, epoch);
                Remember(_last);
                return _last;
            });
        }
    }

    /// <summary>
    /// Whether a plan that was shown still is what would be planned: made anew for its epoch from what is known now.
    /// Codes: plan_old, plan_changed with what differs.
    /// </summary>
    public Problem? Check(Hash256 planId) => Take(planId).Problem;

    /// <summary>That plan itself, where it still holds: what it says is done, not what a later one would say.</summary>
    public (SeenPlan? Plan, Problem? Problem) Take(Hash256 planId)
    {
        var now = Now();
        if (now.Id == planId) return (now, null);
        if (Shown(planId) is { } shown)
        {
            if (now.Epoch.Number - shown.Epoch.Number > EpochsMax) return (null, Old);
            var again = At(shown.Epoch);
            return again.Id == planId ? (again, null) : (null, Changed(Difference(shown.Plan, again.Plan)));
        }

        // Another device's, or one from before a restart: its epoch is not known.
        for (var back = 1; back <= EpochsMax; back++)
            if (At(new Epoch(now.Epoch.Number - back)) is var earlier && earlier.Id == planId)
                return (earlier, null);
        return (null, Changed(null));
    }

    public void Dispose() => _follower.Dispose();

    private static Problem Old { get; } = new(
        "plan_old", 409, "That plan is more than an hour old: look at the plan of now, and apply that.");

    private Epoch EpochNow => Epoch.Of(time.GetUtcNow().ToUnixTimeMilliseconds());

    private static Problem Changed(Sentence? difference) => difference is null
        ? new Problem(
            "plan_changed", 409,
            "The fleet would plan something else by now: look at the plan of now, and apply that.")
        : new Problem(
            "plan_changed", 409,
            $"The fleet would plan something else by now ({difference}): look at the plan of now, and apply that.");

    /// <summary>Such as <c>+2 −1 copies, +0 −0 releases</c>.</summary>
    private static Sentence Difference(FleetPlan before, FleetPlan after)
    {
        var (copies, wanted) = (Copies(before), Copies(after));
        var (releases, proposed) = (before.Releases.ToHashSet(), after.Releases.ToHashSet());
        return $"+{wanted.Except(copies).Count()} −{copies.Except(wanted).Count()} copies, "
            + $"+{proposed.Except(releases).Count()} −{releases.Except(proposed).Count()} releases";
    }

    private static HashSet<(ItemId Item, DeviceId Target)> Copies(FleetPlan plan) =>
        [.. plan.Copies.Select(c => (c.Item, c.Target))];

    private static bool IsNothing(FleetChanges changes) =>
        changes is { Registry: false, Everything: false, Items.Count: 0, Probed.Count: 0 };

    private SeenPlan At(Epoch epoch) => book.Read(state => SeenPlan.Of(state, epoch));

    private SeenPlan? Shown(Hash256 id)
    {
        lock (_planning) return _shown.FirstOrDefault(s => s.Id == id);
    }

    private void Remember(SeenPlan plan)
    {
        if (_shown.Any(s => s.Id == plan.Id)) return;
        _shown.Enqueue(plan);
        if (_shown.Count > Remembered) _shown.Dequeue();
    }
}
