namespace Anarchive.Web;

/// <summary>This device's cache. Times are Unix milliseconds, sizes bytes.</summary>
/// <param name="BudgetBytes">Null for no limit but the disk's.</param>
/// <param name="CullsManual">Rows that a person put here go too, last of all.</param>
/// <param name="Agreed">The first cull was applied by hand: the node culls by itself.</param>
/// <param name="OverBytes">Above the budget even after all that may go has gone.</param>
/// <param name="StarredBytes">Of all starred rows, here or missing.</param>
/// <param name="AbsentVolumes">Names of volumes that are not there: nothing of them is culled or restored.</param>
/// <param name="Rows">By title: all, or those that were asked for.</param>
/// <param name="Total">Rows that the search and the filter leave.</param>
public sealed record CacheDto(
    long UsedBytes, long? BudgetBytes, bool CullsManual, bool Agreed, long OverBytes, long StarredBytes,
    IReadOnlyList<string> AbsentVolumes, IReadOnlyList<CacheRowDto> Rows, int From, int Total, CacheTallyDto Tally);

/// <summary>How many rows each filter leaves.</summary>
/// <param name="Leaving">They go with the next cull.</param>
/// <param name="Missing">They belong here and are not.</param>
public sealed record CacheTallyDto(int All, int Starred, int Leaving, int Missing);

/// <summary>A row of the cache.</summary>
/// <param name="State">
/// <c>here</c>, <c>coming</c>, <c>missing</c>, <c>trashed</c>, <c>volume_absent</c> or <c>aside</c>.
/// </param>
/// <param name="Keep">
/// Why it stays: <c>starred</c>, <c>playing</c>, <c>downloading</c>, <c>copying</c>, <c>custody</c> or <c>manual</c>.
/// </param>
/// <param name="Cull">Why it goes next: <c>trashed</c>, <c>watched</c>, <c>least_used</c>, <c>manual</c>.</param>
/// <param name="Hold">
/// Why it is not fetched now: <c>backoff</c>, <c>no_space</c>, <c>over_budget</c> or <c>under_way</c>.
/// </param>
/// <param name="Code">Why it did not come at the last try.</param>
public sealed record CacheRowDto(
    string Item, string Title, long Size, long Bytes, string State, bool Starred, bool FleetStarred, bool Trashed,
    bool Manual, long? PlayedMs, long? WatchedMs, long ComingBytes, string? Keep, string? Cull, string? Hold,
    string? Code);

/// <summary><c>star</c>, <c>unstar</c>, <c>trash</c>, <c>restore</c> or <c>cancel</c>.</summary>
/// <param name="Scope"><c>device</c>, or <c>fleet</c> for a star of the whole fleet.</param>
public sealed record CacheActRequest(string Act, string Scope = "device");

/// <summary>Takes back the last act on an item, or the last of all.</summary>
public sealed record CacheUndoRequest(string? Item);

/// <summary>The item of which an act was taken back.</summary>
public sealed record CacheUndoneDto(string Item);

/// <summary>Sets the budget in bytes; null for none.</summary>
public sealed record CacheBudgetRequest(long? Bytes, bool CullsManual = false);

/// <summary>Without <paramref name="Apply"/> nothing is done.</summary>
public sealed record CacheApplyRequest(bool Apply);

/// <summary>Has a cull told of, or done.</summary>
/// <param name="Apply">The <c>plan_id</c> of what was told; where it is null nothing is done.</param>
public sealed record CullRequest(string? Apply);

/// <summary>What a cull took, or would take.</summary>
/// <param name="Stayed">Items that were to go and stayed.</param>
/// <param name="PlanId">To have done what is told; null where it was done.</param>
public sealed record CullDto(
    bool Applied, long Bytes, long OverBytes, IReadOnlyList<CacheRowDto> Rows, IReadOnlyList<string> Stayed,
    string? PlanId);

/// <summary>What is missing of what is wanted, and how many restores were begun.</summary>
public sealed record CacheRestoresDto(int Begun, IReadOnlyList<CacheRowDto> Missing);

/// <summary>Says that an item was played just now.</summary>
public sealed record CachePlayedRequest(bool ToItsEnd);
