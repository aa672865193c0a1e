using Anarchive.Hives;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class PostFoldTests
{
    private readonly HiveLog _log = new();

    [Fact]
    public void A_peer_cannot_delete_anothers_post()
    {
        var post = _log.Node("alice").Post();
        var mallory = _log.Node("mallory");
        // Her own grant, someone else's, and none at all.
        var forged = mallory.Moderator("add", mallory.Subject());
        mallory.DeletePost(post.Ref, forged.Ref);
        var granted = _log.Owner.Moderator("add", _log.Node("bob").Subject());
        mallory.DeletePost(post.Ref, granted.Ref);
        mallory.DeletePost(post.Ref);

        foreach (var order in Orders.All(_log.Events.Skip(3).ToArray()))
        {
            var hive = FoldedHive.Of([.. _log.Events.Take(3), .. order]);
            Assert.False(hive.Item(post).IsDeleted);
            Assert.True(hive.Item(post).HasText);
            Assert.Empty(hive.Erased);
        }
    }

    [Fact]
    public void A_peer_cannot_edit_anothers_post_even_as_moderator()
    {
        var post = _log.Node("alice").Post();
        var mallory = _log.Node("mallory");
        var grant = _log.Owner.Moderator("add", mallory.Subject());
        mallory.EditPost(post.Ref, title: "Mine");
        mallory.Write(new PostUpdated(mallory.Agent(), "Mine"), post.Ref, grant.Ref);

        Assert.False(FoldedHive.Of(_log.Events).Item(post).Title.IsSet);
    }

    [Fact]
    public void Any_order_of_create_edit_delete_agrees()
    {
        var alice = _log.Node("alice");
        var post = alice.Post();
        var first = alice.EditPost(post.Ref, title: "First", content: "First");
        var second = alice.EditPost(post.Ref, title: "Second");
        var kept = FoldedHive.Of(_log.Events);
        Assert.Equal(second.Ref.Position, kept.Item(post).SourceOf(kept.Item(post).Title));
        Assert.Equal(first.Ref.Position, kept.Item(post).SourceOf(kept.Item(post).Content));
        Assert.Equal(post.Ref.Position, kept.Item(post).SourceOf(kept.Item(post).Url));
        foreach (var order in Orders.All(_log.Events.Skip(1).ToArray()))
            Assert.Equal(kept.Digest, FoldedHive.Of([_log.Genesis, .. order]).Digest);

        alice.DeletePost(post.Ref);
        var deleted = FoldedHive.Of(_log.Events);
        Assert.True(deleted.Item(post).IsDeleted);
        foreach (var order in Orders.All(_log.Events.Skip(1).ToArray()))
        {
            var hive = FoldedHive.Of([_log.Genesis, .. order]);
            Assert.Equal(deleted.Digest, hive.Digest);
            Assert.Equal([post.Ref.Position, first.Ref.Position, second.Ref.Position], hive.Erased.Order());
        }
    }

    [Fact]
    public void A_deletion_erases_hollow_text_too()
    {
        var alice = _log.Node("alice");
        var post = alice.Post();
        var edit = alice.EditPost(post.Ref, title: "First");
        var delete = alice.DeletePost(post.Ref);
        VerifiedEvent[] events = [_log.Hollow(post), _log.Hollow(edit), delete];

        foreach (var order in Orders.All(events))
        {
            var hive = FoldedHive.Of([_log.Genesis, .. order]);
            Assert.Equal(FoldedHive.Of(_log.Events).Digest, hive.Digest);
            Assert.Equal([post.Ref.Position, edit.Ref.Position], hive.Erased.Order());
        }
    }

    [Fact]
    public void Owed_text_is_missing_until_it_is_filled()
    {
        var alice = _log.Node("alice");
        var post = alice.Post();
        var edit = alice.EditPost(post.Ref, title: "First");
        var hive = FoldedHive.Of([_log.Genesis, _log.Hollow(edit), _log.Hollow(post)]);
        Assert.Equal(ItemKind.Post, hive.Item(post).Kind);
        Assert.False(hive.Item(post).HasText);
        Assert.False(hive.Item(post).Title.IsSet);

        hive.Take(post, edit);

        Assert.Equal(FoldedHive.Of(_log.Events).Digest, hive.Digest);
    }

    [Fact]
    public void A_filled_payload_that_breaks_a_rule_leaves_nothing()
    {
        var alice = _log.Node("alice");
        var broken = alice.Write("post_created", "{\"title\":\"No agent\"}"u8.ToArray());
        var hive = FoldedHive.Of([_log.Genesis, _log.Hollow(broken)]);
        Assert.Equal(ItemKind.Post, hive.Item(broken).Kind);

        hive.Take(broken);

        Assert.Equal(ItemKind.Unknown, hive.Item(broken).Kind);
        Assert.Equal(FoldedHive.Of([_log.Genesis]).Digest, hive.Digest);
    }

    [Fact]
    public void A_moderator_deletes_a_post_and_late_removal_restores_it()
    {
        var post = _log.Node("alice").Post();
        var bob = _log.Node("bob");
        var grant = _log.Owner.Moderator("add", bob.Subject());
        bob.Comment(post.Ref);
        var delete = bob.DeletePost(post.Ref, grant.Ref);
        var hive = FoldedHive.Of(_log.Events);
        Assert.True(hive.Item(post).IsDeleted);
        Assert.Equal([post.Ref.Position], hive.Erased);

        // The removal reaches back to before the deletion.
        var removal = _log.Owner.Later().Moderator(
            "remove", bob.Subject(), bob.After(delete.Ref.Seq - 1));
        hive.Take(removal);

        Assert.False(hive.Item(post).IsDeleted);
        Assert.False(hive.Item(post).HasText);
        Assert.True(hive.FillOwed().Item(post).HasText);
        foreach (var order in Orders.All(new[] { post, grant, delete, removal }))
            Assert.Equal(hive.Digest, FoldedHive.Of([_log.Genesis, _log.Events[3], .. order]).FillOwed().Digest);
    }

    [Fact]
    public void A_removed_moderators_earlier_deletions_stand()
    {
        var post = _log.Node("alice").Post();
        var bob = _log.Node("bob");
        var grant = _log.Owner.Moderator("add", bob.Subject());
        var delete = bob.DeletePost(post.Ref, grant.Ref);
        _log.Owner.Later().Moderator(
            "remove", bob.Subject(), bob.After(delete.Ref.Seq));

        Assert.True(FoldedHive.Of(_log.Events).Item(post).IsDeleted);
        Assert.True(FoldedHive.Of(_log.Events.Reverse()).Item(post).IsDeleted);
    }

    [Fact]
    public void A_later_rank_never_takes_back_an_authors_deletion()
    {
        var alice = _log.Node("alice");
        var grant = _log.Owner.Moderator("add", alice.Subject());
        var post = alice.Post();
        alice.DeletePost(post.Ref, grant.Ref);
        _log.Owner.Later().Moderator("remove", alice.Subject());

        Assert.True(FoldedHive.Of(_log.Events).Item(post).IsDeleted);
    }

    [Fact]
    public void A_reference_with_a_wrong_id_changes_nothing()
    {
        var alice = _log.Node("alice");
        var post = alice.Post();
        var wrong = post.Ref with { IdPrefix = post.Ref.IdPrefix + 1 };
        alice.EditPost(wrong, title: "Wrong");
        alice.DeletePost(wrong);
        alice.Vote(wrong, 1);

        var hive = FoldedHive.Of(_log.Events);

        Assert.False(hive.Item(post).IsDeleted);
        Assert.False(hive.Item(post).Title.IsSet);
        Assert.Equal(0, hive.Item(post).Up);
        Assert.Equal(ItemKind.Unknown, hive.Rows.FindItem(wrong)!.Kind);
        Assert.DoesNotContain(post.Ref.Position, hive.Erased);
    }

    [Fact]
    public void Deleting_what_is_no_post_erases_nothing()
    {
        _log.Owner.DeletePost(_log.Genesis.Ref);
        var vote = _log.Owner.Vote(_log.Genesis.Ref, 1);
        _log.Owner.DeletePost(vote.Ref);

        Assert.Empty(FoldedHive.Of(_log.Events).Erased);
    }

    [Theory]
    [InlineData("post_created", 1)]
    [InlineData("comment_created", 0)]
    [InlineData("comment_created", 3)]
    [InlineData("post_updated", 0)]
    [InlineData("post_updated", 2)]
    [InlineData("post_deleted", 0)]
    [InlineData("post_deleted", 3)]
    [InlineData("vote_cast", 0)]
    [InlineData("vote_cast", 2)]
    [InlineData("membership_changed", 1)]
    [InlineData("hive_setting_changed", 2)]
    public void A_wrong_number_of_refs_is_inert(string kind, int refs)
    {
        var post = _log.Owner.Post();
        IHivePayload payload = kind switch
        {
            "post_created" => new PostCreated(new AgentProfile(_log.Owner.Agent(), "Ada"), "Title"),
            "comment_created" => new CommentCreated(new AgentProfile(_log.Owner.Agent(), "Ada"), "Text"),
            "post_updated" => new PostUpdated(_log.Owner.Agent(), "Title"),
            "post_deleted" => new PostDeleted(_log.Owner.Agent()),
            "vote_cast" => new VoteCast(_log.Owner.Agent(), 1),
            "membership_changed" => new MembershipChanged(_log.Owner.Agent(), _log.Owner.Subject(), "join"),
            _ => new HiveSettingChanged(_log.Owner.Agent(), "title", "Cats"),
        };
        var before = FoldedHive.Of(_log.Events).Digest;
        _log.Owner.Write(payload, Enumerable.Repeat(post.Ref, refs).ToArray());

        Assert.Equal(before, FoldedHive.Of(_log.Events).Digest);
    }

    [Fact]
    public void Two_incarnations_that_tie_agree_on_an_edit()
    {
        var (first, second) = (_log.Node("alice", 1), _log.Node("alice", 2));
        var post = _log.Node("alice", 3).Post();
        var one = first.EditPost(post.Ref, title: "One");
        var two = second.EditPost(post.Ref, title: "Two");
        Assert.Equal(one.Header.Hlc, two.Header.Hlc);

        foreach (var order in Orders.All(new[] { post, one, two }))
        {
            var item = FoldedHive.Of([_log.Genesis, .. order]).Item(post);
            Assert.Equal(two.Ref.Position, item.SourceOf(item.Title));
        }
    }
}
