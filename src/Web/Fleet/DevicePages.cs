using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>The page of a device: what it is, and where it stands.</summary>
internal static class DevicePages
{
    private const string Home = "/fleet/devices";

    public static void MapDevicePages(this RouteGroupBuilder pages)
    {
        pages.MapGet(Home + "/{device}", (string device, FleetQueries fleets) => Show(device, fleets, null));
        pages.MapPost(Home + "/{device}", ChangeAsync);
        pages.MapPost(Home + "/{device}/state", SetStateAsync);
        pages.MapPost(Home + "/{device}/gone", PartAsync);
        pages.MapPost(Home + "/{device}/volumes/{volume}/remove", RemoveAsync);
    }

    private static IResult Show(
        string device, FleetQueries fleets, Problem? problem, DeviceRequest? refused = null,
        (Consequence Told, DeviceState Wanted)? told = null, (Consequence Told, VolumeId Volume)? removal = null,
        Parting? parting = null)
    {
        var (found, missing) = fleets.Device(device);
        return found is null
            ? PageAnswers.Page(missing!)
            : PageAnswers.Show<DevicePage>(new
            {
                Device = found,
                Problem = problem,
                Sent = refused,
                told?.Told,
                told?.Wanted,
                Removal = removal?.Told,
                Removed = removal?.Volume,
                Parting = parting,
            }, problem);
    }

    private static async Task<IResult> ChangeAsync(
        string device, HttpContext context, FleetQueries fleets, FleetActs acts, NodeName own,
        CancellationToken cancellation)
    {
        var request = FleetPages.Request(await context.Request.ReadFormAsync(cancellation), device);
        var (_, problem) = await FleetDevicesApi.DeclareAsync(
            request, fleets, acts, own.Current, cancellation);
        return problem is null
            ? PageAnswers.SeeOther($"{Home}/{device}")
            : Show(device, fleets, problem, request);
    }

    private static async Task<IResult> SetStateAsync(
        string device, HttpContext context, FleetQueries fleets, FleetActs acts, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var (found, missing) = fleets.Device(device);
        if (found is null) return PageAnswers.Page(missing!);
        if (NetText.TryRead<DeviceState>(sent.Field("state")) is not { } state)
            return Show(device, fleets, FleetWords.Bad<DeviceState>("state"));
        var (plan, bad) = FleetWords.Plan(sent.Field("apply").OrNull());
        if (bad is not null) return Show(device, fleets, bad);
        var (told, problem) = await acts.SetStateAsync(found.Device.Id, state, plan, cancellation);
        return told switch
        {
            null => Show(device, fleets, problem),
            { IsDone: true } => PageAnswers.SeeOther($"{Home}/{found.Device.Id}"),
            _ => Show(device, fleets, null, null, (told, state)),
        };
    }

    /// <summary>Parts from a device that is gone; told first, as on the command line.</summary>
    private static async Task<IResult> PartAsync(
        string device, HttpContext context, FleetQueries fleets, DeviceParting partings,
        CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var (found, missing) = fleets.Device(device);
        if (found is null) return PageAnswers.Page(missing!);
        var (plan, bad) = FleetWords.Plan(sent.Field("apply").OrNull());
        if (bad is not null) return Show(device, fleets, bad);
        var (parting, problem) = await partings.PartAsync(found.Device.Id, plan, cancellation);
        return parting switch
        {
            null => Show(device, fleets, problem),
            { Told.IsDone: true } => PageAnswers.SeeOther($"{Home}/{found.Device.Id}"),
            _ => Show(device, fleets, null, parting: parting),
        };
    }

    /// <summary>Of this device's own volumes; told first, as on the command line.</summary>
    private static async Task<IResult> RemoveAsync(
        string device, string volume, HttpContext context, FleetQueries fleets, VolumeRemoval removal,
        CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var (plan, bad) = FleetWords.Plan(sent.Field("apply").OrNull());
        if (bad is not null) return Show(device, fleets, bad);
        if (!VolumeId.TryParse(volume, out var id)) return Show(device, fleets, Problem.NotFound("volume"));
        var (told, problem) = await removal.RemoveAsync(id, folder: null, plan, cancellation);
        return told switch
        {
            null => Show(device, fleets, problem),
            { IsDone: true } => PageAnswers.SeeOther($"{Home}/{device}"),
            _ => Show(device, fleets, null, removal: (told, id)),
        };
    }
}
