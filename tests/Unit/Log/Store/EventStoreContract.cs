using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests;

/// <summary>What every event store owes its callers; run on the in-memory twin and on the real file.</summary>
public abstract class EventStoreContract : IDisposable
{
    private readonly Lazy<IEventStore> _store;

    protected EventStoreContract() => _store = new Lazy<IEventStore>(Reopen);

    private IEventStore Store => _store.Value;

    /// <summary>Sees committed data only.</summary>
    protected abstract IEventReader Committed { get; }

    /// <summary>The store as a restart finds it: what was not committed is gone.</summary>
    protected abstract IEventStore Reopen();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    [Fact]
    public void Groups_come_back_in_the_order_they_were_added() =>
        Assert.Equal([Founded(1).Group, Founded(2).Group], Store.Groups().Select(g => g.Id));

    [Fact]
    public void A_group_of_which_nothing_is_here_becomes_what_is_said_of_it_last()
    {
        var (chain, genesis) = TestChain.Found(1);
        StoredGroup[] said = [new(chain.Group, "part", "friends"), new(chain.Group, "hive", "members")];
        Array.ForEach(said, Store.AddGroup);
        Assert.Equal(said[1..], Store.Groups());
        Store.Append(genesis);
        Store.AddGroup(said[0]);
        Store.Commit();
        Assert.Equal(said[1..], Reopen().Groups());
    }

    [Fact]
    public void An_appended_run_reads_back_byte_for_byte()
    {
        var chain = Founded(1);
        var run = chain.Run(3, payloadBytes: 700);
        Append(chain, run);
        var read = Store.Read(chain.Group, chain.Id, 1, 512, Limits.BatchBytesMax);
        Assert.Equal(Frame(run), Frame(read!));
    }

    [Fact]
    public void A_cut_replaces_what_lies_below_it_and_leaves_the_rest()
    {
        var chain = Founded(1);
        Append(chain, chain.Run(4));
        var at = new EditionCut(chain.Id, chain.Head, new Hlc(1));
        var kept = Store.Find(chain.Group, new Position(chain.Id, 3))!;
        var tail = chain.Run(2);
        Append(chain, tail);
        Store.Cut(chain.Group, at, [kept]);
        Store.Commit();
        Assert.Equal([3L], Store.Kept(chain.Group, chain.Id, 0, 512).Select(e => e.Header.Seq));
        Assert.Null(Store.Find(chain.Group, new Position(chain.Id, 2)));
        Assert.Null(Store.Read(chain.Group, chain.Id, 4, 512, Limits.BatchBytesMax));
        Assert.Equal(Frame(tail), Frame(Committed.Read(chain.Group, chain.Id, 5, 512, Limits.BatchBytesMax)!));
        Assert.Equal((7, 5), Store.Chains(chain.Group) is [var only] ? (only.Head.Seq, only.Cut) : default);
    }

    [Fact]
    public void A_chain_that_is_thinned_loses_the_named_events_and_all_signatures_below_its_cut()
    {
        var chain = Founded(1);
        Append(chain, chain.Run(4));
        var at = new EditionCut(chain.Id, chain.Head, new Hlc(1));
        var tail = chain.Run(2);
        Append(chain, tail);
        var before = Store.Find(chain.Group, new Position(chain.Id, 3))!;
        Store.Thin(chain.Group, at, [2, 4]);
        Store.Commit();
        Assert.Equal([1L, 3L, 5L], Store.Kept(chain.Group, chain.Id, 0, 512).Select(e => e.Header.Seq));
        Assert.Equal(before.Header.Id, Store.Find(chain.Group, new Position(chain.Id, 3))!.Header.Id);
        Assert.Null(Store.Find(chain.Group, new Position(chain.Id, 4)));
        Assert.Null(Store.Read(chain.Group, chain.Id, 0, 512, Limits.BatchBytesMax));
        Assert.Equal(Frame(tail), Frame(Committed.Read(chain.Group, chain.Id, 5, 512, Limits.BatchBytesMax)!));
        Assert.Equal((7, 5), Store.Chains(chain.Group) is [var only] ? (only.Head.Seq, only.Cut) : default);
    }

    [Fact]
    public void What_a_cut_leaves_may_be_added_later_and_is_read_in_steps()
    {
        var chain = Founded(1);
        Append(chain, chain.Run(4));
        var events = Enumerable.Range(2, 4).Select(n => Store.Find(chain.Group, new Position(chain.Id, n))!).ToArray();
        Store.Cut(chain.Group, new EditionCut(chain.Id, chain.Head, new Hlc(1)), [events[0]]);
        Store.Keep(chain.Group, chain.Id, events[2..]);
        Store.Commit();
        Assert.Equal([2L, 4L, 5L], Store.Kept(chain.Group, chain.Id, 0, 512).Select(e => e.Header.Seq));
        Assert.Equal([4L], Store.Kept(chain.Group, chain.Id, 2, 1).Select(e => e.Header.Seq));
        Assert.Empty(Store.Kept(chain.Group, chain.Id, 5, 512));
    }

