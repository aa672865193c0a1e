using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What one open page shows, as far as it lives. Viewers of equal topics share one rendering.</summary>
/// <param name="Kind">hives, feed, thread, mesh or fleet.</param>
/// <param name="Name">The hive of a feed, the post of a thread.</param>
/// <param name="Sort">The order of a feed.</param>
/// <param name="Cursor">Which page of the list.</param>
/// <param name="Compact">A feed in single lines.</param>
public sealed record LiveTopic(string Kind, string Name, FeedSort Sort, string? Cursor, bool Compact)
{
    public static LiveTopic Hives { get; } = new("hives", "", FeedSort.New, null, false);

    public static LiveTopic Mesh { get; } = new("mesh", "", FeedSort.New, null, false);

    public static LiveTopic Fleet { get; } = new("fleet", "", FeedSort.New, null, false);

    public static LiveTopic Feed(string hive, FeedSort sort, string? cursor, bool compact) =>
        new("feed", hive, sort, cursor, compact);

    public static LiveTopic Thread(string post, string? cursor) => new("thread", post, FeedSort.New, cursor, false);

    public static LiveTopic? Read(IQueryCollection query)
    {
        var (kind, name, cursor) = (query["topic"].ToString(), query["name"].ToString(), query["cursor"].ToString());
        if (kind is not ("hives" or "feed" or "thread" or "mesh" or "fleet")) return null;
        if (name.Length > 200 || cursor.Length > 400) return null;
        return Paging.TrySort(query["sort"], out var sort, out _)
            ? new LiveTopic(kind, name, sort, cursor.Length > 0 ? cursor : null, query["compact"] == "1")
            : null;
    }

    /// <summary>The address of this topic's socket.</summary>
    public string Url()
    {
        var url = new QueryString("?topic=" + Kind).Add("name", Name).Add("sort", Text.Sort(Sort).ToLowerInvariant());
        if (Cursor is not null) url = url.Add("cursor", Cursor);
        if (Compact) url = url.Add("compact", "1");
        return "/live" + url;
    }
}
