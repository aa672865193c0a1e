using Anarchive.Fleet;
using Anarchive.Log;
using Xunit;

namespace Anarchive.Tests.Unit;

/// <summary>Whose word counts, and for what.</summary>
public sealed class FleetFoldTests
{
    private const long Day = 24L * 3600 * 1000;

    private readonly FleetLog _log = new();
    private readonly FleetWriter _nas;
    private readonly FleetWriter _desk;

    public FleetFoldTests() => (_nas, _desk) = (_log.Node("nas"), _log.Node("desk"));

    private FleetState State => _log.Fold().State;

    private static ItemId Item => Sample.Item(1);

    private static VolumeId Volume => Sample.Volume(1);

    [Fact]
    public void A_device_is_what_its_own_node_declares_last()
    {
        _nas.Declare(zone: "cellar");
        _nas.Declare(zone: "attic");
        _desk.Say(Sample.Device("nas of desk", device: _nas.Device, steward: _desk.Node));
        var device = Assert.Single(State.Devices).Value;
        Assert.Equal(("nas", "attic", DeviceState.Active), (device.Name, device.Zone, device.State));
        Assert.Equal(_nas.Node, device.Signer);
    }

    [Fact]
    public void A_node_cannot_name_a_steward_for_itself_or_declare_another_node()
    {
        _nas.Say(Sample.Device("nas", device: _nas.Device, steward: _desk.Node));
        _desk.Say(Sample.Device("nas", device: _nas.Device, steward: _desk.Node));
        _log.Owner.Say(Sample.Device("nas", device: _nas.Device, steward: _log.Owner.Node));
        Assert.Empty(State.Devices);
    }

    [Fact]
    public void A_device_without_a_node_has_the_id_of_its_first_declaration_and_a_steward()
    {
        var founded = _desk.Say(Sample.Device("box", DeviceClass.Seedbox, steward: _desk.Node));
        var box = new DeviceId(founded.Header.Id.Value);
        Assert.Equal(_desk.Node, State.Devices[box].Signer);
        // Not one that another node is to speak for, nor one whose first declaration is not here.
        _desk.Say(Sample.Device("box", DeviceClass.Seedbox, steward: _nas.Node));
        _desk.Say(Sample.Device("box", DeviceClass.Seedbox, device: new DeviceId(Sample.Hash(9)), steward: _desk.Node));
        Assert.Equal(box, Assert.Single(State.Devices).Key);
        _desk.HoldFor(box, Item, Volume);
        _nas.HoldFor(box, Item, Volume, gen: 7);
        Assert.Equal(1, Assert.Single(State.HoldingsOf(Item)).Gen);
    }

    [Fact]
    public void A_steward_hands_over_and_only_the_owner_may_take_away()
    {
        var founded = _desk.Say(Sample.Device("box", DeviceClass.Seedbox, steward: _desk.Node));
        var box = new DeviceId(founded.Header.Id.Value);
        _nas.Say(Sample.Device("mine now", DeviceClass.Seedbox, device: box, steward: _nas.Node));
        Assert.Equal((_desk.Node, "box"), (State.Devices[box].Signer, State.Devices[box].Name));
        _desk.Say(Sample.Device("handed over", DeviceClass.Seedbox, device: box, steward: _nas.Node));
        Assert.Equal((_nas.Node, "handed over"), (State.Devices[box].Signer, State.Devices[box].Name));
        _nas.Say(Sample.Device("taken", DeviceClass.Seedbox, device: box, steward: _nas.Node));
        Assert.Equal("taken", State.Devices[box].Name);
        _log.Owner.Say(Sample.Device("named", DeviceClass.Seedbox, device: box, steward: _log.Owner.Node));
        Assert.Equal((_log.Owner.Node, "named"), (State.Devices[box].Signer, State.Devices[box].Name));
        _desk.Say(Sample.Device("back", DeviceClass.Seedbox, device: box, steward: _desk.Node));
        Assert.Equal(_log.Owner.Node, State.Devices[box].Signer);
    }

