using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Anarchive.Tests.Integration;

/// <summary>Passes requests on to a node, and changes one byte of each answer to some of them, or worse.</summary>
internal sealed class BentServer : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly WebApplication _app;
    private int _bent;

    private BentServer(Uri node, string bends, bool keepsBack, bool hangs)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(context => PassAsync(context, node, bends, keepsBack, hangs));
    }

    public string Address => _app.Urls.Single();

    /// <summary>Answers changed so far.</summary>
    public int Bent => _bent;

    /// <param name="bends">How the path of a request ends whose answer is changed.</param>
    /// <param name="keepsBack">Such answers are empty instead.</param>
    /// <param name="hangs">Such requests are never answered.</param>
    public static async Task<BentServer> Start(Uri node, string bends, bool keepsBack = false, bool hangs = false)
    {
        var server = new BentServer(node, bends, keepsBack, hangs);
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task PassAsync(HttpContext context, Uri node, string bends, bool keepsBack, bool hangs)
    {
        var asked = new Uri(node, context.Request.Path + context.Request.QueryString.Value);
        using var answer = await _http.GetAsync(asked, context.RequestAborted);
        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        if (answer.StatusCode == HttpStatusCode.OK && context.Request.Path.Value!.EndsWith(bends))
        {
            Interlocked.Increment(ref _bent);
            if (hangs) await Task.Delay(Timeout.Infinite, context.RequestAborted);
            // Behind the frame's own header: what is signed, not how it is packed.
            if (keepsBack) body = [];
            else body[body.Length / 2] ^= 1;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
