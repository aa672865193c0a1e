using System.Globalization;
using System.Text.Json;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>An edition; <paramref name="By"/> is you, a friend or the aggregator.</summary>
/// <param name="Kind"><c>full</c> or <c>delta</c>.</param>
/// <param name="Held">Its rows are here.</param>
/// <param name="Here">Its file is.</param>
/// <param name="Suspicion">Why it was set apart.</param>
/// <param name="Fault">What reading the file again found; only where that was asked for.</param>
public sealed record PartEditionDto(
    string Part, string Group, string By, long Seq, string Week, string Kind, long Rows, long Bytes, long RawBytes,
    string StateRoot, string Infohash, bool Held, bool Here, string? Suspicion, string? Fault);

/// <summary>Asks for an edition of a part; <paramref name="Notice"/> was shown to the owner.</summary>
public sealed record PublishRequest(string Part, bool Notice = false);

/// <summary>The edition that was made; null where nothing changed since the last.</summary>
public sealed record PublishedDto(PartEditionDto? Edition);

/// <summary>A row that an edition added or took away.</summary>
/// <param name="Change"><c>added</c> or <c>removed</c>.</param>
/// <param name="Observation">Null for a row that takes another back: what that said is gone.</param>
public sealed record RowChangeDto(string Change, IReadOnlyList<string> Keys, string Kind, JsonElement? Observation);

/// <summary>What an edition changed against the one before, a page of it.</summary>
/// <param name="Before">The number of the one before; null for the first.</param>
/// <param name="Added">All pages together, like <paramref name="Removed"/>.</param>
/// <param name="Next">The cursor of the following page; null at the end.</param>
public sealed record ChangesDto(
    PartEditionDto Edition, long? Before, long Added, long Removed, IReadOnlyList<RowChangeDto> Items, string? Next);

/// <summary>What staying with an edition changes.</summary>
/// <param name="Counts">
/// What changes are told against: log, where all that was said counts, edition for the one in use, or nothing.
/// </param>
/// <param name="Held">The number whose rows are here; null where none of that publisher is.</param>
/// <param name="Pin">The number that the part stays with now; null for the latest.</param>
/// <param name="Others">Other friends whose editions of the part the number holds for as well.</param>
/// <param name="Added">Rows that would come, all pages together; <paramref name="Removed"/> would go.</param>
/// <param name="Markers">How many of both say where an intro or the like is.</param>
/// <param name="Next">The cursor of the following page; null at the end.</param>
public sealed record PinDto(
    PartEditionDto Edition, string Counts, long? Held, long? Pin, int Others, long Added, long Removed, long Markers,
    IReadOnlyList<RowChangeDto> Items, string? Next);

