using System.Text;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class MemberFoldTests
{
    private readonly HiveLog _log = new();

    [Fact]
    public void Only_its_own_node_says_that_an_agent_joined_or_left()
    {
        var (alice, mallory) = (_log.Node("alice"), _log.Node("mallory"));
        alice.Membership("join", alice.Subject());
        mallory.Later().Membership("leave", alice.Subject());
        _log.Owner.Later().Membership("leave", alice.Subject());

        Assert.True(FoldedHive.Of(_log.Events).Rows.FindMember(alice.Node, alice.Agent())!.Joined);
    }

    [Fact]
    public void Any_order_of_joining_and_leaving_agrees()
    {
        var alice = _log.Node("alice");
        alice.Membership("join", alice.Subject());
        alice.Membership("leave", alice.Subject());
        alice.Membership("join", alice.Subject());
        alice.Membership("leave", alice.Subject());

        foreach (var order in Orders.All(_log.Events))
            Assert.False(FoldedHive.Of(order).Rows.FindMember(alice.Node, alice.Agent())!.Joined);
    }

    [Fact]
    public void A_ban_needs_a_rank()
    {
        var (alice, mallory) = (_log.Node("alice"), _log.Node("mallory"));
        mallory.Membership("ban", alice.Subject());

        Assert.Null(FoldedHive.Of(_log.Events).Rows.FindBan(alice.Node, alice.Agent()));
    }

    [Fact]
    public void Leaving_and_joining_again_does_not_lift_a_ban()
    {
        var alice = _log.Node("alice");
        _log.Owner.Membership("ban", alice.Subject());
        alice.Later().Membership("leave", alice.Subject());
        alice.Membership("join", alice.Subject());

        Assert.True(FoldedHive.Of(_log.Events).Rows.FindBan(alice.Node, alice.Agent())!.Banned);
    }

    [Fact]
    public void A_ban_hides_what_its_subject_wrote_past_the_listed_seq()
    {
        var (alice, restored) = (_log.Node("alice"), _log.Node("alice", 2));
        var (kept, hidden, unlisted) = (alice.Post(), alice.Post(), restored.Post());
        _log.Owner.Membership("ban", alice.Subject(), after: [alice.After(kept.Ref.Seq)]);
        var ban = FoldedHive.Of(_log.Events).Rows.FindBan(alice.Node, alice.Agent())!;

        Assert.False(ban.Hides(kept.Ref.Position));
        Assert.True(ban.Hides(hidden.Ref.Position));
        Assert.True(ban.Hides(unlisted.Ref.Position));
        Assert.False(ban.Hides(_log.Owner.Post().Ref.Position));
    }

    [Fact]
    public void An_unban_shows_everything_again()
    {
        var alice = _log.Node("alice");
        var post = alice.Post();
        _log.Owner.Membership("ban", alice.Subject());
        _log.Owner.Membership("unban", alice.Subject());

        foreach (var order in Orders.All(_log.Events))
            Assert.False(FoldedHive.Of(order).Rows.FindBan(alice.Node, alice.Agent())!.Hides(post.Ref.Position));
    }

    [Fact]
    public void A_moderator_cannot_lift_the_owners_ban()
    {
        var (alice, bob) = (_log.Node("alice"), _log.Node("bob"));
        var grant = _log.Owner.Moderator("add", bob.Subject());
        _log.Owner.Membership("ban", alice.Subject());
        bob.Later().Membership("unban", alice.Subject(), grant.Ref);

        foreach (var order in Orders.All(_log.Events))
            Assert.True(FoldedHive.Of(order).Rows.FindBan(alice.Node, alice.Agent())!.Banned);
    }

    [Fact]
    public void A_removed_moderators_ban_falls_with_the_seq_it_came_after()
    {
        var (alice, bob) = (_log.Node("alice"), _log.Node("bob"));
        var grant = _log.Owner.Moderator("add", bob.Subject());
        bob.Membership("ban", alice.Subject(), grant.Ref);
        _log.Owner.Later().Moderator("remove", bob.Subject());

        foreach (var order in Orders.All(_log.Events))
            Assert.Null(FoldedHive.Of(order).Rows.FindBan(alice.Node, alice.Agent()));
    }

    [Theory]
    [InlineData("node_removed", """{"instance_id":"*","after":[null]}""")]
    [InlineData("moderator_changed", """{"subject":+,"action":"remove","after":[null]}""")]
    [InlineData("membership_changed", """{"agent_id":"aaaaaaaaaaaaaaaa","subject":+,"action":"ban","after":[null]}""")]
    public void A_null_in_a_list_of_chains_is_inert(string kind, string payload)
    {
        var before = FoldedHive.Of(_log.Events).Digest;
        var (node, agent) = (_log.Owner.Node, _log.Owner.Agent());
        var subject = $$"""{"instance_id":"*","agent_id":"{{agent}}"}""";
        var text = payload.Replace("+", subject).Replace("*", node.ToString());
        _log.Owner.Write(kind, Encoding.UTF8.GetBytes(text));

        Assert.Equal(before, FoldedHive.Of(_log.Events).Digest);
    }
}
