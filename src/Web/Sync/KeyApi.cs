using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>This node's key, for the owner's command line.</summary>
internal static class KeyApi
{
    public static void MapKeys(this RouteGroupBuilder api)
    {
        var keys = api.MapGroup("/key").WithTags("key").ForOwner();
        keys.MapGet("", Show).WithSummary("The key in force, and how often it was changed.")
            .Produces<KeyDto>().Problem(401, 403);
        keys.MapPost("/rotate", RotateAsync).WithSummary("Put the next key in force, in every group at once.")
            .Produces<KeyDto>().Problem(401, 403, 409);
        keys.MapPost("/saved", async (FirstRun first) => await first.SaveKeyAsync() is not null
                ? TypedResults.NoContent()
                : Problems.Answer(FirstRun.KeyElsewhere))
            .WithSummary("Say that a copy of the recovery key was made: nobody is reminded of it any more.")
            .Produces(204).Problem(401, 403, 409);
    }

    private static IResult Show(KeyRotation keys) =>
        TypedResults.Json(keys.Facts().Dto(), ApiJson.Default.KeyDto);

    private static async Task<IResult> RotateAsync(KeyRotation keys, CancellationToken cancellation) =>
        await keys.RotateAsync(cancellation) is { } problem ? Problems.Answer(problem) : Show(keys);
}
