using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class SettingsFoldTests
{
    private readonly HiveLog _log = new();

    [Fact]
    public void An_owners_value_stands_until_the_owner_changes_it()
    {
        var bob = _log.Node("bob");
        var grant = _log.Owner.Moderator("add", bob.Subject());
        bob.Set("title", "Moderator's", grant.Ref);
        _log.Owner.Set("title", "Owner's");
        bob.Later().Set("title", "Later", grant.Ref);

        foreach (var order in Orders.All(_log.Events))
            Assert.Equal("Owner's", FoldedHive.Of(order).Rows.FindSetting("title")!.Value);
    }

    [Fact]
    public void A_node_without_a_rank_changes_no_setting()
    {
        var (bob, mallory) = (_log.Node("bob"), _log.Node("mallory"));
        var grant = _log.Owner.Moderator("add", bob.Subject());
        mallory.Set("title", "Mine");
        mallory.Set("title", "Mine", grant.Ref);
        mallory.Set("title", "Mine", mallory.Moderator("add", mallory.Subject()).Ref);
        bob.Set("title", "Mine", grant.Ref, agent: 1);

        Assert.Empty(FoldedHive.Of(_log.Events).Rows.Settings);
    }

    [Fact]
    public void A_value_falls_back_when_its_writers_grant_turns_out_to_have_ended()
    {
        var (bob, carol) = (_log.Node("bob"), _log.Node("carol"));
        var toBob = _log.Owner.Moderator("add", bob.Subject());
        var toCarol = _log.Owner.Moderator("add", carol.Subject());
        carol.Set("title", "Carol's", toCarol.Ref);
        bob.Later().Set("title", "Bob's", toBob.Ref);
        var hive = FoldedHive.Of(_log.Events);
        Assert.Equal("Bob's", hive.Rows.FindSetting("title")!.Value);

        hive.Take(_log.Owner.Later().Moderator("remove", bob.Subject()));

        Assert.Equal("Carol's", hive.Rows.FindSetting("title")!.Value);
        Assert.Equal(hive.Digest, FoldedHive.Of(_log.Events.Reverse()).Digest);
    }

    [Fact]
    public void Unknown_keys_are_kept()
    {
        _log.Owner.Set("not_yet_known", "7");

        Assert.Equal("7", FoldedHive.Of(_log.Events).Rows.FindSetting("not_yet_known")!.Value);
    }
}
