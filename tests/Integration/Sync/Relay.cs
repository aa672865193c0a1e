using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Anarchive.Tests.Integration;

/// <summary>Stands between two nodes with a certificate of its own and passes on all that it reads.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener;
    private readonly X509Certificate2 _own;
    private readonly Uri _to;
    private readonly Task _running;
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
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start();
        _running = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that were opened to it.</summary>
    public int Met => Volatile.Read(ref _met);

    /// <summary>Pieces that it read in the clear.</summary>
    public int Relayed => Volatile.Read(ref _relayed);

    /// <summary>Pieces with a token in them.</summary>
    public int Tokens => Volatile.Read(ref _tokens);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _own.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception ended) when (
            ended is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopping.
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(TcpClient caller)
    {
        using (caller)
        {
            try
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
                    _stop.Token);
                using var callee = new TcpClient();
                await callee.ConnectAsync(_to.Host, _to.Port, _stop.Token);
                await using var far = new SslStream(callee.GetStream(), false, (_, shown, _, _) => shown is not null);
                await far.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions { TargetHost = "localhost", ClientCertificates = [_own] },
                    _stop.Token);
                await Task.WhenAny(PassAsync(near, far), PassAsync(far, near));
            }
            catch (Exception ended) when (
                ended is IOException or SocketException or OperationCanceledException or AuthenticationException)
            {
                // The caller went away, as it should.
            }
        }
    }

    private async Task PassAsync(Stream from, Stream to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _stop.Token) is var read and > 0)
        {
            Interlocked.Increment(ref _relayed);
            if (Encoding.Latin1.GetString(buffer, 0, read).Contains("Bearer", StringComparison.Ordinal))
                Interlocked.Increment(ref _tokens);
            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
