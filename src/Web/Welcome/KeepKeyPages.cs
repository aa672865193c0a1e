using System.Net.Mime;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Hands the recovery key to an owner who types the passphrase: an open browser is not enough.</summary>
internal static class KeepKeyPages
{
    public static void MapKeepKeyPages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet("/settings/key", () => Show(null));
        pages.MapPost("/settings/key/file", SaveAsync);
    }

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
