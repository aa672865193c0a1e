using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests;

/// <summary>The other chains of a node that forked one.</summary>
public sealed class GatedChainTests
{
    private readonly EngineNode _owner = new(1);
    private readonly EngineNode _writer = new(2);
    private readonly GroupId _group;
    private readonly ChainId _first;

    public GatedChainTests()
    {
        _group = _owner.Found();
        _writer.Join(_group, _owner);
        _first = _writer.Core.OwnChain;
        _writer.Say(_group, "in the first chain");
    }

    [Fact]
    public void A_newcomer_who_knows_of_a_fork_takes_the_chains_of_before()
    {
        var (second, proof) = ForkSecondChain(after: 2);
        var newcomer = Newcomer(11);
        newcomer.Receive(_group, _writer.Id, [.. _writer.Runs(_group, second)]);
        Assert.True(newcomer.ReceiveFork(_group, proof));
        newcomer.Receive(_group, _writer.Id, [.. _writer.Runs(_group, _first)]);
        Assert.Equal(2, newcomer.Vector(_group).SeqOf(_first));
    }

    [Theory]
    [InlineData("proof shared third")]
    [InlineData("shared proof third")]
    [InlineData("shared third proof")]
    [InlineData("third proof shared")]
    [InlineData("proof third shared")]
    public void A_chain_opened_after_a_fork_stands_nowhere_until_the_owner_says_so(string order)
    {
        var (second, proof) = ForkSecondChain(after: 2);
        var old = new EngineNode(2, incarnation: 3) { NowMs = _writer.NowMs + 5_000 };
        old.Follow(_group);
        old.PullAll(_group, _owner);
        old.Say(_group, "by an old copy");
        var node = Newcomer(11);
        foreach (var step in order.Split(' '))
        {
            if (step == "proof") node.ReceiveFork(_group, proof);
            else if (step == "shared") node.Receive(_group, _writer.Id, [.. _writer.Runs(_group, second)]);
            else node.Receive(_group, old.Id, [.. old.Runs(_group, old.Core.OwnChain)]);
        }

        Assert.Equal(2, node.Vector(_group).SeqOf(second));
        Assert.Equal(0, node.Vector(_group).SeqOf(old.Core.OwnChain));

        var word = new IncarnationEndorsed(old.Id.ToString(), old.Core.OwnChain.Incarnation.ToString(), []);
        _owner.Write(_group, new Draft(EngineKinds.IncarnationEndorsed, EngineKinds.Write(word), []));
        node.PullAll(_group, _owner);
        node.Receive(_group, old.Id, [.. old.Runs(_group, old.Core.OwnChain)]);
        Assert.Equal(2, node.Vector(_group).SeqOf(old.Core.OwnChain));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nobody_waits_for_a_chain_that_a_fork_keeps_out(bool isKnownFirst)
    {
        var (second, proof) = ForkSecondChain(after: 2);
        var old = new EngineNode(2, incarnation: 3) { NowMs = _writer.NowMs + 5_000 };
        old.Follow(_group);
        old.PullAll(_group, _owner);
        var cited = old.Say(_group, "by an old copy");
        var other = new EngineNode(12) { NowMs = old.NowMs + 1_000 };
        other.Join(_group, _owner);
        other.Receive(_group, old.Id, [.. old.Runs(_group, old.Core.OwnChain)]);
        other.Say(_group, "an answer", cited);

        var node = Newcomer(11);
        node.PullAll(_group, _owner);
        node.Receive(_group, _writer.Id, [.. _writer.Runs(_group, second)]);
        if (isKnownFirst) node.ReceiveFork(_group, proof);
        node.Receive(_group, other.Id, [.. other.Runs(_group, other.Core.OwnChain)]);
        if (!isKnownFirst) node.ReceiveFork(_group, proof);
        Assert.Equal(2, node.Vector(_group).SeqOf(other.Core.OwnChain));
    }

    [Fact]
    public void A_fork_at_a_chains_first_event_takes_no_other_chain()
    {
        var (second, proof) = ForkSecondChain(after: 0);
        var newcomer = Newcomer(11);
        newcomer.Receive(_group, _writer.Id, [.. _writer.Runs(_group, _first)]);
        Assert.True(newcomer.ReceiveFork(_group, proof));
        Assert.Equal(2, newcomer.Vector(_group).SeqOf(_first));
        Assert.Equal(0, newcomer.Vector(_group).SeqOf(second));
    }

    [Fact]
    public void A_newcomer_learns_of_a_fork_before_it_can_take_the_chain()
    {
        var clone = new EngineNode(2) { NowMs = _writer.NowMs + 1 };
        clone.Follow(_group);
        clone.PullAll(_group, _owner);
        clone.PullAll(_group, _writer);
        var shared = _writer.Runs(_group, _first).ToArray();
        var cited = _writer.Say(_group, "one history");
        clone.Say(_group, "another history");
        _owner.PullAll(_group, _writer);
        _owner.Say(_group, "an answer", cited);
        _owner.Receive(_group, clone.Id, [.. clone.Runs(_group, _first)]);
        var proof = new ForkProof(
            _writer.Runs(_group, _first, after: 2).Single(), clone.Runs(_group, _first, after: 2).Single());

        // The member's chain waits for its admission, and the owner's, in one run, for what came after the fork.
        var newcomer = new EngineNode(11);
        newcomer.Follow(_group);
        newcomer.Receive(_group, _owner.Id, shared);
        var owners = _owner.Runs(_group, _owner.Core.OwnChain).ToArray();
        newcomer.Receive(
            _group, _owner.Id, new Batch([.. owners.SelectMany(r => r.Events)], owners[^1].Signature));
        Assert.Equal(0, newcomer.Vector(_group).Count);
        Assert.True(newcomer.ReceiveFork(_group, proof.ToBytes()));
        Assert.Equal(_owner.Vector(_group).Digest(), newcomer.Vector(_group).Digest());
    }

    private EngineNode Newcomer(int seed)
    {
        var node = new EngineNode(seed) { NowMs = _owner.NowMs + 60_000 };
        node.Join(_group, _owner);
        return node;
    }

    /// <summary>The writer goes on with a second chain; a copy taken after so many events of it writes too.</summary>
    private (ChainId Second, ReadOnlyMemory<byte> Proof) ForkSecondChain(int after)
    {
        _writer.Restart(incarnation: 2);
        _writer.NowMs += 1_000;
        var clone = new EngineNode(2, incarnation: 2) { NowMs = _writer.NowMs + 1 };
        clone.Follow(_group);
        clone.PullAll(_group, _owner);
        clone.PullAll(_group, _writer);
        if (after > 0)
        {
            _writer.Say(_group, "shared by both copies");
            clone.PullAll(_group, _writer);
        }

        _writer.Say(_group, "one history");
        clone.Say(_group, "another history");
        var second = _writer.Core.OwnChain;
        var witness = Newcomer(13);
        witness.PullAll(_group, _writer);
        witness.Receive(_group, clone.Id, [.. clone.Runs(_group, second)]);
        var proof = Assert.Single(witness.Snapshot(_group).Forks);
        Assert.Equal(after + 1, proof.Seq);
        return (second, proof.Proof);
    }
}
