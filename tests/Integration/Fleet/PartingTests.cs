using System.Net;
using System.Text.Json.Nodes;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Parting from a device that is gone: in order, as a whole, and on from where it was interrupted.</summary>
public sealed class PartingTests : IAsyncLifetime
{
    private static readonly PartingStep[] All = [PartingStep.Dead, PartingStep.Revoke, PartingStep.Forget];

    private MediaBox _owner = null!;
    private MediaBox _gone = null!;
    private NodeId _node;
    private DeviceId _device;
    private GroupId _fleet;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DeviceParting Partings => _owner.Node.Get<DeviceParting>();

    public async ValueTask InitializeAsync()
    {
        _owner = await MediaBox.Start(with: o => o with { HeartbeatSeconds = 1 }, tellsFleet: true);
        _gone = await MediaBox.Start(with: o => o with { HeartbeatSeconds = 1 }, tellsFleet: true);
        await Pairings.Pair(_owner.Node, _gone.Node, InviteKind.Device);
        _fleet = _owner.Node.Get<OwnFleet>().Group!.Value;
        (_node, _device) = (_gone.Node.Id, DeviceId.Of(_gone.Node.Id));
        await Eventually.InStep(_fleet, _owner.Node, _gone.Node);
        await _owner.Declare("PC", "study");
        await _gone.Declare("NAS", "attic");
        await Eventually.InStep(_fleet, _owner.Node, _gone.Node);
    }

    public async ValueTask DisposeAsync()
    {
        await _gone.DisposeAsync();
        await _owner.DisposeAsync();
    }

    [Fact]
    public async Task It_is_told_first_and_done_as_a_whole()
    {
        await _gone.Hold("film.mkv", 90_000, 1);
        await Eventually.InStep(_fleet, _owner.Node, _gone.Node);
        await _gone.Node.Stop();
        var (told, problem) = await Partings.PartAsync(_device, null, Cancellation);
        Assert.Null(problem);
        Assert.Equal(All, told!.Left);
        Assert.Equal((false, 1), (told.Told.IsDone, told.Told.Items));
        Assert.Equal(All, Partings.LeftOf(_device));

        var (done, refused) = await Partings.PartAsync(_device, told.Told.PlanId, Cancellation);
        Assert.Null(refused);
        Assert.True(done!.Told.IsDone);
        Assert.Empty(done.Left);
        AssertParted();
        // It stays listed, and what can be taken back is dead alone.
        var (_, active) = await _owner.Node.Get<FleetActs>().SetStateAsync(
            _device, DeviceState.Active, null, Cancellation);
        Assert.Null(active);
        Assert.Equal([PartingStep.Dead], Partings.LeftOf(_device));
        Assert.False(_owner.Node.Writer.IsMember(_fleet, _node));
    }

