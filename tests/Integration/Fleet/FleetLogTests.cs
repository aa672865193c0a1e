using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Dapper;
using Xunit;
using static Anarchive.Tests.Integration.Pairings;

namespace Anarchive.Tests.Integration;

/// <summary>What the devices of a fleet say, as two real nodes write, exchange and fold it.</summary>
public sealed class FleetLogTests : IAsyncLifetime
{
    private const string Listen = "https://127.0.0.1:0";

    private LiveNode _a = null!;
    private LiveNode _b = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private GroupId Fleet => _a.Get<OwnFleet>().Group!.Value;

    public async ValueTask InitializeAsync() =>
        (_a, _b) = (await LiveNode.Start(peerListen: Listen), await LiveNode.Start(peerListen: Listen));

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task A_device_that_is_alone_begins_its_fleet_with_its_first_word()
    {
        Assert.Equal(0, _a.Get<FleetBook>().Read(state => state.Devices.Count));
        Assert.Empty((await _a.Get<FleetDesk>().SayAsync(Device("nas"), dryRun: true, Cancellation)).Events);
        Assert.Null(_a.Get<OwnFleet>().Group);
        await Say(_a, Device("nas"));
        Assert.Equal("nas", _a.Get<FleetBook>().Read(state => state.Devices.Values.Single().Name));
        // And still lets others in.
        await Pair(_a, _b, InviteKind.Device);
        await Eventually.True(() => NamesOn(_b).SequenceEqual(["nas"]), "Not heard.", _a, _b);
    }

    [Fact]
    public async Task Two_devices_fold_one_state_from_what_both_say_at_once()
    {
        await Together();
        var (a, b) = (Volume(1), Volume(2));
        await Task.WhenAll(
            Say(_a, new VolumeDeclared(Id(_a), a, "disks", 4_000_000, 1)),
            Say(_b, new VolumeDeclared(Id(_b), b, "stick", 2_000_000, 1)),
            Say(_a, new PolicySet("films", 2, 3, 1, 0, AutoCopy: true)),
            Say(_a, new ItemsDescribed([Item(1), Item(2)])),
            Say(_b, new ItemsDescribed([Item(2), Item(3)])),
            Say(_b, new HoldingsSet(Id(_b), b, [Holding(1), Holding(2)])),
            Say(_a, new HoldingsSet(Id(_a), a, [Holding(2), Holding(3)])),
            Say(_b, new PinSet(Item(1).Item, PinScope.Fleet, PinKind.Star)),
            Say(_a, new PinSet(Item(1).Item, PinScope.Fleet, PinKind.Trash)));
        await Agree();
        Assert.Equal(Told(_a), Told(_b));
        Assert.Equal(2, _b.Get<FleetBook>().Read(state => state.HoldingsOf(Item(2).Item).Count));
        Assert.Equal(2, _a.Get<FleetBook>().Read(state => state.Volumes.Count));
    }

    [Fact]
    public async Task What_a_device_says_after_it_was_let_out_folds_as_nothing()
    {
        await Together();
        await Say(_b, new HoldingsSet(Id(_b), Volume(1), [Holding(1)]));
        await Agree();
        var digest = Digest(_a);
        // Cut off first, so that it cannot hear of its own removal.
        Assert.Null((await _a.Get<PairingActs>().RevokeAsync(_b.Id.ToString(), dryRun: false, Cancellation)).Problem);
        await Say(_b, new HoldingsSet(Id(_b), Volume(1), [Holding(1, gen: 2), Holding(2)]));
        // Handed over by whom it was to, all the same.
        var late = StoredRuns(_b).Select(run => run.Events).ToList();
        Assert.NotEmpty(late);
        var report = await _a.Writer.ReceiveAsync(Fleet, _b.Id, StoredRuns(_b), Cancellation);
        Assert.Equal(0, report.Appended);
        Assert.Equal(digest, Digest(_a));
        Assert.Equal(
            DeviceState.Retired, _a.Get<FleetBook>().Read(state => state.Devices[Id(_b)].State));
        Assert.Equal(1, _a.Get<FleetBook>().Read(state => state.HoldingsOf(Item(1).Item).Single().Gen));
    }

