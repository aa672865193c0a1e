using Anarchive.Node;

namespace Anarchive.Web;

/// <summary>Whether the process lives, whether it can serve, and its figures.</summary>
public static class Health
{
    internal static void MapHealth(this WebApplication app)
    {
        app.MapGet("/healthz", () => TypedResults.Text("alive\n")).WithTags("health")
            .WithMetadata(new OpenRoute(OpenTo.Anyone));
        app.MapGet("/readyz", (IHostApplicationLifetime life) => NotReady(life) is { } reason
            ? TypedResults.Text(reason + "\n", statusCode: StatusCodes.Status503ServiceUnavailable)
            : TypedResults.Text("ready\n")).WithTags("health").WithMetadata(new OpenRoute(OpenTo.Anyone));
        app.MapGet("/metrics", (PrometheusText figures) =>
            TypedResults.Text(figures.Write(), PrometheusText.ContentType)).WithTags("health")
            .WithMetadata(new OpenRoute(OpenTo.ThisMachineAlone));
    }

    /// <summary>Why it cannot serve now; null where it can.</summary>
    public static string? NotReady(IHostApplicationLifetime life) =>
        life.ApplicationStopping.IsCancellationRequested ? "stopping"
        : !life.ApplicationStarted.IsCancellationRequested ? "starting"
        : null;
}
