using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>
/// Posts and comments: a union by position, one register per field, and tombstones.
/// </summary>
/// <remarks>
/// Each part of a row depends on the set of events alone. An early edit waits in the row of an item that is not here;
/// an early tombstone waits there too and wins on arrival. The two update kinds fold alike, and so do the two delete
/// kinds: what they refer to decides, not their name, for the name cannot be compared before the target arrives.
/// </remarks>
internal sealed class PostFold(IHiveRows rows, List<Position> erasures)
{
    /// <summary>
    /// Folds a post or comment. A null author: its payload is not here. <paramref name="again"/>: the event has been
    /// folded before, without the payload it now has.
    /// </summary>
    public void Create(EventHeader header, ItemKind kind, string? agentId, bool again = false)
    {
        if (!RefsFit(header, kind)) return;
        var key = header.Ref;
        var item = (again ? rows.FindItem(key) : rows.FindAwaited(key)) ?? new ItemRow(key);
        item.Kind = kind;
        item.Hlc = header.Hlc;
        if (kind == ItemKind.Comment)
        {
            item.Post = header.Refs[0];
            item.Parent = header.Refs.Count == 2 ? header.Refs[1] : null;
        }

        if (item.IsDeleted)
        {
            erasures.Add(key.Position);
        }
        else
        {
            item.HasText = agentId is not null;
            item.AgentId = agentId ?? "";
        }

        rows.Put(item);
    }

    /// <summary>Takes back what a hollow event promised: its payload came and breaks a rule.</summary>
    public void Retract(EventHeader header)
    {
        if (rows.FindItem(header.Ref) is not { Kind: not ItemKind.Unknown } item) return;
        item.Kind = ItemKind.Unknown;
        item.Hlc = default;
        item.Post = default;
        item.Parent = null;
        item.HasText = false;
        item.AgentId = "";
        rows.Put(item);
    }

    /// <summary>Folds an update. No fields: its payload is not here.</summary>
    public void Update(EventHeader header, EditFields fields)
    {
        if (header.Refs.Count != 1) return;
        var target = header.Refs[0];
        if (target.Chain.Origin != header.Origin) return;
        var item = rows.FindItem(target) ?? new ItemRow(target);
        if (item.IsDeleted)
        {
            fields = EditFields.None;
            erasures.Add(header.Ref.Position);
        }

        var edit = new EditRow(target, LastWriterWins.Of(header), fields);
        rows.Put(edit);
        Raise(item, edit);
        rows.Put(item);
    }

    /// <summary>Deletes an item by its own origin: final, for no later rank takes it back.</summary>
    public void Delete(in EventRef target)
    {
        var item = rows.FindItem(target) ?? new ItemRow(target);
        var before = item.IsDeleted;
        item.OwnTombstone = true;
        Settle(item, before);
    }

    /// <summary>Adds or takes back deletions by rank.</summary>
    public void MoveRankTombstones(in EventRef target, int by)
    {
        var item = rows.FindItem(target) ?? new ItemRow(target);
        var before = item.IsDeleted;
        item.RankTombstones += by;
        Settle(item, before);
    }

    private static bool RefsFit(EventHeader header, ItemKind kind) =>
        kind == ItemKind.Post ? header.Refs.Count == 0 : header.Refs.Count is 1 or 2;

    private static void Raise(ItemRow item, EditRow edit)
    {
        if (edit.Fields.HasFlag(EditFields.Title) && edit.Order > item.Title) item.Title = edit.Order;
        if (edit.Fields.HasFlag(EditFields.Content) && edit.Order > item.Content) item.Content = edit.Order;
        if (edit.Fields.HasFlag(EditFields.Url) && edit.Order > item.Url) item.Url = edit.Order;
    }

    // A deletion forgets whatever payloads said, as a rebuild from the erased log would. Taken back, the item stands
    // without text, which is owed again; a member that never erased it can still fill it.
    private void Settle(ItemRow item, bool before)
    {
        if (item.IsDeleted && !before)
        {
            if (item.Kind != ItemKind.Unknown) erasures.Add(item.Key.Position);
            foreach (var edit in rows.Edits(item.Key).ToArray())
            {
                erasures.Add(edit.Position);
                rows.Put(edit with { Fields = EditFields.None });
            }

            item.HasText = false;
            item.AgentId = "";
            item.Title = item.Content = item.Url = default;
        }

        rows.Put(item);
    }
}
