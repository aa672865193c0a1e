using Anarchive.Hives;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests;

public sealed class IntakeTests
{
    private readonly EngineNode _owner = new(1);
    private readonly EngineNode _reader = new(2);
    private readonly GroupId _group;

    public IntakeTests()
    {
        _group = _owner.Found();
        _reader.Join(_group, _owner);
    }

    [Fact]
    public void Flipping_any_byte_of_an_event_refuses_it()
    {
        _owner.Say(_group, "first");
        _owner.Say(_group, "second");
        var run = Assert.Single(_owner.Runs(_group, _owner.Core.OwnChain, after: 2));
        var golden = Frame(run);
        var before = _reader.Vector(_group).Digest();
        for (var at = 0; at < golden.Length; at++)
        {
            var flipped = golden.ToArray();
            flipped[at] ^= 1;
            if (BatchFraming.TryRead(flipped, out _) is { } batch)
                Assert.Equal(0, _reader.Receive(_group, _owner.Id, batch).Appended);
            Assert.Equal(before, _reader.Vector(_group).Digest());
        }

        Assert.Equal(2, _reader.Receive(_group, _owner.Id, run).Appended);
    }

    [Fact]
    public void An_event_of_one_group_is_refused_in_another()
    {
        var other = _owner.Found();
        _reader.Join(other, _owner);
        _owner.Say(_group, "meant for one group");
        var run = Assert.Single(_owner.Runs(_group, _owner.Core.OwnChain, after: 2));
        var report = _reader.Receive(other, _owner.Id, run);
        Assert.Equal(Refusal.WrongGroup, Assert.Single(report.Refused).Refusal);
        Assert.Equal(_owner.Vector(other).Digest(), _reader.Vector(other).Digest());
    }

    [Fact]
    public void A_stranger_cannot_open_a_chain()
    {
        var stranger = new EngineNode(3);
        stranger.Follow(_group);
        stranger.PullAll(_group, _owner);
        var forged = TestChain.Open(_group, seed: 3, signer: stranger.Key);
        var genesis = _owner.Store.Find(_group, new Position(_owner.Core.OwnChain, 1))!.Header.Ref;
        var opened = System.Text.Encoding.UTF8.GetString(EngineKinds.Write(new ChainOpened(stranger.Statements)));
        var report = _reader.Receive(_group, stranger.Id, forged.Run("chain_opened", opened, genesis));
        Assert.Equal(Refusal.NotAMember, Assert.Single(report.Refused).Refusal);
    }

    [Fact]
    public void A_chain_without_its_opening_is_refused()
    {
        _reader.Say(_group, "one");
        _reader.Say(_group, "two");
        var report = _owner.Receive(
            _group, _reader.Id, [.. _reader.Runs(_group, _reader.Core.OwnChain, after: 2, eventsMax: 1)]);
        Assert.Equal(Refusal.Gap, Assert.Single(report.Refused).Refusal);
    }

    [Fact]
    public void Received_twice_is_held_once()
    {
        _reader.Say(_group, "once");
        var runs = _reader.Runs(_group, _reader.Core.OwnChain).ToArray();
        Assert.Equal(2, _owner.Receive(_group, _reader.Id, runs).Appended);
        Assert.Equal(0, _owner.Receive(_group, _reader.Id, runs).Appended);
    }

    [Fact]
    public void A_run_that_overlaps_adds_its_new_end_only()
    {
        _reader.Say(_group, "one");
        _owner.PullAll(_group, _reader);
        _reader.Say(_group, "two");
        var whole = Assert.Single(_reader.Runs(_group, _reader.Core.OwnChain));
        Assert.Equal(1, _owner.Receive(_group, _reader.Id, whole).Appended);
        Assert.Equal(_reader.Vector(_group).Digest(), _owner.Vector(_group).Digest());
    }

    [Fact]
    public void History_verifies_across_a_rotation()
    {
        _owner.Say(_group, "under the first key");
        var next = _owner.NextKey;
        _owner.Rotate(_group, next, new FakeSigner(77));
        _owner.Say(_group, "under the second key");
        _reader.PullAll(_group, _owner);
        Assert.Equal(_owner.Vector(_group).Digest(), _reader.Vector(_group).Digest());

        // Who comes later verifies the old part with the old key, and so does a node that restarts.
        var late = new EngineNode(4);
        late.Join(_group, _owner);
        Assert.Equal(_owner.Vector(_group).Digest(), late.Vector(_group).Digest());
        late.Restart();
        _owner.Say(_group, "after its restart");
        late.PullAll(_group, _owner);
        Assert.Equal(_owner.Vector(_group).Digest(), late.Vector(_group).Digest());
    }

    [Fact]
    public void After_a_rotation_the_old_key_signs_nothing()
    {
        var thief = new EngineNode(1, store: Copy(_owner));
        _owner.Rotate(_group, _owner.NextKey, new FakeSigner(77));
        _reader.PullAll(_group, _owner);
        var at = _owner.Vector(_group).SeqOf(_owner.Core.OwnChain);
        thief.Follow(_group);
        thief.PullAll(_group, _owner);
        thief.Say(_group, "with the stolen key");
        var report = _reader.Receive(_group, thief.Id, [.. thief.Runs(_group, _owner.Core.OwnChain, at)]);
        Assert.Equal(Refusal.BadSignature, Assert.Single(report.Refused).Refusal);
    }

