using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Who may come in, for the owner's command line.</summary>
internal static class AccessApi
{
    private const long DayMs = 24 * 3_600_000;

    public static void MapAccess(this RouteGroupBuilder api)
    {
        var access = api.MapGroup("/access").WithTags("access").ForOwner();
        access.MapGet("", (AccessBook book) => TypedResults.Json(
                new AccessDto(book.HasOwner, [.. book.Sessions.Select(Dto)], [.. book.Tokens.Select(Dto)]),
                ApiJson.Default.AccessDto))
            .WithSummary("Whether there is an owner, browsers that are signed in, and tokens of programs.")
            .Produces<AccessDto>().Problem(401, 403);
        access.MapPost("/reset", ResetAsync).WithSummary("Remove the passphrase and sign every browser out.")
            .Produces<AccessResetDto>().Problem(401, 403);
        access.MapDelete("/sessions/{id}", EndAsync).WithSummary("Sign a browser out.")
            .Produces(204).Problem(401, 403, 404);
        access.MapPost("/tokens", MakeTokenAsync).WithSummary("Make a token; its text is shown this once.")
            .Produces<MadeTokenDto>(201).Problem(400, 401, 403, 409);
        access.MapDelete("/tokens/{token}", async (string token, AccessBook book) => await book.RevokeAsync(token)
                ? TypedResults.NoContent()
                : Problems.Answer(Problem.NotFound("token")))
            .WithSummary("End a token, by its name or id.").Produces(204).Problem(401, 403, 404);
        access.MapPost("/setup-links", LinkAsync).WithSummary("Make a link for the first run, good once, for 30 min.")
            .Produces<SetupLinkDto>(201).Problem(401, 403, 409);
    }

    /// <summary>Whoever finds a browser open, or a program's token, must not become the owner by it.</summary>
    private static async Task<IResult> ResetAsync(AccessResetRequest request, HttpContext context, AccessBook book)
    {
        if (Caller.Of(context).Pass is not null) return Problems.Answer(Problems.OwnerRequired);
        var found = new AccessResetDto(request.DryRun, book.HasOwner, book.Sessions.Count, book.Tokens.Count);
        if (!request.DryRun) await book.ResetAsync();
        return TypedResults.Json(found, ApiJson.Default.AccessResetDto);
    }

    private static async Task<IResult> EndAsync(string id, AccessBook book)
    {
        if (book.Sessions.FirstOrDefault(s => s.Id == id) is not { } session)
            return Problems.Answer(Problem.NotFound("session"));
        await book.EndAsync(session);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> MakeTokenAsync(TokenRequest request, AccessBook book)
    {
        var (made, problem) = await book.MakeTokenAsync(request.Name, request.Scope);
        return made is var (token, text)
            ? TypedResults.Json(new MadeTokenDto(Dto(token), text), ApiJson.Default.MadeTokenDto, statusCode: 201)
            : Problems.Answer(problem!);
    }

    private static async Task<IResult> LinkAsync(SetupDesk desk, CancellationToken cancellation) =>
        await desk.MakeAsync(cancellation) is { } made
            ? TypedResults.Json(made, ApiJson.Default.SetupLinkDto, statusCode: 201)
            : Problems.Answer(AccessBook.OwnerExists);

    private static SessionDto Dto(AccessSession session) => new(
        session.Id, session.Browser, session.Address, session.SinceMs, session.ExpiresMs, session.UsedDay * DayMs);

    private static TokenDto Dto(AccessToken token) =>
        new(token.Id, token.Name, token.Scope.Word(), token.MadeMs, token.UsedDay * DayMs);
}
