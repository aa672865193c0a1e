using System.Net;
using System.Net.Sockets;
using Anarchive.Log;
using Anarchive.Node;
using Dapper;
using Xunit;
using static Anarchive.Tests.Integration.Pairings;

namespace Anarchive.Tests.Integration;

/// <summary>Two nodes that become friends, or one owner's devices, and part again.</summary>
public sealed class PairingTests : IAsyncLifetime
{
    private const string Listen = "https://127.0.0.1:0";

    private readonly ShiftedTime _time = new(TimeSpan.Zero);
    private LiveNode _a = null!;
    private LiveNode _b = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        (_a, _b) = (await LiveNode.Start(_time, peerListen: Listen), await LiveNode.Start(peerListen: Listen));

    public async ValueTask DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Theory]
    [InlineData(InviteKind.Friend)]
    [InlineData(InviteKind.Device)]
    public async Task Equal_words_on_both_screens_let_the_other_node_in(InviteKind kind)
    {
        var offer = await Offer(_a, kind);
        var call = await Ask(_b, offer.Text!);
        Assert.Equal(PairingState.Asked, call.State);
        var asked = _a.Get<PairingDesk>().Find(offer.Id)!;
        Assert.Equal((PairingState.Asked, _b.Id, call.Words), (asked.State, asked.Node, asked.Words));
        Assert.Equal(4, call.Words.Split(' ').Length);
        // Nothing is shared before the owner's word.
        Assert.Empty(_a.Get<RingBook>().All);
        Assert.Empty(_a.Get<PeerBook>().All);

        Assert.Null((await _a.Get<PairingActs>().AcceptAsync(offer.Id)).Problem);
        Assert.Empty(_b.Get<RingBook>().All);
        await Match(_b, call);
        await Paired(_b, _a, kind);
        await Paired(_a, _b, kind);
        await Eventually.True(
            () => _a.Mesh.View().IsWell && _b.Mesh.View() is { IsWell: true, Total: 1 }, "Not in step.", _a, _b);
        if (kind == InviteKind.Friend) return;
        var fleet = _a.Get<OwnFleet>().Group!.Value;
        Assert.Equal(fleet, _b.Get<OwnFleet>().Group);
        await Eventually.InStep(fleet, _a, _b);
        Assert.True(_b.Writer.IsMember(fleet, _b.Id));
    }

    [Fact]
    public async Task A_listener_that_a_proxy_alone_comes_by_is_no_address_for_a_text()
    {
        await using var node = await LiveNode.Start(peerListen: "http://127.0.0.1:0");
        var (offer, problem) = await node.Get<PairingActs>().OfferAsync(InviteKind.Friend, Cancellation);
        Assert.Equal((null, "not_listening"), (offer, problem?.Code));
        await using var named = await LiveNode.Start(
            peerListen: "http://127.0.0.1:0", with: o => o with { PublicEndpoint = "https://node.example:443" });
        Assert.NotNull((await named.Get<PairingActs>().OfferAsync(InviteKind.Friend, Cancellation)).Offer);
    }

    [Fact]
    public async Task Words_that_differ_share_nothing()
    {
        var offer = await Offer(_a, InviteKind.Friend);
        var call = await Ask(_b, offer.Text!);
        Assert.Null(_a.Get<PairingActs>().Deny(offer.Id).Problem);
        await Eventually.True(
            () => _b.Get<PairingCalls>().Find(call.Id)!.State == PairingState.Denied, "B was not told.", _b);
        Assert.Empty(_a.Get<RingBook>().All);
        Assert.Empty(_b.Get<RingBook>().All);
        Assert.Equal("nothing_asked", (await _a.Get<PairingActs>().AcceptAsync(offer.Id)).Problem?.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_welcomes_at_once_is_not_taken_before_the_words_are_compared_here(bool isOnItsWay)
    {
        await using var c = await LiveNode.Start(peerListen: Listen);
        var offer = await Offer(_a, InviteKind.Friend);
        var call = await Ask(_b, offer.Text!);
        Assert.NotEqual(0, TokensFor(_b, _a));
        await _a.Get<PairingActs>().AcceptAsync(offer.Id);
        // With its welcome A takes note of where it was called from.
        await Eventually.True(() => _a.Get<PeerBook>().Find(_b.Id) is not null, "B was not welcomed.", _a);
        // Another pairing, begun later and done, leaves the welcome time to do harm.
        if (!isOnItsWay) await Pair(c, _b, InviteKind.Friend);
        Assert.Equal(PairingState.Asked, _b.Get<PairingCalls>().Find(call.Id)!.State);
        var (done, problem) = await _b.Get<PairingActs>().AnswerAsync(call.Id, accepts: false, Cancellation);
        Assert.Null(problem);
        Assert.Equal((PairingState.Denied, "pairing_withdrawn"), (done!.State, done.Code));

        if (isOnItsWay) await Pair(c, _b, InviteKind.Friend);
        Assert.Equal(PairingState.Denied, _b.Get<PairingCalls>().Find(call.Id)!.State);
        Assert.Equal(c.Id, Assert.Single(_b.Get<RingBook>().All).Node);
        Assert.Null(_b.Get<PeerBook>().Find(_a.Id));
        Assert.Equal(0, TokensFor(_b, _a));
        Assert.Equal(
            "nothing_asked", (await _b.Get<PairingActs>().AnswerAsync(call.Id, true, Cancellation)).Problem?.Code);
    }

    [Theory]
    [InlineData(InviteKind.Friend)]
    [InlineData(InviteKind.Device)]
    public async Task Whoever_is_being_let_in_is_let_in_whatever_comes_between(InviteKind kind)
    {
        var offer = await Offer(_a, kind);
        await Match(_b, await Ask(_b, offer.Text!));
        using var goOn = new ManualResetEventSlim();
        // A disk that takes its time.
        var busy = _a.Writer.OnWriterAsync(_ => goOn.Wait(TimeSpan.FromMinutes(1), Cancellation), Cancellation);
        var accepting = _a.Get<PairingActs>().AcceptAsync(offer.Id);
        var (denied, accepted) = (
            _a.Get<PairingActs>().Deny(offer.Id).Problem,
            (await _a.Get<PairingActs>().AcceptAsync(offer.Id)).Problem);
        _time.SetAhead(TimeSpan.FromMinutes(11));
        var meanwhile = _a.Get<PairingDesk>().Find(offer.Id)!.State;
        goOn.Set();
        Assert.True(await busy);
        Assert.Equal(
            ("nothing_asked", "nothing_asked", PairingState.Asked), (denied?.Code, accepted?.Code, meanwhile));
        Assert.Equal(PairingState.Accepted, (await accepting).Done?.State);
        Assert.True(_a.Get<RingBook>().Holds(_b.Id));
        await Paired(_b, _a, kind);
    }

    [Fact]
    public async Task A_text_brought_twice_shows_the_same_words()
    {
        var offer = await Offer(_a, InviteKind.Friend);
        var both = await Task.WhenAll(Ask(_b, offer.Text!), Ask(_b, offer.Text!));
        var again = await Ask(_b, offer.Text!);
        Assert.All(both, call => Assert.Equal(again, call));
        Assert.Equal((offer.Id, again.Words), (again.Id, _a.Get<PairingDesk>().Find(offer.Id)!.Words));
        Assert.Single(_b.Get<PairingCalls>().All);
    }

    [Fact]
    public async Task An_issuer_that_was_started_anew_ends_the_asking()
    {
        var call = await Ask(_b, (await Offer(_a, InviteKind.Friend)).Text!);
        await _a.Restart(stopFirst: true);
        await Ended(_b, call, "invite_unknown");
        await Eventually.True(() => TokensFor(_b, _a) == 0, "It keeps its token.", _b);
    }

    [Fact]
    public async Task Asking_an_issuer_that_went_away_ends_with_the_time_and_is_forgotten_later()
    {
        var time = new ShiftedTime(TimeSpan.Zero);
        await using var c = await LiveNode.Start(time);
        var call = await Ask(c, (await Offer(_a, InviteKind.Friend)).Text!);
        await _a.Stop();
        time.SetAhead(TimeSpan.FromMinutes(11));
        await Ended(c, call, "invite_lapsed");
        Assert.Equal(
            "nothing_asked", (await c.Get<PairingActs>().AnswerAsync(call.Id, true, Cancellation)).Problem?.Code);
        time.SetAhead(TimeSpan.FromMinutes(22));
        Assert.Empty(c.Get<PairingCalls>().All);
    }

    [Fact]
    public async Task An_issuer_that_does_not_answer_holds_up_nobody()
    {
        await Match(_b, await Ask(_b, (await Offer(_a, InviteKind.Friend)).Text!));
        await using var c = await LiveNode.Start(peerListen: Listen);
        var offer = await Offer(c, InviteKind.Friend);
        await Match(_b, await Ask(_b, offer.Text!));
        var at = _a.PeerAddress;
        await _a.Stop();
        using var silent = new TcpListener(IPAddress.Loopback, at.Port);
        silent.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        silent.Start();
        using var asking = await silent.AcceptTcpClientAsync(Cancellation);
        // Its hello, to which nothing is said; it hangs up when its time is over.
        var hungUp = HungUp(asking);
        await c.Get<PairingActs>().AcceptAsync(offer.Id);
        await Paired(_b, c, InviteKind.Friend);
        Assert.False(hungUp.IsCompleted, "It was asked only after the other had been given up.");

        static async Task HungUp(TcpClient client)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                while (await client.GetStream().ReadAsync(buffer, Cancellation) > 0)
                {
                }
            }
            catch (IOException)
            {
                // Reset instead of closed.
            }
        }
    }

    [Fact]
    public async Task The_address_of_the_text_is_used_whatever_was_known_before()
    {
        var dead = Endpoint.TryParse("https://127.0.0.1:9")!;
        await _b.Get<PeerBook>().TypedAsync(_a.Id, dead, Cancellation);
        await Pair(_a, _b, InviteKind.Friend);
        var known = _b.Get<PeerBook>().Find(_a.Id)!;
        Assert.Equal(_a.PeerAddress.Port, known.Endpoint!.Address.Port);
        Assert.NotNull(known.Identity);
    }

    [Fact]
    public async Task A_text_with_the_id_of_another_is_refused()
    {
        var ours = InviteText.TryParse((await Offer(_b, InviteKind.Friend)).Text, out _)!;
        var theirs = InviteText.TryParse((await Offer(_a, InviteKind.Friend)).Text, out _)!;
        var made = new InviteText(
            InviteKind.Friend, theirs.Endpoint, theirs.Issuer, theirs.Group, ours.Id.Span, theirs.Secret.Span);
        Assert.Equal(
            "invite_malformed", (await _b.Get<PairingActs>().AskAsync(made.Write(), Cancellation)).Problem?.Code);
    }

    [Fact]
    public async Task A_text_serves_one_node_for_ten_minutes()
    {
        var offer = await Offer(_a, InviteKind.Friend);
        await Ask(_b, offer.Text!);
        await using var c = await LiveNode.Start();
        Assert.Equal("invite_used", (await c.Get<PairingActs>().AskAsync(offer.Text!, Cancellation)).Problem?.Code);
        var late = await Offer(_a, InviteKind.Friend);
        _time.SetAhead(TimeSpan.FromMinutes(11));
        Assert.Equal(PairingState.Lapsed, (await Ask(c, late.Text!)).State);
        Assert.Equal(PairingState.Lapsed, _a.Get<PairingDesk>().Find(offer.Id)!.State);
        Assert.Equal("nothing_asked", (await _a.Get<PairingActs>().AcceptAsync(offer.Id)).Problem?.Code);
        Assert.Empty(_a.Get<RingBook>().All);
    }

    [Fact]
    public async Task Whoever_does_not_know_the_secret_is_not_even_shown()
    {
        var offer = await Offer(_a, InviteKind.Friend);
        var text = InviteText.TryParse(offer.Text, out _)!;
        var guessed = new InviteText(
            InviteKind.Friend, text.Endpoint, text.Issuer, text.Group, text.Id.Span, new byte[32]);
        var (_, problem) = await _b.Get<PairingActs>().AskAsync(guessed.Write(), Cancellation);
        Assert.Equal("invite_unknown", problem?.Code);
        Assert.Equal(PairingState.Open, _a.Get<PairingDesk>().Find(offer.Id)!.State);
    }

    [Theory]
    [InlineData("hello", "not_an_invite")]
    [InlineData("af1hello", "invite_damaged")]
    public async Task A_text_that_is_none_is_refused(string text, string code) =>
        Assert.Equal(code, (await _b.Get<PairingActs>().AskAsync(text, Cancellation)).Problem?.Code);

    [Theory]
    [InlineData(InviteKind.Friend)]
    [InlineData(InviteKind.Device)]
    public async Task Whoever_is_revoked_is_out_with_the_next_request(InviteKind kind)
    {
        await Pair(_a, _b, kind);
        var revoke = _a.Get<PairingActs>();
        Assert.Equal((false, null), await revoke.RevokeAsync(_b.Id.ToString(), dryRun: true, Cancellation));
        Assert.True(_a.Get<RingBook>().Holds(_b.Id));
        Assert.Equal((false, null), await revoke.RevokeAsync(_b.Id.ToString(), dryRun: false, Cancellation));
        Assert.NotNull(_a.Get<RingBook>().Find(_b.Id)!.EndedMs);

        var client = _b.Get<PeerClient>();
        var beat = new HeartbeatMessage(_b.Id.ToString(), 0, [], [], []);
        var refused = await Assert.ThrowsAsync<PeerException>(() => client.BeatAsync(_a.Id, beat, Cancellation));
        Assert.Equal(Failure.NotFound, refused.Failure);
        var at = Endpoint.TryParse(_a.PeerAddress.GetLeftPart(UriPartial.Authority))!;
        var again = await Assert.ThrowsAsync<PeerException>(
            () => client.GreetAsync(at, DialScope.Typed, _a.Id, [], null, Cancellation));
        Assert.Equal(Failure.NotFound, again.Failure);
        Assert.Equal("not_found", (await revoke.RevokeAsync(_b.Id.ToString(), false, Cancellation)).Problem?.Code);
    }

    private static Task Ended(LiveNode node, PairingCall call, string code) => Eventually.True(
        () => node.Get<PairingCalls>().Find(call.Id) is { State: PairingState.Lapsed } ended && ended.Code == code,
        "It did not end.",
        node);

    private static long TokensFor(LiveNode node, LiveNode other)
    {
        using var db = node.Get<Database>().OpenReader();
        return db.ExecuteScalar<long>(
            "SELECT count(*) FROM peer_tokens WHERE peer = @Peer", new { Peer = other.Id.Value.ToArray() });
    }
}
