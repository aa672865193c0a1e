using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>
/// Who asks: an agent by its key, a program by its API token, the owner by a session or by the token of the data
/// directory, or nobody.
/// </summary>
/// <param name="Scope">What a session or token may do; null for agents and for nobody.</param>
/// <param name="Pass">The session or API token; null for the token of the data directory, which never ends.</param>
internal sealed record Caller(LocalAgent? Agent, AccessScope? Scope, AccessPass? Pass, bool BadKey)
{
    private static readonly Caller Nobody = new(null, null, null, false);
    private static readonly Caller Wrong = new(null, null, null, true);

    private const string Scheme = "Bearer ";

    public bool IsOwner => Scope == AccessScope.Owner;

    /// <summary>The session this browser is signed in with.</summary>
    public AccessSession? Session => Pass as AccessSession;

    public static Caller Of(HttpContext context)
    {
        if (context.Items[typeof(Caller)] is Caller known) return known;
        var caller = Read(context);
        context.Items[typeof(Caller)] = caller;
        return caller;
    }

    /// <summary>Whose votes an answer shows: the agent's; with a token that may write, the owner's agent's.</summary>
    public static async ValueTask<LocalAgent?> ViewerAsync(HttpContext context)
    {
        var caller = Of(context);
        if (caller.Agent is not null || !(caller.Scope >= AccessScope.Write)) return caller.Agent;
        var agents = context.RequestServices.GetRequiredService<AgentRegistry>();
        var agent = await agents.OwnerAsync(context.RequestAborted);
        context.Items[typeof(Caller)] = caller with { Agent = agent };
        return agent;
    }

    private static Caller Read(HttpContext context)
    {
        var services = context.RequestServices;
        var book = services.GetRequiredService<AccessBook>();
        if (context.Request.Headers.Authorization.Count == 0)
        {
            // Without an owner a cookie is one of an owner before.
            var secret = services.GetRequiredService<SessionCookie>().Read(context.Request);
            return book.HasOwner && book.Session(secret) is { } session
                ? new Caller(null, AccessScope.Owner, session, false)
                : Nobody;
        }

        if (context.Request.Headers.Authorization is not [{ } header]
            || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || header.Length > 200)
            return Wrong;
        var key = header[Scheme.Length..].Trim();
        if (services.GetRequiredService<OwnerToken>().Matches(key))
            return Nobody with { Scope = AccessScope.Owner };
        if (book.Token(key) is { } token) return Nobody with { Scope = token.Scope, Pass = token };
        var agent = services.GetRequiredService<AgentRegistry>().ByApiKey(key);
        return agent is null ? Wrong : Nobody with { Agent = agent };
    }
}

/// <summary>What a route asks of its caller.</summary>
internal static class CallerRules
{
    /// <summary>Whoever is let in may read, but a wrong key is said to be wrong.</summary>
    public static RouteGroupBuilder RefuseBadKeys(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter((context, next) =>
            Caller.Of(context.HttpContext).BadKey ? RefuseAsync(Problems.BadKey) : next(context));
        return group;
    }

    /// <summary>An agent acts; a token that may write acts as the owner's own agent.</summary>
    public static RouteHandlerBuilder ForAgents(this RouteHandlerBuilder route) =>
        route.AddEndpointFilter(async (context, next) =>
        {
            var caller = Caller.Of(context.HttpContext);
            if (caller is { Agent: null, Scope: null }) return Problems.Answer(Problems.KeyRequired);
            if (caller.Scope < AccessScope.Write) return Problems.Answer(Problems.ScopeMissing);
            await Caller.ViewerAsync(context.HttpContext);
            return await next(context);
        }).Problem(401).WithMetadata(new NeedsKey("agent"));

    public static RouteGroupBuilder ForOwner(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter((context, next) =>
        {
            var caller = Caller.Of(context.HttpContext);
            if (caller.IsOwner) return next(context);
            return RefuseAsync(Problems.NotFor(caller));
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
