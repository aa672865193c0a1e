using System.Net;
using System.Net.Http.Headers;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>How items travel between the devices of a fleet, and what stops them.</summary>
public sealed class CopyTests : IAsyncLifetime
{
    // Forty pieces, in several requests.
    private const int Size = 10 * 1024 * 1024 - 77;

    private MediaBox _source = null!;
    private MediaBox _target = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _source = await MediaBox.Start();
        _target = await MediaBox.Start(with: o => o with { FleetCopyBytesPerSecond = 0 });
        await Pairings.Pair(_source.Node, _target.Node, InviteKind.Device);
    }

    public async ValueTask DisposeAsync()
    {
        await _target.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Fact]
    public async Task A_copy_comes_whole_and_only_then_is_held()
    {
        var item = await _source.Hold("A Film (1999).mkv", Size, 1);
        var copy = await _target.Pull(item, _target.From(_source));
        Assert.Equal("A Film (1999).mkv", copy.Name);
        Assert.Equal(Path.Combine(_target.Root, "Anarchive", copy.Name), copy.FullPath);
        Assert.Equal(MediaBox.Bytes(Size, 1), await File.ReadAllBytesAsync(copy.FullPath, Cancellation));
        Assert.NotNull(_source.Store.Find(item));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_target.Root, ".anarchive/incoming")));
        await _target.Look();
        var told = Assert.Single(_target.Told);
        Assert.Equal((item, 1, HoldingState.Present), (told.Item, told.Gen, told.State));
        Assert.NotNull(told.HashedMs);
    }

    [Fact]
    public async Task A_copy_that_is_here_is_not_fetched_again()
    {
        var bent = new BentItems(MediaBox.Bytes(Size, 1), 1);
        var first = await _target.Pull(bent.Item, bent.Source);
        var asked = bent.Asked.Count;
        Assert.Equal(first, await _target.Pull(bent.Item, bent.Source));
        Assert.Equal(asked, bent.Asked.Count);
    }

    [Fact]
    public async Task A_name_that_is_taken_gets_a_suffix_and_the_other_file_stays()
    {
        Directory.CreateDirectory(Path.Combine(_target.Root, "Anarchive"));
        await File.WriteAllTextAsync(Path.Combine(_target.Root, "Anarchive/a.mkv"), "mine", Cancellation);
        var item = await _source.Hold("a.mkv", Size, 1);
        Assert.Equal("a (2).mkv", (await _target.Pull(item, _target.From(_source))).Name);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(_target.Root, "Anarchive/a.mkv"), Cancellation));
    }

    [Theory]
    [InlineData("../../../../etc/passwd", "etcpasswd")]
    [InlineData("/etc/passwd", "etcpasswd")]
    [InlineData("..", null)]
    [InlineData("", null)]
    [InlineData(".anarchive", "anarchive")]
    public async Task A_name_never_leads_out_of_the_folder(string said, string? becomes)
    {
        var bent = new BentItems(MediaBox.Bytes(1000, 1), 1) { Name = said };
        var copy = await _target.Pull(bent.Item, bent.Source);
        Assert.Equal(Path.Combine(_target.Root, "Anarchive", becomes ?? bent.Item.ToString()), copy.FullPath);
    }

    [Fact]
    public async Task A_source_that_lies_is_left_alone_and_another_gives_the_rest()
    {
        var item = await _source.Hold("a.mkv", Size, 1);
        _source.Rot("a.mkv", 5_000_000);
        var honest = new BentItems(MediaBox.Bytes(Size, 1), 1);
        var copy = await _target.Pull(item, _target.From(_source), honest.Source);
        Assert.Equal(MediaBox.Bytes(Size, 1), await File.ReadAllBytesAsync(copy.FullPath, Cancellation));
        Assert.DoesNotContain(0, honest.Asked);
        Assert.True(_target.Node.Get<SourceBans>().IsBanned(_source.Node.Id));
    }

    [Fact]
    public async Task Nothing_is_held_where_the_only_source_lies()
    {
        var item = await _source.Hold("a.mkv", Size, 1);
        _source.Rot("a.mkv", 10);
        Assert.Equal("no_source", await Refused(() => _target.Pull(item, _target.From(_source))));
        Assert.Empty(_target.Store.Held());
        Assert.False(Directory.Exists(Path.Combine(_target.Root, "Anarchive")));
    }

    [Fact]
    public async Task Hashes_that_are_not_the_items_are_not_believed()
    {
        var bent = new BentItems(MediaBox.Bytes(Size, 1), 1) { BendLayer = l => [.. l.AsSpan(0, l.Length - 1), 0] };
        Assert.Equal("no_source", await Refused(() => _target.Pull(bent.Item, bent.Source)));
        Assert.Empty(bent.Asked);
    }

    [Fact]
    public async Task A_source_that_stops_sending_is_not_waited_for()
    {
        var bent = new BentItems(MediaBox.Bytes(Size, 1), 1)
        {
            Bend = async (from, bytes, cancellation) =>
            {
                if (from > 0) await Task.Delay(Timeout.Infinite, cancellation);
                return bytes;
            },
        };
        var other = new BentItems(MediaBox.Bytes(Size, 1), 2);
        await _target.Pull(bent.Item, bent.Source, other.Source);
        Assert.DoesNotContain(0, other.Asked);
    }

    [Fact]
    public async Task A_source_that_died_is_gone_on_with_where_it_stopped()
    {
        var dead = new BentItems(MediaBox.Bytes(Size, 1), 1)
        {
            Bend = (from, bytes, _) => from == 0
                ? Task.FromResult(bytes)
                : throw new HttpRequestException("The connection broke."),
        };
        Assert.Equal("no_source", await Refused(() => _target.Pull(dead.Item, dead.Source)));
        await _target.Node.Restart(stopFirst: true);
        var back = new BentItems(MediaBox.Bytes(Size, 1), 2);
        await _target.Pull(back.Item, back.Source);
        Assert.DoesNotContain(0, back.Asked);
        Assert.NotEmpty(back.Asked);
    }

    [Fact]
    public async Task What_is_on_disk_of_a_copy_is_checked_again_before_it_is_gone_on_with()
    {
        var bent = new BentItems(MediaBox.Bytes(Size, 1), 1);
        var part = CopyDraft.PathOf(_target.Volume, bent.Item);
        Directory.CreateDirectory(Path.GetDirectoryName(part)!);
        var half = MediaBox.Bytes(Size, 1).AsSpan(0, Size / 2).ToArray();
        half[300_000] ^= 1;
        await File.WriteAllBytesAsync(part, half, Cancellation);
        var copy = await _target.Pull(bent.Item, bent.Source);
        Assert.Equal(MediaBox.Bytes(Size, 1), await File.ReadAllBytesAsync(copy.FullPath, Cancellation));
        // The second piece was spoilt, the first was not.
        Assert.Equal(256 * 1024, bent.Asked.First());
    }

    [Fact]
    public async Task A_copy_that_had_its_name_when_the_process_ended_is_not_fetched_again()
    {
        var bent = new BentItems(MediaBox.Bytes(Size, 1), 1);
        await _target.Pull(bent.Item, bent.Source);
        var asked = bent.Asked.Count;
        await _target.Node.Writer.OnWriterAsync(
            db =>
            {
                using var all = db.CreateCommand();
                all.CommandText = "DELETE FROM store_files; DELETE FROM store_held";
                return all.ExecuteNonQuery();
            },
            Cancellation);
        await _target.Pull(bent.Item, bent.Source);
        Assert.Equal(asked, bent.Asked.Count);
        Assert.Equal(HoldingState.Present, _target.Held(bent.Item)!.State);
    }

    [Fact]
    public async Task A_volume_that_is_unplugged_midway_ends_the_copy_and_nothing_is_written_in_its_place()
    {
        var bent = new BentItems(MediaBox.Bytes(Size, 1), 1)
        {
            Bend = (from, bytes, _) =>
            {
                if (from == 0) Directory.Move(_target.Root, _target.Root + ".away");
                return Task.FromResult(bytes);
            },
        };
        Assert.Equal(
            VolumeAbsence.RootMissing, await Refused(() => _target.Pull(bent.Item, bent.Source)));
        Assert.False(Directory.Exists(_target.Root));
        Directory.Move(_target.Root + ".away", _target.Root);
        await _target.Pull(bent.Item, bent.Source);
        Assert.NotNull(_target.Store.Find(bent.Item));
    }

    [Fact]
    public async Task A_file_that_changes_at_its_source_is_given_no_more()
    {
        var item = await _source.Hold("a.mkv", Size, 1);
        var offer = await Client().OfferAsync(item, Cancellation);
        _source.Put("a.mkv", Size, 2);
        var gone = await Assert.ThrowsAsync<PeerException>(
            () => Client().RangeAsync(item, offer.Token, 0, new byte[10], Cancellation));
        Assert.Equal("not_found", gone.Code);
        Assert.Equal("no_source", await Refused(() => _target.Pull(item, _target.From(_source))));
    }

    [Fact]
    public async Task A_copy_stops_at_the_days_bound_and_goes_on_the_next_day()
    {
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var box = await MediaBox.Start(
            time, with: o => o with { FleetCopyBytesPerSecond = 0, FleetCopyBytesPerDay = 5_000_000 });
        var bent = new BentItems(MediaBox.Bytes(Size, 1), 1);
        Assert.Equal("daily_cap", await Refused(() => box.Pull(bent.Item, bent.Source)));
        await box.Node.Restart(stopFirst: true);
        Assert.Equal("daily_cap", await Refused(() => box.Pull(bent.Item, bent.Source)));
        Assert.Single(bent.Asked);
        time.SetAhead(TimeSpan.FromDays(1));
        Assert.Equal("daily_cap", await Refused(() => box.Pull(bent.Item, bent.Source)));
        time.SetAhead(TimeSpan.FromDays(2));
        await box.Pull(bent.Item, bent.Source);
        Assert.NotNull(box.Store.Find(bent.Item));
    }

    [Fact]
    public async Task A_disk_that_is_too_small_or_fills_up_ends_the_copy_and_keeps_what_came()
    {
        using var directory = new TemporaryDirectory();
        var disk = SmallDisk.TryMount(directory.At("small"), "8m");
        Assert.SkipWhen(disk is null, "This user may not mount a small disk.");
        using (disk)
        {
            await using (var box = await MediaBox.Start(
                root: disk!.Root, with: o => o with { FleetCopyBytesPerSecond = 0 }))
            {
                var bent = new BentItems(MediaBox.Bytes(Size, 1), 1);
                Assert.Equal("no_room", await Refused(() => box.Pull(bent.Item, bent.Source)));
                Assert.Empty(bent.Asked);
                disk.Grow("16m");
                bent.Bend = (from, bytes, _) =>
                {
                    if (from == 0) File.WriteAllBytes(Path.Combine(disk.Root, "filler"), new byte[8 * 1024 * 1024]);
                    return Task.FromResult(bytes);
                };
                Assert.Equal("no_room", await Refused(() => box.Pull(bent.Item, bent.Source)));
                File.Delete(Path.Combine(disk.Root, "filler"));
                bent.Asked.Clear();
                await box.Pull(bent.Item, bent.Source);
                Assert.DoesNotContain(0, bent.Asked);
            }
        }
    }

    [Fact]
    public async Task Strangers_and_friends_get_the_one_answer()
    {
        var item = await _source.Hold("a.mkv", Size, 1);
        var offer = await Client().OfferAsync(item, Cancellation);
        await using var friend = await LiveNode.Start(peerListen: "https://127.0.0.1:0");
        await Pairings.Pair(_source.Node, friend, InviteKind.Friend);
        var other = ItemId.Of(1, Hash256.Sha256([1]));
        foreach (var who in new[] { _target.Node.Id, friend.Id })
        {
            var token = await _source.Node.TokenFor(who);
            var isDevice = who == _target.Node.Id;
            Assert.Equal(isDevice, await Ask(HttpMethod.Post, $"{item}/transfer", token) == HttpStatusCode.OK);
            foreach (var what in new[] { item.ToString(), $"{item}/layer" })
                Assert.Equal(
                    isDevice,
                    await Ask(HttpMethod.Get, $"{what}?transfer={offer.Token}", token) == HttpStatusCode.OK);
            Assert.Equal(HttpStatusCode.NotFound, await Ask(HttpMethod.Get, $"{item}", token));
            Assert.Equal(HttpStatusCode.NotFound, await Ask(HttpMethod.Get, $"{other}?transfer={offer.Token}", token));
            Assert.Equal(HttpStatusCode.NotFound, await Ask(HttpMethod.Post, $"{other}/transfer", token));
        }

        Assert.Equal(HttpStatusCode.NotFound, await Ask(HttpMethod.Get, $"{item}?transfer={offer.Token}", null));
    }

    [Fact]
    public async Task A_transfers_token_is_for_one_item_and_one_device()
    {
        var book = new TransferBook(TimeProvider.System);
        var (one, two) = (ItemId.Of(1, Hash256.Zero), ItemId.Of(2, Hash256.Zero));
        var token = book.Issue(_target.Node.Id, one);
        Assert.Equal(_target.Node.Id, book.Resolve(token, one));
        Assert.Null(book.Resolve(token, two));
        Assert.Null(book.Resolve(token + "A", one));
        Assert.Null(book.Resolve(null, one));
        var item = await _source.Hold("a.mkv", 1000, 1);
        var offer = await Client().OfferAsync(item, Cancellation);
        Assert.NotNull(_source.Node.Get<ItemServing>().Resolve(item, offer.Token));
        Assert.Null(_source.Node.Get<ItemServing>().Resolve(item, token));
    }

    [Fact]
    public async Task A_device_that_left_the_fleet_is_given_nothing_more()
    {
        var item = await _source.Hold("a.mkv", Size, 1);
        var offer = await Client().OfferAsync(item, Cancellation);
        var (_, problem) = await _source.Node.Get<PairingActs>()
            .RevokeAsync(_target.Node.Id.ToString(), dryRun: false, Cancellation);
        Assert.Null(problem);
        var token = await _source.Node.TokenFor(_target.Node.Id);
        Assert.Equal(HttpStatusCode.NotFound, await Ask(HttpMethod.Get, $"{item}?transfer={offer.Token}", token));
        Assert.Null(_source.Node.Get<ItemServing>().Resolve(item, offer.Token));
    }

    [Fact]
    public async Task A_challenge_is_answered_from_the_bytes_and_shows_rot()
    {
        var item = await _source.Hold("a.mkv", Size, 1);
        var nonce = Hash256.Sha256([1, 2, 3]);
        ByteRange[] ranges = [new(0, 1000), new(5_000_000, 70_000), new(Size - 1, 1)];
        var mine = _target.Put("same.mkv", Size, 1);
        var expected = await FileBytes.DigestAsync(mine, nonce, ranges, Cancellation);
        Assert.Equal(expected, await Client().ChallengeAsync(item, nonce, ranges, Cancellation));
        Assert.NotEqual(expected, await Client().ChallengeAsync(item, Hash256.Zero, ranges, Cancellation));
        _source.Rot("a.mkv", 5_000_500);
        Assert.NotEqual(expected, await Client().ChallengeAsync(item, nonce, ranges, Cancellation));
        foreach (var wrong in new ByteRange[] { new(-1, 2), new(0, 0), new(Size, 1), new(0, long.MaxValue) })
            await Assert.ThrowsAsync<PeerException>(
                () => Client().ChallengeAsync(item, nonce, [wrong], Cancellation));
    }

    private ItemClient Client() => _target.Node.Get<PeerClient>().Items(_source.Node.Id);

    private async Task<HttpStatusCode> Ask(HttpMethod method, string what, string? token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(_source.Node.Address, "/net/v1/blobs/" + what));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }

    private static async Task<string> Refused(Func<Task> act) =>
        (await Assert.ThrowsAsync<CarrierException>(act)).Code;
}