    [Fact]
    public void A_volume_is_the_devices_who_spoke_last_of_it_and_never_a_strangers()
    {
        _nas.Say(new VolumeDeclared(_nas.Device, Volume, "disk", 1000, 1));
        _desk.Say(new VolumeDeclared(_nas.Device, Volume, "not mine", 1000, 1));
        Assert.Equal("disk", State.Volumes[Volume].Name);
        _desk.Say(new VolumeDeclared(_desk.Device, Volume, "plugged in here", 1000, 1));
        Assert.Equal(_desk.Device, State.Volumes[Volume].Device);
    }

    [Fact]
    public void Only_the_holder_asserts_its_holdings()
    {
        _nas.Hold(Item, Volume);
        _desk.HoldFor(_nas.Device, Item, Volume, gen: 2, HoldingState.Gone);
        _log.Owner.HoldFor(_nas.Device, Item, Volume, gen: 3, HoldingState.Gone);
        var holding = Assert.Single(State.HoldingsOf(Item));
        Assert.Equal((1L, HoldingState.Present), (holding.Gen, holding.State));
    }

    [Fact]
    public void The_highest_gen_is_shown_however_late_an_older_one_comes()
    {
        _nas.Hold(Item, Volume, gen: 3, state: HoldingState.Gone);
        _nas.Hold(Item, Volume, gen: 2);
        Assert.Equal((3L, HoldingState.Gone), Shown(State.HoldingsOf(Item).Single()));
        static (long, HoldingState) Shown(Holding holding) => (holding.Gen, holding.State);
    }

    [Theory]
    [InlineData(Evidence.Hash, true)]
    [InlineData(Evidence.Stat, false)]
    [InlineData(Evidence.Claimed, false)]
    public void Only_a_hash_proves(Evidence evidence, bool proves)
    {
        _nas.Hold(Item, Volume, evidence: evidence);
        Assert.Equal(proves, State.HoldingsOf(Item).Single().ProvenMs is not null);
        // A later word replaces an earlier one whole.
        _nas.Hold(Item, Volume, evidence: Evidence.Stat);
        Assert.Null(State.HoldingsOf(Item).Single().HashedMs);
    }

    [Fact]
    public void Three_challenges_in_a_row_extend_a_hash_and_a_fourth_does_not_exist()
    {
        _nas.Hold(Item, Volume);
        for (var n = 1; n <= 3; n++)
        {
            _log.NowMs += 29 * Day;
            _desk.Challenge(_nas, Item, Volume, n);
        }

        var at = _log.NowMs;
        var holding = State.HoldingsOf(Item).Single();
        Assert.Equal(3, holding.Challenges);
        Assert.True(holding.IsVerifiedAt(at + 29 * Day, DeviceClass.AlwaysOn));
        Assert.False(holding.IsVerifiedAt(at + 31 * Day, DeviceClass.AlwaysOn));
        // Counted anew though nothing was hashed anew: that proves less than before, never more.
        _log.NowMs += 29 * Day;
        _desk.Challenge(_nas, Item, Volume, 1);
        Assert.Equal(0, State.HoldingsOf(Item).Single().Challenges);
    }

    [Fact]
    public void A_challenge_counts_within_the_window_alone_and_never_by_the_holder()
    {
        _nas.Hold(Item, Volume);
        _nas.Challenge(_nas, Item, Volume, 1);
        _desk.Challenge(_nas, Item, Volume, 2);
        Assert.Equal(0, State.HoldingsOf(Item).Single().Challenges);
        _log.NowMs += 31 * Day;
        _desk.Challenge(_nas, Item, Volume, 1);
        Assert.Equal(0, State.HoldingsOf(Item).Single().Challenges);
        // On a shelf, 90 days.
        _nas.Declare(DeviceClass.Archive);
        Assert.Equal(1, State.HoldingsOf(Item).Single().Challenges);
    }

    [Fact]
    public void A_failed_challenge_unproves_until_all_is_hashed_again()
    {
        _nas.Hold(Item, Volume);
        _desk.Challenge(_nas, Item, Volume, 1, ok: false);
        _desk.Challenge(_nas, Item, Volume, 1);
        Assert.Null(State.HoldingsOf(Item).Single().ProvenMs);
        _nas.Hold(Item, Volume);
        Assert.NotNull(State.HoldingsOf(Item).Single().ProvenMs);
    }

