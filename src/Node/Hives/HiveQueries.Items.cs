using Anarchive.Hives;
using Anarchive.Log;
using Microsoft.Data.Sqlite;

namespace Anarchive.Node;

/// <content>Posts and comments.</content>
public sealed partial class HiveQueries
{
    /// <summary>Posts of one hive, or of all where <paramref name="hive"/> is null. A null page: bad cursor.</summary>
    public Page<PostView>? Feed(string? hive, FeedSort sort, string? cursor, int limit, LocalAgent? viewer)
    {
        using var db = _database.OpenReader();
        var keys = HiveKeys(db, hive);
        if (hive is not null && keys.Count == 0) return new([], null);
        var list = $"feed {sort} {(hive is null ? "" : keys[0].Group)}";
        PageCursor? after = null;
        if (cursor is not null)
        {
            if (!PageCursor.TryRead(_secret, list, cursor, out var read)) return null;
            after = read;
        }

        var max = Clamp(limit);
        var feed = new HiveFeed(db, _chains);
        var ranked = keys.SelectMany(key => feed.Read(key.No, key.Group, sort, after, max + 1))
            .OrderByDescending(post => post.Rank).Take(max + 1).ToList();
        var names = keys.ToDictionary(key => key.Group, key => key.Name);
        var show = new ItemViewer(_sources, db, viewer);
        var posts = ranked.Take(max).Select(post => show.Post(post.Group, names[post.Group], post.Item)).ToList();
        var next = ranked.Count > max ? ranked[max - 1].Rank.Write(_secret, list) : null;
        return new(posts, next);
    }

    public PostView? Post(string id, LocalAgent? viewer)
    {
        using var db = _database.OpenReader();
        return Find(db, id) is var (chain, item) && item.Kind == ItemKind.Post
            ? new ItemViewer(_sources, db, viewer).Post(chain.Group, HiveNames.Of(db, chain.Group) ?? "", item)
            : null;
    }

    /// <summary>Comments of a post in tree order, best first among siblings. A null page: bad cursor.</summary>
    public Page<CommentView>? Comments(string postId, string? cursor, int limit, LocalAgent? viewer)
    {
        using var db = _database.OpenReader();
        if (Find(db, postId) is not var (chain, post) || post.Kind != ItemKind.Post) return new([], null);
        var list = $"comments {postId}";
        PageCursor? after = null;
        if (cursor is not null)
        {
            if (!PageCursor.TryRead(_secret, list, cursor, out var read)) return null;
            after = read;
        }

        var lines = ThreadTree.Build(post.Key, CommentsOf(db, chain, post.Key), Ranking.BestFirst);
        var first = after is { } last ? IndexAfter(lines, last) : 0;
        var show = new ItemViewer(_sources, db, viewer);
        var shown = lines.Skip(first).Take(Clamp(limit)).ToList();
        var comments = shown.ConvertAll(line => show.Comment(chain.Group, postId, line));
        var end = first + shown.Count;
        if (end >= lines.Count) return new(comments, null);
        var behind = shown[^1].Key;
        var rank = new PageCursor(end, 0, db.NumberOf(chain.Group, behind.Chain) ?? 0, behind.Seq);
        return new(comments, rank.Write(_secret, list));
    }

    public CommentView? Comment(string id, LocalAgent? viewer)
    {
        using var db = _database.OpenReader();
        if (Find(db, id) is not var (chain, item) || item.Kind != ItemKind.Comment) return null;
        var post = item.Post.ShortId(chain.Group);
        var rows = CommentsOf(db, chain, item.Post);
        var line = ThreadTree.Build(item.Post, rows, Ranking.BestFirst).FirstOrDefault(l => l.Key == item.Key);
        if (line.Item is null) line = new ThreadLine(item.Key, item, 0);
        return new ItemViewer(_sources, db, viewer).Comment(chain.Group, post, line);
    }

    private (HiveChain Chain, ItemRow Item)? Find(SqliteConnection db, string id)
    {
        if (_chains.Find(id) is not var (chain, seq)) return null;
        return db.FindItem(_chains, chain.No, seq) is { } item ? (chain, item) : null;
    }

    private List<ItemRow> CommentsOf(SqliteConnection db, HiveChain any, EventRef post)
    {
        var comments = new List<ItemRow>();
        using var row = db.Statement(
            $"""
            SELECT {RowColumns.Item} FROM hive_items
            WHERE group_no = ?1 AND kind = 2 AND post_chain = ?2 AND post_seq = ?3
            """);
        row.Bind(1, any.GroupNo).Bind(2, db.NumberOf(any.Group, post.Chain) ?? 0).Bind(3, post.Seq);
        while (row.Step()) comments.Add(RowColumns.ReadItem(row, ChainOf));
        return comments;
    }

    /// <summary>Behind the last line shown; where that has gone since, behind as many lines as were shown.</summary>
    private int IndexAfter(IReadOnlyList<ThreadLine> lines, PageCursor last)
    {
        var position = new Position(ChainOf(last.Chain), last.Seq);
        for (var i = 0; i < lines.Count; i++)
            if (lines[i].Key.Position == position) return i + 1;
        return (int)Math.Min(last.First, lines.Count);
    }
}
