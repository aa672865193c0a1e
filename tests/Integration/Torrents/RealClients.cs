using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>Torrent clients as Debian has them, bound to loopback and without anything that looks for peers.</summary>
internal static class RealClients
{
    public const string Transmission = "transmission-daemon";
    public const string QBittorrent = "qbittorrent-nox";
    public const string Aria2 = "aria2c";

    /// <summary>Skips the test where a program is absent; where clients are required, that is a failure.</summary>
    public static void Need(params string[] programs)
    {
        foreach (var program in programs)
        {
            if (File.Exists("/usr/bin/" + program)) continue;
            var sentence = $"SKIPPED: {program} is missing, so nothing can be moved with it.";
            if (Environment.GetEnvironmentVariable("REQUIRE_REAL_CLIENTS") == "1"
                || Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail(sentence);
            Assert.Skip(sentence);
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>True while a process of that id runs; one that ended and was not waited for does not.</summary>
    public static bool Runs(int id)
    {
        try
        {
            // The state stands behind the name, which is in parentheses and may hold anything.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return false;
        }
    }
}

/// <summary>A client of the owner's, which a node is told the address of; it ends with the test.</summary>
internal sealed class RunningClient : IAsyncDisposable
{
    private readonly Process _process;

    private RunningClient(Process process, string setting) => (_process, Setting) = (process, setting);

    /// <summary>For <c>torrents.client</c>.</summary>
    public string Setting { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static Task<RunningClient> Start(string program, string directory)
    {
        Directory.CreateDirectory(directory);
        return program == RealClients.Aria2 ? Aria2(directory) : QBittorrent(directory);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static Task<RunningClient> QBittorrent(string directory)
    {
        var (web, peers) = (RealClients.FreePort(), RealClients.FreePort());
        var config = Directory.CreateDirectory(Path.Combine(directory, "qBittorrent", "config")).FullName;
        File.WriteAllText(
            Path.Combine(config, "qBittorrent.conf"),
            $"""
            [BitTorrent]
            Session\DHTEnabled=false
            Session\PeXEnabled=false
            Session\LSDEnabled=false
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
        return Start(
            RealClients.QBittorrent,
            ["--profile=" + directory, $"--webui-port={web}"],
            $"qbittorrent+http://admin:adminadmin@127.0.0.1:{web}",
            directory);
    }

    private static Task<RunningClient> Aria2(string directory)
    {
        var (rpc, peers) = (RealClients.FreePort(), RealClients.FreePort());
        return Start(
            RealClients.Aria2,
            [
                "--no-conf", "--enable-rpc", "--rpc-listen-all=false", $"--rpc-listen-port={rpc}",
                "--rpc-secret=secret",
                "--enable-dht=false", "--enable-dht6=false", "--bt-enable-lpd=false", "--enable-peer-exchange=false",
                "--interface=127.0.0.1", $"--listen-port={peers}", $"--stop-with-process={Environment.ProcessId}",
                "--quiet", "--file-allocation=none",
            ],
            $"aria2+http://:secret@127.0.0.1:{rpc}",
            directory);
    }

    private static async Task<RunningClient> Start(
        string program, IReadOnlyList<string> arguments, string setting, string directory)
    {
        // What starts it ends it, even if the tests are killed; setpriv is there wherever these programs are.
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = directory;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var running = new RunningClient(process, setting);
        using var client = TorrentClientChoice.TryParse(setting)!.Open();
        await Eventually.True(
            async () =>
            {
                try
                {
                    return (await client.VersionAsync(Cancellation)).Length > 0;
                }
                catch (CarrierException silent) when (silent.Code == "client_unreachable")
                {
                    return false;
                }
            },
            () => $"{program} does not answer.");
        return running;
    }
}
