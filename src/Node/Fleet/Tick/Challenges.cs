using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>
/// Has the holders of items whose baton this device has prove that they can read them still, before their proof ends.
/// </summary>
/// <remarks>A holder reads its copies anew in time; whoever did not get to it is asked for ranges.</remarks>
public sealed class Challenges(
    FleetBook book, FleetDesk desk, PlanSight plans, ItemStore store, Challenger challenger, TimeProvider time)
{
    private const int AtOnceMax = 64;

    /// <summary>So long before its proof ends a copy is asked for another.</summary>
    private const long AheadMs = 3L * 24 * 3600 * 1000;

    /// <summary>Challenges what is due; durable when it returns.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var duties = plans.Now().Plan.Duties;
        var due = book.Read(state => state.HeldItems.SelectMany(state.HoldingsOf)
            .Where(h => IsDue(state, h, nowMs) && IsOurs(state, duties.BatonOf(h.Item))).ToList());
        // Without a copy of its own it has nothing to compare with.
        foreach (var holding in due.Where(h => IsHere(h.Item)).Take(AtOnceMax))
            await challenger.AskAsync(holding.Item, holding.Device, holding.Volume, cancellation);
    }

    /// <summary>A device without a node of the fleet has its steward do what its baton asks for.</summary>
    private bool IsOurs(FleetState state, DeviceId? baton) => baton is { } device && (device == desk.Self
        || state.Devices.GetValueOrDefault(device)?.Signer == desk.Self.AsNode());

    private bool IsHere(ItemId item) => store.Held(item).Any(h => h.State == HoldingState.Present);

    private bool IsDue(FleetState state, Holding holding, long nowMs) =>
        holding.State == HoldingState.Present && holding.Device != desk.Self
        && holding.Challenges < FleetLimits.ChallengesMax && holding.ProvenMs is { } proven
        && nowMs - proven is > Holding.WindowMs - AheadMs and <= Holding.WindowMs
        && state.Devices.TryGetValue(holding.Device, out var device)
        && device is { Steward: null, Class: not DeviceClass.Archive };
}
