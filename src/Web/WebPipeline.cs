using Anarchive.Node;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace Anarchive.Web;

/// <summary>What the host is made of, in the order a request meets it.</summary>
internal static class WebPipeline
{
    public static void AddWeb(this IServiceCollection services, NodeOptions options)
    {
        var owner = OwnerToken.In(options.DataDirectory);
        services.AddSingleton(owner);
        services.AddSingleton(new HostGuard(options));
        services.AddSingleton(new Proxies(options));
        services.AddSingleton<AccessGuard>();
        services.AddSingleton<SignInLimits>();
        services.AddSingleton<SetupDesk>();
        services.AddSingleton(new SessionCookie(CookieSuffix(options.DataDirectory)));
        services.AddSingleton<EmbeddedAssets>();
        services.AddSingleton<PartRenderer>();
        services.AddSingleton<LiveParts>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveParts>());
        services.AddSingleton<WordsDesk>();
        services.AddSingleton<ThreadDesk>();
        services.AddSingleton<HiveSettingsDesk>();
        services.AddSingleton<EditionList>();
        services.AddSingleton<ReleaseSight>();
        services.AddSingleton<SubscriptionDesk>();
        services.AddSingleton<ArrivalFeed>();
        services.AddHttpContextAccessor();
        services.AddRazorComponents();
        services.AddApi();
        services.AddRateLimiter(RateLimits.Configure);
        services.AddDataProtection().SetApplicationName("anarchive");
        services.Configure<KeyManagementOptions>(
            keys => keys.XmlRepository = new FormKeys(Path.Combine(options.DataDirectory, "form-keys")));
        services.Configure<AntiforgeryOptions>(form =>
        {
            // Cookies ignore ports: two nodes on one machine must not overwrite each other's.
            form.Cookie.Name = "anarchive-form-" + CookieSuffix(options.DataDirectory);
            form.Cookie.SameSite = SameSiteMode.Strict;
            form.Cookie.HttpOnly = true;
            form.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            form.FormFieldName = "form_token";
            // The policy of SecurityHeaders says more than this one header.
            form.SuppressXFrameOptionsHeader = true;
        });
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
    }

    public static void UseWeb(this WebApplication app)
    {
        // Peers on other machines meet nothing but their own routes: not a page, not a header, not another status.
        app.MapWhen(PeerCaller.IsPeers, PeerListener.Serve);
        app.Services.GetRequiredService<Proxies>().Use(app);
        app.Use(SecurityHeaders.AddAsync);
        // Before all that answers with a page, refusals and failures too.
        app.UsePageLanguage();
        app.UseExceptionHandler(Problems.Handler());
        // The framework answers some refusals, such as a body over the bound, with a bare status.
        app.UseStatusCodePages(bare => HostGuard.IsPeers(bare.HttpContext.Request.Path)
            ? Task.CompletedTask
            : PageAnswers.RefuseAsync(bare.HttpContext, Problems.Of(bare.HttpContext.Response.StatusCode)));
        app.Use(app.Services.GetRequiredService<HostGuard>().InvokeAsync);
        app.Use(CapBodyAsync);
        app.UseRouting();
        // Made with the first request: it reads the database, which a start that is refused has not opened.
        app.Use((context, next) =>
            context.RequestServices.GetRequiredService<AccessGuard>().InvokeAsync(context, next));
        app.UseRateLimiter();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(30) });
    }

    public static void MapWeb(this WebApplication app)
    {
        app.MapHealth();
        app.MapAssets();
        app.MapApi();
        app.MapLive();
        app.MapHivePages();
        app.MapActs();
        app.MapMeshPages();
        app.MapPairPages();
        app.MapHubPages();
        app.MapNetPages();
        app.MapFleetPages();
        app.MapCachePages();
        app.MapLibraryPages();
        app.MapWatchPages();
        app.MapSettingsPages();
        app.MapAccessPages();
        app.MapSignInPages();
        app.MapHealthPages();
        app.MapWelcomePages();
        app.MapRestorePages();
        app.MapKeepKeyPages();
        app.MapStyleguide();
        app.MapCompat();
        // Other nodes and torrent clients of this machine show keys of their own, and know of no session.
        var near = app.MapGroup("").WithMetadata(new OpenRoute(OpenTo.ThisMachine));
        near.MapSync();
        near.MapPublic();
        near.MapParts();
        near.MapSignal();
        near.MapHub();
        near.MapCarriers();
        near.MapFleetPeers();
        near.MapLocks();
        near.MapLoans();
        near.MapLocalCarriers();
        app.MapFallback(PageAnswers.NotFoundAsync).ExcludeFromDescription();
    }

    /// <summary>Sync bodies have their own, larger bound.</summary>
    private static Task CapBodyAsync(HttpContext context, RequestDelegate next)
    {
        var size = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>();
        if (size is { IsReadOnly: false } && !HostGuard.IsPeers(context.Request.Path))
            size.MaxRequestBodySize = WebLimits.BodyBytesMax;
        return next(context);
    }

    private static string CookieSuffix(string directory) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes(directory)))[..8];
}
