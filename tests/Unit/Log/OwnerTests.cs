using Anarchive.Log;
using Anarchive.Tests.Unit;
using Xunit;

namespace Anarchive.Tests;

/// <summary>Owners who hand a group over or are succeeded, in every order of arrival.</summary>
public sealed class OwnerTests
{
    private const ulong Day = 24UL * 3600 * 1000 << 16;

    private readonly HiveLog _log = new();
    private readonly HiveWriter _alice;
    private readonly HiveWriter _bob;
    private readonly HiveWriter _carol;

    public OwnerTests()
    {
        (_alice, _bob, _carol) = (_log.Node("alice"), _log.Node("bob"), _log.Node("carol"));
        Admit(_alice);
        Admit(_bob);
    }

    private HiveWriter Owner => _log.Owner;

    [Fact]
    public void A_transfer_moves_the_rank_at_its_place()
    {
        var before = Owner.Post();
        var transfer = Transfer(_alice);
        var (late, early, now) = (Owner.Post(), _alice.Post(), _alice.Later(Day).Post());
        var authority = Fold(_log.Events);
        Assert.Equal((_alice.Node, Owner.Node), (authority.Owner, authority.Founder));
        Assert.Equal(2, authority.RankAt(before.Header, "", null));
        Assert.Equal(2, authority.RankAt(transfer.Header, "", null));
        Assert.Equal(0, authority.RankAt(late.Header, "", null));
        Assert.Equal(2, authority.RankAt(now.Header, "", null));
        Assert.Equal(2, authority.RankAt(early.Header, "", null));
        Assert.True(authority.IsMember(Owner.Node));
    }

    [Fact]
    public void An_owner_who_has_handed_over_hands_nothing_over_again()
    {
        Transfer(_alice);
        Transfer(_bob);
        Owner.Later(Day).Write("node_removed", EngineKinds.Write(new NodeRemoved(_alice.Node.ToString(), [])));
        Assert.Equal(_alice.Node, Fold(_log.Events).Owner);
    }

    [Fact]
    public void A_transfer_to_a_stranger_changes_nothing()
    {
        Transfer(_carol);
        Assert.Equal(Owner.Node, Fold(_log.Events).Owner);
    }

    [Fact]
    public void A_new_owner_may_remove_the_old_one_without_undoing_its_acts()
    {
        Transfer(_alice);
        _alice.Later(Day).Write("node_removed", EngineKinds.Write(new NodeRemoved(Owner.Node.ToString(), [])));
        var authority = Fold(_log.Events);
        Assert.Equal(_alice.Node, authority.Owner);
        Assert.Equal((false, true), (authority.IsMember(Owner.Node), authority.IsMember(_bob.Node)));
        Assert.Equal(4, authority.EndOf(Owner.Chain).Last);
    }

    [Fact]
    public void Heirs_succeed_an_owner_who_is_silent_and_does_not_veto()
    {
        var succession = Succession();
        Assert.Equal(_alice.Node, Fold(_log.Events).Owner);
        // The owner is back, too late: moderators had not seen it.
        Veto(succession, days: 40);
        Transfer(_bob);
        Assert.Equal(_alice.Node, Fold(_log.Events).Owner);
    }

    [Theory]
    [InlineData("early proposal", 29, 3)]
    [InlineData("early endorsement", 30, 2)]
    public void Nobody_succeeds_before_the_time_is_over(string what, int silentDays, int vetoDays)
    {
        Succession((ulong)silentDays, (ulong)vetoDays);
        Assert.True(Fold(_log.Events).Owner == Owner.Node, what);
    }

    [Fact]
    public void A_veto_that_moderators_had_seen_ends_the_succession()
    {
        Succession(veto: true);
        Assert.Equal(Owner.Node, Fold(_log.Events).Owner);
    }

    [Fact]
    public void A_quorum_counts_moderators_once_and_no_strangers()
    {
        Succession(quorum: 2);
        Assert.Equal(Owner.Node, Fold(_log.Events).Owner);
    }

