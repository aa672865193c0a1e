using Anarchive.Fleet;
using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Reads the words of requests and forms about the fleet.</summary>
internal static class FleetWords
{
    /// <summary>Where a word is none of a closed list; names the member as other broken rules do.</summary>
    public static Problem Bad<T>(string member)
        where T : struct, Enum =>
        new("fleet_schema", 400, $"The member \"{member}\" is one of {All<T>()}.");

    private static string All<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(NetText.Of));

    /// <summary>The plan that a decision was told with. Code: bad_plan_id.</summary>
    public static (Hash256? Plan, Problem? Problem) Plan(string? text)
    {
        if (text is null) return (null, null);
        return ItemId.TryParse(text, out var id)
            ? (id.Value, null)
            : (null, new Problem("bad_plan_id", 400, "A plan's id has 64 hex digits, as the dry run prints it."));
    }

    /// <summary>The plan of that id, if it may be done still. Codes: bad_plan_id, plan_changed, plan_old.</summary>
    public static (SeenPlan? Seen, Problem? Problem) Seen(PlanSight plans, string text)
    {
        var (id, bad) = Plan(text);
        return id is { } named ? plans.Take(named) : (null, bad);
    }
}
