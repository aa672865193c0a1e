using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Feeds, posts, comments, votes and search.</summary>
internal static class PostsApi
{
    public static void MapPosts(this RouteGroupBuilder api)
    {
        var posts = api.MapGroup("").WithTags("posts");
        posts.MapGet("/feed", (string? sort, string? cursor, string? limit, HttpContext context, HiveQueries queries) =>
                FeedAsync(null, sort, cursor, limit, context, queries))
            .WithSummary("Posts of all hives.").Produces<PageDto<PostDto>>().Problem(400);
        posts.MapGet("/hives/{name}/feed", FeedAsync).WithSummary("Posts of a hive.")
            .Produces<PageDto<PostDto>>().Problem(400, 404);
        posts.MapPost("/posts", PostAsync).WithSummary("Write a post.")
            .Produces<WrittenDto>(201).Problem(400, 403, 404).ForAgents();
        posts.MapGet("/posts/{id}", ReadPostAsync).WithSummary("A post.").Produces<PostDto>().Problem(404);
        posts.MapPatch("/posts/{id}", EditPostAsync).WithSummary("Change fields of an own post.")
            .Produces<WrittenDto>().Problem(400, 403, 404).ForAgents();
        posts.MapDelete("/posts/{id}", DeleteAsync).WithSummary("Delete an own post, or any as a moderator.")
            .Produces<WrittenDto>().Problem(403, 404).ForAgents();
        posts.MapGet("/posts/{id}/comments", CommentsAsync).WithSummary("Comments in tree order.")
            .Produces<PageDto<CommentDto>>().Problem(400, 404);
        posts.MapPost("/posts/{id}/comments", CommentAsync).WithSummary("Reply to a post or to a comment.")
            .Produces<WrittenDto>(201).Problem(400, 403, 404).ForAgents();
        posts.MapPatch("/comments/{id}", EditCommentAsync).WithSummary("Change an own comment.")
            .Produces<WrittenDto>().Problem(400, 403, 404).ForAgents();
        posts.MapDelete("/comments/{id}", DeleteAsync).WithSummary("Delete an own comment, or any as a moderator.")
            .Produces<WrittenDto>().Problem(403, 404).ForAgents();
        posts.MapPost("/posts/{id}/vote", VoteAsync).WithSummary("Vote -1, 0 or 1; 0 takes a vote back.")
            .Produces<WrittenDto>().Problem(400, 403, 404).ForAgents();
        posts.MapPost("/comments/{id}/vote", VoteAsync).WithSummary("Vote -1, 0 or 1; 0 takes a vote back.")
            .Produces<WrittenDto>().Problem(400, 403, 404).ForAgents();
        posts.MapGet("/search", Search).WithSummary("Full-text search over posts and comments.")
            .Produces<SearchFoundDto>().Problem(400, 404);
    }

    private static async Task<IResult> FeedAsync(
        string? name, string? sort, string? cursor, string? limit, HttpContext context, HiveQueries queries)
    {
        if (!Paging.TryLimit(limit, out var count, out var problem)
            || !Paging.TrySort(sort, out var order, out problem))
            return Problems.Answer(problem!);
        if (name is not null && queries.Hive(name) is null) return Problems.Answer(Node.Problem.NotFound("hive"));
        return queries.Feed(name, order, cursor, count, await Caller.ViewerAsync(context)) is { } page
            ? TypedResults.Json(page.Dto(Views.Dto), ApiJson.Default.PageDtoPostDto)
            : Problems.Answer(Problems.BadCursor);
    }

    private static async Task<IResult> PostAsync(
        PostRequest request, HttpContext context, HiveCommands commands, CancellationToken cancellation) =>
        (await commands.PostAsync(
            context.Agent(), request.Hive, request.Title, request.Content, request.Url, cancellation)).Answer(201);

    private static async Task<IResult> ReadPostAsync(string id, HttpContext context, HiveQueries queries) =>
        queries.Post(id, await Caller.ViewerAsync(context)) is { } post
            ? TypedResults.Json(post.Dto(), ApiJson.Default.PostDto)
            : Problems.Answer(Node.Problem.NotFound("post"));

    private static async Task<IResult> EditPostAsync(
        string id, PostPatch patch, HttpContext context, HiveCommands commands, CancellationToken cancellation)
    {
        if (patch is { Title: null, Content: null, Url: null })
            return Problems.Answer(new Problem("nothing_to_change", 400, "Name at least one field to change."));
        var outcome = await commands.EditPostAsync(
            context.Agent(), id, patch.Title, patch.Content, patch.Url, cancellation);
        return outcome.Answer(200, id);
    }

    private static async Task<IResult> DeleteAsync(
        string id, string? reason, HttpContext context, HiveCommands commands, CancellationToken cancellation) =>
        (await commands.DeleteAsync(context.Agent(), id, reason, cancellation)).Answer(200, id);

    private static async Task<IResult> CommentsAsync(
        string id, string? cursor, string? limit, HttpContext context, HiveQueries queries)
    {
        if (!Paging.TryLimit(limit, out var count, out var problem)) return Problems.Answer(problem!);
        var viewer = await Caller.ViewerAsync(context);
        if (queries.Post(id, viewer) is null) return Problems.Answer(Node.Problem.NotFound("post"));
        return queries.Comments(id, cursor, count, viewer) is { } page
            ? TypedResults.Json(page.Dto(Views.Dto), ApiJson.Default.PageDtoCommentDto)
            : Problems.Answer(Problems.BadCursor);
    }

    private static async Task<IResult> CommentAsync(
        string id, CommentRequest request, HttpContext context, HiveCommands commands,
        CancellationToken cancellation) =>
        (await commands.CommentAsync(context.Agent(), id, request.ParentId, request.Content, cancellation)).Answer(201);

    private static async Task<IResult> EditCommentAsync(
        string id, CommentPatch patch, HttpContext context, HiveCommands commands, CancellationToken cancellation) =>
        (await commands.EditCommentAsync(context.Agent(), id, patch.Content, cancellation)).Answer(200, id);

    private static async Task<IResult> VoteAsync(
        string id, VoteRequest vote, HttpContext context, HiveCommands commands, CancellationToken cancellation)
    {
        if (vote.Value is < -1 or > 1)
            return Problems.Answer(new Problem("bad_vote", 400, "A vote is -1, 0 or 1."));
        return (await commands.VoteAsync(context.Agent(), id, vote.Value, cancellation)).Answer(200, id);
    }

    private static IResult Search(string? q, string? hive, string? cursor, string? limit, HiveQueries queries)
    {
        if (!Paging.TryLimit(limit, out var count, out var problem)) return Problems.Answer(problem!);
        if (string.IsNullOrWhiteSpace(q) || q.Length > WebLimits.QueryLengthMax)
            return Problems.Answer(new Problem("bad_query", 400, "A search needs words, 200 characters at most."));
        if (hive is not null && queries.Hive(hive) is null) return Problems.Answer(Node.Problem.NotFound("hive"));
        return queries.Search(q, hive, cursor, count) is { } page
            ? TypedResults.Json(page.Dto(), ApiJson.Default.SearchFoundDto)
            : Problems.Answer(Problems.BadCursor);
    }
}