    [Fact]
    public async Task A_restart_reads_what_was_there()
    {
        await Together();
        await Say(_a, new ItemsDescribed([Item(1)]));
        await Say(_a, new HoldingsSet(Id(_a), Volume(1), [Holding(1)]));
        await Agree();
        var (digest, told) = (Digest(_a), Told(_a));
        await _a.Restart(stopFirst: true);
        Assert.Equal((digest, told), (Digest(_a), Told(_a)));
        await Say(_a, new HoldingsSet(Id(_a), Volume(1), [Holding(1, gen: 2)]));
        await Agree();
        Assert.Equal(Told(_a), Told(_b));
    }

    [Fact]
    public async Task Folding_anew_gives_the_same_registers_and_the_book_notices()
    {
        await Say(_a, Device("nas"));
        await Say(_a, new HoldingsSet(Id(_a), Volume(1), [Holding(1)]));
        var digest = Digest(_a);
        using var follower = _a.Get<FleetBook>().Follow();
        Assert.True(follower.Read((_, changes) => changes.Everything));
        Assert.False(follower.Read((_, changes) => changes.Everything));
        Assert.True(await _a.Writer.RefoldAsync(Fleet, Cancellation) > 0);
        Assert.Equal(digest, Digest(_a));
        Assert.True(follower.Read((state, changes) => changes.Everything && state.Devices.Count == 1));
    }

    [Fact]
    public async Task A_fleet_that_is_cut_at_an_edition_folds_to_what_it_was()
    {
        await Together();
        await Say(_b, new HoldingsSet(Id(_b), Volume(1), [Holding(1)]));
        await Say(_b, new HoldingsSet(Id(_b), Volume(1), [Holding(1, gen: 2)]));
        await Agree();
        var (digest, told) = (Digest(_a), Told(_a));
        await _a.Writer.CompactAsync(Fleet, dryRun: false, Cancellation);
        Assert.NotNull(_a.Writer.EditionOf(Fleet));
        Assert.Equal((digest, told), (Digest(_a), Told(_a)));
        await _a.Writer.RefoldAsync(Fleet, Cancellation);
        Assert.Equal((digest, told), (Digest(_a), Told(_a)));
        // Whoever comes now has it from the edition.
        await using var c = await LiveNode.Start(peerListen: Listen);
        await Pair(_a, c, InviteKind.Device);
        await Eventually.InStep(Fleet, _a, c);
        Assert.NotNull(c.Writer.EditionOf(Fleet));
        Assert.Equal((Digest(_a), Told(_a)), (Digest(c), Told(c)));
    }

    [Fact]
    public async Task Events_that_an_earlier_version_only_kept_are_folded_at_the_first_start()
    {
        await Say(_a, Device("nas"));
        var digest = Digest(_a);
        await _a.Writer.OnWriterAsync(
            db => db.Execute("DELETE FROM fleet_registers; DELETE FROM meta WHERE key = 'projection.fleet'"),
            Cancellation);
        await _a.Restart(stopFirst: true);
        Assert.Equal(digest, Digest(_a));
        Assert.Equal(["nas"], NamesOn(_a));
    }

    [Fact]
    public async Task A_word_that_would_fold_as_nothing_is_refused_with_its_reason()
    {
        await Together();
        await Agree();
        Assert.Equal("fleet_not_owner", await Refused(_b, new PolicySet("films", 2, 3, 1, 0, AutoCopy: true)));
        Assert.Equal("fleet_not_owner", await Refused(_b, new DeviceStateSet(Id(_b), DeviceState.Dead)));
        Assert.Null(await Refused(_b, new DeviceStateSet(Id(_b), DeviceState.Draining)));
        Assert.Equal(
            "fleet_not_signer", await Refused(_b, new VolumeDeclared(Id(_a), Volume(1), "disks", 1000, 1)));
        Assert.Equal(
            "fleet_unknown_device",
            await Refused(_a, new DeviceStateSet(new DeviceId(Item(9).PieceRoot), DeviceState.Dead)));
        Assert.Equal("fleet_schema", await Refused(_a, Device("/mnt/films")));
    }

