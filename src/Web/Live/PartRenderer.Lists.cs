using Anarchive.Node;
using Microsoft.AspNetCore.Components.Web;

namespace Anarchive.Web;

internal sealed partial class PartRenderer
{
    /// <summary>
    /// While it equals the last one, the topic would look the same; null where only rendering it tells. Cheap.
    /// </summary>
    public object? StampOf(LiveTopic topic)
    {
        using var scope = scopes.CreateScope();
        return topic.Kind switch
        {
            "folders" => scope.ServiceProvider.GetRequiredService<Database>().Commits,
            "library" => scope.ServiceProvider.GetRequiredService<LibraryQueries>().Stamp(),
            "cache" => CacheShown.Stamp(scope.ServiceProvider),
            "season" => scope.ServiceProvider.GetRequiredService<SeasonDesk>().Stamp(
                topic.Name, LibraryPages.Number(topic.Filter)),
            "activity" => (scope.ServiceProvider.GetRequiredService<LogMemory>().Last,
                scope.ServiceProvider.GetRequiredService<Detections>().Changes),
            _ => null,
        };
    }

    private static async Task<List<Part>> RenderFleetAsync(HtmlRenderer renderer, FleetQueries queries)
    {
        Dictionary<string, object?> shown = new() { ["Fleet"] = queries.Standing() };
        return
        [
            await DrawAsync<FleetVerdict>(renderer, "fleet-verdict", shown),
            await DrawAsync<FleetNeedsYou>(renderer, "fleet-needs", shown),
            await DrawAsync<DeviceTable>(renderer, "fleet-devices", shown),
        ];
    }

    private static async Task<List<Part>> RenderDeviceAsync(
        HtmlRenderer renderer, FleetQueries queries, string device)
    {
        if (queries.Device(device).Device is not { } standing) return [];
        Dictionary<string, object?> shown = new() { ["Device"] = standing };
        return
        [
            await DrawAsync<DeviceFacts>(renderer, "device-facts", shown),
            await DrawAsync<DeviceAbout>(renderer, "device-about", shown),
        ];
    }

    private static async Task<List<Part>> RenderFoldersAsync(HtmlRenderer renderer, FoldersSeen seen)
    {
        Dictionary<string, object?> shown = new() { ["Seen"] = seen };
        return
        [
            await DrawAsync<FolderVerdict>(renderer, "folders-verdict", shown),
            await DrawAsync<FolderTable>(renderer, "folders-list", shown),
        ];
    }

    private static async Task<List<Part>> RenderLibraryAsync(HtmlRenderer renderer, LibrarySeen seen)
    {
        Dictionary<string, object?> shown = new() { ["Seen"] = seen };
        var works = await DrawAsync<WorkList>(renderer, "works", shown);
        var parts = new List<Part>
        {
            await DrawAsync<LibraryVerdict>(renderer, "library-verdict", shown),
            await DrawAsync<LibraryNotes>(renderer, "library-notes", shown),
            await DrawAsync<NextRow>(renderer, "library-next", shown),
            await DrawAsync<LibraryBar>(renderer, "library-bar", shown),
            works with { Shape = ShapeOfWorks(seen) },
        };
        foreach (var line in seen.Page.Lines)
            parts.Add(await DrawAsync<WorkRow>(renderer, "work-" + line.Work.Id,
                new() { ["Line"] = line, ["Markers"] = seen.MarkersOf(line) }));
        return parts;
    }

