using Anarchive.Fleet;
using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>One page of the library, as it is now.</summary>
/// <param name="Next">Empty but on the first page of everything.</param>
/// <param name="Markers">Of works that are one file.</param>
public sealed record LibrarySeen(
    LibraryPage Page, string Query, LibraryFilter Filter, IReadOnlyList<LibraryNext> Next,
    IReadOnlyDictionary<ItemId, IReadOnlyList<SkipOffer>> Markers)
{
    public LibraryStanding All => Page.Standing;

    /// <summary>The topic that keeps such a page current.</summary>
    public LiveTopic Topic => LiveTopic.Library(Query, NetText.Of(Filter), Page.From);

    public static LibrarySeen Now(IServiceProvider services, string query, LibraryFilter filter, int from)
    {
        var library = services.GetRequiredService<LibraryQueries>();
        var page = library.List(query, filter, from, LibraryPages.PageMax);
        var isFront = query.Length == 0 && filter == LibraryFilter.All && from == 0;
        return new LibrarySeen(
            page, query, filter, isFront ? library.Next() : [],
            services.GetRequiredService<LibraryMarkers>().Of(
                [.. page.Lines.Where(l => l.Work.Files.Count == 1).Select(l => l.First)]));
    }

    public static LibrarySeen Now(IServiceProvider services, LiveTopic topic) => Now(
        services, topic.Name, NetText.TryRead<LibraryFilter>(topic.Filter ?? "") ?? LibraryFilter.All,
        LibraryPages.Number(topic.Cursor));

    public IReadOnlyList<SkipOffer> MarkersOf(LibraryLine line) => Markers.GetValueOrDefault(line.First.Item) ?? [];

    /// <summary>The address of this search, with another filter or from another place.</summary>
    public string Link(LibraryFilter filter, int from)
    {
        var query = new QueryString();
        if (Query.Length > 0) query = query.Add("q", Query);
        if (filter != LibraryFilter.All) query = query.Add("filter", NetText.Of(filter));
        if (from > 0) query = query.Add("from", from.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return "/library" + query;
    }
}