/// <summary>Editions, for the owner's command line.</summary>
internal static class EditionApi
{
    public static void MapEditions(this RouteGroupBuilder net)
    {
        net.MapGet("/editions", List).WithSummary("Editions of yours and of friends; verify reads their files again.")
            .Produces<IReadOnlyList<PartEditionDto>>().Problem(400, 401, 403);
        net.MapGet("/editions/{group}/{seq}/changes", Changes)
            .WithSummary("What an edition changed against the one before.")
            .Produces<ChangesDto>().Problem(400, 401, 403, 404, 409);
        net.MapGet("/editions/{group}/{seq}/pin", Pin)
            .WithSummary("What would change if this node stayed with that edition.")
            .Produces<PinDto>().Problem(400, 401, 403, 404, 409);
        net.MapPut("/editions/{group}/{seq}/pin", StayAsync)
            .WithSummary("Stay with an edition, or go back to it; its number holds for all editions of the part.")
            .Produces(204).Problem(401, 403, 404, 409);
        net.MapDelete("/editions/{group}/{seq}/pin", FollowAsync).WithSummary("Follow the latest again.")
            .Produces(204).Problem(401, 403, 404);
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

    private static IResult Changes(string group, string seq, string? cursor, string? limit, EditionChanges changes)
    {
        if (!Paging.TryLimit(limit, out var count, out var problem)) return Problems.Answer(problem!);
        if (Number(cursor ?? "0") is not { } after) return Problems.Answer(Problems.BadCursor);
        if (Find(changes, group, seq) is not { } edition) return Problems.Answer(Problem.NotFound("edition"));
        return changes.Of(edition, after, count) is { } view
            ? TypedResults.Json(Dto(view), ApiJson.Default.ChangesDto)
            : Problems.Answer(NotHere);
    }

    private static IResult Pin(
        string group, string seq, string? cursor, string? limit, EditionChanges changes, EditionPins pins)
    {
        if (!Paging.TryLimit(limit, out var count, out var problem)) return Problems.Answer(problem!);
        if (Number(cursor ?? "0") is not { } after) return Problems.Answer(Problems.BadCursor);
        if (Find(changes, group, seq) is not { } edition) return Problems.Answer(Problem.NotFound("edition"));
        var (preview, refused) = pins.Look(edition, after, count);
        return preview is { } would
            ? TypedResults.Json(
                new PinDto(
                    Dto(would.Edition, null), NetText.Of(would.Counts), would.Held?.Manifest.Seq, would.Pin,
                    would.Others, would.Changes?.Added ?? 0, would.Changes?.Removed ?? 0,
                    would.Changes?.Markers ?? 0,
                    [.. (would.Changes?.Rows ?? []).Select(Dto)],
                    would.Changes?.Next?.ToString(CultureInfo.InvariantCulture)),
                ApiJson.Default.PinDto)
            : Problems.Answer(refused!);
    }

    private static async Task<IResult> StayAsync(
        string group, string seq, EditionChanges changes, EditionPins pins, CancellationToken cancellation) =>
        Done(Find(changes, group, seq) is { } edition
            ? await pins.StayAsync(edition, cancellation)
            : Problem.NotFound("edition"));

    private static async Task<IResult> FollowAsync(
        string group, string seq, EditionChanges changes, EditionPins pins, CancellationToken cancellation) =>
        Done(Find(changes, group, seq) is { } edition
            ? await pins.FollowAsync(edition, cancellation)
            : Problem.NotFound("edition"));

    private static IResult Done(Problem? problem) =>
        problem is null ? TypedResults.NoContent() : Problems.Answer(problem);

    internal static Problem NotHere { get; } = new(
        "net_edition_absent", 409, "The rows of that edition, or of the one before, are not here any more.");

    /// <summary>The edition that a path names; null where there is none.</summary>
    internal static PartEditionView? Find(EditionChanges changes, string group, string seq) =>
        GroupId.TryParse(group, out var known) && Number(seq) is { } number ? changes.Find(known, number) : null;

    internal static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

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

    private static ChangesDto Dto(ChangesView view) => new(
        Dto(view.Edition, null), view.Before, view.Added, view.Removed, [.. view.Rows.Select(Dto)],
        view.Next?.ToString(CultureInfo.InvariantCulture));

    private static RowChangeDto Dto(ChangedRow change) => new(
        change.IsAdded ? "added" : "removed", change.Row.Keys,
        change.Row.Content switch
        {
            IObservation observed => NetPayloads.KindOf(observed).Name,
            ObservationRetracted => NetApp.ObservationRetracted.Name,
            SignalRow => "signal_row",
            _ => "hint_row",
        },
        change.Row.Content is ObservationRetracted ? null : NetPayloads.Element(change.Row.Content));

    private static string By(PartEditionView e) => e.IsOwn ? "you"
        : e.Manifest.Ring == EditionRing.Network ? "the aggregator"
        : "a friend";

    private static PartEditionDto Dto(PartEditionView e, string? fault) => new(
        e.Manifest.Part, e.Group.ToString(), By(e), e.Manifest.Seq, e.Manifest.Week,
        NetText.Of(e.Manifest.Kind), e.Manifest.File.Rows, e.Manifest.File.Bytes, e.Manifest.File.RawBytes,
        e.Manifest.StateRoot, e.Manifest.File.Ih1, e.IsHeld, e.IsFile, e.Suspicion, fault);
}
