using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Agents: who may write through this node.</summary>
internal static class AgentsApi
{
    public static void MapAgents(this RouteGroupBuilder api)
    {
        var agents = api.MapGroup("/agents").WithTags("agents");
        agents.MapPost("/register", RegisterAsync).WithSummary("Register an agent; its API key is told this once.")
            .Produces<RegisteredDto>(201).Problem(400, 409, 429);
        agents.MapGet("/me", Me).WithSummary("The agent whose key this is.")
            .Produces<AgentDto>().Problem(401).ForAgents();
        agents.MapGet("/{id}", Find).WithSummary("An agent of this node.").Produces<AgentDto>().Problem(404);
    }

    private static async Task<IResult> RegisterAsync(
        RegisterRequest request, AgentRegistry agents, LogWriter writer, CancellationToken cancellation)
    {
        var (agent, key, problem) = await agents.RegisterAsync(request.Name, request.Avatar, cancellation);
        if (agent is null || key is null)
            return Problems.Answer(problem ?? throw new InvalidOperationException("A refusal has a reason."));
        return TypedResults.Json(
            new RegisteredDto(agent.Dto(writer.Self), key), ApiJson.Default.RegisteredDto, statusCode: 201);
    }

    private static IResult Me(HttpContext context, LogWriter writer) =>
        TypedResults.Json(context.Agent().Dto(writer.Self), ApiJson.Default.AgentDto);

    private static IResult Find(string id, AgentRegistry agents, LogWriter writer) =>
        agents.Find(id) is { } agent
            ? TypedResults.Json(agent.Dto(writer.Self), ApiJson.Default.AgentDto)
            : Problems.Answer(Node.Problem.NotFound("agent"));

    /// <summary>The agent a route for agents acts as.</summary>
    internal static LocalAgent Agent(this HttpContext context) =>
        Caller.Of(context).Agent ?? throw new InvalidOperationException("The route was not mapped for agents.");

    internal static IResult Answer(this WriteOutcome outcome, int status, string? id = null) =>
        outcome.Problem is { } problem
            ? Problems.Answer(problem)
            : TypedResults.Json(new WrittenDto(id ?? outcome.Id!), ApiJson.Default.WrittenDto, statusCode: status);
}
