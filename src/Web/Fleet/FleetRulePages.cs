using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>The page of policies, sources and duties.</summary>
internal static class FleetRulePages
{
    private const string Home = "/fleet/rules";

    private static readonly string[] Numbers = ["floor", "ceil", "min_zones", "min_offsite"];

    public static void MapFleetRulePages(this RouteGroupBuilder pages)
    {
        pages.MapGet(Home, (FleetQueries fleets, PlanSight plans) => Show(fleets, plans, null));
        pages.MapPost("/fleet/policies", SetPolicyAsync);
        pages.MapPost("/fleet/sources", SetSourceAsync);
        pages.MapPost("/fleet/sources/gate", SetGateAsync);
        pages.MapPost("/fleet/duties", SetDutyAsync);
    }

    private static IResult Show(
        FleetQueries fleets, PlanSight plans, Problem? problem, (Consequence? Told, PolicySet Policy)? asked = null)
    {
        var plan = plans.Now().Plan;
        return PageAnswers.Show<RulesPage>(new
        {
            Policies = fleets.Policies(),
            Sources = fleets.Sources(),
            plan.Duties,
            Given = fleets.Overrides(plan.Epoch),
            Devices = fleets.Names(),
            Problem = problem,
            asked?.Told,
            asked?.Policy,
        }, problem);
    }

    private static async Task<IResult> SetPolicyAsync(
        HttpContext context, FleetQueries fleets, PlanSight plans, FleetActs acts, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var numbers = Numbers.Select(f => FleetPages.Number(sent, f)).ToList();
        if (numbers.Select(n => n.Problem).FirstOrDefault(p => p is not null) is { } none)
            return Show(fleets, plans, none);
        int?[] read = [.. numbers.Select(n => n.Number)];
        var policy = FleetRulesApi.Completed(
            new PolicyRequest(
                sent.Field("policy"), read[0], read[1], read[2], read[3], AutoCopy(sent.Field("auto_copy"))),
            fleets.Policies());
        var (plan, bad) = FleetWords.Plan(sent.Field("apply").OrNull());
        if (bad is not null) return Show(fleets, plans, bad);
        var (told, problem) = await acts.SetPolicyAsync(policy, plan, cancellation);
        return told is { IsDone: true }
            ? PageAnswers.SeeOther(Home)
            : Show(fleets, plans, problem, (told, policy));
    }

    /// <summary>Null for as it is.</summary>
    private static bool? AutoCopy(string sent) => sent switch
    {
        "yes" => true,
        "no" => false,
        _ => null,
    };

    private static async Task<IResult> SetSourceAsync(
        HttpContext context, FleetQueries fleets, PlanSight plans, FleetActs acts, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        if (NetText.TryRead<SourceKind>(sent.Field("kind")) is not { } kind)
            return Show(fleets, plans, FleetWords.Bad<SourceKind>("kind"));
        // What is public may be told to all; nothing else may.
        var isolation = kind == SourceKind.Public ? Isolation.Open : Isolation.F2fOnly;
        return await acts.SetSourceAsync(
            sent.Field("source"), kind, sent.Field("host"), isolation, cancellation) is { } problem
            ? Show(fleets, plans, problem)
            : PageAnswers.SeeOther(Home);
    }

    private static async Task<IResult> SetGateAsync(
        HttpContext context, FleetQueries fleets, PlanSight plans, FleetActs acts, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        if (NetText.TryRead<SourceGate>(sent.Field("gate")) is not { } gate)
            return Show(fleets, plans, FleetWords.Bad<SourceGate>("gate"));
        var (_, problem) = await acts.SetGateAsync(
            sent.Field("source"), gate, sent.Field("confirm"), cancellation);
        return problem is null ? PageAnswers.SeeOther(Home) : Show(fleets, plans, problem);
    }

    private static async Task<IResult> SetDutyAsync(
        HttpContext context, FleetQueries fleets, PlanSight plans, FleetActs acts, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var (days, none) = FleetPages.Number(sent, "days");
        if (none is not null) return Show(fleets, plans, none);
        var duty = sent.Field("duty");
        // The page ends it by the subject's whole name.
        var (subject, unnamed) = days == 0
            ? (sent.Field("subject"), null)
            : FleetRulesApi.Subject(duty, sent.Field("subject"), fleets);
        if (subject is null) return Show(fleets, plans, unnamed);
        DeviceId? device = null;
        if (sent.Field("device").OrNull() is { } named)
        {
            var (found, missing) = fleets.Device(named);
            if (found is null) return Show(fleets, plans, missing);
            device = found.Device.Id;
        }

        return await acts.SetDutyAsync(duty, subject, device, days ?? 30, cancellation) is { } problem
            ? Show(fleets, plans, problem)
            : PageAnswers.SeeOther(Home);
    }
}
