using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Copies go only under the locks of others, and come back where anything is wrong.</summary>
public sealed class ReleaseTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_excess_copy_goes_under_locks_by_quarantine_and_no_other_is_touched()
    {
        await using var home = await Household.Start();
        var proposal = home.A.Node.Get<ReleaseDesk>().Propose(Household.Item, null)!;
        Assert.Equal((null, 2, 2), (proposal.Code, proposal.Floor, proposal.Elsewhere));
        Assert.Equal(3, home.Files());
        Assert.Null(await Household.Release(home.A));
        var ended = await home.Ended(home.A);
        Assert.Equal(ReleaseCodes.Purged, ended.Outcome);
        Assert.False(Household.HasFile(home.A));
        Assert.True(Household.HasFile(home.B) && Household.HasFile(home.C));
        Assert.Empty(Directory.GetFiles(Path.Combine(home.A.Root, ".anarchive/quarantine")));
        Assert.Equal(HoldingState.Gone, home.A.Held(Household.Item)!.State);
        await Eventually.True(
            () => home.B.Node.Get<FleetBook>().Read(s => s.HoldingsOf(Household.Item).Any(h =>
                h.Device == DeviceId.Of(home.A.Node.Id) && h.State == HoldingState.Gone)),
            "The fleet does not hear of it.", home.B.Node);
        Assert.Equal(ReleaseCodes.LockedForOther, await Household.Release(home.B));
        Assert.Equal(2, home.Files());
    }

    [Fact]
    public async Task A_holder_that_is_down_locks_nothing_and_the_copy_stays()
    {
        await using var home = await Household.Start();
        var c = home.C.Node.Id;
        await home.C.Node.Stop();
        Assert.Null(await Household.Release(home.A));
        await RefusedBy(home, c, ReleaseCodes.LockNoAnswer);
    }

    [Fact]
    public async Task A_holder_whose_bytes_changed_on_its_disk_finds_out_and_refuses()
    {
        await using var home = await Household.Start();
        var c = home.C.Node.Id;
        Household.Spoil(home.C);
        Assert.Null(await Household.Release(home.A));
        await RefusedBy(home, c, ReleaseCodes.LockBytesWrong);
    }

    [Fact]
    public async Task A_holder_whose_volume_is_unplugged_refuses_and_says_nothing_is_gone()
    {
        await using var home = await Household.Start();
        var c = home.C.Node.Id;
        Household.Unplug(home.C);
        Assert.Null(await Household.Release(home.A));
        await RefusedBy(home, c, ReleaseCodes.LockVolumeAbsent);
        Assert.Equal(HoldingState.Present, home.C.Held(Household.Item)!.State);
    }

    [Fact]
    public async Task On_an_unplugged_volume_nothing_is_let_go()
    {
        await using var home = await Household.Start();
        Household.Unplug(home.A);
        Assert.Equal(ReleaseCodes.VolumeAbsent, await Household.Release(home.A));
        Assert.Null(Household.Of(home.A));
    }

    [Fact]
    public async Task A_volume_unplugged_in_the_wait_ends_it_and_the_copy_is_there_when_it_is_back()
    {
        await using var home = await Household.Start(t => t with { WaitMs = 60_000, TtlMs = 600_000 });
        Assert.Null(await Household.Release(home.A));
        await home.Reaches(home.A, ReleaseStage.Waiting);
        Household.Unplug(home.A);
        home.Time.Skip(TimeSpan.FromMinutes(2));
        Assert.Equal(ReleaseCodes.VolumeAbsent, (await home.Ended(home.A)).Outcome);
        Household.Plug(home.A);
        Assert.NotNull(home.A.Store.Find(Household.Item));
    }

    [Fact]
    public async Task Two_that_let_go_at_once_never_both_do()
    {
        await using var home = await Household.Start();
        var codes = await Task.WhenAll(Household.Release(home.A), Household.Release(home.B));
        // Who is refused at once is so by what the other began.
        Assert.Contains(codes, code => code is null);
        foreach (var box in new[] { home.A, home.B })
            if (Household.Of(box) is not null) await home.Ended(box);
        Assert.True(home.Files() >= 2);
        Assert.InRange(home.Verified(home.C), 2, 3);
    }

    [Fact]
    public async Task A_raised_floor_is_met_or_nothing_goes()
    {
        await using var home = await Household.Start();
        await home.A.Say(new PolicySet(Policy.DefaultName, 3, 3, 1, 0, AutoCopy: false));
        var proposal = home.A.Node.Get<ReleaseDesk>().Propose(Household.Item, null)!;
        Assert.Equal((ReleaseCodes.FloorUnmet, 3, 2), (proposal.Code, proposal.Floor, proposal.Elsewhere));
        Assert.Equal(ReleaseCodes.FloorUnmet, await Household.Release(home.A));
        Assert.Null(Household.Of(home.A));
    }

    [Fact]
    public async Task What_is_starred_on_this_device_stays()
    {
        await using var home = await Household.Start();
        await home.A.Say(new PinSet(
            Household.Item, PinScope.Device, PinKind.Star, DeviceId.Of(home.A.Node.Id)));
        Assert.Equal(ReleaseCodes.StillReferred, await Household.Release(home.A));
    }

    [Fact]
    public async Task A_purge_that_finds_a_holder_gone_puts_the_copy_back_and_proves_it_again()
    {
        await using var home = await Household.Start(t => t with { QuarantineMs = 600_000 });
        Assert.Null(await Household.Release(home.A));
        await home.Reaches(home.A, ReleaseStage.Quarantined);
        Assert.False(Household.HasFile(home.A));
        Household.Spoil(home.C);
        home.Time.Skip(TimeSpan.FromMinutes(11));
        var ended = await home.Ended(home.A);
        Assert.Equal(ReleaseCodes.LocksMissing, ended.Outcome);
        Assert.Equal(ReleaseCodes.LockBytesWrong, Assert.Single(ended.Refused).Code);
        Assert.True(Household.HasFile(home.A));
        await Eventually.True(
            () => home.A.Held(Household.Item) is { State: HoldingState.Present, HashedMs: not null },
            "It is not proven again.", home.A.Node);
    }

    [Fact]
    public async Task An_open_breaker_stops_everything_until_the_owner_resets_it()
    {
        await using var home = await Household.Start();
        var book = home.A.Node.Get<ReleaseBook>();
        Assert.True(await book.CountAsync(2, 6, [], Cancellation));
        Assert.Equal(ReleaseCodes.Frozen, await Household.Release(home.A));
        await home.A.Node.Restart(stopFirst: true);
        Assert.Equal(ReleaseCodes.Frozen, await Household.Release(home.A));
        await home.A.Node.Get<ReleaseBook>().ResetBreakerAsync(Cancellation);
        Assert.Null(await Household.Release(home.A));
    }

    [Fact]
    public async Task A_restarted_holder_keeps_its_word_and_a_restarted_releaser_gives_up()
    {
        await using var home = await Household.Start(t => t with { WaitMs = 200_000, TtlMs = 600_000 });
        Assert.Null(await Household.Release(home.A));
        await home.Reaches(home.A, ReleaseStage.Waiting);
        await home.B.Node.Restart(stopFirst: true);
        Assert.Equal(ReleaseCodes.LockedForOther, await Household.Release(home.B));
        await home.A.Node.Restart(stopFirst: true);
        Assert.Equal(ReleaseCodes.Abandoned, (await home.Ended(home.A)).Outcome);
        Assert.Equal(3, home.Files());
        Assert.Equal(HoldingState.Present, home.A.Held(Household.Item)!.State);
    }

    [Fact]
    public async Task Only_a_device_of_the_fleet_is_answered_and_only_for_an_intent_of_its_own()
    {
        await using var home = await Household.Start();
        await using var stranger = await LiveNode.Start();
        var intent = new EventRef(new ChainId(home.A.Node.Id, default), 3, 4);
        Assert.Equal(HttpStatusCode.NotFound, await Ask(home.B, stranger.Id, intent));
        Assert.Equal(HttpStatusCode.BadRequest, await Ask(home.B, home.C.Node.Id, intent));
        Assert.Equal(HttpStatusCode.OK, await Ask(home.B, home.A.Node.Id, intent));
        Assert.Equal(HttpStatusCode.BadRequest, await Ask(home.B, home.A.Node.Id, intent, "not hex"));
    }

    private static async Task RefusedBy(Household home, NodeId holder, string code)
    {
        var ended = await home.Ended(home.A);
        Assert.Equal(ReleaseCodes.LocksMissing, ended.Outcome);
        Assert.Equal(new LockRefusal(DeviceId.Of(holder), code), Assert.Single(ended.Refused));
        Assert.Equal(3, home.Files());
        Assert.Equal(HoldingState.Present, home.A.Held(Household.Item)!.State);
    }

    private static async Task<HttpStatusCode> Ask(
        MediaBox holder, NodeId caller, EventRef intent, string ask = "0000000000000001")
    {
        using var http = new HttpClient { BaseAddress = holder.Node.Address };
        var body = $$"""
            {"item":"{{Household.Item}}","intent":"{{Base64UrlText.Encode(LockBytes.Of(intent))}}","ask":"{{ask}}"}
            """;
        using var request = new HttpRequestMessage(HttpMethod.Post, LockEndpoints.Path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await holder.Node.TokenFor(caller));
        using var response = await http.SendAsync(request, Cancellation);
        return response.StatusCode;
    }
}
