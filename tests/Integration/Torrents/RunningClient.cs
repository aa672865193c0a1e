using System.Diagnostics;
using Anarchive.Node;

namespace Anarchive.Tests.Integration;

/// <summary>
/// A torrent client as Debian has it, bound to loopback and without anything that looks for peers by itself.
/// </summary>
internal sealed class RunningClient : IAsyncDisposable
{
    public const string Transmission = "transmission-daemon";
    public const string QBittorrent = "qbittorrent-nox";
    public const string Aria2 = "aria2c";

    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private RunningClient(Process process, string setting) => (_process, Setting) = (process, setting);

    /// <summary>For <c>torrents.client</c>.</summary>
    public string Setting { get; }

    public static bool IsInstalled(string program) => File.Exists("/usr/bin/" + program);

    /// <summary>Returns once it answers.</summary>
    public static Task<RunningClient> Start(string program, string directory, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        return program switch
        {
            Aria2 => StartAria2(directory, cancellation),
            QBittorrent => StartQBittorrent(directory, cancellation),
            _ => StartTransmission(directory, cancellation),
        };
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static Task<RunningClient> StartTransmission(string directory, CancellationToken cancellation)
    {
        var (rpc, peers) = (Loopback.FreePort(), Loopback.FreePort());
        File.WriteAllText(
            Path.Combine(directory, "settings.json"),
            $$"""
            {"rpc-bind-address":"127.0.0.1","rpc-port":{{rpc}},"rpc-authentication-required":true,
            "rpc-username":"owner","rpc-password":"secret","bind-address-ipv4":"127.0.0.1","peer-port":{{peers}},
            "dht-enabled":false,"pex-enabled":false,"lpd-enabled":false,"utp-enabled":false}
            """);
        return StartAndWait(
            Transmission,
            ["-f", "-g", directory],
            $"transmission+http://owner:secret@127.0.0.1:{rpc}",
            directory,
            cancellation);
    }

    private static Task<RunningClient> StartQBittorrent(string directory, CancellationToken cancellation)
    {
        var (web, peers) = (Loopback.FreePort(), Loopback.FreePort());
        var config = Directory.CreateDirectory(Path.Combine(directory, "qBittorrent", "config")).FullName;
        File.WriteAllText(
            Path.Combine(config, "qBittorrent.conf"),
            $"""
            [BitTorrent]
            Session\DHTEnabled=false
            Session\PeXEnabled=false
            Session\LSDEnabled=false
            Session\QueueingSystemEnabled=false
            Session\InterfaceAddress=127.0.0.1
            Session\BTProtocol=TCP
            Session\MultiConnectionsPerIp=true
            Session\Port={peers}

            [LegalNotice]
            Accepted=true

            [Network]
            PortForwardingEnabled=false

            [Preferences]
            Connection\ResolvePeerCountries=false
            WebUI\Address=127.0.0.1
            WebUI\Port={web}
            WebUI\UseUPnP=false
            """);
        return StartAndWait(
            QBittorrent,
            ["--profile=" + directory, $"--webui-port={web}"],
            $"qbittorrent+http://admin:adminadmin@127.0.0.1:{web}",
            directory,
            cancellation);
    }

    private static Task<RunningClient> StartAria2(string directory, CancellationToken cancellation)
    {
        var (rpc, peers) = (Loopback.FreePort(), Loopback.FreePort());
        return StartAndWait(
            Aria2,
            [
                "--no-conf", "--enable-rpc", "--rpc-listen-all=false", $"--rpc-listen-port={rpc}",
                "--rpc-secret=secret",
                "--enable-dht=false", "--enable-dht6=false", "--bt-enable-lpd=false", "--enable-peer-exchange=false",
                "--interface=127.0.0.1", $"--listen-port={peers}", $"--stop-with-process={Environment.ProcessId}",
                "--quiet", "--file-allocation=none",
            ],
            $"aria2+http://:secret@127.0.0.1:{rpc}",
            directory,
            cancellation);
    }

    private static async Task<RunningClient> StartAndWait(
        string program, IReadOnlyList<string> arguments, string setting, string directory,
        CancellationToken cancellation)
    {
        // It ends with the tests, even if those are killed.
        var start = new ProcessStartInfo("setpriv", ["--pdeathsig", "KILL", program, .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = directory;
        var process = await OnItsOwnThread(start);
        var running = new RunningClient(process, setting);
        using var client = TorrentClientChoice.TryParse(setting)!.Open();
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await client.ListAsync(cancellation);
                return running;
            }
            catch (CarrierException silent) when (silent.Code == "client_unreachable" && since.Elapsed < AnswersWithin)
            {
                await looks.WaitForNextTickAsync(cancellation);
            }
        }
    }

    /// <summary>The signal at the parent's death comes when the thread ends that started the child.</summary>
    private static Task<Process> OnItsOwnThread(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            var process = Process.Start(start)!;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            started.SetResult(process);
            process.WaitForExit();
        })
        { IsBackground = true }.Start();
        return started.Task;
    }
}
