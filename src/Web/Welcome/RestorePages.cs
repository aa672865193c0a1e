using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>A backup takes an untouched node's place: its file, what is in it, the wait until it is back.</summary>
internal static class RestorePages
{
    private const string Home = WelcomePages.Home + "/restore";
    private const string Going = Home + "/go";

    public static void MapRestorePages(this WebApplication app)
    {
        // It checks the form's token itself, as the form comes.
        app.MapPost(Home, TakeAsync).ExcludeFromDescription();
        var pages = app.Pages();
        pages.MapPost(Home + "/open", OpenAsync);
        pages.MapPost(Home + "/drop", DropAsync);
        pages.MapPost(Going, GoAsync);
        pages.MapGet(Going, (RestoreDesk desk, DataDirectory directory) =>
            desk.Stage == RestoreStage.Asked || directory.SetAside is not null || directory.HasStayed
                ? Waiting(desk, directory)
                : PageAnswers.SeeOther(WelcomePages.Fleet));
    }

    /// <summary>Stops the node once it has answered; whoever serves it starts it again.</summary>
    public static void StopAfter(HttpContext context) => context.Response.OnCompleted(() =>
    {
        context.RequestServices.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        return Task.CompletedTask;
    });

    private static async Task<IResult> TakeAsync(HttpContext context, RestoreDesk desk)
    {
        var (passphrase, problem) = await RestoreUpload.TakeAsync(context, desk);
        if (passphrase is not null) problem = await desk.OpenAsync(passphrase, context.RequestAborted);
        return await AnswerAsync(context, problem);
    }

    private static async Task<IResult> OpenAsync(HttpContext context, RestoreDesk desk)
    {
        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        return await AnswerAsync(
            context, await desk.OpenAsync(sent["passphrase"].ToString(), context.RequestAborted));
    }

    private static async Task<IResult> DropAsync(HttpContext context, RestoreDesk desk) =>
        await AnswerAsync(context, await desk.DropAsync());

    /// <summary>Answers with the page itself: a moment later nobody is here to be asked for another.</summary>
    private static async Task<IResult> GoAsync(HttpContext context, RestoreDesk desk, DataDirectory directory)
    {
        if (await desk.AskAsync() is { } problem) return await AnswerAsync(context, problem);
        StopAfter(context);
        return Waiting(desk, directory);
    }

    private static IResult Waiting(RestoreDesk desk, DataDirectory directory) => PageAnswers.Show<RestorePage>(new
    {
        IsBack = desk.Stage != RestoreStage.Asked && directory.SetAside is not null,
        HasStayed = desk.Stage != RestoreStage.Asked && directory.HasStayed,
        Aside = directory.SetAside ?? desk.Aside,
        Again = Going,
    });

    private static Task<IResult> AnswerAsync(HttpContext context, Problem? problem) => problem is null
        ? Task.FromResult(PageAnswers.SeeOther(WelcomePages.Fleet + "#restore"))
        : WelcomePages.ShowAsync(context, WelcomeStep.Fleet, problem, "restore");
}
