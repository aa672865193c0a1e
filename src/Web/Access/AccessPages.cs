using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Where the owner sees to who may come in: passphrase, signed-in browsers, and programs.</summary>
internal static class AccessPages
{
    internal const string Home = "/settings/access";

    public static void MapAccessPages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet(Home, (HttpContext context) => Show(context, null, null));
        pages.MapPost(Home + "/passphrase", SetAsync);
        pages.MapPost(Home + "/remove", RemoveAsync);
        pages.MapPost(Home + "/others", async (HttpContext context, AccessBook book) =>
        {
            await book.EndOthersAsync(Caller.Of(context).Session);
            return PageAnswers.SeeOther(Home);
        });
        pages.MapPost(Home + "/sessions/{id}", EndAsync);
        pages.MapPost(Home + "/tokens", MakeTokenAsync);
        pages.MapGet(Home + "/tokens/{id}", (string id, AccessBook book) =>
            book.Tokens.FirstOrDefault(t => t.Id == id) is { } token
                ? PageAnswers.Show<TokenPage>(new { Token = token })
                : PageAnswers.Page(Problem.NotFound("token")));
        pages.MapPost(Home + "/tokens/{id}", async (string id, AccessBook book) =>
            await book.RevokeAsync(id) ? PageAnswers.SeeOther(Home) : PageAnswers.Page(Problem.NotFound("token")));
    }

    private static IResult Show(HttpContext context, string? form, Problem? problem, TokenRequest? sent = null)
    {
        var book = context.RequestServices.GetRequiredService<AccessBook>();
        return PageAnswers.Show<AccessPage>(
            new { Book = book, Here = Caller.Of(context).Session, Form = form, Problem = problem, Sent = sent },
            problem);
    }

    /// <summary>The first passphrase, which makes whoever sets it the owner; or another one.</summary>
    private static async Task<IResult> SetAsync(HttpContext context, AccessBook book)
    {
        const string Form = "passphrase";
        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        var passphrase = sent["passphrase"].ToString();
        if (OwnerPassphrase.Check(passphrase, sent["again"].ToString()) is { } bad) return Show(context, Form, bad);
        if (!book.HasOwner)
        {
            if (await book.FoundAsync(passphrase) is { } refused) return Show(context, Form, refused);
            await SignInPages.EnterAsync(context, book);
            return PageAnswers.SeeOther(Home);
        }

        var problem = await PresentAsync(context, sent["present"].ToString())
            ?? await book.ChangeAsync(passphrase, Caller.Of(context).Session);
        return problem is null ? PageAnswers.SeeOther(Home) : Show(context, Form, problem);
    }

    private static async Task<IResult> RemoveAsync(HttpContext context, AccessBook book, SessionCookie cookie)
    {
        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        if (await PresentAsync(context, sent["present"].ToString()) is { } problem)
            return Show(context, "remove", problem);
        await book.ResetAsync();
        cookie.Delete(context);
        return PageAnswers.SeeOther(Home);
    }

    /// <summary>Whoever finds a browser open must not become the owner by it.</summary>
    internal static async Task<Problem?> PresentAsync(HttpContext context, string present) =>
        SignInPages.TooMany(context)
        ?? await SignInPages.TryAsync(
            context,
            () => context.RequestServices.GetRequiredService<AccessBook>().VerifyAsync(present),
            problem => problem);

    private static async Task<IResult> EndAsync(string id, HttpContext context, AccessBook book)
    {
        if (book.Sessions.FirstOrDefault(s => s.Id == id) is not { } session)
            return PageAnswers.Page(Problem.NotFound("session"));
        await book.EndAsync(session);
        return PageAnswers.SeeOther(session.Hash == Caller.Of(context).Session?.Hash ? "/" : Home);
    }

    /// <summary>Answers with the token itself: a page that is read anew could not show it again.</summary>
    private static async Task<IResult> MakeTokenAsync(HttpContext context, AccessBook book)
    {
        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        var request = new TokenRequest(sent.Field("name"), sent.Field("scope"));
        // Else a stranger at this machine could make one that outlives the day on which it gets an owner.
        if (!book.HasOwner) return Show(context, "token", AccessBook.NoOwner, request);
        var (made, problem) = await book.MakeTokenAsync(request.Name, request.Scope);
        return made is var (token, text)
            ? PageAnswers.Show<TokenPage>(new { Token = token, Text = text })
            : Show(context, "token", problem, request);
    }
}
