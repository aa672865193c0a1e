using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>One page of the cache's rows, as it is now.</summary>
/// <param name="Frozen">What opened the breaker; null while it is closed.</param>
public sealed record CacheShown(CachePart Part, string Query, CacheFilter Filter, Sentence? Frozen)
{
    /// <summary>Rows on one page: a phone draws so many, with their forms, without waiting.</summary>
    public const int PageMax = 100;

    /// <summary>Of rows that would go; the others stand under their filter.</summary>
    private const int FirstMax = 20;

    private const string Home = "/cache";

    /// <summary>This page again, to come back to it.</summary>
    public string Address => Link(Filter, Part.From);

    /// <summary>Where an act on a row is sent, which comes back to this page.</summary>
    public string ActAddress(CacheLine line) => $"{Home}/items/{line.Item}{Address[Home.Length..]}";

    /// <summary>The topic that keeps such a page current.</summary>
    public LiveTopic Topic => LiveTopic.Cache(Query, NetText.Of(Filter), Part.From);

    /// <summary>While it equals the last one, no page of rows would look different. Cheap.</summary>
    internal static object Stamp(IServiceProvider services) =>
        (services.GetRequiredService<CacheBook>().Stamp(), services.GetRequiredService<FleetHalts>().Opened());

    internal static CacheShown Now(IServiceProvider services, LiveTopic topic) => Now(
        services.GetRequiredService<CacheBook>(), services.GetRequiredService<FleetHalts>(), topic.Name,
        NetText.TryRead<CacheFilter>(topic.Filter ?? ""), topic.Cursor);

    /// <summary>By what the address asks for; the last page for one behind it.</summary>
    /// <param name="filter">Null for none.</param>
    public static CacheShown Now(
        CacheBook book, FleetHalts halts, string? q, CacheFilter? filter, string? from)
    {
        var query = (q ?? "").Trim();
        if (query.Length > WebLimits.QueryLengthMax) query = query[..WebLimits.QueryLengthMax];
        var (which, begin) = (filter ?? CacheFilter.All, LibraryPages.Number(from));
        var part = book.List(query, which, begin, PageMax, FirstMax);
        // The last row of a page may have gone by an act on it.
        if (part is { Lines.Count: 0, Total: > 0 })
            part = book.List(query, which, (part.Total - 1) / PageMax * PageMax, PageMax, FirstMax);
        return new CacheShown(part, query, which, halts.Opened());
    }

    /// <summary>The address of this search, with another filter or from another place.</summary>
    public string Link(CacheFilter filter, int from)
    {
        var query = new QueryString();
        if (Query.Length > 0) query = query.Add("q", Query);
        if (filter != CacheFilter.All) query = query.Add("filter", NetText.Of(filter));
        if (from > 0) query = query.Add("from", from.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return Home + query;
    }
}
