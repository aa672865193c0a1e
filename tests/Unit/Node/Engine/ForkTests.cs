using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests;

public sealed class ForkTests
{
    private readonly EngineNode _owner = new(1);
    private readonly GroupId _group;

    public ForkTests() => _group = _owner.Found();

    [Fact]
    public void Honest_nodes_freeze_a_fork_alike()
    {
        var (writer, clone) = Cloned();
        var (left, right, late) = (new EngineNode(11), new EngineNode(12), new EngineNode(13));
        foreach (var node in new[] { left, right, late }) node.Join(_group, _owner);
        foreach (var node in new[] { left, right }) node.PullAll(_group, _owner);
        writer.Say(_group, "one history");
        writer.Say(_group, "and on");
        clone.Say(_group, "another history");
        left.PullAll(_group, writer);
        right.PullAll(_group, clone);
        var chain = writer.Core.OwnChain;

        // Each saw one side only; an exchange shows both, and the proof convinces who saw nothing of it.
        left.Receive(_group, right.Id, [.. right.Runs(_group, chain)]);
        var proof = Assert.Single(left.Snapshot(_group).Forks);
        Assert.True(right.ReceiveFork(_group, proof.Proof));
        late.PullAll(_group, writer);
        Assert.True(late.ReceiveFork(_group, proof.Proof));
        Assert.False(late.ReceiveFork(_group, proof.Proof));

        Assert.Equal(3, proof.Seq);
        Assert.All([left, right, late], n => Assert.Equal(2, n.Vector(_group).SeqOf(chain)));
        Assert.Single(new[] { left, right, late }.Select(n => n.Vector(_group).Digest()).Distinct());
    }

    [Fact]
    public void Nothing_follows_a_fork_not_even_after_a_restart()
    {
        var (writer, clone) = Cloned();
        var node = new EngineNode(11);
        node.Join(_group, _owner);
        writer.Say(_group, "one history");
        clone.Say(_group, "another history");
        node.PullAll(_group, writer);
        node.Receive(_group, clone.Id, [.. clone.Runs(_group, clone.Core.OwnChain)]);
        node.Restart();
        writer.Say(_group, "later");
        var report = node.Receive(_group, writer.Id, [.. writer.Runs(_group, writer.Core.OwnChain, after: 3)]);
        Assert.Equal(Refusal.ChainFrozen, Assert.Single(report.Refused).Refusal);
        Assert.Equal(2, node.Vector(_group).SeqOf(writer.Core.OwnChain));
    }

    [Fact]
    public void A_node_whose_own_chain_forked_writes_no_more_on_it()
    {
        var (writer, clone) = Cloned();
        writer.Say(_group, "one history");
        clone.Say(_group, "another history");
        writer.Receive(_group, clone.Id, [.. clone.Runs(_group, clone.Core.OwnChain)]);
        var refused = Assert.Throws<LogRefusedException>(() => writer.Say(_group, "more"));
        Assert.Equal(Refusal.ChainFrozen, refused.Refusal);
    }

    [Fact]
    public void A_proof_that_does_not_hold_changes_nothing()
    {
        var (writer, clone) = Cloned();
        var node = new EngineNode(11);
        node.Join(_group, _owner);
        writer.Say(_group, "one history");
        clone.Say(_group, "another history");
        node.PullAll(_group, writer);
        var left = Assert.Single(writer.Runs(_group, writer.Core.OwnChain));
        var right = Assert.Single(clone.Runs(_group, clone.Core.OwnChain));
        var unsigned = new ForkProof(left, new Batch(right.Events, new byte[64]));
        var same = new ForkProof(left, left);
        Assert.False(node.ReceiveFork(_group, unsigned.ToBytes()));
        Assert.False(node.ReceiveFork(_group, same.ToBytes()));
        Assert.Equal(3, node.Vector(_group).SeqOf(writer.Core.OwnChain));
    }

    [Fact]
    public void A_removed_nodes_later_events_are_refused_and_earlier_ones_stay()
    {
        var (writer, _) = Cloned();
        writer.Say(_group, "accepted");
        _owner.PullAll(_group, writer);
        writer.Say(_group, "too late");
        var node = new EngineNode(11);
        node.Join(_group, _owner);
        node.PullAll(_group, writer);
        var chain = writer.Core.OwnChain;
        var removal = new NodeRemoved(
            writer.Id.ToString(), [new ChainSeq(chain.Origin.ToString(), chain.Incarnation.ToString(), 3)]);
        _owner.Write(_group, new Draft(EngineKinds.NodeRemoved, EngineKinds.Write(removal), []));
        node.PullAll(_group, _owner);
        Assert.Equal(3, node.Vector(_group).SeqOf(chain));
        Assert.Equal(node.Vector(_group).Digest(), _owner.Vector(_group).Digest());
        Assert.False(node.Snapshot(_group).Authority.IsMember(writer.Id));
        var report = _owner.Receive(_group, writer.Id, [.. writer.Runs(_group, chain, after: 3)]);
        Assert.Equal(Refusal.ChainRevoked, Assert.Single(report.Refused).Refusal);
    }

    /// <summary>A member and its copy, which share a key, an incarnation and two events.</summary>
    private (EngineNode Writer, EngineNode Clone) Cloned()
    {
        var writer = new EngineNode(2);
        writer.Join(_group, _owner);
        writer.Say(_group, "before the copy");
        var clone = new EngineNode(2) { NowMs = writer.NowMs + 1 };
        clone.Follow(_group);
        clone.PullAll(_group, _owner);
        clone.PullAll(_group, writer);
        return (writer, clone);
    }
}
