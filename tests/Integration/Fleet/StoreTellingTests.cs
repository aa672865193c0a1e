using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a fleet hears of its devices' files, in its own log.</summary>
public sealed class StoreTellingTests
{
    private const int Size = 600_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_devices_know_who_holds_what_and_no_path_is_said()
    {
        await using var source = await MediaBox.Start(tellsFleet: true);
        await using var target = await MediaBox.Start(
            with: o => o with { FleetCopyBytesPerSecond = 0 }, tellsFleet: true);
        await Pairings.Pair(source.Node, target.Node, InviteKind.Device);
        await Declare(source, "NAS");
        await Declare(target, "PC");
        var item = await source.Hold("secret name.mkv", Size, 1);
        var group = source.Node.Get<OwnFleet>().Group!.Value;
        await Eventually.InStep(group, source.Node, target.Node);

        var (copy, problem) = await target.Node.Get<CopyDesk>().AskAsync(item, null, null, Cancellation);
        Assert.Null(problem);
        Assert.Equal(target.Volume.Id, copy!.Volume);
        await Eventually.True(
            () => target.Node.Get<CopyDesk>().All().Single().State == "done", "The copy does not come.", target.Node);
        Assert.True(await target.Node.Get<HoldingPost>().TellAsync(Cancellation));
        await Eventually.InStep(group, source.Node, target.Node);
        foreach (var box in new[] { source, target })
        {
            var holdings = box.Node.Get<FleetBook>().Read(state => state.HoldingsOf(item));
            Assert.Equal(2, holdings.Count);
            Assert.All(holdings, h => Assert.True(h.IsVerifiedAt(
                TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), DeviceClass.AlwaysOn)));
            Assert.Equal(
                ["disk", "disk"], box.Node.Get<FleetBook>().Read(s => s.Volumes.Values.Select(v => v.Name).ToList()));
            Assert.Equal(Size, box.Node.Get<FleetBook>().Read(state => state.Items[item].SizeBytes));
        }

        foreach (var home in new[] { source.Node.Home, target.Node.Home })
        {
            await using var db = new SqliteConnection($"Data Source={home}/node.db;Mode=ReadOnly");
            await db.OpenAsync(Cancellation);
            await using var all = db.CreateCommand();
            all.CommandText = "SELECT count(*) FROM events WHERE CAST(payload AS TEXT) LIKE '%secret name%'";
            Assert.Equal(0L, await all.ExecuteScalarAsync(Cancellation));
        }
    }

    [Fact]
    public async Task An_unplugged_volume_changes_nothing_that_the_fleet_was_told()
    {
        await using var box = await MediaBox.Start(tellsFleet: true);
        await Declare(box, "NAS");
        var item = await box.Hold("a.mkv", Size, 1);
        var before = box.Node.Get<FleetBook>().Read(state => state.HoldingsOf(item).Single());
        Assert.Equal(HoldingState.Present, before.State);
        Directory.Move(box.Root, box.Root + ".away");
        for (var i = 0; i < 3; i++) await box.Look();
        Assert.Equal(before, box.Node.Get<FleetBook>().Read(state => state.HoldingsOf(item).Single()));
        Directory.Move(box.Root + ".away", box.Root);
    }

    [Fact]
    public async Task A_device_that_lost_its_own_table_goes_on_after_the_gen_that_the_log_knows()
    {
        await using var box = await MediaBox.Start(tellsFleet: true);
        await Declare(box, "NAS");
        var item = await box.Hold("a.mkv", Size, 1);
        await box.Node.Writer.OnWriterAsync(
            db =>
            {
                using var all = db.CreateCommand();
                all.CommandText = "DELETE FROM store_files; DELETE FROM store_held";
                return all.ExecuteNonQuery();
            },
            Cancellation);
        await box.Look();
        Assert.Equal(2, box.Held(item)!.Gen);
        Assert.Equal(2, box.Node.Get<FleetBook>().Read(state => state.HoldingsOf(item).Single().Gen));
    }

    [Fact]
    public async Task A_challenge_shows_what_is_read_and_what_rotted_and_accuses_nobody_wrongly()
    {
        await using var holder = await MediaBox.Start(tellsFleet: true);
        await using var asker = await MediaBox.Start(tellsFleet: true);
        await Pairings.Pair(holder.Node, asker.Node, InviteKind.Device);
        await Declare(holder, "NAS");
        await Declare(asker, "PC");
        var item = await holder.Hold("a.mkv", 300_000, 1);
        Assert.Equal(item, await asker.Hold("b.mkv", 300_000, 1));
        var group = holder.Node.Get<OwnFleet>().Group!.Value;
        await Eventually.InStep(group, holder.Node, asker.Node);
        var device = DeviceId.Of(holder.Node.Id);
        Holding Said() => asker.Node.Get<FleetBook>().Read(s => s.HoldingsOf(item).Single(h => h.Device == device));
        Task<bool?> Ask() => asker.Node.Get<Challenger>().AskAsync(item, device, holder.Volume.Id, Cancellation);

        Assert.True(await Ask());
        Assert.Equal(1, Said().Challenges);
        asker.Rot("b.mkv", 1000);
        Assert.Null(await Ask());
        Assert.Equal(1, Said().Challenges);
        asker.Rot("b.mkv", 1000);
        holder.Rot("a.mkv", 2000);
        Assert.False(await Ask());
        Assert.Null(Said().ProvenMs);
        Directory.Move(holder.Root, holder.Root + ".away");
        Assert.Null(await Ask());
        Directory.Move(holder.Root + ".away", holder.Root);
    }

    private static async Task Declare(MediaBox box, string name)
    {
        var declared = new DeviceDeclared(name, DeviceClass.AlwaysOn, "home", Offsite: false, [], ["http"]);
        // A device that has just been let in has to hear of it before it may write.
        var desk = box.Node.Get<FleetDesk>();
        await Eventually.True(
            async () => (await desk.SayAsync(declared, dryRun: false, Cancellation)).Problem is null,
            () => "The device cannot be declared.");
    }
}
