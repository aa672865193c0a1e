using System.Globalization;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>The <c>limit</c> and <c>sort</c> members of a query string, checked.</summary>
public static class Paging
{
    /// <summary>A limit from 1 to <see cref="WebLimits.PageMax"/>; the default where none is given.</summary>
    public static bool TryLimit(string? text, out int limit, out Problem? problem)
    {
        limit = WebLimits.PageDefault;
        problem = null;
        if (text is null) return true;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
            && limit is >= 1 and <= WebLimits.PageMax) return true;
        problem = new Problem("bad_limit", 400, "The limit must be a whole number from 1 to 100.");
        return false;
    }

    /// <summary>A sort by its name; newest first where none is given.</summary>
    public static bool TrySort(string? text, out FeedSort sort, out Problem? problem)
    {
        problem = null;
        (sort, var known) = text switch
        {
            null or "new" => (FeedSort.New, true),
            "top" => (FeedSort.Top, true),
            "hot" => (FeedSort.Hot, true),
            _ => (FeedSort.New, false),
        };
        if (!known) problem = new Problem("bad_sort", 400, "The sort must be new, top or hot.");
        return known;
    }
}
