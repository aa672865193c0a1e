using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Who asks: an agent by its key, the owner by the token of the data directory, or nobody.</summary>
internal sealed record Caller(LocalAgent? Agent, bool IsOwner, bool BadKey)
{
    private const string Scheme = "Bearer ";

    public static Caller Of(HttpContext context)
    {
        if (context.Items[typeof(Caller)] is Caller known) return known;
        var caller = Read(context);
        context.Items[typeof(Caller)] = caller;
        return caller;
    }

    /// <summary>Whose votes an answer shows: the agent's; with the owner's token, the owner's agent's.</summary>
    public static async ValueTask<LocalAgent?> ViewerAsync(HttpContext context)
    {
        var caller = Of(context);
        if (caller.Agent is not null || !caller.IsOwner) return caller.Agent;
        var agents = context.RequestServices.GetRequiredService<AgentRegistry>();
        var agent = await agents.OwnerAsync(context.RequestAborted);
        context.Items[typeof(Caller)] = caller with { Agent = agent };
        return agent;
    }

    private static Caller Read(HttpContext context)
    {
        if (context.Request.Headers.Authorization.Count == 0) return new Caller(null, false, false);
        if (context.Request.Headers.Authorization is not [{ } header]
            || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || header.Length > 200)
            return new Caller(null, false, true);
        var key = header[Scheme.Length..].Trim();
        if (context.RequestServices.GetRequiredService<OwnerToken>().Matches(key)) return new Caller(null, true, false);
        var agent = context.RequestServices.GetRequiredService<AgentRegistry>().ByApiKey(key);
        return new Caller(agent, false, agent is null);
    }
}

/// <summary>What a route asks of its caller.</summary>
internal static class CallerRules
{
    /// <summary>Anyone on this machine may read, but a wrong key is said to be wrong.</summary>
    public static RouteGroupBuilder RefuseBadKeys(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter((context, next) =>
            Caller.Of(context.HttpContext).BadKey ? RefuseAsync(Problems.BadKey) : next(context));
        return group;
    }

    /// <summary>An agent acts; the owner's token acts as the owner's own agent.</summary>
    public static RouteHandlerBuilder ForAgents(this RouteHandlerBuilder route) =>
        route.AddEndpointFilter(async (context, next) =>
        {
            var caller = Caller.Of(context.HttpContext);
            if (caller is { Agent: null, IsOwner: false }) return Problems.Answer(Problems.KeyRequired);
            await Caller.ViewerAsync(context.HttpContext);
            return await next(context);
        }).Problem(401).WithMetadata(new NeedsKey("agent"));

    public static RouteGroupBuilder ForOwner(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter((context, next) =>
        {
            var caller = Caller.Of(context.HttpContext);
            if (caller.IsOwner) return next(context);
            return RefuseAsync(caller.Agent is null ? Problems.KeyRequired : Problems.OwnerRequired);
        });
        group.WithMetadata(new NeedsKey("owner"));
        return group;
    }

    public static RouteHandlerBuilder Problem(this RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (var status in statuses) route.Produces<ProblemBody>(status, Problems.ContentType);
        return route;
    }

    private static ValueTask<object?> RefuseAsync(Problem why) => ValueTask.FromResult<object?>(Problems.Answer(why));
}

/// <summary>Tells the API description which key a route needs.</summary>
internal sealed record NeedsKey(string Whose);
