using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>A season's episodes on this device, and what is known of their intros.</summary>
/// <param name="Here">Episodes on volumes that are there.</param>
/// <param name="Away">Episodes of which this device has no file now.</param>
/// <param name="Known">Of those that are here, how many have an intro that players are told of.</param>
/// <param name="Closed">Of those that are here, how many nothing may be recorded of.</param>
/// <param name="AboutSeconds">How long listening to them takes, roughly.</param>
/// <param name="Shared">Parts that friends read in which something is recorded.</param>
/// <param name="Found">Observations of detections, which can be taken back; none while one runs.</param>
/// <param name="Last">The detection that runs, or ran last; null where none did since the start.</param>
public sealed record SeasonIntrosDto(
    string Work, int Season, int Here, int Away, int Known, int Closed, long AboutSeconds,
    IReadOnlyList<string> Shared, int Found, DetectionDto? Last);

/// <summary>What was taken back.</summary>
/// <param name="Retracted">Observations.</param>
public sealed record TakenBackDto(int Retracted);

/// <summary>The intros of a season: found by its sound, and taken back.</summary>
internal static class SeasonApi
{
    public static void MapSeasons(this RouteGroupBuilder library)
    {
        library.MapGet("/{work}/intros", Look)
            .WithSummary("What is known of a season's intros, and how far looking for them is.")
            .Produces<SeasonIntrosDto>().Problem(401, 403, 404);
        library.MapPost("/{work}/intros", BeginAsync)
            .WithSummary("Listen to a season for its intros; /net/detect/{id} says how far it is, and stops it.")
            .Produces<DetectionDto>(202).Problem(401, 403, 404, 409);
        library.MapDelete("/{work}/intros", TakeBackAsync)
            .WithSummary("Take back what detections found in a season.")
            .Produces<TakenBackDto>().Problem(401, 403, 404, 409);
    }

    private static IResult Look(string work, SeasonDesk seasons, int? season = null) =>
        seasons.Look(work, season) is { } now
            ? TypedResults.Json(
                new SeasonIntrosDto(
                    now.Work.Id, now.Season, now.Here.Count, now.Away, now.Known, now.Closed,
                    (long)now.About.TotalSeconds, now.Shared, now.Found,
                    now.Last is { } last ? DetectionApi.Dto(last) : null),
                ApiJson.Default.SeasonIntrosDto)
            : Problems.Answer(Problem.NotFound("season"));

    private static async Task<IResult> BeginAsync(
        string work, SeasonDesk seasons, CancellationToken cancellation, int? season = null)
    {
        var (job, problem) = await seasons.BeginAsync(work, season, cancellation);
        return job is null
            ? Problems.Answer(problem!)
            : TypedResults.Json(DetectionApi.Dto(job), ApiJson.Default.DetectionDto, statusCode: 202);
    }

    private static async Task<IResult> TakeBackAsync(
        string work, SeasonDesk seasons, CancellationToken cancellation, int? season = null)
    {
        var (taken, problem) = await seasons.TakeBackAsync(work, season, cancellation);
        return problem is null
            ? TypedResults.Json(new TakenBackDto(taken), ApiJson.Default.TakenBackDto)
            : Problems.Answer(problem);
    }
}
