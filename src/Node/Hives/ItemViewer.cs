using Anarchive.Hives;
using Anarchive.Log;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <summary>Where views take what rows do not hold.</summary>
internal sealed record ViewSources(
    NodeId Self, HiveTexts Texts, HiveChains Chains, ReachOf ReachOf, TakesNoPart TakesNoPart,
    Func<GroupId, LocalAgent, bool> Moderates);

/// <summary>Shows items to one viewer, over one connection.</summary>
internal sealed class ItemViewer(ViewSources sources, SqliteConnection db, LocalAgent? viewer)
{
    private readonly Dictionary<GroupId, Seen> _groups = [];

    public PostView Post(GroupId group, string hive, ItemRow item)
    {
        var text = sources.Texts.Read(group, item);
        return new PostView(
            item.Key.ShortId(group),
            item.Key,
            hive,
            AuthorOf(item, text),
            text.Title,
            text.Content,
            text.Url,
            item.Hlc.UnixMs,
            EditedMs(item),
            Count(item.Up),
            Count(item.Down),
            CommentCount(group, item.Key),
            MyVote(group, item.Key),
            StateOf(item, text),
            Hides(group, item),
            sources.ReachOf(group, item.Key.Position))
        {
            Rights = RightsOf(group, item, text),
        };
    }

    public CommentView Comment(GroupId group, string postId, ThreadLine line)
    {
        var item = line.Item;
        if (item is null)
            return new CommentView(
                line.Key.ShortId(group), line.Key, postId, null, line.Depth, null, null, 0, null, 0, 0, 0,
                TextState.Awaited, false, sources.ReachOf(group, line.Key.Position));
        var text = sources.Texts.Read(group, item);
        return new CommentView(
            item.Key.ShortId(group),
            item.Key,
            postId,
            item.Parent?.ShortId(group),
            line.Depth,
            item.IsDeleted ? null : AuthorOf(item, text),
            text.Content,
            item.Hlc.UnixMs,
            EditedMs(item),
            Count(item.Up),
            Count(item.Down),
            MyVote(group, item.Key),
            StateOf(item, text),
            Hides(group, item),
            sources.ReachOf(group, item.Key.Position))
        {
            Rights = RightsOf(group, item, text),
        };
    }

    /// <summary>Null where the text was deleted since it was indexed, or is hidden.</summary>
    public SearchHit? Hit(GroupId group, string hive, ItemRow item, string snippet)
    {
        if (item.IsDeleted || Hides(group, item)) return null;
        var text = sources.Texts.Read(group, item);
        if (text.Agent is null) return null;
        var post = item.Kind == ItemKind.Post ? item.Key : item.Post;
        return new SearchHit(
            item.Key.ShortId(group),
            post.ShortId(group),
            hive,
            text.Title ?? TitleOf(group, post),
            snippet,
            AuthorOf(item, text),
            item.Hlc.UnixMs);
    }

    private string TitleOf(GroupId group, EventRef post) =>
        db.FindItem(sources.Chains, db.NumberOf(group, post.Chain) ?? 0, post.Seq) is { } item
            ? sources.Texts.Read(group, item).Title ?? ""
            : "";

    private AuthorView AuthorOf(ItemRow item, ItemText text) => text.Agent is { } agent
        ? HiveTexts.Author(sources.Self, item.Key.Chain.Origin, agent)
        : sources.Texts.Author(db, sources.Self, item.Key.Chain.Origin, item.AgentId);

    private int CommentCount(GroupId group, EventRef post)
    {
        using var row = db.Statement(
            """
            SELECT count(*) FROM hive_items WHERE group_no = ?1 AND kind = 2 AND post_chain = ?2 AND post_seq = ?3
            AND own_tombstone = 0 AND rank_tombstones = 0
            """);
        row.Bind(1, Known(group).No).Bind(2, db.NumberOf(group, post.Chain) ?? 0).Bind(3, post.Seq);
        return row.Step() ? (int)row.Int64(0) : 0;
    }

    private int MyVote(GroupId group, EventRef target) => viewer is null
        ? 0
        : db.QuerySingleOrDefault<int>(
            "SELECT value FROM own_votes WHERE target = @target AND agent = @Id",
            new { target = target.ShortId(group), viewer.Id });

    private bool Hides(GroupId group, ItemRow item) => Known(group).Bans.Hides(item);

    private Seen Known(GroupId group)
    {
        if (_groups.TryGetValue(group, out var known)) return known;
        var no = db.QuerySingle<long>("SELECT no FROM groups WHERE id = @id", new { id = group.Value.ToArray() });
        var bans = HiveBans.Of(db, no, number => sources.Chains.Of(number).Chain);
        if (viewer is null || sources.TakesNoPart(group))
            return _groups[group] = new Seen(no, bans, false, false, false);
        var mayWrite = !bans.IsBanned(sources.Self, viewer.Id);
        return _groups[group] = new Seen(no, bans, true, mayWrite, mayWrite && sources.Moderates(group, viewer));
    }

    /// <remarks>As <see cref="HiveCommands"/> decide: authors take back what they wrote even when banned.</remarks>
    private ItemRights RightsOf(GroupId group, ItemRow item, ItemText text)
    {
        if (item.IsDeleted) return default;
        var known = Known(group);
        var isOwn = item.Key.Chain.Origin == sources.Self && item.AgentId == viewer?.Id;
        return new ItemRights(
            known.MayWrite, known.MayWrite && isOwn && text.Agent is not null,
            known.TakesPart && (isOwn || known.Moderates));
    }

    private static TextState StateOf(ItemRow item, ItemText text)
    {
        if (item.IsDeleted) return TextState.Deleted;
        return text.Agent is null ? TextState.Owed : TextState.Present;
    }

    private static long? EditedMs(ItemRow item)
    {
        var last = new[] { item.Title, item.Content, item.Url }.Max();
        return last.IsSet ? last.Hlc.UnixMs : null;
    }

    /// <summary>A hive, and what the viewer may do in it.</summary>
    private sealed record Seen(long No, HiveBans Bans, bool TakesPart, bool MayWrite, bool Moderates);

    // A hostile tally may claim more votes than a page can show.
    private static int Count(long votes) => (int)Math.Clamp(votes, int.MinValue, int.MaxValue);
}
