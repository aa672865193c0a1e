using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>A total of many households; <paramref name="What"/> is a metric or the state of a swarm.</summary>
/// <param name="N">At least so many households, rounded down.</param>
/// <param name="By"><c>you</c> or <c>the aggregator</c>.</param>
public sealed record TotalDto(string Part, string By, string What, string Week, int N);

/// <summary>This node as an aggregator; weeks are ISO 8601.</summary>
/// <param name="SinceMs">Null where it counts nobody.</param>
/// <param name="OpenWeek">The week whose reports are taken now.</param>
/// <param name="Reports">Households whose report is not counted yet.</param>
/// <param name="CountedWeek">The last week that was counted; <paramref name="CountedSources"/> reported it.</param>
public sealed record AggregatorDto(
    bool Running, long? SinceMs, string? OpenWeek, int Reports, string? CountedWeek, int? CountedSources,
    IReadOnlyList<HouseholdDto> Households);

/// <summary>A household that is counted.</summary>
public sealed record HouseholdDto(string Name, long SinceMs);

/// <summary>Begins to count, or ends it.</summary>
public sealed record AggregatorRequest(bool Running);

/// <summary>Asks for the text of one household.</summary>
public sealed record EnrolRequest(string Name);

/// <summary>The text for a household's owner; shown once.</summary>
public sealed record EnrolledDto(string Name, string Text);

/// <summary>What this household reports, and to whom; <paramref name="Label"/> is what the owner agreed to.</summary>
/// <param name="CountsWatched">What is watched to its end is noted for the report.</param>
/// <param name="Cause">Why the last attempt came to nothing: <c>no_relay</c> or <c>report_refused</c>.</param>
public sealed record ReportDto(
    bool On, string Label, string? Aggregator, long? SinceMs, int Waiting, string? SentWeek, bool CountsWatched,
    string? Cause);

/// <summary>Whether what is watched to its end is noted for the report.</summary>
public sealed record ReportWatchedRequest(bool On);

/// <summary>Turns reporting on; <paramref name="Agree"/> once the label was shown.</summary>
public sealed record ReportRequest(string Text, bool Agree = false);

/// <summary>What was done with a title, or how a swarm is: exactly one of both.</summary>
/// <param name="Open">The owner says that what the key names comes from an open source.</param>
public sealed record SignalRequest(string Key, string? Metric = null, string? State = null, bool Open = false);

/// <summary>The weekly signal, for the owner's programs.</summary>
internal static class SignalApi
{
    public static void MapSignalAdmin(this RouteGroupBuilder net)
    {
        net.MapGet("/aggregator", Show).WithSummary("This node as an aggregator, and whom it counts.")
            .Produces<AggregatorDto>().Problem(401, 403);
        net.MapPost("/aggregator", RunAsync).WithSummary("Begin to count households' reports, or end it.")
            .Produces<AggregatorDto>().Problem(400, 401, 403);
        net.MapPost("/aggregator/households", EnrolAsync).WithSummary("Enrol a household; its text is shown once.")
            .Produces<EnrolledDto>(201).Problem(400, 401, 403, 409);
        net.MapDelete("/aggregator/households/{name}", RemoveAsync).WithSummary("Count a household no longer.")
            .Produces(204).Problem(401, 403, 404);
        net.MapGet("/report", (ReportPost post) => Answer(post))
            .WithSummary("What this household reports, and to whom.")
            .Produces<ReportDto>().Problem(401, 403);
        net.MapPost("/report", JoinAsync).WithSummary("Report to an aggregator, by the text that its owner made.")
            .Produces<ReportDto>(201).Problem(400, 401, 403, 409);
        net.MapDelete("/report", LeaveAsync).WithSummary("Report no longer, and delete what waits.")
            .Produces(204).Problem(401, 403, 404);
        net.MapPost("/report/watched", CountWatchedAsync)
            .WithSummary("Note for the report what is watched to its end, or no longer.")
            .Produces<ReportDto>().Problem(400, 401, 403, 409);
        net.MapPost("/signal", AddAsync).WithSummary("What was done with a title this week, while reporting is on.")
            .Produces(204).Problem(400, 401, 403, 409);
    }

