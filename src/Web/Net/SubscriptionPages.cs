using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What is read from whom, and what friends may read: one page with a form for each.</summary>
internal static class SubscriptionPages
{
    private const string Home = "/net/subscriptions";

    public static void MapSubscriptionPages(this RouteGroupBuilder pages)
    {
        pages.MapGet(Home, (SubscriptionDesk desk) => Show(desk, null, null, null, null));
        pages.MapPost(Home, ChangeAsync);
    }

    private static IResult Show(
        SubscriptionDesk desk, Problem? problem, string? at, string? sent, string? k) =>
        PageAnswers.Show<SubscriptionsPage>(
            new { Parts = desk.Parts(), Others = desk.OfNetwork(), Problem = problem, At = at, Sent = sent, K = k },
            problem);

    private static async Task<IResult> ChangeAsync(
        HttpContext context, SubscriptionDesk desk, PartActs acts, PartConsents consents, EditionPins pins,
        CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var (part, trust) = (sent.Field("part"), sent.Field("trust").OrNull() ?? Subscription.Friends);
        var problem = sent.Field("do") switch
        {
            "share" => await acts.ShareAsync(part, true, cancellation),
            "unshare" => await acts.ShareAsync(part, false, cancellation),
            "subscribe" when trust == Subscription.Network => await TotalsAsync(),
            "subscribe" => await consents.SubscribeAsync(Subscription.OfFriends(part), cancellation),
            "unsubscribe" => await consents.UnsubscribeAsync(part, trust, cancellation)
                ? null
                : Problem.NotFound("subscription"),
            "latest" => await PinAsync(null),
            "pin" when EditionApi.Number(sent.Field("edition")) is { } seq => await PinAsync(seq),
            "pin" => new Problem("bad_subscription", 400, "An edition is a number from 1."),
            _ => Problem.NotFound("act"),
        };
        return problem is null
            ? PageAnswers.SeeOther(Home)
            : Show(
                desk, problem, $"{part} {trust}", (sent.Field("aggregator") + sent.Field("edition")).OrNull(),
                sent.Field("k").OrNull());

        async Task<Problem?> PinAsync(long? seq) => consents.Find(part, trust) is { } wanted
            ? await pins.SubscribeAsync(wanted with { Edition = seq }, cancellation)
            : Problem.NotFound("subscription");

        async Task<Problem?> TotalsAsync() => NetViews.Read(new SubscriptionDto(
            part, trust, Aggregator: sent.Field("aggregator").OrNull(), K: (int?)EditionApi.Number(sent.Field("k"))))
            is { } wanted
                ? await consents.SubscribeAsync(wanted, cancellation)
                : new Problem("bad_subscription", 400, "An aggregator is a node's id, which begins with an1.");
    }
}

/// <summary>A part that friends share: who reads what of it.</summary>
/// <param name="Wanted">Null where this node does not read it.</param>
/// <param name="From">Friends who let it read theirs.</param>
/// <param name="Newest">The highest number among their editions; null where there is none.</param>
/// <param name="SharedSinceMs">Since when friends may read this fleet's; null where they may not.</param>
public sealed record PartTraffic(
    string Part, Subscription? Wanted, IReadOnlyList<Paired> From, long? Newest, long? SharedSinceMs);

/// <summary>Gathers what the page about subscriptions shows.</summary>
internal sealed class SubscriptionDesk(
    PartConsents consents, PartBook book, RingBook rings, EditionBooks editions)
{
    public IReadOnlyList<PartTraffic> Parts()
    {
        var groups = book.All;
        return [.. NetApp.FriendsParts.Order(StringComparer.Ordinal).Select(part =>
        {
            var theirs = groups.Where(g => g.Part == part && !book.IsOwn(g.Group) && book.Counts(g.Group, part))
                .Select(g => g.Group).ToHashSet();
            return new PartTraffic(
                part, consents.Find(part, Subscription.Friends),
                [
                    .. theirs.Select(g => book.FriendOf(g) is { } friend ? rings.Find(friend) : null).OfType<Paired>()
                        .DistinctBy(p => p.Node).OrderBy(p => p.Name, StringComparer.Ordinal),
                ],
                editions.All(part).Where(e => theirs.Contains(e.Group)).Select(e => (long?)e.Manifest.Seq).Max(),
                consents.SharedSince(part));
        })];
    }

    /// <summary>What is read of the network's totals.</summary>
    public IReadOnlyList<Subscription> OfNetwork() =>
        [.. consents.Subscriptions.Where(s => s.Trust == Subscription.Network)];
}
