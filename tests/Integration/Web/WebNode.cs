using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Anarchive.Tests.Integration.Web;

/// <summary>A real node with its pages and API, on a free port and a fresh data directory.</summary>
internal sealed class WebNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebNode(WebApplication app, string directory, Uri address)
    {
        (_app, Directory, Address) = (app, directory, address);
        Http = new HttpClient { BaseAddress = address };
        Token = File.ReadAllText(Path.Combine(directory, OwnerToken.FileName)).Trim();
    }

    public string Directory { get; }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public string Token { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts a node that holds one hive, cats.</summary>
    public static async Task<WebNode> StartAsync()
    {
        var node = await StartAsync("http://127.0.0.1:0");
        await node.AskAsync("POST", "/api/v1/hives", """{"name":"cats"}""", node.Token);
        return node;
    }

    /// <summary>Starts one that holds nothing, where a test says, with services that a test changes.</summary>
    public static async Task<WebNode> StartAsync(
        string listen, Action<WebApplicationBuilder>? configure = null, bool isHub = false,
        Func<NodeOptions, NodeOptions>? with = null)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("anarchive-api-").FullName;
        var options = new NodeOptions { DataDirectory = directory, Listen = listen, IsHub = isHub };
        var app = WebHost.Build(with is null ? options : with(options), configure);
        return new WebNode(app, directory, await WebHost.StartAsync(app, Cancellation));
    }

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>Writes a post as the owner and answers its id.</summary>
    public async Task<string> PostAsync(string title)
    {
        var body = $$"""{"hive":"cats","title":"{{title}}","content":"text"}""";
        return (await AskAsync("POST", "/api/v1/posts", body, Token)).Json.GetProperty("id").GetString()!;
    }

    public async Task<WebAnswer> AskAsync(
        string method, string path, string? body, string? key, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (header is { } extra) request.Headers.TryAddWithoutValidation(extra.Name, extra.Value);
        using var response = await Http.SendAsync(request, Cancellation);
        var wait = response.Headers.RetryAfter?.Delta;
        return new WebAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation), wait);
    }
}

internal sealed record WebAnswer(HttpStatusCode Status, string Text, TimeSpan? RetryAfter)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? Code => Json.GetProperty("code").GetString();
}
