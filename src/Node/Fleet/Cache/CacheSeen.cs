using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>A row of the cache as it was found, before anybody judged it.</summary>
/// <param name="Title">The file's name; the beginning of the item's id where none was ever seen here.</param>
/// <param name="IsFleetStarred">Starred for the whole fleet.</param>
/// <param name="Code">Why it did not come at the last try; null where it was not tried or came.</param>
/// <param name="Copy">The last one asked for; null for none.</param>
internal sealed record CacheSeen(
    CacheRow Row, string Title, CacheState State, bool IsFleetStarred, long? PlayedMs, string? Code, CopyView? Copy)
{
    /// <summary>By title, then id.</summary>
    public static Comparer<CacheSeen> ByTitle { get; } = Comparer<CacheSeen>.Create((a, b) =>
        StringComparer.OrdinalIgnoreCase.Compare(a.Title, b.Title) is var order && order != 0
            ? order
            : a.Item.CompareTo(b.Item));

    public ItemId Item => Row.Item;

    /// <summary>All of it here is on volumes that are not there now: it is neither counted nor fetched.</summary>
    public bool IsOnAbsent => State == CacheState.VolumeAbsent;

    /// <summary>It belongs here and is not.</summary>
    public bool IsMissing => CacheLine.Lacks(Row, State);

    public CacheLine Judged(KeepCause? keep, CullCause? cull, RestoreHold? hold) => new(
        Row, Title, State, IsFleetStarred, PlayedMs, Copy?.Progress.Bytes ?? 0, Code, keep, cull, hold);
}
