using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>The first run: name, passphrase, recovery key, fleet, first peer. Each step can be passed over.</summary>
internal static class WelcomePages
{
    public const string Home = "/welcome";
    public const string Fleet = Home + "/fleet";

    public static void MapWelcomePages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet(Home, Task<IResult> (HttpContext context) => ShowAsync(context, WelcomeStep.Name));
        pages.MapPost(Home, NameAsync);
        pages.MapGet(Home + "/passphrase", (HttpContext context, AccessBook book) => book.HasOwner
            ? Task.FromResult(PageAnswers.SeeOther(Home + "/key"))
            : ShowAsync(context, WelcomeStep.Passphrase));
        pages.MapPost(Home + "/passphrase", PassphraseAsync);
        pages.MapGet(Home + "/key", Task<IResult> (HttpContext context) => ShowAsync(context, WelcomeStep.Key));
        pages.MapGet(Fleet, Task<IResult> (HttpContext context) => ShowAsync(context, WelcomeStep.Fleet));
        pages.MapPost(Fleet, Task<IResult> (HttpContext context) => PairAsync(context, WelcomeStep.Fleet));
        pages.MapGet(Home + "/peer", Task<IResult> (HttpContext context) => ShowAsync(context, WelcomeStep.Peer));
        pages.MapPost(Home + "/peer", Task<IResult> (HttpContext context) => PairAsync(context, WelcomeStep.Peer));
        pages.MapPost(Home + "/end", async (FirstRun first, RestoreDesk restore) =>
        {
            await first.EndAsync();
            // A backup that nobody wanted would keep a second node's keys here.
            await restore.DropAsync();
            return PageAnswers.SeeOther("/");
        });
    }

    private static async Task<IResult> NameAsync(
        HttpContext context, NodeName name, AgentRegistry agents, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var (node, you) = (sent.Field("name"), sent.Field("you"));
        if (SettingsPages.CheckName(you) is { } bad)
            return await ShowAsync(context, WelcomeStep.Name, bad, "you", node, you);
        if (name.Change(node) is { } refused)
            return await ShowAsync(context, WelcomeStep.Name, refused, "name", node, you);
        await agents.RenameOwnerAsync(you, cancellation);
        return PageAnswers.SeeOther(Home + "/passphrase");
    }

    private static async Task<IResult> PassphraseAsync(HttpContext context, AccessBook book)
    {
        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        var passphrase = sent["passphrase"].ToString();
        var problem = OwnerPassphrase.Check(passphrase, sent["again"].ToString())
            ?? await book.FoundAsync(passphrase);
        if (problem is not null) return await ShowAsync(context, WelcomeStep.Passphrase, problem);
        await SignInPages.EnterAsync(context, book);
        return PageAnswers.SeeOther(Home + "/key");
    }

    /// <summary>Pairing goes on at its own pages: the first run ends where it begins.</summary>
    private static async Task<IResult> PairAsync(HttpContext context, WelcomeStep step)
    {
        var services = context.RequestServices;
        var (acts, first) = (services.GetRequiredService<PairingActs>(), services.GetRequiredService<FirstRun>());
        var sent = await context.Request.ReadFormAsync(context.RequestAborted);
        var text = sent.Field("text");
        if (sent.Field("do") == "ask")
        {
            var (call, refused) = await acts.AskAsync(text, context.RequestAborted);
            if (call is null) return await ShowAsync(context, step, refused, "text", sentText: text);
            await first.EndAsync();
            return PageAnswers.SeeOther($"/pair/call/{call.Id}");
        }

        var kind = sent.Field("do") == "device" ? InviteKind.Device : InviteKind.Friend;
        var (offer, problem) = await acts.OfferAsync(kind, context.RequestAborted);
        if (offer is null) return await ShowAsync(context, step, problem, "offer");
        await first.EndAsync();
        return PageAnswers.SeeOther($"/pair/{offer.Id}");
    }

    public static async Task<IResult> ShowAsync(
        HttpContext context, WelcomeStep step, Problem? problem = null, string? at = null, string? name = null,
        string? you = null, string? sentText = null)
    {
        var services = context.RequestServices;
        var names = services.GetRequiredService<NodeName>();
        if (step == WelcomeStep.Key) services.GetRequiredService<FirstRun>().Ask();
        you ??= (await services.GetRequiredService<AgentRegistry>().OwnerAsync(context.RequestAborted)).Name;
        return PageAnswers.Show<WelcomePage>(
            new
            {
                Step = step,
                Name = name ?? names.Current,
                CanRename = names.CanChange,
                You = you,
                Problem = problem,
                At = at,
                SentText = sentText,
            }, problem);
    }
}

/// <summary>The steps of the first run, in their order.</summary>
public enum WelcomeStep
{
    Name,
    Passphrase,
    Key,
    Fleet,
    Peer,
}
