using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Anarchive.Tests.Integration;

/// <summary>Passes requests on to a node, and changes one byte of each answer to some of them.</summary>
internal sealed class BentServer : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly WebApplication _app;
    private int _bent;

    private BentServer(Uri node, string bends)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(context => PassAsync(context, node, bends));
    }

    public string Address => _app.Urls.Single();

    /// <summary>Answers changed so far.</summary>
    public int Bent => _bent;

    /// <param name="bends">How the path of a request ends whose answer is changed.</param>
    public static async Task<BentServer> Start(Uri node, string bends)
    {
        var server = new BentServer(node, bends);
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task PassAsync(HttpContext context, Uri node, string bends)
    {
        var asked = new Uri(node, context.Request.Path + context.Request.QueryString.Value);
        using var answer = await _http.GetAsync(asked, context.RequestAborted);
        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        if (answer.StatusCode == HttpStatusCode.OK && context.Request.Path.Value!.EndsWith(bends))
        {
            // Behind the frame's own header: what is signed, not how it is packed.
            body[body.Length / 2] ^= 1;
            Interlocked.Increment(ref _bent);
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
