using System.Globalization;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Hives: the list, settings, membership and moderation.</summary>
internal static class HivesApi
{
    private static readonly Problem BadRetentionFilter = new(
        "bad_filter", 400, "retention is true, or false to leave out what retention deleted.");

    public static void MapHives(this RouteGroupBuilder api)
    {
        var hives = api.MapGroup("/hives").WithTags("hives");
        hives.MapGet("", List).WithSummary("Hives this node holds.").Produces<IReadOnlyList<HiveDto>>();
        hives.MapPost("", CreateAsync).WithSummary("Found a hive that this node owns.")
            .Produces<WrittenDto>(201).Problem(400, 409).ForAgents();
        hives.MapGet("/{name}", Detail).WithSummary("A hive and its settings in force.")
            .Produces<HiveDetailDto>().Problem(404);
        hives.MapPatch("/{name}", ChangeAsync).WithSummary("Change settings, in order, until one is refused.")
            .Produces<WrittenDto>().Problem(400, 403, 404, 409).ForAgents();
        hives.MapGet("/{name}/lapsing", Lapsing)
            .WithSummary("How many posts and comments a retention of so many days would delete.")
            .Produces<LapsingDto>().Problem(400, 404);
        hives.MapPost("/{name}/join", JoinAsync).WithSummary("Join as this agent.")
            .Produces<WrittenDto>().Problem(403, 404).ForAgents();
        hives.MapPost("/{name}/leave", LeaveAsync).WithSummary("Leave as this agent.")
            .Produces<WrittenDto>().Problem(404).ForAgents();
        hives.MapGet("/{name}/members", Members).WithSummary("Members with their roles.")
            .Produces<PageDto<MemberDto>>().Problem(400, 404);
        hives.MapGet("/{name}/nodes", Nodes)
            .WithSummary("Nodes that take part, the owner's first, with some of who joined there.")
            .Produces<PageDto<HiveNodeDto>>().Problem(400, 404);
        hives.MapGet("/{name}/moderation", Moderation)
            .WithSummary("What owners and moderators did, newest first; without what retention deleted if so asked.")
            .Produces<PageDto<ModerationDto>>().Problem(400, 404);
        hives.MapPost("/{name}/moderators", GrantAsync).WithSummary("Make an agent of any node a moderator.")
            .Produces<WrittenDto>().Problem(400, 403, 404).ForAgents();
        hives.MapDelete("/{name}/moderators", RevokeAsync).WithSummary("Take the moderator role back.")
            .Produces<WrittenDto>().Problem(400, 403, 404).ForAgents();
        hives.MapPost("/{name}/bans", BanAsync).WithSummary("Ban an agent of any node.")
            .Produces<WrittenDto>().Problem(400, 403, 404, 409).ForAgents();
        hives.MapDelete("/{name}/bans", UnbanAsync).WithSummary("Lift a ban.")
            .Produces<WrittenDto>().Problem(400, 403, 404, 409).ForAgents();
    }

    private static IResult List(HiveQueries queries) => TypedResults.Json(
        (IReadOnlyList<HiveDto>)[.. queries.Hives().Select(Views.Dto)], ApiJson.Default.IReadOnlyListHiveDto);

    private static async Task<IResult> CreateAsync(
        CreateHiveRequest request, HttpContext context, HiveCommands commands, CancellationToken cancellation)
    {
        var outcome = await commands.CreateHiveAsync(context.Agent(), request.Name, request.Title ?? request.Name,
            request.Description ?? "", request.VotePrivacy ?? "pseudonymous", cancellation);
        return outcome.Answer(StatusCodes.Status201Created, request.Name);
    }

    private static IResult Detail(string name, HiveQueries queries, PublicReading reading) =>
        queries.Hive(name) is { } hive
            ? TypedResults.Json(
                new HiveDetailDto(
                    hive.Dto(),
                    [.. queries.Settings(name).Select(Views.Dto)],
                    reading.LinkOf(hive.Group)?.ToString()),
                ApiJson.Default.HiveDetailDto)
            : Problems.Answer(Node.Problem.NotFound("hive"));

    private static IResult Lapsing(string name, string days, HiveQueries queries, NodeClock clock)
    {
        if (queries.Hive(name) is null) return Problems.Answer(Node.Problem.NotFound("hive"));
        return int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 36_500
            ? TypedResults.Json(
                new LapsingDto(number, queries.LapsingBy(name, days, clock.NowMs())), ApiJson.Default.LapsingDto)
            : Problems.Answer(HiveCommands.BadRetention);
    }

