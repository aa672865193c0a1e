using System.Text.Json;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What the reaper saw at its last look, and what waits for the owner's word.</summary>
/// <param name="Client">The torrent client's program and version; null before it answered.</param>
/// <param name="Fault">Why nothing was seen: <c>no_client</c>, <c>client_not_watched</c>, or the client's code.</param>
/// <param name="Frozen">So many stalled at once that it is an outage here: nothing is done.</param>
/// <param name="Plan">To apply what is proposed.</param>
public sealed record ReaperDto(
    string? Client, long? AtMs, string? Fault, bool Frozen, int Stalling, int Judged, string Plan, long Epoch,
    IReadOnlyList<TorrentDto> Torrents);

/// <param name="State"><c>healthy</c>, <c>stalled</c> or <c>dead</c>.</param>
/// <param name="Neutral">Paused, queued, checked or moved: not judged.</param>
/// <param name="Complete">Per mille.</param>
/// <param name="StillMs">Time without a byte that was watched.</param>
/// <param name="Tracker">Its host; of its message the class is in <paramref name="Word"/>.</param>
/// <param name="NeedsHuman">The tracker does not know it any more.</param>
/// <param name="Next">The rung that comes next; <paramref name="Live"/> where it needs nobody's word.</param>
/// <param name="UntilMs">The rung tried last has until then to help.</param>
public sealed record TorrentDto(
    string Infohash, string State, long SinceMs, string Activity, bool Neutral, int Complete, string Private,
    bool Labelled, bool Known, long StillMs, int SeedlessScrapes, int EmptyWalks, string? Tracker, string Word,
    bool NeedsHuman, string? Next, bool Live, long? UntilMs, IReadOnlyList<SkippedDto> Skipped);

/// <summary>A rung that was passed over, and why.</summary>
public sealed record SkippedDto(string Rung, string Why);

/// <summary>What became of a plan's rungs.</summary>
public sealed record TakenDto(IReadOnlyList<TakenRungDto> Taken);

/// <param name="Outcome">
/// <c>done</c>, <c>gone</c>, <c>found</c>, <c>joined</c>, <c>asked</c>, <c>filled</c>, <c>none</c>, or the code of
/// what failed.
/// </param>
public sealed record TakenRungDto(
    string Infohash, string Rung, string Outcome, int Found, IReadOnlyList<IndexerHitDto> Hits);

/// <param name="Size">Bytes; 0 where the indexer does not tell.</param>
public sealed record IndexerHitDto(string Title, string? Infohash, long Size, int Seeders);

/// <summary>The reaper and peers_for, for the owner's programs.</summary>
internal static class ReaperApi
{
    public static void MapReaper(this RouteGroupBuilder api)
    {
        var fleet = api.MapGroup("/fleet").WithTags("fleet").ForOwner();
        fleet.MapGet("/reaper", Show).WithSummary("Every torrent of this device's client, and what is proposed.")
            .Produces<ReaperDto>().Problem(401, 403);
        fleet.MapPost("/reaper/plans/{plan}", ApplyAsync).WithSummary("Do what a plan of the reaper proposes.")
            .Produces<TakenDto>().Problem(401, 403, 404, 409);
        fleet.MapGet("/peers/{infohash}", PeersAsync).WithSummary("Who can give a torrent's bytes.")
            .Produces<PeersReply>().Problem(401, 403, 404);
        fleet.MapPost("/peers/{infohash}/dht", (string infohash, ReaperDesk desk, CancellationToken c) =>
                WalkAsync(infohash, true, desk, c)).WithSummary("Let the DHT be asked for a public torrent.")
            .Produces(204).Problem(400, 401, 403, 409);
        fleet.MapDelete("/peers/{infohash}/dht", (string infohash, ReaperDesk desk, CancellationToken c) =>
                WalkAsync(infohash, false, desk, c)).WithSummary("Ask the DHT for it no longer.")
            .Produces(204).Problem(400, 401, 403);
    }

    private static IResult Show(ReaperDesk desk)
    {
        var view = desk.View();
        var tick = view.Look.Tick;
        return TypedResults.Json(
            new ReaperDto(
                view.Look.Client, view.Look.AtMs, view.Look.Fault, tick is { IsFrozen: true }, tick?.Stalling ?? 0,
                tick?.Judged ?? 0, view.Plan.Id.ToString(), view.Plan.Epoch.Number, [.. view.Torrents.Select(Dto)]),
            ApiJson.Default.ReaperDto);
    }

    private static async Task<IResult> ApplyAsync(string plan, ReaperDesk desk, CancellationToken cancellation)
    {
        if (plan.Length != 2 * Hash256.Size || !plan.All(char.IsAsciiHexDigitLower))
            return Problems.Answer(Problem.NotFound("plan"));
        var (taken, problem) = await desk.ApplyAsync(new Hash256(Convert.FromHexString(plan)), cancellation);
        return problem is null
            ? TypedResults.Json(new TakenDto([.. taken.Select(Dto)]), ApiJson.Default.TakenDto)
            : Problems.Answer(problem);
    }

    private static async Task<IResult> PeersAsync(
        string infohash, PeersDesk desk, TimeProvider time, CancellationToken cancellation) =>
        PeersFor.IsInfoHash(infohash) && await desk.AnswerOwnAsync(infohash, cancellation) is { } answer
            ? TypedResults.Json(
                PeersReply.Of(
                    answer, CallerRing.Fleet, desk.PlanId, time.GetUtcNow().ToUnixTimeMilliseconds()),
                ApiJson.Default.PeersReply)
            : Problems.Answer(Problem.NotFound("torrent"));

    private static async Task<IResult> WalkAsync(
        string infohash, bool mayWalk, ReaperDesk desk, CancellationToken cancellation) =>
        await desk.SetWalkAsync(infohash, mayWalk, cancellation) is { } problem
            ? Problems.Answer(problem)
            : TypedResults.NoContent();

    private static TorrentDto Dto(TorrentView view)
    {
        var (sample, health) = (view.Torrent.Sample, view.Torrent.Health);
        return new TorrentDto(
            sample.InfoHash, Word(health.State), health.SinceMs, Word(sample.Activity), view.Torrent.IsNeutral,
            sample.CompletePermille, Word(view.Known.Scope.Privacy), sample.IsLabelled, view.Known.IsKnown,
            health.StillMs, health.SeedlessScrapes, health.EmptyWalks, sample.TrackerHost, Word(sample.Word),
            Gates.NeedsHuman(sample.Word), view.Next.Rung is { } rung ? Word(rung) : null, view.Next.IsLive,
            view.Next.UntilMs, [.. view.Next.Skipped.Select(s => new SkippedDto(Word(s.Rung), Word(s.Why)))]);
    }

    private static TakenRungDto Dto(TakenRung taken) => new(
        taken.Proposal.InfoHash, Word(taken.Proposal.Rung), taken.Outcome, taken.Found,
        [.. taken.Hits.Select(h => new IndexerHitDto(h.Title, h.InfoHash, h.SizeBytes, h.Seeders))]);

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
