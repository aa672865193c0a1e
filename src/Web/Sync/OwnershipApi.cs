using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Owners and heirs of hives, for the owner's command line.</summary>
internal static class OwnershipApi
{
    public static void MapOwnership(this RouteGroupBuilder api)
    {
        var owners = api.MapGroup("/sync").WithTags("sync").ForOwner();
        owners.MapGet("/ownership/{hive}", Show).WithSummary("Who owns a hive, its heirs and proposed successions.")
            .Produces<OwnershipDto>().Problem(401, 403, 404);
        owners.MapPost("/ownership/{hive}/consent", Consent).WithSummary("This node's signed word that it will own it.")
            .Produces<ConsentDto>().Problem(401, 403, 404, 409);
        owners.MapPost("/ownership/{hive}/transfer", TransferAsync).WithSummary("Hand a hive over to a member.")
            .Produces<OwnershipDto>().Problem(400, 401, 403, 404, 409);
        owners.MapPost("/ownership/{hive}/heirs", NameHeirsAsync).WithSummary("Name heirs and quorum.")
            .Produces<OwnershipDto>().Problem(400, 401, 403, 404, 409);
        owners.MapPost("/ownership/{hive}/{act}", ActAsync)
            .WithSummary("Propose, veto, endorse or end a succession: propose, veto, endorse or succeed.")
            .Produces<OwnershipDto>().Problem(400, 401, 403, 404, 409);
    }

    private static IResult Show(string hive, Ownership owners)
    {
        var (view, problem) = owners.Show(hive);
        return view is null
            ? Problems.Answer(problem!)
            : TypedResults.Json(
                new OwnershipDto(
                    view.Group.ToString(), view.Owner.ToString(), view.Founder.ToString(), view.Heirs, view.Quorum,
                    [.. view.Proposals.Select(p => new ProposalDto(
                        p.Heir.ToString(), p.ProposedMs, p.ProposedMs + Limits.VetoMs, p.OwnerLastMs, p.IsVetoed,
                        p.Endorsements.Count))]),
                ApiJson.Default.OwnershipDto);
    }

    private static IResult Consent(string hive, Ownership owners)
    {
        var (text, problem) = owners.Consent(hive);
        return text is null
            ? Problems.Answer(problem!)
            : TypedResults.Json(new ConsentDto(text), ApiJson.Default.ConsentDto);
    }

    private static async Task<IResult> TransferAsync(
        string hive, TransferRequest request, Ownership owners, CancellationToken cancellation) =>
        Answer(
            hive,
            owners,
            await owners.TransferAsync(hive, request.InstanceId, request.Consent, request.DryRun, cancellation));

    private static async Task<IResult> NameHeirsAsync(
        string hive, HeirsRequest request, Ownership owners, CancellationToken cancellation) =>
        Answer(hive, owners, await owners.NameHeirsAsync(hive, request.Heirs, request.Quorum, cancellation));

    private static async Task<IResult> ActAsync(
        string hive, string act, Ownership owners, CancellationToken cancellation)
    {
        SuccessionAct? known = act switch
        {
            "propose" => SuccessionAct.Propose,
            "veto" => SuccessionAct.Veto,
            "endorse" => SuccessionAct.Endorse,
            "succeed" => SuccessionAct.Succeed,
            _ => null,
        };
        return known is { } one
            ? Answer(hive, owners, await owners.ActAsync(hive, one, cancellation))
            : Problems.Answer(Problem.NotFound("act"));
    }

    private static IResult Answer(string hive, Ownership owners, Problem? problem) =>
        problem is null ? Show(hive, owners) : Problems.Answer(problem);
}
