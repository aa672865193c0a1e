using System.Text.Json;
using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What this device lets go, for its owner.</summary>
internal static class ReleaseApi
{
    public static void MapReleases(this RouteGroupBuilder api)
    {
        var releases = api.MapGroup("/fleet/releases").WithTags("fleet").ForOwner();
        releases.MapGet("", Show).WithSummary("Copies that this device lets go, and how each ended.")
            .Produces<ReleasesDto>().Problem(401, 403);
        releases.MapPost("", ReleaseAsync).WithSummary("Let a copy go, or ask what would happen.")
            .Produces<ReleaseProposalDto>().Problem(400, 401, 403, 404, 409);
        releases.MapPost("/unfreeze", UnfreezeAsync).WithSummary("Let copies go again after the breaker opened.")
            .Produces(204).Problem(401, 403);
    }

    private static IResult Show(ReleaseBook book)
    {
        var breaker = book.Breaker;
        return TypedResults.Json(
            new ReleasesDto(breaker.IsOpen, breaker.Lost, [.. book.Releases.Select(Dto)]),
            ApiJson.Default.ReleasesDto);
    }

    private static async Task<IResult> ReleaseAsync(
        ReleaseRequest request, ReleaseDesk desk, CancellationToken cancellation)
    {
        if (!ItemId.TryParse(request.Item, out var item))
            return Problems.Answer(new Problem("bad_item", 400, "An item is named by 64 hex digits."));
        VolumeId? volume = null;
        if (request.Volume is { } named)
        {
            if (!VolumeId.TryParse(named, out var id)) return Problems.Answer(Problem.NotFound("volume"));
            volume = id;
        }

        if (desk.Propose(item, volume) is not { } proposal) return Problems.Answer(Problem.NotFound("copy"));
        if (!request.Apply || proposal.Code is not null) return Answer(proposal, begun: false);
        var (started, problem) = await desk.ApplyAsync(item, volume, default, cancellation);
        return problem is null ? Answer(started!, started!.Code is null) : Problems.Answer(problem);
    }

    private static async Task<IResult> UnfreezeAsync(ReleaseBook book, CancellationToken cancellation)
    {
        await book.ResetBreakerAsync(cancellation);
        return TypedResults.NoContent();
    }

    private static IResult Answer(ReleaseProposal proposal, bool begun) => TypedResults.Json(
        new ReleaseProposalDto(
            proposal.Item.ToString(), proposal.Volume.ToString(), proposal.SizeBytes, proposal.Code, proposal.Floor,
            proposal.Elsewhere, [.. proposal.Missing.Select(d => d.ToString())], begun),
        ApiJson.Default.ReleaseProposalDto);

    private static ReleaseDto Dto(OwnRelease release) => new(
        release.Progress.Item.ToString(), release.Volume.ToString(),
        JsonNamingPolicy.SnakeCaseLower.ConvertName(release.Progress.Stage.ToString()), release.Progress.Outcome,
        [.. release.Progress.Refused.Select(r => new RefusedLockDto(r.Holder.ToString(), r.Code))], release.BegunMs,
        release.AsideMs);
}
