using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Anarchive.Tests.Integration;

/// <summary>
/// A reverse proxy as an owner sets one up: its certificate comes from an authority, and it passes on in the clear. It
/// keeps what it has read.
/// </summary>
internal sealed class TlsProxy : IAsyncDisposable
{
    private readonly Intermediary _calls;
    private readonly int _to;
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _own;
    private readonly StringBuilder _read = new();
    private readonly Lock _reading = new();

    public TlsProxy(int to)
    {
        var (since, until) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = authority.CreateSelfSigned(since, until);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(_authority, since, until, RandomNumberGenerator.GetBytes(8));
        _own = signed.CopyWithPrivateKey(key);
        _to = to;
        _calls = new Intermediary(ServeAsync);
    }

    public int Port => _calls.Port;

    /// <summary>For whoever is to trust it.</summary>
    public string AuthorityPem => _authority.ExportCertificatePem();

    /// <summary>All that callers sent, in the clear.</summary>
    public string Read
    {
        get
        {
            lock (_reading) return _read.ToString();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _calls.DisposeAsync();
        _own.Dispose();
        _authority.Dispose();
    }

    private async Task ServeAsync(TcpClient caller, CancellationToken cancellation)
    {
        await using var near = new SslStream(caller.GetStream());
        await near.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = _own }, cancellation);
        using var callee = new TcpClient();
        await callee.ConnectAsync(IPAddress.Loopback, _to, cancellation);
        await Intermediary.PassAsync(near, callee.GetStream(), Keep, _ => { }, cancellation);
    }

    private void Keep(Span<byte> passed)
    {
        lock (_reading) _read.Append(Encoding.Latin1.GetString(passed));
    }
}
