using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>An edition; <paramref name="By"/> is you or a friend.</summary>
/// <param name="Kind"><c>full</c> or <c>delta</c>.</param>
/// <param name="Held">Its rows are here.</param>
/// <param name="Here">Its file is.</param>
/// <param name="Suspicion">Why it was set apart.</param>
/// <param name="Fault">What reading the file again found; only where that was asked for.</param>
public sealed record PartEditionDto(
    string Part, string By, long Seq, string Week, string Kind, long Rows, long Bytes, long RawBytes, string StateRoot,
    string Infohash, bool Held, bool Here, string? Suspicion, string? Fault);

/// <summary>Asks for an edition of a part; <paramref name="Notice"/> was shown to the owner.</summary>
public sealed record PublishRequest(string Part, bool Notice = false);

/// <summary>The edition that was made; null where nothing changed since the last.</summary>
public sealed record PublishedDto(PartEditionDto? Edition);

/// <summary>Editions, for the owner's command line.</summary>
internal static class EditionApi
{
    public static void MapEditions(this RouteGroupBuilder net)
    {
        net.MapGet("/editions", List).WithSummary("Editions of yours and of friends; verify reads their files again.")
            .Produces<IReadOnlyList<PartEditionDto>>().Problem(400, 401, 403);
        net.MapPost("/editions", PublishAsync)
            .WithSummary("Make an edition of a part of yours, and let friends read it.")
            .Produces<PublishedDto>(201).Problem(400, 401, 403, 409);
    }

    private static IResult List(EditionBooks books, EditionDesk desk, string? part = null, bool verify = false) =>
        part is null || NetApp.Parts.Contains(part)
            ? TypedResults.Json(
                (IReadOnlyList<PartEditionDto>)[.. books.All(part).Select(e => Dto(e, verify ? desk.Verify(e) : null))],
                ApiJson.Default.IReadOnlyListPartEditionDto)
            : Problems.Answer(Subscription.UnknownPart);

    private static async Task<IResult> PublishAsync(
        PublishRequest request, EditionDesk desk, EditionBooks books, CancellationToken cancellation)
    {
        var (made, problem) = await desk.PublishAsync(request.Part, request.Notice, cancellation);
        if (problem is not null) return Problems.Answer(problem);
        var shown = made is null ? null : books.All(made.Part).FirstOrDefault(e => e.IsOwn && e.Manifest == made)
            ?? books.All(made.Part).FirstOrDefault(e => e.IsOwn && e.Manifest.Seq == made.Seq);
        return TypedResults.Json(
            new PublishedDto(shown is null ? null : Dto(shown, null)), ApiJson.Default.PublishedDto, statusCode: 201);
    }

    private static PartEditionDto Dto(PartEditionView e, string? fault) => new(
        e.Manifest.Part, e.IsOwn ? "you" : "a friend", e.Manifest.Seq, e.Manifest.Week, NetText.Of(e.Manifest.Kind),
        e.Manifest.File.Rows, e.Manifest.File.Bytes, e.Manifest.File.RawBytes, e.Manifest.StateRoot,
        e.Manifest.File.Ih1, e.IsHeld, e.IsFile, e.Suspicion, fault);
}
