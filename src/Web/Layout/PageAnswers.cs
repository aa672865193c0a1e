using Anarchive.Node;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Anarchive.Web;

/// <summary>Answers every page gives in the same way.</summary>
internal static class PageAnswers
{
    private static readonly string[] Machines =
    [
        "/api", "/openapi", "/ws", "/live", "/sync", "/net/v1", "/compat", "/assets", "/healthz", "/readyz", "/metrics",
    ];

    /// <summary>Says why: as a page to people, as a problem document to programs.</summary>
    public static Task RefuseAsync(HttpContext context, Problem problem) =>
        (IsForMachines(context) ? Problems.Answer(problem) : Page(problem)).ExecuteAsync(context);

    /// <summary>True where programs ask, which read no pages.</summary>
    public static bool IsForMachines(HttpContext context) =>
        Machines.Any(prefix => context.Request.Path.StartsWithSegments(prefix, StringComparison.Ordinal));

    public static Task NotFoundAsync(HttpContext context) => RefuseAsync(context, Problem.NotFound("page"));

    /// <summary>A whole page that says why, for problems that belong to no field.</summary>
    public static IResult Page(Problem problem) =>
        Show<ProblemPage>(new { Problem = problem }, problem);

    /// <summary>
    /// A page with what it shows, and the status of what was refused. Routes answer this type: the code generated for
    /// them cannot name a page, which is generated itself.
    /// </summary>
    public static IResult Show<TPage>(object shown, Problem? problem = null)
        where TPage : IComponent => new RazorComponentResult<TPage>(shown) { StatusCode = problem?.Status };

    /// <summary>Back to where the form stood; only ever a path of this node.</summary>
    public static IResult Back(HttpContext context, string otherwise)
    {
        var from = context.Request.Headers.Referer.ToString();
        var own = $"{context.Request.Scheme}://{context.Request.Host}/";
        var ours = from.StartsWith(own, StringComparison.OrdinalIgnoreCase);
        return SeeOther(ours ? from[(own.Length - 1)..] : otherwise);
    }

    /// <summary>After a form was accepted: read the page anew, so that a reload does not send the form again.</summary>
    public static IResult SeeOther(string path) => new Redirect(path);

    /// <summary>True when the script asks for the changed fragment only.</summary>
    public static bool WantsFragment(this HttpContext context) => context.Request.Headers["X-Fragment"] == "1";

    private sealed class Redirect(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            // "//host" would leave this node.
            httpContext.Response.Headers.Location = "/" + path.TrimStart('/', '\\');
            return Task.CompletedTask;
        }
    }
}