    [Fact]
    public void A_clock_from_2100_stalls_only_itself()
    {
        _reader.Say(_group, "on time");
        _owner.PullAll(_group, _reader);
        var now = _owner.NowMs;
        _reader.NowMs = 4_102_444_800_000;
        _reader.Say(_group, "from 2100");
        _owner.PullAll(_group, _reader);
        Assert.Equal(2, _owner.Vector(_group).SeqOf(_reader.Core.OwnChain));
        Assert.Equal(1, _owner.Snapshot(_group).Parked);

        var third = new EngineNode(5);
        third.Join(_group, _owner);
        third.Say(_group, "others go on");
        _owner.PullAll(_group, third);
        Assert.Equal(2, _owner.Vector(_group).SeqOf(third.Core.OwnChain));
        var own = _owner.Say(_group, "and so does this clock");
        Assert.True(_owner.Store.Find(_group, own.Position)!.Header.Hlc.UnixMs < now + 60_000);

        _owner.NowMs = 4_102_444_800_000;
        _owner.Tick();
        Assert.Equal(3, _owner.Vector(_group).SeqOf(_reader.Core.OwnChain));
    }

    [Fact]
    public void Three_thousand_early_votes_all_count()
    {
        var writer = new EngineNode(6);
        writer.Join(_group, _owner);
        var target = writer.Say(_group, "a post that travels slowly");
        _reader.PullAll(_group, writer);
        _reader.Say(_group, "here I am");
        for (var i = 0; i < 3_000; i++) _reader.Say(_group, "a vote", target);

        // The votes reach the owner one run each, before what they vote for, and over a restart.
        var chain = _reader.Core.OwnChain;
        _owner.Receive(_group, _reader.Id, [.. _reader.Runs(_group, chain, eventsMax: 2).Take(1)]);
        var votes = _reader.Runs(_group, chain, after: 2, eventsMax: 1).ToArray();
        var report = _owner.Receive(_group, _reader.Id, votes[..1_500]);
        Assert.Equal(1_500, report.Parked.Count);
        _owner.Restart();
        _owner.Receive(_group, _reader.Id, votes[1_500..]);
        Assert.Equal(3_000, _owner.Snapshot(_group).Parked);

        _owner.PullAll(_group, writer);
        Assert.Equal(3_002, _owner.Vector(_group).SeqOf(chain));
        Assert.Equal(0, _owner.Snapshot(_group).Parked);
    }

    [Fact]
    public void Two_runs_that_need_each_other_arrive_together()
    {
        var writer = new EngineNode(6);
        writer.Join(_group, _owner);
        var left = _reader.Say(_group, "left 1");
        writer.PullAll(_group, _reader);
        var right = writer.Say(_group, "right 1", left);
        _reader.PullAll(_group, writer);
        _reader.Say(_group, "left 2", right);

        // Relayed as one run per chain, each run holds something that the other one needs.
        var leftRun = Assert.Single(_reader.Runs(_group, _reader.Core.OwnChain));
        var rightRun = Assert.Single(writer.Runs(_group, writer.Core.OwnChain));
        var late = new EngineNode(7);
        late.Join(_group, _owner);
        Assert.Single(late.Receive(_group, _reader.Id, leftRun).Parked);
        late.Receive(_group, writer.Id, rightRun);
        Assert.Equal(3, late.Vector(_group).SeqOf(_reader.Core.OwnChain));
        Assert.Equal(2, late.Vector(_group).SeqOf(writer.Core.OwnChain));
    }

    [Fact]
    public void The_beginning_of_a_parked_run_may_arrive_by_itself()
    {
        _reader.Say(_group, "first");
        var third = new EngineNode(4);
        third.Join(_group, _owner);
        var needed = _owner.Say(_group, "what the run waits for");
        _reader.PullAll(_group, _owner);
        _reader.Say(_group, "second", needed);
        var chain = _reader.Core.OwnChain;
        var whole = Assert.Single(_reader.Runs(_group, chain));
        Assert.Single(third.Receive(_group, _reader.Id, whole).Parked);

        // Two of its three events now, the rest when what it cites is here.
        third.Receive(_group, _reader.Id, _reader.Runs(_group, chain, eventsMax: 2).First());
        Assert.Equal(2, third.Vector(_group).SeqOf(chain));
        Assert.Equal(3, third.Snapshot(_group).Parked);
        third.PullAll(_group, _owner);
        Assert.Equal(3, third.Vector(_group).SeqOf(chain));
        Assert.Equal(0, third.Snapshot(_group).Parked);
    }

    [Fact]
    public void Parking_is_bounded_per_peer_and_says_so()
    {
        var writer = new EngineNode(6);
        writer.Join(_group, _owner);
        var target = writer.Say(_group, "never sent");
        _reader.PullAll(_group, writer);
        var bulk = Enumerable.Repeat(new Draft(TestChain.Said, new byte[60_000], [target]), 16).ToArray();
        for (var i = 0; i < 20; i++) _reader.Write(_group, bulk);
        var report = _owner.Receive(_group, _reader.Id, [.. _reader.Runs(_group, _reader.Core.OwnChain)]);
        Assert.Contains(report.Refused, r => r.Refusal is Refusal.ParkedFull);
        _owner.PullAll(_group, writer);
        _owner.PullAll(_group, _reader);
        _owner.PullAll(_group, _reader);
        Assert.Equal(_reader.Vector(_group).Digest(), _owner.Vector(_group).Digest());
    }

    private static MemoryEventStore Copy(EngineNode node)
    {
        var copy = new MemoryEventStore();
        foreach (var group in node.Store.Groups())
        {
            copy.AddGroup(group);
            foreach (var chain in node.Store.Chains(group.Id))
                foreach (var run in node.Runs(group.Id, chain.Chain))
                    copy.Append(BatchCheck.Replay(group.Id, run, HivesApp.Schema)!);
        }

        copy.Commit();
        return copy;
    }

    private static byte[] Frame(Batch batch)
    {
        var frame = new System.Buffers.ArrayBufferWriter<byte>();
        BatchFraming.Write(batch, frame);
        return frame.WrittenSpan.ToArray();
    }
}