    public static TotalDto Dto(this TotalView total) => new(
        total.Part, total.IsOwn ? "you" : "the aggregator", total.What, total.Week, total.N);

    private static IResult Show(Aggregator aggregator, Households households)
    {
        var view = aggregator.View();
        return TypedResults.Json(
            new AggregatorDto(
                view.SinceMs is not null, view.SinceMs, view.OpenWeek, view.Reports, view.CountedWeek,
                view.CountedSources, [.. households.All().Select(h => new HouseholdDto(h.Name, h.SinceMs))]),
            ApiJson.Default.AggregatorDto);
    }

    private static async Task<IResult> RunAsync(
        AggregatorRequest request, Aggregator aggregator, Households households, CancellationToken cancellation)
    {
        if (request.Running) await aggregator.StartAsync(cancellation);
        else await aggregator.StopAsync(cancellation);
        return Show(aggregator, households);
    }

    private static async Task<IResult> EnrolAsync(
        EnrolRequest request, Households households, CancellationToken cancellation)
    {
        var (text, problem) = await households.EnrolAsync(request.Name, cancellation);
        return problem is null
            ? TypedResults.Json(
                new EnrolledDto(request.Name, text!), ApiJson.Default.EnrolledDto, statusCode: 201)
            : Problems.Answer(problem);
    }

    private static async Task<IResult> RemoveAsync(
        string name, Households households, CancellationToken cancellation) =>
        await households.RemoveAsync(name, cancellation)
            ? TypedResults.NoContent()
            : Problems.Answer(Problem.NotFound("household"));

    private static async Task<IResult> JoinAsync(
        ReportRequest request, ReportBook book, ReportPost post, CancellationToken cancellation) =>
        await book.JoinAsync(request.Text, request.Agree, cancellation) is { } problem
            ? Problems.Answer(problem)
            : Answer(post, 201);

    private static async Task<IResult> CountWatchedAsync(
        ReportWatchedRequest request, ReportBook book, ReportPost post, CancellationToken cancellation) =>
        await book.CountWatchedAsync(request.On, cancellation) is { } problem
            ? Problems.Answer(problem)
            : Answer(post);

    private static async Task<IResult> LeaveAsync(ReportBook book, CancellationToken cancellation) =>
        await book.LeaveAsync(cancellation)
            ? TypedResults.NoContent()
            : Problems.Answer(Problem.NotFound("aggregator to report to"));

    private static async Task<IResult> AddAsync(
        SignalRequest request, ReportBook book, CancellationToken cancellation)
    {
        Problem? problem;
        if (request.State is null && NetText.TryRead<SignalMetric>(request.Metric) is { } metric)
            problem = await book.AddAsync(request.Key, metric, request.Open, cancellation);
        else if (request.Metric is null && NetText.TryRead<SwarmState>(request.State) is { } state)
            problem = await book.AddAsync(request.Key, state, request.Open, cancellation);
        else
            problem = new Problem(
                "bad_metric", 400,
                "Name one metric (finished, dropped, kept, trashed, starred, rewatch) or one state of a swarm "
                + "(healthy, stalled, dead).");
        return problem is null ? TypedResults.NoContent() : Problems.Answer(problem);
    }

    private static IResult Answer(ReportPost post, int status = 200)
    {
        var view = post.View();
        return TypedResults.Json(
            new ReportDto(
                view.Aggregator is not null, SignalReport.Label, view.Aggregator?.ToString(), view.SinceMs,
                view.Waiting, view.SentWeek, view.CountsWatched, view.Cause),
            ApiJson.Default.ReportDto, statusCode: status);
    }
}
