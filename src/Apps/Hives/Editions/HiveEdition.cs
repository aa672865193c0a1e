using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>Which events a hive's state still needs: folding those alone gives the same state.</summary>
/// <remarks>
/// What goes: votes, tallies and joins that a later one replaced, edits of which no field stands, texts of deleted
/// items with their edits, and payloads that break a rule. What stays: every act of rank, because a change of
/// authority judges it again; every deletion; headers of deleted items; kinds that are not of Hives.
/// </remarks>
public static class HiveEdition
{
    /// <summary>The event, its header alone, or null where the rows need nothing of it.</summary>
    public static Event? Keep(VerifiedEvent e, IHiveRows rows)
    {
        var header = e.Header;
        var whole = new Event(header, e.Payload);
        if (!HivesApp.Kinds.Contains(header.Kind)) return whole;
        var isNeeded = e.Content switch
        {
            PostCreated or CommentCreated => rows.FindItem(header.Ref) is { Kind: not ItemKind.Unknown },
            PostUpdated or CommentUpdated => IsInRegister(header, rows),
            PostDeleted or CommentDeleted => header.Refs.Count is 1 or 2,
            VoteCast vote => header.Refs.Count == 1
                && Is(header, rows.FindVote(header.Origin, vote.Voter, header.Refs[0])?.Order),
            VoteTallied => header.Refs.Count == 1
                && Is(header, rows.FindTally(header.Origin, header.Refs[0])?.Order),
            MembershipChanged { Action: MembershipAction.Join or MembershipAction.Leave } move =>
                Is(header, rows.FindMember(header.Origin, move.Subject.AgentId)?.Order),
            IHivePayload => rows.FindAct(header.Ref.Position) is not null,
            _ => e.IsHollow && IsOwed(header, rows),
        };
        if (!isNeeded) return null;
        var isText = e.Content is PostCreated or CommentCreated;
        return isText && rows.FindItem(header.Ref) is { IsDeleted: true } ? new Event(header, null) : whole;
    }

    /// <summary>The digest of the state that these events fold to; nothing is written.</summary>
    public static Hash256 StateOf(IEnumerable<VerifiedEvent> events, Authority authority)
    {
        var rows = new MemoryHiveRows();
        var fold = new HiveFold(rows, authority);
        foreach (var e in events) fold.Apply(e);
        fold.Rejudge();
        return rows.Digest();
    }

    private static bool IsInRegister(EventHeader header, IHiveRows rows) =>
        header.Refs.Count == 1
        && rows.FindItem(header.Refs[0]) is { IsDeleted: false } item
        && header.Refs[0].Chain.Origin == header.Origin
        && (Is(header, item.Title) || Is(header, item.Content) || Is(header, item.Url));

    // A hollow text may still be filled, unless its item is deleted; then the item's header alone is needed.
    private static bool IsOwed(EventHeader header, IHiveRows rows) => header.Kind.Name switch
    {
        "post_created" or "comment_created" => rows.FindItem(header.Ref) is { Kind: not ItemKind.Unknown },
        "post_updated" or "comment_updated" => header.Refs.Count == 1
            && header.Refs[0].Chain.Origin == header.Origin
            && rows.FindItem(header.Refs[0]) is { IsDeleted: false },
        _ => false,
    };

    private static bool Is(EventHeader header, LastWriterWins? register) => register == LastWriterWins.Of(header);
}
