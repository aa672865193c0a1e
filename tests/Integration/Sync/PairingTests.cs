using Anarchive.Log;
using Anarchive.Node;
using Xunit;

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

        Assert.Null((await _a.Get<PairingActs>().AcceptAsync(offer.Id, Cancellation)).Problem);
        await Paired(_b, _a, kind);
        await Paired(_a, _b, kind);
        await Eventually.True(
            () => _a.Mesh.View().IsWell && _b.Mesh.View() is { IsWell: true, Total: 1 }, "Not in step.", _a, _b);
        if (kind == InviteKind.Friend) return;
        var fleet = _a.Get<PairingActs>().Fleet!.Value;
        Assert.Equal(fleet, _b.Get<PairingActs>().Fleet);
        await Eventually.InStep(fleet, _a, _b);
        Assert.True(_b.Writer.IsMember(fleet, _b.Id));
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
        Assert.Equal("nothing_asked", (await _a.Get<PairingActs>().AcceptAsync(offer.Id, Cancellation)).Problem?.Code);
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
        Assert.Equal("nothing_asked", (await _a.Get<PairingActs>().AcceptAsync(offer.Id, Cancellation)).Problem?.Code);
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
        var offer = await Offer(_a, kind);
        await Ask(_b, offer.Text!);
        await _a.Get<PairingActs>().AcceptAsync(offer.Id, Cancellation);
        await Paired(_b, _a, kind);
        var revoke = _a.Get<PairingActs>();
        Assert.Null(await revoke.RevokeAsync(_b.Id.ToString(), dryRun: true, Cancellation));
        Assert.True(_a.Get<RingBook>().Holds(_b.Id));
        Assert.Null(await revoke.RevokeAsync(_b.Id.ToString(), dryRun: false, Cancellation));
        Assert.NotNull(_a.Get<RingBook>().Find(_b.Id)!.EndedMs);

        var client = _b.Get<PeerClient>();
        var beat = new HeartbeatMessage(_b.Id.ToString(), 0, [], [], []);
        var refused = await Assert.ThrowsAsync<PeerException>(() => client.BeatAsync(_a.Id, beat, Cancellation));
        Assert.Equal(Failure.NotFound, refused.Failure);
        var at = Endpoint.TryParse(_a.PeerAddress.GetLeftPart(UriPartial.Authority))!;
        var again = await Assert.ThrowsAsync<PeerException>(
            () => client.GreetAsync(at, DialScope.Typed, _a.Id, [], null, Cancellation));
        Assert.Equal(Failure.NotFound, again.Failure);
        Assert.Equal("not_found", (await revoke.RevokeAsync(_b.Id.ToString(), false, Cancellation))?.Code);
    }

    private static async Task<PairingView> Offer(LiveNode node, InviteKind kind)
    {
        var (offer, problem) = await node.Get<PairingActs>().OfferAsync(kind, Cancellation);
        Assert.Null(problem);
        return offer!;
    }

    private static async Task<PairingCall> Ask(LiveNode node, string text)
    {
        var (call, problem) = await node.Get<PairingActs>().AskAsync(text, Cancellation);
        Assert.Null(problem);
        return call!;
    }

    private static Task Paired(LiveNode node, LiveNode other, InviteKind kind) => Eventually.True(
        () => node.Get<RingBook>().Find(other.Id) is { EndedMs: null } paired && paired.Kind == kind,
        "Not paired.",
        node);
}
