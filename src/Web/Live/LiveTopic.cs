using System.Globalization;
using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What one open page shows, as far as it lives. Viewers of equal topics share one rendering.</summary>
/// <param name="Kind">
/// hives, feed, thread, mesh, fleet, device, folders, library, season, cache, health, activity or still.
/// </param>
/// <param name="Name">
/// The hive of a feed, the post of a thread, a device's id, a search of the library or the cache, the show of a season,
/// an area of the activity.
/// </param>
/// <param name="Sort">The order of a feed.</param>
/// <param name="Cursor">Which page of the list.</param>
/// <param name="Compact">A feed in single lines.</param>
public sealed record LiveTopic(string Kind, string Name, FeedSort Sort, string? Cursor, bool Compact)
{
    private static readonly HashSet<string> Kinds =
    [
        "hives", "feed", "thread", "mesh", "fleet", "device", "folders", "library", "season", "cache", "health",
        "activity", "still",
    ];

    public static LiveTopic Hives { get; } = new("hives", "", FeedSort.New, null, false);

    public static LiveTopic Mesh { get; } = new("mesh", "", FeedSort.New, null, false);

    public static LiveTopic Fleet { get; } = new("fleet", "", FeedSort.New, null, false);

    /// <summary>Of a page without live parts that must know when its node is gone.</summary>
    public static LiveTopic Still { get; } = new("still", "", FeedSort.New, null, false);

    public static LiveTopic Folders { get; } = new("folders", "", FeedSort.New, null, false);

    public static LiveTopic Health { get; } = new("health", "", FeedSort.New, null, false);

    /// <summary>
    /// Which of a list is shown: a filter of the library or the cache, the number of a season, the least level of the
    /// activity.
    /// </summary>
    public string? Filter { get; init; }

    /// <summary>The language its parts are drawn in, as the page was.</summary>
    public string Language { get; init; } = Languages.Offered[0].Code;

    public static LiveTopic Library(string search, string filter, int from) =>
        new("library", search, FeedSort.New, from.ToString(CultureInfo.InvariantCulture), false) { Filter = filter };

    public static LiveTopic Cache(string search, string filter, int from) => Library(search, filter, from) with
    {
        Kind = "cache",
    };

    public static LiveTopic Device(DeviceId device) => new("device", device.ToString(), FeedSort.New, null, false);

    public static LiveTopic Season(string work, int season, int from) =>
        new("season", work, FeedSort.New, from.ToString(CultureInfo.InvariantCulture), false)
        {
            Filter = season.ToString(CultureInfo.InvariantCulture),
        };

    public static LiveTopic Activity(string area, string level, string? before) =>
        new("activity", area, FeedSort.New, before, false) { Filter = level };

    public static LiveTopic Feed(string hive, FeedSort sort, string? cursor, bool compact) =>
        new("feed", hive, sort, cursor, compact);

    public static LiveTopic Thread(string post, string? cursor) => new("thread", post, FeedSort.New, cursor, false);

    public static LiveTopic? Read(IQueryCollection query)
    {
        var (kind, name, cursor) = (query["topic"].ToString(), query["name"].ToString(), query["cursor"].ToString());
        if (!Kinds.Contains(kind)) return null;
        var filter = query["filter"].ToString();
        if (name.Length > WebLimits.QueryLengthMax || cursor.Length > 400 || filter.Length > 40) return null;
        return Paging.TrySort(query["sort"], out var sort, out _)
            ? new LiveTopic(kind, name, sort, cursor.OrNull(), query["compact"] == "1")
            {
                Filter = filter.OrNull(),
                Language = Languages.Knows(query["lang"]) ? query["lang"].ToString() : Languages.Offered[0].Code,
            }
            : null;
    }

    /// <summary>The address of this topic's socket, for the page that is being drawn.</summary>
    public string Url()
    {
        var url = new QueryString("?topic=" + Kind).Add("name", Name).Add("sort", Text.SortKey(Sort));
        if (Cursor is not null) url = url.Add("cursor", Cursor);
        if (Compact) url = url.Add("compact", "1");
        if (Filter is not null) url = url.Add("filter", Filter);
        if (Languages.Current.Code != Language) url = url.Add("lang", Languages.Current.Code);
        return "/live" + url;
    }
}
