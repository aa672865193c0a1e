using Anarchive.Node;
using Dapper;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Feeds, threads and search as pages read them.</summary>
public sealed class HiveQueriesTests : IAsyncLifetime
{
    private readonly HiveNode _node = new();
    private LocalAgent _ann = null!;

    private static CancellationToken Cancellation => HiveNode.Cancellation;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _ann = await _node.AgentAsync("Ann");
        await _node.HiveAsync(_ann);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory]
    [InlineData(FeedSort.New)]
    [InlineData(FeedSort.Top)]
    [InlineData(FeedSort.Hot)]
    public async Task Paging_a_feed_shows_every_post_once_while_new_ones_arrive(FeedSort sort)
    {
        var posts = new List<string>();
        for (var i = 0; i < 7; i++) posts.Add(await _node.PostAsync(_ann, $"Post {i}"));
        foreach (var post in posts.Where((_, i) => i % 3 == 0))
            HiveNode.Done(await _node.Commands.VoteAsync(_ann, post, 1, Cancellation));
        var whole = _node.Queries.Feed("cats", sort, null, 100, null)!.Items.Select(p => p.Id).ToList();
        Assert.Equal(posts.Order(), whole.Order());
        foreach (var hive in new[] { "cats", null })
        {
            var seen = new List<string>();
            string? cursor = null;
            do
            {
                var page = _node.Queries.Feed(hive, sort, cursor, 2, null)!;
                seen.AddRange(page.Items.Select(p => p.Id));
                if (cursor is null && hive is not null) posts.Add(await _node.PostAsync(_ann, "Came meanwhile"));
                cursor = page.Next;
            }
            while (cursor is not null);
            Assert.Equal(whole, seen.Where(whole.Contains));
            Assert.Equal(seen.Distinct(), seen);
        }
    }

    [Fact]
    public async Task Top_and_hot_put_the_best_first_and_new_the_newest()
    {
        var first = await _node.PostAsync(_ann);
        var second = await _node.PostAsync(_ann);
        var bob = await _node.AgentAsync("Bob");
        foreach (var agent in new[] { _ann, bob })
            HiveNode.Done(await _node.Commands.VoteAsync(agent, first, 1, Cancellation));
        Assert.Equal([second, first], _node.Queries.Feed("cats", FeedSort.New, null, 9, null)!.Items.Select(p => p.Id));
        Assert.Equal([first, second], _node.Queries.Feed("cats", FeedSort.Top, null, 9, null)!.Items.Select(p => p.Id));
        Assert.Equal([first, second], _node.Queries.Feed("cats", FeedSort.Hot, null, 9, null)!.Items.Select(p => p.Id));
    }

    [Fact]
    public async Task A_cursor_that_was_changed_or_belongs_to_another_list_has_no_page()
    {
        var post = await _node.PostAsync(_ann);
        await _node.PostAsync(_ann);
        await _node.CommentAsync(_ann, post);
        await _node.CommentAsync(_ann, post);
        var cursor = _node.Queries.Feed("cats", FeedSort.New, null, 1, null)!.Next!;
        for (var i = 0; i < cursor.Length; i++)
        {
            var changed = cursor[..i] + (cursor[i] == 'a' ? 'b' : 'a') + cursor[(i + 1)..];
            Assert.Null(_node.Queries.Feed("cats", FeedSort.New, changed, 1, null));
        }

        Assert.Null(_node.Queries.Feed("cats", FeedSort.Top, cursor, 1, null));
        Assert.Null(_node.Queries.Feed(null, FeedSort.New, cursor, 1, null));
        Assert.Null(_node.Queries.Comments(post, cursor, 1, null));
        Assert.Null(_node.Queries.Members("cats", cursor, 1));
        Assert.Null(_node.Queries.Search("cat", null, "", 1));
        Assert.NotNull(_node.Queries.Feed("cats", FeedSort.New, cursor, -2, null));
    }

    [Fact]
    public async Task A_thread_pages_in_tree_order_with_true_depths()
    {
        var post = await _node.PostAsync(_ann);
        var parent = await _node.CommentAsync(_ann, post);
        var ids = new List<string> { parent };
        for (var i = 0; i < 4; i++) ids.Add(await _node.CommentAsync(_ann, post, ids[^1]));
        ids.Add(await _node.CommentAsync(_ann, post));
        HiveNode.Done(await _node.Commands.DeleteAsync(_ann, ids[2], null, Cancellation));
        var shown = new List<CommentView>();
        string? cursor = null;
        do
        {
            var page = _node.Queries.Comments(post, cursor, 2, null)!;
            shown.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(ids, shown.Select(c => c.Id));
        Assert.Equal([0, 1, 2, 3, 4, 0], shown.Select(c => c.Depth));
        Assert.Equal((TextState.Deleted, null, null), (shown[2].Text, shown[2].Content, shown[2].Author));
        Assert.Equal(5, _node.Queries.Post(post, null)!.Comments);
    }

    [Fact]
    public async Task Search_finds_titles_and_texts_and_marks_what_matched()
    {
        var post = await _node.PostAsync(_ann, "Restoring a splicer", "The motor hums");
        var comment = await _node.CommentAsync(_ann, post, text: "Oil the motor");
        await _node.IndexAsync();
        Assert.Equal([post, comment], _node.Queries.Search("motor", null, null, 9)!.Items.Select(h => h.Id).Order());
        var hit = Assert.Single(_node.Queries.Search("oil MOT", "cats", null, 9)!.Items);
        Assert.Equal((comment, post, "Restoring a splicer"), (hit.Id, hit.PostId, hit.Title));
        var (start, end) = (SearchHit.MarkStart, SearchHit.MarkEnd);
        Assert.Equal($"{start}Oil{end} the {start}motor{end}", hit.Snippet);
        Assert.Empty(_node.Queries.Search("motor", "dogs", null, 9)!.Items);
        var page = _node.Queries.Search("motor", null, null, 1)!;
        Assert.Single(_node.Queries.Search("motor", null, page.Next, 1)!.Items);
    }

    [Fact]
    public async Task Of_more_hits_than_are_ranked_the_newest_come_first_and_that_is_said()
    {
        // Ranked, the shortest would be best.
        string[] texts = ["motor", "motor of a splicer", "motor of a splicer that hums", "motor and much besides it"];
        var posts = new List<string>();
        foreach (var text in texts) posts.Add(await _node.PostAsync(_ann, "A motor", text));
        await _node.IndexAsync();
        var ranked = _node.Queries.Search("motor", null, null, 9, rankedMax: 4)!;
        Assert.Equal((posts[0], null), (ranked.Items[0].Id, ranked.NewestOfMoreThan));
        var newest = _node.Queries.Search("motor", null, null, 3, rankedMax: 3)!;
        Assert.Equal(posts.AsEnumerable().Reverse().Take(3), newest.Items.Select(h => h.Id));
        Assert.Equal(3, newest.NewestOfMoreThan);
        var (start, end) = (SearchHit.MarkStart, SearchHit.MarkEnd);
        Assert.All(newest.Items, hit => Assert.Contains($"{start}motor{end}", hit.Snippet));
        Assert.Null(_node.Queries.Search("motor", "cats", newest.Next, 3, rankedMax: 3));
        var rest = _node.Queries.Search("motor", null, newest.Next, 3, rankedMax: 3)!;
        Assert.Equal((posts[0], null), (Assert.Single(rest.Items).Id, rest.Next));
        Assert.Null(_node.Queries.Search("motor hums", null, null, 9, rankedMax: 3)!.NewestOfMoreThan);
        Assert.Empty(_node.Queries.Search("motor", "dogs", null, 9, rankedMax: 0)!.Items);
    }

    [Fact]
    public async Task Among_chains_their_times_say_what_is_newest()
    {
        await _node.Writer.OnWriterAsync(
            db =>
            {
                // By number the last chain would be the newest.
                foreach (var (chain, seq, hlc) in new[] { (700, 1, 10), (700, 2, 40), (800, 1, 20), (900, 1, 30) })
                {
                    db.Execute(
                        """
                        INSERT INTO hive_items (chain, seq, prefix, group_no, kind, has_text, agent, hlc,
                            own_tombstone, rank_tombstones, up, down)
                        VALUES (@chain, @seq, 0, 1, 1, 1, 'ann', @hlc, 0, 0, 0, 0)
                        """,
                        new { chain, seq, hlc });
                    db.Execute(
                        "INSERT INTO hive_search (rowid, title, body) VALUES (@row, 'Quixotic', '')",
                        new { row = SearchRow.Of(chain, seq) });
                }
            },
            Cancellation);
        using var reader = _node.Get<Database>().OpenReader();
        var index = new SearchIndex(reader, "\"quixotic\"", group: null);
        Assert.True(index.HasMore(3));
        Assert.False(index.HasMore(4));
        Assert.Equal(
            [SearchRow.Of(700, 2), SearchRow.Of(900, 1), SearchRow.Of(800, 1), SearchRow.Of(700, 1)],
            index.Newest(0, 9).Select(r => r.Row));
        Assert.Equal([SearchRow.Of(900, 1), SearchRow.Of(800, 1)], index.Newest(1, 2).Select(r => r.Row));
    }

    [Fact]
    public async Task Search_forgets_what_was_edited_or_deleted()
    {
        var post = await _node.PostAsync(_ann, "Zymurgy", "Yeast");
        await _node.IndexAsync();
        HiveNode.Done(await _node.Commands.EditPostAsync(_ann, post, "Brewing", null, null, Cancellation));
        await _node.IndexAsync();
        Assert.Empty(_node.Queries.Search("zymurgy", null, null, 9)!.Items);
        Assert.Single(_node.Queries.Search("brewing yeast", null, null, 9)!.Items);
        HiveNode.Done(await _node.Commands.DeleteAsync(_ann, post, null, Cancellation));
        Assert.Empty(_node.Queries.Search("yeast", null, null, 9)!.Items);
        await _node.IndexAsync();
        Assert.Empty(_node.Queries.Search("yeast", null, null, 9)!.Items);
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("cat\"")]
    [InlineData("title:cat OR body:*")]
    [InlineData("cat AND NOT (NEAR(")]
    [InlineData("^cat - + ' ; DROP TABLE agents; --")]
    [InlineData("*")]
    [InlineData("( ) { } : \\ %")]
    [InlineData("\0cat")]
    [InlineData("")]
    [InlineData("\u202Ecat \uFFFF 🐈")]
    public async Task Any_text_is_a_safe_query(string query)
    {
        await _node.PostAsync(_ann, "A cat");
        await _node.IndexAsync();
        Assert.NotNull(_node.Queries.Search(query, null, null, 9));
        Assert.NotNull(_node.Queries.Search(string.Concat(Enumerable.Repeat(query + " x", 500)), null, null, 9));
        Assert.Single(_node.Queries.Search("cat", null, null, 9)!.Items);
    }
}
