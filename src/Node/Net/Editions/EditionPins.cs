using Anarchive.Net;

namespace Anarchive.Node;

/// <summary>What staying with an edition means, before it is done.</summary>
/// <param name="Counts">What counts of that publisher now, against which changes are told.</param>
/// <param name="Held">The edition whose rows are here; null where none of that publisher is.</param>
/// <param name="Pin">The number that the part stays with now; null for the latest.</param>
/// <param name="Others">Other friends whose editions of the part the number holds for as well.</param>
/// <param name="Changes">Against what counts now; null where it is that edition.</param>
public sealed record PinPreview(
    PartEditionView Edition, Counting Counts, PartEditionView? Held, long? Pin, int Others, ChangesView? Changes)
{
    public bool IsPinned => Pin == Edition.Manifest.Seq;
}

/// <summary>Lets the owner stay with an edition, or go back to one, knowing what that changes.</summary>
/// <remarks>A pin is a part's: one number, which holds for every friend who has an edition of it. Any thread.</remarks>
public sealed class EditionPins(
    EditionBooks books, EditionChanges changes, PartBook book, PartConsents consents, PartRecords records)
{
    private static readonly Problem Stale = new(
        "net_edition_stale", 409,
        "Something was taken back since, and may stand in it: stay with a later edition, or the latest.");

    private static readonly Problem Absent = new(
        "net_edition_absent", 409, "The rows of that edition are not here, so it cannot be gone back to.");

    /// <summary>
    /// What it would change; or <c>net_own_edition</c>, <c>not_subscribed</c>, the code it was set apart with,
    /// <c>net_edition_stale</c>, <c>net_edition_absent</c>.
    /// </summary>
    /// <param name="after">Changes to skip.</param>
    public (PinPreview? Preview, Problem? Problem) Look(PartEditionView edition, long after, int count)
    {
        if (edition.IsOwn)
            return (null, new Problem("net_own_edition", 409, "That edition is yours: what you took back stays so."));
        var (part, trust) = (edition.Manifest.Part, TrustOf(edition));
        if (consents.Find(part, trust) is not { } wanted)
            return (null, new Problem("not_subscribed", 409, "This node does not read that part of others."));
        if (edition.Suspicion is { } why)
            return (null, new Problem(why, 409, "That edition was set apart, and is not used."));
        if (changes.IsStale(edition)) return (null, Stale);
        var all = books.All(part);
        var held = all.FirstOrDefault(e => e.IsHeld && e.Group == edition.Group);
        var others = book.All.Count(g => g.Part == part && g.Group != edition.Group && !book.IsOwn(g.Group)
            && trust == Subscription.Friends && book.Counts(g.Group, part));
        // Totals have no log beside their editions.
        var counts = trust == Subscription.Friends ? records.CountingOf(edition.Group)
            : held is null ? Counting.Nothing
            : Counting.Edition;
        var preview = new PinPreview(edition, counts, held, wanted.Edition, others, null);
        if (edition.IsHeld && counts == Counting.Edition) return (preview, null);
        var change = counts == Counting.Log
            ? changes.AgainstLog(edition, after, count)
            : changes.Between(counts == Counting.Edition ? held : null, edition, after, count);
        return change is null ? (null, Absent) : (preview with { Changes = change }, null);
    }

    /// <summary>Stays with it from now on. Durable when it returns; its rows count as soon as they were read again.
    /// </summary>
    /// <returns>What <see cref="Look"/> refuses with; null where it was done.</returns>
    public async Task<Problem?> StayAsync(PartEditionView edition, CancellationToken cancellation)
    {
        if (Look(edition, 0, 0).Problem is { } problem) return problem;
        return consents.Find(edition.Manifest.Part, TrustOf(edition)) is { } wanted
            ? await consents.SubscribeAsync(wanted with { Edition = edition.Manifest.Seq }, cancellation)
            : Problem.NotFound("subscription");
    }

    /// <summary>Follows the latest again, durable when it returns; <c>not_found</c> where it is not pinned.</summary>
    public async Task<Problem?> FollowAsync(PartEditionView edition, CancellationToken cancellation) =>
        consents.Find(edition.Manifest.Part, TrustOf(edition)) is { } wanted
            && wanted.Edition == edition.Manifest.Seq
            ? await consents.SubscribeAsync(wanted with { Edition = null }, cancellation)
            : Problem.NotFound("pin");

    /// <summary>
    /// Subscribes, or changes a subscription, as <see cref="PartConsents.SubscribeAsync"/>; but with no number that
    /// holds for nobody, since something was taken back in each edition that has it. Of friends one such edition does
    /// not stand in the way of the others: of that friend the log counts.
    /// </summary>
    public async Task<Problem?> SubscribeAsync(Subscription wanted, CancellationToken cancellation)
    {
        if (wanted.Fault() is not null || wanted.Edition is not { } seq)
            return await consents.SubscribeAsync(wanted, cancellation);
        var meant = books.All(wanted.Part).Where(e => e.Manifest.Seq == seq && IsOf(e, wanted)).ToList();
        return meant.Count > 0 && meant.TrueForAll(changes.IsStale)
            ? Stale
            : await consents.SubscribeAsync(wanted, cancellation);
    }

    /// <summary>
    /// True where the number that the owner stays with leaves something out: of an aggregator an edition after the one
    /// in use, of friends whatever they say after theirs.
    /// </summary>
    public bool LeavesOut(Subscription wanted)
    {
        if (wanted.Edition is null) return false;
        if (wanted.Trust != Subscription.Network)
            return records.AnyCountsByEdition(book.All
                .Where(g => g.Part == wanted.Part && !book.IsOwn(g.Group) && book.Counts(g.Group, g.Part))
                .Select(g => g.Group));
        var known = books.All(wanted.Part).Where(e => IsOf(e, wanted)).ToList();
        return known.Find(e => e.IsHeld) is { } held && changes.Pin(held.Group, wanted.Edition) is not null
            && known.Exists(e => e.Group == held.Group && e.Manifest.Seq > held.Manifest.Seq);
    }

    /// <summary>True for editions of whom a subscription reads: the aggregator, or a friend who is one.</summary>
    private bool IsOf(PartEditionView edition, Subscription wanted) =>
        !edition.IsOwn && TrustOf(edition) == wanted.Trust && (wanted.Trust == Subscription.Network
            ? edition.Manifest.Publisher == wanted.Aggregator?.ToString()
            : book.FriendOf(edition.Group) is not null);

    private static string TrustOf(PartEditionView edition) =>
        edition.Manifest.Ring == EditionRing.Network ? Subscription.Network : Subscription.Friends;
}
