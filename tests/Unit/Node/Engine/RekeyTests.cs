using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests;

/// <summary>Keys that are changed, stolen and recovered.</summary>
public sealed class RekeyTests
{
    private readonly EngineNode _owner = new(1);
    private readonly EngineNode _victim = new(2);
    private readonly EngineNode _reader = new(3);
    private readonly GroupId _group;

    public RekeyTests()
    {
        _group = _owner.Found();
        _victim.Join(_group, _owner);
        _victim.Say(_group, "before");
        _owner.PullAll(_group, _victim);
        _reader.Join(_group, _owner);
        _reader.PullAll(_group, _owner);
    }

    [Fact]
    public void What_the_old_key_signed_stands_and_it_signs_no_more()
    {
        var old = _victim.Core.OwnChain;
        var thief = Thief();
        _victim.Rekey(_victim.NextKey, new FakeSigner(90), incarnation: 2);
        _victim.Say(_group, "with the new key");
        _reader.PullAll(_group, _victim);
        Assert.Equal(2, _reader.Vector(_group).SeqOf(old));
        Assert.Equal(2, _reader.Vector(_group).SeqOf(_victim.Core.OwnChain));

        thief.Say(_group, "on the old chain");
        var tail = _reader.Receive(_group, thief.Id, [.. thief.Runs(_group, old, after: 2)]);
        Assert.Equal(Refusal.ChainRevoked, Assert.Single(tail.Refused).Refusal);
        var another = Thief(incarnation: 7);
        another.Say(_group, "on a chain of its own");
        var opened = _reader.Receive(_group, thief.Id, [.. another.Runs(_group, another.Core.OwnChain)]);
        Assert.Equal(Refusal.ChainRevoked, Assert.Single(opened.Refused).Refusal);
    }

    [Fact]
    public void A_thief_who_rotates_first_is_shut_out_by_the_recovery_key()
    {
        var thief = Thief();
        thief.Rekey(thief.NextKey, new FakeSigner(91), incarnation: 7);
        thief.Say(_group, "as you");
        _reader.PullAll(_group, thief);
        Assert.Equal(2, _reader.Vector(_group).SeqOf(thief.Core.OwnChain));

        _victim.Rekey(new FakeSigner(92), new FakeSigner(93), incarnation: 2, recovery: _victim.RecoveryKey);
        _reader.PullAll(_group, _victim);
        Assert.Equal(0, _reader.Vector(_group).SeqOf(thief.Core.OwnChain));
        Assert.Equal(1, _reader.Vector(_group).SeqOf(_victim.Core.OwnChain));
        Assert.Equal(EngineKinds.KeyRecovered, _reader.Store.Find(
            _group, new Position(_victim.Core.OwnChain, 1))!.Header.Kind);
        thief.Say(_group, "and on");
        Assert.Equal(0, _reader.Receive(_group, thief.Id, [.. thief.Runs(_group, thief.Core.OwnChain, 2)]).Appended);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_statement_that_nobody_entitled_signed_opens_nothing(int wrong)
    {
        var thief = Thief();
        // A key that was never committed to; a recovery key that was not.
        if (wrong == 1) thief.Rekey(new FakeSigner(94), new FakeSigner(95), incarnation: 7);
        else thief.Rekey(new FakeSigner(94), new FakeSigner(95), incarnation: 7, recovery: new FakeSigner(96));
        var before = _reader.Vector(_group).Digest();
        var report = _reader.Receive(_group, thief.Id, [.. thief.Runs(_group, thief.Core.OwnChain)]);
        Assert.Equal(Refusal.Malformed, Assert.Single(report.Refused).Refusal);
        Assert.Equal(before, _reader.Vector(_group).Digest());
    }

    [Fact]
    public void Keys_changed_in_every_order_of_arrival_give_one_vector()
    {
        var first = _victim.Core.OwnChain;
        var thief = Thief();
        thief.Say(_group, "with the stolen key");
        var rotating = Thief(incarnation: 7);
        rotating.Rekey(rotating.NextKey, new FakeSigner(91), incarnation: 8);
        rotating.Say(_group, "with the key after it");
        _victim.Rekey(_victim.NextKey, new FakeSigner(90), incarnation: 2);
        _victim.Say(_group, "rotated");
        var second = _victim.Core.OwnChain;
        _victim.Rekey(new FakeSigner(92), new FakeSigner(93), incarnation: 3, recovery: _victim.RecoveryKey);
        _victim.Say(_group, "recovered");
        Batch[] runs =
        [
            .. _owner.Runs(_group, _owner.Core.OwnChain, eventsMax: 1),
            .. _victim.Runs(_group, first, eventsMax: 1),
            .. thief.Runs(_group, first, after: 2),
            .. rotating.Runs(_group, rotating.Core.OwnChain, eventsMax: 1),
            .. _victim.Runs(_group, second, eventsMax: 1),
            .. _victim.Runs(_group, _victim.Core.OwnChain, eventsMax: 1),
        ];
        var digests = Enumerable.Range(0, 200).Select(seed => Arrive(runs, seed)).Distinct();
        Assert.Single(digests);
    }

    private Hash256 Arrive(Batch[] runs, int seed)
    {
        var random = new Random(seed);
        var node = new EngineNode(50);
        node.Follow(_group);
        var order = runs.ToArray();
        random.Shuffle(order);
        // What came too early is offered again, as peers do, until a round brings nothing.
        while (node.Receive(_group, _owner.Id, order).Appended > 0) random.Shuffle(order);
        node.Restart();
        return node.Vector(_group).Digest();
    }

    /// <summary>Whoever copied the victim's keys and log before anything was changed.</summary>
    private EngineNode Thief(ulong incarnation = 1)
    {
        var thief = new EngineNode(2, incarnation) { NowMs = _victim.NowMs + 1 };
        thief.Follow(_group);
        thief.PullAll(_group, _owner);
        return thief;
    }
}
