using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What the fleet says, as the API shows it. No answer holds a path.</summary>
internal static class FleetAnswers
{
    /// <summary>Of each list in a plan; its counts are whole.</summary>
    private const int RowsMax = 500;

    public static FleetDto Dto(this FleetStanding fleet) => new(
        fleet.Verdict.ToString(), fleet.IsWell, fleet.IsInFleet, fleet.IsOwner, fleet.Self.ToString(),
        fleet.PlanId.ToString(), fleet.Epoch.Number, fleet.Items, fleet.Below, fleet.Unproven,
        [.. fleet.Needs.Select(n => new FleetNeedDto(
            n.Code, n.Subject.ToString(), n.Cause.ToString(), n.Action.ToString()))],
        [.. fleet.Devices.Select(Dto)]);

    public static DeviceDto Dto(this DeviceStanding standing)
    {
        var device = standing.Device;
        return new DeviceDto(
            device.Id.ToString(), device.Name, NetText.Of(device.Class), device.Zone, device.IsOffsite,
            NetText.Of(device.State), standing.Heard is { } reach ? NetText.Of(reach) : null, standing.Counts,
            standing.IsSelf, standing.Hearing == Hearing.Never ? null : standing.Hearing == Hearing.NoMore,
            standing.UptimePermille, standing.HeardMs, device.Steward?.ToString(), device.Services, device.Transports,
            standing.Flags, standing.Duties, standing.Load.Copies, standing.Load.Bytes,
            [.. standing.Volumes.Select(Dto)]);
    }

    public static DeviceVolumeDto Dto(this VolumeStanding volume) => new(
        volume.Volume.Id.ToString(), volume.Volume.Device.ToString(), volume.Volume.Name,
        volume.Volume.CapacityBytes, volume.Volume.ReserveBytes, volume.FreeBytes, volume.HeardMs);

    public static ConsequenceDto Dto(this Consequence told) => new(
        told.IsDone, told.PlanId.ToString(), told.Items, told.Bytes, told.Below, told.LastCopies,
        [.. told.Rows.Select(r => new ConsequenceRowDto(
            r.Item.ToString(), r.SizeBytes, r.Before, r.After, r.Floor, r.ProvenMs, r.Reason.ToString()))]);

    public static PartingDto Dto(this Parting parting, DeviceId device)
    {
        var told = parting.Told.Dto();
        return new PartingDto(
            told.Done, told.PlanId, told.Items, told.Bytes, told.Below, told.LastCopies, told.Rows,
            [.. parting.Left.Select(NetText.Of)],
            [.. parting.Hives.Select(h => new PartingHiveDto(h.Name, device.AsNode().ToString(), h.IsOwn))]);
    }

    public static PolicyDto Dto(this PolicySet set) =>
        new(set.Policy, set.Floor, set.Ceil, set.MinZones, set.MinOffsite, set.AutoCopy);

    public static PolicyDto Dto(this Policy policy) => new(
        policy.Name, policy.Floor, policy.Ceiling, policy.ZonesMin, policy.OffsiteMin, policy.AutoCopy);

    public static SourceDto Dto(this Source source) => new(
        source.Name,
        source.Privacy switch { Privacy.No => "public", Privacy.Yes => "private", _ => "unknown" },
        source.Host, NetText.Of(source.Gate), NetText.Of(source.Isolation));

    public static HoldingDto Dto(this HoldingStanding copy) => new(
        copy.Holding.Device.ToString(), copy.DeviceName, copy.Holding.Volume.ToString(), copy.VolumeName,
        copy.Holding.Gen, NetText.Of(copy.Holding.State), copy.Holding.ProvenMs, copy.Counts, copy.Why);

    public static CustodyDto Dto(this CustodyPage page) => new(
        page.Plan.Id.ToString(), page.Total, page.From,
        [.. page.Rows.Select(row => new CustodyLineDto(
            row.Line.Item.ToString(), row.Name, row.Line.SizeBytes, row.Line.Counted, row.Line.Floor, row.Line.IsBelow,
            row.Baton?.ToString(), [.. page.Devices.Where(d => row.Cells.ContainsKey(d.Id))
                .Select(d => row.Cells[d.Id].Dto())]))]);

    public static ItemDto Dto(this ItemStanding item) => new(
        item.Item.ToString(), item.Name, item.Known?.SizeBytes, item.Known?.InfoHashV1, item.Known?.InfoHashV2,
        NetText.Of(item.Known?.Privacy ?? Privacy.Unknown), item.Known?.Source, item.Policy.Name, item.Policy.Floor,
        item.Policy.Ceiling, item.Counted, NetText.Of(item.Pin), [.. item.Holdings.Select(Dto)],
        [.. item.Custodians.Select(d => d.ToString())], item.Baton?.ToString(), item.Face?.ToString(),
        [.. item.Planned.Select(Dto)], item.Release?.ToString(),
        item.Infeasible is { } why ? NetText.Of(why.Why) : null);

    public static PlannedCopyDto Dto(this PlannedCopy copy) => new(
        copy.Item.ToString(), copy.SizeBytes, copy.Target.ToString(), copy.Volume.ToString(),
        copy.Source.ToString());

    public static PlanDto Dto(this FleetPlan plan, DeviceId self) => new(
        plan.Id.ToString(), plan.Epoch.Number, plan.Copies.Count, plan.Copies.Count(c => c.Target == self),
        plan.Copies.Sum(c => c.SizeBytes),
        plan.Releases.Count, plan.Releases.Sum(r => r.SizeBytes), plan.Infeasible.Count, plan.SurplusBytes,
        [.. plan.Copies.Take(RowsMax).Select(Dto)],
        [.. plan.Releases.Take(RowsMax).Select(r => new PlannedReleaseDto(
            r.Item.ToString(), r.SizeBytes, r.Device.ToString()))],
        [.. plan.Infeasible.Take(RowsMax).Select(i => new InfeasibleDto(
            i.Item.ToString(), i.Missing, NetText.Of(i.Why)))]);

    public static DutiesDto Dto(this FleetPlan plan, IReadOnlyList<DutyOverride> given) => new(
        plan.Id.ToString(), plan.Duties.BroadcastHost?.ToString(), plan.Duties.Research?.ToString(),
        [.. plan.Duties.Probers.Select(p => new ProberDto(
            p.Subject.ToString(), [.. p.Observers.Select(o => o.ToString())]))],
        [.. plan.Duties.EditionSeeders.Select(e => new SeederDto(
            e.Edition, [.. e.Seeders.Select(s => s.ToString())]))],
        [.. given.Select(o => new DutyDto(
            o.Duty, o.Subject, o.Device?.ToString(), o.Until.StartMs, plan.Duties.Ignored
                .Where(i => i.Override == o).Select(i => NetText.Of(i.Why)).FirstOrDefault()))]);
}
