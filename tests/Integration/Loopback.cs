using System.Net;
using System.Net.Sockets;

namespace Anarchive.Tests.Integration;

/// <summary>Ports of this machine for programs that have to be told theirs.</summary>
internal static class Loopback
{
    /// <summary>Taken and given back: another program may take it in between, but hardly does.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
