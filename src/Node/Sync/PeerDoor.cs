using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>
/// Connections to one endpoint, all of which must show the same certificate: the pinned one, or, while a handshake is
/// still to prove whose it is, the first seen.
/// </summary>
/// <remarks>No redirects, proxies or cookies. A pool of its own, so that no connection serves another peer.</remarks>
public sealed class PeerDoor : IDisposable
{
    // Enough to get past three silent addresses of a name to its fourth.
    private static readonly TimeSpan ConnectFor = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan IdleFor = TimeSpan.FromMinutes(2);

    private readonly PeerIdentity? _expected;
    private readonly Lock _looking = new();
    private Hash256? _seen;

    /// <param name="expected">Null where a handshake is to find out.</param>
    public PeerDoor(
        DialGuard guard, RequestSigning signing, Endpoint endpoint, DialScope scope, PeerIdentity? expected,
        NodeCertificate? own)
    {
        (Endpoint, Scope, _expected) = (endpoint, scope, expected);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectFor,
            ConnectCallback = (context, cancellation) =>
                guard.ConnectAsync(scope, context.DnsEndPoint, cancellation),
            PooledConnectionIdleTimeout = IdleFor,
            MaxResponseHeadersLength = 16,
        };
        handler.SslOptions.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            certificate is X509Certificate2 shown && Accepts(shown, errors);
        if (own is not null)
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => own.Certificate;
        Http = new PeerHttp(
            expected is { IsProxied: true } ? new SigningHandler(signing, expected.Key, handler) : handler);
    }

    public Endpoint Endpoint { get; }

    public DialScope Scope { get; }

    public PeerHttp Http { get; }

    /// <summary>The key of the certificate shown here; zeros before any connection, and on plain ones.</summary>
    public Hash256 Seen
    {
        get
        {
            lock (_looking) return _seen ?? default;
        }
    }

    /// <summary>True where the system trusts the certificate for that name: a reverse proxy may answer here.</summary>
    public bool IsTrusted { get; private set; }

    public bool Serves(Endpoint endpoint, DialScope scope, PeerIdentity? expected) =>
        Endpoint == endpoint && Scope == scope && _expected == expected;

    public void Dispose() => Http.Dispose();

    private bool Accepts(X509Certificate2 shown, SslPolicyErrors errors)
    {
        var key = NodeCertificate.HashOf(shown);
        // A proxy renews its certificate; the system's authorities vouch for each.
        if (_expected is { IsProxied: true }) return errors == SslPolicyErrors.None;
        if (_expected is { } pinned)
            return CryptographicOperations.FixedTimeEquals(pinned.Certificate.ToArray(), key.ToArray());
        lock (_looking)
        {
            IsTrusted = errors == SslPolicyErrors.None;
            _seen ??= key;
            return _seen == key;
        }
    }
}
