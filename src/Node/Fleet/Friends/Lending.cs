using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A loan as its lender sees it.</summary>
/// <param name="Name">As this device calls the friend.</param>
/// <param name="IsFriend">False where the two are friends no more: nothing is answered to it.</param>
public sealed record LoanView(Loan Loan, string Name, bool IsFriend, long UsedBytes, int Copies, int Aside);

/// <summary>The owner's words on what this device lends.</summary>
public sealed class Lending(
    LoanBook loans, LentUpkeep upkeep, RingBook rings, Volumes volumes, TimeProvider time)
{
    private static Problem None { get; } = new("loan_unknown", 404, "This device lends that node nothing.");

    public IReadOnlyList<LoanView> All() => [.. loans.Loans().Select(View)];

    /// <summary>
    /// Lends room on a volume of this device, or changes how much; takes back an end that was said. Durable when it
    /// returns.
    /// </summary>
    /// <returns>
    /// The loan, or <c>friend_unknown</c>, <c>not_found</c>, why the volume is absent, <c>bad_size</c>,
    /// <c>loan_below_use</c>, <c>loan_elsewhere</c>.
    /// </returns>
    public async Task<(LoanView? Loan, Problem? Problem)> LendAsync(
        NodeId friend, VolumeId volume, long bytes, CancellationToken cancellation)
    {
        if (!rings.IsFriend(friend)) return (null, FriendKeep.UnknownFriend);
        if (volumes.Look(volume) is not { } sight) return (null, Problem.NotFound("volume"));
        if (sight.Absence is { } absence) return (null, new Problem(absence, 409, "That volume is not there now."));
        if (bytes is < 1 or > FleetLimits.NumberMax)
            return (null, new Problem("bad_size", 400, "A loan is of at least one byte."));
        var before = loans.Find(friend);
        var used = loans.Used(friend).Bytes;
        if (bytes < used)
            return (null, new Problem(
                "loan_below_use", 409, "The friend's copies take more than that already: lend at least as much."));
        if (before is not null && before.Volume != volume && used > 0)
            return (null, new Problem(
                "loan_elsewhere", 409, "The friend's copies lie on another volume: lend of that one."));
        var loan = new Loan(friend, volume, bytes, before?.SinceMs ?? NowMs(), null);
        await loans.Changing.WaitAsync(cancellation);
        try
        {
            await loans.PutAsync(loan, cancellation);
            // What the end of the loan had set aside is the friend's again: it says what becomes of it.
            foreach (var copy in loans.Copies(friend).Where(c => c.Code == LoanCodes.Ending))
                await loans.PutAsync(copy with { Code = null }, cancellation);
        }
        finally
        {
            loans.Changing.Release();
        }

        return (View(loan), null);
    }

    /// <summary>
    /// Ends a loan after a term of notice; until then all of it stays. Its copies are then set aside, and deleted a
    /// week later. Durable when it returns.
    /// </summary>
    /// <returns>The loan, or <c>loan_unknown</c>.</returns>
    public async Task<(LoanView? Loan, Problem? Problem)> EndAsync(
        NodeId friend, bool apply, CancellationToken cancellation)
    {
        if (loans.Find(friend) is not { } loan) return (null, None);
        if (volumes.Find(loan.Volume) is null) return await ForgetAsync(loan, apply, cancellation);
        if (loan.EndsMs is not null) return (View(loan), null);
        var ended = loan with { EndsMs = NowMs() + LoanRules.NoticeMs };
        if (!apply) return (View(ended), null);
        await loans.PutAsync(ended, cancellation);
        upkeep.Wake();
        return (View(ended), null);
    }

    /// <summary>On a volume that is this device's no more there is nothing to give notice of.</summary>
    private async Task<(LoanView? Loan, Problem? Problem)> ForgetAsync(
        Loan loan, bool apply, CancellationToken cancellation)
    {
        var view = View(loan with { EndsMs = loan.EndsMs ?? NowMs() });
        if (!apply) return (view, null);
        foreach (var copy in loans.Copies(loan.Friend)) await loans.RemoveAsync(copy, cancellation);
        await loans.RemoveAsync(loan, cancellation);
        return (view, null);
    }

    /// <summary>
    /// True where friends rely on a volume. One that is gone for good may go from the books once its loans are over.
    /// </summary>
    internal bool Holds(VolumeId volume, bool isThere) =>
        loans.Loans().Any(l => l.Volume == volume && (isThere || !LoanRules.IsOver(l, NowMs())));

    private LoanView View(Loan loan)
    {
        var copies = loans.Copies(loan.Friend);
        return new LoanView(
            loan, rings.Find(loan.Friend)?.Name ?? "", rings.IsFriend(loan.Friend), copies.Sum(c => c.SizeBytes),
            copies.Count, copies.Count(c => c.State == LentState.Aside));
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
