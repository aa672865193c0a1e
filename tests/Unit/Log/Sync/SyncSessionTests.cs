using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

public sealed class SyncSessionTests
{
    private const long Minute = 60_000;

    private readonly SyncWorld _world = new();

    [Fact]
    public void Both_sides_push_after_one_handshake()
    {
        var (a, b, chain) = Pair();
        var theirs = TestChain.Open(chain.Group, 2);
        var pushes = _world.Total("Push");
        _world.Append(a, chain.VerifiedRun(3));
        _world.Append(b, theirs.VerifiedRun(2));
        Assert.True(_world.InStep(chain.Group, a, b));
        Assert.Equal(1, _world.Total("Greet"));
        // Nothing is sent back to where it came from.
        Assert.Equal(pushes + 2, _world.Total("Push"));
    }

    [Fact]
    public void A_refused_event_never_moves_a_cursor()
    {
        var (a, b, chain) = Pair();
        b.Refuses.Add(chain.Id);
        var pushes = _world.Total("Push");
        var before = a.With(b).TheirsOf(chain.Group)!.SeqOf(chain.Id);
        for (var i = 0; i < 10; i++) _world.Append(a, chain.VerifiedRun(1));
        Assert.Equal(before, a.With(b).TheirsOf(chain.Group)!.SeqOf(chain.Id));
        // Not offered again before the next heartbeat.
        Assert.Equal(pushes + 1, _world.Total("Push"));
        b.Refuses.Clear();
        _world.Run(Minute);
        Assert.True(_world.InStep(chain.Group, a, b));
    }

    [Fact]
    public void A_node_converges_through_a_relay_alone()
    {
        var (a, b, chain) = Pair();
        var c = _world.Node(3);
        // More than a push carries: the newcomer has to pull.
        for (var i = 0; i < 9; i++) _world.Append(a, chain.VerifiedRun(500));
        a.IsUp = false;
        _world.Join(c, b, chain.Group);
        _world.Run(Minute);
        Assert.Equal(4_501, _world.DurableOf(c, chain.Group).SeqOf(chain.Id));
        // A live relay too: what reaches the relay is pushed on.
        a.IsUp = true;
        _world.Append(a, chain.VerifiedRun(1));
        _world.Run(Minute);
        Assert.True(_world.InStep(chain.Group, a, b, c));
        Assert.DoesNotContain(a.Id, c.Sessions.Keys);
    }

    [Fact]
    public void A_heartbeat_reveals_every_missing_event()
    {
        var (a, b, chain) = Pair();
        _world.Loses = (_, effect) => effect is Effect.Push;
        _world.Append(a, chain.VerifiedRun(4));
        Assert.False(_world.InStep(chain.Group, a, b));
        _world.Run(Minute);
        Assert.True(_world.InStep(chain.Group, a, b));
    }

    [Fact]
    public void A_restarted_peer_is_told_everything_again()
    {
        var (a, b, chain) = Pair();
        _world.Append(a, chain.VerifiedRun(4));
        _world.Run(Minute);
        // B forgot what A told; A still sends differences only, which the digest gives away.
        _world.Restart(b, a, hasToken: true, chain.Group);
        _world.Run(Minute);
        Assert.Equal(
            _world.DurableOf(a, chain.Group).Digest(), b.With(a).TheirsOf(chain.Group)!.Digest());
    }

    [Fact]
    public void A_session_speaks_of_its_own_groups_only()
    {
        var (a, b, chain) = Pair();
        var (secret, genesis) = TestChain.Found(1, incarnation: 9);
        var c = _world.Node(3);
        _world.Append(a, genesis);
        _world.Join(c, a, secret.Group);
        _world.Run(5 * Minute);
        var named = _world.Performed.OfType<Effect.Beat>().Select(e => e.Groups)
            .Concat(_world.Performed.OfType<Effect.Answer>().Select(e => e.Groups))
            .Where(groups => groups.Any(g => g.Group == chain.Group));
        Assert.All(named, groups => Assert.Equal([chain.Group], groups.Select(g => g.Group)));
        Assert.DoesNotContain(secret.Group, a.With(b).Groups);
    }

    [Fact]
    public void A_group_no_longer_shared_falls_silent()
    {
        var (a, b, chain) = Pair();
        a.With(b).Step(new Input.Unshared(new Moment(_world.NowMs, 0), chain.Group));
        var pushes = _world.Total("Push");
        _world.Append(a, chain.VerifiedRun(1));
        _world.Run(5 * Minute);
        Assert.Equal(pushes, _world.Total("Push"));
        Assert.Empty(a.With(b).Groups);
    }

    [Fact]
    public void Two_idle_nodes_never_grow_their_logs()
    {
        var (a, b, chain) = Pair();
        _world.Append(a, chain.VerifiedRun(4));
        _world.Run(Minute);
        var (pulls, pushes, beats) = (_world.Total("Pull"), _world.Total("Push"), _world.Total("Beat"));
        var held = _world.DurableOf(a, chain.Group).Events;
        _world.Run(60 * Minute);
        Assert.Equal((pulls, pushes), (_world.Total("Pull"), _world.Total("Push")));
        Assert.Equal((held, held), (_world.DurableOf(a, chain.Group).Events, _world.DurableOf(b, chain.Group).Events));
        // One of both speaks every 20 s or so.
        Assert.InRange(_world.Total("Beat") - beats, 95, 300);
    }

