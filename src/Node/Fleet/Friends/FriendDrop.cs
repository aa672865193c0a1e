using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// Lets a friend's copy go as the owner says: a release like any other, by its steward. Its holders lock, this device
/// among them; the friend sets the copy aside, and deletes it once the whole check has passed again.
/// </summary>
public sealed class FriendDrop(
    FriendBook friends, FriendCare care, ReleaseBook releases, ReleaseViews views, ReleaseRun run, FleetBook book,
    FleetDesk desk)
{
    private const int TriesMax = 3;

    private static Problem UnknownCopy { get; } = Problem.NotFound("copy");

    /// <summary>
    /// Says what would happen, and starts it. What the friend has not all fetched yet is no copy, and is taken back at
    /// once.
    /// </summary>
    /// <returns>The proposal, or <c>not_found</c>, or why the log refuses.</returns>
    public async Task<(ReleaseProposal? Proposal, bool IsBegun, Problem? Problem)> DropAsync(
        ItemId item, NodeId friend, bool apply, CancellationToken cancellation)
    {
        if (friends.Find(friend) is not { } at || friends.Find(friend, item) is not { IsWanted: true } copy)
            return (null, false, UnknownCopy);
        var held = care.HoldingOf(at, item);
        var size = book.Read(state => state.Items.GetValueOrDefault(item)?.SizeBytes ?? 0);
        if (held is null || NeverCame(copy, held.State))
        {
            var code = apply ? await ForgetAsync(at, copy, cancellation) : null;
            return (new ReleaseProposal(item, at.Volume, size, code, 0, 0, []), apply && code is null, null);
        }

        var view = views.Of(item, at.Volume);
        var lockable = DropRule.Lockable(view.Copies);
        var answer = DropRule.Judge(
            view.Floor, [.. view.Copies.Select(c => c with { IsLocked = lockable.Contains(c.Device) })]);
        var proposal = new ReleaseProposal(
            item, at.Volume, size,
            releases.WhyNot(item)
                ?? (view.IsFrozen || !releases.MayCount(1 + releases.Leaving, views.Holdings())
                    ? ReleaseCodes.Frozen
                    : null)
                ?? answer.Code,
            view.Floor, answer.Have, answer.Missing);
        if (!apply || proposal.Code is not null) return (proposal, false, null);
        var (events, problem) = await desk.SayAsync(
            new ReleaseIntended(item, at.Volume, held.Gen, default), dryRun: false, cancellation);
        if (events is not [var intent]) return (proposal, false, problem ?? FleetDesk.None);
        var (effects, refused) = await releases.BeginAsync(
            new LockRequest(item, intent, desk.Self, ReleaseRun.NewAsk()), at.Volume, views.Of(item, at.Volume),
            cancellation);
        if (refused is null) run.Begun(item, effects);
        return (proposal with { Code = refused }, refused is null, null);
    }

    /// <summary>
    /// One that was whole once may be so still, whatever the log says just now: it goes as a copy does, under locks.
    /// </summary>
    private static bool NeverCame(FriendCopy copy, HoldingState said) =>
        said == HoldingState.Gone
        || (said != HoldingState.Present && copy.ProvenMs == 0
            && (copy.IsComing || copy.State == LentBytes.NameOf(LentState.None)));

    /// <summary>Nobody relies on bytes that never were a copy.</summary>
    private async Task<string?> ForgetAsync(FriendDevice at, FriendCopy copy, CancellationToken cancellation)
    {
        try
        {
            for (var tries = 1; ; tries++)
            {
                var word = await care.AskAsync(copy.Friend, copy.Item, LoanActs.Aside, 0, cancellation);
                if (word.State == LentState.Aside)
                    word = await care.AskAsync(copy.Friend, copy.Item, LoanActs.Purge, 0, cancellation);
                if (word.State == LentState.None) break;
                // A round that looks after copies may have asked for it anew between the two.
                if (word.Code is not null || tries == TriesMax) return word.Code ?? ReleaseCodes.DiskRefused;
            }
        }
        catch (PeerException)
        {
            return FriendReleases.Silent;
        }

        await friends.PutAsync(copy with { State = FriendCopy.Dropped, Code = null, ProvenMs = 0 }, cancellation);
        if (care.HoldingOf(at, copy.Item) is { State: not HoldingState.Gone })
            await care.SayAsync(at, copy.Item, HoldingState.Gone, Evidence.Claimed, cancellation);
        return null;
    }
}
