namespace Anarchive.Fleet;

/// <summary>What its owner wants of an item on this device.</summary>
/// <param name="IsBuried">It was trashed: it does not come back by itself until somebody asks (a tombstone).</param>
/// <param name="IsAsked">Somebody asked for it once; it is fetched although it has no star.</param>
public readonly record struct CacheMark(PinKind Pin, bool IsBuried, bool IsAsked)
{
    public bool IsStarred => Pin == PinKind.Star;

    public bool IsTrashed => Pin == PinKind.Trash;

    /// <summary>It belongs here, whether or not it is.</summary>
    public bool IsWanted => (IsStarred || IsAsked) && !IsBuried;
}

public enum CacheAct
{
    Star,
    Unstar,
    Trash,

    /// <summary>Asks for an item that is not here.</summary>
    Restore,

    /// <summary>Asks no longer.</summary>
    Cancel,
}

/// <summary>One act and what it changed, so that it can be undone.</summary>
public sealed record CacheChange(ItemId Item, CacheAct Act, CacheMark Before, CacheMark After);

/// <summary>What acts do to marks (design: offline cache, C5), and how they are undone.</summary>
public static class CacheActs
{
    /// <summary>A starred row is never trashed by one slip.</summary>
    public const string Starred = "cache_starred";

    /// <summary>What would be undone was changed by a later act.</summary>
    public const string ChangedSince = "cache_changed_since";

    /// <summary>The mark after an act, or the code of its refusal.</summary>
    public static (CacheMark Mark, string? Refusal) Apply(CacheMark mark, CacheAct act) => act switch
    {
        // To star what was trashed is to ask for it.
        CacheAct.Star => (new CacheMark(PinKind.Star, false, mark.IsAsked), null),
        CacheAct.Unstar => (mark.IsStarred ? mark with { Pin = PinKind.None } : mark, null),
        CacheAct.Trash when mark.IsStarred => (mark, Starred),
        CacheAct.Trash => (new CacheMark(PinKind.Trash, true, false), null),
        CacheAct.Restore => (new CacheMark(mark.IsTrashed ? PinKind.None : mark.Pin, false, true), null),
        CacheAct.Cancel => (mark with { IsAsked = false }, null),
        _ => throw new ArgumentOutOfRangeException(nameof(act)),
    };

    /// <summary>
    /// The mark before a change. What was deleted meanwhile is asked for again, if it belonged here before.
    /// </summary>
    public static (CacheMark Mark, string? Refusal) Undo(CacheMark mark, CacheChange change, bool isHere)
    {
        if (mark != change.After) return (mark, ChangedSince);
        var comesBack = change.Act == CacheAct.Trash && !isHere;
        return (change.Before with { IsAsked = change.Before.IsAsked || comesBack }, null);
    }
}
