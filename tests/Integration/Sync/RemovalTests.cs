using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>An owner ends a node's membership.</summary>
public sealed class RemovalTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_removed_node_keeps_its_past_and_loses_its_future()
    {
        await using var owner = await LiveNode.Start();
        await using var member = await LiveNode.Start();
        await using var removed = await LiveNode.Start();
        var group = await owner.Found("pets");
        await member.Join(owner, "pets");
        await removed.Join(owner, "pets");
        await Eventually.InStep(group, owner, member, removed);
        await removed.Say(group, 3);
        await Eventually.InStep(group, owner, member, removed);
        var kept = owner.SeqOf(group, removed);

        Assert.Null(await owner.Get<Admissions>().RemoveAsync("pets", removed.Id.ToString(), false, Cancellation));
        await removed.Say(group);
        await owner.Say(group);
        await Eventually.InStep(group, owner, member);
        Assert.False(member.Writer.IsMember(group, removed.Id));
        Assert.Equal((kept, kept), (owner.SeqOf(group, removed), member.SeqOf(group, removed)));
        Assert.Equal(1, owner.Mesh.Reach(group, default).Of);
        Assert.Equal("not_found", (await owner.Get<Admissions>()
            .RemoveAsync("pets", removed.Id.ToString(), false, Cancellation))?.Code);
    }

    [Fact]
    public async Task A_removed_node_is_told_and_comes_back_with_an_invite()
    {
        await using var owner = await LiveNode.Start();
        await using var removed = await LiveNode.Start();
        var group = await owner.Found("pets");
        await removed.Join(owner, "pets");
        await Eventually.InStep(group, owner, removed);
        await removed.Say(group);
        await Eventually.InStep(group, owner, removed);
        var first = removed.Writer.OwnChain;
        Assert.Null(await owner.Get<Admissions>().RemoveAsync("pets", removed.Id.ToString(), false, Cancellation));
        removed.Mesh.Retry(owner.Id);
        await Eventually.True(
            () => removed.Mesh.View().Peers.Any(p => p.Cause.Contains("not_a_member", StringComparison.Ordinal)),
            "It is not told.",
            removed);

        await removed.Join(owner, "pets");
        await Eventually.True(
            () => removed.Writer.OwnChain != first && removed.Writer.StandingIn(group) == Refusal.None,
            "It may not write again.",
            removed);
        await removed.Say(group);
        await Eventually.InStep(group, owner, removed);
        Assert.Equal(2, owner.Writer.Durable(group).SeqOf(removed.Writer.OwnChain));
        Assert.DoesNotContain(removed.Mesh.View().Peers, p => p.State == PeerState.Stalled);
    }

    [Fact]
    public async Task A_stranger_hears_nothing_of_members_or_removals()
    {
        await using var owner = await LiveNode.Start();
        await using var stranger = await LiveNode.Start();
        await owner.Found("pets");
        await owner.Found("cats");
        await stranger.Join(owner, "cats");
        var group = owner.Get<HiveNames>().Find("pets")!.Value;
        var refused = await Assert.ThrowsAsync<PeerException>(
            () => stranger.Get<PeerClient>().Of(owner.Id, group).StatusAsync(Cancellation));
        Assert.Equal("not_found", refused.Code);
    }

    [Fact]
    public async Task Only_the_owner_removes_and_only_others()
    {
        await using var owner = await LiveNode.Start();
        await using var member = await LiveNode.Start();
        var group = await owner.Found("pets");
        await member.Join(owner, "pets");
        await Eventually.InStep(group, owner, member);
        var vector = owner.Writer.Durable(group).Digest();
        (LiveNode By, string Hive, string Who, string Code)[] refusals =
        [
            (owner, "cats", member.Id.ToString(), "not_found"),
            (owner, "pets", "an1", "bad_instance_id"),
            (owner, "pets", owner.Id.ToString(), "owner_stays"),
            (owner, "pets", NodeId.Of("nobody"u8).ToString(), "not_found"),
            (member, "pets", owner.Id.ToString(), "not_permitted"),
        ];
        foreach (var (by, hive, who, code) in refusals)
            Assert.Equal(code, (await by.Get<Admissions>().RemoveAsync(hive, who, false, Cancellation))?.Code);
        Assert.Null(await owner.Get<Admissions>().RemoveAsync("pets", member.Id.ToString(), true, Cancellation));
        Assert.True(owner.Writer.IsMember(group, member.Id));
        Assert.Equal(vector, owner.Writer.Durable(group).Digest());
    }
}