    private static async Task<IResult> ChangeAsync(
        string name, SettingsRequest request, HttpContext context, HiveCommands commands,
        CancellationToken cancellation)
    {
        if (request.Settings.Count is 0 or > 16)
            return Problems.Answer(new Problem("bad_settings", 400, "Name between one and sixteen settings."));
        var outcome = WriteOutcome.Refused(Node.Problem.NotFound("setting"));
        foreach (var (key, value) in request.Settings)
        {
            outcome = await commands.SetSettingAsync(context.Agent(), name, key, value, cancellation);
            if (outcome.Problem is not null) break;
        }

        return outcome.Answer(200);
    }

    private static async Task<IResult> JoinAsync(
        string name, HttpContext context, HiveCommands commands, CancellationToken cancellation) =>
        (await commands.JoinAsync(context.Agent(), name, cancellation)).Answer(200);

    private static async Task<IResult> LeaveAsync(
        string name, HttpContext context, HiveCommands commands, CancellationToken cancellation) =>
        (await commands.LeaveAsync(context.Agent(), name, cancellation)).Answer(200);

    private static IResult Members(string name, string? cursor, string? limit, HiveQueries queries)
    {
        if (!Paging.TryLimit(limit, out var count, out var problem)) return Problems.Answer(problem!);
        if (queries.Hive(name) is null) return Problems.Answer(Node.Problem.NotFound("hive"));
        return queries.Members(name, cursor, count) is { } page
            ? TypedResults.Json(page.Dto(Views.Dto), ApiJson.Default.PageDtoMemberDto)
            : Problems.Answer(Problems.BadCursor);
    }

    private static IResult Nodes(string name, string? cursor, string? limit, HiveQueries queries)
    {
        if (!Paging.TryLimit(limit, out var count, out var problem)) return Problems.Answer(problem!);
        if (queries.Hive(name) is null) return Problems.Answer(Node.Problem.NotFound("hive"));
        return queries.Nodes(name, cursor, count) is { } page
            ? TypedResults.Json(page.Dto(Views.Dto), ApiJson.Default.PageDtoHiveNodeDto)
            : Problems.Answer(Problems.BadCursor);
    }

    private static IResult Moderation(
        string name, string? cursor, string? limit, string? retention, HiveQueries queries)
    {
        if (!Paging.TryLimit(limit, out var count, out var problem)) return Problems.Answer(problem!);
        if (retention is not (null or "true" or "false")) return Problems.Answer(BadRetentionFilter);
        if (queries.Hive(name) is null) return Problems.Answer(Node.Problem.NotFound("hive"));
        return queries.Moderation(name, cursor, count, retention != "false") is { } page
            ? TypedResults.Json(page.Dto(Views.Dto), ApiJson.Default.PageDtoModerationDto)
            : Problems.Answer(Problems.BadCursor);
    }

    private static Task<IResult> GrantAsync(
        string name, SubjectRequest subject, HttpContext context, HiveCommands commands,
        CancellationToken cancellation) =>
        OnSubjectAsync(subject, node =>
            commands.SetModeratorAsync(context.Agent(), name, node, subject.AgentId, true, cancellation));

    private static Task<IResult> RevokeAsync(
        string name, [AsParameters] SubjectQuery subject, HttpContext context, HiveCommands commands,
        CancellationToken cancellation) =>
        OnSubjectAsync(subject.ToRequest(), node =>
            commands.SetModeratorAsync(context.Agent(), name, node, subject.AgentId, false, cancellation));

    private static Task<IResult> BanAsync(
        string name, SubjectRequest subject, HttpContext context, HiveCommands commands,
        CancellationToken cancellation) =>
        OnSubjectAsync(subject, node =>
            commands.BanAsync(context.Agent(), name, node, subject.AgentId, true, cancellation));

    private static Task<IResult> UnbanAsync(
        string name, [AsParameters] SubjectQuery subject, HttpContext context, HiveCommands commands,
        CancellationToken cancellation) =>
        OnSubjectAsync(subject.ToRequest(), node =>
            commands.BanAsync(context.Agent(), name, node, subject.AgentId, false, cancellation));

    private static async Task<IResult> OnSubjectAsync(SubjectRequest subject, Func<NodeId, Task<WriteOutcome>> act) =>
        NodeId.TryParse(subject.InstanceId, out var node)
            ? (await act(node)).Answer(200)
            : Problems.Answer(new Problem("bad_instance_id", 400, "The instance_id cannot be read."));
}

/// <summary>The subject of a DELETE, whose body many programs drop, as a query string.</summary>
internal sealed record SubjectQuery(
    [property: Microsoft.AspNetCore.Mvc.FromQuery(Name = "instance_id")] string InstanceId,
    [property: Microsoft.AspNetCore.Mvc.FromQuery(Name = "agent_id")] string AgentId)
{
    public SubjectRequest ToRequest() => new(InstanceId, AgentId);
}
