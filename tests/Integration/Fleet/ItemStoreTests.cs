using Anarchive.Fleet;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a device says of its files, and what it never takes for a deletion.</summary>
public sealed partial class ItemStoreTests : IAsyncLifetime
{
    private const int Size = 700_000;

    private MediaBox _box = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _box = await MediaBox.Start();

    public ValueTask DisposeAsync() => _box.DisposeAsync();

    [Fact]
    public async Task A_file_is_hashed_described_and_told_once()
    {
        _box.Put("a.mkv", Size, 1);
        await _box.Look();
        var item = MediaBox.ItemOf(MediaBox.Bytes(Size, 1));
        var told = Assert.Single(_box.Told);
        Assert.Equal((item, 1, HoldingState.Present), (told.Item, told.Gen, told.State));
        Assert.NotNull(told.HashedMs);
        Assert.Equal(item, Assert.Single(_box.Described).Item);
        Assert.Equal("a.mkv", _box.Store.Find(item)!.Name);
        await _box.Look();
        Assert.Single(_box.Told);
    }

    [Fact]
    public async Task A_file_that_is_still_written_waits_until_it_is_left_alone()
    {
        var path = _box.At("a.mkv");
        await File.WriteAllBytesAsync(path, MediaBox.Bytes(Size, 1), Cancellation);
        await _box.Look();
        Assert.Empty(_box.Told);
        await File.AppendAllBytesAsync(path, MediaBox.Bytes(10, 2), Cancellation);
        await _box.Look();
        Assert.Empty(_box.Told);
        await _box.Look();
        Assert.Equal(MediaBox.ItemOf([.. MediaBox.Bytes(Size, 1), .. MediaBox.Bytes(10, 2)]), _box.Told.Single().Item);
    }

    [Fact]
    public async Task An_unplugged_volume_is_not_an_empty_one()
    {
        await Hold(3);
        Directory.Move(_box.Root, _box.Root + ".away");
        Directory.CreateDirectory(Path.Combine(_box.Root, "films"));
        for (var i = 0; i < 3; i++)
            Assert.Equal(VolumeAbsence.MarkerMissing, (await _box.Look()).Absence);
        AssertNothingWent(3);
        Directory.Delete(_box.Root, recursive: true);
        Assert.Equal(VolumeAbsence.RootMissing, (await _box.Look()).Absence);
        AssertNothingWent(3);
        Directory.Move(_box.Root + ".away", _box.Root);
        Assert.Null((await _box.Look()).Absence);
        AssertNothingWent(3);
    }

