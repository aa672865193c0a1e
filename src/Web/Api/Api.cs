using Microsoft.AspNetCore.Http.Json;

namespace Anarchive.Web;

/// <summary>The REST API under <c>/api/v1</c> and its description.</summary>
internal static class Api
{
    public static void AddApi(this IServiceCollection services)
    {
        services.Configure<JsonOptions>(json => ApiJson.Apply(json.SerializerOptions));
        services.AddOpenApi("v1", ApiDescription.Configure);
    }

    public static void MapApi(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json");
        var api = app.MapGroup("/api/v1").RefuseBadKeys();
        api.MapAccess();
        api.MapAgents();
        api.MapHives();
        api.MapPosts();
        api.MapImport();
        api.MapSyncAdmin();
        api.MapPeers();
        api.MapKeys();
        api.MapRestore();
        api.MapOwnership();
        api.MapPairing();
        api.MapHubAdmin();
        api.MapReaper();
        api.MapFederation();
        api.MapLogs();
        api.MapNet();
        api.MapMedia();
        api.MapWireGuard();
        api.MapFleet();
        api.MapStore();
        api.MapCache();
        api.MapReleases();
        api.MapFriends();
        api.MapLibrary();
        app.Map("/api/{**rest}", (string? rest) => Problems.Answer(Node.Problem.NotFound("route")))
            .ExcludeFromDescription();
    }
}