    [Fact]
    public void A_new_chain_of_a_device_unproves_its_older_holdings()
    {
        _nas.Hold(Item, Volume);
        _nas.Hold(Sample.Item(2), Volume);
        var anew = _log.Anew(_nas, 2);
        Assert.All([Item, Sample.Item(2)], item => Assert.Null(State.HoldingsOf(item).Single().HashedMs));
        Assert.Equal(HoldingState.Present, State.HoldingsOf(Item).Single().State);
        anew.Hold(Item, Volume);
        Assert.NotNull(State.HoldingsOf(Item).Single().HashedMs);
        Assert.Null(State.HoldingsOf(Sample.Item(2)).Single().HashedMs);
    }

    [Fact]
    public void Only_the_owner_declares_dead_and_a_device_may_drain_itself()
    {
        _nas.Declare();
        _nas.SetState(_nas.Device, DeviceState.Dead);
        _desk.SetState(_nas.Device, DeviceState.Draining);
        Assert.Equal(DeviceState.Active, State.Devices[_nas.Device].State);
        _nas.SetState(_nas.Device, DeviceState.Draining);
        Assert.Equal(DeviceState.Draining, State.Devices[_nas.Device].State);
        _log.Owner.SetState(_nas.Device, DeviceState.Dead);
        _nas.SetState(_nas.Device, DeviceState.Draining);
        Assert.Equal(DeviceState.Dead, State.Devices[_nas.Device].State);
    }

    [Fact]
    public void Past_a_cut_the_device_is_not_believed()
    {
        _nas.Declare();
        _nas.Hold(Item, Volume);
        var cut = new ChainCut(_nas.Chain.Incarnation, _nas.Seq);
        _nas.Hold(Sample.Item(2), Volume);
        _log.Owner.SetState(_nas.Device, DeviceState.Dead, cut);
        var anew = _log.Anew(_nas, 2);
        anew.Hold(Sample.Item(3), Volume);
        Assert.Single(State.HoldingsOf(Item));
        Assert.Empty(State.HoldingsOf(Sample.Item(2)));
        Assert.Empty(State.HoldingsOf(Sample.Item(3)));
        // It was only lost for a while.
        _log.Owner.SetState(_nas.Device, DeviceState.Active);
        Assert.Single(State.HoldingsOf(Sample.Item(3)));
    }

    [Fact]
    public void Copies_of_the_dead_and_of_those_let_out_count_zero_at_once()
    {
        foreach (var node in new[] { _log.Owner, _nas, _desk })
        {
            node.Declare();
            node.Hold(Item, Volume);
        }

        var living = new CopyRule(OfDead: false, ProvenAtMs: null);
        Assert.Equal(3, CustodyCount.Of(State, Item, living));
        _log.Owner.SetState(_nas.Device, DeviceState.Dead);
        Assert.Equal(2, CustodyCount.Of(State, Item, living));
        _log.Remove(_desk);
        Assert.Equal(DeviceState.Retired, State.Devices[_desk.Device].State);
        Assert.Equal(1, CustodyCount.Of(State, Item, living));
        Assert.Equal(3, CustodyCount.Of(State, Item, living with { OfDead = true }));
        Assert.Equal([Item], CustodyCount.BelowFloor(State, living));
    }

    [Fact]
    public void Policies_sources_and_overrides_are_the_owners()
    {
        _nas.Say(new PolicySet("films", 5, 6, 1, 0, AutoCopy: true));
        _nas.Say(new SourceSet("src", SourceKind.Public, "example.org", SourceGate.Open, Isolation.Open));
        _nas.Say(new DutyOverridden("research", "fleet", 99, _nas.Device));
        Assert.Equal((0, 0, 0), (State.Policies.Count, State.Sources.Count, State.Overrides.Count));
        _log.Owner.Say(new PolicySet("films", 3, 4, 1, 0, AutoCopy: true));
        _log.Owner.Say(new SourceSet("src", SourceKind.Private, "example.org", SourceGate.Open, Isolation.F2fOnly));
        _log.Owner.Say(new DutyOverridden("research", "fleet", 99));
        Assert.Equal(3, State.Policies["films"].Floor);
        Assert.Equal((Privacy.Yes, SourceGate.Open), (State.Sources["src"].Privacy, State.Sources["src"].Gate));
        Assert.Null(State.Overrides.Single().Device);
    }

