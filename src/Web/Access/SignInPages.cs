using System.Globalization;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Signing in and out, and the link of the first run.</summary>
internal static class SignInPages
{
    private const string Home = "/sign-in";
    private const int ReturnLengthMax = 1_024;

    public static void MapSignInPages(this WebApplication app)
    {
        var pages = app.Pages();
        var door = pages.MapGroup("").WithMetadata(new OpenRoute(OpenTo.WhoeverReachesPages));
        door.MapGet(Home, Show);
        door.MapPost(Home, SignInAsync);
        pages.MapPost("/sign-out", SignOutAsync);
        var setup = pages.MapGroup("/setup/{secret}").WithMetadata(new OpenRoute(OpenTo.Anyone));
        setup.MapGet("", (string secret, SetupLinks links) => Setup(secret, links, null));
        setup.MapPost("", SetUpAsync);
    }

    /// <summary>The page to sign in at, which leads back afterwards.</summary>
    public static string Address(string wanted) =>
        Return(wanted) == "/" ? Home : $"{Home}?to={Uri.EscapeDataString(wanted)}";

    /// <summary>A path of this node and nothing else, whatever was asked for.</summary>
    internal static string Return(string? wanted) =>
        wanted is { Length: > 0 and <= ReturnLengthMax } && wanted[0] == '/'
        && !wanted.StartsWith("//", StringComparison.Ordinal) && wanted.All(c => c is > ' ' and < '\x7f' and not '\\')
        && !wanted.StartsWith(Home, StringComparison.Ordinal)
            ? wanted
            : "/";

    /// <summary>Signs this browser in and has it keep its session.</summary>
    internal static async Task EnterAsync(HttpContext context, AccessBook book)
    {
        var (_, secret) = await book.OpenAsync(Browser(context), From(context));
        context.RequestServices.GetRequiredService<SessionCookie>().Write(context, secret);
    }

    /// <summary>Looks at a passphrase the owner gave, as slowly and as seldom as guesses deserve.</summary>
    internal static async Task<T> TryAsync<T>(HttpContext context, Func<Task<T>> look, Func<T, Problem?> problem)
    {
        var limits = context.RequestServices.GetRequiredService<SignInLimits>();
        var outcome = await look();
        if (problem(outcome) is null) limits.Forgive(context.Connection.RemoteIpAddress);
        else await Task.Delay(SignInLimits.Delay, context.RequestAborted);
        return outcome;
    }

    /// <summary>Why this address may not try now; null where the attempt counts.</summary>
    internal static Problem? TooMany(HttpContext context)
    {
        var limits = context.RequestServices.GetRequiredService<SignInLimits>();
        if (limits.TryTake(context.Connection.RemoteIpAddress) is not { } wait) return null;
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return new Problem(
            "too_many_attempts", 429, $"Too many passphrases were tried from here. Try again in {seconds} s.");
    }

    private static IResult Show(HttpContext context, AccessBook book)
    {
        var wanted = Return(context.Request.Query["to"]);
        if (!book.HasOwner) return PageAnswers.SeeOther("/settings/access");
        return Caller.Of(context).Session is null ? Page(wanted, null) : PageAnswers.SeeOther(wanted);
    }

    private static async Task<IResult> SignInAsync(HttpContext context, AccessBook book, SessionCookie cookie)
    {
        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        var wanted = Return(sent["to"]);
        if (!book.HasOwner) return PageAnswers.SeeOther("/settings/access");
        if (TooMany(context) is { } wait) return Page(wanted, wait);
        var (_, secret, problem) = await TryAsync(
            context,
            () => book.SignInAsync(sent["passphrase"].ToString(), Browser(context), From(context)),
            outcome => outcome.Problem);
        if (problem is not null) return Page(wanted, problem);
        cookie.Write(context, secret!);
        return PageAnswers.SeeOther(wanted);
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, AccessBook book, SessionCookie cookie)
    {
        if (Caller.Of(context).Session is { } session) await book.EndAsync(session);
        cookie.Delete(context);
        return PageAnswers.SeeOther(book.HasOwner ? Home : "/");
    }

    private static IResult Setup(string secret, SetupLinks links, Problem? problem)
    {
        var link = links.Find(secret);
        var isOpen = link is not null && links.IsOpen(link);
        return PageAnswers.Show<SetupPage>(
            new { Secret = secret, Link = link, IsOpen = isOpen, Problem = problem },
            isOpen ? problem : SetupLinks.Spent);
    }

    private static async Task<IResult> SetUpAsync(
        string secret, HttpContext context, SetupLinks links, AccessBook book)
    {
        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        var (passphrase, again) = (sent["passphrase"].ToString(), sent["again"].ToString());
        if (links.Find(secret) is not { } link || !links.IsOpen(link)) return Setup(secret, links, null);
        if ((OwnerPassphrase.Check(passphrase, again) ?? await links.UseAsync(secret, passphrase)) is { } problem)
            return Setup(secret, links, problem);
        await EnterAsync(context, book);
        return PageAnswers.SeeOther("/");
    }

    private static IResult Page(string wanted, Problem? problem) =>
        PageAnswers.Show<SignInPage>(new { Wanted = wanted, Problem = problem }, problem);

    private static string Browser(HttpContext context) => BrowserName.Of(context.Request.Headers.UserAgent);

    private static string From(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } from ? AccessGuard.Plain(from).ToString() : "";
}
