using System.Globalization;
using Anarchive.Node;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Anarchive.Web;

/// <summary>Votes from pages: one form for all buttons, because live parts hold no token.</summary>
internal static class Acts
{
    public static void MapActs(this WebApplication app) => app.Pages().MapPost("/act/vote", VoteAsync);

    private static async Task<IResult> VoteAsync(
        string id, string value, HttpContext context, HiveCommands commands, HiveQueries queries, ThreadDesk desk,
        CancellationToken cancellation)
    {
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var cast)
            || cast is < -1 or > 1)
            return PageAnswers.Page(new Problem("bad_vote", 400, "A vote is -1, 0 or 1."));
        var viewer = await desk.ViewerAsync();
        var problem = (await commands.VoteAsync(viewer, id, cast, cancellation)).Problem;
        if (!context.WantsFragment())
            return problem is null ? PageAnswers.Back(context, "/") : await desk.VoteRefusedAsync(id, problem);
        var (up, down, mine) = queries.Post(id, viewer) is { } post ? (post.Up, post.Down, post.MyVote)
            : queries.Comment(id, viewer) is { } comment ? (comment.Up, comment.Down, comment.MyVote)
            : (0, 0, 0);
        return new RazorComponentResult<VoteBox>(
            new { Id = id, Up = up, Down = down, Mine = mine, Refused = problem })
        {
            StatusCode = problem?.Status,
        };
    }
}