    [Fact]
    public async Task A_device_that_runs_on_writes_in_the_fleet_no_more()
    {
        var (told, _) = await Partings.PartAsync(_device, null, Cancellation);
        Assert.Null((await Partings.PartAsync(_device, told!.Told.PlanId, Cancellation)).Problem);
        var before = Written();
        var (_, unsaid) = await _gone.Node.Get<FleetDesk>().SayAsync(
            new DeviceDeclared("thief", DeviceClass.AlwaysOn, "attic", false, [], ["http"]), false, Cancellation);
        Assert.Null(unsaid);
        Assert.Equal("thief", _gone.Node.Get<FleetQueries>().Names()[_device]);
        await TurnedAway();
        Assert.Equal(before, Written());
        Assert.DoesNotContain("thief", _owner.Node.Get<FleetQueries>().Names().Values);
        AssertParted();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_node_that_dies_half_way_does_what_is_left(int steps)
    {
        await _gone.Node.Stop();
        var acts = _owner.Node.Get<FleetActs>();
        var (told, _) = await acts.SetStateAsync(_device, DeviceState.Dead, null, Cancellation);
        await acts.SetStateAsync(_device, DeviceState.Dead, told!.PlanId, Cancellation);
        if (steps > 1)
            await _owner.Node.Get<PairingActs>().RevokeAsync(_node.ToString(), dryRun: false, Cancellation);
        await _owner.Node.Restart(stopFirst: true);

        var (again, problem) = await Partings.PartAsync(_device, null, Cancellation);
        Assert.Null(problem);
        Assert.Equal(All.Skip(steps), again!.Left);
        // The plan of before is another by now.
        Assert.Equal("plan_changed", (await Partings.PartAsync(_device, told.PlanId, Cancellation)).Problem?.Code);
        var (done, refused) = await Partings.PartAsync(_device, again.Told.PlanId, Cancellation);
        Assert.Null(refused);
        Assert.Empty(done!.Left);
        AssertParted();
        // Once more there is nothing to do, and no harm.
        var (whole, _) = await Partings.PartAsync(_device, null, Cancellation);
        Assert.Empty(whole!.Left);
    }

    [Fact]
    public async Task Who_may_not_changes_nothing()
    {
        var self = DeviceId.Of(_owner.Node.Id);
        var theirs = _gone.Node.Get<DeviceParting>();
        Assert.Equal("fleet_not_owner", (await theirs.PartAsync(self, null, Cancellation)).Problem?.Code);
        Assert.Equal("fleet_device_self", (await Partings.PartAsync(self, null, Cancellation)).Problem?.Code);
        var nobody = new DeviceId(default);
        Assert.Equal("fleet_unknown_device", (await Partings.PartAsync(nobody, null, Cancellation)).Problem?.Code);
        var (_, stale) = await Partings.PartAsync(_device, default(Hash256), Cancellation);
        Assert.Equal("plan_changed", stale?.Code);
        Assert.Equal(All, Partings.LeftOf(_device));
        Assert.Empty(Partings.LeftOf(self));
        Assert.True(_gone.Node.Get<RingBook>().Holds(_owner.Node.Id));
    }

    [Fact]
    public async Task A_device_without_a_node_is_only_called_dead()
    {
        var shelf = new DeviceDeclared("shelf", DeviceClass.Archive, "cellar", false, [], []);
        var (id, problem) = await _owner.Node.Get<FleetActs>().FoundAsync(shelf, dryRun: false, Cancellation);
        Assert.Null(problem);
        var (told, _) = await Partings.PartAsync(id!.Value, null, Cancellation);
        Assert.Equal([PartingStep.Dead], told!.Left);
        var (done, _) = await Partings.PartAsync(id.Value, told.Told.PlanId, Cancellation);
        Assert.Empty(done!.Left);
        Assert.Equal(All, Partings.LeftOf(_device));
    }

    [Fact]
    public async Task The_page_the_api_and_the_command_tell_and_do_the_same()
    {
        await _gone.Node.Stop();
        await _owner.Reachable();
        using var http = await _owner.Owner();
        var page = await http.GetStringAsync($"/fleet/devices/{_device}", Cancellation);
        Assert.Contains("This device is gone ", page);
        Assert.Contains("its key is revoked in the fleet and it is forgotten.", page);
        var asked = await http.Send(page, $"/fleet/devices/{_device}/gone");
        Assert.Equal(HttpStatusCode.OK, asked.Status);
        Assert.Contains("That cannot be taken back", asked.Text);

        var told = await _owner.Done("fleet", "device", "gone", "NAS");
        Assert.Equal(["dead", "revoke", "forget"], told["left"]!.AsArray().Select(s => (string?)s));
        var refused = await _owner.Run("fleet", "device", "gone", "PC", "--json");
        Assert.Equal((1, "fleet_device_self"), (refused.Exit, refused.Code));
        Assert.Equal(All, Partings.LeftOf(_device));

        var plan = (string)told["planId"]!;
        var done = await http.Send(asked.Text, $"/fleet/devices/{_device}/gone", ("apply", plan));
        Assert.Equal(HttpStatusCode.SeeOther, done.Status);
        AssertParted();
        var after = await http.GetStringAsync($"/fleet/devices/{_device}", Cancellation);
        Assert.DoesNotContain("This device is gone ", after);
        using var answer = await http.PostAsync(
            $"/api/v1/fleet/devices/{_device}/gone", new StringContent("{}", new System.Net.Http.Headers
                .MediaTypeHeaderValue("application/json")), Cancellation);
        var left = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["left"]!.AsArray();
        Assert.Empty(left);
    }

    [Fact]
    public async Task A_member_of_a_hive_stays_one_and_known_until_it_is_taken_out_there()
    {
        var hive = await _owner.Node.Found("cats");
        await _gone.Node.Join(_owner.Node, "cats");
        await Eventually.InStep(hive, _owner.Node, _gone.Node);
        await _owner.Reachable();
        using var http = await _owner.Owner();
        var page = await http.GetStringAsync($"/fleet/devices/{_device}", Cancellation);
        var asked = await http.Send(page, $"/fleet/devices/{_device}/gone");
        Assert.Contains($"href=\"/h/cats/nodes/{_node}\"", asked.Text);
        Assert.Contains("called dead and its key is revoked in the fleet.", page);
        Assert.DoesNotContain("forgotten.", page);
        var told = await _owner.Done("fleet", "device", "gone", "NAS");
        Assert.Equal(["dead", "revoke"], told["left"]!.AsArray().Select(s => (string?)s));
        var shared = told["hives"]!.AsArray().Single()!;
        Assert.Equal(("cats", _node.ToString(), true),
            ((string?)shared["hive"], (string?)shared["node"], (bool)shared["own"]!));

        var done = await _owner.Run("fleet", "device", "gone", "NAS", "--apply", (string)told["planId"]!);
        Assert.Equal(0, done.Exit);
        Assert.Contains("nothing of parting from it is left", done.Results + done.Remarks);
        Assert.Contains("is a member of the hive cats", done.Results + done.Remarks);
        Assert.False(_owner.Node.Writer.IsMember(_fleet, _node));
        await _gone.Node.Say(hive, 3);
        await Eventually.InStep(hive, _owner.Node, _gone.Node);
        // It is known for the hive's sake, and nobody is asked to forget it over and over.
        Assert.NotNull(_owner.Node.Get<PeerBook>().Find(_node));
        Assert.Empty(Partings.LeftOf(_device));
        var after = await http.GetStringAsync($"/fleet/devices/{_device}", Cancellation);
        Assert.DoesNotContain("Finish what is left", after);
        Assert.Contains($"href=\"/h/cats/nodes/{_node}\"", after);

        var there = $"/h/cats/nodes/{_node}";
        var taken = await http.Send(await http.GetStringAsync(there, Cancellation), there);
        Assert.Equal(HttpStatusCode.SeeOther, taken.Status);
        Assert.Equal([PartingStep.Forget], Partings.LeftOf(_device));
        after = await http.GetStringAsync($"/fleet/devices/{_device}", Cancellation);
        Assert.Contains("What is left of parting from it: it is forgotten.", after);
        var (rest, _) = await Partings.PartAsync(_device, null, Cancellation);
        Assert.Empty(rest!.Hives);
        Assert.Null((await Partings.PartAsync(_device, rest.Told.PlanId, Cancellation)).Problem);
        AssertParted();
    }

    [Fact]
    public async Task Another_device_forgets_it_by_itself_once_the_owner_has_parted()
    {
        await using var third = await MediaBox.Start(with: o => o with { HeartbeatSeconds = 1 }, tellsFleet: true);
        await Pairings.Pair(_owner.Node, third.Node, InviteKind.Device);
        await Eventually.InStep(_fleet, _owner.Node, third.Node);
        var theirs = third.Node.Get<DeviceParting>();
        var (told, refused) = await theirs.PartAsync(_device, null, Cancellation);
        Assert.Null(told);
        Assert.Equal("fleet_not_owner", refused?.Code);

        await _gone.Node.Stop();
        var (own, _) = await Partings.PartAsync(_device, null, Cancellation);
        Assert.Null((await Partings.PartAsync(_device, own!.Told.PlanId, Cancellation)).Problem);
        await Eventually.InStep(_fleet, _owner.Node, third.Node);
        await third.Node.Get<PeerBook>().TypedAsync(
            _node, Endpoint.TryParse("https://127.0.0.1:9")!, Cancellation);
        (told, refused) = await theirs.PartAsync(_device, null, Cancellation);
        Assert.Null(refused);
        Assert.Equal([PartingStep.Forget], told!.Left);
        Assert.Null((await theirs.PartAsync(_device, told.Told.PlanId, Cancellation)).Problem);
        Assert.Null(third.Node.Get<PeerBook>().Find(_node));
        Assert.Empty(theirs.LeftOf(_device));
    }

    [Fact]
    public async Task When_it_was_last_heard_outlives_its_addresses()
    {
        var now = _owner.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var (_, unsaid) = await _owner.Node.Get<FleetDesk>().SayAsync(
            new ProbeReported(
                _device, Anarchive.Fleet.Reachability.Up, 900, 12, now - 3_600_000, [], []), false, Cancellation);
        Assert.Null(unsaid);
        var (told, _) = await Partings.PartAsync(_device, null, Cancellation);
        Assert.Null((await Partings.PartAsync(_device, told!.Told.PlanId, Cancellation)).Problem);
        AssertParted();
        var said = _owner.Node.Get<FleetBook>().Read(s => s.Probes.Single(
            p => p.Subject == _device && p.Observer == _owner.Node.Id));
        Assert.InRange(said.LastOkMs, now - 60_000, now + 60_000);
        Assert.Equal((900, 12), (said.UptimePermille, said.Samples));
    }

    [Fact]
    public async Task Where_nothing_is_left_nothing_is_offered()
    {
        await _gone.Node.Stop();
        await _owner.Reachable();
        using var http = await _owner.Owner();
        var page = await http.GetStringAsync($"/fleet/devices/{_device}", Cancellation);
        var (told, _) = await Partings.PartAsync(_device, null, Cancellation);
        Assert.Null((await Partings.PartAsync(_device, told!.Told.PlanId, Cancellation)).Problem);

        var asked = await http.Send(page, $"/fleet/devices/{_device}/gone");
        Assert.Equal(HttpStatusCode.OK, asked.Status);
        Assert.Contains("Nothing of parting from it is left", asked.Text);
        Assert.DoesNotContain("do all of this", asked.Text);
        var run = await _owner.Run("fleet", "device", "gone", "NAS");
        Assert.Equal(0, run.Exit);
        Assert.Contains("nothing of parting from it is left", run.Results + run.Remarks);
        Assert.DoesNotContain("--apply", run.Results + run.Remarks);
        // Sent twice, the second does nothing.
        var twice = await http.Send(page, $"/fleet/devices/{_device}/gone", ("apply", told.Told.PlanId.ToString()));
        Assert.Equal(HttpStatusCode.SeeOther, twice.Status);
    }

    /// <summary>It knocks with what it wrote, and is told that it is no member.</summary>
    private async Task TurnedAway()
    {
        var sharing = _gone.Node.Get<Sharing>();
        var link = _gone.Node.Get<PeerLoop>().Find(_owner.Node.Id)!;
        var failures = link.Look(s => s.Failures);
        await Eventually.True(
            () => sharing.SaysRemoved(_fleet, _owner.Node.Id) && link.Look(s => s.Failures) > failures,
            "It is let in, or knocks no more.", _gone.Node);
    }

    /// <summary>What the fleet has of the device's own words.</summary>
    private List<KeyValuePair<ChainId, Head>> Written() =>
        [.. _owner.Node.Writer.Durable(_fleet).Heads.Where(h => h.Key.Origin == _node)];

    private void AssertParted()
    {
        var state = _owner.Node.Get<FleetBook>().Read(s => s.Devices[_device].State);
        Assert.Equal(DeviceState.Dead, state);
        Assert.False(_owner.Node.Writer.IsMember(_fleet, _node));
        Assert.False(_owner.Node.Get<RingBook>().Holds(_node));
        Assert.Null(_owner.Node.Get<PeerBook>().Find(_node));
        Assert.Empty(Partings.LeftOf(_device));
    }
}
