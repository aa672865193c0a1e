using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Pages on which two nodes get to know each other.</summary>
internal static class PairPages
{
    public static void MapPairPages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet("/pair", (RingBook rings, PairingActs acts) => Show(rings, acts, null, null, null));
        pages.MapPost("/pair", BeginAsync);
        pages.MapGet("/pair/{id}", (string id, PairingDesk desk) => Offer(desk.Find(id), null));
        pages.MapPost("/pair/{id}", DecideAsync);
        pages.MapGet("/pair/call/{id}", (string id, PairingCalls calls) => Call(calls.Find(id), null));
        pages.MapPost("/pair/call/{id}", AnswerAsync);
        pages.MapGet("/pair/revoke/{id}", RevokingAsync);
        pages.MapPost("/pair/revoke/{id}", RevokeAsync);
    }

    private static async Task<IResult> BeginAsync(
        HttpContext context, PairingActs acts, RingBook rings, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        if (sent.Field("do") == "ask")
        {
            var (call, refusal) = await acts.AskAsync(sent.Field("text"), cancellation);
            return call is null
                ? Show(rings, acts, refusal, "ask", sent.Field("text"))
                : PageAnswers.SeeOther($"/pair/call/{call.Id}");
        }

        var kind = sent.Field("do") == "device" ? InviteKind.Device : InviteKind.Friend;
        var (offer, problem) = await acts.OfferAsync(kind, cancellation);
        return offer is null ? Show(rings, acts, problem, "offer", null) : PageAnswers.SeeOther($"/pair/{offer.Id}");
    }

    private static async Task<IResult> DecideAsync(
        string id, HttpContext context, PairingDesk desk, PairingActs acts, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var (_, problem) = sent.Field("do") == "accept" ? await acts.AcceptAsync(id) : acts.Deny(id);
        return problem is null ? PageAnswers.SeeOther($"/pair/{id}") : Offer(desk.Find(id), problem);
    }

    private static async Task<IResult> AnswerAsync(
        string id, HttpContext context, PairingCalls calls, PairingActs acts, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var (_, problem) = await acts.AnswerAsync(id, sent.Field("do") == "accept", cancellation);
        return problem is null ? PageAnswers.SeeOther($"/pair/call/{id}") : Call(calls.Find(id), problem);
    }

    private static IResult Call(PairingCall? call, Problem? problem) => call is null
        ? PageAnswers.Page(Problem.NotFound("pairing"))
        : PageAnswers.Show<CallPage>(new { Call = call, Problem = problem }, problem);

    private static async Task<IResult> RevokeAsync(
        string id, PairingActs acts, RingBook rings, DeviceHives hives, DeviceParting parting,
        CancellationToken cancellation) =>
        (await acts.RevokeAsync(id, dryRun: false, cancellation)).Problem is { } problem
            ? await TellAsync(id, rings, hives, parting, problem, cancellation)
            : PageAnswers.SeeOther("/pair");

    private static Task<IResult> RevokingAsync(
        string id, RingBook rings, DeviceHives hives, DeviceParting parting, CancellationToken cancellation) =>
        TellAsync(id, rings, hives, parting, null, cancellation);

    private static async Task<IResult> TellAsync(
        string id, RingBook rings, DeviceHives hives, DeviceParting parting, Problem? problem,
        CancellationToken cancellation)
    {
        if (!NodeId.TryParse(id, out var node) || rings.Find(node) is not { } paired)
            return PageAnswers.Page(Problem.NotFound("friend or device"));
        var (told, _) = await parting.PartAsync(DeviceId.Of(node), apply: null, cancellation);
        return PageAnswers.Show<RevokePage>(
            new { Node = paired, Hives = hives.Of(node), Told = told?.Told, Problem = problem }, problem);
    }

    private static IResult Offer(PairingView? offer, Problem? problem) => offer is null
        ? PageAnswers.Page(Problem.NotFound("pairing"))
        : PageAnswers.Show<OfferPage>(new { Offer = offer, Problem = problem }, problem);

    private static IResult Show(RingBook rings, PairingActs acts, Problem? problem, string? at, string? sent)
    {
        var (offered, asked) = acts.Waiting();
        return PageAnswers.Show<PairPage>(
            new
            {
                Offered = offered,
                Asked = asked,
                Paired = rings.All,
                IsInFleet = (Func<NodeId, bool>)acts.IsInFleet,
                Problem = problem,
                At = at,
                Sent = sent,
            }, problem);
    }
}
