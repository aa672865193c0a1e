using Anarchive.Log;

namespace Anarchive.Hives;

/// <summary>A line of a thread in reading order.</summary>
/// <param name="Key">The comment.</param>
/// <param name="Item">Its row; null where others reply to it and it has not arrived.</param>
/// <param name="Depth">0 for a reply to the post itself.</param>
public readonly record struct ThreadLine(EventRef Key, ItemRow? Item, int Depth);

/// <summary>Lays the comments of a post out as a tree.</summary>
/// <remarks>
/// Depth follows from the refs of the rows alone, so a reply that came before its parent ends at its true depth. A
/// deleted comment leaves a placeholder while anything below it stands; a parent that is absent, or that belongs to
/// another post, leaves an awaited one. Nothing recurses: depth is chosen by whoever writes.
/// </remarks>
public static class ThreadTree
{
    /// <summary>The comments of <paramref name="post"/> in tree order; rows of other posts are ignored.</summary>
    public static IReadOnlyList<ThreadLine> Build(
        EventRef post, IEnumerable<ItemRow> comments, Comparison<ItemRow> siblings)
    {
        var byKey = new Dictionary<EventRef, ItemRow>();
        foreach (var comment in comments)
            if (comment.Kind == ItemKind.Comment && comment.Post == post) byKey[comment.Key] = comment;

        var roots = new List<ItemRow>();
        var below = new Dictionary<EventRef, List<ItemRow>>();
        var awaited = new SortedSet<EventRef>();
        foreach (var comment in byKey.Values)
        {
            if (comment.Parent is not { } parent || parent == post)
            {
                roots.Add(comment);
                continue;
            }

            if (!byKey.ContainsKey(parent)) awaited.Add(parent);
            if (!below.TryGetValue(parent, out var replies)) below[parent] = replies = [];
            replies.Add(comment);
        }

        roots.Sort(siblings);
        foreach (var replies in below.Values) replies.Sort(siblings);
        return WithoutBareDeletions(Walk(roots, awaited, below));
    }

    private static List<ThreadLine> Walk(
        List<ItemRow> roots, SortedSet<EventRef> awaited, Dictionary<EventRef, List<ItemRow>> below)
    {
        var lines = new List<ThreadLine>();
        var open = new Stack<ThreadLine>();
        foreach (var key in awaited.Reverse()) open.Push(new ThreadLine(key, null, 0));
        for (var i = roots.Count - 1; i >= 0; i--) open.Push(new ThreadLine(roots[i].Key, roots[i], 0));
        while (open.TryPop(out var line))
        {
            lines.Add(line);
            if (!below.TryGetValue(line.Key, out var replies)) continue;
            for (var i = replies.Count - 1; i >= 0; i--)
                open.Push(new ThreadLine(replies[i].Key, replies[i], line.Depth + 1));
        }

        return lines;
    }

    // Read from the end, the line after a comment is its reply exactly when it stands deeper.
    private static List<ThreadLine> WithoutBareDeletions(List<ThreadLine> lines)
    {
        var kept = new List<ThreadLine>(lines.Count);
        for (var i = lines.Count - 1; i >= 0; i--)
        {
            var line = lines[i];
            var stands = line.Item is { IsDeleted: false };
            if (stands || (kept.Count > 0 && kept[^1].Depth > line.Depth)) kept.Add(line);
        }

        kept.Reverse();
        return kept;
    }
}