    /// <summary>
    /// A show that is called otherwise by now has another address, and a season may lose its last file: their page
    /// says so. It has the same parts then, so that what comes back is shown again.
    /// </summary>
    private static async Task<List<Part>> RenderSeasonAsync(
        HtmlRenderer renderer, IServiceProvider services, LiveTopic topic)
    {
        var parts = new List<Part>();
        var season = LibraryPages.Number(topic.Filter);
        var page = services.GetRequiredService<LibraryQueries>().Work(
            topic.Name, season, LibraryPages.Number(topic.Cursor), LibraryPages.PageMax);
        if (page is null || services.GetRequiredService<SeasonDesk>().Look(topic.Name, season) is not { } intros)
        {
            parts.Add(await DrawAsync<WorkHead>(renderer, WorkHead.Id, new() { ["Page"] = null }));
            parts.Add(await DrawAsync<FileList>(renderer, FileList.Id, new() { ["Page"] = null }));
            parts.Add(await DrawAsync<SeasonGone>(renderer, IntrosPanel.Id, []));
            return parts;
        }

        parts.Add(await DrawAsync<WorkHead>(renderer, WorkHead.Id, new() { ["Page"] = page }));
        var list = await DrawAsync<FileList>(renderer, FileList.Id, new() { ["Page"] = page });
        // As with works: a file that changed travels alone.
        parts.Add(list with
        {
            Shape = $"{page.From} {page.Total} " + string.Join(' ', page.Files.Select(f => f.File.Item)),
        });
        parts.Add(await DrawAsync<IntrosPanel>(renderer, IntrosPanel.Id, new() { ["Intros"] = intros }));
        foreach (var line in page.Files)
            parts.Add(await DrawAsync<FileRow>(renderer, "file-" + line.File.Item,
                new() { ["Line"] = line, ["Title"] = LibrarySaid.Title(page.Line.Work) }));
        return parts;
    }

    /// <summary>
    /// The container travels only when a work comes, goes or moves, or the first one came; a changed one travels alone.
    /// </summary>
    private static string ShapeOfWorks(LibrarySeen seen) =>
        $"{seen.All.Works == 0} {seen.Page.Total} " + string.Join(' ', seen.Page.Lines.Select(l => l.Work.Id));

    private static async Task<List<Part>> RenderCacheAsync(HtmlRenderer renderer, CacheShown seen)
    {
        Dictionary<string, object?> shown = new() { ["Seen"] = seen };
        var list = await DrawAsync<CacheList>(renderer, "cache-list", shown);
        var parts = new List<Part>
        {
            await DrawAsync<CacheUndo>(renderer, "cache-undo", shown),
            await DrawAsync<CacheVerdict>(renderer, "cache-verdict", shown),
            await DrawAsync<CacheNotes>(renderer, "cache-notes", shown),
            await DrawAsync<CacheBar>(renderer, "cache-bar", shown),
            // As with works: a row that changed travels alone.
            list with { Shape = ShapeOfRows(seen.Part) },
        };
        foreach (var line in seen.Part.Lines)
            parts.Add(await DrawAsync<CacheRowView>(renderer, "row-" + line.Item,
                new()
                {
                    ["Line"] = line,
                    ["To"] = seen.ActAddress(line),
                    ["IsAgreed"] = seen.Part.Settings.IsAgreed,
                }));
        return parts;
    }

    private static string ShapeOfRows(CachePart part) =>
        $"{part.Tally.All == 0} {part.Total} " + string.Join(' ', part.Lines.Select(l => l.Item));

    private static async Task<List<Part>> RenderHealthAsync(HtmlRenderer renderer, HealthSeen seen)
    {
        Dictionary<string, object?> shown = new() { ["Seen"] = seen };
        return
        [
            await DrawAsync<HealthVerdict>(renderer, "health-verdict", shown),
            await DrawAsync<HealthNeeds>(renderer, "health-needs", shown),
            await DrawAsync<HealthChecks>(renderer, "health-checks", shown),
        ];
    }

    private static async Task<List<Part>> RenderActivityAsync(
        HtmlRenderer renderer, ActivitySeen seen, Detections detections)
    {
        Dictionary<string, object?> shown = new() { ["Seen"] = seen };
        return
        [
            await DrawAsync<ActivityRunning>(
                renderer, "activity-running", new() { ["Running"] = detections.Running() }),
            await DrawAsync<ActivityVerdict>(renderer, "activity-verdict", shown),
            await DrawAsync<ActivityList>(renderer, "entries", shown),
        ];
    }
}
