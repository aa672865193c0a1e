using System.Text;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Net's REST API: parts, observations, what follows from them, and what the owner agrees to.</summary>
internal static class NetApi
{
    private const int ObservationsMax = 10_000;
    private const int KeysMax = 500;

    public static void MapNet(this RouteGroupBuilder api)
    {
        var net = api.MapGroup("/net").WithTags("net").ForOwner();
        net.MapGet("/parts", Parts).WithSummary("The five parts, and what is here of each.")
            .Produces<IReadOnlyList<PartDto>>().Problem(401, 403);
        net.MapPost("/parts/{part}/shared", ShareAsync).WithSummary("Let friends read a part of yours, or no longer.")
            .Produces(204).Problem(400, 401, 403, 409);
        net.MapGet("/keys", Keys).WithSummary("Keys that observations of a part name, in order.")
            .Produces<IReadOnlyList<string>>().Problem(400, 401, 403);
        net.MapGet("/observations", Observations).WithSummary("Every observation that names a key.")
            .Produces<IReadOnlyList<RecordDto>>().Problem(400, 401, 403);
        net.MapPost("/observations", ObserveAsync)
            .WithSummary("Take observations in, all of them or none; they are written with the next hour's batch.")
            .Produces<ObservedDto>(201).Problem(400, 401, 403, 409);
        net.MapDelete("/observations/{id}", RetractAsync).WithSummary("Take an observation of yours back.")
            .Produces(204).Problem(401, 403, 404, 409);
        net.MapGet("/merged", MergedAsync).WithSummary("What follows for a key, with everything that led to it.")
            .Produces<MergedDto>().Problem(400, 401, 403);
        net.MapGet("/subscriptions", (PartConsents consents) => TypedResults.Json(
                (IReadOnlyList<SubscriptionDto>)[.. consents.Subscriptions.Select(NetViews.Dto)],
                ApiJson.Default.IReadOnlyListSubscriptionDto))
            .WithSummary("What this node reads of others.")
            .Produces<IReadOnlyList<SubscriptionDto>>().Problem(401, 403);
        net.MapPost("/subscriptions", SubscribeAsync).WithSummary("Read a part of others, or change how.")
            .Produces<SubscriptionDto>(201).Problem(400, 401, 403, 409);
        net.MapDelete("/subscriptions/{part}/{trust}", UnsubscribeAsync).WithSummary("Read it no longer.")
            .Produces(204).Problem(401, 403, 404);
        net.MapGet("/folders", (ItemScopes scopes) => TypedResults.Json(
                (IReadOnlyList<FolderDto>)[.. scopes.Folders().Select(f => new FolderDto(f.Path, f.IsSensitive))],
                ApiJson.Default.IReadOnlyListFolderDto))
            .WithSummary("Folders whose files others may hear of, and sensitive ones.")
            .Produces<IReadOnlyList<FolderDto>>().Problem(401, 403);
        net.MapPost("/folders", SetFolderAsync).WithSummary("Open a folder to Net, or mark it as sensitive.")
            .Produces<FolderDto>().Produces<FolderDto>(201).Problem(400, 401, 403, 409);
        net.MapPost("/folders/remove", RemoveFolderAsync).WithSummary("Forget a folder: its files are private again.")
            .Produces<FolderDto>().Problem(401, 403, 404);
        net.MapExports();
        net.MapDetections();
        net.MapEditions();
        net.MapSignalAdmin();
    }

    private static IResult Parts(PartQueries parts) => TypedResults.Json(
        (IReadOnlyList<PartDto>)[.. parts.Parts().Select(NetViews.Dto)], ApiJson.Default.IReadOnlyListPartDto);

    private static async Task<IResult> ShareAsync(
        string part, ShareRequest request, PartActs acts, PartConsents consents, CancellationToken cancellation)
    {
        if (request is { Shared: true, Notice: false } && !consents.Shares(part))
            return Problems.Answer(new Problem("notice_required", 409, PartActs.Notice));
        return Answer(await acts.ShareAsync(part, request.Shared, cancellation));
    }

    private static IResult Keys(string part, PartRecords records, string after = "") =>
        NetApp.Parts.Contains(part)
            ? TypedResults.Json(records.Keys(part, after, KeysMax), ApiJson.Default.IReadOnlyListString)
            : Problems.Answer(Subscription.UnknownPart);

