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
        pages.MapGet("/pair/revoke/{id}", (string id, RingBook rings) => Revoke(id, rings, null));
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
        string id, PairingActs acts, RingBook rings, CancellationToken cancellation) =>
        (await acts.RevokeAsync(id, dryRun: false, cancellation)).Problem is { } problem
            ? Revoke(id, rings, problem)
            : PageAnswers.SeeOther("/pair");

    private static IResult Revoke(string id, RingBook rings, Problem? problem) =>
        NodeId.TryParse(id, out var node) && rings.Find(node) is { } paired
            ? PageAnswers.Show<RevokePage>(new { Node = paired, Problem = problem }, problem)
            : PageAnswers.Page(Problem.NotFound("friend or device"));

    private static IResult Offer(PairingView? offer, Problem? problem) => offer is null
        ? PageAnswers.Page(Problem.NotFound("pairing"))
        : PageAnswers.Show<OfferPage>(new { Offer = offer, Problem = problem }, problem);

    private static IResult Show(RingBook rings, PairingActs acts, Problem? problem, string? at, string? sent) =>
        PageAnswers.Show<PairPage>(
            new
            {
                Paired = rings.All,
                IsInFleet = (Func<NodeId, bool>)acts.IsInFleet,
                Problem = problem,
                At = at,
                Sent = sent,
            }, problem);
}
