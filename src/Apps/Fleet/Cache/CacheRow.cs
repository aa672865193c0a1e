namespace Anarchive.Fleet;

/// <summary>What is being done with an item's bytes right now.</summary>
public enum CacheUse
{
    Idle,
    Playing,
    Downloading,

    /// <summary>A copy of it is being made from here, or to here.</summary>
    Copying,
}

/// <summary>An item as this device's cache sees it.</summary>
/// <param name="Bytes">Of it on this device's volumes; 0 where it is not here.</param>
/// <param name="IsBound">The fleet's custody needs the copy here, or was promised it.</param>
/// <param name="UsedMs">When it was last played, or else came; Unix milliseconds.</param>
/// <param name="WatchedMs">When it was last played to its end; null where it was not.</param>
/// <param name="IsManual">A person put it here; otherwise it came by itself.</param>
/// <param name="Mark">Star, trash and tombstone.</param>
/// <param name="Failures">Restores in a row that failed.</param>
/// <param name="TriedMs">When the last of them began; null where none did.</param>
public sealed record CacheRow(
    ItemId Item, long SizeBytes, long Bytes, CacheUse Use, bool IsBound, long UsedMs, long? WatchedMs,
    bool IsManual, CacheMark Mark, int Failures, long? TriedMs)
{
    public bool IsHere => Bytes > 0;
}
