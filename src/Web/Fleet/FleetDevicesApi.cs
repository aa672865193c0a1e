using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>What devices are, and where they stand.</summary>
internal static class FleetDevicesApi
{
    /// <summary>In place of a device: one without a node that is not declared yet.</summary>
    internal const string NewDevice = "new";

    public static void MapFleetDevices(this RouteGroupBuilder fleet)
    {
        fleet.MapPost("/devices", PostAsync)
            .WithSummary("Say what this device is, or one without a node that it speaks for.")
            .Produces<DeclaredDto>().Problem(400, 401, 403, 404, 409);
        fleet.MapPost("/probe", ProbeAsync).WithSummary("Look at once at the devices that this one watches.")
            .Produces<ProbeReportDto>().Problem(401, 403, 409);
        fleet.MapPost("/devices/{device}/state", SetStateAsync)
            .WithSummary("Drain, retire or bury a device; what costs copies is told first.")
            .Produces<ConsequenceDto>().Problem(400, 401, 403, 404, 409);
        fleet.MapPost("/devices/{device}/gone", PartAsync)
            .WithSummary("Part from a device for good: dead, its key revoked in the fleet, forgotten; told first.")
            .Produces<PartingDto>().Problem(400, 401, 403, 404, 409);
    }

    /// <summary>What is not said stays as it is, or is as for a new device. Code: device_incomplete.</summary>
    internal static (DeviceDeclared? Said, Problem? Problem) Completed(
        DeviceRequest request, Device? before, string nodeName)
    {
        var isClass = NetText.TryRead<DeviceClass>(request.Class);
        if (request.Class is not null && isClass is null) return (null, FleetWords.Bad<DeviceClass>("class"));
        if ((isClass ?? before?.Class) is not { } kind)
            return (null, new Problem(
                "device_incomplete", 400, "Say of which class the device is: always_on, desktop, laptop and so on."));
        var name = request.Name ?? before?.Name ?? (request.Device is null ? nodeName : null);
        if (name is null) return (null, new Problem("device_incomplete", 400, "Give the device a name."));
        var isNode = before is null ? request.Device is null : before.Steward is null;
        return (new DeviceDeclared(
            name, kind, request.Zone ?? before?.Zone ?? "home", request.Offsite ?? before?.IsOffsite ?? false,
            Ordered(request.Services ?? before?.Services ?? []),
            Ordered(request.Transports ?? before?.Transports ?? (isNode ? ["http"] : [])),
            isNode ? null : before?.Id, isNode ? null : before?.Steward, before?.Replaces,
            request.WgKey ?? before?.WgKey), null);
    }

    /// <summary>Declares, as a form or the API asks: the device's id, unless it is a dry run.</summary>
    internal static async Task<(DeviceId? Device, Problem? Problem)> DeclareAsync(
        DeviceRequest request, FleetQueries fleets, FleetActs acts, string nodeName, CancellationToken cancellation)
    {
        var (before, problem) = Before(request, fleets);
        if (problem is not null) return (null, problem);
        var (said, incomplete) = Completed(request, before, nodeName);
        if (said is null) return (null, incomplete);
        if (request.Device == NewDevice) return await acts.FoundAsync(said, request.DryRun, cancellation);
        (_, problem) = await acts.DeclareAsync(said, request.DryRun, cancellation);
        return (request.DryRun || problem is not null ? null : said.Device ?? fleets.Standing().Self, problem);
    }

    private static (Device? Before, Problem? Problem) Before(DeviceRequest request, FleetQueries fleets)
    {
        if (request.Device == NewDevice) return (null, null);
        if (request.Device is null)
            return (fleets.Standing().Devices.FirstOrDefault(d => d.IsSelf)?.Device, null);
        var (found, problem) = fleets.Device(request.Device);
        if (found is null) return (null, problem);
        return found is { IsSelf: false, Device.Steward: null }
            ? (null, new Problem(
                "fleet_not_signer", 403, "Only the device itself, or its steward, may say that of it."))
            : (found.Device, null);
    }

    private static async Task<IResult> PostAsync(
        DeviceRequest request, FleetQueries fleets, FleetActs acts, NodeName own,
        CancellationToken cancellation)
    {
        var (device, problem) = await DeclareAsync(request, fleets, acts, own.Current, cancellation);
        return problem is null
            ? TypedResults.Json(new DeclaredDto(device?.ToString()), ApiJson.Default.DeclaredDto)
            : Problems.Answer(problem);
    }

    /// <summary>Where this device is none of the fleet's yet, it watches nobody.</summary>
    internal static Problem Undeclared { get; } = new(
        "device_undeclared", 409, "This device has not said what it is: declare it first, then it watches others.");

    private static async Task<IResult> ProbeAsync(
        ProbeRound round, FleetQueries fleets, Volumes volumes, CancellationToken cancellation)
    {
        if (await round.LookAsync(cancellation) is not { } seen) return Problems.Answer(Undeclared);
        var names = fleets.Names();
        return TypedResults.Json(
            new ProbeReportDto(
                seen.IsLinkUp, seen.Own.Flags,
                [.. volumes.All.Select(v => new ProbedVolumeDto(
                    v.Id.ToString(), v.Name, seen.Own.FreeBytes.TryGetValue(v.Id, out var free) ? free : null))],
                [.. seen.Others.Select(o => new ProbedDeviceDto(
                    o.Device.ToString(), names.GetValueOrDefault(o.Device) ?? o.Device.ToString()[..12], o.Answered,
                    NetText.Of(o.State), o.UptimePermille))]),
            ApiJson.Default.ProbeReportDto);
    }

    private static async Task<IResult> SetStateAsync(
        string device, DeviceStateRequest request, FleetQueries fleets, FleetActs acts,
        CancellationToken cancellation)
    {
        if (NetText.TryRead<DeviceState>(request.State) is not { } state)
            return Problems.Answer(FleetWords.Bad<DeviceState>("state"));
        var (plan, bad) = FleetWords.Plan(request.Apply);
        if (bad is not null) return Problems.Answer(bad);
        var (found, missing) = fleets.Device(device);
        if (found is null) return Problems.Answer(missing!);
        var (told, problem) = await acts.SetStateAsync(found.Device.Id, state, plan, cancellation);
        return FleetRulesApi.Told(told, problem);
    }

    private static async Task<IResult> PartAsync(
        string device, DeviceGoneRequest request, FleetQueries fleets, DeviceParting partings,
        CancellationToken cancellation)
    {
        var (plan, bad) = FleetWords.Plan(request.Apply);
        if (bad is not null) return Problems.Answer(bad);
        var (found, missing) = fleets.Device(device);
        if (found is null) return Problems.Answer(missing!);
        var (parting, problem) = await partings.PartAsync(found.Device.Id, plan, cancellation);
        return parting is null
            ? Problems.Answer(problem!)
            : TypedResults.Json(parting.Dto(found.Device.Id), ApiJson.Default.PartingDto);
    }

    private static string[] Ordered(IEnumerable<string> words) =>
        [.. words.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