    [Fact]
    public void A_rollback_leaves_what_the_last_commit_did()
    {
        var chain = Founded(1);
        Store.SetMeta("a", "1");
        Store.Commit();
        var before = Store.Chains(chain.Group);
        var run = chain.Run(4);
        Append(chain, run);
        Store.Cut(chain.Group, new EditionCut(chain.Id, chain.Head, new Hlc(1)), []);
        Store.AddGroup(new StoredGroup(new GroupId(Hash256.Sha256("other"u8)), "hive", "members"));
        Store.SetMeta("a", "2");
        Store.Rollback();
        Assert.Equal(before, Store.Chains(chain.Group));
        Assert.Single(Store.Groups());
        Assert.Equal("1", Store.Meta("a"));
        Store.Rollback();
        Append(chain, run);
    }

    [Fact]
    public void A_cut_past_the_head_becomes_the_head_and_a_restart_finds_it()
    {
        var chain = Founded(1);
        _ = chain.Run(6);
        Store.Cut(chain.Group, new EditionCut(chain.Id, chain.Head, new Hlc(9)), []);
        Store.Commit();
        var stored = Reopen().Chains(chain.Group).Single();
        Assert.Equal(new StoredChain(chain.Id, chain.Head, new Hlc(9), Cut: 7), stored);
    }

    [Fact]
    public void A_read_starts_after_the_given_seq_and_may_join_runs()
    {
        var chain = Founded(1);
        Append(chain, chain.Run(4));
        Append(chain, chain.Run(2));
        var read = Store.Read(chain.Group, chain.Id, 3, 512, Limits.BatchBytesMax)!;
        Assert.Equal((4, 7), (read.FirstSeq, read.LastSeq));
    }

    [Fact]
    public void A_read_ends_on_the_last_signed_event_that_fits_the_count()
    {
        var chain = Founded(1);
        Append(chain, chain.Run(3));
        Append(chain, chain.Run(3));
        Assert.Equal(4, Store.Read(chain.Group, chain.Id, 0, 6, Limits.BatchBytesMax)!.LastSeq);
        Assert.Equal(7, Store.Read(chain.Group, chain.Id, 0, 7, Limits.BatchBytesMax)!.LastSeq);
    }

    [Fact]
    public void A_read_ends_on_the_last_signed_event_that_fits_the_bytes()
    {
        var chain = Founded(1);
        var (one, two) = (chain.Run(1, payloadBytes: 500), chain.Run(1, payloadBytes: 500));
        Append(chain, one);
        Append(chain, two);
        var bytes = BatchFraming.FramedBytes(new Batch([.. one.Events, .. two.Events], one.Signature))
            - BatchFraming.PrefixBytes;
        Assert.Equal(3, Store.Read(chain.Group, chain.Id, 1, 512, bytes)!.LastSeq);
        Assert.Equal(2, Store.Read(chain.Group, chain.Id, 1, 512, bytes - 1)!.LastSeq);
    }

    [Fact]
    public void A_run_that_does_not_fit_at_all_is_not_cut_short()
    {
        var chain = Founded(1);
        Append(chain, chain.Run(3));
        Assert.Null(Store.Read(chain.Group, chain.Id, 1, 2, Limits.BatchBytesMax));
        Assert.Null(Store.Read(chain.Group, chain.Id, 1, 512, 100));
        Assert.Null(Store.Read(chain.Group, chain.Id, 1, 0, Limits.BatchBytesMax));
    }

    [Fact]
    public void A_read_never_exceeds_a_batch_whatever_is_asked()
    {
        var chain = Founded(1);
        for (var i = 0; i < 3; i++) Append(chain, chain.Run(300));
        Assert.Equal(301, Store.Read(chain.Group, chain.Id, 0, int.MaxValue, int.MaxValue)!.LastSeq);
    }

    [Fact]
    public void Nothing_follows_the_head_an_unknown_chain_or_an_unknown_group()
    {
        var chain = Founded(1);
        Assert.Null(Store.Read(chain.Group, chain.Id, 1, 512, Limits.BatchBytesMax));
        Assert.Null(Store.Read(chain.Group, chain.Id with { Incarnation = new(9) }, 0, 512, Limits.BatchBytesMax));
        Assert.Null(Store.Read(default, chain.Id, 0, 512, Limits.BatchBytesMax));
        Assert.Null(Store.Find(chain.Group, new Position(chain.Id, 2)));
    }

