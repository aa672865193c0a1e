using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>What would become of a release, or became of its start.</summary>
/// <param name="Code">Why it cannot be; null where it can, as far as is known without asking anybody.</param>
/// <param name="Floor">How many verified copies have to be elsewhere.</param>
/// <param name="Elsewhere">How many would count, were all of them locked.</param>
/// <param name="Missing">Whose copies stand in the way, in order.</param>
public sealed record ReleaseProposal(
    ItemId Item, VolumeId Volume, long SizeBytes, string? Code, int Floor, int Elsewhere,
    IReadOnlyList<DeviceId> Missing);

/// <summary>Lets this device's copies go when told to; says before what would happen.</summary>
public sealed class ReleaseDesk(
    ReleaseBook releases, ReleaseViews views, ReleaseRun run, ItemStore store, FleetBook book, FleetDesk desk)
{
    /// <summary>What would happen; null where this device has no present copy on such a volume.</summary>
    /// <param name="volume">Null for the first that holds it.</param>
    public ReleaseProposal? Propose(ItemId item, VolumeId? volume) => Propose(item, volume, views.Holdings());

    /// <summary>As above, with the copies that the whole fleet holds: counted once for many proposals.</summary>
    internal ReleaseProposal? Propose(ItemId item, VolumeId? volume, int holdings)
    {
        var held = store.Held(item)
            .FirstOrDefault(h => h.State == HoldingState.Present && (volume is null || h.Volume == volume));
        if (held is null) return null;
        var view = views.Of(item, held.Volume);
        var lockable = DropRule.Lockable(view.Copies);
        var answer = DropRule.Judge(
            view.Floor, [.. view.Copies.Select(c => c with { IsLocked = lockable.Contains(c.Device) })]);
        var code = releases.WhyNot(item)
            ?? (view.IsFrozen || !releases.MayCount(1 + views.Leaving(), holdings) ? ReleaseCodes.Frozen : null)
            ?? (view.IsVolumePresent ? null : ReleaseCodes.VolumeAbsent)
            ?? (views.Referred(item, held.Volume) ? ReleaseCodes.StillReferred : null)
            ?? answer.Code;
        var size = book.Read(state => state.Items.GetValueOrDefault(item)?.SizeBytes ?? 0);
        return new ReleaseProposal(item, held.Volume, size, code, view.Floor, answer.Have, answer.Missing);
    }

    /// <summary>
    /// Starts what <see cref="Propose(ItemId, VolumeId?)"/> has nothing against: the intent is in the log and holders
    /// are being asked when it returns. What comes of it is found in <see cref="ReleaseBook.Releases"/>.
    /// </summary>
    /// <param name="planId">The plan that proposed it; zeros where the owner did.</param>
    public Task<(ReleaseProposal? Proposal, Problem? Problem)> ApplyAsync(
        ItemId item, VolumeId? volume, Hash256 planId, CancellationToken cancellation) =>
        ApplyAsync(item, volume, planId, views.Holdings(), cancellation);

    /// <summary>As above, with the copies that the whole fleet holds: counted once for many releases.</summary>
    internal async Task<(ReleaseProposal? Proposal, Problem? Problem)> ApplyAsync(
        ItemId item, VolumeId? volume, Hash256 planId, int holdings, CancellationToken cancellation)
    {
        await views.LookAsync(cancellation);
        if (Propose(item, volume, holdings) is not { } proposal) return (null, Problem.NotFound("copy"));
        if (proposal.Code is not null) return (proposal, null);
        var gen = store.Held(item).First(h => h.Volume == proposal.Volume).Gen;
        var (events, problem) = await desk.SayAsync(
            new ReleaseIntended(item, proposal.Volume, gen, planId), dryRun: false, cancellation);
        if (events is not [var intent]) return (proposal, problem ?? FleetDesk.None);
        var (effects, code) = await releases.BeginAsync(
            new LockRequest(item, intent, desk.Self, ReleaseRun.NewAsk()), proposal.Volume,
            views.Of(item, proposal.Volume), cancellation);
        if (code is null) run.Begun(item, effects);
        return (proposal with { Code = code }, null);
    }

    /// <summary>
    /// Ends a release as its owner says: nothing goes, or what lies aside is put back and hashed again. Codes:
    /// not_found, release_busy.
    /// </summary>
    public async Task<Problem?> TakeBackAsync(ItemId item, CancellationToken cancellation)
    {
        if (releases.Find(item) is null or { Progress.Stage: ReleaseStage.Ended }) return Problem.NotFound("release");
        return await run.TakeBackAsync(item, cancellation)
            ? null
            : new Problem("release_busy", 409, "Its file is being moved just now: look again in a moment.");
    }
}
