using System.Net;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What a friend may say and ask, and what of it this side goes by.</summary>
public sealed class FriendCareTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_friend_gets_no_bytes_of_what_it_says_it_keeps_and_no_answer_to_pass_on()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        var (item, f) = (Neighbours.Item, all.F.Node.Id);
        var challenge = $$"""
            {"nonce":"{{Base64UrlText.Encode(new byte[32])}}","ranges":[{"from":0,"length":9}]}
            """;
        var unknown = await all.A.Post(f, $"/net/v1/blobs/{new ItemId(Hash256.Sha256([1]))}/transfer", "");
        Assert.Equal(HttpStatusCode.NotFound, unknown.Status);
        Assert.Equal(unknown, await all.A.Post(f, $"/net/v1/blobs/{item}/transfer", ""));
        Assert.Equal(unknown, await all.A.Post(f, $"/net/v1/blobs/{item}/challenge", challenge));
        foreach (var state in new[] { FriendCopy.Asked, "coming", "damaged" })
        {
            await all.A.Node.Get<FriendBook>().PutAsync(all.Standing()! with { State = state }, Cancellation);
            Assert.Equal(
                HttpStatusCode.OK, (await all.A.Post(f, $"/net/v1/blobs/{item}/transfer", "")).Status);
            Assert.Equal(unknown, await all.A.Post(f, $"/net/v1/blobs/{item}/challenge", challenge));
        }

        // The other way it is the whole point.
        Assert.Equal(
            HttpStatusCode.OK,
            (await all.F.Post(all.A.Node.Id, $"/net/v1/blobs/{item}/challenge", challenge)).Status);
    }

    [Fact]
    public async Task What_was_wrong_counts_again_only_with_a_hash_that_was_made_after_that()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        var hashedMs = all.Lent()!.HashedMs;
        // An hour on, so that whatever the friend hashes before then was hashed too early.
        var accusedMs = all.Time.GetUtcNow().ToUnixTimeMilliseconds() + 3_600_000;
        await all.A.Node.Get<FriendBook>().PutAsync(all.Standing()! with { ProvenMs = -accusedMs }, Cancellation);
        // Its bytes are right, and any ranges are: that alone takes nothing back, nor does a hash of before.
        await Eventually.True(
            async () =>
            {
                await all.Look();
                return all.Lent()!.HashedMs > hashedMs;
            },
            () => "It is not hashed again.");
        await all.Look();
        Assert.Equal((-accusedMs, "loan_altered"), (all.Standing()!.ProvenMs, all.Standing()!.Code));
        // A friend hashes one copy twice a day at most.
        all.Time.Skip(TimeSpan.FromHours(13));
        await all.Reaches(() => all.Standing() is { ProvenMs: > 0, Code: null });
        Assert.True(all.Lent()!.HashedMs > accusedMs);
    }

    [Fact]
    public async Task A_friend_has_one_lock_of_an_item_however_often_it_asks_and_none_once_the_loan_is_over()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        var (a, item, locks) = (all.A.Node.Id, Neighbours.Item, all.F.Node.Get<LentLocks>());
        for (uint n = 1; n <= 3; n++) Assert.Contains("\"code\":\"\"", (await Ask(n)).Body);
        Assert.Equal(Intent(3), Assert.Single(all.F.Node.Get<LoanBook>().Locks()).Intent);
        Assert.True(locks.IsLocked(a, item));
        // What one friend was promised binds no other's copy.
        Assert.False(locks.IsLocked(all.G.Node.Id, item));
        var loan = all.F.Node.Get<LoanBook>().Find(a)!;
        await all.F.Node.Get<LoanBook>().PutAsync(loan with { EndsMs = 1 }, Cancellation);
        Assert.Contains("\"code\":\"lock_not_held\"", (await Ask(4)).Body);

        EventRef Intent(uint n) => new(new ChainId(a, default), 1, n);

        Task<(HttpStatusCode Status, string Body)> Ask(uint n) => all.F.Post(
            a, LockEndpoints.Path,
            $$"""
            {"item":"{{item}}","ask":"000000000000000{{n}}",
             "intent":"{{Base64UrlText.Encode(LockBytes.Of(Intent(n)))}}"}
            """);
    }

    [Fact]
    public async Task A_loan_that_is_taken_back_deletes_nothing_and_what_was_set_aside_is_kept_again()
    {
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var all = await Neighbours.Start(time, quarantineMs: 60_000);
        await all.Keep();
        Assert.Null((await all.F.Node.Get<Lending>().EndAsync(all.A.Node.Id, apply: true, Cancellation)).Problem);
        time.SetAhead(TimeSpan.FromDays(14) + TimeSpan.FromMinutes(5));
        await all.F.Node.Get<LentUpkeep>().RunAsync(Cancellation);
        Assert.Equal((LentState.Aside, "loan_ending"), (all.Lent()!.State, all.Lent()!.Code));
        Assert.Null((await all.Lend(all.A, 2 * Neighbours.Size)).Problem);
        time.SetAhead(TimeSpan.FromDays(14) + TimeSpan.FromMinutes(10));
        await all.F.Node.Get<LentUpkeep>().RunAsync(Cancellation);
        // Set aside still, or put back by now.
        Assert.True(File.Exists(all.LentFile + ".aside") || File.Exists(all.LentFile));
        await all.Reaches(() => all.Lent() is { State: LentState.Kept, HashedMs: not null } && all.Verified() == 3);
        Assert.True(File.Exists(all.LentFile));
        Assert.False(File.Exists(all.LentFile + ".aside"));
    }

    [Fact]
    public async Task What_a_crash_left_in_its_place_is_deleted_with_what_is_set_aside()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        // As after a rename back that was never noted.
        await all.F.Node.Get<LoanBook>().PutAsync(
            all.Lent()! with { State = LentState.Aside, AsideMs = 1 }, Cancellation);
        var word = await all.A.Node.Get<FriendCare>()
            .AskAsync(all.F.Node.Id, Neighbours.Item, LoanActs.Purge, 0, Cancellation);
        Assert.Equal(LentState.None, word.State);
        Assert.False(File.Exists(all.LentFile));
        Assert.Null(all.Lent());
    }

    [Fact]
    public async Task A_copy_that_was_whole_goes_only_as_a_copy_does_whatever_the_log_says_just_now()
    {
        await using var all = await Neighbours.Start(quarantineMs: 60_000);
        await all.Keep();
        Assert.Null(await all.A.Node.Get<FriendCare>().SayAsync(
            all.Device, Neighbours.Item, HoldingState.Partial, Evidence.Claimed, Cancellation));
        var (_, begun, _) = await all.A.Node.Get<FriendDrop>()
            .DropAsync(Neighbours.Item, all.F.Node.Id, apply: true, Cancellation);
        Assert.True(begun);
        Assert.NotNull(all.Lent());
        Assert.Equal(Neighbours.Item, Assert.Single(all.A.Node.Get<ReleaseBook>().Releases).Progress.Item);
    }

    [Fact]
    public async Task A_copy_that_cannot_be_read_counts_no_more_and_is_tried_again_after_a_while()
    {
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var all = await Neighbours.Start(time);
        await all.Keep();
        await using (new FileStream(all.LentFile, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            await all.F.Node.Get<LoanBook>().PutAsync(all.Lent()! with { DueMs = 1 }, Cancellation);
            await all.F.Node.Get<LentUpkeep>().RunAsync(Cancellation);
            Assert.Equal((LentState.Damaged, null), (all.Lent()!.State, all.Lent()!.HashedMs));
            await all.Look();
            Assert.Equal((LentState.Coming, 2), (all.Lent()!.State, all.Verified()));
        }

        await all.F.Node.Get<LentUpkeep>().RunAsync(Cancellation);
        Assert.Equal(LentState.Coming, all.Lent()!.State);
        time.SetAhead(TimeSpan.FromMinutes(11));
        await all.Reaches(() => all.Lent() is { State: LentState.Kept } && all.Verified() == 3);
    }

    [Fact]
    public async Task A_loan_on_a_volume_that_is_gone_for_good_ends_at_once()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        all.F.Node.Get<Volumes>().Forget(all.F.Volume.Id);
        Assert.Null((await all.F.Node.Get<Lending>().EndAsync(all.A.Node.Id, apply: false, Cancellation)).Problem);
        Assert.NotNull(all.Lent());
        Assert.Null((await all.F.Node.Get<Lending>().EndAsync(all.A.Node.Id, apply: true, Cancellation)).Problem);
        Assert.Null(all.Lent());
        Assert.Empty(all.F.Node.Get<LoanBook>().Loans());
    }

    [Fact]
    public async Task A_fetch_that_takes_longer_than_its_slice_stops_without_a_fault_and_goes_on_later()
    {
        await using var all = await Neighbours.Start();
        var upkeep = all.F.Node.Get<LentUpkeep>();
        upkeep.Slice = TimeSpan.Zero;
        await all.A.Hold(Neighbours.Film, Neighbours.Size, 7);
        Assert.Null((await all.Lend(all.A, 2 * Neighbours.Size)).Problem);
        Assert.Null(await all.Ask(apply: true));
        await Eventually.True(() => all.Lent() is not null, "It is not asked for.", all.F.Node);
        for (var look = 0; look < 3; look++) await upkeep.RunAsync(Cancellation);
        Assert.Equal((LentState.Coming, null), (all.Lent()!.State, all.Lent()!.Code));
        upkeep.Slice = TimeSpan.FromMinutes(1);
        await all.Reaches(() => all.Standing() is { State: "kept" });
    }

    [Fact]
    public async Task Who_does_not_answer_is_asked_for_one_copy_and_not_for_each()
    {
        await using var all = await Neighbours.Start();
        var book = all.F.Node.Get<LoanBook>();
        var (a, items) = await Coming(all);
        await all.A.Node.Stop();
        await all.F.Node.Get<LentUpkeep>().RunAsync(Cancellation);
        Assert.Equal("unreachable", book.Find(a, items[0])!.Code);
        Assert.Equal((LentState.Coming, null), (book.Find(a, items[1])!.State, book.Find(a, items[1])!.Code));
    }

    [Fact]
    public async Task A_copy_that_its_owner_has_wrong_keeps_no_other_from_coming()
    {
        await using var all = await Neighbours.Start();
        var book = all.F.Node.Get<LoanBook>();
        var (a, items) = await Coming(all);
        all.A.Rot(all.A.Store.Find(items[0])!.Name, 1000);
        await all.F.Node.Get<LentUpkeep>().RunAsync(Cancellation);
        Assert.Equal((LentState.Coming, "malformed"), (book.Find(a, items[0])!.State, book.Find(a, items[0])!.Code));
        Assert.Equal(LentState.Kept, book.Find(a, items[1])!.State);
    }

    [Fact]
    public async Task A_copy_that_is_fetched_again_is_not_read_at_every_look_while_its_owner_is_away()
    {
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var all = await Neighbours.Start(time);
        await all.Keep();
        var (book, upkeep, copy) = (
            all.F.Node.Get<LoanBook>(), all.F.Node.Get<LentUpkeep>(), all.Lent()! with { State = LentState.Coming });
        var path = all.LentFile;
        await all.A.Node.Stop();
        var bytes = await File.ReadAllBytesAsync(path, Cancellation);
        bytes[1000] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Cancellation);
        await book.PutAsync(copy, Cancellation);
        await upkeep.RunAsync(Cancellation);
        Assert.Equal("unreachable", book.Find(copy.Friend, copy.Item)!.Code);
        // Not tried again so soon, nothing is said of it.
        await book.PutAsync(copy, Cancellation);
        await upkeep.RunAsync(Cancellation);
        Assert.Null(book.Find(copy.Friend, copy.Item)!.Code);
        time.SetAhead(TimeSpan.FromMinutes(11));
        await upkeep.RunAsync(Cancellation);
        Assert.Equal("unreachable", book.Find(copy.Friend, copy.Item)!.Code);
    }

    /// <summary>Two items of the first device that the friend is to fetch, in the order in which it does.</summary>
    private static async Task<(NodeId Owner, IReadOnlyList<ItemId> Items)> Coming(Neighbours all)
    {
        List<ItemId> items = [await all.A.Hold("a.mkv", 300_000, 8), await all.A.Hold("b.mkv", 300_000, 9)];
        items.Sort();
        Assert.Null((await all.Lend(all.A, 1_000_000)).Problem);
        var a = all.A.Node.Id;
        foreach (var item in items)
        {
            await all.A.Node.Get<FriendBook>().PutAsync(
                new FriendCopy(all.F.Node.Id, item, IsOwn: true, FriendCopy.Asked, null, 0), Cancellation);
            await all.F.Node.Get<LoanBook>().PutAsync(
                new LentCopy(a, item, all.F.Volume.Id, 300_000, LentState.Coming, null, null, 1, null), Cancellation);
        }

        return (a, items);
    }
}
