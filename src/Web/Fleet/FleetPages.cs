using System.Globalization;
using Anarchive.Fleet;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Pages about the fleet: how it is, who holds what, what is to be done.</summary>
internal static class FleetPages
{
    private const string Home = "/fleet";

    public static void MapFleetPages(this WebApplication app)
    {
        var pages = app.Pages();
        pages.MapGet(Home, (FleetQueries fleets, NodeName own) => Show(fleets, own, null, null));
        pages.MapPost(Home + "/devices", DeclareAsync);
        pages.MapPost(Home + "/probe", ProbeAsync);
        pages.MapGet(Home + "/custody", Custody);
        pages.MapGet(Home + "/items/{item}", (string item, FleetQueries fleets) => Item(item, fleets, null));
        pages.MapPost(Home + "/items/{item}/pin", PinAsync);
        pages.MapPlanPages();
        pages.MapReleasePages();
        pages.MapDevicePages();
        pages.MapFolderPages();
        pages.MapFleetRulePages();
        pages.MapReaperPages();
    }

    /// <summary>A device as a form describes it.</summary>
    /// <param name="device">Null for this one.</param>
    internal static DeviceRequest Request(IFormCollection sent, string? device) => new(
        device, sent.Field("name").OrNull(), sent.Field("class").OrNull(), sent.Field("zone").OrNull(),
        sent.Field("offsite") == "yes");

    /// <summary>A number from 0; null where the field is empty or none, with what then is wrong.</summary>
    internal static (int? Number, Problem? Problem) Number(IFormCollection sent, string field)
    {
        var text = sent.Field(field);
        if (text.Length == 0) return (null, null);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (number, null)
            : (null, new Problem("fleet_schema", 400, $"The member \"{field}\" is a number from 0."));
    }

    private static IResult Show(
        FleetQueries fleets, NodeName own, Problem? problem, DeviceRequest? refused) =>
        PageAnswers.Show<FleetPage>(new
        {
            Fleet = fleets.Standing(),
            NodeName = own.Current,
            Problem = problem,
            Sent = refused,
        }, problem);

    private static async Task<IResult> DeclareAsync(
        HttpContext context, FleetQueries fleets, FleetActs acts, NodeName own,
        CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var request = Request(sent, sent.Field("do") == "other" ? FleetDevicesApi.NewDevice : null);
        var (_, problem) = await FleetDevicesApi.DeclareAsync(
            request, fleets, acts, own.Current, cancellation);
        return problem is null ? PageAnswers.SeeOther(Home) : Show(fleets, own, problem, request);
    }

    private static async Task<IResult> ProbeAsync(
        FleetQueries fleets, NodeName own, ProbeRound round, CancellationToken cancellation) =>
        await round.LookAsync(cancellation) is null
            ? Show(fleets, own, FleetDevicesApi.Undeclared, null)
            : PageAnswers.SeeOther(Home);

    private static IResult Custody(
        FleetQueries fleets, string? below = null, string? from = null)
    {
        var isBelowOnly = below == "1";
        var isNumber = int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var start);
        var page = fleets.Custody(isBelowOnly, isNumber ? start : 0, HeatMapPage.PageMax);
        return PageAnswers.Show<HeatMapPage>(new
        {
            Page = page,
            IsBelowOnly = isBelowOnly,
        });
    }

    private static IResult Item(string item, FleetQueries fleets, Problem? problem)
    {
        var (found, missing) = fleets.Item(item);
        return found is null
            ? PageAnswers.Page(missing!)
            : PageAnswers.Show<ItemPage>(new
            {
                Item = found,
                Devices = fleets.Names(),
                Problem = problem,
            }, problem);
    }

    private static async Task<IResult> PinAsync(
        string item, HttpContext context, FleetQueries fleets, FleetActs acts, CancellationToken cancellation)
    {
        var sent = await context.Request.ReadFormAsync(cancellation);
        var (found, missing) = fleets.Item(item);
        if (found is null) return PageAnswers.Page(missing!);
        if (NetText.TryRead<PinKind>(sent.Field("kind")) is not { } kind)
            return Item(item, fleets, FleetWords.Bad<PinKind>("kind"));
        return await acts.PinAsync(found.Item, kind, null, cancellation) is { } problem
            ? Item(item, fleets, problem)
            : PageAnswers.SeeOther($"{Home}/items/{found.Item}");
    }
}
