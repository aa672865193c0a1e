using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Releases as they are listed: all that are under way, and the last that ended.</summary>
/// <param name="Ended">The last begun first.</param>
/// <param name="EndedTotal">As many as ever ended, of each item the last.</param>
public sealed record ListedReleases(
    IReadOnlyList<OwnRelease> UnderWay, IReadOnlyList<OwnRelease> Ended, int EndedTotal)
{
    /// <param name="most">Of those that ended; what is under way is all there.</param>
    public static ListedReleases Of(IReadOnlyList<OwnRelease> releases, int most)
    {
        var isOver = releases.ToLookup(r => r.Progress.Stage == ReleaseStage.Ended);
        return new ListedReleases(
            [.. isOver[false]], [.. isOver[true].OrderByDescending(r => r.BegunMs).Take(most)], isOver[true].Count());
    }

    public IEnumerable<ItemId> Items => UnderWay.Concat(Ended).Select(r => r.Progress.Item);
}
