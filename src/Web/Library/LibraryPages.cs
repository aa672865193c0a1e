using System.Globalization;
using Anarchive.Fleet;
using Anarchive.Node;
using Microsoft.Net.Http.Headers;

namespace Anarchive.Web;

/// <summary>Pages of what can be watched, and the pictures on them.</summary>
internal static class LibraryPages
{
    private const string Home = "/library";
    private const int PictureSeconds = 86_400;

    /// <summary>Works on one page: a phone draws so many, with their pictures, without waiting.</summary>
    public const int PageMax = 48;

    public static void MapLibraryPages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet(Home, List);
        pages.MapGet(Home + "/{work}", Work);
        pages.MapPost(Home + "/{work}/grouping", GroupAsync);
        pages.MapPost(Home + "/{work}/intros", IntrosAsync);
        pages.MapGet("/art/{item}", Picture);
    }

    /// <summary>A number from 0; 0 for anything else.</summary>
    public static int Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static IResult List(
        HttpContext context, string? q = null, string? filter = null, string? from = null)
    {
        var query = (q ?? "").Trim();
        var known = NetText.TryRead<LibraryFilter>(filter is { Length: > 0 } ? filter : "all");
        if (query.Length > WebLimits.QueryLengthMax) query = query[..WebLimits.QueryLengthMax];
        var problem = known is null ? LibraryApi.BadFilter : null;
        return PageAnswers.Show<LibraryList>(new
        {
            Seen = LibrarySeen.Now(context.RequestServices, query, known ?? LibraryFilter.All, Number(from)),
            Problem = problem,
        }, problem);
    }

    private static IResult Work(
        string work, LibraryQueries library, SeasonDesk seasons, string? season = null, string? from = null) =>
        // A season that is not there is not another one: the show is where to look.
        season is { Length: > 0 } && library.Work(work, Season(season), 0, 1) is { } page
            && page.Season != Season(season)
            ? PageAnswers.SeeOther($"{Home}/{work}")
            : Show(work, Season(season), Number(from), library, seasons, null);

    private static IResult Show(
        string work, int? season, int from, LibraryQueries library, SeasonDesk seasons, Problem? problem) =>
        library.Work(work, season, from, PageMax) is { } page
            ? PageAnswers.Show<WorkPage>(
                new { Page = page, Intros = seasons.Look(work, page.Season), IntrosProblem = problem }, problem)
            : PageAnswers.Page(Problem.NotFound("film or show"));

    /// <summary>Null for what is no number.</summary>
    private static int? Season(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Finds the intros of a season, stops doing so, or takes back what was found.</summary>
    private static async Task<IResult> IntrosAsync(
        string work, HttpContext context, LibraryQueries library, SeasonDesk seasons, CancellationToken cancellation,
        string? season = null)
    {
        var (sent, which) = (await context.Request.ReadFormAsync(cancellation), Season(season));
        // What names no season is not taken for the first one: this changes something.
        if (season is { Length: > 0 } && which is null) return PageAnswers.Page(Problem.NotFound("season"));
        var problem = sent.Field("do") switch
        {
            "find" => (await seasons.BeginAsync(work, which, cancellation)).Problem,
            "stop" => seasons.Stop(work, which),
            "undo" => (await seasons.TakeBackAsync(work, which, cancellation)).Problem,
            _ => Problem.NotFound("act"),
        };
        if (problem is null) return PageAnswers.SeeOther($"{Home}/{work}?season={which}#{IntrosPanel.Id}");
        return problem.Status == StatusCodes.Status404NotFound
            ? PageAnswers.Page(problem)
            : Show(work, which, 0, library, seasons, problem);
    }

    /// <summary>A work that is called otherwise has another address.</summary>
    private static async Task<IResult> GroupAsync(
        string work, HttpContext context, LibraryQueries library, GroupingDesk grouping, SeasonDesk seasons,
        CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var fields = GroupingFields.Of(sent);
        var meant = library.Work(work, null, 0, 1) is { Line.Work: var shown }
            ? fields.Beside(shown.Title, shown.Files[0].Place.Work)
            : fields;
        var (now, problem) = sent.Field("do") == "undo"
            ? await grouping.UndoAsync(work, cancellation)
            : await grouping.SayAsync(
                work, meant.Title, meant.ReadYear(), meant.Catalogue.OrNull(), cancellation);
        if (problem is null) return PageAnswers.SeeOther(now is null ? Home : $"{Home}/{now}");
        return library.Work(work, null, 0, PageMax) is { } page
            ? PageAnswers.Show<WorkPage>(
                new
                {
                    Page = page,
                    Intros = seasons.Look(work, page.Season),
                    Sent = sent.Field("do") == "undo" ? null : fields,
                    Problem = problem,
                },
                problem)
            : PageAnswers.Page(problem);
    }

    /// <summary>A picture, or 202 while it is made; 404 where there is none.</summary>
    private static IResult Picture(string item, ArtworkShelf pictures, HttpContext context)
    {
        if (!ItemId.TryParse(item, out var id)) return TypedResults.NotFound();
        switch (pictures.Ask(id))
        {
            case ArtworkState.Here when pictures.Open(id) is { } picture:
                context.Response.Headers.CacheControl = $"private, max-age={PictureSeconds}";
                return TypedResults.Stream(picture, "image/jpeg", entityTag: new EntityTagHeaderValue($"\"{id}\""));
            case ArtworkState.None:
                return TypedResults.NotFound();
            default:
                return TypedResults.StatusCode(StatusCodes.Status202Accepted);
        }
    }
}