    [Fact]
    public void Both_sides_take_turns_to_speak_for_who_speaks_asks_for_what_it_lacks()
    {
        var (a, b, _) = Pair();
        foreach (var node in new[] { a, b })
        {
            var before = _world.Total($"Beat of {node.Id}");
            _world.Run(2 * Minute);
            Assert.InRange(_world.Total($"Beat of {node.Id}") - before, 2, 5);
        }
    }

    [Fact]
    public void A_node_that_took_events_back_says_so_soon()
    {
        var (a, _, chain) = Pair();
        _world.Append(a, chain.VerifiedRun(4));
        _world.Run(2 * Minute);
        a.Refuses.Add(chain.Id);
        var beats = _world.Total($"Beat of {a.Id}");
        _world.Flush(a, chain.Group, _world.DurableOf(a, chain.Group));
        _world.Run(1_000);
        Assert.Equal(beats, _world.Total($"Beat of {a.Id}"));
        _world.Flush(a, chain.Group, VersionVector.Empty);
        _world.Run(1_000);
        Assert.Equal(beats + 1, _world.Total($"Beat of {a.Id}"));
    }

    [Fact]
    public void A_failing_peer_recovers_unaided()
    {
        var (a, b, chain) = Pair();
        b.IsUp = false;
        _world.Append(a, chain.VerifiedRun(1));
        _world.Run(60 * Minute);
        Assert.True(a.With(b).IsError);
        Assert.Equal(Contact.Down, a.With(b).Contact);
        // Back, but unable to dial: only our own retry finds it.
        _world.Loses = (node, _) => node == b;
        b.IsUp = true;
        _world.Run(15 * Minute);
        Assert.False(a.With(b).IsError);
        Assert.True(_world.InStep(chain.Group, a, b));
    }

    [Fact]
    public void A_failing_peer_is_tried_ever_less_often_but_for_ever()
    {
        var (a, b, _) = Pair();
        b.IsUp = false;
        _world.Run(10 * Minute);
        var first = _world.Total("Beat");
        Assert.InRange(first, 10, 40);
        _world.Run(24 * 60 * Minute);
        Assert.InRange(_world.Total("Beat") - first, 110, 190);
    }

    [Fact]
    public void A_peer_that_welcomes_and_then_refuses_is_greeted_ever_less_often()
    {
        var (a, b, chain) = Pair();
        _world.Denies = (_, effect) => effect is Effect.Beat;
        _world.Run(10 * Minute);
        Assert.InRange(_world.Total("Greet"), 10, 40);
        Assert.True(a.With(b).IsError);
        _world.Denies = (_, _) => false;
        _world.Append(b, TestChain.Open(chain.Group, 2).VerifiedRun(1));
        _world.Run(15 * Minute);
        Assert.False(a.With(b).IsError);
        Assert.True(_world.InStep(chain.Group, a, b));
    }

    [Fact]
    public void News_wait_for_their_second_and_for_the_end_of_a_backoff()
    {
        var (a, b, _) = Pair();
        _world.Run(Minute);
        var session = a.With(b);
        var told = session.Step(new Input.News(new Moment(_world.NowMs, 0)));
        var beat = Assert.IsType<Effect.Beat>(Assert.Single(told));
        Assert.Empty(session.Step(new Input.BeatAnswered(new Moment(_world.NowMs, 0), beat, [])));
        for (var i = 0; i < 100; i++)
            Assert.Empty(session.Step(new Input.News(new Moment(_world.NowMs, 0))));
        Assert.InRange(session.WakeAtMs, _world.NowMs, _world.NowMs + 1_000);
        b.IsUp = false;
        _world.Run(10 * Minute);
        Assert.True(session.IsError);
        var next = session.WakeAtMs;
        Assert.Empty(session.Step(new Input.News(new Moment(_world.NowMs, 0))));
        Assert.Equal(next, session.WakeAtMs);
    }

    [Fact]
    public void A_token_that_was_forgotten_costs_one_greeting_and_no_wait()
    {
        var (a, b, chain) = Pair();
        var denied = 0;
        _world.Denies = (_, effect) => effect is Effect.Beat && denied++ == 0;
        _world.Run(Minute);
        Assert.Equal(2, _world.Total("Greet"));
        Assert.Equal(Contact.Up, a.With(b).Contact);
        Assert.Equal(0, a.With(b).Failures);
        Assert.True(_world.InStep(chain.Group, a, b));
    }