    [Fact]
    public async Task More_rows_than_fit_one_event_are_several_and_all_count()
    {
        await Say(_a, Device("nas"));
        var rows = Enumerable.Range(1, 1300).Select(number => Item(number)).ToList();
        var (events, problem) = await _a.Get<FleetDesk>().SayAsync(
            new ItemsDescribed(rows), dryRun: false, Cancellation);
        Assert.Null(problem);
        Assert.True(events.Count >= 3);
        Assert.Equal(1300, _a.Get<FleetBook>().Read(state => state.Items.Count));
    }

    [Fact]
    public async Task A_device_without_a_node_is_its_stewards_to_speak_for()
    {
        await Together();
        var (box, problem) = await _b.Get<FleetDesk>().FoundDeviceAsync(
            Device("box") with { Class = DeviceClass.Seedbox }, dryRun: false, Cancellation);
        Assert.Null(problem);
        await Agree();
        Assert.Equal(_b.Id, _a.Get<FleetBook>().Read(state => state.Devices[box!.Value].Signer));
        Assert.Equal("fleet_not_signer", await Refused(_a, new HoldingsSet(box!.Value, Volume(1), [Holding(1)])));
        Assert.Null(await Refused(_b, new HoldingsSet(box.Value, Volume(1), [Holding(1)])));
        await Agree();
        Assert.Equal(box, _a.Get<FleetBook>().Read(state => state.HoldingsOf(Item(1).Item).Single().Device));
    }

    private static DeviceId Id(LiveNode node) => DeviceId.Of(node.Id);

    private static VolumeId Volume(int number) => new((UInt128)number);

    private static DescribedItem Item(int number)
    {
        var root = Hash256.Sha256(BitConverter.GetBytes(number));
        return new DescribedItem(
            ItemId.Of(1000 + number, root), 1000 + number, 16384, root, Privacy.Unknown, Policy.DefaultName);
    }

    private static HoldingRow Holding(int number, long gen = 1) =>
        new(Item(number).Item, gen, HoldingState.Present, Evidence.Hash);

    private static DeviceDeclared Device(string name) =>
        new(name, DeviceClass.AlwaysOn, "home", Offsite: false, [], ["http"]);

    private static async Task Say(LiveNode node, IFleetPayload payload) => Assert.Null(await Refused(node, payload));

    private static async Task<string?> Refused(LiveNode node, IFleetPayload payload) =>
        (await node.Get<FleetDesk>().SayAsync(payload, dryRun: false, Cancellation)).Problem?.Code;

    private static List<string> NamesOn(LiveNode node) =>
        node.Get<FleetBook>().Read(state => state.Devices.Values.Select(device => device.Name).Order().ToList());

    private Hash256? Digest(LiveNode node) => node.Get<FleetDigests>().Of(Fleet);

    private static string Told(LiveNode node) => node.Get<FleetBook>().Read(state => string.Join('\n',
    [
        .. state.Devices.Values.OrderBy(d => d.Id).Select(d => $"{d.Id} {d.Name} {d.State}"),
        .. state.Volumes.Values.OrderBy(v => v.Id).Select(v => $"{v}"),
        .. state.Policies.Values.Select(p => $"{p}"),
        .. state.Items.Values.OrderBy(i => i.Id).Select(i => $"{i} {state.PinOf(i.Id)}"),
        .. state.HeldItems.Order().Select(i => $"{i} {string.Join('|', state.HoldingsOf(i))}"),
    ]));

    private List<Batch> StoredRuns(LiveNode node) =>
    [
        .. RunSelection.OldestFirst(
            node.Get<IEventReader>(), Fleet,
            [new Want(node.Writer.OwnChain, _a.Writer.Durable(Fleet).SeqOf(node.Writer.OwnChain))],
            Limits.RunEventsMax, Limits.BodyBytesMax),
    ];

    private async Task Together()
    {
        await Pair(_a, _b, InviteKind.Device);
        await Eventually.InStep(Fleet, _a, _b);
        await Say(_a, Device("nas"));
        await Say(_b, Device("desk"));
    }

    private async Task Agree()
    {
        await Eventually.InStep(Fleet, _a, _b);
        Assert.Equal(Digest(_a), Digest(_b));
    }
}
