using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Groups and invites, for the owner's command line.</summary>
internal static class SyncAdminApi
{
    public static void MapSyncAdmin(this RouteGroupBuilder api)
    {
        api.MapGet("/status", Status).WithTags("status").WithSummary("This node in one document.")
            .Produces<StatusDto>();
        var sync = api.MapGroup("/sync").WithTags("sync").ForOwner();
        sync.MapGet("/groups", Groups).WithSummary("Groups with their state digests.")
            .Produces<IReadOnlyList<GroupDto>>().Problem(401, 403);
        sync.MapPost("/invites", InviteAsync).WithSummary("Make an invite for one node.")
            .Produces<InviteDto>(201).Problem(400, 401, 403, 404);
        sync.MapPost("/join", JoinAsync).WithSummary("Redeem an invite: join its hive and start the backfill.")
            .Produces<JoinedDto>().Problem(400, 401, 403, 409, 502);
        sync.MapPost("/follow", FollowAsync).WithSummary("Read a public hive along without being a member.")
            .Produces<JoinedDto>().Problem(400, 401, 403, 409, 502);
        sync.MapPost("/leave", LeaveAsync).WithSummary("End this node's part in a group; local data stays.")
            .Produces(204).Problem(400, 401, 403, 404);
        sync.MapPost("/rejoin", RejoinAsync).WithSummary("Take part again in a hive that this node left.")
            .Produces(204).Problem(400, 401, 403, 404, 409);
        sync.MapPost("/remove", RemoveAsync)
            .WithSummary("Remove a node from a hive: all who hear of it refuse what it writes from then on.")
            .Produces(204).Problem(400, 401, 403, 404, 409);
        sync.MapGet("/erasures/{hive}", Erasures)
            .WithSummary("Deletions in force, each with the members that have confirmed it.")
            .Produces<IReadOnlyList<ErasureDto>>().Problem(401, 403, 404);
        sync.MapPost("/resume", ResumeAsync)
            .WithSummary("After a fork of this node's chain: the incarnation to be endorsed.")
            .Produces<ResumedDto>().Problem(400, 401, 403, 404, 409);
        sync.MapPost("/endorse", EndorseAsync)
            .WithSummary("Say which chain of a node goes on whose chain forked.")
            .Produces(204).Problem(400, 401, 403, 404, 409);
        sync.MapPost("/compact", CompactAsync)
            .WithSummary("Replace a hive's log here by an edition: superseded events are dropped for good.")
            .Produces<CompactionDto>().Problem(400, 401, 403, 404, 409);
        sync.MapPost("/reindex", ReindexAsync)
            .WithSummary("Make a hive's rows and its search index anew from the log.")
            .Produces<ReindexedDto>().Problem(400, 401, 403, 404);
        sync.MapGet("/reindex", Reindexing).WithSummary("How far that has come.")
            .Produces<ReindexingDto>().Problem(401, 403);
    }

    private static IResult Status(
        Mesh mesh, HiveQueries queries, LogWriter writer, Countersigning countersigning)
    {
        var view = mesh.View();
        return TypedResults.Json(
            new StatusDto(
                1, writer.Self.ToString(), view.Verdict, view.IsWell, view.InStep, view.Total,
                GroupDtos(queries, writer, countersigning)),
            ApiJson.Default.StatusDto);
    }

    private static IResult Groups(HiveQueries queries, LogWriter writer, Countersigning countersigning) =>
        TypedResults.Json(GroupDtos(queries, writer, countersigning), ApiJson.Default.IReadOnlyListGroupDto);

    private static async Task<IResult> InviteAsync(InviteRequest request, Mesh mesh, CancellationToken cancellation)
    {
        var (invite, problem) = await mesh.InviteAsync(request.Hive, cancellation);
        return invite is null
            ? Problems.Answer(problem ?? throw new InvalidOperationException("A refusal has a reason."))
            : TypedResults.Json(new InviteDto(invite.Text, invite.Group.ToString(), invite.ExpiresMs),
                ApiJson.Default.InviteDto, statusCode: 201);
    }

    private static async Task<IResult> JoinAsync(
        JoinRequest request, Mesh mesh, CancellationToken cancellation) =>
        Answer(await mesh.JoinAsync(request.Invite, request.Name, cancellation));

    private static async Task<IResult> FollowAsync(
        FollowRequest request, MirrorActs mirrors, CancellationToken cancellation) =>
        Answer(await mirrors.FollowAsync(request.Link, request.Name, cancellation));

