namespace Anarchive.Fleet;

/// <summary>Why a row goes, in the order in which rows go (design: offline cache, C2).</summary>
public enum CullCause
{
    Trashed,

    /// <summary>Watched to its end more than 48 hours ago.</summary>
    Watched,

    /// <summary>Used longest ago of what came by itself.</summary>
    LeastUsed,

    /// <summary>A person put it here, and the owner lets such rows go too.</summary>
    Manual,
}

/// <summary>Why a row stays although room is wanted (design: offline cache, C1).</summary>
public enum KeepCause
{
    Starred,
    Playing,
    Downloading,
    Copying,

    /// <summary>The fleet needs this copy.</summary>
    Custody,

    /// <summary>A person put it here.</summary>
    Manual,
}

/// <summary>Why a missing row is not fetched now.</summary>
public enum RestoreHold
{
    /// <summary>It failed a while ago; see <see cref="CacheRestore.NotBeforeMs"/>.</summary>
    Backoff,

    /// <summary>The volume has no room above its reserve.</summary>
    NoSpace,

    /// <summary>It would take the cache over its budget.</summary>
    OverBudget,

    /// <summary>It is being fetched.</summary>
    UnderWay,
}

/// <summary>A row that goes.</summary>
public sealed record CacheCull(ItemId Item, long Bytes, CullCause Cause);

/// <summary>A row that stays.</summary>
public sealed record CacheKeep(ItemId Item, long Bytes, KeepCause Cause);

/// <summary>A row that comes back.</summary>
/// <param name="Hold">Null where it may begin now.</param>
/// <param name="NotBeforeMs">Unix milliseconds, where it waits for its turn after a failure; otherwise null.</param>
public sealed record CacheRestore(ItemId Item, long SizeBytes, RestoreHold? Hold, long? NotBeforeMs);

/// <summary>What is to become of a cache by the rules of a moment.</summary>
/// <param name="IsVolumeAbsent">Nothing is culled and nothing restored (design: offline cache, C6).</param>
/// <param name="UsedBytes">Before anything goes.</param>
/// <param name="OverBytes">Above the budget even after every row that may go has gone; 0 where it fits.</param>
/// <param name="StarredBytes">Of all starred rows, here or missing.</param>
public record CacheOutlook(
    bool IsVolumeAbsent, long UsedBytes, long OverBytes, long StarredBytes, IReadOnlyList<CacheCull> Culls,
    IReadOnlyList<CacheRestore> Restores)
{
    public long CulledBytes => Culls.Sum(c => c.Bytes);
}

/// <summary>The same with each row that stays.</summary>
public sealed record CacheJudgement : CacheOutlook
{
    public CacheJudgement(CacheOutlook outlook, IReadOnlyList<CacheKeep> keeps)
        : base(outlook) => Keeps = keeps;

    /// <summary>Rows that no cull may take, in order of their ids.</summary>
    public IReadOnlyList<CacheKeep> Keeps { get; }
}
