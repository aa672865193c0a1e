using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>
/// A backup that is to take this node's place: <c>stage</c> is none, sealed, open or asked.
/// </summary>
/// <param name="Possible">False once something was done with this node.</param>
public sealed record RestoreDto(string Stage, bool Possible, BackupContentsDto? Contents);

/// <summary>What is in a backup; up to twenty hives by name.</summary>
public sealed record BackupContentsDto(
    string InstanceId, string? Name, string? Owner, long MadeMs, long Events, long Groups, IReadOnlyList<string> Hives,
    long Peers);

public sealed record RestoreOpenRequest(string Passphrase);

/// <summary>What the first run's page does to restore a backup, for programs.</summary>
internal static class RestoreApi
{
    public static void MapRestore(this RouteGroupBuilder api)
    {
        var restore = api.MapGroup("/restore").WithTags("restore").ForOwner();
        restore.MapGet("", Show).WithSummary("Whether a backup could be restored here, and the one that waits.")
            .Produces<RestoreDto>().Problem(401, 403);
        restore.MapPut("/file", TakeAsync).WithSummary("Send a backup's file, as the body; nothing changes yet.")
            .Produces<RestoreDto>().Problem(400, 401, 403, 409, 507);
        restore.MapPost("/open", async (RestoreOpenRequest request, RestoreDesk desk, CancellationToken cancellation) =>
                Answer(await desk.OpenAsync(request.Passphrase, cancellation), desk))
            .WithSummary("Open it with its passphrase, and say what is in it; nothing changes yet.")
            .Produces<RestoreDto>().Problem(400, 401, 403, 409, 503, 507);
        restore.MapPost("/go", GoAsync)
            .WithSummary("Restart as the node that is in it; the one that is here is kept in the data directory.")
            .Produces<RestoreDto>(202).Problem(401, 403, 409, 507);
        restore.MapDelete("", async (RestoreDesk desk) => Answer(await desk.DropAsync(), desk))
            .WithSummary("Forget the file that was sent.").Produces<RestoreDto>().Problem(401, 403, 409);
    }

    private static IResult Show(RestoreDesk desk) => TypedResults.Json(Dto(desk), ApiJson.Default.RestoreDto);

    private static async Task<IResult> TakeAsync(HttpContext context, RestoreDesk desk)
    {
        RestoreUpload.Unbind(context);
        try
        {
            return Answer(
                await desk.TakeAsync(context.Request.Body, context.Request.ContentLength, context.RequestAborted),
                desk);
        }
        catch (IOException)
        {
            return Problems.Answer(RestoreUpload.Cut);
        }
    }

    private static async Task<IResult> GoAsync(HttpContext context, RestoreDesk desk)
    {
        if (await desk.AskAsync() is { } problem) return Problems.Answer(problem);
        RestorePages.StopAfter(context);
        return TypedResults.Json(Dto(desk), ApiJson.Default.RestoreDto, statusCode: 202);
    }

    private static IResult Answer(Problem? problem, RestoreDesk desk) =>
        problem is null ? Show(desk) : Problems.Answer(problem);

    private static RestoreDto Dto(RestoreDesk desk) => new(
        desk.Stage switch
        {
            RestoreStage.Sealed => "sealed",
            RestoreStage.Open => "open",
            RestoreStage.Asked => "asked",
            _ => "none",
        },
        desk.Refused is null,
        desk.Contents is { } found
            ? new BackupContentsDto(
                found.InstanceId, found.Name, found.Owner, found.MadeMs, found.Events, found.Groups, found.Hives,
                found.Peers)
            : null);
}
