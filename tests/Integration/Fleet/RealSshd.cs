using System.Diagnostics;
using System.Globalization;
using Anarchive.Node;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>An sshd of a test's own, as this user, whose one key may run one command.</summary>
internal sealed class RealSshd : IDisposable
{
    private const string Program = "/usr/sbin/sshd";
    private const string SeparationDirectory = "/run/sshd";

    private readonly TemporaryDirectory _files;
    private readonly Process _process;

    private RealSshd(TemporaryDirectory files, Process process, int port) =>
        (_files, _process, Port) = (files, process, port);

    public int Port { get; }

    /// <summary>How this user reaches it with its key.</summary>
    public SshWay Way => new(
        Environment.UserName, "127.0.0.1", Port, _files.At("user"), _files.At("known_hosts"));

    /// <summary>How often its key opened it.</summary>
    public int Logins { get; private set; }

    /// <summary>One whose key may fetch items of a device; null where sshd or rsync are not installed.</summary>
    public static async Task<RealSshd?> For(MediaBox source)
    {
        await source.Reachable();
        return await Start(
            $"env DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 {Dotnet()} {AppContext.BaseDirectory}anarchive.dll "
            + $"fleet serve-copy --home {source.Node.Home}");
    }

    /// <summary>Null where sshd or rsync are not installed.</summary>
    public static async Task<RealSshd?> Start(string command)
    {
        if (!File.Exists(Program) || !File.Exists("/usr/bin/rsync")) return null;
        // Run as root, sshd wants this directory; the system's own unit makes it.
        if (Environment.IsPrivilegedProcess) Directory.CreateDirectory(SeparationDirectory);
        var files = new TemporaryDirectory();
        foreach (var key in new[] { "host", "user" })
            await Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", files.At(key));
        var port = Loopback.FreePort();
        var host = await File.ReadAllTextAsync(files.At("host.pub"));
        await File.WriteAllTextAsync(
            files.At("known_hosts"), string.Create(CultureInfo.InvariantCulture, $"[127.0.0.1]:{port} {host}"));
        await File.WriteAllTextAsync(
            files.At("authorized_keys"),
            $"restrict,command=\"{command}\" {await File.ReadAllTextAsync(files.At("user.pub"))}");
        await File.WriteAllTextAsync(
            files.At("config"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                Port {port}
                ListenAddress 127.0.0.1
                HostKey {files.At("host")}
                AuthorizedKeysFile {files.At("authorized_keys")}
                PidFile none
                StrictModes no
                UsePAM no
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                PermitRootLogin forced-commands-only
                """));
        var process = Process.Start(new ProcessStartInfo(Program, ["-D", "-e", "-f", files.At("config")])
        {
            RedirectStandardError = true,
        })!;
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            if (line.StartsWith("Server listening", StringComparison.Ordinal))
            {
                var sshd = new RealSshd(files, process, port);
                _ = sshd.CountAsync();
                return sshd;
            }

        throw new InvalidOperationException("sshd did not start.");
    }

    /// <summary>What becomes of words that whoever has the key sends: exit status and output.</summary>
    public Task<(int Exit, string Output)> Say(params string[] words) => Run(
        "ssh",
        [
            "-F", "none", "-p", Port.ToString(CultureInfo.InvariantCulture), "-i", Way.Key, "-o", "BatchMode=yes",
            "-o", $"UserKnownHostsFile={Way.KnownHosts}", $"{Way.User}@127.0.0.1", .. words,
        ]);

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _files.Dispose();
    }

    private static string Dotnet() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Append("/usr/share/dotnet").Select(folder => Path.Combine(folder, "dotnet")).First(File.Exists);

    private async Task CountAsync()
    {
        while (await _process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
            if (line.Contains("Accepted publickey", StringComparison.Ordinal)) Logins++;
    }

    private static async Task<(int Exit, string Output)> Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        var remarks = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await remarks);
    }
}
