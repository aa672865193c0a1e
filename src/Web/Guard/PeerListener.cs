using System.Net;
using System.Security.Authentication;
using Anarchive.Node;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Anarchive.Web;

/// <summary>
/// The listener for peers on other machines. It has routes of its own and none of the pages'; everything else, and
/// everything that is not permitted, is the same 404.
/// </summary>
internal static class PeerListener
{
    /// <summary>Each connection costs some memory; nodes with more peers than this are hubs.</summary>
    private const int ConnectionsMax = 4_096;

    /// <exception cref="ListenException"><c>bad_peer_listen</c></exception>
    public static void Open(KestrelServerOptions kestrel, string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.PathAndQuery != "/"
            || !IPAddress.TryParse(url.Host, out var ip)
            || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && IPAddress.IsLoopback(ip))))
            throw new ListenException(
                "bad_peer_listen",
                "The peers' listen address must look like https://0.0.0.0:7421, or, behind a reverse proxy, "
                + "like http://127.0.0.1:7421.",
                null);
        kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
        kestrel.Listen(ip, url.Port, listener =>
        {
            listener.Protocols = HttpProtocols.Http1;
            if (url.Scheme == Uri.UriSchemeHttps) listener.UseHttps(Encrypt);
            listener.Use(PeerCaller.Mark);
        });

        void Encrypt(HttpsConnectionAdapterOptions https)
        {
            var own = kestrel.ApplicationServices.GetRequiredService<NodeCertificate>();
            https.ServerCertificate = own.Certificate;
            https.SslProtocols = SslProtocols.Tls13;
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            // Whose it is, the handshake of the sync protocol proves; tokens are bound to it.
            https.ClientCertificateValidation = (_, _, _) => true;
        }
    }

    public static void Serve(IApplicationBuilder peers)
    {
        peers.UseRouting();
        peers.UseWebSockets();
        // Routing's own answers, such as that a method is not allowed, would tell that a route is there.
        peers.Use(next => context => context.GetEndpoint() is RouteEndpoint
            ? next(context)
            : SyncAnswer.NotFoundAsync(context));
        peers.UseEndpoints(routes =>
        {
            routes.MapSync();
            routes.MapPublic();
            routes.MapParts();
            routes.MapSignal();
            routes.MapHub();
            routes.MapCarriers();
            routes.MapFleetPeers();
            routes.MapLocks();
            routes.MapLoans();
        });
    }
}
