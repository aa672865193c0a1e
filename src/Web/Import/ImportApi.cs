using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>A message to write as an agent named after its author: a post, or with a parent a reply.</summary>
/// <param name="ParentId">A post or comment of this node.</param>
/// <param name="ParentKey">An earlier message of the same request.</param>
public sealed record ImportMessage(
    string Key, string Author, string Content, string? Title = null, string? ParentId = null, string? ParentKey = null);

public sealed record ImportRequest(IReadOnlyList<ImportMessage> Messages);

/// <summary>A message that is now a post or comment.</summary>
public sealed record ImportedDto(string Key, string Id);

/// <summary>A message that was refused, and why.</summary>
public sealed record ImportRefusedDto(string Key, string Code, string Title);

/// <summary>What became of each message; <c>waiting</c> names those whose parent is not here yet.</summary>
public sealed record ImportReportDto(
    IReadOnlyList<ImportedDto> Written, IReadOnlyList<string> Waiting, IReadOnlyList<ImportRefusedDto> Refused);

/// <summary>
/// Writing many messages in few flushes, for the owner: discussions from elsewhere arrive with authors who are not
/// there to ask for a key.
/// </summary>
internal static class ImportApi
{
    public static void MapImport(this RouteGroupBuilder api) =>
        api.MapGroup("/hives/{name}/import").WithTags("hives").ForOwner()
            .MapPost("", ImportAsync).WithSummary("Write messages as agents named after their authors.")
            .Produces<ImportReportDto>().Problem(400, 401, 403, 404);

    private static async Task<IResult> ImportAsync(
        string name, ImportRequest request, HiveQueries queries, HiveCommands commands, AgentRegistry agents,
        CancellationToken cancellation)
    {
        if (request.Messages.Count is 0 or > WebLimits.ImportMax)
            return Problems.Answer(new Problem("bad_import", 400, "Send between 1 and 256 messages."));
        if (queries.Hive(name) is null) return Problems.Answer(Node.Problem.NotFound("hive"));
        var import = new Import(name, queries, commands, agents);
        return TypedResults.Json(
            await import.RunAsync(request.Messages, cancellation), ApiJson.Default.ImportReportDto);
    }

    /// <summary>
    /// Writes in waves: all messages whose parent is known go to the writer together and share a flush, then those
    /// that reply to them.
    /// </summary>
    private sealed class Import(string hive, HiveQueries queries, HiveCommands commands, AgentRegistry agents)
    {
        private readonly Dictionary<string, LocalAgent> _authors = new(StringComparer.Ordinal);
        private readonly Dictionary<string, (string Id, string PostId)> _written = new(StringComparer.Ordinal);
        private readonly List<ImportRefusedDto> _refused = [];

        public async Task<ImportReportDto> RunAsync(
            IReadOnlyList<ImportMessage> messages, CancellationToken cancellation)
        {
            foreach (var author in messages.Select(m => m.Author).Distinct(StringComparer.Ordinal))
                _authors[author] = await agents.ImportedAsync(author, cancellation);
            var left = messages.ToList();
            while (true)
            {
                var wave = left.Where(m => Place(m) is not null).ToArray();
                if (wave.Length == 0) break;
                var outcomes = await Task.WhenAll(wave.Select(m => WriteAsync(m, Place(m)!, cancellation)));
                for (var at = 0; at < wave.Length; at++) Settle(wave[at], outcomes[at]);
                left.RemoveAll(wave.Contains);
            }

            return new ImportReportDto(
                [.. _written.Select(w => new ImportedDto(w.Key, w.Value.Id))], [.. left.Select(m => m.Key)], _refused);
        }

        private sealed record Where(string? PostId, string? ParentId);

        /// <summary>Null while the parent is not here.</summary>
        private Where? Place(ImportMessage message)
        {
            if (message.ParentKey is { } key)
                return _written.TryGetValue(key, out var parent) ? new Where(parent.PostId, parent.Id) : null;
            if (message.ParentId is not { } id) return new Where(null, null);
            if (queries.Post(id, null) is { Text: not TextState.Awaited }) return new Where(id, id);
            return queries.Comment(id, null) is { Text: not TextState.Awaited } comment
                ? new Where(comment.PostId, id)
                : null;
        }

        private async Task<(WriteOutcome Outcome, string? PostId)> WriteAsync(
            ImportMessage message, Where where, CancellationToken cancellation)
        {
            var agent = _authors[message.Author];
            var outcome = where.PostId is null
                ? await commands.PostAsync(agent, hive, message.Title ?? "", message.Content, null, cancellation)
                : await commands.CommentAsync(agent, where.PostId, where.ParentId, message.Content, cancellation);
            return (outcome, where.PostId);
        }

        private void Settle(ImportMessage message, (WriteOutcome Outcome, string? PostId) result)
        {
            if (result.Outcome.Problem is { } problem)
                _refused.Add(new ImportRefusedDto(message.Key, problem.Code, problem.Sentence));
            else
                _written[message.Key] = (result.Outcome.Id!, result.PostId ?? result.Outcome.Id!);
        }
    }
}
