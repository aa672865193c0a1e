using System.Net.Sockets;
using System.Text;
using Anarchive.Cli;
using Xunit;

namespace Anarchive.Tests.Integration;

/// <summary>What systemd hears, and that nobody is held up where it does not listen.</summary>
public sealed class SystemdNotifyTests : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("anarchive-notify-");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Systemd_hears_that_the_node_serves_lives_and_stops(bool isAbstract)
    {
        var path = Path.Combine(_scratch.FullName, "notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + path : path));
        var notify = Notify(("NOTIFY_SOCKET", isAbstract ? "@" + path : path));
        notify.Ready();
        notify.Alive();
        notify.Stopping();
        Assert.Equal(["READY=1", "WATCHDOG=1", "STOPPING=1"], [Hear(systemd), Hear(systemd), Hear(systemd)]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("/nowhere/notify")]
    public void Where_nobody_listens_nothing_happens(string? path) => Notify(("NOTIFY_SOCKET", path)).Ready();

    [Theory]
    [InlineData("60000000", 30)]
    [InlineData(null, null)]
    [InlineData("0", null)]
    [InlineData("soon", null)]
    public void The_watchdog_hears_twice_as_often_as_it_must(string? usec, int? seconds) =>
        Assert.Equal(
            seconds is { } expected ? TimeSpan.FromSeconds(expected) : null,
            Notify(("WATCHDOG_USEC", usec)).WatchdogEvery);

    public void Dispose() => _scratch.Delete(recursive: true);

    private static SystemdNotify Notify((string Name, string? Value) variable) =>
        new(name => name == variable.Name ? variable.Value : null);

    private static string Hear(Socket systemd)
    {
        var heard = new byte[64];
        return Encoding.UTF8.GetString(heard, 0, systemd.Receive(heard));
    }
}
