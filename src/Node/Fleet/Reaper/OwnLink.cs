using System.Net.NetworkInformation;

namespace Anarchive.Node;

/// <summary>Whether this machine has a way out at all; where it has none, no torrent is to blame.</summary>
public delegate bool LinkIsUp();

internal static class OwnLink
{
    /// <summary>True while an interface is up that has a gateway.</summary>
    public static bool IsUp() => NetworkInterface.GetAllNetworkInterfaces().Any(i =>
        i.OperationalStatus == OperationalStatus.Up
        && i.NetworkInterfaceType != NetworkInterfaceType.Loopback
        && i.GetIPProperties().GatewayAddresses.Count > 0);
}