    [Fact]
    public void What_an_owner_of_before_decided_stands_and_what_it_decides_later_does_not()
    {
        _log.Owner.Say(new PolicySet("films", 3, 4, 1, 0, AutoCopy: true));
        _log.Owner.Write(
            EngineKinds.OwnerTransferred,
            EngineKinds.Write(new OwnerTransferred(_nas.Node.ToString(), [_nas.Last], [], [], "")));
        _log.Owner.Say(new PolicySet("films", 1, 4, 1, 0, AutoCopy: true));
        Assert.Equal(3, State.Policies["films"].Floor);
        _nas.Say(new PolicySet("films", 2, 4, 1, 0, AutoCopy: true));
        Assert.Equal(2, State.Policies["films"].Floor);
    }

    [Fact]
    public void Privacy_joins_upward_over_all_who_describe_an_item()
    {
        _nas.Say(new ItemsDescribed([Sample.Described(1, Privacy.Yes)]));
        _desk.Say(new ItemsDescribed([Sample.Described(1, Privacy.No, v1: new string('a', 40))]));
        Assert.Equal((Privacy.Yes, false), (State.Items[Item].Privacy, State.Items[Item].IsPublicTorrent));
        // Its own first word, taken back.
        _nas.Say(new ItemsDescribed([Sample.Described(1)]));
        Assert.Equal((Privacy.No, true), (State.Items[Item].Privacy, State.Items[Item].IsPublicTorrent));
    }

    [Fact]
    public void An_items_policy_is_the_owners_word_before_anybody_elses()
    {
        _log.Owner.Say(new ItemsDescribed([Sample.Described(1, policy: "films")]));
        _nas.Say(new ItemsDescribed([Sample.Described(1, policy: "scratch", source: "src")]));
        Assert.Equal(("films", "src"), (State.Items[Item].Policy, State.Items[Item].Source));
    }

    [Fact]
    public void An_item_is_judged_anew_when_it_is_heard_late_who_owns_the_fleet()
    {
        _nas.Say(new ItemsDescribed([Sample.Described(1, policy: "films")]));
        _desk.Say(new ItemsDescribed([Sample.Described(1, policy: "scratch")]));
        var fleet = _log.Fold();
        Assert.Equal("scratch", fleet.State.Items[Item].Policy);
        fleet.Take(_log.Owner.Write(
            EngineKinds.OwnerTransferred,
            EngineKinds.Write(new OwnerTransferred(_nas.Node.ToString(), [], [_log.Owner.Last], [], ""))));
        Assert.Contains(Item, fleet.Settle().Items);
        Assert.Equal("films", fleet.State.Items[Item].Policy);
    }

    [Fact]
    public void A_policy_that_nobody_set_is_the_fleets_default()
    {
        _nas.Say(new ItemsDescribed([Sample.Described(1, policy: "films")]));
        Assert.Equal(Policy.Default, State.PolicyOf(State.Items[Item]));
        _log.Owner.Say(new PolicySet(Policy.DefaultName, 4, 5, 1, 0, AutoCopy: false));
        Assert.Equal(4, State.PolicyOf(State.Items[Item]).Floor);
    }

    [Fact]
    public void A_release_is_in_flight_until_its_own_writer_ends_it()
    {
        _nas.Say(new VolumeDeclared(_nas.Device, Volume, "disk", 1000, 1));
        var intent = _nas.Say(new ReleaseIntended(Item, Volume, 1, Sample.Hash(5))).Ref;
        _desk.Say(new LockGranted(3600), intent);
        _desk.Say(new ReleaseEnded(ReleaseOutcome.Aborted), intent);
        Assert.Equal((intent, _nas.Device), (State.Releases.Single().Intent, State.Releases.Single().Device));
        Assert.Equal(_desk.Node, State.Locks.Single().By);
        _nas.Say(new ReleaseEnded(ReleaseOutcome.Aborted), intent);
        Assert.Empty(State.Releases);
        Assert.Empty(State.Locks);
    }

    [Fact]
    public void A_release_of_another_devices_volume_is_none()
    {
        _nas.Say(new VolumeDeclared(_nas.Device, Volume, "disk", 1000, 1));
        _desk.Say(new ReleaseIntended(Item, Volume, 1, Sample.Hash(5)));
        _desk.Say(new ReleaseIntended(Item, Sample.Volume(7), 1, Sample.Hash(5)));
        Assert.Empty(State.Releases);
    }

