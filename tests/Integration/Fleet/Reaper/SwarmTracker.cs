using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace Anarchive.Tests.Integration;

/// <summary>A tracker on loopback whose swarms have nobody in them, and which says what a test wants.</summary>
internal sealed class SwarmTracker : IDisposable
{
    /// <summary>Stands in its address, as a private tracker's key of a person does.</summary>
    public const string Passkey = "0123456789abcdef0123456789abcdef";

    private readonly HttpListener _listener = new();
    private readonly int _port = Loopback.FreePort();
    private readonly ConcurrentDictionary<string, string> _failures = new();
    private readonly ConcurrentDictionary<string, int> _announced = new();

    public SwarmTracker()
    {
        _listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/"));
        _listener.Start();
        _ = Serve();
    }

    /// <summary>Where clients announce; qBittorrent asks nothing else of this machine.</summary>
    public string Announce =>
        string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/announce/{Passkey}");

    /// <summary>What it says to whoever announces that torrent.</summary>
    public void Fail(string infoHash, string reason) => _failures[infoHash] = reason;

    public int AnnouncedOf(string infoHash) => _announced.GetValueOrDefault(infoHash);

    public void Dispose() => _listener.Close();

    private static string? InfoHashOf(string query)
    {
        const string name = "info_hash=";
        var at = query.IndexOf(name, StringComparison.Ordinal);
        if (at < 0) return null;
        var value = query[(at + name.Length)..].Split('&')[0];
        return Convert.ToHexStringLower(
            System.Web.HttpUtility.UrlDecodeToBytes(Encoding.ASCII.GetBytes(value)));
    }

    private async Task Serve()
    {
        try
        {
            while (true) await Answer(await _listener.GetContextAsync());
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Answer(HttpListenerContext context)
    {
        var query = context.Request.RawUrl ?? "";
        var infoHash = InfoHashOf(query) ?? "";
        var isScrape = query.StartsWith("/scrape", StringComparison.Ordinal);
        if (!isScrape) _announced.AddOrUpdate(infoHash, 1, (_, count) => count + 1);
        var body = _failures.TryGetValue(infoHash, out var reason)
            ? Encoding.UTF8.GetBytes($"d14:failure reason{Encoding.UTF8.GetByteCount(reason)}:{reason}e")
            : isScrape ? Scrape(infoHash)
            : "d8:completei0e10:incompletei1e8:intervali1800e5:peers0:e"u8.ToArray();
        context.Response.ContentType = "text/plain";
        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
    }

    private static byte[] Scrape(string infoHash) =>
    [
        .. "d5:filesd20:"u8, .. Convert.FromHexString(infoHash),
        .. "d8:completei0e10:downloadedi0e10:incompletei1eeee"u8,
    ];
}
