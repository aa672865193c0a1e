using Anarchive.Fleet;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>Takes a volume, or a watched folder of one, out of this device's hands. No byte is deleted.</summary>
/// <remarks>
/// What is told first is what no longer counts: this device stops to vouch for the copies, and says so in the log.
/// </remarks>
public sealed class VolumeRemoval(
    ItemStore store, Volumes volumes, ReleaseBook releases, CopyDesk copies, Lending lending, LogWriter writer,
    HoldingPost post, FleetBook book, FleetDesk desk, PlanSight plans)
{
    private static readonly Sentence CountsNoMore = "its copy here counts no more";

    private static readonly Sentence DoesNotCount = "its copy here does not count now";

    /// <summary>What would count no more; done with the id of the plan that this was told with.</summary>
    /// <param name="folder">From the volume's root, as it is watched; null for the whole volume.</param>
    /// <returns>
    /// not_found, volume_busy, volume_lent, locked_for_other, and those of <see cref="PlanSight.Check"/>; null where it
    /// was told or done.
    /// </returns>
    public async Task<(Consequence? Told, Problem? Problem)> RemoveAsync(
        VolumeId volume, string? folder, Hash256? apply, CancellationToken cancellation)
    {
        if (volumes.Find(volume) is null) return (null, Problem.NotFound("volume"));
        folder = folder is null ? null : Path.TrimEndingDirectorySeparator(folder is "." ? "" : folder);
        if (folder is not null && !store.Folders().Contains((volume, folder)))
            return (null, Problem.NotFound("watched folder"));
        await store.Changing.WaitAsync(cancellation);
        try
        {
            var going = store.GoingWith(volume, folder);
            if (WhyNot(volume, folder, going) is { } busy) return (null, busy);
            if (apply is { } id && plans.Check(id) is { } changed) return (null, changed);
            var seen = plans.Now();
            var told = book.Read(state => Of(state, seen, volume, going));
            if (apply is null) return (told, null);
            await writer.OnWriterAsync(db => StoreRows.Forget(db, volume, folder, going), cancellation);
            if (folder is null) volumes.Forget(volume);
            await TellAsync(volume, folder is null, cancellation);
            return (told with { IsDone = true }, null);
        }
        finally
        {
            store.Changing.Release();
        }
    }

    /// <summary>A volume without room is one that its device has no more.</summary>
    private async Task TellAsync(VolumeId volume, bool isWhole, CancellationToken cancellation)
    {
        // Where the log does not take it now, the next round tells it.
        await post.TellAsync(cancellation);
        if (isWhole && book.Read(state => state.Volumes.GetValueOrDefault(volume)) is { } known
            && known.Device == desk.Self)
            await desk.SayAsync(
                new VolumeDeclared(desk.Self, volume, known.Name, 0, 0), dryRun: false, cancellation);
    }

    private Problem? WhyNot(VolumeId volume, string? folder, IReadOnlyList<ItemId> going)
    {
        var isThere = volumes.Look(volume) is { IsPresent: true };
        if (folder is null && lending.Holds(volume, isThere))
            return new Problem(
                "volume_lent", 409, "Friends are lent room on it: end that first, with fleet friend end.");
        var moving = releases.Releases.Any(r => r.Volume == volume && r.Progress.Stage != ReleaseStage.Ended
            && (folder is null ? isThere : going.Contains(r.Progress.Item)));
        var coming = folder is null && copies.All().Any(c => c.Volume == volume
            && c.State is CopyStates.Waiting or CopyStates.Running);
        if (moving || coming)
            return new Problem(
                "volume_busy", 409, "Copies are coming to it or being let go on it: cancel those first.");
        return going.Any(releases.IsLocked)
            ? new Problem(
                ReleaseCodes.LockedForOther, 409,
                "Another device relies on a copy there for up to an hour: try again after that.")
            : null;
    }

    private Consequence Of(FleetState state, SeenPlan seen, VolumeId volume, IReadOnlyList<ItemId> going)
    {
        var (count, rows) = (new CopyCount(seen.Table), new List<ConsequenceRow>());
        foreach (var item in going)
        {
            var own = state.HoldingsOf(item).Where(h => h.Device == desk.Self).ToList();
            var here = own.Where(h => h.Volume == volume).ToList();
            // Two volumes of one device are one copy.
            var counted = here.Any(count.Counts) && !own.Any(h => h.Volume != volume && count.Counts(h));
            var line = seen.Custody.Find(item);
            rows.Add(new ConsequenceRow(
                item, state.Items.GetValueOrDefault(item)?.SizeBytes, line?.Counted ?? 0,
                (line?.Counted ?? 0) - (counted ? 1 : 0), line?.Floor ?? 0, here.Max(h => h.ProvenMs),
                counted ? CountsNoMore : DoesNotCount));
        }

        return Consequence.Of(seen.Id, rows);
    }
}
