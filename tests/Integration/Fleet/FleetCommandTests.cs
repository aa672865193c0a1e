using System.Text.Json.Nodes;
using Anarchive.Cli;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>The commands about the fleet, asked of a running node.</summary>
public sealed class FleetCommandTests : IAsyncLifetime
{
    private const long Gigabyte = 1_000_000_000;
    private const string NoPlan = "00000000000000000000000000000000000000000000000000000000000000ff";

    private readonly TemporaryDirectory _media = new();
    private LiveNode _node = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FleetDesk Desk => _node.Get<FleetDesk>();

    public async ValueTask InitializeAsync()
    {
        _node = await LiveNode.Start();
        await File.WriteAllTextAsync(new Home(_node.Home).UrlFile, _node.Address.ToString(), Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _media.Dispose();
    }

    [Fact]
    public async Task A_device_alone_begins_its_fleet_by_saying_what_it_is()
    {
        Assert.False((bool)(await Done("fleet", "status"))["inFleet"]!);
        Assert.Equal("device_incomplete", (await Run("fleet", "device", "declare", "--json")).Code);
        await Done("fleet", "device", "declare", "--class", "always_on", "--dry-run");
        Assert.False((bool)(await Done("fleet", "status"))["inFleet"]!);
        await Done("fleet", "device", "declare", "--class", "always_on", "--name", "NAS", "--zone", "attic");
        await Done("fleet", "device", "set", "NAS", "--zone", "cellar", "--offsite");
        var device = Assert.Single((await Done("fleet", "device", "list"))["devices"]!.AsArray())!;
        Assert.Equal(
            ("NAS", "always_on", "cellar"), (Text(device, "name"), Text(device, "class"), Text(device, "zone")));
        Assert.True((bool)device["offsite"]! && (bool)device["self"]!);
        Assert.Equal(Desk.Self.ToString(), Text(device, "id"));
    }

    [Fact]
    public async Task An_item_below_its_floor_is_told_first_and_by_the_exit_code()
    {
        var item = await Furnish();
        var status = await Run("fleet", "status");
        Assert.Equal(1, status.Exit);
        Assert.StartsWith(
            "below the floor: The one item has fewer copies than you asked for; each has a copy that is proven.\n",
            status.Results);
        Assert.Contains("Short of copies: too few places: these devices fail together.", status.Results);
        var custody = await Run("fleet", "custody", item.ToString()[..6]);
        Assert.Equal(1, custody.Exit);
        Assert.StartsWith(
            $"{item.ToString()[..12]}: 1 of 2 copies count, below the floor\ncustodians: NAS\n", custody.Results);
        Assert.Contains("unproven", custody.Results);
        // One copy is enough for one who says so: after it was told, and by the plan it was told with.
        var told = await Done("fleet", "policy", "set", "default", "--floor", "1", "--min-zones", "1");
        Assert.Equal((false, 1), ((bool)told["done"]!, (int)told["items"]!));
        Assert.Equal(2, (int)(await Done("fleet", "policy", "list"))["policies"]![0]!["floor"]!);
        Assert.True((bool)(await Done(
            "fleet", "policy", "set", "default", "--floor", "1", "--min-zones", "1", "--apply",
            Text(told, "planId")!))["done"]!);
        Assert.StartsWith("well: The one item has the copies you asked for.\n", (await Run("fleet", "status")).Results);
    }

    [Fact]
    public async Task A_file_is_looked_up_by_what_is_in_it()
    {
        var file = _media.At("some film.mkv");
        await File.WriteAllBytesAsync(file, new byte[70_000], Cancellation);
        Assert.Equal("fleet_unknown_item", (await Run("fleet", "custody", file, "--json")).Code);
        var tree = new PiecesRoot();
        tree.Add(new byte[70_000]);
        var root = tree.Root();
        await Say(new ItemsDescribed([new DescribedItem(
            ItemId.Of(70_000, root), 70_000, 262_144, root, Privacy.No, "default")]));
        var found = JsonNode.Parse((await Run("fleet", "custody", file, "--json")).Results)!;
        Assert.Equal(ItemId.Of(70_000, root).ToString(), Text(found, "item"));
        await Done("fleet", "pin", file, "star");
        found = JsonNode.Parse((await Run("fleet", "custody", file, "--json")).Results)!;
        Assert.Equal("star", Text(found, "pin"));
    }

    [Fact]
    public async Task A_dead_device_is_told_with_what_is_lost_and_buried_only_by_that_plan()
    {
        var item = await Furnish();
        var told = await Done("fleet", "device", "dead", "NAS");
        var row = Assert.Single(told["rows"]!.AsArray())!;
        Assert.Equal((item.ToString(), 1, 0), (Text(row, "item"), (int)row["before"]!, (int)row["after"]!));
        Assert.Equal((false, 1), ((bool)told["done"]!, (int)told["lastCopies"]!));
        var said = (await Run("fleet", "device", "dead", "NAS")).Results;
        Assert.Contains("Nothing was changed. To do it: --apply ", said);
        Assert.Equal(DeviceState.Active, StateOf("NAS"));

        // Another item, and it is another decision.
        await Describe(2);
        var changed = await Run("fleet", "device", "dead", "NAS", "--apply", Text(told, "planId")!, "--json");
        Assert.Equal((1, "plan_changed"), (changed.Exit, changed.Code));
        Assert.Equal(DeviceState.Active, StateOf("NAS"));
        told = await Done("fleet", "device", "dead", "NAS");
        Assert.True((bool)(await Done("fleet", "device", "dead", "NAS", "--apply", Text(told, "planId")!))["done"]!);
        Assert.Equal(DeviceState.Dead, StateOf("NAS"));
    }

    [Fact]
    public async Task A_source_is_opened_by_typing_its_host_and_by_nothing_else()
    {
        await Furnish();
        await Done("fleet", "source", "set", "films", "tracker.example", "--kind", "private");
        Assert.Equal("search_only", await Gate());
        Assert.Contains("Nothing was opened.", (await Run("fleet", "source", "open", "films")).Results);
        foreach (var wrong in new[] { "films", "", "Tracker.example" })
            Assert.Equal(
                "confirmation_differs",
                (await Run("fleet", "source", "open", "films", "--confirm", wrong, "--json")).Code);
        Assert.Equal("search_only", await Gate());
        await Done("fleet", "source", "open", "films", "--confirm", "tracker.example");
        Assert.Equal("open", await Gate());
        // What was opened as one host is not open as another.
        await Done("fleet", "source", "set", "films", "other.example", "--kind", "private");
        Assert.Equal("search_only", await Gate());
        await Done("fleet", "source", "open", "films", "--confirm", "other.example");
        await Done("fleet", "source", "close", "films");
        Assert.Equal("search_only", await Gate());

        async Task<string?> Gate() => Text((await Done("fleet", "source", "list"))["sources"]![0]!, "gate");
    }

    [Fact]
    public async Task A_duty_given_by_hand_is_followed_or_said_not_to_be()
    {
        var item = await Furnish();
        await Done("fleet", "duty", "set", "baton", item.ToString()[..8], "--device", "NAS");
        Assert.Null((await Duty())["ignored"]);
        await Done("fleet", "duty", "set", "research", "fleet", "--device", "NAS", "--days", "1");
        var ignored = (await Done("fleet", "duties"))["given"]!.AsArray().Single(d => Text(d!, "duty") == "research");
        Assert.Equal("device", Text(ignored!, "ignored"));
        Assert.Contains("The device that you gave this duty may not have it.", (await Run("fleet", "status")).Results);
        await Done("fleet", "duty", "clear", "research", "fleet");
        await Done("fleet", "duty", "clear", "baton", item.ToString());
        Assert.Empty((await Done("fleet", "duties"))["given"]!.AsArray());

        async Task<JsonNode> Duty() => (await Done("fleet", "duties"))["given"]![0]!;
    }

    [Fact]
    public async Task Wrong_input_is_one_sentence_with_a_code_and_changes_nothing()
    {
        await Furnish();
        // What the node says by itself of its devices it has said then.
        await _node.Get<ProbeRound>().RunAsync(TestContext.Current.CancellationToken);
        var before = Digest();
        foreach (var (code, line) in new[]
                 {
                     ("fleet_unknown_device", "device drain nobody"), ("fleet_unknown_device", "device set nobody"),
                     ("fleet_schema", "device set NAS --class toaster"),
                     ("fleet_schema", "device set NAS --zone a/b"), ("fleet_schema", "device set NAS --name ../x"),
                     ("fleet_schema", "device set NAS --service UPPER"),
                     ("fleet_schema", "device set NAS --transport pigeon"),
                     ("fleet_schema", "device set NAS --wg-key short"),
                     ("device_incomplete", "device declare --other --class archive"),
                     ("device_incomplete", "device declare --other --name shelf"),
                     ("plan_changed", "device dead NAS --apply " + NoPlan),
                     ("bad_plan_id", "device retire NAS --apply plan"),
                     ("fleet_schema", "policy set films --floor 0"),
                     ("fleet_schema", "policy set films --floor 4 --ceil 3"),
                     ("fleet_schema", "policy set films --floor 65"),
                     ("fleet_schema", "policy set films --min-zones 9"),
                     ("fleet_schema", "policy set a/b --floor 3 --ceil 4"),
                     ("plan_changed", "policy set default --floor 1 --apply " + NoPlan),
                     ("fleet_schema", "source set films https://tracker.example/announce"),
                     ("fleet_schema", "source set films tracker.example --kind secret"),
                     ("fleet_schema", "source set films tracker.example --kind private --isolation open"),
                     ("fleet_unknown_source", "source open films"), ("fleet_unknown_source", "source close films"),
                     ("fleet_schema", "duty set sweeping fleet"), ("fleet_unknown_item", "duty set baton ffffffffff"),
                     ("fleet_unknown_device", "duty set prober nobody"),
                     ("fleet_unknown_device", "duty set research fleet --device nobody"),
                     ("bad_days", "duty set research fleet --days 3651"),
                     ("bad_days", "duty set research fleet --days -1"),
                     ("fleet_unknown_item", "custody ffffffffff"), ("fleet_unknown_item", "custody 0"),
                     ("fleet_unknown_item", "pin ffffffffff star"), ("no_client", "reaper --apply " + NoPlan),
                     ("not_found", "reaper --apply plan"), ("not_found", "peers 0"),
                     ("not_found", "peers 0000000000000000000000000000000000000000"), ("bad_infohash", "walk 0"),
                     ("f2f_only", "walk 0000000000000000000000000000000000000000"),
                 })
        {
            var run = await Run(["fleet", .. line.Split(' '), "--json"]);
            Assert.True((1, code) == (run.Exit, run.Code), $"{line}: {run.Results}");
        }

        Assert.Equal(before, Digest());
    }

    private static string? Text(JsonNode node, string name) => (string?)node[name];

    private Hash256 Digest() => _node.Get<FleetDigests>().Of(_node.Get<OwnFleet>().Group!.Value)!.Value;

    private DeviceState StateOf(string name) => _node.Get<FleetBook>().Read(
        state => state.Devices.Values.Single(d => d.Name == name).State);

    /// <summary>A device with one item that is proven; a disk on a shelf is said to hold it, too.</summary>
    [Theory]
    [InlineData("laptop", "those on laptops and phones count for nothing")]
    [InlineData("desktop", "one device alone keeps them")]
    public async Task One_device_alone_is_told_what_is_missing(string kind, string why)
    {
        var volume = new VolumeId(1);
        await Done("fleet", "device", "declare", "--class", kind, "--name", "only", "--zone", "attic");
        await Say(new VolumeDeclared(Desk.Self, volume, "disk", 100 * Gigabyte, Gigabyte));
        var row = new HoldingRow(await Describe(1), 1, HoldingState.Present, Evidence.Hash);
        await Say(new HoldingsSet(Desk.Self, volume, [row]));
        await Say(new ProbeReported(
            Desk.Self, Fleet.Reachability.Up, 1000, 10, 1_700_000_000_000, [new FreeSpace(volume, 50 * Gigabyte)], []));
        var status = await Run("fleet", "status");
        Assert.Equal(1, status.Exit);
        Assert.Contains($"Short of copies: {why}.", status.Results);
    }

    private async Task<ItemId> Furnish()
    {
        var (nas, box) = (new VolumeId(1), new VolumeId(2));
        await Done("fleet", "device", "declare", "--class", "always_on", "--name", "NAS", "--zone", "attic");
        await Done(
            "fleet", "device", "declare", "--other", "--class", "archive", "--name", "shelf", "--zone", "cellar");
        var shelf = _node.Get<FleetBook>().Read(s => s.Devices.Values.Single(d => d.Name == "shelf").Id);
        await Say(new VolumeDeclared(Desk.Self, nas, "disks", 100 * Gigabyte, Gigabyte));
        await Say(new VolumeDeclared(shelf, box, "box", 100 * Gigabyte, Gigabyte));
        var item = await Describe(1);
        await Say(new HoldingsSet(Desk.Self, nas, [new HoldingRow(item, 1, HoldingState.Present, Evidence.Hash)]));
        await Say(new HoldingsSet(shelf, box, [new HoldingRow(item, 1, HoldingState.Present, Evidence.Claimed)]));
        await Say(new ProbeReported(
            Desk.Self, Fleet.Reachability.Up, 1000, 10, 1_700_000_000_000, [new FreeSpace(nas, 50 * Gigabyte)], []));
        return item;
    }

    private async Task<ItemId> Describe(byte number)
    {
        var root = Hash256.Sha256([number]);
        var item = ItemId.Of(1_000_000, root);
        await Say(new ItemsDescribed([new DescribedItem(item, 1_000_000, 262_144, root, Privacy.No, "default")]));
        return item;
    }

    private async Task Say(IFleetPayload payload) =>
        Assert.Null((await Desk.SayAsync(payload, dryRun: false, Cancellation)).Problem);

    private Task<CommandRun> Run(params string[] command) => CommandRun.Of(_node.Home, command);

    private async Task<JsonObject> Done(params string[] command)
    {
        var run = await Run([.. command, "--json"]);
        var document = Assert.IsType<JsonObject>(JsonNode.Parse(run.Results));
        Assert.True(document["error"] is null, $"{string.Join(' ', command)}: {run.Results}");
        return document;
    }
}
