using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>What the owner decides of the fleet; whatever could cost a copy is told first.</summary>
/// <remarks>
/// Problems: those of <see cref="FleetDesk"/> and of <see cref="PlanSight.Check"/>, and the codes told at each act.
/// </remarks>
public sealed class FleetActs(FleetDesk desk, FleetBook book, PlanSight plans, TimeProvider time)
{
    /// <summary>Says what this device is; where it is in no fleet, that begins one.</summary>
    public Task<(IReadOnlyList<EventRef> Events, Problem? Problem)> DeclareAsync(
        DeviceDeclared device, bool dryRun, CancellationToken cancellation) =>
        desk.SayAsync(device, dryRun, cancellation);

    /// <summary>Declares a device without a node, which this one speaks for from then on.</summary>
    public Task<(DeviceId? Device, Problem? Problem)> FoundAsync(
        DeviceDeclared device, bool dryRun, CancellationToken cancellation) =>
        desk.FoundDeviceAsync(device, dryRun, cancellation);

    /// <summary>
    /// Sets where a device stands. Retiring it or calling it dead takes its copies out of every count: done only with
    /// the id of the plan that its consequence was told with.
    /// </summary>
    public async Task<(Consequence? Told, Problem? Problem)> SetStateAsync(
        DeviceId device, DeviceState state, Hash256? apply, CancellationToken cancellation)
    {
        var said = new DeviceStateSet(device, state);
        var (_, problem) = await desk.SayAsync(said, dryRun: true, cancellation);
        if (problem is not null) return (null, problem);
        if (state.IsThere())
        {
            (_, problem) = await desk.SayAsync(said, dryRun: false, cancellation);
            return problem is null ? (Nothing with { IsDone = true }, null) : (null, problem);
        }

        return await TellOrDoAsync((s, seen) => Consequences.OfLosing(s, seen, device), said, apply, cancellation);
    }

    /// <summary>Sets a policy; one that keeps less only with the plan id that its consequence came with.</summary>
    public async Task<(Consequence? Told, Problem? Problem)> SetPolicyAsync(
        PolicySet policy, Hash256? apply, CancellationToken cancellation)
    {
        var (_, problem) = await desk.SayAsync(policy, dryRun: true, cancellation);
        if (problem is not null) return (null, problem);
        var before = book.Read(state => state.Policies.GetValueOrDefault(policy.Policy) ?? state.DefaultPolicy);
        if (policy.Floor < before.Floor || policy.Ceil < before.Ceiling)
            return await TellOrDoAsync(
                (state, seen) => Consequences.OfLowering(state, seen, policy), policy, apply, cancellation);
        (_, problem) = await desk.SayAsync(policy, dryRun: false, cancellation);
        return problem is null ? (Nothing with { IsDone = true }, null) : (null, problem);
    }

    /// <summary>Describes a source; never opens one: an open one stays so, another stays closed.</summary>
    public async Task<Problem?> SetSourceAsync(
        string name, SourceKind kind, string host, Isolation isolation, CancellationToken cancellation)
    {
        var before = book.Read(state => state.Sources.GetValueOrDefault(name));
        // What was opened as one thing is not open as another.
        var same = before is not null && before.Host == host && before.Privacy == PrivacyOf(kind)
            && before.Isolation == isolation;
        var gate = same ? before!.Gate : SourceGate.SearchOnly;
        return (await desk.SayAsync(new SourceSet(name, kind, host, gate, isolation), false, cancellation)).Problem;
    }

    /// <summary>
    /// Lets friends be answered about a source, or no longer. Opening is told first; it is done once its host was
    /// typed. Codes: fleet_unknown_source, confirmation_differs.
    /// </summary>
    public async Task<(Consequence? Told, Problem? Problem)> SetGateAsync(
        string name, SourceGate gate, string? typed, CancellationToken cancellation)
    {
        if (book.Read(state => state.Sources.GetValueOrDefault(name)) is not { } source)
            return (null, new Problem("fleet_unknown_source", 404, "No source is named so: source set makes one."));
        var said = new SourceSet(source.Name, KindOf(source.Privacy), source.Host, gate, source.Isolation);
        var (_, problem) = await desk.SayAsync(said, dryRun: true, cancellation);
        if (problem is not null) return (null, problem);
        if (gate == SourceGate.Open && typed is null)
        {
            var seen = plans.Now();
            return (book.Read(state => Consequences.OfOpening(state, seen, name)), null);
        }

        if (gate == SourceGate.Open && typed != source.Host)
            return (null, new Problem(
                "confirmation_differs", 409, "What was typed is not the source's host: nothing was opened."));
        (_, problem) = await desk.SayAsync(said, dryRun: false, cancellation);
        return problem is null ? (Nothing with { IsDone = true }, null) : (null, problem);
    }

    /// <summary>Stars an item, throws it away or takes either back, for the fleet or for one device.</summary>
    public async Task<Problem?> PinAsync(
        ItemId item, PinKind kind, DeviceId? device, CancellationToken cancellation)
    {
        var scope = device is null ? PinScope.Fleet : PinScope.Device;
        return (await desk.SayAsync(new PinSet(item, scope, kind, device), false, cancellation)).Problem;
    }

    /// <summary>Gives a duty by hand for so many days, to nobody where no device is named; 0 days end that.</summary>
    public async Task<Problem?> SetDutyAsync(
        string duty, string subject, DeviceId? device, int days, CancellationToken cancellation)
    {
        if (days is < 0 or > DaysMax)
            return new Problem("bad_days", 400, "A duty is given for 1 to 3650 days.");
        var now = Epoch.Of(time.GetUtcNow().ToUnixTimeMilliseconds());
        var until = days == 0 ? 0 : now.Number + (long)days * 24 * 4;
        return (await desk.SayAsync(new DutyOverridden(duty, subject, until, device), false, cancellation)).Problem;
    }

    /// <summary>Ten years: an override is meant for a while.</summary>
    public const int DaysMax = 3650;

    private Consequence Nothing => Consequence.Of(plans.Now().Id, []);

    private async Task<(Consequence? Told, Problem? Problem)> TellOrDoAsync(
        Func<FleetState, SeenPlan, Consequence> consequence, IFleetPayload said, Hash256? apply,
        CancellationToken cancellation)
    {
        if (apply is { } id && plans.Check(id) is { } changed) return (null, changed);
        var seen = plans.Now();
        var told = book.Read(state => consequence(state, seen));
        if (apply is null) return (told, null);
        var (_, problem) = await desk.SayAsync(said, dryRun: false, cancellation);
        return problem is null ? (told with { IsDone = true }, null) : (null, problem);
    }

    private static Privacy PrivacyOf(SourceKind kind) => kind switch
    {
        SourceKind.Public => Privacy.No,
        SourceKind.Private => Privacy.Yes,
        _ => Privacy.Unknown,
    };

    private static SourceKind KindOf(Privacy privacy) => privacy switch
    {
        Privacy.No => SourceKind.Public,
        Privacy.Yes => SourceKind.Private,
        _ => SourceKind.Unknown,
    };
}
