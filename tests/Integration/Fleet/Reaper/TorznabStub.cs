using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace Anarchive.Tests.Integration;

/// <summary>An indexer on loopback that answers whatever it is told to.</summary>
internal sealed class TorznabStub : IDisposable
{
    private readonly HttpListener _listener = new();

    public TorznabStub()
    {
        Address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Loopback.FreePort()}/");
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = Serve();
    }

    public string Address { get; }

    public string Body { get; set; } = "";

    public int Status { get; set; } = 200;

    /// <summary>Paths with their queries, in order.</summary>
    public ConcurrentQueue<string?> Asked { get; } = new();

    public void Dispose() => _listener.Close();

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                Asked.Enqueue(context.Request.RawUrl);
                context.Response.StatusCode = Status;
                if (Status == 302) context.Response.RedirectLocation = Address;
                await Send(context.Response);
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Send(HttpListenerResponse response)
    {
        try
        {
            await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Body));
            response.Close();
        }
        catch (Exception left) when (left is HttpListenerException or IOException)
        {
            // Whoever asked has read enough.
        }
    }
}