    [Fact]
    public void Every_order_of_owners_acts_gives_one_judgement()
    {
        var start = _log.Events.Count;
        var grant = Owner.Moderator("add", _bob.Subject());
        Transfer(_alice);
        Owner.Later(Day).Moderator("remove", _bob.Subject());
        _alice.Later(2 * Day).Moderator("remove", _bob.Subject(), _bob.After(1));
        _alice.Later(Day).Write("node_removed", EngineKinds.Write(new NodeRemoved(Owner.Node.ToString(), [])));
        Admit(_carol, by: _alice);
        _bob.Post();
        var act = _bob.Post();
        AreOne(_log.Events.Take(start).ToArray(), [.. _log.Events.Skip(start).Take(6)], grant, act);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_order_of_a_succession_gives_one_judgement(bool veto)
    {
        var start = _log.Events.Count;
        Succession(veto: veto);
        Owner.Later(40 * Day).Moderator("add", _carol.Subject());
        var act = _bob.Post();
        // The grant and the heirs belong to the start; what follows is shuffled.
        AreOne([.. _log.Events.Take(start + 2)], [.. _log.Events.Skip(start + 2).SkipLast(1)], _log.Events[start], act);
    }

    private static void AreOne(
        VerifiedEvent[] start, VerifiedEvent[] events, VerifiedEvent grant, VerifiedEvent act)
    {
        var judgements = new HashSet<string>();
        var genesisFirst = false;
        foreach (var order in Orders(events))
        {
            genesisFirst = !genesisFirst;
            VerifiedEvent[] arrived = genesisFirst ? [.. start, .. order] : [.. order, .. start];
            var a = Fold(arrived);
            judgements.Add(string.Join(
                '|',
                a.Owner,
                string.Join(',', a.Members().Order()),
                string.Join(',', a.Moderators().Order()),
                a.RankAt(act.Header, new string('a', 16), grant.Ref),
                string.Join(',', start.Concat(order).Select(e => a.EndOf(e.Header.Chain)).Distinct())));
        }

        Assert.Single(judgements);
    }

    private static IEnumerable<VerifiedEvent[]> Orders(VerifiedEvent[] events)
    {
        if (events.Length <= 1) return [events];
        return events.SelectMany((first, at) => Orders([.. events[..at], .. events[(at + 1)..]])
            .Select(rest => (VerifiedEvent[])[first, .. rest]));
    }

    private static Authority Fold(IEnumerable<VerifiedEvent> events)
    {
        var authority = new Authority();
        foreach (var e in events) authority.Apply(e);
        return authority;
    }

    private void Admit(HiveWriter node, HiveWriter? by = null) => (by ?? Owner).Write(
        "node_admitted",
        EngineKinds.Write(new NodeAdmitted(node.Node.ToString(), Base64UrlText.Encode(new byte[32]))));

    private VerifiedEvent Transfer(HiveWriter to) => Owner.Write(
        "owner_transferred", EngineKinds.Write(new OwnerTransferred(to.Node.ToString(), [], [], [], "")));

    private void Veto(EventRef proposal, ulong days) => Owner.Later(days * Day).Write(
        "succession_vetoed", EngineKinds.Write(new SuccessionVetoed()), proposal);

    private EventRef Succession(
        ulong silentDays = 30, ulong vetoDays = 3, bool veto = false, int quorum = 1)
    {
        var grant = Owner.Moderator("add", _bob.Subject());
        var named = Owner.Write(
            "heirs_named", EngineKinds.Write(new HeirsNamed([_alice.Node.ToString()], quorum)));
        _alice.Later(silentDays * Day + (1UL << 16));
        var proposal = _alice.Write(
            "succession_proposed", EngineKinds.Write(new SuccessionProposed(named.Header.Hlc.UnixMs)));
        if (veto)
            Veto(proposal.Ref, days: 0);
        var last = Owner.After(Owner.Seq);
        _bob.Later((silentDays + vetoDays) * Day + (2UL << 16));
        var vote = EngineKinds.Write(new SuccessionEndorsed(_bob.Agent(), [last]));
        var endorsed = _bob.Write("succession_endorsed", vote, proposal.Ref, grant.Ref);
        var twice = _bob.Write("succession_endorsed", vote, proposal.Ref, grant.Ref);
        _alice.Later(vetoDays * Day).Write(
            "owner_succeeded",
            EngineKinds.Write(new OwnerSucceeded(
                [], [_bob.After(endorsed.Header.Seq), _bob.After(twice.Header.Seq)])),
            proposal.Ref);
        return proposal.Ref;
    }
}
