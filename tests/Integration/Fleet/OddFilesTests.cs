using Anarchive.Node;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Files that are not what was hashed, names that no file can have, and rounds that fail.</summary>
public sealed class OddFilesTests : IAsyncLifetime
{
    private MediaBox _box = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _box = await MediaBox.Start();

    public ValueTask DisposeAsync() => _box.DisposeAsync();

    [Fact]
    public async Task What_was_written_to_since_it_was_hashed_is_neither_set_aside_nor_free_to_go()
    {
        var item = await _box.Hold("one.mkv", 70_000, 1);
        var views = _box.Node.Get<ReleaseViews>();
        Assert.False(views.Referred(item, _box.Volume.Id));
        await File.WriteAllTextAsync(_box.At("one.mkv"), "The owner's own words.", Cancellation);
        Assert.True(views.Referred(item, _box.Volume.Id));
        Assert.False(await _box.Node.Get<Quarantine>().SetAsideAsync(item, _box.Volume.Id, Cancellation));
        Assert.Equal(
            "The owner's own words.", await File.ReadAllTextAsync(_box.At("one.mkv"), Cancellation));
        Assert.Empty(_box.Node.Get<Quarantine>().All());
    }

    [Fact]
    public async Task Of_two_names_none_is_set_aside_where_one_is_another_file_by_now()
    {
        var item = await _box.Hold("one.mkv", 70_000, 1);
        _box.Put("two.mkv", 70_000, 1);
        await _box.Look();
        await File.AppendAllTextAsync(_box.At("two.mkv"), "more", Cancellation);
        Assert.False(await _box.Node.Get<Quarantine>().SetAsideAsync(item, _box.Volume.Id, Cancellation));
        Assert.True(File.Exists(_box.At("one.mkv")));
        Assert.True(File.Exists(_box.At("two.mkv")));
    }

    [Fact]
    public void Names_that_no_file_can_have_name_none_and_hide_none_beside_them()
    {
        var odd = new[] { "a\0b", "one\0.mkv/x", new string('n', 300), new string('p', 5000) };
        Assert.Null(ClientFiles.Resolve("/torrents/a\0b/c.mkv", []));
        Assert.All(odd, name => Assert.Null(FileStat.Of(Path.Combine(_box.Root, name))));
        _box.Put("../seeds/whole.mkv", 70_000, 2);
        var tally = new ScanTally(
            _box.Volume.Id, [], TorrentPlaces.None, DateTimeOffset.UtcNow, TimeSpan.Zero, Missing.Counts);
        tally.TakeOthers(_box.Root, ["films"], new HashSet<string>([.. odd, "seeds/whole.mkv"]));
        Assert.Equal((1, null), (tally.Files, tally.Fault));
    }

    [Fact]
    public async Task No_new_file_counts_as_whole_before_the_client_has_told_what_it_fetches()
    {
        _box.Put("../seeds/half.mkv", 70_000, 3);
        var none = new HashSet<string>();
        Assert.Equal(0, await ReadyAfter(TorrentPlaces.None with { WasTold = false }));
        Assert.Equal(1, await ReadyAfter(TorrentPlaces.None));
        Assert.Equal(0, await ReadyAfter(new TorrentPlaces(none, new HashSet<string>(["seeds/half.mkv"]))));
    }

    [Fact]
    public async Task A_loop_goes_on_after_a_round_that_failed_and_ends_when_the_node_stops()
    {
        var refused = 0;
        Task Try(Func<Task> act, CancellationToken stopping) =>
            Round.TryAsync(act, _ => refused++, NullLogger.Instance, stopping);

        await Try(() => throw new ArgumentException("null character in path"), Cancellation);
        await Try(() => throw new TaskCanceledException(), CancellationToken.None);
        Assert.Equal(0, refused);
        await Try(() => throw new IOException(), Cancellation);
        Assert.Equal(1, refused);
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => Try(() => throw new OperationCanceledException(), new CancellationToken(canceled: true)));
    }

    /// <summary>Files that would be hashed after a scan of a folder, where torrents have that.</summary>
    private async Task<int> ReadyAfter(TorrentPlaces torrents)
    {
        var volume = _box.Volume.Id;
        using var db = _box.Node.Get<Database>().OpenReader();
        var tally = new ScanTally(
            volume, StoreRows.Files(db, volume), torrents, DateTimeOffset.UtcNow, TimeSpan.FromMinutes(2),
            Missing.Counts);
        tally.Take("seeds", FolderListing.Read(_box.Root, "seeds"));
        await _box.Node.Writer.OnWriterAsync(
            writer =>
            {
                foreach (var change in tally.Changes()) change(writer);
                return 0;
            },
            Cancellation);
        return StoreRows.ToHash(db, [volume], long.MaxValue, withNew: true, 10).Count;
    }
}
