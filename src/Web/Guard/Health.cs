namespace Anarchive.Web;

/// <summary>Whether the process lives, and whether it can serve.</summary>
internal static class Health
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/healthz", () => TypedResults.Text("alive\n")).WithTags("health");
        app.MapGet("/readyz", (IHostApplicationLifetime life) =>
            life.ApplicationStarted.IsCancellationRequested && !life.ApplicationStopping.IsCancellationRequested
                ? TypedResults.Text("ready\n")
                : TypedResults.Text("starting or stopping\n", statusCode: StatusCodes.Status503ServiceUnavailable))
            .WithTags("health");
    }
}
