using System.Net;
using System.Text;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>A friend keeps copies for a fleet: first degree, proven, and nobody else's business.</summary>
public sealed class FriendCopyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_friend_fetches_an_item_and_its_proven_copy_counts_for_the_fleet()
    {
        await using var all = await Neighbours.Start();
        await all.A.Hold(Neighbours.Film, Neighbours.Size, 7);
        await all.A2.Hold(Neighbours.Film, Neighbours.Size, 7);
        Assert.Equal("nothing_lent", await all.Ask(apply: true));
        Assert.Null((await all.Lend(all.A, 2 * Neighbours.Size)).Problem);
        Assert.Equal("item_private", await all.Ask(apply: true, isOwn: false));
        Assert.Null(await all.Ask(apply: false));
        Assert.Null(all.Standing());
        Assert.Null(all.Lent());
        await all.Keep();
        Assert.Equal(MediaBox.Bytes(Neighbours.Size, 7), await File.ReadAllBytesAsync(all.LentFile, Cancellation));
        Assert.Equal(Neighbours.Size, all.F.Node.Get<LoanBook>().Used(all.A.Node.Id).Bytes);
        Assert.Equal(Neighbours.Size, all.Device.FreeBytes);
        // The other device of the fleet learns that a friend has it, and not who.
        await Eventually.True(() => all.Verified(all.A2) == 3, "The fleet does not hear of it.", all.A2.Node);
        var device = all.A2.Node.Get<FleetBook>().Read(s => s.Devices[all.Device.Device]);
        Assert.True(device is { IsFriends: true, IsOffsite: true });
        Assert.Equal(all.A.Node.Id, device.Steward);
        Assert.Equal("a friend", device.Name);
        Assert.Matches("^friend [0-9a-f]{12}$", device.Zone);
        Assert.DoesNotContain(
            all.A2.Node.Get<FleetBook>().Read(s => s.Devices.Values.ToList()),
            d => d.Id == DeviceId.Of(all.F.Node.Id));
        // The friend's own fleet hears nothing, and the friend has no item of it.
        Assert.Null(all.F.Node.Get<ItemStore>().Find(Neighbours.Item));
        Assert.Empty(all.F.Node.Get<ItemStore>().Held());
        Assert.Equal((0, 0), all.F.Node.Get<FleetBook>().Read(s => (s.Items.Count, s.HeldItems.Count)));
    }

    [Fact]
    public async Task No_name_of_a_file_reaches_the_friend_or_a_log()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        var name = Path.GetFileNameWithoutExtension(Neighbours.Film);
        Assert.DoesNotContain(
            Directory.GetFiles(all.F.Root, "*", SearchOption.AllDirectories),
            file => file.Contains(name, StringComparison.Ordinal));
        foreach (var box in new[] { all.A, all.F })
            Assert.All(
                box.Node.Get<LogMemory>().After(0),
                entry => Assert.DoesNotContain(name, entry.Message, StringComparison.Ordinal));
        // What it does not say it has, it may fetch.
        await all.A.Node.Get<FriendBook>().PutAsync(all.Standing()! with { State = "coming" }, Cancellation);
        var (_, offered) = await Post(all.A, all.F.Node.Id, $"/net/v1/blobs/{Neighbours.Item}/transfer", "");
        Assert.Contains($"\"name\":\"{Neighbours.Item}\"", offered);
        Assert.DoesNotContain(name, offered);
        var database = Directory.GetFiles(all.F.Node.Home, "node.db*").SelectMany(Shared).ToArray();
        Assert.True(database.AsSpan().IndexOf(Neighbours.Item.Value.ToArray()) >= 0);
        Assert.False(database.AsSpan().IndexOf(Encoding.UTF8.GetBytes(name)) >= 0);
    }

    [Fact]
    public async Task Another_friend_of_the_friend_gets_the_answer_of_what_is_not_there()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        Assert.Null((await all.Lend(all.G, 1000)).Problem);
        var (item, other) = (Neighbours.Item, new ItemId(Hash256.Sha256([1])));
        var g = all.G.Node.Id;
        const string Look = """{"act":"look","ask":"0000000000000001"}""";
        var unknown = await Post(all.F, g, $"/net/v1/blobs/{other}/transfer", "");
        Assert.Equal(HttpStatusCode.NotFound, unknown.Status);
        Assert.Equal(unknown, await Post(all.F, g, $"/net/v1/blobs/{item}/transfer", ""));
        Assert.Equal(
            unknown, await Post(
                all.F, g, $"/net/v1/blobs/{item}/challenge",
                $$"""{"nonce":"{{Base64UrlText.Encode(new byte[32])}}","ranges":[{"from":0,"length":9}]}"""));
        Assert.Equal(
            unknown, await Post(
                all.F, g, LockEndpoints.Path,
                $$"""
                {"item":"{{item}}","ask":"0000000000000001",
                 "intent":"{{Base64UrlText.Encode(LockBytes.Of(new EventRef(new ChainId(g, default), 1, 2)))}}"}
                """));
        // To whom something is lent: signed, of its own copies, and the same for both.
        foreach (var asked in new[] { item, other })
        {
            var (status, body) = await Post(all.F, g, $"{LoanEndpoints.Path}/{asked}", Look);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Contains("\"state\":\"none\"", body);
        }

        // And to whom nothing is: the fleet's other device is no friend of the lender.
        foreach (var stranger in new[] { all.A2.Node.Id, new NodeId(Hash256.Sha256([9])) })
        {
            Assert.Equal(unknown, await Post(all.F, stranger, $"{LoanEndpoints.Path}/{item}", Look));
            Assert.Equal(unknown, await Post(all.F, stranger, $"/net/v1/blobs/{item}/transfer", ""));
        }

        await all.F.Node.Get<RingBook>().RevokeAsync(all.A.Node.Id, Cancellation);
        Assert.Equal(unknown, await Post(all.F, all.A.Node.Id, $"{LoanEndpoints.Path}/{item}", Look));
        Assert.Equal(unknown, await Post(all.F, all.A.Node.Id, $"/net/v1/blobs/{item}/transfer", ""));
        Assert.True(File.Exists(all.LentFile));
    }

    [Fact]
    public async Task A_copy_that_changed_on_the_friends_disk_counts_no_more_until_it_is_fetched_again()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        Rot(all.LentFile);
        // The steward challenges once a day.
        await all.A.Node.Get<FriendBook>().PutAsync(all.Standing()! with { ProvenMs = 1 }, Cancellation);
        await all.A.Node.Get<FriendTick>().RunAsync(Cancellation);
        Assert.Equal("loan_altered", all.Standing()!.Code);
        Assert.Null(all.Said()!.ProvenMs);
        Assert.Equal(2, all.Verified());
        await all.Reaches(() => all.Verified() == 3);
        Assert.Equal(MediaBox.Bytes(Neighbours.Size, 7), await File.ReadAllBytesAsync(all.LentFile, Cancellation));
    }

    [Fact]
    public async Task A_copy_that_vanished_from_the_friends_disk_is_known_at_the_next_look_and_fetched_again()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        File.Delete(all.LentFile);
        await all.A.Node.Get<FriendTick>().RunAsync(Cancellation);
        Assert.Equal(HoldingState.Partial, all.Said()!.State);
        Assert.Equal(2, all.Verified());
        await all.Reaches(() => all.Verified() == 3);
        Assert.True(File.Exists(all.LentFile));
    }

    [Fact]
    public async Task An_unplugged_disk_of_the_friend_is_no_loss_and_no_lock()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        var marker = Path.Combine(all.F.Root, ".anarchive/volume");
        File.Move(marker, marker + ".away");
        await all.Look();
        Assert.Equal(("kept", "volume_marker_missing"), (all.Standing()!.State, all.Standing()!.Code));
        Assert.Equal(HoldingState.Present, all.Said()!.State);
        await all.A.Node.Get<ReleaseDesk>().ApplyAsync(Neighbours.Item, null, default, Cancellation);
        var book = all.A.Node.Get<ReleaseBook>();
        await Eventually.True(
            () => book.Releases.SingleOrDefault()?.Progress.Stage == ReleaseStage.Ended, "It does not end.",
            all.A.Node);
        Assert.Equal(
            ReleaseCodes.LockVolumeAbsent, Assert.Single(book.Releases.Single().Progress.Refused).Code);
        File.Move(marker + ".away", marker);
        var (_, problem) = await all.F.Node.Get<VolumeRemoval>()
            .RemoveAsync(all.F.Volume.Id, null, null, Cancellation);
        Assert.Equal("volume_lent", problem!.Code);
        await all.Look();
        Assert.Null(all.Standing()!.Code);
        Assert.Equal(3, all.Verified());
    }

    [Fact]
    public async Task Who_is_no_friend_any_more_is_asked_nothing_and_its_copy_counts_no_more()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        Assert.Null((await all.A.Node.Get<PairingActs>().RevokeAsync(
            all.F.Node.Id.ToString(), dryRun: false, Cancellation)).Problem);
        await all.A.Node.Get<FriendTick>().RunAsync(Cancellation);
        Assert.Equal("friend_unknown", all.Standing()!.Code);
        Assert.Equal(2, all.Verified());
        Assert.Equal("friend_unknown", await all.Ask(apply: true));
        Assert.True(File.Exists(all.LentFile));
    }

    [Fact]
    public async Task What_every_device_lost_comes_back_from_the_friend()
    {
        await using var all = await Neighbours.Start();
        await all.A.Say(new PolicySet(Policy.DefaultName, 2, 3, 1, 0, AutoCopy: true));
        await all.Keep();
        foreach (var box in new[] { all.A, all.A2 })
        {
            File.Delete(box.At(Neighbours.Film));
            box.Put("other.mkv", 1000, 1);
            for (var look = 0; look < 2; look++) await box.Look(ownerLetsGo: true);
            Assert.Equal(HoldingState.Gone, box.Held(Neighbours.Item)!.State);
        }

        await Eventually.True(() => all.Verified() == 1, "The loss is not known.", all.A.Node);
        await all.Reaches(() => all.A.Store.Find(Neighbours.Item) is not null);
        var back = all.A.Store.Find(Neighbours.Item)!;
        Assert.Equal(
            MediaBox.Bytes(Neighbours.Size, 7), await File.ReadAllBytesAsync(back.FullPath, Cancellation));
        await Eventually.True(() => all.Verified() >= 2, "It does not count.", all.A.Node);
    }

    [Fact]
    public async Task A_loan_takes_no_more_than_it_is_for_and_is_not_made_smaller_than_its_copies()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        var more = await all.A.Hold("more.mkv", Neighbours.Size + 1, 8);
        var (proposal, _) = await all.A.Node.Get<FriendKeep>()
            .KeepAsync(more, all.F.Node.Id, isOwn: true, apply: true, Cancellation);
        Assert.Equal("loan_full", proposal!.Code);
        // The lender does not go by what the other side reckons.
        var word = await all.A.Node.Get<FriendCare>()
            .AskAsync(all.F.Node.Id, more, LoanActs.Keep, Neighbours.Size + 1, Cancellation);
        Assert.Equal((LentState.None, "loan_full"), (word.State, word.Code));
        // Who says a smaller size gets nothing by it.
        word = await all.A.Node.Get<FriendCare>().AskAsync(all.F.Node.Id, more, LoanActs.Keep, 10, Cancellation);
        Assert.Equal(LentState.Coming, word.State);
        await Eventually.True(
            async () =>
            {
                await all.F.Node.Get<LentUpkeep>().RunAsync(Cancellation);
                return all.F.Node.Get<LoanBook>().Find(all.A.Node.Id, more)?.Code is not null;
            },
            () => "It is not refused.");
        Assert.Equal(LentState.Coming, all.F.Node.Get<LoanBook>().Find(all.A.Node.Id, more)!.State);
        Assert.Equal("loan_below_use", (await all.Lend(all.A, Neighbours.Size)).Problem!.Code);
    }

    [Fact]
    public async Task Without_an_end_to_the_notice_nothing_is_taken_and_after_it_copies_are_set_aside_for_a_week()
    {
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var all = await Neighbours.Start(time);
        await all.Keep();
        var lending = all.F.Node.Get<Lending>();
        Assert.NotNull((await lending.EndAsync(all.A.Node.Id, apply: false, Cancellation)).Loan!.Loan.EndsMs);
        Assert.Null(all.F.Node.Get<LoanBook>().Find(all.A.Node.Id)!.EndsMs);
        Assert.Null((await lending.EndAsync(all.A.Node.Id, apply: true, Cancellation)).Problem);
        await all.Look();
        var ends = all.Device.EndsMs!.Value - DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Assert.InRange(ends, LoanRules.NoticeMs - 120_000, LoanRules.NoticeMs + 1_000);
        Assert.Equal(3, all.Verified());
        Assert.True(File.Exists(all.LentFile));
        var more = await all.A.Hold("more.mkv", 1000, 8);
        Assert.Equal(
            "loan_ending", (await all.A.Node.Get<FriendKeep>().KeepAsync(
                more, all.F.Node.Id, isOwn: true, apply: true, Cancellation)).Proposal!.Code);
        time.SetAhead(TimeSpan.FromDays(14) - TimeSpan.FromMinutes(5));
        await all.F.Node.Get<LentUpkeep>().RunAsync(Cancellation);
        Assert.True(File.Exists(all.LentFile));
        time.SetAhead(TimeSpan.FromDays(14) + TimeSpan.FromMinutes(5));
        await all.F.Node.Get<LentUpkeep>().RunAsync(Cancellation);
        Assert.False(File.Exists(all.LentFile));
        Assert.True(File.Exists(all.LentFile + ".aside"));
        Assert.Equal(LentState.Aside, all.Lent()!.State);
        time.SetAhead(TimeSpan.FromDays(14) + TimeSpan.FromMinutes(10));
        await all.F.Node.Get<LentUpkeep>().RunAsync(Cancellation);
        Assert.Null(all.F.Node.Get<LoanBook>().Find(all.A.Node.Id));
        Assert.False(File.Exists(all.LentFile + ".aside"));
    }

    [Fact]
    public async Task An_end_that_is_taken_back_brings_the_copy_back_from_where_it_was_set_aside()
    {
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var all = await Neighbours.Start(time, quarantineMs: 600_000);
        await all.Keep();
        Assert.Null((await all.F.Node.Get<Lending>().EndAsync(all.A.Node.Id, apply: true, Cancellation)).Problem);
        time.SetAhead(TimeSpan.FromDays(14) + TimeSpan.FromMinutes(5));
        await all.F.Node.Get<LentUpkeep>().RunAsync(Cancellation);
        Assert.Equal(LentState.Aside, all.Lent()!.State);
        time.SetAhead(TimeSpan.Zero);
        await all.A.Node.Get<FriendTick>().RunAsync(Cancellation);
        Assert.Equal((HoldingState.Quarantined, 2), (all.Said()!.State, all.Verified()));
        Assert.Null((await all.Lend(all.A, 2 * Neighbours.Size)).Problem);
        await all.Reaches(() => all.Verified() == 3);
        Assert.True(File.Exists(all.LentFile));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(all.LentFile)!));
    }

    [Fact]
    public async Task A_device_lets_its_copy_go_under_the_lock_of_a_friend_but_never_the_last_one_at_home()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        // Floor 2: the friend fills one place, the other device the other.
        var (started, problem) = await all.A.Node.Get<ReleaseDesk>()
            .ApplyAsync(Neighbours.Item, null, default, Cancellation);
        Assert.Null(problem?.Code ?? started!.Code);
        var book = all.A.Node.Get<ReleaseBook>();
        await Eventually.True(
            () => book.Releases.SingleOrDefault()?.Progress.Stage == ReleaseStage.Ended, "It does not end.",
            all.A.Node);
        Assert.Equal(ReleaseCodes.Purged, book.Releases.Single().Progress.Outcome);
        Assert.Null(all.A.Store.Find(Neighbours.Item));
        Assert.True(all.F.Node.Get<LentLocks>().IsLocked(all.A.Node.Id, Neighbours.Item));
        // While it is promised, the friend does not take it away, whoever tells it to.
        var word = await all.A.Node.Get<FriendCare>()
            .AskAsync(all.F.Node.Id, Neighbours.Item, LoanActs.Aside, 0, Cancellation);
        Assert.Equal((LentState.Kept, "loan_locked"), (word.State, word.Code));
        Assert.True(File.Exists(all.LentFile));
        // The other device cannot ask that friend: its copy is the one that stays.
        var proposal = all.A2.Node.Get<ReleaseDesk>().Propose(Neighbours.Item, null)!;
        Assert.Equal((ReleaseCodes.LockedForOther, 0), (proposal.Code, proposal.Elsewhere));
    }

    [Fact]
    public async Task A_friend_whose_disk_changed_the_copy_promises_nothing()
    {
        await using var all = await Neighbours.Start();
        await all.Keep();
        Rot(all.LentFile);
        await all.A.Node.Get<ReleaseDesk>().ApplyAsync(Neighbours.Item, null, default, Cancellation);
        var book = all.A.Node.Get<ReleaseBook>();
        await Eventually.True(
            () => book.Releases.SingleOrDefault()?.Progress.Stage == ReleaseStage.Ended, "It does not end.",
            all.A.Node);
        var ended = book.Releases.Single().Progress;
        Assert.Equal(ReleaseCodes.LocksMissing, ended.Outcome);
        Assert.Equal(
            new LockRefusal(all.Device.Device, ReleaseCodes.LockBytesWrong), Assert.Single(ended.Refused));
        Assert.NotNull(all.A.Store.Find(Neighbours.Item));
    }

    private static byte[] Shared(string path)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static void Rot(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[1000] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    private static Task<(HttpStatusCode Status, string Body)> Post(
        MediaBox to, NodeId caller, string path, string body) => to.Post(caller, path, body);
}
