using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Net;
using Anarchive.Node;
using Dapper;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A laptop's cache in a fleet of two real nodes: what it fetches, lets go, and never lets go.</summary>
public sealed partial class CacheTests : IAsyncLifetime
{
    private const int Size = 300_000;

    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private MediaBox _nas = null!;
    private MediaBox _laptop = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _nas = await MediaBox.Start(_time, tellsFleet: true);
        _laptop = await MediaBox.Start(_time, with: o => o with { FleetCopyBytesPerSecond = 0 }, tellsFleet: true);
        await Pairings.Pair(_nas.Node, _laptop.Node, InviteKind.Device);
        await InStep();
        await _nas.Say(new DeviceDeclared("NAS", DeviceClass.AlwaysOn, "attic", false, [], ["http"]));
        await _laptop.Say(new DeviceDeclared("Laptop", DeviceClass.Laptop, "bag", false, [], ["http"]));
        await _nas.Say(new PolicySet(Policy.DefaultName, 1, 3, 0, 0, AutoCopy: false));
    }

    public async ValueTask DisposeAsync()
    {
        await _laptop.DisposeAsync();
        await _nas.DisposeAsync();
    }

    [Fact]
    public async Task A_star_fetches_what_is_missing_and_protects_it()
    {
        var item = await Starred("a.mkv", 1);
        var line = Line(item);
        Assert.Equal(("a.mkv", false, (KeepCause?)KeepCause.Starred), (line.Title, line.Row.IsManual, line.Keep));
        Assert.Equal(CacheActs.Starred, (await Act(item, CacheAct.Trash))?.Code);
        await Budget(0);
        Assert.Empty((await Cull(apply: true)).Culls);
        Assert.Equal(Size, _laptop.Node.Get<CacheBook>().Look().Judgement.OverBytes);
        Assert.NotNull(_laptop.Store.Find(item));
    }

    [Fact]
    public async Task Trash_goes_only_when_the_cull_is_applied_and_undo_brings_it_back()
    {
        var item = await Starred("a.mkv", 1);
        Assert.Null(await Act(item, CacheAct.Unstar));
        Assert.Null(await Act(item, CacheAct.Trash));
        await _laptop.Node.Get<CacheWork>().RunAsync(Cancellation);
        Assert.Equal([item], (await Cull(apply: false)).Culls.Select(c => c.Item));
        Assert.NotNull(_laptop.Store.Find(item));
        Assert.Equal([item], (await Cull(apply: true)).Culls.Select(c => c.Item));
        Assert.Null(_laptop.Store.Find(item));
        Assert.Equal(CacheState.Aside, Line(item).State);
        Assert.NotNull(_nas.Store.Find(item));
        var (undone, problem) = await _laptop.Node.Get<CacheDesk>().UndoAsync(null, Cancellation);
        Assert.Null(problem);
        Assert.Equal(item, undone);
        Assert.NotNull(_laptop.Store.Find(item));
        Assert.Equal((CacheState.Here, false), (Line(item).State, Line(item).Row.Mark.IsTrashed));
    }

    [Fact]
    public async Task An_undo_that_is_refused_leaves_what_was_set_aside_where_it_is()
    {
        var item = await Starred("a.mkv", 1);
        Assert.Null(await Act(item, CacheAct.Unstar));
        Assert.Null(await Act(item, CacheAct.Trash));
        await Cull(apply: true);
        // Taken out of the trash by a way that notes no act here.
        await _laptop.Say(new PinSet(item, PinScope.Device, PinKind.None, DeviceId.Of(_laptop.Node.Id)));
        var (undone, problem) = await _laptop.Node.Get<CacheDesk>().UndoAsync(item, Cancellation);
        Assert.Equal((null, CacheActs.ChangedSince), (undone, problem?.Code));
        Assert.Null(_laptop.Store.Find(item));
        Assert.Equal([item], _laptop.Node.Get<Quarantine>().All().Select(q => q.Item));
    }

    [Fact]
    public async Task A_tombstone_outlives_a_restart_and_ends_when_somebody_asks()
    {
        var item = await Deleted("a.mkv", 1);
        Assert.Empty(_laptop.Node.Get<Quarantine>().All());
        await _laptop.Node.Restart(stopFirst: true);
        await Work();
        Assert.Equal((CacheState.Trashed, "a.mkv"), (Line(item).State, Line(item).Title));
        Assert.Null(_laptop.Store.Find(item));
        Assert.Null(await Act(item, CacheAct.Restore));
        await Here(item);
        Assert.False(Line(item).Row.Mark.IsAsked);
    }

    [Fact]
    public async Task What_the_fleet_needs_by_then_comes_back_instead_of_being_deleted()
    {
        var item = await Starred("a.mkv", 1);
        Assert.Null(await Act(item, CacheAct.Unstar));
        Assert.Null(await Act(item, CacheAct.Trash));
        await Cull(apply: true);
        await _nas.Say(new DeviceStateSet(DeviceId.Of(_nas.Node.Id), DeviceState.Dead));
        await InStep();
        _time.Skip(TimeSpan.FromDays(8));
        await Work();
        Assert.NotNull(_laptop.Store.Find(item));
        Assert.Equal(KeepCause.Custody, Line(item).Keep);
    }

    [Fact]
    public async Task What_a_player_reads_stays_and_was_played_just_now()
    {
        var item = await Starred("a.mkv", 1);
        Assert.Null(await Act(item, CacheAct.Unstar));
        await Budget(0);
        Assert.Null(Line(item).PlayedMs);
        using (var http = new HttpClient { BaseAddress = _laptop.Node.Address })
            Assert.Equal(
                MediaBox.Bytes(Size, 1), await http.GetByteArrayAsync($"/api/v1/media/{item}", Cancellation));
        Assert.NotNull(Line(item).PlayedMs);
        Assert.Equal(KeepCause.Playing, Line(item).Keep);
        Assert.Empty((await Cull(apply: true)).Culls);
        _time.Skip(CacheUses.PlaysOn);
        Assert.Equal([item], (await Cull(apply: true)).Culls.Select(c => c.Item));
    }

    [Fact]
    public async Task What_a_page_only_gets_ready_is_played_once_it_says_so()
    {
        var item = await Starred("a.mkv", 1);
        Assert.Null(await Act(item, CacheAct.Unstar));
        await Budget(0);
        using (var http = new HttpClient { BaseAddress = _laptop.Node.Address })
            Assert.Equal(
                MediaBox.Bytes(Size, 1),
                await http.GetByteArrayAsync($"/api/v1/media/{item}?look=true", Cancellation));
        Assert.Null(Line(item).PlayedMs);
        Assert.NotEqual(KeepCause.Playing, Line(item).Keep);
        // Who says that it was watched does not play it.
        Assert.Null(await _laptop.Node.Get<WatchBook>().SaidAsync(
            item, new ViewingPlace(8_000, 8_000), Cancellation));
        Assert.NotEqual(KeepCause.Playing, Line(item).Keep);
        Assert.Null(await _laptop.Node.Get<WatchBook>().NoteAsync(
            item, new ViewingPlace(1_000, 8_000), Cancellation));
        Assert.NotNull(Line(item).PlayedMs);
        Assert.Equal(KeepCause.Playing, Line(item).Keep);
    }

    [Fact]
    public async Task What_is_watched_from_elsewhere_while_it_comes_is_not_asked_for_again()
    {
        var item = await _nas.Hold("a.mkv", Size, 1);
        await InStep();
        // As one that takes long: only what is asked for anew has the node look what it is to fetch.
        await _laptop.Node.Get<CacheNews>().WriteAsync(
            item,
            db => db.Execute(
                """
                INSERT INTO store_copies (item, volume, source, state, asked_ms)
                VALUES (@item, @volume, @source, 'running', 0)
                """,
                new
                {
                    item = StoreRows.Blob(item),
                    volume = _laptop.Volume.Id.ToString(),
                    source = _nas.Node.Id.Value.ToArray(),
                }),
            Cancellation);
        using var played = _laptop.Node.Get<CacheUses>().Begin(item, CacheUse.Playing);
        Assert.Null(await Act(item, CacheAct.Star));
        await Work();
        Assert.Equal((CacheUse.Downloading, RestoreHold.UnderWay), (Line(item).Row.Use, Line(item).Hold));
        var copy = Assert.Single(_laptop.Node.Get<CopyDesk>().All());
        Assert.Equal((CopyStates.Running, _nas.Node.Id), (copy.State, copy.Source));
    }

    [Fact]
    public async Task An_unplugged_disk_is_neither_culled_nor_filled()
    {
        var item = await Starred("a.mkv", 1);
        var marker = Path.Combine(_laptop.Root, ".anarchive");
        Directory.Move(marker, marker + "-away");
        await Budget(0);
        var report = await Cull(apply: true);
        Assert.True(report.View.Judgement.IsVolumeAbsent);
        Assert.Equal(["disk"], report.View.AbsentVolumes);
        Assert.Equal(CacheState.VolumeAbsent, Line(item).State);
        await Work();
        Assert.Empty(report.View.Judgement.Restores);
        Directory.Move(marker + "-away", marker);
        Assert.Equal(CacheState.Here, Line(item).State);
    }

    [Fact]
    public async Task A_restore_without_a_source_is_tried_again_later_and_later()
    {
        var item = await Deleted("a.mkv", 1);
        await _nas.Node.Stop();
        Assert.Null(await Act(item, CacheAct.Restore));
        await Eventually.True(
            async () =>
            {
                await Work();
                return Line(item).Hold == RestoreHold.Backoff;
            },
            () => "It never gave up.");
        Assert.Equal(("no_source", 1), (Line(item).Code, Line(item).Row.Failures));
        Assert.Null(await Act(item, CacheAct.Cancel));
        Assert.DoesNotContain(_laptop.Node.Get<CacheBook>().Look().Judgement.Restores, r => r.Item == item);
    }

    [Fact]
    public async Task Acts_on_nothing_and_undo_of_nothing_are_refused()
    {
        var nowhere = MediaBox.ItemOf(MediaBox.Bytes(10, 9));
        Assert.Equal("not_found", (await Act(nowhere, CacheAct.Star))?.Code);
        Assert.Equal(
            "nothing_to_undo", (await _laptop.Node.Get<CacheDesk>().UndoAsync(null, Cancellation)).Problem?.Code);
        var item = await Starred("a.mkv", 1);
        Assert.Equal(
            "bad_scope",
            (await _laptop.Node.Get<CacheDesk>().ActAsync(item, CacheAct.Trash, PinScope.Fleet, Cancellation))?.Code);
    }

    [Fact]
    public async Task A_star_of_the_fleet_protects_every_copy_and_fetches_none()
    {
        var item = await _nas.Hold("a.mkv", Size, 1);
        await InStep();
        Assert.Null(await _nas.Node.Get<CacheDesk>().ActAsync(item, CacheAct.Star, PinScope.Fleet, Cancellation));
        await InStep();
        await Work();
        Assert.Empty(_laptop.Node.Get<CopyDesk>().All());
        Assert.Equal(
            CacheActs.Starred,
            (await _nas.Node.Get<CacheDesk>().ActAsync(item, CacheAct.Trash, PinScope.Device, Cancellation))?.Code);
    }

    private async Task<ItemId> Starred(string name, int seed)
    {
        var item = await _nas.Hold(name, Size, seed);
        await InStep();
        Assert.Null(await Act(item, CacheAct.Star));
        await Here(item);
        return item;
    }

    /// <summary>Trashed, culled, and deleted a week later.</summary>
    private async Task<ItemId> Deleted(string name, int seed)
    {
        var item = await Starred(name, seed);
        Assert.Null(await Act(item, CacheAct.Unstar));
        Assert.Null(await Act(item, CacheAct.Trash));
        await Cull(apply: true);
        _time.Skip(TimeSpan.FromDays(8));
        await Work();
        return item;
    }

    /// <summary>A file that the laptop's owner copied there.</summary>
    private async Task<ItemId> Both(string name, int seed)
    {
        var item = await _nas.Hold(name, Size, seed);
        await _laptop.Hold(name, Size, seed);
        await InStep();
        return item;
    }

    private async Task Here(ItemId item)
    {
        await Eventually.True(
            () => Line(item) is { State: CacheState.Here, Row.Use: CacheUse.Idle }, "It does not come.",
            _laptop.Node);
        await Work();
        await InStep();
    }

    private Task Work() => _laptop.Node.Get<CacheWork>().RunAsync(Cancellation);

    private async Task Budget(long bytes) =>
        Assert.Null(await _laptop.Node.Get<CacheDesk>().SetBudgetAsync(bytes, cullsManual: false, Cancellation));

    private Task<Problem?> Act(ItemId item, CacheAct act) =>
        _laptop.Node.Get<CacheDesk>().ActAsync(item, act, PinScope.Device, Cancellation);

    private CacheLine Line(ItemId item) =>
        _laptop.Node.Get<CacheBook>().Look().Lines.Single(l => l.Item == item);

    private Task InStep() =>
        Eventually.InStep(_nas.Node.Get<OwnFleet>().Group!.Value, _nas.Node, _laptop.Node);
}