    private static IResult Observations(string key, PartRecords records) =>
        ContentKey.TryParse(key, out var known)
            ? TypedResults.Json(
                (IReadOnlyList<RecordDto>)[.. records.Of(known.Text).Select(NetViews.Dto)],
                ApiJson.Default.IReadOnlyListRecordDto)
            : Problems.Answer(BadKey);

    private static async Task<IResult> ObserveAsync(
        ObserveRequest request, PartActs acts, CancellationToken cancellation)
    {
        if (request.Observations.Count is 0 or > ObservationsMax || request.Observations.Any(o => o is null))
            return Problems.Answer(new Problem("net_schema", 400, "Name 1 to 10000 observations."));
        var read = new List<IObservation>(request.Observations.Count);
        foreach (var one in request.Observations)
        {
            var json = Encoding.UTF8.GetBytes(one.Observation.GetRawText());
            if (NetPayloads.Parse(new Kind(one.Kind), json) is not { } observed)
                return Problems.Answer(new Problem(
                    "net_schema", 400, "An observation is not as docs/schema/net describes its kind."));
            read.Add(observed);
        }

        if (request.File is { } file && await acts.SeeAsync(file, read, cancellation) is { } unseen)
            return Problems.Answer(unseen);
        var (taken, problem) = await acts.ObserveAsync(read, request.Open, cancellation);
        return problem is null
            ? TypedResults.Json(new ObservedDto(taken), ApiJson.Default.ObservedDto, statusCode: 201)
            : Problems.Answer(problem);
    }

    private static async Task<IResult> RetractAsync(string id, Retractions acts, CancellationToken cancellation) =>
        Answer(await acts.RetractAsync(id, cancellation));

    private static async Task<IResult> MergedAsync(
        string key, PartQueries parts, LocalCodecs codecs, CancellationToken cancellation,
        long? duration_ms = null) =>
        parts.Explain(key, duration_ms) is { } view
            ? TypedResults.Json(view.Dto(await codecs.OfAsync(view, cancellation)), ApiJson.Default.MergedDto)
            : Problems.Answer(BadKey);

    private static async Task<IResult> SubscribeAsync(
        SubscriptionDto request, EditionPins pins, CancellationToken cancellation)
    {
        if (NetViews.Read(request) is not { } wanted)
            return Problems.Answer(new Problem(
                "bad_subscription", 400, "An edition is latest or a number, and an aggregator a node's id."));
        return await pins.SubscribeAsync(wanted, cancellation) is { } problem
            ? Problems.Answer(problem)
            : TypedResults.Json(wanted.Dto(), ApiJson.Default.SubscriptionDto, statusCode: 201);
    }

    private static async Task<IResult> UnsubscribeAsync(
        string part, string trust, PartConsents consents, CancellationToken cancellation) =>
        Answer(await consents.UnsubscribeAsync(part, trust, cancellation) ? null : Problem.NotFound("subscription"));

    private static Task<IResult> SetFolderAsync(
        FolderRequest request, FolderActs acts, CancellationToken cancellation) =>
        SayAsync(request, request.Sensitive ? FolderWord.Sensitive : FolderWord.Open, acts, 201, cancellation);

    private static Task<IResult> RemoveFolderAsync(
        FolderRequest request, FolderActs acts, CancellationToken cancellation) =>
        SayAsync(request with { Sensitive = false }, FolderWord.Forget, acts, 200, cancellation);

    private static async Task<IResult> SayAsync(
        FolderRequest request, FolderWord word, FolderActs acts, int done, CancellationToken cancellation)
    {
        var (effect, problem) = request.DryRun
            ? acts.Tell(request.Path, word)
            : await acts.SayAsync(request.Path, word, cancellation);
        return effect is null || problem is not null
            ? Problems.Answer(problem!)
            : TypedResults.Json(
                new FolderDto(effect.Path, request.Sensitive, effect.Taken, effect.ByHand, request.DryRun),
                ApiJson.Default.FolderDto, statusCode: request.DryRun ? 200 : done);
    }

    internal static Problem BadKey { get; } = new(
        "bad_content_key", 400, "A content key looks like osh:8e245d9679d31e12:12909756 or work:tvdb:s81189/1/1.");

    private static IResult Answer(Problem? problem) =>
        problem is null ? TypedResults.NoContent() : Problems.Answer(problem);
}
