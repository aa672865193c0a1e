using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Anarchive.Log;

namespace Anarchive.Node;

/// <summary>A transmission-daemon of this node's own, which reaches nothing but this machine.</summary>
/// <remarks>
/// Its settings are written anew before each start. It has its ports to itself only if it says that its directory is
/// ours, for a taken RPC port does not stop it. Two daemons would share a directory without a word, so it holds a lock.
/// </remarks>
public sealed class TransmissionDaemon : IAsyncDisposable
{
    private const string Program = "transmission-daemon";
    private const string User = "node";
    private const int StartsMax = 5;

    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(5);

    private readonly BoundChild _child;
    private readonly TransmissionRpc _rpc;

    private TransmissionDaemon(BoundChild child, TransmissionRpc rpc, int peerPort) =>
        (_child, _rpc, PeerPort) = (child, rpc, peerPort);

    public ITorrentClient Client => _rpc;

    /// <summary>On 127.0.0.1, for connections of other clients.</summary>
    public int PeerPort { get; }

    public int ProcessId => _child.Id;

    /// <summary>Ends when the daemon does.</summary>
    public Task Ended => _child.Ended;

    /// <summary>Starts it on a directory, and returns once it has loaded the torrents it had there.</summary>
    /// <exception cref="CarrierException">
    /// <c>client_missing</c>, <c>client_in_use</c>: another runs on that directory, <c>client_failed</c>.
    /// </exception>
    public static async Task<TransmissionDaemon> StartAsync(string directory, CancellationToken cancellation)
    {
        DataDirectory.CreatePrivate(directory);
        DataDirectory.CreatePrivate(Path.Combine(directory, "dl"));
        for (var start = 0; start < StartsMax; start++)
            if (await TryStartAsync(directory, cancellation) is { } daemon) return daemon;
        throw Failed();
    }

    /// <summary>Asks it to end, so that it saves how far it came, and ends it otherwise.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(EndsWithin);
            await _rpc.CloseAsync(patience.Token);
            await _child.Ended.WaitAsync(patience.Token);
        }
        catch (Exception gone) when (gone is CarrierException or OperationCanceledException)
        {
            // It is killed below, or has ended.
        }

        await _child.DisposeAsync();
        _rpc.Dispose();
    }

    /// <summary>Null where another program took a port in the meantime.</summary>
    private static async Task<TransmissionDaemon?> TryStartAsync(string directory, CancellationToken cancellation)
    {
        var (rpcPort, peerPort) = FreePorts();
        var password = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(24));
        DurableFile.Replace(
            Path.Combine(directory, "settings.json"),
            Encoding.UTF8.GetBytes(Settings(directory, rpcPort, peerPort, password).ToJsonString()));
        var kept = Path.Combine(directory, "torrents");
        var torrents = Directory.Exists(kept) ? Directory.GetFiles(kept, "*.torrent").Length : 0;
        cancellation.ThrowIfCancellationRequested();
        var child = await BoundChild.StartAsync(
            Program, ["-f", "-g", directory], Path.Combine(directory, "lock"));
        var daemon = new TransmissionDaemon(
            child,
            new TransmissionRpc(new Uri($"http://127.0.0.1:{rpcPort}/transmission/rpc"), User, password, isOwn: true),
            peerPort);
        var isReady = false;
        try
        {
            isReady = await daemon.AnswersAsync(directory, cancellation);
            if (isReady) await daemon.LoadedAsync(torrents, cancellation);
            return isReady ? daemon : null;
        }
        finally
        {
            if (!isReady) await daemon.DisposeAsync();
        }
    }

    /// <summary>False where somebody else answers on its port.</summary>
    private async Task<bool> AnswersAsync(string directory, CancellationToken cancellation)
    {
        var isOurs = false;
        try
        {
            await ClientHttp.UntilAsync(HasAnsweredAsync, cancellation);
            return isOurs;
        }
        catch (CarrierException late) when (late.Code == "client_refused")
        {
            throw Failed();
        }

        async Task<bool> HasAnsweredAsync()
        {
            if (_child.Ended.IsCompleted)
                throw await _child.Ended == BoundChild.LockedExit
                    ? new CarrierException("client_in_use", "Another transmission-daemon runs on this directory.")
                    : Failed();
            try
            {
                isOurs = (await _rpc.SessionAsync(cancellation)).ConfigDirectory == directory;
                return true;
            }
            catch (CarrierException answer)
            {
                // Refused: it knows neither our password nor our session.
                return answer.Code != "client_unreachable";
            }
        }
    }

    /// <summary>It answers before it has loaded its torrents; until then a missing one is not lost.</summary>
    /// <param name="torrents">How many there were. A damaged one never loads, so the wait ends without it.</param>
    private async Task LoadedAsync(int torrents, CancellationToken cancellation)
    {
        try
        {
            await ClientHttp.UntilAsync(async () => await _rpc.CountAsync(cancellation) >= torrents, cancellation);
        }
        catch (CarrierException late) when (late.Code == "client_refused")
        {
            // Those that are there may be used.
        }
    }

    private static CarrierException Failed() =>
        new("client_failed", "transmission-daemon does not start: run it by hand to see what it says.");

    private static (int Rpc, int Peer) FreePorts()
    {
        using var rpc = new TcpListener(IPAddress.Loopback, 0);
        using var peer = new TcpListener(IPAddress.Loopback, 0);
        rpc.Start();
        peer.Start();
        return (((IPEndPoint)rpc.LocalEndpoint).Port, ((IPEndPoint)peer.LocalEndpoint).Port);
    }

    /// <summary>Nothing but loopback, and nothing that looks for peers by itself.</summary>
    private static JsonObject Settings(string directory, int rpcPort, int peerPort, string password) => new()
    {
        ["rpc-enabled"] = true,
        ["rpc-bind-address"] = "127.0.0.1",
        ["rpc-port"] = rpcPort,
        ["rpc-authentication-required"] = true,
        ["rpc-username"] = User,
        ["rpc-password"] = password,
        ["rpc-whitelist-enabled"] = true,
        ["rpc-whitelist"] = "127.0.0.1",
        ["bind-address-ipv4"] = "127.0.0.1",
        ["bind-address-ipv6"] = "::1",
        ["peer-port"] = peerPort,
        ["peer-port-random-on-start"] = false,
        ["port-forwarding-enabled"] = false,
        ["dht-enabled"] = false,
        ["pex-enabled"] = false,
        ["lpd-enabled"] = false,
        ["utp-enabled"] = false,
        ["encryption"] = 1,
        ["download-dir"] = Path.Combine(directory, "dl"),
        ["incomplete-dir-enabled"] = false,
        ["cache-size-mb"] = 4,
        ["download-queue-enabled"] = false,
        ["seed-queue-enabled"] = false,
        ["umask"] = 63,
    };
}
