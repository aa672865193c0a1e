using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>A pairing offered here. The text only while nobody brought it; the words once somebody did.</summary>
public sealed record PairingDto(
    string Id, string Kind, string State, string? Text, long ExpiresMs, string? InstanceId, string? Name,
    string? Words);

/// <summary>A pairing this node asked for; <paramref name="Matched"/>: its owner said that the words match.</summary>
public sealed record PairingCallDto(
    string Id, string Kind, string State, string InstanceId, string Words, bool Matched, string? Code);

/// <summary>A friend or device; <paramref name="EndedMs"/> says since when it is none any more.</summary>
/// <param name="InFleet">It is a member of this device's fleet.</param>
public sealed record PairedDto(
    string InstanceId, string Kind, string Name, long SinceMs, long? EndedMs, bool InFleet);

/// <summary>Everything about pairing in one document.</summary>
public sealed record PairingsDto(
    IReadOnlyList<PairingDto> Offered, IReadOnlyList<PairingCallDto> Asked, IReadOnlyList<PairedDto> Paired);

/// <summary>Asks for a text; <paramref name="Kind"/> is friend or device.</summary>
public sealed record PairingRequest(string Kind);

/// <summary>A pasted text.</summary>
public sealed record PairingAskRequest(string Text);

/// <summary>Asks to end a friendship or to take a device out of the fleet.</summary>
public sealed record RevokeRequest(string InstanceId, bool DryRun = false);

/// <summary>What became of it; <paramref name="InFleet"/>: only the device that began the fleet can end that.</summary>
public sealed record RevokedDto(string InstanceId, bool DryRun, bool InFleet);

/// <summary>Asks to take this device out of its fleet.</summary>
public sealed record LeaveFleetRequest(bool DryRun = false);

/// <summary>Friends and devices, for the owner's command line.</summary>
internal static class PairingApi
{
    public static void MapPairing(this RouteGroupBuilder api)
    {
        var pairings = api.MapGroup("/pairings").WithTags("pairing").ForOwner();
        pairings.MapGet("", Show).WithSummary("Pairings offered and asked for, and the nodes paired so far.")
            .Produces<PairingsDto>().Problem(401, 403);
        pairings.MapPost("", OfferAsync).WithSummary("Make a text that lets one friend or device ask, for ten minutes.")
            .Produces<PairingDto>(201).Problem(400, 401, 403, 409);
        pairings.MapPost("/ask", AskAsync).WithSummary("Bring a text: the words to be compared are in the answer.")
            .Produces<PairingCallDto>().Problem(400, 401, 403, 409, 502);
        pairings.MapPost("/{id}/accept", AcceptAsync).WithSummary("The words match: let the node in.")
            .Produces<PairingDto>().Problem(401, 403, 404, 409);
        pairings.MapPost("/{id}/deny", Deny).WithSummary("The words differ, or the text is to be taken back.")
            .Produces<PairingDto>().Problem(401, 403, 404, 409);
        pairings.MapPost("/asked/{id}/accept", MatchAsync)
            .WithSummary("The words of a text brought here match: pair as soon as the other side says so, too.")
            .Produces<PairingCallDto>().Problem(401, 403, 404, 409);
        pairings.MapPost("/asked/{id}/deny", WithdrawAsync)
            .WithSummary("The words of a text brought here differ: ask no more, and share nothing.")
            .Produces<PairingCallDto>().Problem(401, 403, 404, 409);
        pairings.MapPost("/revoke", RevokeAsync).WithSummary("Let a friend or device out again, at once.")
            .Produces<RevokedDto>().Problem(400, 401, 403, 404, 409);
        pairings.MapPost("/leave", LeaveAsync).WithSummary("Take this device out of its fleet.")
            .Produces(204).Problem(401, 403, 404);
    }

    public static string Name(InviteKind kind) => kind switch
    {
        InviteKind.Device => "device",
        InviteKind.Friend => "friend",
        _ => "member",
    };

