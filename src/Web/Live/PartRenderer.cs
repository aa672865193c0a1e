using System.Globalization;
using System.Text.RegularExpressions;
using Anarchive.Node;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Anarchive.Web;

/// <summary>One element of a page that changes by itself. Equal shapes need no sending.</summary>
internal sealed record Part(string Id, string Html, string Shape);

/// <summary>Renders the live parts of a topic, once for all its viewers.</summary>
internal sealed partial class PartRenderer(IServiceScopeFactory scopes, ILoggerFactory loggers)
{
    public async Task<IReadOnlyList<Part>> RenderAsync(LiveTopic topic, CancellationToken cancellation)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(topic.Language);
        await using var scope = scopes.CreateAsyncScope();
        var agents = scope.ServiceProvider.GetRequiredService<AgentRegistry>();
        var viewer = await agents.OwnerAsync(cancellation);
        // A renderer keeps every component it ever drew, so each pass has its own.
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, loggers);
        return await renderer.Dispatcher.InvokeAsync(
            () => RenderAsync(renderer, scope.ServiceProvider, topic, viewer));
    }

    private static Task<List<Part>> RenderAsync(
        HtmlRenderer renderer, IServiceProvider services, LiveTopic topic, LocalAgent viewer)
    {
        var queries = services.GetRequiredService<HiveQueries>();
        return topic.Kind switch
        {
            "hives" => RenderHivesAsync(renderer, queries, topic, viewer),
            "feed" => RenderFeedAsync(renderer, queries, topic, viewer),
            "thread" => RenderThreadAsync(renderer, queries, topic, viewer),
            "fleet" => RenderFleetAsync(renderer, services.GetRequiredService<FleetQueries>()),
            "device" => RenderDeviceAsync(renderer, services.GetRequiredService<FleetQueries>(), topic.Name),
            "folders" => RenderFoldersAsync(renderer, FoldersSeen.Now(services)),
            "library" => RenderLibraryAsync(renderer, LibrarySeen.Now(services, topic)),
            "cache" => RenderCacheAsync(renderer, CacheShown.Now(services, topic)),
            "season" => RenderSeasonAsync(renderer, services, topic),
            "health" => RenderHealthAsync(renderer, HealthSeen.Recent(services)),
            "activity" => RenderActivityAsync(
                renderer, ActivitySeen.Now(services.GetRequiredService<LogMemory>(), topic),
                services.GetRequiredService<Detections>()),
            "still" => Task.FromResult(new List<Part>()),
            _ => RenderMeshAsync(renderer, services.GetRequiredService<Needs>(), queries),
        };
    }

    private static async Task<List<Part>> RenderHivesAsync(
        HtmlRenderer renderer, HiveQueries queries, LiveTopic topic, LocalAgent viewer)
    {
        var cards = await DrawAsync<HiveCards>(renderer, "hive-cards", new() { ["Hives"] = queries.Hives() });
        var parts = new List<Part> { cards };
        var page = queries.Feed(null, FeedSort.New, topic.Cursor, WebLimits.PageDefault, viewer);
        await AddFeedAsync(parts, renderer, page, true, false);
        return parts;
    }

    private static async Task<List<Part>> RenderFeedAsync(
        HtmlRenderer renderer, HiveQueries queries, LiveTopic topic, LocalAgent viewer)
    {
        var parts = new List<Part>();
        if (queries.Hive(topic.Name) is not { } hive) return parts;
        parts.Add(await DrawAsync<HiveFacts>(renderer, "hive-facts", new() { ["Hive"] = hive }));
        var page = queries.Feed(topic.Name, topic.Sort, topic.Cursor, WebLimits.PageDefault, viewer);
        await AddFeedAsync(parts, renderer, page, false, topic.Compact);
        return parts;
    }

    private static async Task AddFeedAsync(
        List<Part> parts, HtmlRenderer renderer, Page<PostView>? page, bool showHive, bool compact)
    {
        if (page is null) return;
        var list = await DrawAsync<PostList>(renderer, "posts",
            new() { ["Posts"] = page.Items, ["ShowHive"] = showHive, ["Compact"] = compact });
        // The container travels only when a row comes, goes or moves; a changed row travels alone.
        parts.Add(list with { Shape = string.Join(' ', page.Items.Select(post => post.Id)) });
        foreach (var post in page.Items)
            parts.Add(await DrawAsync<PostRow>(renderer, "post-" + post.Id,
                new() { ["Post"] = post, ["ShowHive"] = showHive, ["Compact"] = compact }));
    }

    private static async Task<List<Part>> RenderThreadAsync(
        HtmlRenderer renderer, HiveQueries queries, LiveTopic topic, LocalAgent viewer)
    {
        var parts = new List<Part>();
        if (queries.Post(topic.Name, viewer) is not { } post) return parts;
        parts.Add(await DrawAsync<PostHead>(renderer, "head-" + post.Id, new() { ["Post"] = post }));
        parts.Add(await DrawAsync<CommentCount>(renderer, "comments-title", new() { ["Post"] = post }));
        if (queries.Comments(topic.Name, topic.Cursor, WebLimits.ThreadPage, viewer) is not { } page) return parts;
        var tree = await DrawAsync<CommentTree>(renderer, "comments", new() { ["Comments"] = page.Items });
        var shape = string.Join(' ', page.Items.Select(comment => $"{comment.Id}/{comment.Depth}"));
        parts.Add(tree with { Shape = shape });
        foreach (var comment in page.Items)
            parts.Add(await DrawAsync<CommentBody>(renderer, "body-" + comment.Id, new() { ["Comment"] = comment }));
        return parts;
    }

    private static async Task<List<Part>> RenderMeshAsync(HtmlRenderer renderer, Needs needs, HiveQueries queries)
    {
        var (view, found) = needs.LookWithReminders();
        var hives = queries.Hives();
        return
        [
            await DrawAsync<MeshVerdict>(renderer, "verdict", new() { ["Mesh"] = view }),
            await DrawAsync<NeedsYou>(renderer, "needs-you", new() { ["Mesh"] = view, ["Needs"] = found }),
            await DrawAsync<RingPicture>(renderer, "rings", new() { ["Mesh"] = view }),
            await DrawAsync<PeerTable>(renderer, "peers", new() { ["Mesh"] = view, ["Hives"] = hives }),
            await DrawAsync<GroupList>(renderer, "groups", new() { ["Hives"] = hives, ["Mesh"] = view }),
        ];
    }

    private static async Task<Part> DrawAsync<T>(
        HtmlRenderer renderer, string id, Dictionary<string, object?> parameters)
        where T : IComponent
    {
        var root = await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters));
        var html = root.ToHtmlString();
        // Ages tick in the browser: a row that only grew older is not sent again.
        return new Part(id, html, AgeText().Replace(html, "$1"));
    }

    [GeneratedRegex("(<time [^>]*>)[^<]*")]
    private static partial Regex AgeText();
}
