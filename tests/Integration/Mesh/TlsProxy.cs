using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
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
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _own;
    private readonly StringBuilder _read = new();
    private readonly Lock _reading = new();
    private readonly Task _running;

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
        _listener.Start();
        _running = AcceptAsync(to);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

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
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _own.Dispose();
        _authority.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(int to)
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token), to));
        }
        catch (Exception ended) when (
            ended is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopping.
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(TcpClient caller, int to)
    {
        using (caller)
        using (var callee = new TcpClient())
        {
            try
            {
                await using var near = new SslStream(caller.GetStream());
                await near.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions { ServerCertificate = _own }, _stop.Token);
                await callee.ConnectAsync(IPAddress.Loopback, to, _stop.Token);
                await using var far = callee.GetStream();
                await Task.WhenAny(PassAsync(near, far, keep: true), PassAsync(far, near, keep: false));
            }
            catch (Exception ended) when (
                ended is IOException or SocketException or OperationCanceledException or AuthenticationException)
            {
                // One of the two went away.
            }
        }
    }

    private async Task PassAsync(Stream from, Stream to, bool keep)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _stop.Token) is var read and > 0)
        {
            if (keep)
                lock (_reading) _read.Append(Encoding.Latin1.GetString(buffer, 0, read));
            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