    [Fact]
    public async Task Another_disk_in_its_place_is_not_the_volume()
    {
        await Hold(2);
        Directory.Move(_box.Root, _box.Root + ".away");
        Directory.CreateDirectory(Path.Combine(_box.Root, "films"));
        VolumeMarker.Create(_box.Root);
        await _box.Look();
        Assert.Equal(VolumeAbsence.MarkerOther, (await _box.Look()).Absence);
        AssertNothingWent(2);
        Directory.Delete(_box.Root, recursive: true);
        Directory.Move(_box.Root + ".away", _box.Root);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a uuid, but as long as one..\n")]
    [InlineData("00000000000000000000000000000000")]
    public async Task A_marker_that_cannot_be_read_makes_the_volume_absent(string text)
    {
        await Hold(1);
        var marker = Path.Combine(_box.Root, ".anarchive", "volume");
        await File.WriteAllTextAsync(marker, text, Cancellation);
        await _box.Look();
        Assert.NotNull((await _box.Look()).Absence);
        AssertNothingWent(1);
    }

    [Fact]
    public async Task An_emptied_folder_lets_nothing_go_before_its_owner_says_so()
    {
        await Hold(3);
        foreach (var file in Directory.EnumerateFiles(_box.At(""))) File.Delete(file);
        for (var i = 0; i < 3; i++) Assert.Equal(VolumeAbsence.FolderEmpty, (await _box.Look()).Absence);
        AssertNothingWent(3);
        Assert.Equal(3, (await _box.Look(ownerLetsGo: true)).Gone);
        Assert.Equal(3, _box.Told.Count(t => t.State == HoldingState.Gone));
    }

    [Fact]
    public async Task A_watched_folder_that_was_renamed_lets_nothing_go()
    {
        await Hold(2);
        Directory.Move(Path.Combine(_box.Root, "films"), Path.Combine(_box.Root, "movies"));
        for (var i = 0; i < 3; i++) Assert.Equal(VolumeAbsence.FolderMissing, (await _box.Look()).Absence);
        AssertNothingWent(2);
    }

    [Fact]
    public async Task A_mount_that_was_renamed_is_found_again_by_its_marker()
    {
        await Hold(2);
        var elsewhere = _box.Root + ".elsewhere";
        Directory.Move(_box.Root, elsewhere);
        await _box.Look();
        Assert.NotNull((await _box.Look()).Absence);
        Assert.Equal(
            VolumeAbsence.MarkerOther,
            (await _box.Node.Get<Volumes>().MoveAsync(_box.Volume.Id, Path.GetTempPath(), Cancellation))?.Code);
        Assert.Null(await _box.Node.Get<Volumes>().MoveAsync(_box.Volume.Id, elsewhere, Cancellation));
        Assert.Null((await _box.Look()).Absence);
        AssertNothingWent(2);
        Directory.Move(elsewhere, _box.Root);
    }

    [Fact]
    public async Task One_deleted_file_is_gone_after_two_scans()
    {
        var items = await Hold(3);
        File.Delete(_box.At("0.mkv"));
        Assert.Equal(0, (await _box.Look()).Gone);
        Assert.Null(_box.Store.Find(items[0]));
        Assert.Equal(1, (await _box.Look()).Gone);
        Assert.Equal((items[0], HoldingState.Gone), (_box.Told.Last().Item, _box.Told.Last().State));
    }

    [Fact]
    public async Task A_file_that_came_back_between_two_scans_never_went()
    {
        var items = await Hold(2);
        File.Move(_box.At("0.mkv"), _box.Root + "/0.mkv");
        await _box.Look();
        File.Move(_box.Root + "/0.mkv", _box.At("0.mkv"));
        await _box.Look();
        await _box.Look();
        AssertNothingWent(2);
        Assert.NotNull(_box.Store.Find(items[0]));
    }

    [Fact]
    public async Task Too_many_deletions_at_once_wait_for_the_owner()
    {
        await Hold(12);
        for (var i = 0; i < 6; i++) File.Delete(_box.At($"{i}.mkv"));
        await _box.Look();
        for (var i = 0; i < 3; i++) Assert.Equal(VolumeAbsence.Frozen, (await _box.Look()).Absence);
        AssertNothingWent(12);
        Assert.Equal(6, (await _box.Look(ownerLetsGo: true)).Gone);
    }

    [Fact]
    public async Task Bytes_that_come_anew_have_a_higher_gen()
    {
        await Hold(2);
        File.Delete(_box.At("0.mkv"));
        await _box.Look();
        await _box.Look();
        _box.Put("again.mkv", Size, 0);
        await _box.Look();
        var held = _box.Held(MediaBox.ItemOf(MediaBox.Bytes(Size, 0)))!;
        Assert.Equal((2, HoldingState.Present), (held.Gen, held.State));
    }

    [Fact]
    public async Task A_renamed_file_is_not_hashed_again()
    {
        var items = await Hold(2);
        var told = _box.Told.Count;
        Directory.CreateDirectory(_box.At("sub"));
        File.Move(_box.At("0.mkv"), _box.At("sub/renamed.mkv"));
        Assert.Equal(1, (await _box.Look()).Moved);
        await _box.Look();
        Assert.Equal("renamed.mkv", _box.Store.Find(items[0])!.Name);
        Assert.Equal(told, _box.Told.Count);
    }

    [Fact]
    public async Task A_file_that_was_written_to_is_another_item()
    {
        var items = await Hold(3);
        _box.Put("0.mkv", Size, 77);
        Assert.Null(_box.Store.Find(items[0]));
        await _box.Look();
        Assert.NotNull(_box.Store.Find(MediaBox.ItemOf(MediaBox.Bytes(Size, 77))));
        await _box.Look();
        Assert.Equal(HoldingState.Gone, _box.Held(items[0])!.State);
    }

    [Fact]
    public async Task A_link_out_of_the_volume_is_not_followed()
    {
        using var outside = new TemporaryDirectory();
        await File.WriteAllBytesAsync(outside.At("secret"), MediaBox.Bytes(Size, 9), Cancellation);
        File.CreateSymbolicLink(_box.At("link.mkv"), outside.At("secret"));
        Directory.CreateSymbolicLink(_box.At("folder"), outside.Root);
        _box.Put("a.mkv", Size, 1);
        await _box.Look();
        await _box.Look();
        Assert.Single(_box.Told);
        Assert.Equal(
            "bad_folder", (await _box.Store.WatchAsync(_box.Volume.Id, "films/folder", Cancellation))?.Code);
    }

    [Fact]
    public async Task A_folder_swapped_for_a_link_after_it_was_hashed_is_not_served()
    {
        _box.Put("sub/a.mkv", Size, 1);
        await _box.Look();
        var item = MediaBox.ItemOf(MediaBox.Bytes(Size, 1));
        Assert.NotNull(_box.Store.Find(item));
        using var outside = new TemporaryDirectory();
        Directory.Move(_box.At("sub"), outside.At("sub"));
        Directory.CreateSymbolicLink(_box.At("sub"), outside.At("sub"));
        Assert.Null(_box.Store.Find(item));
    }

    [Fact]
    public async Task Bytes_that_rot_are_found_and_are_not_present_any_more()
    {
        var items = await Hold(2);
        _box.Rot("0.mkv", 1234);
        await DueNow();
        await _box.Look();
        Assert.Equal((HoldingState.Partial, null), (_box.Held(items[0])!.State, _box.Held(items[0])!.HashedMs));
        Assert.Equal(HoldingState.Present, _box.Held(items[1])!.State);
        Assert.Null(_box.Store.Find(items[0]));
        await _box.Look();
        await _box.Look();
        Assert.Equal(HoldingState.Partial, _box.Held(items[0])!.State);
        Assert.True(File.Exists(_box.At("0.mkv")));
    }

    [Fact]
    public async Task Two_names_of_an_item_are_one_copy_until_both_are_gone()
    {
        var items = await Hold(2);
        _box.Put("twice.mkv", Size, 0);
        await _box.Look();
        File.Delete(_box.At("0.mkv"));
        await _box.Look();
        await _box.Look();
        Assert.Equal(HoldingState.Present, _box.Held(items[0])!.State);
        Assert.NotNull(_box.Store.Find(items[0]));
    }

    [Fact]
    public async Task A_volume_is_made_once_and_never_within_another()
    {
        var volumes = _box.Node.Get<Volumes>();
        Assert.Equal("volume_known", (await volumes.AddAsync(_box.Root, "again", 0, Cancellation)).Problem?.Code);
        Assert.Equal("volume_nested", (await volumes.AddAsync(_box.At(""), "in", 0, Cancellation)).Problem?.Code);
        Assert.Equal("bad_folder", (await volumes.AddAsync("films", "relative", 0, Cancellation)).Problem?.Code);
        Assert.Equal("bad_folder", (await volumes.AddAsync(_box.At("none"), "none", 0, Cancellation)).Problem?.Code);
        Assert.Equal("bad_volume", (await volumes.AddAsync(_box.Root, "/mnt/a", 0, Cancellation)).Problem?.Code);
        Assert.Throws<IOException>(() => VolumeMarker.Create(_box.Root));
        Assert.Equal(_box.Volume.Id, VolumeMarker.Read(_box.Root, out _));
    }

    [Fact]
    public async Task What_was_found_is_known_after_a_restart()
    {
        var items = await Hold(2);
        await _box.Node.Restart(stopFirst: true);
        Assert.NotNull(_box.Store.Find(items[1]));
        Assert.Null((await _box.Look()).Absence);
        Assert.Equal(2, _box.Told.Count);
    }

    [Fact]
    public async Task What_is_set_aside_moves_within_its_volume_and_comes_back_or_is_deleted()
    {
        var items = await Hold(3);
        var quarantine = _box.Node.Get<Quarantine>();
        Assert.True(await quarantine.SetAsideAsync(items[0], _box.Volume.Id, Cancellation));
        Assert.False(await quarantine.SetAsideAsync(items[0], _box.Volume.Id, Cancellation));
        Assert.False(File.Exists(_box.At("0.mkv")));
        Assert.Single(Directory.GetFiles(Path.Combine(_box.Root, ".anarchive/quarantine")));
        await _box.Look();
        Assert.Equal(HoldingState.Quarantined, _box.Held(items[0])!.State);
        Assert.Null(_box.Store.Find(items[0]));

        // Another file took its name meanwhile.
        _box.Put("0.mkv", Size, 50);
        Assert.True(await quarantine.RestoreAsync(items[0], _box.Volume.Id, Cancellation));
        await _box.Look();
        Assert.Equal((1, HoldingState.Present), (_box.Held(items[0])!.Gen, _box.Held(items[0])!.State));
        Assert.Equal("0 (2).mkv", _box.Store.Find(items[0])!.Name);
        Assert.True(File.Exists(_box.At("0.mkv")));

        Assert.True(await quarantine.SetAsideAsync(items[1], _box.Volume.Id, Cancellation));
        Assert.Equal(items[1], Assert.Single(quarantine.All()).Item);
        Assert.True(await quarantine.PurgeAsync(items[1], _box.Volume.Id, Cancellation));
        Assert.Empty(Directory.GetFiles(Path.Combine(_box.Root, ".anarchive/quarantine")));
        Assert.Equal(HoldingState.Gone, _box.Held(items[1])!.State);
        Assert.Empty(quarantine.All());
    }

    [Fact]
    public async Task Nothing_is_set_aside_or_deleted_on_a_volume_that_is_not_there()
    {
        var items = await Hold(2);
        var quarantine = _box.Node.Get<Quarantine>();
        Assert.True(await quarantine.SetAsideAsync(items[1], _box.Volume.Id, Cancellation));
        File.Delete(Path.Combine(_box.Root, ".anarchive/volume"));
        Assert.False(await quarantine.SetAsideAsync(items[0], _box.Volume.Id, Cancellation));
        Assert.False(await quarantine.PurgeAsync(items[1], _box.Volume.Id, Cancellation));
        Assert.False(await quarantine.RestoreAsync(items[1], _box.Volume.Id, Cancellation));
        Assert.True(File.Exists(_box.At("0.mkv")));
        Assert.Single(Directory.GetFiles(Path.Combine(_box.Root, ".anarchive/quarantine")));
    }

    [Fact]
    public async Task What_was_noted_and_not_yet_renamed_when_the_process_ended_is_where_it_was()
    {
        var items = await Hold(2);
        await _box.Node.Writer.OnWriterAsync(
            db =>
            {
                using var aside = db.CreateCommand();
                aside.CommandText =
                    "INSERT INTO store_aside SELECT volume, hex(item) || '.0', item, path, 1 FROM store_files";
                return aside.ExecuteNonQuery();
            },
            Cancellation);
        await _box.Node.Get<Quarantine>().RecoverAsync(Cancellation);
        Assert.Empty(_box.Node.Get<Quarantine>().All());
        await _box.Look();
        AssertNothingWent(2);
        Assert.NotNull(_box.Store.Find(items[0]));
    }

    [Fact]
    public async Task What_was_renamed_when_the_process_ended_is_set_aside()
    {
        var items = await Hold(2);
        Assert.True(await _box.Node.Get<Quarantine>().SetAsideAsync(items[0], _box.Volume.Id, Cancellation));
        await _box.Node.Writer.OnWriterAsync(
            db =>
            {
                using var back = db.CreateCommand();
                back.CommandText =
                    "UPDATE store_held SET state = 1; INSERT INTO store_files SELECT volume, path, 1, 1, 1, 1, 0, 0, "
                    + "item, 0, 0, NULL FROM store_aside";
                return back.ExecuteNonQuery();
            },
            Cancellation);
        await _box.Node.Get<Quarantine>().RecoverAsync(Cancellation);
        await _box.Look();
        Assert.Equal(HoldingState.Quarantined, _box.Held(items[0])!.State);
        Assert.Single(_box.Node.Get<Quarantine>().All());
    }

    private async Task<List<ItemId>> Hold(int files)
    {
        var items = new List<ItemId>();
        for (var i = 0; i < files; i++)
        {
            _box.Put($"{i}.mkv", Size, i);
            items.Add(MediaBox.ItemOf(MediaBox.Bytes(Size, i)));
        }

        await _box.Look();
        Assert.Equal(files, _box.Told.Count(t => t.State == HoldingState.Present));
        return items;
    }

    private void AssertNothingWent(int files)
    {
        Assert.All(_box.Told, told => Assert.Equal(HoldingState.Present, told.State));
        Assert.Equal(files, _box.Store.Held().Count(h => h.State == HoldingState.Present));
    }

    private Task<int> DueNow() => _box.Node.Writer.OnWriterAsync(
        db =>
        {
            using var all = db.CreateCommand();
            all.CommandText = "UPDATE store_files SET due_ms = 0";
            return all.ExecuteNonQuery();
        },
        Cancellation);
}