    [Fact]
    public void A_run_that_does_not_follow_the_head_is_a_broken_invariant()
    {
        var chain = Founded(1);
        var other = chain.Fork();
        var (gap, late) = (other.Run(1), other.Run(1));
        Append(chain, chain.Run(1));
        Assert.Throws<InvalidOperationException>(() => Store.Append(TestChain.Verified(chain.Group, gap)));
        Assert.Throws<InvalidOperationException>(() => Store.Append(TestChain.Verified(chain.Group, late)));
        Assert.Throws<InvalidOperationException>(
            () => Store.Append(TestChain.Open(default, 3).VerifiedRun(1)));
        Assert.Equal(chain.Head, Store.Chains(chain.Group).Single().Head);
    }

    [Fact]
    public void Chains_come_in_chain_order_with_head_and_clock()
    {
        var founder = Founded(1);
        TestChain[] chains =
            [founder, TestChain.Open(founder.Group, 2), TestChain.Open(founder.Group, 1, incarnation: 2)];
        var clocks = new Dictionary<ChainId, Hlc> { [founder.Id] = Store.Chains(founder.Group)[0].Hlc };
        foreach (var chain in chains.Skip(1))
        {
            var run = chain.VerifiedRun(5);
            Store.Append(run);
            clocks[chain.Id] = run.LastHlc;
        }

        Store.Commit();
        Assert.Equal(
            chains.OrderBy(c => c.Id).Select(c => new StoredChain(c.Id, c.Head, clocks[c.Id], 0)),
            Reopen().Chains(founder.Group));
    }

    [Fact]
    public void What_is_not_committed_is_lost_and_what_is_stays()
    {
        var chain = Founded(1);
        Append(chain, chain.Run(2));
        Store.Commit();
        var head = chain.Head;
        Append(chain, chain.Run(2));
        Store.SetMeta("late", "yes");
        Assert.Equal(5, Store.Read(chain.Group, chain.Id, 3, 512, Limits.BatchBytesMax)!.LastSeq);
        var reopened = Reopen();
        Assert.Equal(head, reopened.Chains(chain.Group).Single().Head);
        Assert.Null(reopened.Read(chain.Group, chain.Id, 3, 512, Limits.BatchBytesMax));
        Assert.Null(reopened.Meta("late"));
    }

    [Fact]
    public void A_lost_run_can_be_appended_again()
    {
        var chain = Founded(1);
        Store.Commit();
        var run = chain.VerifiedRun(2);
        Store.Append(run);
        var reopened = Reopen();
        reopened.Append(run);
        reopened.Commit();
        Assert.Equal(chain.Head, Reopen().Chains(chain.Group).Single().Head);
    }

    [Fact]
    public void A_reader_sees_a_run_only_after_its_commit()
    {
        var chain = Founded(1);
        Store.Commit();
        Append(chain, chain.Run(2));
        Assert.Null(Committed.Read(chain.Group, chain.Id, 1, 512, Limits.BatchBytesMax));
        Assert.Null(Committed.Find(chain.Group, new Position(chain.Id, 2)));
        Store.Commit();
        Assert.Equal(3, Committed.Read(chain.Group, chain.Id, 1, 512, Limits.BatchBytesMax)!.LastSeq);
        Assert.NotNull(Committed.Find(chain.Group, new Position(chain.Id, 2)));
    }

    [Fact]
    public void Erasing_takes_payload_and_salt_and_leaves_header_and_signature()
    {
        var chain = Founded(1);
        var run = chain.Run(2);
        Append(chain, run);
        Store.Erase(chain.Group, new Position(chain.Id, 2));
        Store.Erase(chain.Group, new Position(chain.Id, 77));
        Store.Commit();
        var read = Reopen().Read(chain.Group, chain.Id, 1, 512, Limits.BatchBytesMax)!;
        Assert.True(read.Events[0].IsHollow);
        Assert.Equal(run.Events[0].Header.Id, read.Events[0].Header.Id);
        Assert.False(read.Events[1].IsHollow);
        Assert.True(read.Signature.Span.SequenceEqual(run.Signature.Span));
    }

