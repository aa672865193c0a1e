using Anarchive.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>How an edition stands: a word and a shape, what its owner can do, and a code where one was told.</summary>
public sealed record EditionMark(string Word, string Shape, string Class, string Act, string? Code = null);

/// <summary>An edition in the list.</summary>
/// <param name="Friend">
/// Whose it is; null for this fleet's, for totals, and where its publisher is no friend any more.
/// </param>
public sealed record EditionLine(PartEditionView Edition, Paired? Friend, EditionMark Mark)
{
    public string Path => $"/net/editions/{Edition.Group}/{Edition.Manifest.Seq}";

    public string By => Edition.IsOwn ? T("you")
        : Edition.Manifest.Ring == EditionRing.Network ? T("the aggregator")
        : Friend?.Name ?? T("nobody who is a friend now");
}

/// <summary>Editions as the pages list them: by part, then by publisher, the newest first.</summary>
internal sealed class EditionList(
    EditionBooks books, EditionChanges changes, EditionIntake intake, PartBook book, RingBook rings,
    PartConsents consents)
{
    /// <param name="part">Null for all.</param>
    public IReadOnlyList<EditionLine> All(string? part)
    {
        var all = books.All(part);
        var held = all.Where(e => e.IsHeld).ToDictionary(e => e.Group, e => e.Manifest.Seq);
        return
        [
            .. all.Select(e => Line(e, held.GetValueOrDefault(e.Group)))
                .OrderBy(l => l.Edition.Manifest.Part, StringComparer.Ordinal).ThenBy(l => !l.Edition.IsOwn)
                .ThenBy(l => l.By, StringComparer.Ordinal).ThenBy(l => l.Edition.Group)
                .ThenByDescending(l => l.Edition.Manifest.Seq),
        ];
    }

    private EditionLine Line(PartEditionView edition, long held)
    {
        var isTotals = edition.Manifest.Ring == EditionRing.Network;
        var friend = edition.IsOwn || isTotals ? null : book.FriendOf(edition.Group);
        var wanted = consents.Find(
            edition.Manifest.Part, isTotals ? Subscription.Network : Subscription.Friends);
        var mark = edition.Suspicion is { } why ? Suspicious(why)
            : edition.IsOwn ? Own(edition, isTotals || consents.Shares(edition.Manifest.Part), changes.IsStale(edition))
            : wanted is null || (friend is null && !isTotals)
                ? new(T("Not read"), "paused", "soft", T("You do not read this part of theirs."))
            : wanted.Edition == edition.Manifest.Seq && changes.IsStale(edition)
                ? new(
                    T("Withdrawn"), "catching-up", "busy",
                    T("Something was taken back since, and may stand in it: the latest counts."))
            : Theirs(edition, held, changes.Pin(edition.Group, wanted.Edition), intake.WhyNot(edition.Id));
        return new EditionLine(edition, friend is { } node ? rings.Find(node) : null, mark);
    }

    private static EditionMark Suspicious(string code) => new(
        T("Set apart"), "frozen", "bad",
        (code == "net_edition_downgrade"
            ? T("It leads back behind one that was here.")
            : T("Its publisher told one number twice, or a history that is not the one here."))
        + " " + T("It is not used. Ask your friend; if you trust it no longer, end the friendship."), code);

    private static EditionMark Own(PartEditionView edition, bool isShared, bool isStale) => edition switch
    {
        { IsHeld: true } when isStale => new(
            T("Withdrawn"), "catching-up", "busy",
            T("Something was taken back since, and may stand in it: a new one follows by itself.")),
        { IsHeld: true } => new(
            T("In use"), "in-step", "good",
            isShared ? T("Friends who read it fetch it by themselves.") : T("Friends may not read this part now.")),
        { IsFile: true } when !isStale => new(T("Kept"), "here", "soft", T("For friends who are behind.")),
        _ => new(T("Gone"), "paused", "soft", T("A newer one says everything.")),
    };

    private static EditionMark Theirs(PartEditionView edition, long held, long? pin, EditionVerdict.Refuse? why)
    {
        if (edition.IsHeld)
            return new(
                T("In use"), "in-step", "good",
                pin is not null ? T("You stay with this one.")
                : edition.Manifest.Ring == EditionRing.Network ? T("The newest that is here.")
                : T("The newest that is here; what your friend said since counts as well."));
        if (why is not null)
            return new(
                // The gate before the first only says that the manifest reads at all.
                T($"Stopped at gate {(int)why.Gate - (int)EditionGate.Manifest}"), "out-of-reach", "bad",
                T("Nothing changed here. Tell your friend; their next edition may pass."), why.Code);
        if (pin is { } number) return new(T("Left out"), "paused", "soft", T($"You stay with edition {number}."));
        return edition.Manifest.Seq > held
            ? new(
                T("On its way"), "catching-up", "busy", T("It is fetched by itself when your friend can be reached."))
            : new(T("Replaced"), "here", "soft", T("A newer one is in use."));
    }
}
