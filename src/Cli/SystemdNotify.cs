using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Anarchive.Cli;

/// <summary>Tells systemd how far the node is (sd_notify(3)); says nothing where systemd did not start it.</summary>
internal sealed class SystemdNotify(Func<string, string?> environment)
{
    /// <summary>How often systemd wants to hear that the node lives; null where it does not.</summary>
    public TimeSpan? WatchdogEvery =>
        long.TryParse(environment("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out var usec) && usec > 0
            ? TimeSpan.FromMicroseconds(usec / 2.0)
            : null;

    public void Ready() => Send("READY=1");

    public void Stopping() => Send("STOPPING=1");

    public void Alive() => Send("WATCHDOG=1");

    private void Send(string state)
    {
        if (environment("NOTIFY_SOCKET") is not { Length: > 1 } path) return;
        // An abstract name begins with @, which stands for the zero byte.
        var name = path[0] == '@' ? '\0' + path[1..] : path;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(name));
        }
        catch (SocketException)
        {
            // Nobody hears it: systemd will find out for itself.
        }
    }
}