    [Fact]
    public void Filling_restores_a_hollow_event_and_never_replaces_a_payload()
    {
        var chain = Founded(1);
        var run = chain.Run(2);
        Append(chain, run);
        var (hollow, whole) = (new Position(chain.Id, 2), new Position(chain.Id, 3));
        Store.Erase(chain.Group, hollow);
        Store.Fill(chain.Group, hollow, run.Events[0].Payload!.Value);
        Store.Fill(chain.Group, whole, run.Events[0].Payload!.Value);
        Assert.Equal(Frame(run), Frame(Store.Read(chain.Group, chain.Id, 1, 512, Limits.BatchBytesMax)!));
    }

    [Fact]
    public void An_empty_payload_is_not_a_hollow_event()
    {
        var chain = Founded(1);
        Append(chain, chain.Run("test_empty", ""));
        Assert.False(Store.Find(chain.Group, new Position(chain.Id, 2))!.IsHollow);
    }

    [Fact]
    public void A_hollow_event_is_stored_as_it_came()
    {
        var chain = Founded(1);
        var run = chain.Run(1);
        Append(chain, new Batch([new Event(run.Events[0].Header, null)], run.Signature));
        Assert.True(Store.Find(chain.Group, new Position(chain.Id, 2))!.IsHollow);
    }

    [Fact]
    public void Events_of_authority_are_found_without_reading_the_rest()
    {
        var chain = Founded(1);
        Append(chain, chain.Run(3));
        Append(chain, chain.Run("node_admitted", "{}"));
        Store.Commit();
        Assert.Equal([1L, 5L], Reopen().AuthorityEvents(chain.Group).Select(e => e.Header.Seq));
    }

    [Fact]
    public void Parked_batches_survive_a_restart_by_chain_and_seq_until_released()
    {
        var chain = Founded(1);
        var late = chain.Run(1);
        Wait clock = new Wait.ForClock(1_800_000_000_000);
        Wait missing = new Wait.ForEvent(chain.Id, 2);
        Store.Park(Parked(chain, 9, clock, late));
        Store.Park(Parked(chain, 3, clock, late));
        Store.Park(Parked(chain, 3, missing, late));
        Store.Commit();
        var reopened = Reopen();
        var parked = reopened.Parked(chain.Group);
        Assert.Equal([(3L, missing), (9L, clock)], parked.Select(p => (p.FirstSeq, p.WaitsFor)));
        Assert.True(parked[0].Frame.Span.SequenceEqual(Frame(late)));
        Assert.Equal(chain.Id.Origin, parked[0].From);
        reopened.Release(chain.Group, chain.Id, 3);
        reopened.Release(chain.Group, chain.Id, 4);
        Assert.Null(reopened.FindParked(chain.Group, chain.Id, 3));
        Assert.Equal(9, reopened.FindParked(chain.Group, chain.Id, 9)!.FirstSeq);
        Assert.Single(reopened.Parked(chain.Group));
    }

    [Fact]
    public void The_earliest_fork_of_a_chain_is_kept()
    {
        var chain = Founded(1);
        Store.AddFork(new StoredFork(chain.Group, chain.Id, 5, new byte[] { 5 }));
        Store.AddFork(new StoredFork(chain.Group, chain.Id, 7, new byte[] { 7 }));
        Store.AddFork(new StoredFork(chain.Group, chain.Id, 5, new byte[] { 55 }));
        Assert.Equal((5, 5), Assert.Single(Store.Forks(chain.Group).Select(f => (f.Seq, (int)f.Proof.Span[0]))));
        Store.AddFork(new StoredFork(chain.Group, chain.Id, 2, new byte[] { 2 }));
        Store.Commit();
        Assert.Equal((2, 2), Assert.Single(Reopen().Forks(chain.Group).Select(f => (f.Seq, (int)f.Proof.Span[0]))));
    }

    [Fact]
    public void The_last_value_set_is_the_one_read()
    {
        Assert.Null(Store.Meta("name"));
        Store.SetMeta("name", "first");
        Store.SetMeta("name", "second");
        Store.Commit();
        Assert.Equal("second", Reopen().Meta("name"));
    }

    private TestChain Founded(int seed)
    {
        var (chain, genesis) = TestChain.Found(seed);
        Store.AddGroup(new StoredGroup(chain.Group, "hive", "members"));
        Store.Append(genesis);
        return chain;
    }

    private void Append(TestChain chain, Batch run) => Store.Append(TestChain.Verified(chain.Group, run));

    private static ParkedBatch Parked(TestChain chain, long firstSeq, Wait wait, Batch run) =>
        new(chain.Group, chain.Id, firstSeq, chain.Id.Origin, wait, Frame(run));

    private static byte[] Frame(Batch batch)
    {
        var frame = new System.Buffers.ArrayBufferWriter<byte>();
        BatchFraming.Write(batch, frame);
        return frame.WrittenSpan.ToArray();
    }
}
