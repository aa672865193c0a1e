using Anarchive.Hives;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Pages of hives: the list, founding, joining, feeds, settings and search.</summary>
internal static class HivePages
{
    public static void MapHivePages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet("/", IndexAsync);
        pages.MapGet("/hives/new", () => New(new HiveFields()));
        pages.MapPost("/hives/new", CreateAsync);
        pages.MapGet("/hives/join", () => Join(new JoinFields()));
        pages.MapPost("/hives/join", JoinAsync);
        pages.MapGet("/h/{name}", FeedAsync);
        pages.MapGet("/h/{name}/settings", SettingsAsync);
        pages.MapPost("/h/{name}/settings", ChangeAsync);
        pages.MapGet("/h/{name}/moderation", Moderation);
        pages.MapGet("/search", Search);
        pages.MapHiveNodePages();
        pages.MapThreadPages();
    }

    private static async Task<IResult> IndexAsync(
        string? cursor, HiveQueries queries, AgentRegistry agents, FirstRun first, CancellationToken cancellation)
    {
        if (first.IsUntouched) return PageAnswers.SeeOther(WelcomePages.Home);
        if (cursor is "") cursor = null;
        var viewer = await agents.OwnerAsync(cancellation);
        if (queries.Feed(null, FeedSort.New, cursor, WebLimits.PageDefault, viewer) is not { } feed)
            return PageAnswers.Page(Problems.BadCursor);
        var topic = LiveTopic.Hives with { Cursor = cursor };
        return PageAnswers.Show<HiveList>(new { Hives = queries.Hives(), Feed = feed, Topic = topic });
    }

    private static IResult New(HiveFields form) =>
        PageAnswers.Show<HiveNew>(new { Form = form }, form.Problem);

    private static async Task<IResult> CreateAsync(
        HttpContext context, HiveCommands commands, AgentRegistry agents, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var form = new HiveFields(
            sent.Field("name"), sent.Field("title"), sent.Field("description"), sent.Field("vote_privacy"));
        var outcome = await commands.CreateHiveAsync(
            await agents.OwnerAsync(cancellation), form.Name, form.Title.OrNull() ?? form.Name, form.Description,
            form.VotePrivacy, cancellation);
        return outcome.Problem is { } problem
            ? New(form with { Problem = problem })
            : PageAnswers.SeeOther(Links.Hive(form.Name));
    }

    private static IResult Join(JoinFields form) =>
        PageAnswers.Show<HiveJoin>(new { Form = form }, form.Problem);

    private static async Task<IResult> JoinAsync(
        HttpContext context, Mesh mesh, MirrorActs mirrors, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var form = new JoinFields(sent.Field("invite"), sent.Field("name"));
        // Both are texts from elsewhere that lead to a hive; only a link has a path.
        var outcome = form.Invite.Contains("://", StringComparison.Ordinal)
            ? await mirrors.FollowAsync(form.Invite, form.Name.OrNull(), cancellation)
            : await mesh.JoinAsync(form.Invite, form.Name.OrNull(), cancellation);
        return outcome is { Hive: { } hive, Problem: null }
            ? PageAnswers.SeeOther(Links.Hive(hive))
            : Join(form with { Problem = outcome.Problem });
    }

    private static async Task<IResult> FeedAsync(
        string name, string? sort, string? cursor, HttpContext context, HiveQueries queries, AgentRegistry agents,
        CancellationToken cancellation)
    {
        if (queries.Hive(name) is not { } hive) return PageAnswers.Page(Problem.NotFound("hive"));
        if (!Paging.TrySort(sort, out var order, out var problem)) return PageAnswers.Page(problem!);
        var viewer = await agents.OwnerAsync(cancellation);
        if (queries.Feed(name, order, cursor, WebLimits.PageDefault, viewer) is not { } feed)
            return PageAnswers.Page(Problems.BadCursor);
        var topic = LiveTopic.Feed(name, order, cursor, Preferences.Compact(context));
        return PageAnswers.Show<HivePage>(new { Hive = hive, Feed = feed, Topic = topic });
    }

    private static Task<IResult> SettingsAsync(string name, string? cursor, HiveSettingsDesk desk) =>
        desk.ShowAsync(name, cursor, new HiveSettingsSaid());

    private static IResult Moderation(string name, string? cursor, HiveQueries queries)
    {
        if (queries.Hive(name) is not { } hive) return PageAnswers.Page(Problem.NotFound("hive"));
        return queries.ModerationRuns(name, cursor, WebLimits.PageDefault) is { } lines
            ? PageAnswers.Show<ModerationPage>(new { Hive = hive, Lines = lines, IsFirst = cursor is null })
            : PageAnswers.Page(Problems.BadCursor);
    }

    private static async Task<IResult> ChangeAsync(
        string name, HttpContext context, HiveSettingsDesk desk, HiveCommands commands, AgentRegistry agents, Mesh mesh,
        CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var act = sent.Field("do");
        if (act == "invite")
        {
            var (invite, refusal) = await mesh.InviteAsync(name, cancellation);
            return await desk.ShowAsync(name, null, new HiveSettingsSaid(invite, refusal, "invite"));
        }

        var (key, value) = (sent.Field("key"), sent.Field("value"));
        if (act == "set" && await desk.LapsingAsync(name, key, value, sent.Field("lapsing")) is > 0 and var lapsing)
            return await desk.ShowAsync(name, null, new HiveSettingsSaid(null, null, key, value, lapsing));
        var problem = act switch
        {
            "leave" => await mesh.LeaveAsync(name, cancellation),
            "rejoin" => await mesh.RejoinAsync(name, cancellation),
            _ => await ActAsync(act, name, sent, commands, await agents.OwnerAsync(cancellation), cancellation),
        };
        if (problem is not null)
        {
            var at = act switch
            {
                "set" => key,
                "leave" or "rejoin" => "leave",
                "open" or "close" => "public",
                _ => "member",
            };
            return await desk.ShowAsync(name, null, new HiveSettingsSaid(null, problem, at, value));
        }

        return PageAnswers.SeeOther(act is "leave" or "rejoin" ? Links.Hive(name) : Links.Hive(name) + "/settings");
    }

    private static async Task<Problem?> ActAsync(
        string act, string hive, IFormCollection sent, HiveCommands commands, LocalAgent owner,
        CancellationToken cancellation)
    {
        if (act == "set")
            return (await commands.SetSettingAsync(
                owner, hive, sent.Field("key"), sent.Field("value"), cancellation)).Problem;
        if (act is "open" or "close")
        {
            var value = act == "open" ? HiveSettings.IsOn : HiveSettings.IsOff;
            return (await commands.SetSettingAsync(owner, hive, HiveSettings.PublicRead, value, cancellation)).Problem;
        }

        if (!NodeId.TryParse(sent.Field("instance"), out var node)) return Problem.NotFound("member");
        var agent = sent.Field("agent");
        var outcome = act switch
        {
            "ban" => await commands.BanAsync(owner, hive, node, agent, true, cancellation),
            "unban" => await commands.BanAsync(owner, hive, node, agent, false, cancellation),
            "moderate" => await commands.SetModeratorAsync(owner, hive, node, agent, true, cancellation),
            "unmoderate" => await commands.SetModeratorAsync(owner, hive, node, agent, false, cancellation),
            _ => WriteOutcome.Refused(Problem.NotFound("act")),
        };
        return outcome.Problem;
    }

    private static IResult Search(string? q, string? cursor, HiveQueries queries)
    {
        var query = q?.Trim() ?? "";
        if (query.Length == 0) return PageAnswers.Show<SearchPage>(new { Query = "" });
        var problem = query.Length > WebLimits.QueryLengthMax
            ? new Problem("bad_query", 400, "A search has 200 characters at most.")
            : null;
        var hits = problem is null ? queries.Search(query, null, cursor, WebLimits.PageDefault) : null;
        if (hits is null) problem ??= Problems.BadCursor;
        return PageAnswers.Show<SearchPage>(new { Query = query, Hits = hits, Problem = problem }, problem);
    }
}
