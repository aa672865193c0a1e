using Anarchive.Log;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Pages about the nodes that take part in a hive.</summary>
internal static class HiveNodePages
{
    public static void MapHiveNodePages(this RouteGroupBuilder pages)
    {
        pages.MapGet("/h/{name}/nodes", All);
        pages.MapGet("/h/{name}/nodes/{node}", (string name, string node, HiveQueries queries) =>
            One(name, node, queries, null));
        pages.MapPost("/h/{name}/nodes/{node}", TakeOutAsync);
    }

    private static IResult All(string name, string? cursor, HiveQueries queries)
    {
        if (queries.Hive(name) is not { } hive) return PageAnswers.Page(Problem.NotFound("hive"));
        return queries.Nodes(name, cursor, WebLimits.PageDefault) is { } nodes
            ? PageAnswers.Show<HiveNodesPage>(new { Hive = hive, Nodes = nodes, IsFirst = cursor is null })
            : PageAnswers.Page(Problems.BadCursor);
    }

    private static IResult One(string name, string id, HiveQueries queries, Problem? problem)
    {
        if (queries.Hive(name) is not { } hive) return PageAnswers.Page(Problem.NotFound("hive"));
        return NodeId.TryParse(id, out var node) && queries.Node(name, node) is { } found
            ? PageAnswers.Show<HiveNodePage>(new { Hive = hive, Of = found, Problem = problem }, problem)
            : PageAnswers.Page(Problem.NotFound("member"));
    }

    private static async Task<IResult> TakeOutAsync(
        string name, string node, HiveQueries queries, Admissions admissions, CancellationToken cancellation) =>
        await admissions.RemoveAsync(name, node, dryRun: false, cancellation) is { } problem
            ? One(name, node, queries, problem)
            : PageAnswers.SeeOther(Links.Nodes(name));
}
