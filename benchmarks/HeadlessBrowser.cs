using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Anarchive.Cli;
using Anarchive.Tests.EndToEnd;

namespace Anarchive.Benchmarks;

/// <summary>A Chromium without a screen that tells when it first painted a page (Paint Timing, W3C).</summary>
internal sealed partial class HeadlessBrowser : IAsyncDisposable
{
    private const int PaintMaxMs = 30_000;

    private readonly Process _process;
    private readonly Scratch _scratch;
    private readonly ClientWebSocket _socket = new();
    private int _asked;

    private HeadlessBrowser(Process process, Scratch scratch) => (_process, _scratch) = (process, scratch);

    /// <summary>Null where no browser is installed.</summary>
    public static async Task<HeadlessBrowser?> StartAsync(CancellationToken cancellation)
    {
        if (InstalledBrowser.Path is not { } path) return null;
        var scratch = new Scratch();
        string[] arguments =
        [
            .. InstalledBrowser.Arguments, "--window-size=1440,900", "--remote-debugging-port=0",
            "--user-data-dir=" + scratch.Path("profile"), "about:blank",
        ];
        var process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardError = true })!;
        var browser = new HeadlessBrowser(process, scratch);
        while (await process.StandardError.ReadLineAsync(cancellation) is { } line)
        {
            if (Listening().Match(line) is not { Success: true } told) continue;
            // What it complains of later is read away, or it would wait.
            _ = process.StandardError.ReadToEndAsync(CancellationToken.None);
            using var http = new HttpClient();
            var tabs = JsonNode.Parse(await http.GetStringAsync(
                $"http://{told.Groups[1].Value}/json/list", cancellation))!.AsArray();
            var tab = tabs.First(t => t!["type"]!.GetValue<string>() == "page")!;
            await browser._socket.ConnectAsync(new Uri(tab["webSocketDebuggerUrl"]!.GetValue<string>()), cancellation);
            return browser;
        }

        await browser.DisposeAsync();
        throw CliFailure.CannotRun("no_browser", "The browser did not start.");
    }

    /// <summary>Milliseconds from the click on a link to the page's first text or picture.</summary>
    public async Task<double> PaintAsync(Uri page, CancellationToken cancellation)
    {
        await AskAsync("Page.navigate", new JsonObject { ["url"] = page.AbsoluteUri }, cancellation);
        var clock = Stopwatch.StartNew();
        while (clock.ElapsedMilliseconds < PaintMaxMs)
        {
            var said = await AskAsync(
                "Runtime.evaluate", new JsonObject { ["expression"] = Painted(page) }, cancellation);
            if (said["result"]?["value"]?.GetValue<double>() is { } ms and > 0) return ms;
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellation);
        }

        throw CliFailure.CannotRun("no_paint", $"The browser painted nothing of {page.AbsolutePath}.");
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _scratch.Dispose();
    }

    private static string Painted(Uri page) =>
        $"location.href === {JsonValue.Create(page.AbsoluteUri).ToJsonString()}"
        + " && performance.getEntriesByName('first-contentful-paint')[0]?.startTime || 0";

    private async Task<JsonObject> AskAsync(string method, JsonObject parameters, CancellationToken cancellation)
    {
        var id = ++_asked;
        var question = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        await _socket.SendAsync(
            Encoding.UTF8.GetBytes(question.ToJsonString()), WebSocketMessageType.Text, true, cancellation);
        while (true)
        {
            var answer = JsonNode.Parse(await ReadAsync(cancellation))!.AsObject();
            if (answer["id"]?.GetValue<int>() == id) return answer["result"]!.AsObject();
        }
    }

    private async Task<byte[]> ReadAsync(CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[8_192];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(), cancellation);
            bytes.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return bytes.ToArray();
        }
    }

    [GeneratedRegex("^DevTools listening on ws://([^/]+)/")]
    private static partial Regex Listening();
}
