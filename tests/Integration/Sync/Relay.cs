using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Anarchive.Tests.Integration;

/// <summary>Stands between two nodes with a certificate of its own and passes on all that it reads.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly Intermediary _calls;
    private readonly X509Certificate2 _own;
    private readonly Uri _to;
    private int _met;
    private int _relayed;
    private int _tokens;

    public Relay(Uri to, int port = 0)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        _own = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        _to = to;
        _calls = new Intermediary(ServeAsync, port);
    }

    public int Port => _calls.Port;

    /// <summary>Connections that were opened to it.</summary>
    public int Met => Volatile.Read(ref _met);

    /// <summary>Pieces that it read in the clear.</summary>
    public int Relayed => Volatile.Read(ref _relayed);

    /// <summary>Pieces with a token in them.</summary>
    public int Tokens => Volatile.Read(ref _tokens);

    public async ValueTask DisposeAsync()
    {
        await _calls.DisposeAsync();
        _own.Dispose();
    }

    private async Task ServeAsync(TcpClient caller, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _met);
        await using var near = new SslStream(caller.GetStream());
        await near.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = _own,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
            },
            cancellation);
        using var callee = new TcpClient();
        await callee.ConnectAsync(_to.Host, _to.Port, cancellation);
        await using var far = new SslStream(callee.GetStream(), false, (_, shown, _, _) => shown is not null);
        await far.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", ClientCertificates = [_own] },
            cancellation);
        await Intermediary.PassAsync(near, far, Read, Read, cancellation);
    }

    private void Read(Span<byte> passed)
    {
        Interlocked.Increment(ref _relayed);
        if (Encoding.Latin1.GetString(passed).Contains("Bearer", StringComparison.Ordinal))
            Interlocked.Increment(ref _tokens);
    }
}
