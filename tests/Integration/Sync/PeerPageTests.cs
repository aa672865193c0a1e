using Anarchive.Log;
using Anarchive.Node;
using Anarchive.Tests.Integration.Web;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What the page of one peer tells of its ring, its keys, and what waits or was refused.</summary>
public sealed class PeerPageTests : IAsyncLifetime
{
    private LiveNode _a = null!;
    private LiveNode _b = null!;
    private GroupId _group;
    private Visitor _person = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (_a, _b) = (await LiveNode.Start(), await LiveNode.Start());
        _group = await _a.Found("cats");
        await _b.Join(_a, "cats");
        await Eventually.InStep(_group, _a, _b);
        _person = new Visitor(_a.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _person.Dispose();
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task What_a_peer_sent_and_waits_here_stands_on_its_page_with_its_reason()
    {
        Assert.Contains("Nothing of it waits here", (await Page()).Text);
        var (chain, store) = (_b.Writer.OwnChain, _a.Get<SqliteEventStore>());
        Wait[] waits = [new Wait.ForClock(1), new Wait.ForEvent(chain, 998), new Wait.ForEvent(chain, 1_001)];
        await _a.Writer.OnWriterAsync(
            _ =>
            {
                foreach (var (at, wait) in waits.Index())
                    store.Park(new ParkedBatch(_group, chain, 999 + at, _b.Id, wait, new byte[] { 1 }));
            },
            Cancellation);
        var page = (await Page()).Text;
        Assert.Contains("parked here", page);
        Assert.Contains("its time has not come by", page);
        Assert.Contains("an event before it is not here yet", page);
        Assert.Equal(
            [new ParkedNote(_group, "event", 2), new ParkedNote(_group, "clock", 1)],
            _a.Get<PeerLook>().Of(_b.Id)!.Parked);
        var run = await CommandRun.On(_a, "peer", "show", _b.Id.ToString());
        Assert.Contains("1 of its batches wait here for their time", run.Results);
    }

    [Fact]
    public async Task What_was_refused_is_counted_by_code_and_a_code_from_elsewhere_is_no_markup()
    {
        var book = _a.Get<RefusalBook>();
        book.Note(_b.Id, _group, isHere: true, ["too_large", "too_large"]);
        book.Note(_b.Id, _group, isHere: false, ["<script>alert(1)</script>"]);
        for (var n = 0; n < 100; n++) book.Note(_b.Id, _group, isHere: false, [$"code_{n}"]);
        var notes = book.Of(_b.Id);
        Assert.Equal(32, notes.Count);
        Assert.Equal(2, notes.Single(n => n.Code == "too_large").Runs);
        Assert.Contains(notes, n => n is { Code: "unknown", IsHere: false });
        var page = (await Page()).Text;
        Assert.Contains("<code>too_large</code>", page);
        Assert.DoesNotContain("<script>alert", page);
        Assert.Null(await _a.Get<PeerActs>().RemoveAsync(_b.Id, Cancellation));
        Assert.Empty(book.Of(_b.Id));
    }

    [Fact]
    public async Task Until_when_its_handshake_holds_and_how_old_that_is_stands_on_its_page()
    {
        var session = _a.Get<PeerLook>().Of(_b.Id)!.Session!;
        Assert.Equal(Limits.TokenLifetimeMs, session.EndsMs - session.ProvedMs);
        var page = (await Page()).Text;
        Assert.Contains("holds for 29 d 23 h more; then it proves its key anew, by itself", page);
        // On this machine nothing is encrypted, so nothing was shown that could have an age.
        Assert.Null(session.CertificateProvedMs);
        var run = await CommandRun.On(_a, "peer", "show", _b.Id.ToString());
        Assert.Contains("last handshake ", run.Results);
        _a.Get<TokenBook>().Forget(_b.Id);
        Assert.Contains("none that still holds: it proves its key when it comes", (await Page()).Text);
        Assert.Null(_a.Get<PeerLook>().Of(_b.Id)!.Session);
    }

    [Fact]
    public async Task The_ring_is_named_and_how_another_comes_about_and_what_forgetting_does()
    {
        var page = (await Page()).Text;
        Assert.Contains("Members: it takes part in groups that this node is in, and was never paired.", page);
        Assert.Contains("It shares a group, so it comes back when it calls", page);
        await _a.Get<RingBook>().AddAsync(_b.Id, InviteKind.Friend, "Bea <b>", Cancellation);
        page = (await Page()).Text;
        Assert.Contains("Friends: paired since ", page);
        Assert.Contains($"/pair/revoke/{_b.Id}", page);
        Assert.Contains("It stays paired: end that above.", page);
        Assert.DoesNotContain("<b>", page);
        Assert.Contains(_b.Id.ToString(), page);
        var facts = await _person.SeeAsync($"/api/v1/sync/peers/{_b.Id}/facts");
        Assert.Equal(401, facts.Status);
    }

    [Fact]
    public async Task Only_a_group_that_is_a_hive_leads_to_one()
    {
        Assert.Contains("href=\"/h/cats\"", (await Page()).Text);
        await Pairings.Pair(_a, _b, InviteKind.Device);
        await Eventually.True(
            async () => (await Page()).Text.Contains("<span dir=\"auto\">Fleet</span>", StringComparison.Ordinal),
            () => "No fleet there.");
        var page = (await Page()).Text;
        Assert.Equal(page.Split("href=\"/h/").Length, page.Split("href=\"/h/cats\"").Length);
    }

    [Fact]
    public async Task Of_a_peer_out_of_reach_every_group_says_what_was_so_when_it_was_last_heard()
    {
        using var person = new Visitor(_b.Address);
        var address = "/mesh/" + _a.Id;
        await Eventually.True(
            async () => (await person.SeeAsync(address)).Text.Contains("In step.", StringComparison.Ordinal),
            () => "It is not in step.");
        await _a.Stop();
        await _b.Say(_group, 3);
        await Eventually.True(
            () => _b.Mesh.View().Peers.Single() is { State: PeerState.OutOfReach, BehindBy: > 0 },
            "It is not out of reach.", _b);
        var page = (await person.SeeAsync(address)).Text;
        Assert.Contains("It lacks events, as last heard.", page);
        Assert.DoesNotContain("It is receiving events.", page);
    }

    [Fact]
    public async Task Forgetting_a_paused_peer_ends_the_pause_and_its_page_says_so_before()
    {
        Assert.Null(await _a.Get<PeerActs>().PauseAsync(_b.Id, true, Cancellation));
        var page = (await Page()).Text;
        Assert.Contains("The pause ends with that. It shares a group, so it comes back when it calls", page);
        Assert.DoesNotContain("Add its address again", page);
        Assert.Contains("Members: it takes part in groups", page);
        var would = await CommandRun.On(_a, "peer", "remove", _b.Id.ToString(), "--dry-run");
        Assert.Contains("The pause ends with that", would.Results);
        Assert.DoesNotContain("shares no group", would.Results);
        Assert.Null(await _a.Get<PeerActs>().RemoveAsync(_b.Id, Cancellation));
        Assert.False(_a.Get<Sharing>().IsPaused(_b.Id));
        await Eventually.True(
            () => _a.Mesh.View().Peers.Any(p => p.Id == _b.Id && p.State != PeerState.Paused),
            "It has not come back.", _a, _b);
    }

    private Task<Sight> Page() => _person.SeeAsync("/mesh/" + _b.Id);
}
