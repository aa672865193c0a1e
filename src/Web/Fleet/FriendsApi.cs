using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What friends keep, and what is kept for them, for the owner.</summary>
internal static class FriendsApi
{
    public static void MapFriends(this RouteGroupBuilder api)
    {
        var friends = api.MapGroup("/fleet/friends").WithTags("fleet").ForOwner();
        friends.MapGet("", Show).WithSummary("What friends keep for this fleet, and what this device lends.")
            .Produces<FriendsDto>().Problem(401, 403);
        friends.MapPost("/loans", LendAsync).WithSummary("Lend a friend room on a volume of this device.")
            .Produces<LoanDto>().Problem(400, 401, 403, 404, 409);
        friends.MapPost("/loans/end", EndAsync).WithSummary("End a loan after its notice, or ask what would happen.")
            .Produces<LoanEndDto>().Problem(400, 401, 403, 404, 409);
        friends.MapPost("/copies", KeepAsync).WithSummary("Have a friend keep an item, or ask whether it could.")
            .Produces<FriendKeepDto>().Problem(400, 401, 403, 404, 409);
        friends.MapPost("/copies/drop", DropAsync).WithSummary("Let a friend's copy go, or ask what would happen.")
            .Produces<ReleaseProposalDto>().Problem(400, 401, 403, 404, 409);
    }

    private static IResult Show(Lending lending, FriendBook friends, RingBook rings)
    {
        var copies = friends.Copies().ToLookup(c => c.Friend);
        return TypedResults.Json(
            new FriendsDto(
                [.. lending.All().Select(Dto)],
                [.. friends.Devices().Select(d => new FriendDeviceDto(
                    d.Friend.ToString(), rings.Find(d.Friend)?.Name ?? "", d.Device.ToString(), d.Bytes, d.FreeBytes,
                    d.EndsMs, d.SeenMs, [.. copies[d.Friend].Select(Dto)]))]),
            ApiJson.Default.FriendsDto);
    }

    private static async Task<IResult> LendAsync(
        LendRequest request, Lending lending, FriendNames names, Volumes volumes, CancellationToken cancellation)
    {
        var (friend, unknown) = names.Find(request.Friend);
        if (friend is not { } node) return Problems.Answer(unknown!);
        if (volumes.Named(request.Volume) is not { } volume) return Problems.Answer(Problem.NotFound("volume"));
        var (loan, problem) = await lending.LendAsync(node, volume, request.Bytes, cancellation);
        return problem is null ? TypedResults.Json(Dto(loan!), ApiJson.Default.LoanDto) : Problems.Answer(problem);
    }

    private static async Task<IResult> EndAsync(
        LoanEndRequest request, Lending lending, FriendNames names, CancellationToken cancellation)
    {
        var (friend, unknown) = names.FindLent(request.Friend);
        if (friend is not { } node) return Problems.Answer(unknown!);
        var (loan, problem) = await lending.EndAsync(node, request.Apply, cancellation);
        return problem is null
            ? TypedResults.Json(new LoanEndDto(Dto(loan!), request.Apply), ApiJson.Default.LoanEndDto)
            : Problems.Answer(problem);
    }

    private static async Task<IResult> KeepAsync(
        FriendKeepRequest request, FriendKeep keep, FriendNames names, FleetQueries queries,
        CancellationToken cancellation)
    {
        var (friend, unknown) = names.Find(request.Friend);
        if (friend is not { } node) return Problems.Answer(unknown!);
        var (item, unnamed) = queries.Item(request.Item);
        if (item is null) return Problems.Answer(unnamed!);
        var (proposal, problem) = await keep.KeepAsync(item.Item, node, request.Own, request.Apply, cancellation);
        return problem is null
            ? TypedResults.Json(
                new FriendKeepDto(
                    node.ToString(), proposal!.Item.ToString(), proposal.SizeBytes, proposal.FreeBytes, proposal.Code,
                    proposal.IsAsked),
                ApiJson.Default.FriendKeepDto)
            : Problems.Answer(problem);
    }

    private static async Task<IResult> DropAsync(
        FriendDropRequest request, FriendDrop drop, FriendNames names, FleetQueries queries,
        CancellationToken cancellation)
    {
        var (friend, unknown) = names.Find(request.Friend);
        if (friend is not { } node) return Problems.Answer(unknown!);
        var (item, unnamed) = queries.Item(request.Item);
        if (item is null) return Problems.Answer(unnamed!);
        var (proposal, isBegun, problem) = await drop.DropAsync(item.Item, node, request.Apply, cancellation);
        return problem is null
            ? TypedResults.Json(ReleaseApi.Dto(proposal!, isBegun), ApiJson.Default.ReleaseProposalDto)
            : Problems.Answer(problem);
    }

    private static LoanDto Dto(LoanView view) => new(
        view.Loan.Friend.ToString(), view.Name, view.IsFriend, view.Loan.Volume.ToString(), view.Loan.Bytes,
        view.UsedBytes, view.Copies, view.Aside, view.Loan.EndsMs);

    private static FriendCopyDto Dto(FriendCopy copy) => new(
        copy.Item.ToString(), copy.State, copy.Code, copy.ProvenMs > 0 ? copy.ProvenMs : null);
}