    [Fact]
    public void An_event_with_another_number_of_refs_than_its_kind_takes_folds_as_nothing()
    {
        var holding = _nas.Hold(Item, Volume).Ref;
        _nas.Say(new BatonAccepted(Item, 7));
        _nas.Say(new PinSet(Item, PinScope.Fleet, PinKind.Star), holding);
        Assert.Equal((0, PinKind.None), (State.Batons.Count, State.PinOf(Item)));
        _nas.Say(new BatonAccepted(Item, 7), holding);
        Assert.Equal((_nas.Device, 7L), (State.Batons[Item].Holder, State.Batons[Item].Week));
    }

    [Fact]
    public void The_fleets_pin_and_a_devices_own_are_two()
    {
        _nas.Say(new PinSet(Item, PinScope.Fleet, PinKind.Star));
        _desk.Say(new PinSet(Item, PinScope.Device, PinKind.Trash, _nas.Device));
        Assert.Equal((PinKind.Star, PinKind.Trash), (State.PinOf(Item), State.PinOf(Item, _nas.Device)));
        _desk.Say(new PinSet(Item, PinScope.Fleet, PinKind.None));
        Assert.Equal(PinKind.None, State.PinOf(Item));
    }

    [Fact]
    public void A_torrents_state_is_the_word_of_whose_client_it_is()
    {
        var hash = new string('b', 40);
        _nas.Say(new TorrentStateSet(hash, "healthy", 5, 1000));
        _desk.Say(new TorrentStateSet(hash, "dead", 6, 0, _nas.Device));
        Assert.Equal("healthy", State.Torrents.Single().State);
    }

    [Fact]
    public void Each_observer_has_its_own_word_on_a_device()
    {
        _nas.Say(new ProbeReported(_desk.Device, Reachability.Up, 990, 10, 5, [new FreeSpace(Volume, 7)], []));
        _log.Owner.Say(new ProbeReported(_desk.Device, Reachability.Away, 100, 10, 5, [], ["client_down"]));
        _nas.Say(new ProbeReported(_desk.Device, Reachability.Suspect, 980, 11, 5, [], []));
        Assert.Equal(
            [Reachability.Suspect, Reachability.Away],
            State.Probes.OrderByDescending(probe => probe.UptimePermille).Select(probe => probe.State));
    }

    [Fact]
    public void What_the_rights_refuse_is_what_the_fold_ignores()
    {
        _nas.Declare();
        _nas.Say(new VolumeDeclared(_nas.Device, Volume, "disk", 1000, 1));
        var state = State;
        NoRight Of(FleetWriter writer, IFleetPayload payload) =>
            FleetRights.Check(state, payload, writer.Node, writer == _log.Owner);
        var cases = new (IFleetPayload Payload, NoRight Owner, NoRight Nas, NoRight Desk)[]
        {
            (new PolicySet("films", 2, 3, 1, 0, true), NoRight.None, NoRight.NotOwner, NoRight.NotOwner),
            (new DeviceStateSet(_nas.Device, DeviceState.Dead), NoRight.None, NoRight.NotOwner, NoRight.NotOwner),
            (new DeviceStateSet(_nas.Device, DeviceState.Draining), NoRight.None, NoRight.None, NoRight.NotOwner),
            (new VolumeDeclared(_nas.Device, Volume, "d", 9, 1), NoRight.NotSigner, NoRight.None, NoRight.NotSigner),
            (new ReleaseIntended(Item, Volume, 1, default), NoRight.NotSigner, NoRight.None, NoRight.NotSigner),
            (new PinSet(Item, PinScope.Fleet, PinKind.Star), NoRight.None, NoRight.None, NoRight.None),
            (new ChallengeAnswered([new ChallengeRow(_nas.Device, Volume, Item, 1, 1, true)]),
                NoRight.None, NoRight.NotSigner, NoRight.None),
        };
        Assert.All(cases, one => Assert.Equal(
            (one.Owner, one.Nas, one.Desk),
            (Of(_log.Owner, one.Payload), Of(_nas, one.Payload), Of(_desk, one.Payload))));
    }
}
