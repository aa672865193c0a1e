using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Anarchive.Node;
using Anarchive.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Anarchive.Benchmarks;

/// <summary>A node within this process whose pages are asked for over loopback, one after the other.</summary>
internal sealed partial class PageNode : IAsyncDisposable
{
    private readonly Scratch _scratch;
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private PageNode(Scratch scratch, WebApplication app, Uri address)
    {
        (_scratch, _app, Address) = (scratch, app, address);
        _http = new HttpClient { BaseAddress = address };
    }

    public Uri Address { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<PageNode> StartAsync(CancellationToken cancellation)
    {
        var scratch = new Scratch();
        var app = WebHost.Build(
            new NodeOptions { DataDirectory = scratch.Path("node"), Listen = "http://127.0.0.1:0" }, null);
        return new PageNode(scratch, app, await WebHost.StartAsync(app, cancellation));
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>A new folder beside the node's own.</summary>
    public string Folder(string name) => Directory.CreateDirectory(_scratch.Path(name)).FullName;

    /// <summary>Milliseconds until the whole answer was read.</summary>
    public async Task<double> TimeAsync(string path, CancellationToken cancellation)
    {
        var begun = Stopwatch.GetTimestamp();
        _ = await _http.GetByteArrayAsync(path, cancellation);
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    /// <summary>The same of many, each by its number.</summary>
    public async Task<List<double>> TimeAsync(int count, Func<int, string> path, CancellationToken cancellation)
    {
        var looks = new List<double>(count);
        for (var n = 0; n < count; n++) looks.Add(await TimeAsync(path(n), cancellation));
        return looks;
    }

    /// <summary>What stands beside each figure: a page that asks for nothing.</summary>
    public Task<List<double>> BareAsync(int count, CancellationToken cancellation) =>
        TimeAsync(count, _ => "/settings", cancellation);

    public Task<string> ReadAsync(string path, CancellationToken cancellation) =>
        _http.GetStringAsync(path, cancellation);

    /// <summary>Follows a list from page to page.</summary>
    public async Task<List<double>> ScrollAsync(string path, int pagesMax, CancellationToken cancellation)
    {
        var looks = new List<double>();
        for (string? at = path; at is not null && looks.Count < pagesMax;)
        {
            var begun = Stopwatch.GetTimestamp();
            var page = await ReadAsync(at, cancellation);
            looks.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            var next = NextLink().Match(page);
            at = next.Success ? WebUtility.HtmlDecode(next.Groups[1].Value) : null;
        }

        return looks;
    }

    /// <summary>Does something again and again until enough was measured beside it; how often it was done.</summary>
    public static async Task<(T Measured, int Done)> WhileAsync<T>(
        Func<int, CancellationToken, Task> again, TimeSpan pause, Func<Task<T>> measure, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var going = GoOnAsync(enough.Token);
        var measured = await measure();
        await enough.CancelAsync();
        return (measured, await going);

        async Task<int> GoOnAsync(CancellationToken ended)
        {
            for (var done = 0; ; done++)
            {
                try
                {
                    await again(done, ended);
                    await Task.Delay(pause, ended);
                }
                catch (OperationCanceledException)
                {
                    return done;
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _scratch.Dispose();
    }

    [GeneratedRegex("rel=\"next\" href=\"([^\"]+)\"")]
    private static partial Regex NextLink();
}
