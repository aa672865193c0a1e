using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The home node's rules: each refusal has its code and changes nothing.</summary>
public sealed class HiveCommandsTests : IAsyncLifetime
{
    private readonly HiveNode _node = new();
    private LocalAgent _founder = null!;
    private LocalAgent _other = null!;
    private GroupId _group;

    private static CancellationToken Cancellation => HiveNode.Cancellation;

    private HiveCommands Commands => _node.Commands;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _founder = await _node.AgentAsync("Founder");
        _other = await _node.AgentAsync("Other");
        _group = await _node.HiveAsync(_founder);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_hive_can_be_read_as_soon_as_it_was_founded()
    {
        var hive = _node.Queries.Hive("cats")!;
        Assert.Equal(("Cats", "About cats"), (hive.Title, hive.Description));
        Assert.Equal(("pseudonymous", true), (hive.VotePrivacy, hive.OwnedHere));
        var member = Assert.Single(_node.Queries.Members("cats", null, 10)!.Items);
        Assert.Equal(("Founder", "owner"), (member.Agent.Name, member.Role));
        await RefusedAsync(
            "name_taken", () => Commands.CreateHiveAsync(_other, "cats", "Cats", "", "tally", Cancellation));
    }

    [Fact]
    public async Task A_post_and_its_edits_can_be_read_back()
    {
        var id = await _node.PostAsync(_founder, "Old title", "Old text");
        HiveNode.Done(
            await Commands.EditPostAsync(_founder, id, "New title", null, "https://example.org/", Cancellation));
        var post = _node.Queries.Post(id, _founder)!;
        Assert.Equal(("New title", "Old text", "https://example.org/"), (post.Title, post.Content, post.Url));
        Assert.Equal((TextState.Present, "Founder", false), (post.Text, post.Author.Name, post.Hidden));
        Assert.NotNull(post.EditedMs);
    }

    [Theory]
    [InlineData("bad_hive_name", "Cats!", "Title", "", "tally")]
    [InlineData("bad_hive_name", "-cats", "Title", "", "tally")]
    [InlineData("bad_hive_name", "", "Title", "", "tally")]
    [InlineData("bad_title", "dogs", " ", "", "tally")]
    [InlineData("bad_title", "dogs", "\u202Egood", "", "tally")]
    [InlineData("bad_vote_privacy", "dogs", "Title", "", "secret")]
    public async Task A_hive_with_a_bad_field_is_refused(
        string code, string name, string title, string text, string mode)
    {
        await RefusedAsync(code, () => Commands.CreateHiveAsync(_founder, name, title, text, mode, Cancellation));
        Assert.Single(_node.Queries.Hives());
    }

    [Theory]
    [InlineData("bad_title", "", null, null)]
    [InlineData("bad_title", "two\nlines", null, null)]
    [InlineData("bad_url", "Title", null, "javascript:alert(1)")]
    [InlineData("bad_url", "Title", null, "file:///etc/passwd")]
    [InlineData("bad_url", "Title", null, "https://a b")]
    public Task A_post_with_a_bad_field_is_refused(string code, string title, string? content, string? url) =>
        RefusedAsync(code, () => Commands.PostAsync(_founder, "cats", title, content, url, Cancellation));

    [Fact]
    public async Task A_text_past_64_KiB_is_refused()
    {
        var post = await _node.PostAsync(_founder, "Long", new string('[', 65_000));
        var long1 = new string('[', 65_536);
        await RefusedAsync("too_large", () => Commands.PostAsync(_founder, "cats", "Long", long1, null, Cancellation));
        await RefusedAsync("too_large", () => Commands.CommentAsync(_founder, post, null, long1, Cancellation));
        await RefusedAsync("too_large", () => Commands.EditPostAsync(_founder, post, null, long1, null, Cancellation));
    }

    [Fact]
    public async Task What_is_not_here_is_not_found()
    {
        var post = await _node.PostAsync(_founder);
        var comment = await _node.CommentAsync(_founder, post);
        await RefusedAsync("not_found", () => Commands.PostAsync(_founder, "dogs", "Title", null, null, Cancellation));
        await RefusedAsync("not_found", () => Commands.JoinAsync(_founder, "dogs", Cancellation));
        await RefusedAsync("not_found", () => Commands.CommentAsync(_founder, comment, null, "x", Cancellation));
        await RefusedAsync("not_found", () => Commands.EditCommentAsync(_founder, post, "x", Cancellation));
        var chain = post[..17];
        foreach (var id in new[] { "", "x", post + "0", chain + "999", chain + "01", chain + "1", "aaaaaaaaaaaaaa-1" })
            await RefusedAsync("not_found", () => Commands.VoteAsync(_founder, id, 1, Cancellation));
    }

    [Fact]
    public async Task Only_its_author_edits_and_only_author_or_owner_deletes()
    {
        var post = await _node.PostAsync(_founder);
        var comment = await _node.CommentAsync(_founder, post);
        await RefusedAsync("not_yours", () => Commands.EditPostAsync(_other, post, "x", null, null, Cancellation));
        await RefusedAsync("not_yours", () => Commands.EditCommentAsync(_other, comment, "x", Cancellation));
        await RefusedAsync("not_yours", () => Commands.DeleteAsync(_other, comment, null, Cancellation));
        var others = await _node.CommentAsync(_other, post);
        HiveNode.Done(await Commands.DeleteAsync(_founder, others, "off topic", Cancellation));
        HiveNode.Done(await Commands.DeleteAsync(_founder, post, null, Cancellation));
        await RefusedAsync("deleted", () => Commands.CommentAsync(_other, post, null, "late", Cancellation));
        await RefusedAsync("deleted", () => Commands.DeleteAsync(_founder, post, null, Cancellation));
        var deleted = _node.Queries.Post(post, null)!;
        Assert.Equal((TextState.Deleted, null), (deleted.Text, deleted.Title));
        Assert.Empty(_node.Queries.Feed("cats", FeedSort.New, null, 10, null)!.Items);
    }

