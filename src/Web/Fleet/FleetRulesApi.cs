using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Policies, sources and duties: what the owner rules.</summary>
internal static class FleetRulesApi
{
    public static void MapFleetRules(this RouteGroupBuilder fleet)
    {
        fleet.MapGet("/policies", (FleetQueries fleets) => TypedResults.Json(
                (IReadOnlyList<PolicyDto>)[.. fleets.Policies().Select(FleetAnswers.Dto)],
                ApiJson.Default.IReadOnlyListPolicyDto))
            .WithSummary("How many copies items are kept in.")
            .Produces<IReadOnlyList<PolicyDto>>().Problem(401, 403);
        fleet.MapPost("/policies", SetPolicyAsync).WithSummary("Set a policy; keeping less is told first.")
            .Produces<ConsequenceDto>().Problem(400, 401, 403, 409);
        fleet.MapGet("/sources", (FleetQueries fleets) => TypedResults.Json(
                (IReadOnlyList<SourceDto>)[.. fleets.Sources().Select(FleetAnswers.Dto)],
                ApiJson.Default.IReadOnlyListSourceDto))
            .WithSummary("Where items come from, and who may be answered about it.")
            .Produces<IReadOnlyList<SourceDto>>().Problem(401, 403);
        fleet.MapPost("/sources", SetSourceAsync).WithSummary("Describe a source; this never opens one.")
            .Produces(204).Problem(400, 401, 403, 409);
        fleet.MapPost("/sources/{source}/gate", SetGateAsync)
            .WithSummary("Open a source to friends once its host was typed, or close it.")
            .Produces<ConsequenceDto>().Problem(400, 401, 403, 404, 409);
        fleet.MapGet("/duties", (FleetQueries fleets, PlanSight plans) =>
            {
                var plan = plans.Now().Plan;
                return TypedResults.Json(plan.Dto(fleets.Overrides(plan.Epoch)), ApiJson.Default.DutiesDto);
            })
            .WithSummary("Who has which duty of the fleet, and which were given by hand.")
            .Produces<DutiesDto>().Problem(401, 403);
        fleet.MapPost("/duties", SetDutyAsync).WithSummary("Give a duty by hand for some days, or end that.")
            .Produces(204).Problem(400, 401, 403, 404, 409);
    }

    /// <summary>What is not said stays as it is.</summary>
    internal static PolicySet Completed(PolicyRequest request, IReadOnlyList<Policy> known)
    {
        var before = known.FirstOrDefault(p => p.Name == request.Policy)
            ?? known.First(p => p.Name == Policy.DefaultName);
        var floor = request.Floor ?? before.Floor;
        return new PolicySet(
            request.Policy, floor, request.Ceil ?? Math.Max(before.Ceiling, floor),
            request.MinZones ?? Math.Min(before.ZonesMin, floor),
            request.MinOffsite ?? Math.Min(before.OffsiteMin, floor), request.AutoCopy ?? before.AutoCopy);
    }

    private static async Task<IResult> SetPolicyAsync(
        PolicyRequest request, FleetQueries fleets, FleetActs acts, CancellationToken cancellation)
    {
        var (plan, bad) = FleetWords.Plan(request.Apply);
        if (bad is not null) return Problems.Answer(bad);
        var policy = Completed(request, fleets.Policies());
        var (told, problem) = await acts.SetPolicyAsync(policy, plan, cancellation);
        return told is null
            ? Problems.Answer(problem!)
            : TypedResults.Json(told.Dto() with { Policy = policy.Dto() }, ApiJson.Default.ConsequenceDto);
    }

    private static async Task<IResult> SetSourceAsync(
        SourceRequest request, FleetActs acts, CancellationToken cancellation)
    {
        if (NetText.TryRead<SourceKind>(request.Kind) is not { } kind)
            return Problems.Answer(FleetWords.Bad<SourceKind>("kind"));
        if (NetText.TryRead<Isolation>(request.Isolation) is not { } isolation)
            return Problems.Answer(FleetWords.Bad<Isolation>("isolation"));
        return FleetApi.Answer(
            await acts.SetSourceAsync(request.Source, kind, request.Host, isolation, cancellation));
    }

    private static async Task<IResult> SetGateAsync(
        string source, GateRequest request, FleetActs acts, CancellationToken cancellation)
    {
        if (NetText.TryRead<SourceGate>(request.Gate) is not { } gate)
            return Problems.Answer(FleetWords.Bad<SourceGate>("gate"));
        var (told, problem) = await acts.SetGateAsync(source, gate, request.Confirm, cancellation);
        return Told(told, problem);
    }

    private static async Task<IResult> SetDutyAsync(
        DutyRequest request, FleetQueries fleets, FleetActs acts, CancellationToken cancellation)
    {
        var (subject, unnamed) = Subject(request.Duty, request.Subject, fleets);
        // What was given by hand can be ended, whether or not its subject is there any more.
        if (subject is null && request.Days != 0) return Problems.Answer(unnamed!);
        subject ??= request.Subject;
        if (request.Device is not { } named)
            return FleetApi.Answer(
                await acts.SetDutyAsync(request.Duty, subject, null, request.Days, cancellation));
        var (device, problem) = fleets.Device(named);
        return device is null
            ? Problems.Answer(problem!)
            : FleetApi.Answer(
                await acts.SetDutyAsync(request.Duty, subject, device.Device.Id, request.Days, cancellation));
    }

    /// <summary>The whole id of an item or device that a duty is about; other subjects are as they were said.</summary>
    internal static (string? Subject, Problem? Problem) Subject(string duty, string said, FleetQueries fleets)
    {
        switch (duty)
        {
            case DutyNames.Custodian or DutyNames.Baton or DutyNames.PublicSwarmFace:
                var (item, noItem) = fleets.Item(said);
                return (item?.Item.ToString(), noItem);
            case DutyNames.Prober:
                var (device, noDevice) = fleets.Device(said);
                return (device?.Device.Id.ToString(), noDevice);
            default:
                return (said, null);
        }
    }

    internal static IResult Told(Consequence? told, Problem? problem) => told is null
        ? Problems.Answer(problem!)
        : TypedResults.Json(told.Dto(), ApiJson.Default.ConsequenceDto);
}