    [Fact]
    public void A_peer_that_never_finishes_is_dropped()
    {
        var (a, b, chain) = Pair();
        b.Withholds = true;
        var more = TestChain.Open(chain.Group, 2);
        _world.Loses = (node, effect) => node == b && effect is Effect.Push;
        _world.Append(b, more.VerifiedRun(3));
        _world.Run(10 * Minute);
        // Two fruitless answers per heartbeat, never a loop.
        Assert.InRange(_world.Total("Pull"), 2, 2 * _world.Total("Beat") + 2);
        Assert.True(a.With(b).Lanes.Single().Dropped);
    }

    [Fact]
    public void A_dropped_source_makes_way_for_another()
    {
        var (a, b, chain) = Pair();
        b.Withholds = true;
        _world.Loses = (node, effect) => node == b && effect is Effect.Push;
        var run = TestChain.Open(chain.Group, 2).VerifiedRun(3);
        _world.Append(b, run);
        var c = _world.Node(3);
        _world.Append(c, run);
        _world.Join(c, a, chain.Group);
        _world.Run(2 * Minute);
        Assert.Equal(3, _world.DurableOf(a, chain.Group).SeqOf(run.Chain));
    }

    [Fact]
    public void A_peer_far_behind_pulls_and_is_not_flooded()
    {
        var (a, b, chain) = Pair();
        b.IsUp = false;
        for (var i = 0; i < 12; i++) _world.Append(a, chain.VerifiedRun(500));
        b.IsUp = true;
        var pushes = _world.Total("Push");
        _world.Run(10 * Minute);
        Assert.True(_world.InStep(chain.Group, a, b));
        // The last stretch, once it fits one, may come as a push.
        Assert.InRange(_world.Total("Push") - pushes, 0, 1);
        Assert.All(
            _world.Performed.OfType<Effect.Pull>(), p => Assert.InRange(p.Wants.Count, 1, Limits.WantsMax));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(Limits.BatchEventsMax - 1, Limits.CreditBytes)]
    [InlineData(-1, int.MaxValue)]
    public void Without_credit_nothing_is_pushed_until_some_is_granted(int events, int bytes)
    {
        var (a, b, chain) = Pair();
        b.Credit = new WireCredit(events, bytes);
        _world.Append(a, chain.VerifiedRun(1));
        var (pushes, beats) = (_world.Total("Push"), _world.Total("Beat"));
        _world.Loses = (_, effect) => effect is Effect.Pull;
        for (var i = 0; i < 5; i++) _world.Append(a, chain.VerifiedRun(1));
        _world.Run(20_000);
        Assert.Equal(pushes, _world.Total("Push"));
        // It asks again, once a second at most.
        Assert.InRange(_world.Total("Beat") - beats, 2, 45);
        b.Credit = WireCredit.Full;
        _world.Loses = (_, _) => false;
        _world.Run(5_000);
        Assert.True(_world.InStep(chain.Group, a, b));
    }

    [Fact]
    public void A_push_is_no_larger_than_the_credit()
    {
        var (a, b, chain) = Pair();
        b.Credit = new WireCredit(Limits.BatchEventsMax, Limits.BatchBytesMax);
        _world.Run(Minute);
        b.IsUp = false;
        for (var i = 0; i < 4; i++) _world.Append(a, chain.VerifiedRun(500));
        b.IsUp = true;
        _world.Run(10 * Minute);
        Assert.True(_world.InStep(chain.Group, a, b));
        Assert.All(
            _world.Performed.OfType<Effect.Push>().Where(p => p.Ours.Events > 1),
            p => Assert.Equal((Limits.BatchEventsMax, Limits.BatchBytesMax), (p.EventsMax, p.BytesMax)));
    }

    [Fact]
    public void More_chains_than_one_pull_may_name_all_arrive()
    {
        var (a, b, chain) = Pair();
        b.IsUp = false;
        for (var seed = 10; seed < 10 + 3 * Limits.WantsMax; seed++)
            _world.Append(a, TestChain.Open(chain.Group, seed).VerifiedRun(20));
        b.IsUp = true;
        _world.Run(10 * Minute);
        Assert.True(_world.InStep(chain.Group, a, b));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Lossy_links_converge_once_they_heal(uint seed)
    {
        var (a, b, chain) = Pair();
        var c = _world.Node(3);
        _world.Join(c, b, chain.Group);
        var dice = seed;
        _world.Loses = (_, _) => ((dice = dice * 1_664_525 + 1_013_904_223) >> 16) % 3 == 0;
        var (second, third) = (TestChain.Open(chain.Group, 2), TestChain.Open(chain.Group, 3));
        for (var i = 0; i < 20; i++)
        {
            _world.Append(a, chain.VerifiedRun(2));
            _world.Append(b, second.VerifiedRun(1));
            _world.Append(c, third.VerifiedRun(1));
            _world.Run(3_000);
        }

        _world.Loses = (_, _) => false;
        _world.Run(2 * Minute);
        Assert.True(_world.InStep(chain.Group, a, b, c));
    }

    private (SyncNode A, SyncNode B, TestChain Chain) Pair()
    {
        var (a, b) = (_world.Node(1), _world.Node(2));
        var (chain, genesis) = TestChain.Found(1);
        _world.Append(a, genesis);
        _world.Join(b, a, chain.Group);
        return (a, b, chain);
    }
}
