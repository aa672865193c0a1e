using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>An entry of the log, as it was written.</summary>
public sealed record LogEntryDto(
    long Seq, long TimeMs, string Level, string Area, int EventId, string Message, string? Cause);

/// <summary>Entries, oldest first, and the number after which to ask for more.</summary>
public sealed record LogsDto(IReadOnlyList<LogEntryDto> Entries, long Next);

/// <summary>The least grave level that an area logs.</summary>
public sealed record LogLevelDto(string Area, string Level);

/// <summary>Asks for another level, everywhere where no area is named.</summary>
public sealed record LogLevelRequest(string Level, string? Area = null);

/// <summary>The log's last entries, and how much each area says.</summary>
internal static class LogsApi
{
    public static void MapLogs(this RouteGroupBuilder api)
    {
        var logs = api.MapGroup("/logs").WithTags("logs").ForOwner();
        logs.MapGet("/", Logs).WithSummary("The last entries of the log, after the one with number `after`.")
            .Produces<LogsDto>().Problem(401, 403);
        logs.MapGet("/levels", Levels).WithSummary("How much each area logs.")
            .Produces<IReadOnlyList<LogLevelDto>>().Problem(401, 403);
        logs.MapPost("/levels", SetLevel).WithSummary("Change that, until the next start.")
            .Produces<IReadOnlyList<LogLevelDto>>().Problem(400, 401, 403);
    }

    private static IResult Logs(LogMemory memory, long? after)
    {
        var entries = memory.After(after ?? 0);
        return TypedResults.Json(
            new LogsDto(
                [.. entries.Select(e => new LogEntryDto(
                    e.Seq, e.TimeMs, KnownSettings.NameOf(e.Level), LogLevels.Name(e.Area), e.EventId, e.Message,
                    e.Cause))],
                entries.Count > 0 ? entries[^1].Seq : after ?? 0),
            ApiJson.Default.LogsDto);
    }

    private static IResult Levels(LogLevels levels) => TypedResults.Json(
        (IReadOnlyList<LogLevelDto>)[.. LogLevels.Areas.Select(a => new LogLevelDto(
            LogLevels.Name(a), KnownSettings.NameOf(levels.Of(a))))],
        ApiJson.Default.IReadOnlyListLogLevelDto);

    private static IResult SetLevel(LogLevelRequest request, LogLevels levels) =>
        Set(levels, request.Area, request.Level) is { } problem ? Problems.Answer(problem) : Levels(levels);

    /// <summary>Null where it was done.</summary>
    /// <param name="area">Null for all of them.</param>
    internal static Problem? Set(LogLevels levels, string? area, string level)
    {
        var about = area is null ? null : LogLevels.Area(area);
        if (area is not null && about is null)
        {
            var areas = string.Join(", ", LogLevels.Areas.Select(LogLevels.Name));
            return new Problem("bad_area", 400, $"The areas of the log are {areas}.");
        }

        if (KnownSettings.Level(level) is not { } least)
            return new Problem("bad_level", 400, $"A level is {KnownSettings.LevelRule}.");
        levels.Set(about, least);
        return null;
    }
}
