using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Fleet's REST API: what the devices keep, what they would do, and what the owner decides.</summary>
internal static class FleetApi
{
    private const int PageMax = 500;

    public static void MapFleet(this RouteGroupBuilder api)
    {
        var fleet = api.MapGroup("/fleet").WithTags("fleet").ForOwner();
        fleet.MapGet("", (FleetQueries fleets) =>
                TypedResults.Json(fleets.Standing().Dto(), ApiJson.Default.FleetDto))
            .WithSummary("How the fleet is: the verdict, what needs the owner, the devices.")
            .Produces<FleetDto>().Problem(401, 403);
        fleet.MapGet("/devices/{device}", Device).WithSummary("A device, by id, name or six digits.")
            .Produces<DeviceDto>().Problem(401, 403, 404, 409);
        fleet.MapGet("/custody", Custody).WithSummary("Items and who holds them, fewest copies first.")
            .Produces<CustodyDto>().Problem(400, 401, 403);
        fleet.MapGet("/items/{item}", Item).WithSummary("An item's copies, and whether each counts.")
            .Produces<ItemDto>().Problem(401, 403, 404, 409);
        fleet.MapPost("/pins", PinAsync).WithSummary("Star an item, throw it away, or take either back.")
            .Produces(204).Problem(400, 401, 403, 404, 409);
        fleet.MapGet("/plan", (PlanSight plans, FleetDesk desk) =>
                TypedResults.Json(plans.Now().Plan.Dto(desk.Self), ApiJson.Default.PlanDto))
            .WithSummary("What the devices should do now.")
            .Produces<PlanDto>().Problem(401, 403);
        fleet.MapPost("/plan/{plan}/copies", RepinAsync)
            .WithSummary("Make the copies of that plan that fall to this device.")
            .Produces<OrderedCopiesDto>().Problem(400, 401, 403, 409);
        fleet.MapPost("/plan/{plan}/releases", ReleaseApi.ApplyAsync)
            .WithSummary("Let the copies go that this device is to let go by that plan.")
            .Produces<OrderedReleasesDto>().Problem(400, 401, 403, 409);
        fleet.MapFleetRules();
        fleet.MapFleetDevices();
    }

    internal static IResult Answer(Problem? problem) =>
        problem is null ? TypedResults.NoContent() : Problems.Answer(problem);

    private static IResult Device(string device, FleetQueries fleets)
    {
        var (found, problem) = fleets.Device(device);
        return found is null
            ? Problems.Answer(problem!)
            : TypedResults.Json(found.Dto(), ApiJson.Default.DeviceDto);
    }

    private static IResult Custody(FleetQueries fleets, bool below = false, int from = 0, int limit = PageMax) =>
        from < 0 || limit is < 1 or > PageMax
            ? Problems.Answer(new Problem(
                "bad_page", 400, "A page begins at 0 or later, and has 1 to 500 lines."))
            : TypedResults.Json(fleets.Custody(below, from, limit).Dto(), ApiJson.Default.CustodyDto);

    private static IResult Item(string item, FleetQueries fleets)
    {
        var (found, problem) = fleets.Item(item);
        return found is null
            ? Problems.Answer(problem!)
            : TypedResults.Json(found.Dto(), ApiJson.Default.ItemDto);
    }

    private static async Task<IResult> RepinAsync(
        string plan, PlanSight plans, CopyOrders orders, CancellationToken cancellation)
    {
        var (seen, refused) = FleetWords.Seen(plans, plan);
        if (seen is null) return Problems.Answer(refused!);
        var ordered = await orders.ApplyAsync(seen.Plan, cancellation);
        return TypedResults.Json(
            new OrderedCopiesDto(ordered.Asked.Count, ordered.Elsewhere.Count, ordered.Problem?.Code),
            ApiJson.Default.OrderedCopiesDto);
    }

    private static async Task<IResult> PinAsync(
        PinRequest request, FleetQueries fleets, FleetActs acts, CancellationToken cancellation)
    {
        if (NetText.TryRead<PinKind>(request.Kind) is not { } kind)
            return Problems.Answer(FleetWords.Bad<PinKind>("kind"));
        var (item, problem) = fleets.Item(request.Item);
        if (item is null) return Problems.Answer(problem!);
        DeviceId? device = null;
        if (request.Device is { } named)
        {
            var (found, missing) = fleets.Device(named);
            if (found is null) return Problems.Answer(missing!);
            device = found.Device.Id;
        }

        return Answer(await acts.PinAsync(item.Item, kind, device, cancellation));
    }
}
