using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Where a row of the cache stands.</summary>
public enum CacheState
{
    Here,

    /// <summary>It is being fetched.</summary>
    Coming,

    /// <summary>It is wanted and not here; see <see cref="CacheLine.Hold"/> or <see cref="CacheLine.Code"/>.</summary>
    Missing,

    /// <summary>Neither here nor wanted: trashed, and it stays away until somebody asks.</summary>
    Trashed,

    /// <summary>On a volume that is not there now: it is left alone.</summary>
    VolumeAbsent,

    /// <summary>Set aside by a cull, for a week.</summary>
    Aside,
}

/// <summary>A row of the cache, with what the rules say of it now.</summary>
/// <param name="Title">The file's name; the beginning of the item's id where none was ever seen here.</param>
/// <param name="IsFleetStarred">Starred for the whole fleet.</param>
/// <param name="ComingBytes">Of it that have come so far, while it is coming.</param>
/// <param name="Code">Why it did not come at the last try; null where it was not tried or came.</param>
/// <param name="Keep">Why it stays whatever happens; null where it may go.</param>
/// <param name="Cull">Why it goes with the next cull; null where it does not.</param>
/// <param name="Hold">Why it is not fetched now; null where it may be, or is not wanted.</param>
public sealed record CacheLine(
    CacheRow Row, string Title, CacheState State, bool IsFleetStarred, long? PlayedMs, long ComingBytes, string? Code,
    KeepCause? Keep, CullCause? Cull, RestoreHold? Hold)
{
    public ItemId Item => Row.Item;

    /// <summary>It belongs here and is not.</summary>
    public bool IsMissing => Lacks(Row, State);

    internal static bool Lacks(CacheRow row, CacheState state) =>
        row.Mark.IsWanted && !row.IsHere && state != CacheState.VolumeAbsent;
}

/// <summary>The whole cache at a moment.</summary>
/// <param name="Lines">By title, then id.</param>
/// <param name="AbsentVolumes">Names of volumes that are not there.</param>
public sealed record CacheView(
    IReadOnlyList<CacheLine> Lines, CacheSettings Settings, CacheJudgement Judgement,
    IReadOnlyList<string> AbsentVolumes)
{
    public CacheTally Tally => new(
        Lines.Count, Lines.Count(l => l.Row.Mark.IsStarred), Judgement.Culls.Count, Lines.Count(l => l.IsMissing));

    /// <summary>Of what a cull would take now.</summary>
    public Hash256 CullPlan => Settings.PlanOf(Judgement);
}

/// <summary>What of the cache is listed.</summary>
public enum CacheFilter
{
    All,
    Starred,

    /// <summary>It goes with the next cull.</summary>
    Leaving,

    /// <summary>It belongs here and is not.</summary>
    Missing,
}

/// <summary>How many rows each filter leaves.</summary>
public sealed record CacheTally(int All, int Starred, int Leaving, int Missing);

/// <summary>Some rows of the cache, and how it is as a whole.</summary>
/// <param name="Lines">By title, then id.</param>
/// <param name="Total">Rows that the search and the filter leave.</param>
/// <param name="First">Rows that go first, those that go before others first; not all where many go.</param>
public sealed record CachePart(
    IReadOnlyList<CacheLine> Lines, int From, int Total, CacheTally Tally, IReadOnlyList<CacheLine> First,
    CacheSettings Settings, CacheOutlook Outlook, IReadOnlyList<string> AbsentVolumes)
{
    /// <summary>Of what a cull would take now.</summary>
    public Hash256 CullPlan => Settings.PlanOf(Outlook);

    /// <summary>The last act on a row can be taken back.</summary>
    public bool CanUndo { get; init; }
}
