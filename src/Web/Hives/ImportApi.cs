using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>A message of an older discussion. Key and parent_key are the caller's; parent_id is one of ours.</summary>
public sealed record ImportMessage(
    string Key, string Author, string Content, string? Title = null, string? ParentId = null, string? ParentKey = null);

public sealed record ImportRequest(IReadOnlyList<ImportMessage> Messages);

/// <summary>A message that was written, with the id it got.</summary>
public sealed record ImportedDto(string Key, string Id);

/// <summary>A message that was refused, and why.</summary>
public sealed record RefusedDto(string Key, string Code);

/// <summary>What became of an import. A message in neither list waits for a parent that is not here yet.</summary>
public sealed record ImportReport(IReadOnlyList<ImportedDto> Written, IReadOnlyList<RefusedDto> Refused);

/// <summary>Brings older discussions in, for the owner's command line; each author becomes an agent of this node.</summary>
internal static class ImportApi
{
    public static void MapImport(this RouteGroupBuilder api) =>
        api.MapGroup("").ForOwner().MapPost("/hives/{name}/import", ImportAsync).WithTags("hives")
            .WithSummary("Write older messages as their authors, parents before replies.")
            .Produces<ImportReport>().Problem(400, 401, 403, 404);

    private static async Task<IResult> ImportAsync(
        string name, ImportRequest request, HiveQueries queries, AgentRegistry agents, HiveCommands commands,
        CancellationToken cancellation)
    {
        if (request.Messages.Count > WebLimits.ImportMax)
            return Problems.Answer(new Problem("too_many", 400, "Send at most 512 messages at once."));
        if (queries.Hive(name) is null) return Problems.Answer(Node.Problem.NotFound("hive"));
        var written = new Dictionary<string, string>(StringComparer.Ordinal);
        var refused = new List<RefusedDto>();
        foreach (var message in request.Messages)
        {
            var parent = message.ParentId ?? (message.ParentKey is { } key ? written.GetValueOrDefault(key) : null);
            if (parent is null && message.Title is null) continue;
            var author = await agents.ImportedAsync(message.Author, cancellation);
            var outcome = parent is null
                ? await commands.PostAsync(author, name, message.Title!, message.Content, null, cancellation)
                : await ReplyAsync(parent, message.Content, author, queries, commands, cancellation);
            if (outcome is null) continue;
            if (outcome.Problem is { } problem) refused.Add(new RefusedDto(message.Key, problem.Code));
            else written[message.Key] = outcome.Id!;
        }

        var report = new ImportReport([.. written.Select(pair => new ImportedDto(pair.Key, pair.Value))], refused);
        return TypedResults.Json(report, ApiJson.Default.ImportReport);
    }

    /// <summary>Null where the parent has not arrived on this node.</summary>
    private static async Task<WriteOutcome?> ReplyAsync(
        string parent, string content, LocalAgent author, HiveQueries queries, HiveCommands commands,
        CancellationToken cancellation)
    {
        if (queries.Post(parent, null) is not null)
            return await commands.CommentAsync(author, parent, null, content, cancellation);
        return queries.Comment(parent, null) is { } comment
            ? await commands.CommentAsync(author, comment.PostId, parent, content, cancellation)
            : null;
    }
}
