using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>What an event that others refer to turned out to be.</summary>
public enum ItemKind
{
    /// <summary>Not here: awaited, or a reference to nothing.</summary>
    Unknown = 0,
    Post = 1,
    Comment = 2,
}

/// <summary>
/// What is folded about one post or comment, or about a reference that is not here yet. It holds no text: readers
/// take it from the events that <see cref="Key"/> and the three registers name, so erasing those erases it everywhere.
/// </summary>
/// <remarks>
/// A reference with a wrong id has a row of its own, which never becomes a post or a comment; that is why no fold
/// compares ids.
/// </remarks>
public sealed class ItemRow(EventRef key)
{
    public EventRef Key { get; } = key;

    public ItemKind Kind { get; set; }

    /// <summary>The payload has been read. False with a known kind: it is owed, or erased where deleted.</summary>
    public bool HasText { get; set; }

    /// <summary>The author, an agent of the key's origin; empty without text.</summary>
    public string AgentId { get; set; } = "";

    /// <summary>The post a comment belongs to; default otherwise.</summary>
    public EventRef Post { get; set; }

    /// <summary>The comment a comment replies to; null where it replies to the post itself.</summary>
    public EventRef? Parent { get; set; }

    public Hlc Hlc { get; set; }

    /// <summary>The edit whose title stands; not set where the original's does. Alike below.</summary>
    public LastWriterWins Title { get; set; }

    public LastWriterWins Content { get; set; }

    public LastWriterWins Url { get; set; }

    /// <summary>Deleted by its own origin, for good.</summary>
    public bool OwnTombstone { get; set; }

    /// <summary>Deletions by rank that are in force.</summary>
    public int RankTombstones { get; set; }

    /// <summary>Votes of 1, by the mode in force.</summary>
    public long Up { get; set; }

    /// <summary>Votes of −1, by the mode in force.</summary>
    public long Down { get; set; }

    public bool IsDeleted => OwnTombstone || RankTombstones > 0;

    /// <summary>Where the text of a field stands: in its winning edit, otherwise in the item itself.</summary>
    public Position SourceOf(LastWriterWins register) => register.IsSet
        ? new Position(new ChainId(Key.Chain.Origin, register.Incarnation), register.Seq)
        : Key.Position;
}

/// <summary>The fields an update sets. None: its payload is owed or erased.</summary>
[Flags]
public enum EditFields
{
    None = 0,
    Title = 1,
    Content = 2,
    Url = 4,
}

/// <summary>An update of an item by the item's own origin, kept even before the item arrives.</summary>
public sealed record EditRow(EventRef Target, LastWriterWins Order, EditFields Fields)
{
    public Position Position => new(new ChainId(Target.Chain.Origin, Order.Incarnation), Order.Seq);
}
