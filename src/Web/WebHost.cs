using System.Net;
using System.Net.Sockets;
using Anarchive.Log;
using Anarchive.Node;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Anarchive.Web;

/// <summary>
/// The node with its pages and REST API on one listener, for this machine, and the sync protocol for peers on another.
/// </summary>
public static class WebHost
{
    /// <summary>Builds the host; nothing listens yet.</summary>
    /// <exception cref="ListenException">The listen address cannot be read.</exception>
    public static WebApplication Build(NodeOptions options, Action<WebApplicationBuilder>? configure)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        // NodeOptions are the only configuration: no settings file or variable changes the host unseen.
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        // The levels of NodeLoggerProvider decide; the framework's own details name paths of requests.
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // It warns that keys are not encrypted at rest; they rest in a directory only the owner can read.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            Listen(kestrel, options.Listen);
            if (options.PeerListen is { } peers) PeerListener.Open(kestrel, peers);
        });
        builder.Services.AddNode(options);
        builder.Services.AddWeb(options);
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseWeb();
        app.MapWeb();
        return app;
    }

    /// <summary>Starts to listen and answers the address pages are served at.</summary>
    /// <exception cref="ListenException">The address is in use, or not ours.</exception>
    public static async Task<Uri> StartAsync(WebApplication app, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw new ListenException("port_in_use", "Another program listens on this address already.", error);
        }
        catch (SocketException error)
        {
            throw new ListenException("bad_listen", "This machine has no such address to listen on.", error);
        }

        return Address(app);
    }

    /// <summary>The address of a started host, with the port it really has.</summary>
    public static Uri Address(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        var address = new Uri(addresses?.Addresses.FirstOrDefault()
            ?? throw new InvalidOperationException("The host has not been started."));
        // Where it listens everywhere, programs of this machine still have to call one address.
        return address.Host switch
        {
            "0.0.0.0" => new UriBuilder(address) { Host = "127.0.0.1" }.Uri,
            "[::]" => new UriBuilder(address) { Host = "::1" }.Uri,
            _ => address,
        };
    }

    private static void Listen(KestrelServerOptions kestrel, string address)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = Limits.BodyBytesMax;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp)
            throw new ListenException("bad_listen", "The listen address must look like http://127.0.0.1:7420.", null);
        if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var ip)) kestrel.Listen(ip, url.Port);
        else if (url.Host == "localhost" && url.Port != 0) kestrel.ListenLocalhost(url.Port);
        else if (url.Host == "localhost") kestrel.Listen(IPAddress.Loopback, 0);
        else throw new ListenException("bad_listen", "The listen address must name an IP address or localhost.", null);
    }
}

/// <summary>The listen address cannot be had; <see cref="Code"/> is stable.</summary>
public sealed class ListenException(string code, string message, Exception? inner) : Exception(message, inner)
{
    public string Code { get; } = code;
}
