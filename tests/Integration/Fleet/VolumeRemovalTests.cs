using System.Text.Json.Nodes;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A volume, or a folder of one, that a device is to vouch for no more.</summary>
public sealed class VolumeRemovalTests : IAsyncLifetime
{
    private const int Size = 120_000;
    private const string NoPlan = "00000000000000000000000000000000000000000000000000000000000000ff";

    private MediaBox _box = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Volume => _box.Volume.Id.ToString();

    public async ValueTask InitializeAsync()
    {
        _box = await MediaBox.Start(tellsFleet: true);
        await _box.Reachable();
    }

    public async ValueTask DisposeAsync() => await _box.DisposeAsync();

    [Fact]
    public async Task What_counts_no_more_is_told_first_and_no_byte_is_deleted()
    {
        await _box.Declare("nas", "attic");
        await _box.Say(new PolicySet(Policy.DefaultName, 1, 3, 0, 0, AutoCopy: false));
        var item = await _box.Hold("a.mkv", Size, 1);
        await _box.Done("fleet", "probe");
        var told = await _box.Done("fleet", "volume", "remove", Volume);
        Assert.Equal(
            (false, 1, (long)Size, 1, 1),
            ((bool)told["done"]!, (int)told["items"]!, (long)told["bytes"]!, (int)told["below"]!,
                (int)told["lastCopies"]!));
        Assert.Equal("plan_changed", await Code("fleet", "volume", "remove", Volume, "--apply", NoPlan));
        Assert.Equal("bad_plan_id", await Code("fleet", "volume", "remove", Volume, "--apply", "now"));
        Assert.Equal(HoldingState.Present, _box.Held(item)!.State);

        var done = await _box.Done("fleet", "volume", "remove", Volume, "--apply", (string)told["planId"]!);
        Assert.True((bool)done["done"]!);
        Assert.True(File.Exists(_box.At("a.mkv")));
        Assert.Empty(_box.Node.Get<Volumes>().All);
        Assert.Empty(_box.Store.Folders());
        Assert.Equal(HoldingState.Gone, InLog(item));
        Assert.Empty((await _box.Done("fleet", "device", "list"))["devices"]![0]!["volumes"]!.AsArray());
        Assert.Equal("not_found", await Code("fleet", "volume", "remove", Volume));

        // The same disk, added again: what lies on it counts once it was hashed.
        var (again, problem) = await _box.Node.Get<Volumes>().AddAsync(_box.Root, "disk", 0, Cancellation);
        Assert.Null(problem);
        Assert.Equal(_box.Volume.Id, again!.Id);
        Assert.Null(await _box.Store.WatchAsync(again.Id, "films", Cancellation));
        await _box.Look();
        Assert.Equal(HoldingState.Present, InLog(item));
    }

    [Fact]
    public async Task A_folder_that_is_watched_no_more_takes_only_what_lies_nowhere_else()
    {
        await _box.Declare("nas", "attic");
        Directory.CreateDirectory(Path.Combine(_box.Root, "films/old"));
        Directory.CreateDirectory(Path.Combine(_box.Root, "more"));
        var (kept, gone) = (await _box.Hold("a.mkv", Size, 1), await _box.Hold("old/b.mkv", Size, 2));
        Assert.Null(await _box.Store.WatchAsync(_box.Volume.Id, "films/old", Cancellation));
        Assert.Null(await _box.Store.WatchAsync(_box.Volume.Id, "more", Cancellation));
        File.Copy(_box.At("a.mkv"), Path.Combine(_box.Root, "more/a.mkv"));
        _box.Age(Path.Combine(_box.Root, "more/a.mkv"), 10);
        await _box.Look();
        Assert.Equal("not_found", await Code("fleet", "volume", "unwatch", Volume, "elsewhere"));
        Assert.Equal("not_found", await Code("fleet", "volume", "unwatch", Volume, "../films"));
        // The folder within it is watched by itself.
        var told = await _box.Done("fleet", "volume", "unwatch", Volume, "films");
        Assert.Equal(0, (int)told["items"]!);
        await _box.Done("fleet", "volume", "unwatch", Volume, "films", "--apply", (string)told["planId"]!);
        Assert.Equal((HoldingState.Present, HoldingState.Present), (InLog(kept), InLog(gone)));
        told = await _box.Done("fleet", "volume", "unwatch", Volume, "films/old");
        Assert.Equal(gone.ToString(), (string?)Assert.Single(told["rows"]!.AsArray())!["item"]);
        await _box.Done("fleet", "volume", "unwatch", Volume, "films/old", "--apply", (string)told["planId"]!);
        Assert.Equal((HoldingState.Present, HoldingState.Gone), (InLog(kept), InLog(gone)));
        Assert.True(File.Exists(_box.At("old/b.mkv")) && File.Exists(_box.At("a.mkv")));
        Assert.Equal(["more"], _box.Store.Folders().Select(f => f.Folder));
    }

    [Fact]
    public async Task A_volume_that_others_rely_on_stays()
    {
        await _box.Declare("nas", "attic");
        var item = await _box.Hold("a.mkv", Size, 1);
        var other = new DeviceId(Hash256.Sha256([1]));
        var intent = new EventRef(new ChainId(other.AsNode(), default), 3, 4);
        var found = new FoundCopy(HoldingState.Present, DeviceState.Active, true, true, true);
        Assert.True((await _box.Node.Get<ReleaseBook>().AnswerAsync(
            new LockRequest(item, intent, other, 1), found, Cancellation)).IsGranted);
        Assert.Equal(ReleaseCodes.LockedForOther, await Code("fleet", "volume", "remove", Volume));
        Assert.Equal(ReleaseCodes.LockedForOther, await Code("fleet", "volume", "unwatch", Volume, "films"));
        Assert.Equal(HoldingState.Present, _box.Held(item)!.State);
    }

    [Fact]
    public async Task A_look_by_hand_says_what_it_saw_and_a_device_that_is_none_sees_nobody()
    {
        Assert.Equal("device_undeclared", await Code("fleet", "probe"));
        await _box.Declare("nas", "attic");
        var seen = await _box.Done("fleet", "probe");
        Assert.Equal("disk", (string?)Assert.Single(seen["volumes"]!.AsArray())!["name"]);
        Assert.NotNull(seen["volumes"]![0]!["free"]);
        File.Move(Path.Combine(_box.Root, ".anarchive/volume"), Path.Combine(_box.Root, ".anarchive/away"));
        var run = await _box.Run("fleet", "probe", "--json");
        Assert.Equal(1, run.Exit);
        var after = JsonNode.Parse(run.Results)!;
        Assert.Equal(OwnHealth.VolumeAbsent, (string?)Assert.Single(after["flags"]!.AsArray()));
        Assert.Null(after["volumes"]![0]!["free"]);
    }

    private HoldingState InLog(ItemId item) => _box.Node.Get<FleetBook>().Read(state =>
        Assert.Single(state.HoldingsOf(item)).State);

    private async Task<string?> Code(params string[] command) =>
        (await _box.Run([.. command, "--json"])).Code;
}