    private static IResult Show(PairingDesk desk, PairingCalls calls, RingBook rings, PairingActs acts) =>
        TypedResults.Json(
            new PairingsDto(
                [.. desk.All.Select(Dto)],
                [.. calls.All.Select(Dto)],
                [.. rings.All.Select(p => Dto(p, acts.IsInFleet(p.Node)))]),
            ApiJson.Default.PairingsDto);

    private static async Task<IResult> OfferAsync(
        PairingRequest request, PairingActs acts, CancellationToken cancellation)
    {
        InviteKind? kind = request.Kind switch
        {
            "friend" => InviteKind.Friend,
            "device" => InviteKind.Device,
            _ => null,
        };
        if (kind is not { } one)
            return Problems.Answer(new Problem("bad_kind", 400, "A pairing makes a friend or a device."));
        var (offer, problem) = await acts.OfferAsync(one, cancellation);
        return offer is null
            ? Problems.Answer(problem!)
            : TypedResults.Json(Dto(offer), ApiJson.Default.PairingDto, statusCode: 201);
    }

    private static async Task<IResult> AskAsync(
        PairingAskRequest request, PairingActs acts, CancellationToken cancellation) =>
        Answer(await acts.AskAsync(request.Text, cancellation));

    private static async Task<IResult> MatchAsync(string id, PairingActs acts, CancellationToken cancellation) =>
        Answer(await acts.AnswerAsync(id, accepts: true, cancellation));

    private static async Task<IResult> WithdrawAsync(string id, PairingActs acts, CancellationToken cancellation) =>
        Answer(await acts.AnswerAsync(id, accepts: false, cancellation));

    private static async Task<IResult> AcceptAsync(string id, PairingActs acts) =>
        Answer(await acts.AcceptAsync(id));

    private static IResult Deny(string id, PairingActs acts) => Answer(acts.Deny(id));

    private static async Task<IResult> RevokeAsync(
        RevokeRequest request, PairingActs acts, CancellationToken cancellation)
    {
        var (inFleet, problem) = await acts.RevokeAsync(request.InstanceId, request.DryRun, cancellation);
        return problem is null
            ? TypedResults.Json(
                new RevokedDto(request.InstanceId, request.DryRun, inFleet), ApiJson.Default.RevokedDto)
            : Problems.Answer(problem);
    }

    private static async Task<IResult> LeaveAsync(
        LeaveFleetRequest request, PairingActs acts, CancellationToken cancellation) =>
        await acts.LeaveFleetAsync(request.DryRun, cancellation) is { } problem
            ? Problems.Answer(problem)
            : TypedResults.NoContent();

    private static IResult Answer((PairingView? Done, Problem? Problem) outcome) => outcome.Done is { } done
        ? TypedResults.Json(Dto(done), ApiJson.Default.PairingDto)
        : Problems.Answer(outcome.Problem!);

    private static IResult Answer((PairingCall? Call, Problem? Problem) outcome) => outcome.Call is { } call
        ? TypedResults.Json(Dto(call), ApiJson.Default.PairingCallDto)
        : Problems.Answer(outcome.Problem!);

    private static string Name(PairingState state) => state switch
    {
        PairingState.Open => "open",
        PairingState.Asked => "asked",
        PairingState.Accepted => "accepted",
        PairingState.Denied => "denied",
        _ => "lapsed",
    };

    private static PairingDto Dto(PairingView p) => new(
        p.Id, Name(p.Kind), Name(p.State), p.Text, p.ExpiresMs, p.Node?.ToString(), p.Name, p.Words);

    private static PairingCallDto Dto(PairingCall c) =>
        new(c.Id, Name(c.Kind), Name(c.State), c.With.ToString(), c.Words, c.Matched, c.Code);

    private static PairedDto Dto(Paired p, bool inFleet) =>
        new(p.Node.ToString(), Name(p.Kind), p.Name, p.SinceMs, p.EndedMs, inFleet);
}
