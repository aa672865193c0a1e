using System.Net;
using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>
/// Lets nobody in but the owner's browsers and programs, once there is an owner; until then this machine alone.
/// </summary>
/// <remarks>It stands behind routing: routes that let callers in by themselves say so in their metadata.</remarks>
internal sealed class AccessGuard(AccessBook book, NodeOptions options, TimeProvider time)
{
    private static readonly Problem KeyRequired =
        new("key_required", 401, "This needs a session of this node's owner, or an API token.");

    /// <summary>From elsewhere, while nobody could show who they are.</summary>
    public static Problem NotYet { get; } = new(
        "loopback_only", 403,
        "This node has no owner yet, so it serves its own machine only. There, run: anarchive setup-link, "
        + "and open the link that it prints.");

    /// <summary>
    /// True in a container that listens beyond loopback: its port forwarder may give each caller an address of the
    /// container, so that an address proves nothing.
    /// </summary>
    internal bool IsForwarded { get; init; } = !HostGuard.IsLoopbackListen(options.Listen)
        && (File.Exists("/.dockerenv") || File.Exists("/run/.containerenv"));

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // Peers prove who they are in every request.
        if (HostGuard.IsPeers(context.Request.Path))
        {
            await next(context);
            return;
        }

        var open = context.GetEndpoint()?.Metadata.GetMetadata<OpenRoute>()?.To;
        var isHere = IsThisMachine(context);
        var isOpen = open switch
        {
            OpenTo.Anyone => true,
            OpenTo.ThisMachine => isHere,
            OpenTo.ThisMachineAlone => isHere && !MayBeSilentProxy(context),
            _ => false,
        };
        if (isOpen)
        {
            await next(context);
            return;
        }

        if (!book.HasOwner && (!isHere || (ProvesNothing(context) && !Caller.Of(context).IsOwner)))
        {
            await PageAnswers.RefuseAsync(context, NotYet);
            return;
        }

        if (open == OpenTo.WhoeverReachesPages)
        {
            await next(context);
            return;
        }

        if (book.HasOwner && Refusal(context) is { } refused)
        {
            await RefuseAsync(context, refused);
            return;
        }

        LetIn(context);
        await EnterAsync(context, next);
    }

    /// <summary>True where the page is one for people who are in, with its sections.</summary>
    public static bool IsIn(HttpContext? context) => context?.Items.ContainsKey(typeof(AccessGuard)) == true;

    /// <summary>
    /// A loopback address, or the very address that was called: such a connection never leaves this machine. What a
    /// proxy passed on does, wherever the proxy is and whoever it says is calling.
    /// </summary>
    public static bool IsThisMachine(HttpContext context)
    {
        if (Passages.IsProxied(context)) return false;
        if (context.Connection.RemoteIpAddress is not { } from) return true;
        from = Plain(from);
        return IPAddress.IsLoopback(from)
            || (context.Connection.LocalIpAddress is { } to && from.Equals(Plain(to)));
    }

    public static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    /// <summary>
    /// True where an address of this machine may be a stranger's: in such a container; where a proxy that is named says
    /// nothing of its caller; and where one does that is not named, if it then speaks HTTP/1.0, as no browser does.
    /// </summary>
    private bool ProvesNothing(HttpContext context) => IsForwarded || MayBeSilentProxy(context);

    private static bool MayBeSilentProxy(HttpContext context) =>
        Passages.Of(context) == Passage.FromProxysAddress || HttpProtocol.IsHttp10(context.Request.Protocol);

    /// <summary>A browser that has just signed in sees whole pages in this very answer.</summary>
    public static void LetIn(HttpContext context) => context.Items[typeof(AccessGuard)] = true;

    /// <summary>Why a caller does not come in; null where it does.</summary>
    private static Problem? Refusal(HttpContext context)
    {
        var caller = Caller.Of(context);
        if (caller.BadKey) return Problems.BadKey;
        if (caller is { Agent: null, Scope: null }) return KeyRequired;
        if (!IsForPrograms(context.Request.Path)) return caller.IsOwner ? null : Problems.NotFor(caller);
        var reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        return reads || caller.Agent is not null || caller.Scope >= AccessScope.Write
            ? null
            : Problems.ScopeMissing;
    }

    /// <summary>Pages, and their sockets, show what is the owner's alone.</summary>
    private static bool IsForPrograms(PathString path) =>
        path.StartsWithSegments("/api", StringComparison.Ordinal)
        || path.StartsWithSegments("/openapi", StringComparison.Ordinal)
        || path == "/ws" || path == "/metrics";

    private static Task RefuseAsync(HttpContext context, Problem refused)
    {
        if (PageAnswers.IsForMachines(context) || refused != KeyRequired)
        {
            if (refused.Status == 401) context.Response.Headers.WWWAuthenticate = "Bearer";
            return PageAnswers.RefuseAsync(context, refused);
        }

        var wanted = HttpMethods.IsGet(context.Request.Method)
            ? context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent()
            : "/";
        if (IsFromElsewhere(context.Request)) return Knock.AnswerAsync(context, wanted);
        return PageAnswers.SeeOther(SignInPages.Address(wanted)).ExecuteAsync(context);
    }

    /// <summary>A link on another site was followed: the browser keeps back the cookie that it may have.</summary>
    private static bool IsFromElsewhere(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers["Sec-Fetch-Site"] is ["cross-site"] && request.Headers["Sec-Fetch-Mode"] is ["navigate"];

    /// <summary>A socket ends with what let it in; everything else is soon over.</summary>
    private async Task EnterAsync(HttpContext context, RequestDelegate next)
    {
        var pass = Caller.Of(context).Pass;
        if (pass is not null) await book.UsedAsync(pass);
        // Before there is an owner nothing lets a page in; agents' keys and the owner's token never end.
        var over = pass?.Ended ?? (book.HasOwner ? null : book.Unowned);
        if (over is null || context.Request.Headers.Upgrade.Count == 0)
        {
            await next(context);
            return;
        }

        using var closed = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        _ = AbortAsync(context, pass, over, closed.Token);
        try
        {
            await next(context);
        }
        finally
        {
            await closed.CancelAsync();
        }
    }

    private async Task AbortAsync(HttpContext context, AccessPass? pass, Task over, CancellationToken closed)
    {
        var lifetime = pass is AccessSession session
            ? DateTimeOffset.FromUnixTimeMilliseconds(session.ExpiresMs) - time.GetUtcNow()
            : Timeout.InfiniteTimeSpan;
        try
        {
            await over.WaitAsync(lifetime, time, closed);
        }
        catch (TimeoutException)
        {
            // Its thirty days are over.
        }
        catch (OperationCanceledException)
        {
            // The viewer went first.
            return;
        }

        context.Abort();
    }
}

/// <summary>Whom a route lets in without a session or token.</summary>
internal enum OpenTo
{
    /// <summary>Programs of this machine, which show keys of their own; others as everywhere.</summary>
    ThisMachine,

    /// <summary>Programs of this machine for their address alone: none that a silent proxy may have brought.</summary>
    ThisMachineAlone,

    /// <summary>Whoever is served pages, once there is an owner also from elsewhere.</summary>
    WhoeverReachesPages,

    Anyone,
}

/// <summary>Says so of a route.</summary>
internal sealed record OpenRoute(OpenTo To);
