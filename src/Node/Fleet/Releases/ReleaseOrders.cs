using Anarchive.Fleet;

namespace Anarchive.Node;

/// <summary>A copy elsewhere that counts.</summary>
public sealed record ReleaseProof(DeviceId Device, long ProvenMs);

/// <summary>A copy that a plan lets go, with what speaks for it.</summary>
/// <param name="Counted">Copies that count, this one too; <paramref name="Ceiling"/> is what the policy keeps.</param>
/// <param name="Proof">Copies elsewhere that count, those first that were proven last.</param>
/// <param name="Code">What is known against it here; null where nothing is, or where it is another device's.</param>
public sealed record PlannedRelease(
    ItemId Item, long SizeBytes, DeviceId Device, bool IsOwn, int Counted, int Ceiling,
    IReadOnlyList<ReleaseProof> Proof, string? Code);

/// <summary>What became of the copies of a plan that this device is to let go.</summary>
/// <param name="Begun">Their holders are being asked for locks.</param>
/// <param name="Stay">Those that something is known against, by its code.</param>
/// <param name="Later">As many as must wait: more at once would open the breaker.</param>
/// <param name="Elsewhere">As many as other devices are to let go.</param>
public sealed record OrderedReleases(
    IReadOnlyList<ItemId> Begun, IReadOnlyList<(ItemId Item, string Code)> Stay, int Later, int Elsewhere);

/// <summary>Lets go the copies above their ceiling that a plan has this device let go.</summary>
/// <remarks>A plan only proposes: each release is checked by itself, and goes under the locks of others.</remarks>
public sealed class ReleaseOrders(
    FleetBook book, FleetDesk desk, ReleaseDesk releases, ReleaseBook inFlight, ReleaseViews views)
{
    /// <summary>What a plan proposes, this device's first; nothing is done.</summary>
    public IReadOnlyList<PlannedRelease> Look(SeenPlan seen, int most)
    {
        var holdings = views.Holdings();
        var proposed = seen.Plan.Releases.OrderByDescending(r => r.Device == desk.Self).Take(most).ToList();
        // What is known against it is asked of the disk, and not while the fleet's state is being read.
        var codes = proposed.Where(r => r.Device == desk.Self).ToDictionary(
            r => r.Item, r => releases.Propose(r.Item, null, holdings) is { } here ? Against(here)
                : ReleaseCodes.LockNotHeld);
        return book.Read(state =>
        {
            var count = new CopyCount(seen.Table);
            return proposed.Select(r => Of(state, count, r, codes.GetValueOrDefault(r.Item))).ToList();
        });
    }

    /// <summary>Begins what nothing is known against, as many as may go at once; or why the log refuses.</summary>
    public async Task<(OrderedReleases? Ordered, Problem? Problem)> ApplyAsync(
        SeenPlan seen, CancellationToken cancellation)
    {
        var own = seen.Plan.Releases.Where(r => r.Device == desk.Self).ToList();
        var (begun, stay) = (new List<ItemId>(), new List<(ItemId Item, string Code)>());
        var holdings = views.Holdings();
        var (room, later) = (inFlight.RoomFor(holdings, views.Leaving()), 0);
        foreach (var release in own)
        {
            if (begun.Count == room && !inFlight.Breaker.IsOpen)
            {
                later++;
                continue;
            }

            var (proposal, problem) =
                await releases.ApplyAsync(release.Item, null, seen.Plan.Id, holdings, cancellation);
            if (proposal is null) stay.Add((release.Item, ReleaseCodes.LockNotHeld));
            else if (problem is not null) return (null, problem);
            else if (proposal.Code is { } code) stay.Add((release.Item, code));
            else begun.Add(release.Item);
        }

        return (new OrderedReleases(begun, stay, later, seen.Plan.Releases.Count - own.Count), null);
    }

    /// <summary>That others go first is nothing against it: it goes later.</summary>
    private string? Against(ReleaseProposal proposal) =>
        proposal.Code == ReleaseCodes.Frozen && !inFlight.Breaker.IsOpen ? null : proposal.Code;

    private PlannedRelease Of(FleetState state, CopyCount count, ProposedRelease release, string? code)
    {
        var counted = state.HoldingsOf(release.Item).Where(count.Counts).ToList();
        var known = state.Items.GetValueOrDefault(release.Item);
        return new PlannedRelease(
            release.Item, release.SizeBytes, release.Device, release.Device == desk.Self,
            counted.Select(h => h.Device).Distinct().Count(),
            (known is null ? state.DefaultPolicy : state.PolicyOf(known)).Ceiling,
            [.. counted.Where(h => h.Device != release.Device).GroupBy(h => h.Device)
                .Select(g => new ReleaseProof(g.Key, g.Max(h => h.ProvenMs ?? 0)))
                .OrderByDescending(p => p.ProvenMs).ThenBy(p => p.Device)],
            code);
    }
}