    private static IResult Answer(JoinOutcome outcome)
    {
        return outcome is { Group: { } group, Hive: { } hive }
            ? TypedResults.Json(new JoinedDto(hive, group.ToString()), ApiJson.Default.JoinedDto)
            : Problems.Answer(outcome.Problem ?? throw new InvalidOperationException("A refusal has a reason."));
    }

    private static async Task<IResult> LeaveAsync(LeaveRequest request, Mesh mesh, CancellationToken cancellation) =>
        await mesh.LeaveAsync(request.Hive, cancellation) is { } problem
            ? Problems.Answer(problem)
            : TypedResults.NoContent();

    private static async Task<IResult> RejoinAsync(LeaveRequest request, Mesh mesh, CancellationToken cancellation) =>
        await mesh.RejoinAsync(request.Hive, cancellation) is { } problem
            ? Problems.Answer(problem)
            : TypedResults.NoContent();

    private static async Task<IResult> RemoveAsync(
        RemoveRequest request, Admissions admissions, CancellationToken cancellation) =>
        await admissions.RemoveAsync(request.Hive, request.InstanceId, request.DryRun, cancellation) is { } problem
            ? Problems.Answer(problem)
            : TypedResults.NoContent();

    private static IResult Erasures(string hive, HiveQueries queries) =>
        queries.Erasures(hive) is { } erasures
            ? TypedResults.Json(
                (IReadOnlyList<ErasureDto>)[.. erasures.Select(e => new ErasureDto(
                    e.Id, e.DeletedMs, e.Confirmed.Reached, e.Confirmed.Of))],
                ApiJson.Default.IReadOnlyListErasureDto)
            : Problems.Answer(Node.Problem.NotFound("hive"));

    private static async Task<IResult> ResumeAsync(
        LeaveRequest request, Admissions admissions, LogWriter writer, CancellationToken cancellation)
    {
        var (incarnation, problem) = await admissions.ResumeAsync(request.Hive, cancellation);
        return incarnation is null
            ? Problems.Answer(problem ?? throw new InvalidOperationException("A refusal has a reason."))
            : TypedResults.Json(
                new ResumedDto(writer.Self.ToString(), incarnation), ApiJson.Default.ResumedDto);
    }

    private static async Task<IResult> EndorseAsync(
        EndorseRequest request, Admissions admissions, CancellationToken cancellation)
    {
        var problem = await admissions.EndorseAsync(
            request.Hive, request.InstanceId, request.Incarnation, cancellation);
        return problem is null ? TypedResults.NoContent() : Problems.Answer(problem);
    }

    private static async Task<IResult> CompactAsync(CompactRequest request, Mesh mesh, CancellationToken cancellation)
    {
        var (done, problem) = await mesh.CompactAsync(request.Hive, request.DryRun, request.Force, cancellation);
        return done is null
            ? Problems.Answer(problem ?? throw new InvalidOperationException("A refusal has a reason."))
            : TypedResults.Json(
                new CompactionDto(
                    request.Hive, request.DryRun, done.File.ToString(), done.Bytes, done.Before, done.After),
                ApiJson.Default.CompactionDto);
    }

    private static async Task<IResult> ReindexAsync(
        ReindexRequest request, HiveRebuild rebuild, CancellationToken cancellation) =>
        await rebuild.RunAsync(request.Hive, cancellation) is var (events, state)
            ? TypedResults.Json(
                new ReindexedDto(request.Hive, events, state.ToString()), ApiJson.Default.ReindexedDto)
            : Problems.Answer(Node.Problem.NotFound("hive"));

    private static IResult Reindexing(HiveRebuild rebuild) =>
        TypedResults.Json(new ReindexingDto(rebuild.Folded), ApiJson.Default.ReindexingDto);

    private static IReadOnlyList<GroupDto> GroupDtos(
        HiveQueries queries, LogWriter writer, Countersigning countersigning) =>
    [
        .. queries.Hives().Select(hive => new GroupDto(
            hive.Group.ToString(), hive.Name, hive.Events, hive.Posts, hive.Comments,
            queries.StateDigest(hive.Group).ToString(), writer.Durable(hive.Group).Digest().ToString(),
            hive.OwnedHere, Views.Dto(countersigning.Look(hive.Group)))),
    ];
}
