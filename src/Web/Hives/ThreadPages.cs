using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Pages of one thread: read, write, edit, delete. Without script each form has its own page.</summary>
internal static class ThreadPages
{
    public static void MapThreadPages(this RouteGroupBuilder pages)
    {
        pages.MapGet("/h/{name}/post", (string name, HiveQueries queries) => New(name, queries, new PostFields()));
        pages.MapPost("/h/{name}/post", PostAsync);
        pages.MapGet("/p/{id}", async (string id, string? cursor, ThreadDesk desk) =>
            await desk.ThreadAsync(id, cursor, new CommentFields()));
        pages.MapPost("/p/{id}/reply", ReplyToPostAsync);
        pages.MapGet("/p/{id}/edit", EditPageAsync);
        pages.MapPost("/p/{id}/edit", EditAsync);
        pages.MapGet("/p/{id}/delete", (string id, ThreadDesk desk) => desk.DeletePostAsync(id, null));
        pages.MapPost("/p/{id}/delete", DeletePostAsync);
        pages.MapGet("/c/{id}", (string id, HttpContext context, ThreadDesk desk) =>
            desk.CommentAsync(id, new CommentFields(), edits: false, context.WantsFragment()));
        pages.MapPost("/c/{id}/reply", ReplyToCommentAsync);
        pages.MapGet("/c/{id}/edit", (string id, ThreadDesk desk) => desk.CommentAsync(id, null, edits: true, false));
        pages.MapPost("/c/{id}/edit", EditCommentAsync);
        pages.MapGet("/c/{id}/delete", (string id, ThreadDesk desk) => desk.DeleteCommentAsync(id, null));
        pages.MapPost("/c/{id}/delete", DeleteCommentAsync);
    }

    private static IResult New(string name, HiveQueries queries, PostFields form) =>
        queries.Hive(name) is not { } hive ? PageAnswers.Page(Problem.NotFound("hive"))
            // The hive's own page says why, and what to do.
            : form.Problem is null && !hive.TakesPart ? PageAnswers.SeeOther(Links.Hive(name))
            : PageAnswers.Show<PostNew>(new { Hive = hive, Form = form }, form.Problem);

    private static async Task<PostFields> ReadPostAsync(HttpContext context)
    {
        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        return new PostFields(sent.Field("title"), sent.Field("content"), sent.Field("url"));
    }

    private static async Task<CommentFields> ReadCommentAsync(HttpContext context)
    {
        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        return new CommentFields(sent.Field("content"));
    }

    private static async Task<IResult> PostAsync(
        string name, HttpContext context, HiveQueries queries, HiveCommands commands, AgentRegistry agents,
        CancellationToken cancellation)
    {
        var form = await ReadPostAsync(context);
        var owner = await agents.OwnerAsync(cancellation);
        var outcome = await commands.PostAsync(
            owner, name, form.Title, form.Content.OrNull(), form.Url.OrNull(), cancellation);
        if (outcome.Problem is { } problem) return New(name, queries, form with { Problem = problem });
        await commands.TakePartAsync(owner, name, CancellationToken.None);
        return PageAnswers.SeeOther(Links.Post(outcome.Id!));
    }

    private static async Task<IResult> ReplyToPostAsync(
        string id, HttpContext context, HiveCommands commands, ThreadDesk desk, CancellationToken cancellation)
    {
        var form = await ReadCommentAsync(context);
        var viewer = await desk.ViewerAsync();
        var outcome = await commands.CommentAsync(viewer, id, null, form.Content, cancellation);
        if (outcome.Problem is { } problem) return await desk.ThreadAsync(id, null, form with { Problem = problem });
        await desk.TakePartAsync(viewer, id);
        return PageAnswers.SeeOther(await desk.PlaceOfAsync(id, outcome.Id!));
    }

    private static async Task<IResult> ReplyToCommentAsync(
        string id, HttpContext context, HiveQueries queries, HiveCommands commands, ThreadDesk desk,
        CancellationToken cancellation)
    {
        var form = await ReadCommentAsync(context);
        var viewer = await desk.ViewerAsync();
        if (queries.Comment(id, viewer) is not { } parent) return PageAnswers.Page(Problem.NotFound("comment"));
        var outcome = await commands.CommentAsync(viewer, parent.PostId, id, form.Content, cancellation);
        if (outcome.Problem is { } problem)
            return await desk.CommentAsync(id, form with { Problem = problem }, edits: false, false);
        await desk.TakePartAsync(viewer, parent.PostId);
        return PageAnswers.SeeOther(await desk.PlaceOfAsync(parent.PostId, outcome.Id!));
    }

    private static Task<IResult> EditPageAsync(string id, ThreadDesk desk) => desk.EditPostAsync(id, null);

    private static async Task<IResult> EditAsync(
        string id, HttpContext context, HiveCommands commands, ThreadDesk desk, CancellationToken cancellation)
    {
        var form = await ReadPostAsync(context);
        var outcome = await commands.EditPostAsync(
            await desk.ViewerAsync(), id, form.Title, form.Content, form.Url, cancellation);
        return outcome.Problem is { } problem
            ? await desk.EditPostAsync(id, form with { Problem = problem })
            : PageAnswers.SeeOther(Links.Post(id));
    }

    private static async Task<IResult> EditCommentAsync(
        string id, HttpContext context, HiveQueries queries, HiveCommands commands, ThreadDesk desk,
        CancellationToken cancellation)
    {
        var form = await ReadCommentAsync(context);
        var viewer = await desk.ViewerAsync();
        var outcome = await commands.EditCommentAsync(viewer, id, form.Content, cancellation);
        if (outcome.Problem is { } problem)
            return await desk.CommentAsync(id, form with { Problem = problem }, edits: true, false);
        return PageAnswers.SeeOther(await desk.PlaceOfAsync(queries.Comment(id, viewer)!.PostId, id));
    }

    private static async Task<IResult> DeletePostAsync(
        string id, HttpContext context, HiveQueries queries, HiveCommands commands, ThreadDesk desk,
        CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var viewer = await desk.ViewerAsync();
        if (queries.Post(id, viewer) is not { } post) return PageAnswers.Page(Problem.NotFound("post"));
        var outcome = await commands.DeleteAsync(viewer, id, sent.Field("reason").OrNull(), cancellation);
        return outcome.Problem is { } problem
            ? await desk.DeletePostAsync(id, problem)
            : PageAnswers.SeeOther(Links.Hive(post.Hive));
    }

    private static async Task<IResult> DeleteCommentAsync(
        string id, HttpContext context, HiveQueries queries, HiveCommands commands, ThreadDesk desk,
        CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var viewer = await desk.ViewerAsync();
        if (queries.Comment(id, viewer) is not { } comment) return PageAnswers.Page(Problem.NotFound("comment"));
        var outcome = await commands.DeleteAsync(viewer, id, sent.Field("reason").OrNull(), cancellation);
        return outcome.Problem is { } problem
            ? await desk.DeleteCommentAsync(id, problem)
            : PageAnswers.SeeOther(await desk.PlaceOfAsync(comment.PostId, id));
    }
}