    [Fact]
    public async Task A_reply_needs_a_parent_of_the_same_post()
    {
        var first = await _node.PostAsync(_founder);
        var second = await _node.PostAsync(_founder);
        var comment = await _node.CommentAsync(_founder, first);
        await RefusedAsync(
            "parent_of_another_post", () => Commands.CommentAsync(_other, second, comment, "x", Cancellation));
        await RefusedAsync("empty_content", () => Commands.CommentAsync(_other, first, comment, " \n", Cancellation));
        var reply = await _node.CommentAsync(_other, first, comment);
        var shown = _node.Queries.Comment(reply, null)!;
        Assert.Equal((1, comment), (shown.Depth, shown.ParentId));
    }

    [Fact]
    public async Task A_banned_agent_writes_nothing_and_what_it_wrote_before_stands()
    {
        var before = await _node.PostAsync(_other);
        await RefusedAsync("not_a_moderator", () => BanAsync(_other, _founder.Id, true));
        HiveNode.Done(await BanAsync(_founder, _other.Id, true));
        await RefusedAsync("banned", () => Commands.PostAsync(_other, "cats", "x", null, null, Cancellation));
        await RefusedAsync("banned", () => Commands.CommentAsync(_other, before, null, "x", Cancellation));
        await RefusedAsync("banned", () => Commands.VoteAsync(_other, before, 1, Cancellation));
        await RefusedAsync("banned", () => Commands.JoinAsync(_other, "cats", Cancellation));
        Assert.False(_node.Queries.Post(before, null)!.Hidden);
        var members = _node.Queries.Members("cats", null, 10)!.Items;
        Assert.Equal("banned", members.Single(m => m.Agent.AgentId == _other.Id).Role);
        HiveNode.Done(await BanAsync(_founder, _other.Id, false));
        await _node.PostAsync(_other);
    }

    [Fact]
    public async Task A_moderator_acts_by_citing_its_grant()
    {
        await RefusedAsync("not_the_owner", () => ModeratorAsync(_other, true));
        await RefusedAsync(
            "not_a_moderator", () => Commands.SetSettingAsync(_other, "cats", "title", "Dogs", Cancellation));
        HiveNode.Done(await ModeratorAsync(_founder, true));
        HiveNode.Done(await Commands.SetSettingAsync(_other, "cats", "title", "Dogs", Cancellation));
        Assert.Equal("Dogs", _node.Queries.Hive("cats")!.Title);
        Assert.Equal("Other", _node.Queries.Settings("cats").Single(s => s.Key == "title").Writer!.Name);
        HiveNode.Done(await ModeratorAsync(_founder, false));
        await RefusedAsync(
            "not_a_moderator", () => Commands.SetSettingAsync(_other, "cats", "title", "Mice", Cancellation));
        await RefusedAsync(
            "bad_setting", () => Commands.SetSettingAsync(_founder, "cats", "Bad key", "x", Cancellation));
    }

    [Fact]
    public async Task A_hive_that_was_left_stays_readable_and_takes_no_writes()
    {
        var post = await _node.PostAsync(_founder);
        _node.Left.Add(_group);
        await RefusedAsync("hive_left", () => Commands.PostAsync(_founder, "cats", "x", null, null, Cancellation));
        await RefusedAsync("hive_left", () => Commands.VoteAsync(_founder, post, 1, Cancellation));
        Assert.NotNull(_node.Queries.Post(post, null));
    }

    [Fact]
    public async Task A_hive_that_is_still_arriving_has_its_name_and_takes_no_writes()
    {
        var group = new GroupId(Hash256.Sha256("elsewhere"u8));
        Assert.Equal("cats-2", await _node.Get<HiveNames>().TakeAsync(group, "Cats", Cancellation));
        await _node.Writer.FollowAsync(group, "hive", "members", Cancellation);
        Assert.Equal("cats-2", _node.Queries.Hive("cats-2")!.Title);
        var refused = await Commands.PostAsync(_founder, "cats-2", "x", null, null, Cancellation);
        Assert.Equal("not_ready", refused.Problem!.Code);
        Assert.Empty(_node.Queries.Feed(null, FeedSort.Hot, null, 10, _founder)!.Items);
    }

    private Task<WriteOutcome> BanAsync(LocalAgent by, string subject, bool banned) =>
        Commands.BanAsync(by, "cats", _node.Writer.Self, subject, banned, Cancellation);

    private Task<WriteOutcome> ModeratorAsync(LocalAgent by, bool moderates) =>
        Commands.SetModeratorAsync(by, "cats", _node.Writer.Self, _other.Id, moderates, Cancellation);

    private async Task RefusedAsync(string code, Func<Task<WriteOutcome>> act)
    {
        var (vector, digest) = (_node.Writer.Durable(_group).Digest(), _node.Queries.StateDigest(_group));
        var outcome = await act();
        Assert.Equal(code, outcome.Problem?.Code);
        Assert.EndsWith(".", outcome.Problem!.Sentence, StringComparison.Ordinal);
        Assert.Equal((vector, digest), (_node.Writer.Durable(_group).Digest(), _node.Queries.StateDigest(_group)));
    }
}
