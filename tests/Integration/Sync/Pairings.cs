using Anarchive.Log;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What two owners do who pair their nodes.</summary>
internal static class Pairings
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<PairingView> Offer(LiveNode node, InviteKind kind)
    {
        var (offer, problem) = await node.Get<PairingActs>().OfferAsync(kind, Cancellation);
        Assert.Null(problem);
        return offer!;
    }

    public static async Task<PairingCall> Ask(LiveNode node, string text)
    {
        var (call, problem) = await node.Get<PairingActs>().AskAsync(text, Cancellation);
        Assert.Null(problem);
        return call!;
    }

    public static async Task Match(LiveNode node, PairingCall call) =>
        Assert.Null((await node.Get<PairingActs>().AnswerAsync(call.Id, accepts: true, Cancellation)).Problem);

    /// <summary>Both owners say that the words match.</summary>
    public static async Task Pair(LiveNode issuer, LiveNode asker, InviteKind kind)
    {
        var offer = await Offer(issuer, kind);
        await Match(asker, await Ask(asker, offer.Text!));
        Assert.Null((await issuer.Get<PairingActs>().AcceptAsync(offer.Id)).Problem);
        await Paired(asker, issuer, kind);
    }

    public static Task Paired(LiveNode node, LiveNode other, InviteKind kind) => Eventually.True(
        () => node.Get<RingBook>().Find(other.Id) is { EndedMs: null } paired && paired.Kind == kind,
        "Not paired.",
        node);

    /// <summary>Until one knows where the other is, and may ask it something.</summary>
    public static Task Met(LiveNode one, LiveNode other) => Eventually.True(
        () => one.Get<PeerBook>().Find(other.Id) is { Endpoint: not null, Identity: not null, Token: not null },
        "Not met.", one);
}
