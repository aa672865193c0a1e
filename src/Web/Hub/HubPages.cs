using System.Globalization;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Pages on which a hub's owner sees to the nodes that register.</summary>
internal static class HubPages
{
    private const string Home = "/hub";

    public static void MapHubPages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet(Home, (HttpContext context) => Show(context, null, null));
        var acts = pages.MapGroup(Home);
        acts.AddEndpointFilter(async (context, next) =>
            context.HttpContext.RequestServices.GetRequiredService<NodeOptions>().IsHub
                ? await next(context)
                : PageAnswers.Page(HubApi.NotAHub));
        acts.MapGet("/nodes/{id}", Node);
        acts.MapPost("/nodes/{id}", DecideAsync);
        acts.MapPost("/keys", MakeKeyAsync);
        acts.MapGet("/keys/{id}", (string id, HubBook book) => book.Keys.FirstOrDefault(k => k.Id == id) is { } key
            ? PageAnswers.Show<HubKeyPage>(new { Key = key })
            : PageAnswers.Page(Problem.NotFound("key")));
        acts.MapPost("/keys/{id}", async (string id, HubBook book, CancellationToken cancellation) =>
            await book.RevokeKeyAsync(id, cancellation)
                ? PageAnswers.SeeOther(Home)
                : PageAnswers.Page(Problem.NotFound("key")));
    }

    private static IResult Show(HttpContext context, Problem? problem, PreauthKeyRequest? sent)
    {
        var services = context.RequestServices;
        var isHub = services.GetRequiredService<NodeOptions>().IsHub;
        var book = services.GetRequiredService<HubBook>();
        return PageAnswers.Show<HubPage>(
            new
            {
                IsHub = isHub,
                Nodes = isHub ? book.All : [],
                Keys = isHub ? book.Keys : [],
                Problem = problem,
                Sent = sent,
            }, problem);
    }

    private static IResult Node(string id, HubBook book) =>
        NodeId.TryParse(id, out var node) && book.Find(node) is { } known
            ? PageAnswers.Show<HubNodePage>(new { Node = known })
            : PageAnswers.Page(Problem.NotFound("node"));

    private static async Task<IResult> DecideAsync(
        string id, HttpContext context, HubBook book, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        if (!NodeId.TryParse(id, out var node)) return PageAnswers.Page(Problem.NotFound("node"));
        var isDone = sent.Field("do") switch
        {
            "admit" => await book.AdmitAsync(node, cancellation),
            "forget" => await book.RemoveAsync(node, cancellation),
            _ => false,
        };
        return isDone ? PageAnswers.SeeOther(Home) : PageAnswers.Page(Problem.NotFound("node"));
    }

    /// <summary>Answers with the key itself: a page that is read anew could not show it again.</summary>
    private static async Task<IResult> MakeKeyAsync(
        HttpContext context, HubBook book, OwnEndpoint own, LogWriter writer, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        if (!int.TryParse(sent.Field("hours"), NumberStyles.None, CultureInfo.InvariantCulture, out var hours))
            hours = 0;
        var request = new PreauthKeyRequest(sent.Field("reusable") == "on", hours);
        var (made, problem) = await HubApi.MakeAsync(book, request, cancellation);
        return made is var (key, text)
            ? PageAnswers.Show<HubKeyPage>(
                new { Key = key, Text = own.Current is { } at ? $"{at}#{writer.Self}/{text}" : text })
            : Show(context, problem, request);
    }
}
