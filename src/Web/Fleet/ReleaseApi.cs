using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What this device lets go, for its owner.</summary>
internal static class ReleaseApi
{
    private const int RowsMax = 500;

    public static void MapReleases(this RouteGroupBuilder api)
    {
        var releases = api.MapGroup("/fleet/releases").WithTags("fleet").ForOwner();
        releases.MapGet("", Show).WithSummary("Copies that this device lets go, and how each ended.")
            .Produces<ReleasesDto>().Problem(401, 403);
        releases.MapPost("", ReleaseAsync).WithSummary("Let a copy go, or ask what would happen.")
            .Produces<ReleaseProposalDto>().Problem(400, 401, 403, 404, 409);
        releases.MapPost("/{item}/back", BackAsync).WithSummary("End a release, and put back what lies aside.")
            .Produces(204).Problem(401, 403, 404, 409);
        releases.MapPost("/unfreeze", UnfreezeAsync).WithSummary("Let copies go again after the breaker opened.")
            .Produces(204).Problem(401, 403);
    }

    private static IResult Show(
        ReleaseBook book, FleetHalts halts, PlanSight plans, ReleaseOrders orders, FleetQueries fleets,
        FleetDesk desk)
    {
        var (breaker, losses, seen) = (book.Breaker, book.Losses, plans.Now());
        var releases = ListedReleases.Of(book.Releases, RowsMax);
        var proposed = orders.Look(seen, RowsMax);
        var names = fleets.NamesOf([.. proposed.Select(p => p.Item), .. releases.Items]);
        return TypedResults.Json(
            new ReleasesDto(
                breaker.IsOpen, breaker.Lost, halts.Opened()?.ToString(), losses.OpenedMs,
                [.. losses.Counts.Select(Dto)],
                seen.Plan.Id.ToString(), seen.Plan.Releases.Count,
                seen.Plan.Releases.Count(r => r.Device == desk.Self),
                [.. proposed.Select(p => Dto(p, names.GetValueOrDefault(p.Item)))],
                releases.EndedTotal,
                [.. releases.UnderWay.Concat(releases.Ended).Select(r => Dto(
                    r, book.LeftMs(r), names.GetValueOrDefault(r.Progress.Item)))]),
            ApiJson.Default.ReleasesDto);
    }

    internal static async Task<IResult> ApplyAsync(
        string plan, PlanSight plans, ReleaseOrders orders, CancellationToken cancellation)
    {
        var (seen, refused) = FleetWords.Seen(plans, plan);
        if (seen is null) return Problems.Answer(refused!);
        var (ordered, problem) = await orders.ApplyAsync(seen, cancellation);
        return ordered is null
            ? Problems.Answer(problem!)
            : TypedResults.Json(
                new OrderedReleasesDto(
                    [.. ordered.Begun.Select(i => i.ToString())],
                    [.. ordered.Stay.Select(s => new StayingDto(s.Item.ToString(), s.Code))], ordered.Later,
                    ordered.Elsewhere),
                ApiJson.Default.OrderedReleasesDto);
    }

    private static async Task<IResult> BackAsync(
        string item, ReleaseDesk desk, FleetQueries fleets, CancellationToken cancellation)
    {
        var (found, problem) = fleets.Item(item);
        return FleetApi.Answer(problem ?? await desk.TakeBackAsync(found!.Item, cancellation));
    }

    private static async Task<IResult> ReleaseAsync(
        ReleaseRequest request, Volumes volumes, ReleaseDesk desk, FleetQueries fleets,
        CancellationToken cancellation)
    {
        var (found, unnamed) = fleets.Item(request.Item);
        if (found is null) return Problems.Answer(unnamed!);
        var item = found.Item;
        VolumeId? volume = null;
        if (request.Volume is { } named)
        {
            if (volumes.Named(named) is not { } id) return Problems.Answer(Problem.NotFound("volume"));
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

    internal static ReleaseProposalDto Dto(ReleaseProposal proposal, bool begun) => new(
        proposal.Item.ToString(), proposal.Volume.ToString(), proposal.SizeBytes, proposal.Code, proposal.Floor,
        proposal.Elsewhere, [.. proposal.Missing.Select(d => d.ToString())], begun);

    private static IResult Answer(ReleaseProposal proposal, bool begun) =>
        TypedResults.Json(Dto(proposal, begun), ApiJson.Default.ReleaseProposalDto);

    private static LossDto Dto(LossCount loss) => new(
        NetText.Of(loss.Kind), loss.Device.ToString(), loss.Volume.ToString(), loss.Copies);

    private static ProposedDto Dto(PlannedRelease release, string? name) => new(
        release.Item.ToString(), name, release.SizeBytes, release.Device.ToString(), release.IsOwn, release.Counted,
        release.Ceiling, [.. release.Proof.Select(p => new ProofDto(p.Device.ToString(), p.ProvenMs))], release.Code);

    private static ReleaseDto Dto(OwnRelease release, long? leftMs, string? name) => new(
        release.Progress.Item.ToString(), release.Volume.ToString(), NetText.Of(release.Progress.Stage),
        release.Progress.Outcome,
        [.. release.Progress.Refused.Select(r => new RefusedLockDto(r.Holder.ToString(), r.Code))], release.BegunMs,
        release.AsideMs, name, [.. release.Progress.Locked.Select(d => d.ToString())], leftMs);
}
