using System.Net.Mime;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Hands the recovery key to an owner who types the passphrase: an open browser is not enough.</summary>
internal static class KeepKeyPages
{
    private const string Words = "/settings/key/words";

    public static void MapKeepKeyPages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet("/settings/key", () => Show(null));
        pages.MapPost("/settings/key/file", SaveAsync);
        pages.MapGet(Words, (WordsDesk desk) => Ask(desk, null));
        pages.MapPost(Words, ShowWordsAsync);
        pages.MapPost(Words + "/check", CheckWordsAsync);
    }

    /// <summary>The words stand in the answer itself: a page that is read anew does not show them again.</summary>
    private static async Task<IResult> ShowWordsAsync(HttpContext context, WordsDesk desk)
    {
        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        if (await AccessPages.PresentAsync(context, sent["present"].ToString()) is { } notOwner) return Show(notOwner);
        var (words, problem) = desk.Show();
        if (words is null) return Show(problem);
        context.Response.Headers.CacheControl = "no-store";
        return PageAnswers.Show<WordsPage>(new { Words = words });
    }

    private static async Task<IResult> CheckWordsAsync(HttpContext context, WordsDesk desk)
    {
        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        return await desk.AnswerAsync([.. sent["word"].Select(word => word ?? "")]) is { } problem
            ? Ask(desk, problem)
            : PageAnswers.SeeOther("/settings/key");
    }

    private static IResult Ask(WordsDesk desk, Problem? problem) =>
        PageAnswers.Show<WordsPage>(new { desk.Places, Problem = problem }, problem);

    private static async Task<IResult> SaveAsync(HttpContext context, FirstRun first, NodeName name)
    {
        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        if (await AccessPages.PresentAsync(context, sent["present"].ToString()) is { } problem) return Show(problem);
        if (await first.SaveKeyAsync() is not { } file) return Show(FirstRun.KeyElsewhere);
        var node = string.Concat(name.Current.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
        return TypedResults.File(file, MediaTypeNames.Application.Octet, $"anarchive-recovery-{node}.key");
    }

    private static IResult Show(Problem? problem) =>
        PageAnswers.Show<KeepKeyPage>(new { Problem = problem }, problem);
}
